"""Running clocks ring when a step of their ladder is reached; `helpdesk.escalation` reads what rang."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from sla import calendars, expected, projection, rows
from sla.hours import ClockState, State
from sla.models import Alarm, Clock, LadderStep
from sla.projection import Work
from sla.signals import due_times_moved
from sla.timekeeping import from_epoch, to_epoch

logger = structlog.get_logger(__name__)

PAGE: Final = 500
LATER: Final = timedelta(hours=1)
"""When a clock that cannot be derived is tried again; it holds up nobody else."""


def ring_due(*, at: datetime, limit: int = PAGE) -> int:
    """Ring one page of the clocks that are due to; gives how many there were, 0 when none is left.

    1. Claim them: a worker passes over what another one holds.
    2. Derive their states, so that what is written never depends on when a sweep runs: of plain clocks from
       their rows, of all others from their events.
    3. Write an `Alarm` for every step reached since, the miss (`breached_at`), and when to look again.
    4. After the commit tell whoever sorts by it what was missed.
    """
    with transaction.atomic():
        claimed = _claim(at, limit)
        missed = _ring(claimed, at) if claimed else set()
    if missed:
        due_times_moved.send(sender=__name__, clock_set_ids=missed)
    return len(claimed)


def _claim(at: datetime, limit: int) -> list[Clock]:
    """The clocks alone: rows of a join cost many times as much to lock, and their sets are read once each."""
    due = Clock.objects.filter(state=Clock.State.RUNNING, rings_at__lte=at).order_by("rings_at")
    return list(due.select_for_update(skip_locked=True, no_key=True)[:limit])


def _ring(claimed: Sequence[Clock], at: datetime) -> set[int]:
    """Write what the claimed clocks reached; gives the sets in which something was missed."""
    unmarked = [clock for clock in claimed if clock.breached_at is None]
    works = [*projection.load_plain(claimed), *projection.load_claimed(claimed)]
    projection.load_ladders(works)
    alarms = [alarm for work in works for alarm in _advance(work, at)]
    missed = [clock for clock in unmarked if clock.breached_at]
    Alarm.objects.bulk_create(alarms, ignore_conflicts=True)
    expected.tell_misses(missed)
    rows.write(claimed, ("breached_at", "rings_at"))
    return {clock.clock_set_id for clock in missed}


def _advance(work: Work, at: datetime) -> list[Alarm]:
    """Bring a set's claimed clocks to that instant in memory; gives the alarms of the steps reached."""
    try:
        states = projection.states_of(work, at=at)
        by_name = {(str(state.metric), state.cycle): state for state in states}
        return [
            alarm
            for clock in work.clocks
            for alarm in _advance_clock(work, clock, by_name.get((clock.metric, clock.cycle)), at)
        ]
    except projection.UNDERIVABLE:
        logger.exception("clocks cannot be derived", clock_set=work.clock_set.pk)
        for clock in work.clocks:
            clock.rings_at = at + LATER
        return []


def _advance_clock(work: Work, clock: Clock, state: ClockState | None, at: datetime) -> list[Alarm]:
    if state is None or state.state is not State.RUNNING:
        clock.rings_at = None  # the nightly comparison reports such a row
        return []
    if state.breached_at is not None:
        clock.breached_at = from_epoch(state.breached_at)
    now, steps, known = to_epoch(at), projection.ladder_of(work).ahead_of(clock), _known_since(work)
    climb = calendars.reckon(
        work.calendar_of(state),
        lambda line: [(max(projection.step_instant(state, step, line), known), step) for step in steps],
        at=at,
    )
    miss = [projection.due_of(state) + 1] if state.breached_at is None else []
    later = min([*miss, *(instant for instant, _ in climb if instant > now)], default=None)
    clock.rings_at = None if later is None else from_epoch(later)
    reached = sorted((one for one in climb if one[0] <= now), key=_climb)
    return [_alarm(clock, step, state, from_epoch(instant)) for instant, step in reached]


def _known_since(work: Work) -> int:
    """Since when the due time has been known: no step was reached before."""
    changes = (event.at for event in work.events if event.kind in projection.MOVING)
    return to_epoch(max(changes, default=work.clock_set.started_at))


def _climb(reached: tuple[int, LadderStep]) -> tuple[int, int, int]:
    """By instant; of several at once, as where a target has no length, in the order of their names."""
    instant, step = reached
    return instant, step.percent or 0, step.offset_minutes or 0


def _alarm(clock: Clock, step: LadderStep, state: ClockState, rang_at: datetime) -> Alarm:
    return Alarm(
        clock=clock,
        step=step.key,
        percent=step.percent,
        actions=step.actions,
        due_at=from_epoch(projection.due_of(state)),
        rang_at=rang_at,
    )
