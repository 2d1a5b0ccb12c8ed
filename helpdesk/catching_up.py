"""What happened on a ticket before its clocks began: an unknown sender who is linked later (D17)."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from helpdesk import lifecycle
from helpdesk.models import Message, OutboundMessage, Ticket
from sla import clocks
from sla.hours import EventKind

Happened = tuple[datetime, EventKind, dict[str, Any]]


def catch_up(ticket: Ticket, *, offered: Collection[str], by: str) -> None:
    """Tell clocks that began at the receipt what was said and done since, in its order.

    Answers count as they would have (D7), waiting pauses (D8), and a priority that an agent set counts where
    the plan offers it.
    """
    if ticket.clock_set is None:
        return
    happened = [*_answers(ticket), *_steps(ticket), *_priorities(ticket, offered)]
    for at, kind, facts in sorted(happened, key=lambda one: one[0]):
        clocks.record(ticket.clock_set, kind, at=at, by=by, **facts)


def _answers(ticket: Ticket) -> Iterator[Happened]:
    for answer in _arrived(ticket):
        yield answer.at, EventKind.AGENT_REPLY, {"reference": answer.uid.hex}


def _arrived(ticket: Ticket) -> QuerySet[Message]:
    """The answers that were not taken back, and not refused wherever they were sent."""
    sent = OutboundMessage.objects.filter(message=OuterRef("pk"))
    refused = Exists(sent.filter(state="failed")) & ~Exists(sent.exclude(state="failed"))
    return ticket.messages.filter(kind=Message.Kind.AGENT, retracted_at=None).exclude(refused)


def _steps(ticket: Ticket) -> Iterator[Happened]:
    """The changes of its status; one that came with an answer is named after it."""
    answers = {answer.at: answer.uid.hex for answer in _arrived(ticket)}
    for step in ticket.events.filter(kind="status"):
        kind = lifecycle.clock_event(ticket, step.facts["before"], step.facts["after"])
        if kind is not None:
            yield step.at, kind, {"reference": answers.get(step.at, "")}


def _priorities(ticket: Ticket, offered: Collection[str]) -> Iterator[Happened]:
    for change in ticket.events.filter(kind="priority", facts__after__in=list(offered)):
        yield (
            change.at,
            EventKind.PRIORITY,
            {
                "priority": change.facts["after"],
                "reason": change.facts["reason"],
            },
        )
