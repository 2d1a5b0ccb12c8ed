"""What other terms would make of running clocks, before anybody applies them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla import projection
from sla.hours import ClockState, EventKind, Metric, State, Target, Terms
from sla.models import ClockEvent, ClockSet
from sla.projection import Work
from sla.timekeeping import from_epoch


@dataclass(frozen=True, slots=True)
class Moved:
    """One clock that would change: what is aimed for and when it is due, before and after."""

    metric: Metric
    cycle: int
    target_before: Target | None
    target_after: Target | None
    due_before: datetime | None
    due_after: datetime | None
    is_missed_by_it: bool
    """The new due time would lie in the past: missed at the instant of the change (D9)."""


def preview(clock_set: ClockSet, *, terms: Terms, at: datetime) -> list[Moved]:
    """The clocks that would differ if these terms ruled from `at` on, by metric; writes nothing.

    Raises:
        NeverOpen, OutOfHorizon, NoVersion: see `calendars.reckon`.
    """
    events = list(clock_set.events.order_by("at", "id"))
    change = ClockEvent(
        clock_set=clock_set,
        at=max(at, events[-1].at),
        kind=str(EventKind.RETARGET),
        terms=terms.to_json(),
    )
    return _moved(
        _states(clock_set, events, at=change.at), _states(clock_set, [*events, change], at=change.at)
    )


def _states(clock_set: ClockSet, events: list[ClockEvent], *, at: datetime) -> Sequence[ClockState]:
    work = Work(clock_set, events)
    projection.load_calendars([work])
    return projection.states_of(work, at=at)


def _moved(before: Sequence[ClockState], after: Sequence[ClockState]) -> list[Moved]:
    known = {(state.metric, state.cycle): state for state in before}
    both = [(known.get((state.metric, state.cycle)), state) for state in after]
    return [_change(old, new) for old, new in both if old is None or _differ(old, new)]


def _differ(old: ClockState, new: ClockState) -> bool:
    return (old.target, old.due_at, old.remaining) != (new.target, new.due_at, new.remaining)


def _change(old: ClockState | None, new: ClockState) -> Moved:
    return Moved(
        metric=new.metric,
        cycle=new.cycle,
        target_before=old.target if old else None,
        target_after=new.target,
        due_before=_instant(old),
        due_after=_instant(new),
        is_missed_by_it=new.breached_at is not None and (old is None or old.breached_at is None),
    )


def _instant(state: ClockState | None) -> datetime | None:
    if state is None or state.due_at is None or state.state is State.MET:
        return None
    return from_epoch(state.due_at)
