"""Addresses and Message-IDs that only we can make: how a mail proves which ticket it belongs to (D18).

A reply address is `<support>+<token>@<domain>`. The token names a ticket and a recipient and
ends in 128 bits of HMAC-SHA256 over both, under a key that serves this purpose alone. It is written in
base32, lower case, since mail servers change case; the whole token is compared in constant time.
"""

import hmac
import re
import uuid
from base64 import b32decode, b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from contracts.models import Account, Address
from helpdesk.models import OutboundMessage, Ticket

ADDRESS_PURPOSE: Final = "prazo.reply-address"
MESSAGE_ID_PURPOSE: Final = "prazo.message-id"
MAC_BYTES: Final = 16
ID_BYTES: Final = 5
TOKEN: Final = re.compile(r"[a-z2-7]{42}")
LONGEST_LOCAL_PART: Final = 64
"""RFC 5321, 4.5.3.1.1: 64 octets."""

MESSAGE_ID: Final = re.compile(r"<?([0-9a-f]{32})\.([0-9]{1,12})\.([a-z2-7]{26})@[^\s<>@]{1,253}>?")


class Whose(IntEnum):
    """What kind of row a token's recipient is."""

    ADDRESS = 0
    ACCOUNT = 1


@dataclass(frozen=True, slots=True)
class SignedRef:
    """What a reply address proves: it was made for this ticket and given to this recipient.

    `recipient` is the normalised e-mail address; the ticket may have gone since.
    """

    ticket_id: int
    recipient: str


# --- reply addresses ----------------------------------------------------------------------------


def make(ticket: Ticket, address: str) -> str:
    """Give the address to which `address` answers on `ticket`.

    Whoever is neither a person nor an account that we know gets the plain support address: their
    answer opens a ticket of its own. At most two statements.
    """
    recipient = address.strip().lower()
    whose = _row_of(recipient)
    if whose is None:
        return settings.SUPPORT_ADDRESS
    token = _token(ticket.pk, *whose, recipient, secret=settings.SECRET_KEY)
    local = f"{_support_name()}+{token}"
    if len(local) > LONGEST_LOCAL_PART:
        raise ValueError(
            "The local part of SUPPORT_ADDRESS may have 21 characters, or no reply address fits."
        )
    return f"{local}@{settings.REPLY_DOMAIN}"


def read(address: str) -> SignedRef | None:
    """Tell what a reply address of ours proves; None for any other address, forged ones included."""
    token = _token_in(address.strip().lower())
    if token is None:
        return None
    ticket_id, kind, row_id = _named_in(token)
    recipient = _recipient(kind, row_id)
    if recipient is None or not _is_ours(token, ticket_id, kind, row_id, recipient):
        return None
    return SignedRef(ticket_id, recipient)


def _row_of(recipient: str) -> tuple[int, int] | None:
    known = (
        Address.objects.filter(kind=Address.Kind.EMAIL, value=recipient).values_list("pk", flat=True).first()
    )
    if known is not None:
        return Whose.ADDRESS, known
    account = Account.objects.filter(email=recipient).values_list("pk", flat=True).first()
    return None if account is None else (Whose.ACCOUNT, account)


def _recipient(kind: int, row_id: int) -> str | None:
    if kind == Whose.ACCOUNT:
        return Account.objects.filter(pk=row_id).values_list("email", flat=True).first()
    return Address.objects.filter(pk=row_id, kind=Address.Kind.EMAIL).values_list("value", flat=True).first()


def _token_in(address: str) -> str | None:
    """The token of an address that is shaped like ours."""
    local, _, domain = address.rpartition("@")
    name, _, token = local.rpartition("+")
    if name != _support_name() or domain != settings.REPLY_DOMAIN.lower():
        return None
    return token if TOKEN.fullmatch(token) else None


def _support_name() -> str:
    return settings.SUPPORT_ADDRESS.rpartition("@")[0].lower()


def _token(ticket_id: int, kind: int, row_id: int, recipient: str, *, secret: str | bytes) -> str:
    names = ticket_id.to_bytes(ID_BYTES) + (row_id * 2 + kind).to_bytes(ID_BYTES)
    return _base32(names + _mac(ADDRESS_PURPOSE, f"{names.hex()}:{recipient}", secret))


def _named_in(token: str) -> tuple[int, int, int]:
    raw = b32decode(token.upper() + "=" * (-len(token) % 8))
    whose = int.from_bytes(raw[ID_BYTES : 2 * ID_BYTES])
    return int.from_bytes(raw[:ID_BYTES]), whose % 2, whose // 2


def _is_ours(token: str, ticket_id: int, kind: int, row_id: int, recipient: str) -> bool:
    """Whether we made exactly this token, under the present key or one that still counts."""
    made = [_token(ticket_id, kind, row_id, recipient, secret=secret) for secret in _secrets()]
    return _is_one_of(token, made)


# --- Message-IDs --------------------------------------------------------------------------------


def message_id_for(outbound: OutboundMessage) -> str:
    """Give the Message-ID of a mail: the same at every try, so that one sent twice is read once."""
    number = outbound.ticket_id or 0
    mac = _message_mac(outbound.uid.hex, number, secret=settings.SECRET_KEY)
    return f"<{outbound.uid.hex}.{number}.{mac}@{settings.REPLY_DOMAIN}>"


def read_message_id(value: str) -> int | None:
    """Tell the ticket of a Message-ID that we made; None for any other, and for a mail without a ticket."""
    found = _signed_in(value)
    return found[1] or None if found else None


def read_outbound_uid(value: str) -> uuid.UUID | None:
    """Tell which row of the outbox a Message-ID of ours stands for, which is how a bounce finds its mail."""
    found = _signed_in(value)
    return uuid.UUID(found[0]) if found else None


def _signed_in(value: str) -> tuple[str, int] | None:
    match = MESSAGE_ID.fullmatch(value.strip().lower())
    if match is None:
        return None
    uid, number, mac = match[1], int(match[2]), match[3]
    made = [_message_mac(uid, number, secret=secret) for secret in _secrets()]
    return (uid, number) if str(number) == match[2] and _is_one_of(mac, made) else None


def _message_mac(uid: str, number: int, *, secret: str | bytes) -> str:
    return _base32(_mac(MESSAGE_ID_PURPOSE, f"{uid}:{number}", secret))


# --- both ---------------------------------------------------------------------------------------


def _mac(purpose: str, text: str, secret: str | bytes) -> bytes:
    """128 bits that only a holder of the secret can make, for this purpose (RFC 2104, RFC 4868)."""
    return salted_hmac(purpose, text, secret=secret, algorithm="sha256").digest()[:MAC_BYTES]


def _secrets() -> Iterator[str | bytes]:
    """The present key, and older ones while they are rotated out."""
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def _is_one_of(given: str, made: list[str]) -> bool:
    """Compare over the full length and with every candidate, so that time tells nothing."""
    matches = [hmac.compare_digest(given, one) for one in made]
    return any(matches)
