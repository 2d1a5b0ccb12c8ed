"""What programs are told: facts of a ticket, with no word of a customer in them."""

import json
from datetime import datetime
from typing import Any

from helpdesk.models import OutboundMessage, Ticket
from helpdesk.notifications import drafting, outbox
from sla.models import Alarm

STEP_REACHED = "clock.step_reached"


def step_reached(ticket: Ticket, alarm: Alarm, *, webhook: str, at: datetime) -> None:
    """Tell the webhook of that key, once, that a clock reached a step of its ladder."""
    facts = {
        "ticket": {"number": ticket.pk, "uid": str(ticket.uid)},
        "metric": alarm.clock.metric,
        "step": alarm.step,
        "reached_at": alarm.rang_at.isoformat(),
        "due_at": alarm.due_at.isoformat(),
        "state": alarm.clock.state,
    }
    key = drafting.key("event", webhook, alarm.clock_id, alarm.step)
    outbox.put([_event(STEP_REACHED, facts, ticket=ticket, webhook=webhook, dedupe_key=key, at=at)])


def _event(
    name: str, facts: dict[str, Any], *, ticket: Ticket, webhook: str, dedupe_key: str, at: datetime
) -> OutboundMessage:
    return outbox.draft(
        kind=OutboundMessage.Kind.EVENT,
        channel=OutboundMessage.Channel.WEBHOOK,
        to=webhook,
        subject=name,
        text=json.dumps({"event": name, **facts}),
        language="en",
        ticket=ticket,
        at=at,
        dedupe_key=dedupe_key,
    )
