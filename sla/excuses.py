"""Caveats of a promise: one proposes, another decides, and nothing is ever extended by it (D11).

An approved excuse is an event of the clock, so that `Clock.excused_at` is derived like all else (R3). Who
may decide at all, and whose ticket it is, knows whoever calls.
"""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from sla import clocks
from sla.models import Clock, Excuse
from sla.outcomes import is_missed
from sla.refusing import Refusal

LONGEST: Final = 500
STILL: Final = (Clock.State.CANCELLED, Clock.State.EXCLUDED, Clock.State.NOT_APPLICABLE)
"""States in which nothing is promised."""


class ExcuseRefused(Refusal):
    """An excuse that cannot be, with a sentence for whoever tried."""

    sentence = _("This cannot be excused.")


class UnknownCause(ExcuseRefused):
    sentence = _("Choose a cause from the list.")


class NothingSaid(ExcuseRefused):
    sentence = _("Please say what happened.")


class NothingPromised(ExcuseRefused):
    sentence = _("Nothing is promised here that could be missed.")


class MetInTime(ExcuseRefused):
    sentence = _("This was met in time: there is nothing to excuse.")


class AlreadyProposed(ExcuseRefused):
    sentence = _("An excuse is already proposed or approved for this clock.")


class BindingPromise(ExcuseRefused):
    sentence = _("A binding promise cannot be excused: the agreement has no clause that allows it.")


class AlreadyDecided(ExcuseRefused):
    sentence = _("This excuse has been decided already.")


class OwnProposal(ExcuseRefused):
    sentence = _("Somebody else must decide on an excuse that you proposed.")


class NotMissedYet(ExcuseRefused):
    sentence = _("The clock has not been missed. The proposal is kept and can be approved once it is.")


def may_excuse(clock: Clock) -> bool:
    """Whether a miss of this clock can be excused at all: what binds, where the agreement says so (D11)."""
    return not clock.clock_set.is_binding or clock.clock_set.allows_excuses


def propose(
    clock: Clock, *, cause: str, text: str, by: str, at: datetime, after_the_fact: bool | None = None
) -> Excuse:
    """Say why this clock may be, or was, missed; after the miss it is marked as said after the fact.

    `after_the_fact` says so where the caller knows better, as for a cause that was declared before the miss.

    Raises:
        UnknownCause, NothingSaid, BindingPromise, NothingPromised, MetInTime, AlreadyProposed.
    """
    if cause not in Excuse.Cause.values:
        raise UnknownCause
    if not text.strip():
        raise NothingSaid
    _check(clock)
    is_late = is_missed(clock, at=at) if after_the_fact is None else after_the_fact
    try:
        with transaction.atomic():
            return Excuse.objects.create(
                clock=clock,
                cause=cause,
                text=text.strip()[:LONGEST],
                proposed_by=by,
                proposed_at=at,
                is_after_the_fact=is_late,
            )
    except IntegrityError as error:
        raise AlreadyProposed from error


def _check(clock: Clock) -> None:
    if not may_excuse(clock):
        raise BindingPromise
    if clock.breached_at is None and clock.state in STILL:
        raise NothingPromised
    if clock.breached_at is None and clock.state == Clock.State.MET:
        raise MetInTime
    if clock.excuses.exclude(state=Excuse.State.REFUSED).exists():
        raise AlreadyProposed


def approve(excuse: Excuse, *, text: str = "", by: str, at: datetime) -> Excuse:
    """Excuse the miss: counted apart from then on, its due time and its miss as they were.

    Raises:
        AlreadyDecided, OwnProposal, BindingPromise.
        NotMissedYet: no sweep has seen a miss; the proposal is kept, and can be approved once one has.
    """
    with transaction.atomic():
        row = _undecided(excuse, by=by)
        if not may_excuse(row.clock):
            raise BindingPromise
        if row.clock.breached_at is None:
            raise NotMissedYet
        _decide(row, Excuse.State.APPROVED, text=text, by=by, at=at)
        clocks.excuse(row.clock, cause=row.cause, reason=row.text, by=by, at=at)
    excuse.refresh_from_db()
    return excuse


def refuse(excuse: Excuse, *, text: str = "", by: str, at: datetime) -> Excuse:
    """Let the miss count as one.

    Raises:
        AlreadyDecided, OwnProposal.
    """
    with transaction.atomic():
        _decide(_undecided(excuse, by=by), Excuse.State.REFUSED, text=text, by=by, at=at)
    excuse.refresh_from_db()
    return excuse


def _undecided(excuse: Excuse, *, by: str) -> Excuse:
    """The row, locked: of two who decide at once, the second is told."""
    rows = Excuse.objects.select_for_update(of=("self",)).select_related("clock__clock_set")
    row = rows.get(pk=excuse.pk)
    if row.state != Excuse.State.PROPOSED:
        raise AlreadyDecided
    if row.proposed_by == by:
        raise OwnProposal
    return row


def _decide(row: Excuse, state: Excuse.State, *, text: str, by: str, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.decision = state, by, at, text[:LONGEST]
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
