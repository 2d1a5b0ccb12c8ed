"""What a form refuses before it becomes a row, with a sentence for whoever typed it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contracts.addresses import BadAddress, normalise_domain, normalise_phone
from contracts.public_domains import is_public
from sla.hours.errors import UnknownZone
from sla.hours.zone import canonical


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
