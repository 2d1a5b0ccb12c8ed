"""Which state may follow which, and what each step means for the clocks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from helpdesk import actors, history
from helpdesk.models import Ticket
from helpdesk.refusals import WrongStatus
from sla import clocks
from sla.hours import EventKind

S = Ticket.Status

DEFAULT_REOPEN_DAYS: Final = 7

ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    S.NEW: frozenset({S.OPEN, S.WAITING_CUSTOMER, S.WAITING_THIRD_PARTY, S.SOLVED, S.SPAM}),
    S.OPEN: frozenset({S.WAITING_CUSTOMER, S.WAITING_THIRD_PARTY, S.SOLVED, S.SPAM}),
    S.WAITING_CUSTOMER: frozenset({S.OPEN, S.WAITING_THIRD_PARTY, S.SOLVED, S.SPAM}),
    S.WAITING_THIRD_PARTY: frozenset({S.OPEN, S.WAITING_CUSTOMER, S.SOLVED, S.SPAM}),
    S.SOLVED: frozenset({S.OPEN, S.CLOSED, S.SPAM}),
    S.CLOSED: frozenset(),
    S.SPAM: frozenset(),
    S.MERGED: frozenset(),
}


def move(
    ticket: Ticket, status: str, *, at: datetime, by: str, reference: str = "", tells_clocks: bool = True
) -> None:
    """Bring a locked ticket to another state, and its clocks with it; the same state is no step.

    `reference` names the answer with which it happens: if that is revoked, so is the solution. Where
    the caller tells the clocks itself, `tells_clocks` is off.

    Raises:
        WrongStatus: when that state cannot follow.
    """
    before = ticket.status
    if status == before:
        return
    if status not in ALLOWED[before]:
        raise WrongStatus
    _write(ticket, status, at=at)
    kind = clock_event(ticket, before, status)
    if kind is not None and tells_clocks:
        tick(ticket, kind, at=at, by=by, reference=reference)
    history.note(ticket, "status", at=at, by=by, before=before, after=status)


def tick(ticket: Ticket, kind: EventKind, *, at: datetime, by: str, reference: str = "") -> None:
    """Tell a ticket's clocks that something happened; a ticket without a promise has none."""
    if ticket.clock_set is not None:
        clocks.record(ticket.clock_set, kind, at=at, by=by, reference=reference)


def _write(ticket: Ticket, status: str, *, at: datetime) -> None:
    ticket.status = status
    if status == S.SOLVED:
        ticket.solved_at, ticket.closes_at = at, at + timedelta(days=_reopen_days(ticket))
    elif status == S.CLOSED:
        ticket.closed_at = at
    else:
        ticket.solved_at = ticket.closes_at = None
    ticket.updated_at = at
    ticket.version += 1
    ticket.save(update_fields=["status", "solved_at", "closes_at", "closed_at", "updated_at", "version"])


def _reopen_days(ticket: Ticket) -> int:
    """D10: as long as the ticket's own policy says."""
    return ticket.clock_set.policy_version.reopen_days if ticket.clock_set else DEFAULT_REOPEN_DAYS


def clock_event(ticket: Ticket, before: str, after: str) -> EventKind | None:
    """Which of the clocks' events a step from one status to another is, if any (D8, D10)."""
    if after == S.SOLVED:
        return EventKind.SOLVE
    if after == S.SPAM:
        return EventKind.CANCEL
    if before == S.SOLVED and after == S.OPEN:
        return EventKind.REOPEN
    return _pause_event(ticket, before, after)


def _pause_event(ticket: Ticket, before: str, after: str) -> EventKind | None:
    if ticket.clock_set is None:
        return None
    pausing = ticket.clock_set.policy_version.pausing_statuses
    if (before in pausing) == (after in pausing):
        return None
    return EventKind.PAUSE if after in pausing else EventKind.RESUME


def can_take_more(ticket: Ticket, *, at: datetime) -> bool:
    """Whether another message still belongs to this ticket (D10): live, or solved not long ago."""
    if ticket.is_live:
        return True
    return ticket.status == S.SOLVED and ticket.closes_at is not None and at < ticket.closes_at


def close_solved(*, at: datetime, limit: int = 500) -> int:
    """Close tickets whose time to be reopened has passed (D24); returns how many.

    Safe to run twice or beside itself: each row is locked and looked at again.
    """
    past = Ticket.objects.filter(status=S.SOLVED, closes_at__lte=at).order_by("closes_at")
    return sum(_close(pk, at=at) for pk in past.values_list("pk", flat=True)[:limit])


def _close(pk: int, *, at: datetime) -> bool:
    with transaction.atomic():
        ticket = locked(pk)
        if ticket.status != S.SOLVED or can_take_more(ticket, at=at):
            return False
        move(ticket, S.CLOSED, at=at, by=actors.system("beat"))
        return True


def locked(pk: int) -> Ticket:
    """A ticket's row, locked until the transaction ends, with what its rules read."""
    rows = Ticket.objects.select_for_update(of=("self",)).select_related(
        "clock_set__policy_version", "clock_set__calendar", "priority", "contract", "request_type"
    )
    return rows.get(pk=pk)
