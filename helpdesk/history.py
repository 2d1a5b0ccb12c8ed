"""Writes what happened to a ticket."""

from datetime import datetime
from typing import Any

from helpdesk.models import Ticket, TicketEvent


def note(ticket: Ticket, kind: str, *, at: datetime, by: str, **facts: Any) -> TicketEvent:
    """Append one fact (JSON values only) to a ticket's history."""
    return TicketEvent.objects.create(ticket=ticket, kind=kind, at=at, by=by, facts=facts)
