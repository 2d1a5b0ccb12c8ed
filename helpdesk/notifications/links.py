"""Links in what we say: they begin with SITE_URL, never with the host that a request claimed."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from contracts.models import Organisation, Quote
from helpdesk.models import Ticket


def portal_ticket(ticket: Ticket) -> str:
    """Where a customer reads a ticket."""
    return _absolute(reverse("portal:ticket", args=[ticket.pk]))


def portal_tickets() -> str:
    """Where a customer reads all of theirs."""
    return _absolute(reverse("portal:tickets"))


def portal_usage() -> str:
    """Where a customer's manager sees what is used."""
    return _absolute(reverse("portal:usage"))


def portal_quote(quote: Quote) -> str:
    """Where a customer reads a quote, and decides."""
    return _absolute(reverse("portal:quote", args=[quote.pk]))


def console_ticket(ticket: Ticket) -> str:
    """Where an agent works on a ticket."""
    return _absolute(reverse("admin:helpdesk_ticket_change", args=[ticket.pk]))


def console_queue() -> str:
    """Where an agent sees all tickets."""
    return _absolute(reverse("admin:helpdesk_ticket_changelist"))


def console_organisation(organisation: Organisation) -> str:
    """Where an account owner looks after a customer."""
    return _absolute(reverse("admin:contracts_organisation_change", args=[organisation.pk]))


def _absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
