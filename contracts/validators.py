"""What a form refuses before it becomes a row, with a sentence for whoever typed it."""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contracts.addresses import BadAddress, normalise_domain, normalise_phone
from contracts.public_domains import is_public
from sla.hours.errors import UnknownZone
from sla.hours.zone import canonical

CURRENCY: Final = re.compile(r"[A-Z]{3}")
ALL_OF_IT: Final = 100


def validate_currency(value: str) -> None:
    """Refuse what is no code of three capital letters (ISO 4217)."""
    if CURRENCY.fullmatch(value) is None:
        raise ValidationError(_("Write the currency's code, such as EUR."), code="bad_currency")


def validate_thresholds(value: Any) -> None:
    """Refuse what is no rising row of whole percentages from 1 to 100 (CM-03)."""
    is_row = isinstance(value, list) and all(type(mark) is int for mark in value)
    if not is_row or value != sorted(set(value)) or not all(0 < mark <= ALL_OF_IT for mark in value):
        raise ValidationError(
            _("Thresholds are percentages from 1 to 100, each once, in rising order."), code="bad_thresholds"
        )


def validate_customer_domain(value: str) -> None:
    """Refuse what is no mail domain, and the domains of public providers: everybody is there."""
    try:
        domain = normalise_domain(value)
    except BadAddress as error:
        raise ValidationError(_("That is not a mail domain."), code="bad_domain") from error
    if is_public(domain):
        raise ValidationError(
            _("%(domain)s belongs to a public mail provider, where anybody can have an address."),
            code="public_domain",
            params={"domain": domain},
        )


def validate_whatsapp(value: str) -> None:
    """Refuse what is no number in the form under which WhatsApp knows it (E.164)."""
    try:
        is_as_known = normalise_phone(value) == value
    except BadAddress:
        is_as_known = False
    if not is_as_known:
        raise ValidationError(
            _("Write the number with its country code and no spaces, such as +351912345678."),
            code="bad_number",
        )


def validate_zone(value: str) -> None:
    """Refuse a name that the zone data does not know; `WET` is known as Lisbon's time (D2)."""
    try:
        canonical(value)
    except UnknownZone as error:
        raise ValidationError(_("There is no such time zone."), code="unknown_zone") from error
