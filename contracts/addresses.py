"""Addresses in one form each, so that equal ones are found equal and hostile ones are refused."""

import re
import unicodedata
from typing import Final

import idna
import phonenumbers

LONGEST_ADDRESS: Final = 254
LONGEST_LOCAL_PART: Final = 64
LONGEST_DOMAIN: Final = 253
LONGEST_READ: Final = 1_000
"""Characters; what is longer is refused unread, so that a hostile header costs nothing."""

# Dots may stand anywhere: Japanese carriers have long given out `name..x.@docomo.ne.jp`.
LOCAL_PART: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\x80-\U0010FFFF-]+")
QUOTED_LOCAL_PART: Final = re.compile(r'"[^"\\\s]+"')
LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN: Final = re.compile(rf"(?:{LABEL}\.)*{LABEL}")
# Numbers only: the library would spell letters out and drop an extension.
PHONE_NUMBER: Final = re.compile(r"\+[\d\s().-]+")
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")

UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that nobody can see in an address: control, format, surrogate, private, separators."""


class BadAddress(ValueError):
    """No address that anybody could be reached at; the text is a sentence without the value in it."""


def normalise_email(value: str) -> str:
    """Give an e-mail address in the one form under which it is stored.

    Case is dropped on both sides of the at sign (RFC 5321 2.4 would let the local part matter; no provider
    does, and people type either), the local part is in Unicode's composed form, the domain in ASCII (UTS 46,
    RFC 5891). Doing it twice changes nothing. Only the bare address is read, never `Name <address>`.

    Raises:
        BadAddress: no or several at signs, characters nobody can see, or longer than RFC 5321 4.5.3.1 allows
            (64 octets, at sign, 253 octets; 254 in all).
    """
    _refuse_hostile(value)
    local, at_sign, domain = value.strip().rpartition("@")
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    if not at_sign or not (LOCAL_PART.fullmatch(local) or QUOTED_LOCAL_PART.fullmatch(local)):
        raise BadAddress("That is not an e-mail address.")
    address = f"{local}@{normalise_domain(domain)}"
    if _octets(local) > LONGEST_LOCAL_PART or _octets(address) > LONGEST_ADDRESS:
        raise BadAddress("That e-mail address is too long.")
    return address


def normalise_domain(value: str) -> str:
    """Give a mail domain in lower case and in ASCII (UTS 46), without a final dot.

    Raises:
        BadAddress: it is no host name; an address literal such as `[192.0.2.1]` is none either.
    """
    _refuse_hostile(value)
    domain = _ascii(value.strip().removesuffix(".")).lower()
    if len(domain) > LONGEST_DOMAIN or not DOMAIN.fullmatch(domain):
        raise BadAddress("That is not a mail domain.")
    return domain


def normalise_phone(value: str) -> str:
    """Give a phone number in E.164: `+351 912 345 678` becomes `+351912345678`.

    The country code is required. A number whose length its country does not know is taken as it stands when
    it is E.164, because WhatsApp still gives Mexican numbers as `+521…`, which the numbering plan dropped.

    Raises:
        BadAddress: no number, no country code, an unknown country, letters, or more than 15 digits.
    """
    _refuse_hostile(value)
    if not PHONE_NUMBER.fullmatch(value.strip()):
        raise BadAddress("That is not a phone number with its country code.")
    try:
        number = phonenumbers.parse(value.strip())
    except phonenumbers.NumberParseException as error:
        raise BadAddress("That is not a phone number with its country code.") from error
    normalised = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not E164.fullmatch(normalised):
        raise BadAddress("That is not a phone number with its country code.")
    return normalised


def _ascii(domain: str) -> str:
    """An international name in its ASCII form; a name in ASCII is left to the pattern."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadAddress("That is not a mail domain.") from error


def _refuse_hostile(value: str) -> None:
    if len(value) > LONGEST_READ:
        raise BadAddress("The address is too long.")
    if any(unicodedata.category(character) in UNSEEN for character in value):
        raise BadAddress("The address has characters in it that cannot be seen.")


def _octets(text: str) -> int:
    return len(text.encode())
