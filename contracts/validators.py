"""What a form refuses before it becomes a row, with a sentence for whoever typed it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contracts.addresses import BadAddress, normalise_domain
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


def validate_zone(value: str) -> None:
    """Refuse a name that the zone data does not know; `WET` is known as Lisbon's time (D2)."""
    try:
        canonical(value)
    except UnknownZone as error:
        raise ValidationError(_("There is no such time zone."), code="unknown_zone") from error
