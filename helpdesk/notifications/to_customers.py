"""What customers are told besides answers: what became of a ticket, and what it turned out to be."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.models import Approval
from helpdesk.models import OutboundMessage, TechnicalService, Ticket
from helpdesk.notifications import drafting, headers, languages, links, moments, opening, outbox, recipients
from helpdesk.notifications.recipient import Recipient
from helpdesk.refusals import WindowClosed

Kind = OutboundMessage.Kind


def solved(ticket: Ticket, *, at: datetime) -> None:
    """Say that a ticket counts as solved, and until when an answer opens it again (D10).

    For a ticket that was solved without an answer; an answer that solves says it itself. Whoever can no
    longer be reached by WhatsApp is not told.
    """
    try:
        told = recipients.of_answer(ticket, at=at)
    except WindowClosed:
        return
    zone = opening.zone_of(opening.calendar_of(ticket), at=at)
    outbox.put([_solved(ticket, recipient, zone, at=at) for recipient in told])


def _solved(ticket: Ticket, recipient: Recipient, zone: str, *, at: datetime) -> OutboundMessage:
    facts = {
        "thread": headers.thread_subject(ticket),
        "number": ticket.pk,
        "subject": ticket.subject,
        "reopens_until": moments.said_to(recipient, ticket.closes_at, zone),
        "link": links.portal_ticket(ticket),
    }
    return drafting.draft(
        "solved",
        recipient,
        kind=Kind.NOTIFICATION,
        at=at,
        dedupe_key=drafting.key("solved", ticket.uid.hex, at.isoformat(), recipient.to),
        ticket=ticket,
        facts=facts,
    )


def approval_decided(ticket: Ticket, *, decision: str, is_refused: bool, at: datetime) -> None:
    """Say what became of a ticket beyond the quota (CM-04); who is out of WhatsApp's reach is not told."""
    try:
        told = recipients.of_answer(ticket, at=at)
    except WindowClosed:
        return
    outbox.put([_decided(ticket, recipient, decision, is_refused=is_refused, at=at) for recipient in told])


def _decided(
    ticket: Ticket, recipient: Recipient, decision: str, *, is_refused: bool, at: datetime
) -> OutboundMessage:
    facts = {
        "thread": headers.thread_subject(ticket),
        "number": ticket.pk,
        "subject": ticket.subject,
        "is_approved": decision == Approval.Decision.APPROVED,
        "is_refused": is_refused,
        "link": links.portal_ticket(ticket),
    }
    return drafting.draft(
        "approval_decided",
        recipient,
        kind=Kind.NOTIFICATION,
        at=at,
        dedupe_key=drafting.key("approval", ticket.uid.hex, recipient.to),
        ticket=ticket,
        facts=facts,
    )


# --- technical services -------------------------------------------------------------------------


def language_of(ticket: Ticket) -> str:
    """In which language its requester is spoken to; one of `languages.FALLBACKS`."""
    return languages.of_person(ticket.requester, otherwise=ticket.language)


def technical_service(ticket: Ticket, service: TechnicalService, *, at: datetime) -> None:
    """Say that it is a technical service: why, what that means, what comes next, how to appeal (CR-12)."""
    _tell(
        ticket,
        "technical_service",
        service,
        lambda to: {"category": service.category.name_in(to.language), "gave_back": service.gave_back},
        at=at,
    )


def support_again(ticket: Ticket, service: TechnicalService, *, at: datetime) -> None:
    """Say that it is support after all (AG-07)."""
    _tell(ticket, "support_again", service, lambda _to: {}, at=at)


def appeal_decided(ticket: Ticket, service: TechnicalService, *, at: datetime) -> None:
    """Say what a lead decided on the customer's appeal (TL-07)."""
    facts = {"is_upheld": service.is_upheld, "decision": service.decision}
    _tell(ticket, "appeal_decided", service, lambda _to: facts, at=at)


def _tell(
    ticket: Ticket,
    letter: str,
    service: TechnicalService,
    facts_for: Callable[[Recipient], dict[str, Any]],
    *,
    at: datetime,
) -> None:
    """Tell whoever receives answers; who is out of WhatsApp's reach is not told."""
    try:
        told = recipients.of_answer(ticket, at=at)
    except WindowClosed:
        return
    common = {
        "thread": headers.thread_subject(ticket),
        "number": ticket.pk,
        "subject": ticket.subject,
        "link": links.portal_ticket(ticket),
    }
    outbox.put(
        [
            drafting.draft(
                letter,
                recipient,
                kind=Kind.NOTIFICATION,
                at=at,
                dedupe_key=drafting.key(letter, service.pk, recipient.to),
                ticket=ticket,
                facts={**common, **facts_for(recipient)},
            )
            for recipient in told
        ]
    )
