"""What agents and leads do to a ticket's clocks by hand: due times, excuses, corrections, other terms.

Each verb locks the ticket, asks one rule of `sla`, and writes into the history who did it and why. What the
engine refuses is refused here in its own words (`ClocksRefused`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from contracts import coverage
from contracts.coverage import Coverage
from contracts.models import Account
from helpdesk import actors, entitlement, history, written
from helpdesk.models import Ticket
from helpdesk.refusals import Refused
from helpdesk.working import touch, working_on
from sla import clocks, excuses, retargeting
from sla.excuses import ExcuseRefused
from sla.hours import EventKind, Terms
from sla.models import Clock, ClockEvent, ClockSet, Excuse
from sla.models.policy import Cell
from sla.retargeting import Moved

DECIDES: Final = "sla.change_excuse"
"""The right of those who decide on excuses, correct events and apply other terms: leads have it."""

CORRECTABLE: Final = frozenset(
    {
        EventKind.PRIORITY,
        EventKind.RETARGET,
        EventKind.PAUSE,
        EventKind.RESUME,
        EventKind.EXCLUDE,
        EventKind.INCLUDE,
        EventKind.AGENT_REPLY,
        EventKind.CUSTOMER_REPLY,
        EventKind.SOLVE,
        EventKind.REOPEN,
    }
)
"""What can be a slip. The rest has ways of its own: a due time is taken back, an excuse was decided."""


class LeadsOnly(Refused):
    """Somebody who is no lead decides."""

    sentence = _("Only a lead can do this.")


class OwnTicket(Refused):
    sentence = _("Somebody else must decide on an excuse for a ticket of yours.")


class NoSuchClock(Refused):
    sentence = _("This ticket has no such clock.")


class NoSuchEvent(Refused):
    sentence = _("This ticket's clocks have no such event that could be corrected.")


class NoClocks(Refused):
    sentence = _("No clock runs for this ticket.")


class DueInThePast(Refused):
    sentence = _("A due time is set ahead, not back: choose an instant to come.")


class NotBefore(Refused):
    sentence = _("It cannot have happened before the ticket came in, nor in the future.")


class NoTermsNow(Refused):
    sentence = _("No contract with a published policy covers this ticket's customer now.")


class NothingWouldChange(Refused):
    sentence = _("The contract's present terms are those that rule already.")


class ClocksRefused(Refused):
    """The engine said no."""

    def __init__(self, why: Exception) -> None:
        super().__init__()
        self._why = why

    def __str__(self) -> str:
        return str(self._why)


def may_decide(who: Account) -> bool:
    """Whether somebody decides about clocks."""
    return who.has_perm(DECIDES)


# --- a due time by hand -------------------------------------------------------------------------


def set_due(
    ticket: Ticket,
    *,
    clock: int,
    due_at: datetime | None,
    reason: str,
    by: Account,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Set one clock's due time by hand, or with None let it be derived again; flagged where it is shown.

    Neither a change of priority nor of the calendar moves it meanwhile.

    Raises:
        ReasonMissing, NoSuchClock, DueInThePast, ClocksRefused, ChangedMeanwhile.
    """
    why = written.reason(reason)
    if due_at is not None and due_at <= at:
        raise DueInThePast
    with working_on(ticket, version) as row:
        named = _clock(row, clock)
        with _in_its_own_words():
            clocks.set_due(named, due_at=due_at, reason=why, by=actors.account(by), at=at)
        _note(row, "due_set" if due_at else "due_derived", named, due_at, reason=why, by=by, at=at)
    return ticket


def promise_update(
    ticket: Ticket, *, due_at: datetime, reason: str, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Say by when the customer hears again, whether or not the terms promise updates (AG-15).

    Raises:
        ReasonMissing, NoClocks, DueInThePast, ClocksRefused, ChangedMeanwhile.
    """
    why = written.reason(reason)
    if due_at <= at:
        raise DueInThePast
    with working_on(ticket, version) as row:
        if row.clock_set is None or not row.is_live:
            raise NoClocks
        with _in_its_own_words():
            found = clocks.promise_update(
                row.clock_set, due_at=due_at, reason=why, by=actors.account(by), at=at
            )
        promised = [clock for clock in found if clock.metric == Cell.Metric.UPDATE_INTERVAL][-1]
        _note(row, "due_set", promised, due_at, reason=why, by=by, at=at)
    return ticket


def _note(
    row: Ticket, kind: str, clock: Clock, due_at: datetime | None, *, reason: str, by: Account, at: datetime
) -> None:
    due = due_at.isoformat() if due_at else ""
    touch(row, at=at)
    history.note(row, kind, at=at, by=actors.account(by), metric=clock.metric, due_at=due, reason=reason)


# --- excuses ------------------------------------------------------------------------------------


def propose_excuse(
    ticket: Ticket,
    *,
    clock: int,
    cause: str,
    text: str,
    by: Account,
    at: datetime,
    version: int | None = None,
) -> Excuse:
    """Tag a caveat (AG-16): a lead decides on it; after the miss it is marked as such.

    Raises:
        ReasonMissing, NoSuchClock, ClocksRefused, ChangedMeanwhile.
    """
    why = written.reason(text)
    with working_on(ticket, version) as row:
        named = _clock(row, clock)
        with _in_its_own_words():
            excuse = excuses.propose(named, cause=cause, text=why, by=actors.account(by), at=at)
        note_proposal(row, excuse)
        touch(row, at=at)
    return excuse


def note_proposal(ticket: Ticket, excuse: Excuse) -> None:
    """Write into a ticket's history that an excuse was proposed."""
    facts = {"metric": excuse.clock.metric, "cause": excuse.cause, "reason": excuse.text}
    history.note(ticket, "excuse_proposed", at=excuse.proposed_at, by=excuse.proposed_by, **facts)


def decide_excuse(
    ticket: Ticket,
    *,
    excuse: int,
    approve: bool,
    text: str,
    by: Account,
    at: datetime,
    version: int | None = None,
) -> Excuse:
    """Approve or refuse an excuse (TL-04): a lead does, who neither proposed it nor has the ticket.

    Raises:
        LeadsOnly, OwnTicket, NoSuchClock, ClocksRefused, ChangedMeanwhile.
        ReasonMissing: a refusal says why.
    """
    _leads_only(by)
    said = text.strip() if approve else written.reason(text)
    with working_on(ticket, version) as row:
        if row.assignee_id == by.pk:
            raise OwnTicket
        found = Excuse.objects.filter(pk=excuse, clock__clock_set=row.clock_set_id).first()
        if found is None:
            raise NoSuchClock
        decide = excuses.approve if approve else excuses.refuse
        with _in_its_own_words():
            decide(found, text=said, by=actors.account(by), at=at)
        facts = {"metric": found.clock.metric, "cause": found.cause, "reason": said}
        history.note(row, f"excuse_{found.state}", at=at, by=actors.account(by), **facts)
        touch(row, at=at)
    return found


# --- corrections --------------------------------------------------------------------------------


def correct(
    ticket: Ticket,
    *,
    event: int,
    happened_at: datetime | None,
    reason: str,
    by: Account,
    at: datetime,
    version: int | None = None,
) -> ClockEvent:
    """Compensate a wrong event (TL-09): it never was (None), or was at another instant; it stays on record.

    Raises:
        LeadsOnly, ReasonMissing, NoSuchEvent, NotBefore, ClocksRefused, ChangedMeanwhile.
    """
    _leads_only(by)
    why = written.reason(reason)
    with working_on(ticket, version) as row:
        wrong = _event(row, event)
        if happened_at is not None and not _clock_set(row).started_at <= happened_at <= at:
            raise NotBefore
        with _in_its_own_words():
            clocks.correct(wrong, happened_at=happened_at, reason=why, by=actors.account(by), at=at)
        facts = {
            "event": wrong.kind,
            "was_at": wrong.at.isoformat(),
            "happened_at": happened_at.isoformat() if happened_at else "",
            "reason": why,
        }
        history.note(row, "corrected", at=at, by=actors.account(by), **facts)
        touch(row, at=at)
    return wrong


# --- other terms --------------------------------------------------------------------------------


def what_present_terms_change(ticket: Ticket, *, at: datetime) -> list[Moved]:
    """What `apply_present_terms` would do to the ticket's clocks; writes nothing.

    Raises:
        NoClocks, NoTermsNow, ClocksRefused.
    """
    terms = _present_terms(ticket, _cover(ticket, at=at))
    with _in_its_own_words():
        return retargeting.preview(_clock_set(ticket), terms=terms, at=at)


def apply_present_terms(
    ticket: Ticket, *, reason: str, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Let the contract as it is now rule the ticket, from its original start (D9), as after a new plan.

    Raises:
        LeadsOnly, ReasonMissing, NoClocks, NoTermsNow, NothingWouldChange, ClocksRefused, ChangedMeanwhile.
    """
    _leads_only(by)
    why = written.reason(reason)
    with working_on(ticket, version) as row:
        cover = _cover(row, at=at)
        terms = _present_terms(row, cover)
        clock_set = _clock_set(row)
        with _in_its_own_words():
            if not retargeting.preview(clock_set, terms=terms, at=at):
                raise NothingWouldChange
            clocks.retarget(
                clock_set,
                terms=terms,
                policy_version=cover.policy_version,
                is_binding=cover.is_binding,
                allows_excuses=cover.allows_excuses,
                reason=why,
                by=actors.account(by),
                at=at,
            )
        before = str(row.plan_version) if row.plan_version else ""
        row.contract, row.contract_version = cover.contract, cover.contract_version
        row.plan_version = cover.plan_version
        touch(row, "contract", "contract_version", "plan_version", at=at)
        facts = {"before": before, "after": str(cover.plan_version), "reason": why}
        history.note(row, "retargeted", at=at, by=actors.account(by), **facts)
    return ticket


def _cover(ticket: Ticket, *, at: datetime) -> Coverage:
    cover = coverage.cover(ticket.requester, at=at, channel=ticket.channel)
    if cover.organisation is None or cover.organisation.pk != ticket.organisation_id:
        raise NoTermsNow
    return cover


def _present_terms(ticket: Ticket, cover: Coverage) -> Terms:
    if cover.terms is None or cover.calendar is None:
        raise NoTermsNow
    terms = entitlement.terms_for(cover.terms, Ticket.Entitlement(ticket.entitlement))
    return clocks.terms_for(_clock_set(ticket), terms, cover.calendar)


# --- what each verb needs -----------------------------------------------------------------------


def _leads_only(by: Account) -> None:
    if not may_decide(by):
        raise LeadsOnly


def _clock_set(ticket: Ticket) -> ClockSet:
    if ticket.clock_set is None:
        raise NoClocks
    return ticket.clock_set


def _clock(ticket: Ticket, number: int) -> Clock:
    clock = _clock_set(ticket).clocks.select_related("clock_set").filter(pk=number).first()
    if clock is None:
        raise NoSuchClock
    return clock


def _event(ticket: Ticket, number: int) -> ClockEvent:
    events = _clock_set(ticket).events.filter(kind__in=CORRECTABLE)
    event = events.select_related("clock_set").filter(pk=number).first()
    if event is None:
        raise NoSuchEvent
    return event


@contextmanager
def _in_its_own_words() -> Iterator[None]:
    try:
        yield
    except (ExcuseRefused, LookupError, ValueError) as error:
        raise ClocksRefused(error) from error
