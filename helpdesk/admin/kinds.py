"""What the page of a ticket says of its kind of request, and what it may be turned into."""

from typing import Any

from contracts.quoting import drafting
from helpdesk import request_types, technical
from helpdesk.models import BugReport, RequestType, Ticket


def shown(ticket: Ticket) -> dict[str, Any]:
    """What the page of a ticket says and offers of its kind."""
    service = technical.now(ticket) if ticket.is_technical else None
    is_bug = ticket.request_type.kind == RequestType.Kind.BUG
    kinds = [choice for choice in RequestType.Kind.choices if choice[0] in request_types.CHOSEN]
    return {
        "technical": service,
        "quote": drafting.of_ticket(ticket.uid) if service else None,
        "kinds": kinds,
        "bug_waits": is_bug and not BugReport.objects.filter(ticket=ticket).exists(),
    }
