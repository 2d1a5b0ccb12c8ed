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
    zone = opening.zone_of(opening.calendar_of(ticket), at=at)
    _tell(
        ticket,
        "solved",
        lambda to: {"reopens_until": moments.said_to(to, ticket.closes_at, zone)},
        once=("solved", ticket.uid.hex, at.isoformat()),
        at=at,
    )


def approval_decided(ticket: Ticket, *, decision: str, is_refused: bool, at: datetime) -> None:
    """Say what became of a ticket beyond the quota (CM-04); who is out of WhatsApp's reach is not told."""
    facts = {"is_approved": decision == Approval.Decision.APPROVED, "is_refused": is_refused}
    _tell(ticket, "approval_decided", lambda _to: facts, once=("approval", ticket.uid.hex), at=at)


# --- technical services -------------------------------------------------------------------------


def language_of(ticket: Ticket) -> str:
    """In which language its requester is spoken to; one of `languages.FALLBACKS`."""
    return languages.of_person(ticket.requester, otherwise=ticket.language)


def technical_service(ticket: Ticket, service: TechnicalService, *, at: datetime) -> None:
    """Say that it is a technical service: why, what that means, what comes next, how to appeal (CR-12)."""
    _tell(
        ticket,
        "technical_service",
        lambda to: {"category": service.category.name_in(to.language), "gave_back": service.gave_back},
        once=("technical_service", service.pk),
        at=at,
    )


def support_again(ticket: Ticket, service: TechnicalService, *, at: datetime) -> None:
    """Say that it is support after all (AG-07)."""
    _tell(ticket, "support_again", lambda _to: {}, once=("support_again", service.pk), at=at)


def appeal_decided(ticket: Ticket, service: TechnicalService, *, at: datetime) -> None:
    """Say what a lead decided on the customer's appeal (TL-07)."""
    facts = {"is_upheld": service.is_upheld, "decision": service.decision}
    _tell(ticket, "appeal_decided", lambda _to: facts, once=("appeal_decided", service.pk), at=at)


# --- what each of them does ---------------------------------------------------------------------


def _tell(
    ticket: Ticket,
    letter: str,
    facts_for: Callable[[Recipient], dict[str, Any]],
    *,
    once: tuple[str | int, ...],
    at: datetime,
) -> None:
    """Tell whoever receives answers, each of them once of what `once` names.

    Whoever can no longer be reached by WhatsApp is not told.
    """
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
                dedupe_key=drafting.key(*once, recipient.to),
                ticket=ticket,
                facts={**common, **facts_for(recipient)},
            )
            for recipient in told
        ]
    )
