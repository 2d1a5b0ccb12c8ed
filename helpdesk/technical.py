"""Technical services: one switch turns a ticket into one, and back (AG-06, AG-07, AG-08, TL-07).

What no plan includes takes nothing from the quota and has no goals: its clocks stand still, and end when the
customer accepts the quote. The customer is told why, what it means and how to appeal.
"""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from contracts import approvals, quota, words
from contracts.models import Account, Approval, Organisation, Person, Quote, ServiceCategory
from contracts.quoting import drafting
from helpdesk import actors, clockwork, entitlement, history, lifecycle, request_types, written
from helpdesk.models import RequestType, TechnicalService, Ticket
from helpdesk.notifications import to_customers
from helpdesk.refusals import ReasonMissing, Refused, TextMissing, WrongStatus
from helpdesk.working import touch, working_on
from sla.hours import EventKind

E = Ticket.Entitlement
State = Quote.State

BACK_TO_SUPPORT: Final = frozenset({State.DRAFT, State.SENT})
"""States of a quote in which nothing has been agreed, so that the switch can be undone."""
LONGEST: Final = 2000


class NoSuchService(Refused):
    sentence = _("Choose the technical service from the list.")


class NobodysTicket(Refused):
    sentence = _("Say first which organisation the sender belongs to: a quote is made for one.")


class NotTechnical(Refused):
    sentence = _("This ticket is no technical service.")


class QuoteWasDecided(Refused):
    sentence = _("The quote was decided already, so this cannot be undone.")


class AppealedAlready(Refused):
    sentence = _("An appeal was made already.")


class NotAppealed(Refused):
    sentence = _("There is no appeal to decide on.")


class WasUpheld(Refused):
    sentence = _("A lead agreed with the customer that this is support; only a lead can change that.")


# --- the switch ---------------------------------------------------------------------------------


def reclassify(
    ticket: Ticket, *, category: ServiceCategory | None, by: Account, at: datetime, version: int | None = None
) -> TechnicalService:
    """Turn a ticket into a technical service. Twice changes nothing.

    1. Its type changes, and whatever ran of its clocks stands still.
    2. Its unit goes back to the period from which it was taken, however long ago; a question to a manager
       whether it may take one is over.
    3. A draft of a quote opens, with the usual lines of the category; where the contract promises one within
       some time, that clock begins.
    4. The customer is told, in their language.

    Raises:
        NoSuchService: none, or an archived one.
        NobodysTicket: no organisation is known for whom a quote could be.
        WrongStatus: it is solved, closed, spam or merged.
        WasUpheld, ChangedMeanwhile.
    """
    with working_on(ticket, version) as row:
        known = now(row)
        if known is not None:
            return known
        offered = _offered(category)
        if not row.is_live:
            raise WrongStatus
        if row.organisation is None:
            raise NobodysTicket
        was_upheld = TechnicalService.objects.filter(ticket=row, is_upheld=True).exists()
        if was_upheld and not clockwork.may_decide(by):
            raise WasUpheld
        return _switch(row, offered, row.organisation, by=actors.account(by), at=at)


def _offered(category: ServiceCategory | None) -> ServiceCategory:
    if category is None or category.archived_at is not None:
        raise NoSuchService
    return category


def _switch(
    row: Ticket, category: ServiceCategory, organisation: Organisation, *, by: str, at: datetime
) -> TechnicalService:
    was_type, was_entitlement = row.request_type, row.entitlement
    gave_back = request_types.become(
        row, request_types.of_kind(RequestType.Kind.TECHNICAL), at=at, by=by, reason=category.key
    )
    lifecycle.tick(row, EventKind.QUOTE_OWED, at=at, by=by)
    _close_question(row, by=by, at=at)
    entitlement.inside(row, at=at)
    service = TechnicalService.objects.create(
        ticket=row,
        category=category,
        at=at,
        by=by,
        was_type=was_type,
        was_entitlement=was_entitlement,
        gave_back=gave_back,
    )
    drafting.open_draft(
        ticket_uid=row.uid,
        organisation=organisation,
        contract=row.contract,
        category=category,
        language=to_customers.language_of(row),
        by=by,
        at=at,
    )
    to_customers.technical_service(row, service, at=at)
    return service


def _close_question(row: Ticket, *, by: str, at: datetime) -> None:
    asked = Approval.objects.filter(ticket_uid=row.uid, decided_at=None).first()
    if asked is not None:
        approvals.decide(asked, Approval.Decision.TIMED_OUT, by=by, at=at)


def now(ticket: Ticket) -> TechnicalService | None:
    """What makes a ticket a technical service, if it is one."""
    rows = TechnicalService.objects.filter(ticket=ticket, undone_at=None)
    return rows.select_related("category", "was_type", "appealed_by").first()


# --- and back -----------------------------------------------------------------------------------


def undo(ticket: Ticket, *, reason: str, by: Account, at: datetime, version: int | None = None) -> Ticket:
    """Turn it back into what it was, while its quote is a draft or sent; the quote is withdrawn.

    Its unit is taken again from its own period, and its clocks go on with what was left of them (with the
    policy's grace where that is over).

    Raises:
        NotTechnical, ReasonMissing, QuoteWasDecided, ChangedMeanwhile.
    """
    why = written.reason(reason)
    with working_on(ticket, version) as row:
        service = now(row)
        if service is None:
            raise NotTechnical
        _turn_back(row, service, reason=why, by=actors.account(by), at=at)
        to_customers.support_again(row, service, at=at)
    return ticket


def _turn_back(row: Ticket, service: TechnicalService, *, reason: str, by: str, at: datetime) -> None:
    quote = drafting.of_ticket(row.uid)
    if quote is not None and quote.state not in BACK_TO_SUPPORT | {State.WITHDRAWN}:
        raise QuoteWasDecided
    if quote is not None:
        drafting.withdraw(quote, by=by, at=at)
    service.undone_at, service.undone_by = at, by
    service.save(update_fields=["undone_at", "undone_by"])
    request_types.become(row, service.was_type, at=at, by=by, reason=reason)
    if not service.gave_back:
        _as_before(row, service, by=by, at=at)


def _as_before(row: Ticket, service: TechnicalService, *, by: str, at: datetime) -> None:
    """It had taken nothing: what waited for a manager does so no longer, and is taken up as flagged."""
    if service.was_entitlement == E.AWAITING_APPROVAL and row.contract is not None:
        quota.charge(row.contract, ticket_uid=row.uid, at=row.received_at, by=by, is_accepted=True)
        entitlement.follow_charge(row, at=at)
        return
    row.entitlement = service.was_entitlement
    touch(row, "entitlement", at=at)


# --- the customer's say -------------------------------------------------------------------------


def appeal(ticket: Ticket, *, text: str, by: Person, at: datetime) -> TechnicalService:
    """The customer says why it is support after all; once.

    Raises:
        NotTechnical, TextMissing, AppealedAlready.
        QuoteWasDecided: nothing can be undone any more.
    """
    said = words.tidied(text, LONGEST)
    with working_on(ticket) as row:
        service = now(row)
        if service is None:
            raise NotTechnical
        if service.appealed_at is not None:
            raise AppealedAlready
        if not said:
            raise TextMissing
        quote = drafting.of_ticket(row.uid)
        if quote is not None and quote.is_agreed:
            raise QuoteWasDecided
        service.appeal, service.appealed_at, service.appealed_by = said, at, by
        service.save(update_fields=["appeal", "appealed_at", "appealed_by"])
        touch(row, at=at)
        history.note(row, "appealed", at=at, by=actors.person(by), reason=said[:500])
    return service


def decide_appeal(
    ticket: Ticket, *, is_upheld: bool, text: str, by: Account, at: datetime, version: int | None = None
) -> TechnicalService:
    """A lead agrees, and it is support again, or refuses, and says why; the customer is told.

    Raises:
        LeadsOnly, NotTechnical, NotAppealed, ChangedMeanwhile.
        ReasonMissing: a refusal says why.
        QuoteWasDecided: the customer accepted the quote meanwhile.
    """
    if not clockwork.may_decide(by):
        raise clockwork.LeadsOnly
    said = words.tidied(text, LONGEST)
    with working_on(ticket, version) as row:
        service = now(row)
        if service is None:
            raise NotTechnical
        if not service.waits_for_a_lead:
            raise NotAppealed
        if not is_upheld and not said:
            raise ReasonMissing
        actor = actors.account(by)
        service.is_upheld, service.decided_at, service.decided_by = is_upheld, at, actor
        service.decision = said
        service.save(update_fields=["is_upheld", "decided_at", "decided_by", "decision"])
        if is_upheld:
            _turn_back(row, service, reason=said or "appeal", by=actor, at=at)
        kind = "appeal_upheld" if is_upheld else "appeal_refused"
        history.note(row, kind, at=at, by=actor, reason=said[:500])
        touch(row, at=at)
        to_customers.appeal_decided(row, service, at=at)
    return service


def appealed() -> Q:
    """Of tickets, those whose appeal waits for a lead."""
    waiting = TechnicalService.objects.filter(
        ticket=OuterRef("pk"), appealed_at__isnull=False, decided_at=None, undone_at=None
    )
    return Q(Exists(waiting))


def end_clocks(row: Ticket, *, by: str, at: datetime) -> None:
    """The quote of a locked ticket was accepted: what was frozen ends."""
    lifecycle.tick(row, EventKind.CANCEL, at=at, by=by)
