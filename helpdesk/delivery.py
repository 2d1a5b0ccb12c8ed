"""What follows when a message could not be delivered."""

from datetime import datetime

from django.db import transaction

from helpdesk import actors, history, lifecycle
from helpdesk.models import Message, OutboundMessage
from sla.hours import EventKind


def failed(outbound: OutboundMessage, *, at: datetime, reason: str) -> None:
    """A channel refused a message for good: an answer that never arrived met nothing (D7).

    The ticket's history says so, where agents see it; the old due time stands again. Told twice, it changes
    nothing more.
    """
    if outbound.ticket_id is None:
        return
    with transaction.atomic():
        ticket = lifecycle.locked(outbound.ticket_id)
        if ticket.events.filter(kind="delivery_failed", facts__outbound=outbound.uid.hex).exists():
            return
        actor = actors.system("outbox")
        history.note(
            ticket,
            "delivery_failed",
            at=at,
            by=actor,
            outbound=outbound.uid.hex,
            to=outbound.to,
            reason=reason,
        )
        message = outbound.message
        if message is not None and message.kind == Message.Kind.AGENT:
            reference = message.uid.hex
            lifecycle.tick(ticket, EventKind.REPLY_REVOKED, at=at, by=actor, reference=reference)
