"""Addresses and Message-IDs that only we can make: how a mail proves which ticket it belongs to (D18).

A reply address is `<support>+<token>@<domain>`, a Message-ID `<token@domain>`. A token names a ticket and
another row (whom the address was given to, which mail the Message-ID is of), and ends in 128 bits of
HMAC-SHA256 over both, under a key that serves this purpose alone. It is written in base32, lower case, since
mail servers change case; the whole token is compared in constant time.
"""

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

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


class Whose(IntEnum):
    """What kind of row a reply address was given to."""

    ADDRESS = 0
    ACCOUNT = 1


class _Names(NamedTuple):
    """The two rows that a token names; `ticket` is 0 where there is none."""

    ticket: int
    other: int

    def as_bytes(self) -> bytes:
        return self.ticket.to_bytes(ID_BYTES) + self.other.to_bytes(ID_BYTES)


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

    Raises:
        ValueError: the local part of SUPPORT_ADDRESS is so long that no reply address fits.
    """
    recipient = address.strip().lower()
    row = _row_of(recipient)
    if row is None:
        return str(settings.SUPPORT_ADDRESS)
    names = _Names(ticket.pk, row)
    local = f"{_support_name()}+{_token(ADDRESS_PURPOSE, names, recipient, secret=settings.SECRET_KEY)}"
    if len(local) > LONGEST_LOCAL_PART:
        raise ValueError(
            "The local part of SUPPORT_ADDRESS may have 21 characters, or no reply address fits."
        )
    return f"{local}@{settings.REPLY_DOMAIN}"


def read(address: str) -> SignedRef | None:
    """Tell what a reply address of ours proves; None for any other address, forged ones included.

    At most one statement, and none for an address that is not shaped like ours.
    """
    token = _token_in(address.strip().lower())
    if token is None:
        return None
    names = _named_in(token)
    recipient = _recipient(names.other)
    if recipient is None or not _is_ours(token, ADDRESS_PURPOSE, names, recipient):
        return None
    return SignedRef(names.ticket, recipient)


def _row_of(recipient: str) -> int | None:
    """The row of a recipient's address, with what kind of row it is in the last bit."""
    addresses = Address.objects.filter(kind=Address.Kind.EMAIL, value=recipient)
    known = addresses.values_list("pk", flat=True).first()
    if known is not None:
        return known * 2 + Whose.ADDRESS
    account = Account.objects.filter(email=recipient).values_list("pk", flat=True).first()
    return None if account is None else account * 2 + Whose.ACCOUNT


def _recipient(row: int) -> str | None:
    pk, whose = divmod(row, 2)
    if whose == Whose.ACCOUNT:
        return Account.objects.filter(pk=pk).values_list("email", flat=True).first()
    return Address.objects.filter(pk=pk, kind=Address.Kind.EMAIL).values_list("value", flat=True).first()


def _token_in(address: str) -> str | None:
    """The token of an address that is shaped like ours."""
    local, _, domain = address.rpartition("@")
    name, _, token = local.rpartition("+")
    if name != _support_name() or domain != settings.REPLY_DOMAIN.lower():
        return None
    return token if TOKEN.fullmatch(token) else None


def _support_name() -> str:
    return str(settings.SUPPORT_ADDRESS).rpartition("@")[0].lower()


# --- Message-IDs --------------------------------------------------------------------------------


def message_id_for(outbound: OutboundMessage) -> str:
    """Give the Message-ID of a mail: the same at every try, so that one sent twice is read once."""
    names = _Names(outbound.ticket_id or 0, outbound.pk)
    return f"<{_token(MESSAGE_ID_PURPOSE, names, secret=settings.SECRET_KEY)}@{settings.REPLY_DOMAIN}>"


def read_message_id(value: str) -> int | None:
    """Tell the ticket of a Message-ID that we made; None for any other, and for a mail without a ticket."""
    names = _signed_in(value)
    return names.ticket or None if names else None


def read_outbound_id(value: str) -> int | None:
    """Tell which row of the outbox a Message-ID of ours stands for, which is how a bounce finds its mail."""
    names = _signed_in(value)
    return names.other if names else None


def _signed_in(value: str) -> _Names | None:
    token = value.strip().strip("<>").lower().partition("@")[0]
    if not TOKEN.fullmatch(token):
        return None
    names = _named_in(token)
    return names if _is_ours(token, MESSAGE_ID_PURPOSE, names) else None


# --- tokens -------------------------------------------------------------------------------------


def _token(purpose: str, names: _Names, recipient: str = "", *, secret: str | bytes) -> str:
    return _base32(names.as_bytes() + _mac(purpose, f"{names.as_bytes().hex()}:{recipient}", secret))


def _mac(purpose: str, text: str, secret: str | bytes) -> bytes:
    """128 bits that only a holder of the secret can make, for this purpose (RFC 2104, RFC 4868)."""
    return salted_hmac(purpose, text, secret=secret, algorithm="sha256").digest()[:MAC_BYTES]


def _named_in(token: str) -> _Names:
    raw = b32decode(token.upper() + "=" * (-len(token) % 8))
    return _Names(int.from_bytes(raw[:ID_BYTES]), int.from_bytes(raw[ID_BYTES : 2 * ID_BYTES]))


def _is_ours(token: str, purpose: str, names: _Names, recipient: str = "") -> bool:
    """Whether we made exactly this token, under the present key or one that still counts.

    Compared over the full length and with every candidate, so that time tells nothing.
    """
    made = [_token(purpose, names, recipient, secret=secret) for secret in _secrets()]
    matches = [hmac.compare_digest(token, one) for one in made]
    return any(matches)


def _secrets() -> Iterator[str | bytes]:
    """The present key, and older ones while they are rotated out."""
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()
