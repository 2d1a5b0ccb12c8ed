"""Tells whoever writes that it arrived, and when support opens next (D26, CR-06).

Once a conversation, and again once a closure. A mail cannon is spiked in three ways: automatic mail is never
answered, an address is acknowledged to 3 times an hour and 10 times a day at most, and an address of no
customer of ours is told a number and nothing of what was written.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from contracts.models.service import text_in
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import (
    drafting,
    headers,
    links,
    moments,
    opening,
    outbox,
    recipients,
    targets,
)
from helpdesk.notifications.opening import Closure
from helpdesk.notifications.recipient import Recipient
from sla import backlog
from sla.models import Calendar

LIMITS: Final = ((timedelta(hours=1), 3), (timedelta(days=1), 10))
"""How many acknowledgements an address receives in how long."""

Kind = OutboundMessage.Kind
E = Ticket.Entitlement
BEYOND: Final = frozenset({E.FLAGGED, E.OVERAGE, E.APPROVED})
"""Tickets beyond the quota that are taken up."""


def acknowledge(ticket: Ticket, message: Message, *, at: datetime) -> None:
    """Say that a customer's message arrived, if that is to be said now.

    Part of the caller's transaction. At most six statements when the ticket's clock set with its calendar,
    its contract and the message's person are at hand; five with the clocks.
    """
    if message.kind != Message.Kind.CUSTOMER or message.is_automatic:
        return
    calendar = opening.calendar_of(ticket)
    closure = opening.closure(calendar, at=at)
    if not _is_called_for(ticket, calendar, closure):
        return
    recipient = recipients.writer(message, ticket)
    if recipient is None or not _take_turn(ticket, recipient, at=at):
        return
    outbox.put([_draft(ticket, message, recipient, calendar, closure, at=at)])


def _is_called_for(ticket: Ticket, calendar: Calendar | None, closure: Closure | None) -> bool:
    """The first time, and then once in each closure."""
    if ticket.acknowledged_at is None:
        return True
    return closure is not None and closure != opening.closure(calendar, at=ticket.acknowledged_at)


def _take_turn(ticket: Ticket, recipient: Recipient, *, at: datetime) -> bool:
    """Count and act under the lock on the address: no two of them count the same."""
    if _has_heard_enough(recipient, at=at):
        return False
    turn = Ticket.objects.filter(pk=ticket.pk, acknowledged_at=ticket.acknowledged_at)
    if not turn.update(acknowledged_at=at):
        return False
    ticket.acknowledged_at = at
    return True


def _has_heard_enough(recipient: Recipient, *, at: datetime) -> bool:
    longest, most = LIMITS[-1]
    said = OutboundMessage.objects.filter(
        to=recipient.to, created_at__gt=at - longest, kind=Kind.ACKNOWLEDGEMENT
    )
    instants = list(said.order_by("-created_at").values_list("created_at", flat=True)[:most])
    return any(sum(instant > at - span for instant in instants) >= most for span, most in LIMITS)


def _draft(
    ticket: Ticket,
    message: Message,
    recipient: Recipient,
    calendar: Calendar | None,
    closure: Closure | None,
    *,
    at: datetime,
) -> OutboundMessage:
    zone = opening.zone_of(calendar, at=at)
    opens_at = closure.opens_at if closure else None
    facts = {
        "number": ticket.pk,
        "is_new": ticket.received_at == message.at,
        "has_no_hours": closure is not None and opens_at is None,
        "opens": moments.said_to(recipient, opens_at, zone),
    }
    is_known = ticket.entitlement != Ticket.Entitlement.UNVERIFIED
    return drafting.draft(
        "acknowledgement" if is_known else "acknowledgement_neutral",
        recipient,
        kind=Kind.ACKNOWLEDGEMENT,
        at=at,
        dedupe_key=drafting.key(
            "acknowledgement", ticket.uid.hex, opens_at.isoformat() if opens_at else "open"
        ),
        ticket=ticket,
        facts=facts | (_of_customer(ticket, recipient, zone, at=at) if is_known else {}),
    )


def _of_customer(ticket: Ticket, recipient: Recipient, zone: str, *, at: datetime) -> dict[str, Any]:
    """What is said only to whom it belongs."""
    promised = targets.of(ticket)
    return {
        "thread": headers.thread_subject(ticket),
        "subject": ticket.subject,
        "backlog": _backlog(ticket, recipient, at=at),
        "is_over": ticket.entitlement in BEYOND,
        "waits": ticket.entitlement == Ticket.Entitlement.AWAITING_APPROVAL,
        "is_refused": ticket.entitlement == Ticket.Entitlement.REFUSED,
        "is_not_named": ticket.entitlement == Ticket.Entitlement.NOT_NAMED,
        "is_uncovered": ticket.entitlement == Ticket.Entitlement.UNCOVERED,
        "has_target": promised.has_target,
        "first_response": moments.said_to(recipient, promised.first_response, zone),
        "resolution": moments.said_to(recipient, promised.resolution, zone),
        "reference": promised.reference,
        "link": links.portal_ticket(ticket),
    }


def _backlog(ticket: Ticket, recipient: Recipient, *, at: datetime) -> str:
    """What customers are told of backlog periods that cover the ticket, in the reader's language (D11)."""
    periods = backlog.in_force(since=at, until=at + backlog.INSTANT)  # nearly always none
    covering = [one for one in periods if backlog.covers(one, ticket.scope_keys)]
    texts = [text_in(one.texts, recipient.language) for one in covering]
    return " ".join(dict.fromkeys(texts))
