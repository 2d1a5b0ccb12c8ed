"""From `sla.hours` to rows: what a clock's row should say, and where the stored one differs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sla import projection
from sla.hours import ClockState, EventKind, State, Unit
from sla.models import Calendar, Clock, ClockEvent, ClockSet
from sla.projection import Work
from sla.timekeeping import from_epoch, to_epoch

TELLER: Final = "system:clock"
"""Who says that a clock was missed: nobody but the clock itself."""
ENDED: Final = frozenset({State.MET, State.CANCELLED})
FIELDS: Final = (
    "state",
    "started_at",
    "calendar_id",
    "target_unit",
    "target_amount",
    "target_day_mode",
    "target_floor_seconds",
    "target_day_seconds",
    "due_at",
    "remaining_seconds",
    "met_at",
    "stopped_at",
    "breached_at",
    "excused_at",
    "excuse",
    "is_manual",
    "is_plain",
    "rings_at",
)
"""What of a clock row is derived; the rest is its name and its version."""


def columns(state: ClockState, calendar: Calendar, rings_at: int | None = None) -> dict[str, Any]:
    """The derived columns of a clock's row."""
    return {
        "state": str(state.state),
        "started_at": from_epoch(state.started_at),
        "calendar_id": calendar.pk,
        **_target_columns(state),
        "due_at": _instant(state.due_at),
        "remaining_seconds": state.remaining,
        "met_at": _instant(state.met_at),
        "stopped_at": _instant(state.stopped_at),
        "breached_at": _instant(state.breached_at),
        "excused_at": _instant(state.excused_at),
        "excuse": state.excuse,
        "is_manual": state.is_manual,
        "is_plain": state.is_plain,
        "rings_at": _instant(rings_at),
    }


def _target_columns(state: ClockState) -> dict[str, Any]:
    target = state.target
    is_days = target is not None and target.unit is Unit.DAYS
    return {
        "target_unit": str(target.unit) if target else "",
        "target_amount": target.amount if target else None,
        "target_day_mode": str(target.day_mode) if target and is_days else "",
        "target_floor_seconds": target.floor_seconds if target else 0,
        "target_day_seconds": target.day_seconds if target else 0,
    }


def rows_of(work: Work, *, at: datetime) -> list[tuple[Clock, dict[str, Any]]]:
    """Every clock of a set with the columns that it should have at that instant; new ones unsaved.

    A row says how things stood at the last event. What has been missed since then a sweep marks; until it
    does, both the marked row and the unmarked one are right.
    """
    stored = {(clock.metric, clock.cycle): clock for clock in work.clocks}
    rows = []
    for state in projection.states_of(work, at=work.events[-1].at):
        clock = stored.pop((str(state.metric), state.cycle), None) or _unsaved(work.clock_set, state)
        rows.append((clock, _expected_columns(work, clock, state, at=at)))
    # A next response that an answer taken back had started is owed no more.
    return [*rows, *((clock, _dropped(clock)) for clock in stored.values())]


def tell_misses(missed: Iterable[Clock]) -> None:
    """Append each miss to the history, at the instant that the row says; told twice, it is written once."""
    told = [
        ClockEvent(
            clock_set_id=clock.clock_set_id,
            at=clock.breached_at,
            kind=str(EventKind.MISSED),
            by=TELLER,
            metric=clock.metric,
            cycle=clock.cycle,
        )
        for clock in missed
        if clock.breached_at is not None
    ]
    ClockEvent.objects.bulk_create(told, ignore_conflicts=True)


def differences(clock: Clock, columns: dict[str, Any]) -> list[str]:
    """The names of the columns that are not as expected."""
    return [name for name in FIELDS if getattr(clock, name) != columns[name]]


def apply(clock: Clock, columns: dict[str, Any]) -> None:
    """Set a row's columns, without saving it."""
    for name, value in columns.items():
        setattr(clock, name, value)


def _expected_columns(work: Work, clock: Clock, state: ClockState, *, at: datetime) -> dict[str, Any]:
    if clock.breached_at is not None and _is_missed_since(state, at):
        state = replace(state, breached_at=state.due_at)
    derived = columns(state, work.calendar_of(state))
    if clock.state == state.state and state.state in ENDED:
        # What it was held to, or when it was left, is history: later calendars do not move it.
        derived |= {"due_at": clock.due_at, "remaining_seconds": clock.remaining_seconds}
    if state.state is State.RUNNING:
        stands = work.ladder is None and differences(clock, derived) == ["rings_at"]
        derived["rings_at"] = clock.rings_at if stands else projection.ring_of(work, clock, state, at=at)
    return derived


def _is_missed_since(state: ClockState, at: datetime) -> bool:
    """Whether a running clock that was in time at the last event has missed its due time by now."""
    is_open_question = state.state is State.RUNNING and state.breached_at is None
    return is_open_question and projection.due_of(state) < to_epoch(at)


def _unsaved(clock_set: ClockSet, state: ClockState) -> Clock:
    return Clock(
        clock_set=clock_set,
        calendar_id=clock_set.calendar_id,
        metric=str(state.metric),
        cycle=state.cycle,
    )


def _dropped(clock: Clock) -> dict[str, Any]:
    gone: dict[str, Any] = {"state": str(State.CANCELLED), "due_at": None, "remaining_seconds": None}
    kept = {name: getattr(clock, name) for name in FIELDS}
    return kept | gone | {"rings_at": None, "is_plain": False}


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)
