"""What agents and leads are told: what rings, what is theirs now, what did not arrive."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from contracts.models import Account
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import drafting, headers, links, moments, opening, outbox, recipients, targets
from sla.models import Alarm
from sla.models.policy import Cell

Kind = OutboundMessage.Kind

RUN_OUT: Final = 100
"""Percent."""


def escalation(
    ticket: Ticket,
    alarm: Alarm,
    *,
    to: Iterable[Account],
    at: datetime,
    send_after: datetime | None = None,
) -> None:
    """Tell each of them, once, which clock rang and when it is due; answers to it are not read.

    A step at 100 percent or more, or of a clock that was missed, is told as overdue. `send_after` lets it
    wait, as for the next opening.
    """
    outbox.put([_rang(ticket, alarm, account, at=at, send_after=send_after or at) for account in to])


def _rang(
    ticket: Ticket, alarm: Alarm, account: Account, *, at: datetime, send_after: datetime
) -> OutboundMessage:
    recipient = recipients.of_account(account)
    facts = {
        "percent": alarm.percent,
        "is_overdue": alarm.percent >= RUN_OUT or alarm.clock.breached_at is not None,
        "is_first_response": alarm.clock.metric == Cell.Metric.FIRST_RESPONSE,
        "due": _due(ticket, alarm.due_at, recipient.language, at=at),
    }
    return drafting.draft(
        "escalation",
        recipient,
        kind=Kind.ESCALATION,
        at=at,
        send_after=send_after,
        dedupe_key=drafting.key("escalation", alarm.clock_id, alarm.percent, account.pk),
        ticket=ticket,
        facts=_of(ticket) | facts,
    )


def assigned(ticket: Ticket, *, to: Account, giver: Account | None, at: datetime) -> None:
    """Tell an agent that a ticket is theirs, with what the customer wrote last.

    What they answer to this mail goes to the customer: it alone gives an agent a signed address (D18).
    Nobody is told of what they took themselves.
    """
    if to == giver:
        return
    recipient = recipients.of_account(to)
    facts = {
        "giver": giver.name if giver else "",
        "due": _due(ticket, ticket.next_due_at, recipient.language, at=at),
        "text": _last_words(ticket),
    }
    row = drafting.draft(
        "assigned",
        recipient,
        kind=Kind.NOTIFICATION,
        at=at,
        dedupe_key=drafting.key("assigned", ticket.uid.hex, to.pk, at.isoformat()),
        ticket=ticket,
        facts=_of(ticket) | facts,
    )
    outbox.put([row])


def reply_failed(outbound: OutboundMessage, *, reason: str, at: datetime) -> None:
    """Tell whoever wrote an answer that it did not arrive, once; of anything else nobody is told by mail."""
    message, ticket = outbound.message, outbound.ticket
    if outbound.kind != Kind.REPLY or message is None or ticket is None or message.account is None:
        return
    row = drafting.draft(
        "reply_failed",
        recipients.of_account(message.account),
        kind=Kind.ESCALATION,
        at=at,
        dedupe_key=drafting.key("reply_failed", outbound.uid.hex),
        ticket=ticket,
        facts=_of(ticket) | {"recipient": outbound.to, "reason": headers.one_line(reason)},
    )
    outbox.put([row])


def _of(ticket: Ticket) -> dict[str, Any]:
    """What every one of these mails says of the ticket."""
    return {
        "number": ticket.pk,
        "subject": ticket.subject,
        "customer": str(ticket.organisation or ticket.requester),
        "priority": str(ticket.priority or ""),
        "assignee": str(ticket.assignee or ""),
        "reference": targets.reference(ticket),
        "link": links.console_ticket(ticket),
    }


def _due(ticket: Ticket, due_at: datetime | None, language: str, *, at: datetime) -> str:
    """Agents work by the desk's clock."""
    if due_at is None or ticket.clock_set is None:
        return ""
    return moments.said(due_at, opening.zone_of(ticket.clock_set.calendar, at=at), language)


def _last_words(ticket: Ticket) -> str:
    theirs = ticket.messages.filter(kind=Message.Kind.CUSTOMER).order_by("-at", "-id")
    return theirs.values_list("text", flat=True).first() or ""
