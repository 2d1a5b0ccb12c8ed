"""From rows to `sla.hours` and back: what the events say, and where the clock rows differ from it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sla import calendars, hours
from sla.frozen import Memory
from sla.hours import ClockState, Event, EventKind, State, Terms, Timeline
from sla.models import Alarm, Clock, ClockEvent, ClockSet, LadderStep, PolicyVersion
from sla.timekeeping import from_epoch, to_epoch

UNDERIVABLE: Final = (LookupError, TypeError, ValueError)
"""What replaying a set raises when its stored terms or its calendar are broken."""
ENDED: Final = frozenset({State.MET, State.CANCELLED})
FIELDS: Final = (
    "state",
    "started_at",
    "target_unit",
    "target_amount",
    "due_at",
    "remaining_seconds",
    "met_at",
    "stopped_at",
    "breached_at",
    "rings_at",
)
"""What of a clock row is derived; the rest is its name and its version."""

_ladders: Final[Memory[int, list[LadderStep]]] = Memory()
"""The steps of published policy versions."""


@dataclass(slots=True)
class Work:
    """One set of clocks with all that its states derive from."""

    clock_set: ClockSet
    events: list[ClockEvent] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    ladder: "Ladder | None" = None
    """None until it is asked for: most of what happens to a clock moves no step."""


@dataclass(slots=True)
class Ladder:
    """The steps of a set's policy, lowest first, and those at which each clock, by id, rang already."""

    steps: list[LadderStep] = field(default_factory=list)
    rung: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def load(clock_sets: Collection[ClockSet], *, clocks: Iterable[Clock] | None = None) -> list[Work]:
    """Read what the sets' states derive from, in two statements for any number of sets.

    With `clocks` only those are looked at. Otherwise all of the sets' clocks are, and stay locked: a sweep
    that is ringing one of them is waited for, so that what it wrote is known.
    """
    works = {clock_set.pk: Work(clock_set) for clock_set in clock_sets}
    for event in ClockEvent.objects.filter(clock_set__in=works).order_by("at", "id"):
        works[event.clock_set_id].events.append(event)
    if clocks is None:
        clocks = Clock.objects.select_for_update(no_key=True).filter(clock_set__in=works).order_by("id")
    for clock in clocks:
        works[clock.clock_set_id].clocks.append(clock)
    return list(works.values())


def load_ladders(works: Collection[Work]) -> None:
    """Read the sets' ladders, in one statement, and in another which of their clocks rang at which steps."""
    steps = _steps_of({work.clock_set.policy_version_id for work in works})
    for work in works:
        work.ladder = Ladder(steps[work.clock_set.policy_version_id])
    ladders = {clock.pk: work.ladder for work in works for clock in work.clocks if work.ladder}
    if ladders:
        for clock_id, percent in Alarm.objects.filter(clock__in=ladders).values_list("clock", "percent"):
            ladders[clock_id].rung[clock_id].add(percent)


def _steps_of(versions: Collection[int]) -> dict[int, list[LadderStep]]:
    """The versions' steps, lowest first; those of a published version are read once a process."""
    kept = {version: _ladders.get(version) for version in versions}
    steps: dict[int, list[LadderStep]] = {version: kept[version] or [] for version in versions}
    missing = [version for version, known in kept.items() if known is None]
    if not missing:
        return steps
    published = set()
    for step in LadderStep.objects.filter(version__in=missing).select_related("version").order_by("percent"):
        steps[step.version_id].append(step)
        if step.version.status != PolicyVersion.Status.DRAFT:
            published.add(step.version_id)
    for version in published:
        _ladders.keep(version, steps[version])
    return steps


def ladder_of(work: Work) -> Ladder:
    """The set's ladder, read when it was not yet."""
    if work.ladder is None:
        load_ladders([work])
    return work.ladder or Ladder()


def states_of(clock_set: ClockSet, events: Iterable[ClockEvent], *, at: datetime) -> tuple[ClockState, ...]:
    """Where the clocks stand at that instant, from the events alone.

    Raises:
        NeverOpen, OutOfHorizon, NoVersion: see `calendars.reckon`.
        UNDERIVABLE: among them stored terms that are none.
    """
    happened, terms = [_event(row) for row in events], Terms.from_json(clock_set.terms)
    return calendars.reckon(
        clock_set.calendar,
        lambda open_time: hours.replay(happened, terms, open_time, to_epoch(at)),
        at=at,
    )


def _event(row: ClockEvent) -> Event:
    return Event(
        at=to_epoch(row.at),
        kind=EventKind(row.kind),
        priority=row.priority or None,
        reference=row.reference,
        terms=Terms.from_json(row.terms) if row.terms is not None else None,
    )


# --- the ladder -----------------------------------------------------------------------------------


def step_instant(state: ClockState, percent: int, open_time: Timeline) -> int:
    """When a running clock reaches that step of its ladder (epoch seconds)."""
    due = due_of(state)
    paused = state.paused_seconds - state.late_paused_seconds
    instant = hours.ladder_instant(open_time, state.started_at, due, percent, paused=paused)
    if instant <= due or not state.late_paused_seconds:
        return instant
    holds = ((hold.starts_at, hold.ends_at) for hold in state.holds)
    return open_time.add_outside(due, open_time.between(due, instant), holds)


def ring_of(work: Work, clock: Clock, state: ClockState, *, at: datetime) -> datetime | None:
    """When a sweep must next look at a running clock: at its first step that has not rung, or its miss.

    A clock that ends at its due time is met, so a miss is known one second later, with a ladder or without.
    None when both are behind it.
    """
    ladder = ladder_of(work)
    percents = [step.percent for step in ladder.steps if step.percent not in ladder.rung[clock.pk]]
    misses = [due_of(state) + 1] if state.breached_at is None else []
    return _instant(
        calendars.reckon(
            work.clock_set.calendar,
            lambda open_time: min(
                [*misses, *(step_instant(state, percent, open_time) for percent in percents)], default=None
            ),
            at=at,
        )
    )


def due_of(state: ClockState) -> int:
    if state.due_at is None:
        raise ValueError("a clock that does not run has no ladder")
    return state.due_at


# --- the row that a state should be ---------------------------------------------------------------


def columns(state: ClockState, rings_at: int | None) -> dict[str, Any]:
    """The derived columns of a clock's row."""
    return {
        "state": str(state.state),
        "started_at": from_epoch(state.started_at),
        "target_unit": str(state.target.unit) if state.target else "",
        "target_amount": state.target.amount if state.target else None,
        "due_at": _instant(state.due_at),
        "remaining_seconds": state.remaining,
        "met_at": _instant(state.met_at),
        "stopped_at": _instant(state.stopped_at),
        "breached_at": _instant(state.breached_at),
        "rings_at": _instant(rings_at),
    }


def expected(work: Work, *, at: datetime) -> list[tuple[Clock, dict[str, Any]]]:
    """Every clock of a set with the columns that it should have at that instant; new ones unsaved.

    A row says how things stood at the last event. What has been missed since then a sweep marks; until it
    does, both the marked row and the unmarked one are right.
    """
    stored = {(clock.metric, clock.cycle): clock for clock in work.clocks}
    rows = []
    for state in states_of(work.clock_set, work.events, at=work.events[-1].at):
        clock = stored.pop((str(state.metric), state.cycle), None) or _unsaved(work.clock_set, state)
        rows.append((clock, _expected_columns(work, clock, state, at=at)))
    # A next response that an answer taken back had started is owed no more.
    return [*rows, *((clock, _dropped(clock)) for clock in stored.values())]


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
    derived = columns(state, None)
    if clock.state == state.state and state.state in ENDED:
        # What it was held to, or when it was left, is history: later calendars do not move it.
        derived |= {"due_at": clock.due_at, "remaining_seconds": clock.remaining_seconds}
    if state.state is State.RUNNING:
        stands = work.ladder is None and differences(clock, derived) == ["rings_at"]
        derived["rings_at"] = clock.rings_at if stands else ring_of(work, clock, state, at=at)
    return derived


def _is_missed_since(state: ClockState, at: datetime) -> bool:
    """Whether a running clock that was in time at the last event has missed its due time by now."""
    is_open_question = state.state is State.RUNNING and state.breached_at is None
    return is_open_question and due_of(state) < to_epoch(at)


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
    return kept | gone | {"rings_at": None}


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)


def in_order(clocks: Iterable[Clock]) -> Sequence[Clock]:
    """Clocks by metric, as they are shown, and cycle."""
    order = list(hours.Metric)
    return sorted(clocks, key=lambda clock: (order.index(hours.Metric(clock.metric)), clock.cycle))
