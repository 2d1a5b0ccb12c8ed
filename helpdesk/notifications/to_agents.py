"""What agents and leads are told: what rings, what is theirs now, what did not arrive."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from contracts.models import Account
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
    wording,
)
from sla import ladders
from sla.models import Alarm
from sla.models.policy import Cell

Kind = OutboundMessage.Kind
Channel = OutboundMessage.Channel

RUN_OUT: Final = 100
"""Percent."""
UPDATE_INTERVAL: Final = "update_interval"
MOST_LISTED: Final = 25
"""Tickets that a digest names; the rest it counts."""


def escalation(
    ticket: Ticket,
    alarm: Alarm,
    *,
    to: Iterable[Account],
    at: datetime,
    send_after: datetime | None = None,
    by_whatsapp: Collection[Account] = (),
) -> None:
    """Tell each of them, once, which clock rang at which step and when it is due; answers are not read.

    Those of them in `by_whatsapp` hear it there, by a template that WhatsApp has approved, where one is set
    up and they have a number: else by mail, and by mail too if WhatsApp refuses it for good. `send_after`
    lets it wait, as for the next opening.
    """
    rows = []
    for account in to:
        row = _rang(ticket, alarm, account, at=at, send_after=send_after or at)
        rows.append(_for_whatsapp(row, alarm, account) if account in by_whatsapp else row)
    outbox.put(rows)


def _rang(
    ticket: Ticket, alarm: Alarm, account: Account, *, at: datetime, send_after: datetime
) -> OutboundMessage:
    recipient = recipients.of_account(account)
    facts = step_facts(alarm) | {
        "step": step_said(alarm, recipient.language),
        "goal": _goal_said(alarm, recipient.language),
        "due": _due(ticket, alarm.due_at, recipient.language, at=at),
    }
    return drafting.draft(
        "escalation",
        recipient,
        kind=Kind.ESCALATION,
        at=at,
        send_after=send_after,
        dedupe_key=drafting.key("escalation", alarm.clock_id, alarm.step, account.pk),
        ticket=ticket,
        facts=_of(ticket) | facts,
    )


def step_said(alarm: Alarm, language: str) -> str:
    """The step in words: "75 % used", "1 h before it is due", "2 h overdue"."""
    return wording.phrase("step", language=language, **step_facts(alarm))


def step_facts(alarm: Alarm) -> dict[str, Any]:
    """How a step is told: as overdue from 100 percent on, and whenever its clock was missed."""
    offset = alarm.offset_minutes
    has_run_out = (alarm.percent or 0) >= RUN_OUT or (offset is not None and offset >= 0)
    return {
        "percent": alarm.percent,
        "before": ladders.amount(offset) if offset and offset < 0 else "",
        "after": ladders.amount(offset) if offset and offset > 0 else "",
        "is_overdue": has_run_out or alarm.clock.breached_at is not None,
    }


def _goal_said(alarm: Alarm, language: str) -> str:
    metric = alarm.clock.metric
    return wording.phrase(
        "goal",
        language=language,
        is_first_response=metric == Cell.Metric.FIRST_RESPONSE,
        is_next_response=metric == Cell.Metric.NEXT_RESPONSE,
        is_update=metric == UPDATE_INTERVAL,
    )


def _for_whatsapp(row: OutboundMessage, alarm: Alarm, account: Account) -> OutboundMessage:
    """The same for somebody who is on call: the mail is kept in the row, to be read and to fall back on."""
    if not (settings.TWILIO_ACCOUNT_SID and settings.TWILIO_ALARM_CONTENT_SID and account.whatsapp):
        return row
    ticket = row.ticket
    row.channel, row.to, row.otherwise_to = Channel.WHATSAPP, account.whatsapp, account.email
    row.variables = {
        "1": f"#{ticket.pk}" if ticket else "",
        "2": step_said(alarm, row.language),
        "3": _due(ticket, alarm.due_at, row.language, at=row.created_at) if ticket else "",
        "4": links.console_ticket(ticket) if ticket else "",
    }
    return row


def digest(
    account: Account, rang: Sequence[tuple[Ticket, Alarm]], *, at: datetime, send_after: datetime, number: int
) -> OutboundMessage:
    """Word the one mail of all that rang while nobody could be told, in the order given; writes nothing.

    `number` makes it the same digest when it is worded again.
    """
    recipient = recipients.of_account(account)
    facts = {
        "count": len(rang),
        "text": "\n".join(_line(*each, recipient.language) for each in rang[:MOST_LISTED]),
        "left_out": max(len(rang) - MOST_LISTED, 0),
        "link": links.console_queue(),
    }
    return drafting.draft(
        "digest",
        recipient,
        kind=Kind.ESCALATION,
        at=at,
        send_after=send_after,
        dedupe_key=drafting.key("digest", account.pk, number),
        facts=facts,
    )


def _line(ticket: Ticket, alarm: Alarm, language: str) -> str:
    """One ticket of a digest, and where it is."""
    customer = str(ticket.organisation or ticket.requester)
    parts = [
        f"#{ticket.pk}",
        str(ticket.priority or ""),
        step_said(alarm, language),
        customer,
        ticket.subject,
    ]
    said = headers.one_line(" · ".join(part for part in parts if part))
    return f"{said}\n{links.console_ticket(ticket)}"


def by_mail_instead(outbound: OutboundMessage, *, at: datetime) -> None:
    """Say by mail, once, what another channel has refused for good."""
    if not outbound.otherwise_to:
        return
    row = outbox.draft(
        kind=Kind(outbound.kind),
        channel=Channel.EMAIL,
        to=outbound.otherwise_to,
        subject=outbound.subject,
        text=outbound.text,
        html=outbound.html,
        language=outbound.language,
        ticket=outbound.ticket,
        at=at,
        dedupe_key=drafting.key("instead", outbound.uid.hex),
    )
    outbox.put([row])


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
