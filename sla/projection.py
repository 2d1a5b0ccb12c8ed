"""From rows to `sla.hours`: what the events of a set say, where its clocks stand, and when they ring."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sla import calendars, hours
from sla.frozen import Memory
from sla.hours import ClockState, DayMode, Event, EventKind, Metric, State, Target, Terms, Timeline, Unit
from sla.models import Alarm, Calendar, Clock, ClockEvent, ClockSet, LadderStep, PolicyVersion
from sla.timekeeping import from_epoch, to_epoch

UNDERIVABLE: Final = (LookupError, TypeError, ValueError)
"""What replaying a set raises when its stored terms or its calendar are broken."""
LIVE: Final = (Clock.State.RUNNING, Clock.State.PAUSED, Clock.State.EXCLUDED)
"""The states of clocks that may still move."""
MOVING: Final = frozenset({EventKind.PRIORITY, EventKind.RETARGET})
"""The events that may put a step of a ladder into the past."""
MINUTE: Final = 60
WHOLE: Final = 100
"""Percent."""

_ladders: Final[Memory[int, list[LadderStep]]] = Memory()
"""The steps of published policy versions."""


@dataclass(slots=True)
class Work:
    """One set of clocks with all that its states derive from."""

    clock_set: ClockSet
    events: list[ClockEvent] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    calendars: Mapping[int, Calendar] = field(default_factory=dict)
    """Those that single targets name, by their numbers."""
    is_plain: bool = False
    """Whether its clocks are plain ones, which their rows tell; else the events have to be replayed."""
    ladder: "Ladder | None" = None
    """None until it is asked for: most of what happens to a clock moves no step."""

    def calendar_of(self, state: ClockState) -> Calendar:
        """The calendar on which a clock of the set counts."""
        return self.calendars[state.calendar] if state.calendar else self.clock_set.calendar


@dataclass(slots=True)
class Ladder:
    """The steps of a set's policy, and the keys of those at which each clock, by id, rang already."""

    steps: list[LadderStep] = field(default_factory=list)
    rung: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def ahead_of(self, clock: Clock) -> list[LadderStep]:
        """The steps of a clock that have not rung."""
        steps = steps_for(clock.metric, self.steps)
        return [step for step in steps if step.key not in self.rung[clock.pk]]


def steps_for(metric: str, steps: Iterable[LadderStep]) -> list[LadderStep]:
    """The steps of a metric's clocks; one for the metric stands for the same one of all."""
    listed = list(steps)
    every = {step.key: step for step in listed if not step.metric}
    own = {step.key: step for step in listed if step.metric == metric}
    return list((every | own).values())


def load(clock_sets: Collection[ClockSet], *, clocks: Iterable[Clock] | None = None) -> list[Work]:
    """Read what the sets' states derive from, in two statements for any number of sets.

    A third one reads the calendars that single targets name, where there are any.

    With `clocks` only those are looked at. Otherwise all of the sets' clocks are, and stay locked: a sweep
    that is ringing one of them is waited for, so that what it wrote is known.
    """
    works = {clock_set.pk: Work(clock_set) for clock_set in clock_sets}
    happened = ClockEvent.objects.filter(clock_set__in=works).exclude(kind=str(EventKind.MISSED))
    for event in happened.order_by("at", "id"):
        works[event.clock_set_id].events.append(event)
    if clocks is None:
        clocks = Clock.objects.select_for_update(no_key=True).filter(clock_set__in=works).order_by("id")
    for clock in clocks:
        works[clock.clock_set_id].clocks.append(clock)
    load_calendars(works.values())
    return list(works.values())


def load_claimed(claimed: Iterable[Clock]) -> list[Work]:
    """The same of claimed clocks that are not plain, each set with those of its clocks."""
    others = [clock for clock in claimed if not clock.is_plain]
    sets = {clock.clock_set_id for clock in others}
    if not sets:
        return []
    return load(ClockSet.objects.filter(pk__in=sets).select_related("calendar"), clocks=others)


def load_plain(claimed: Iterable[Clock]) -> list[Work]:
    """Read what plain running clocks derive from besides their rows, in three statements.

    What was missed before a change of priority or terms was marked with the change, so of an unmarked one
    the due time itself is the instant of its miss.
    """
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for clock in claimed:
        if clock.is_plain:
            clocks[clock.clock_set_id].append(clock)
    if not clocks:
        return []
    named = Calendar.objects.in_bulk({clock.calendar_id for some in clocks.values() for clock in some})
    sets = ClockSet.objects.filter(pk__in=clocks).defer("terms")
    works = {one.pk: Work(one, clocks=clocks[one.pk], calendars=named, is_plain=True) for one in sets}
    for event in ClockEvent.objects.filter(clock_set__in=works, kind__in=MOVING).defer("terms"):
        works[event.clock_set_id].events.append(event)
    return list(works.values())


def load_calendars(works: Collection[Work]) -> None:
    """Read the calendars that single targets of the sets name, in one statement; most name none."""
    named = {key for work in works for key in _calendars_named(work)}
    calendars_named = Calendar.objects.in_bulk(named) if named else {}
    for work in works:
        work.calendars = calendars_named


def _calendars_named(work: Work) -> set[int]:
    terms = [work.clock_set.terms, *(event.terms for event in work.events if event.terms)]
    cells = (cell for one in terms for cells in one.get("targets", {}).values() for cell in cells.values())
    return {cell["calendar"] for cell in cells if cell and "calendar" in cell}


def load_ladders(works: Collection[Work]) -> None:
    """Read the sets' ladders, in one statement, and in another which of their clocks rang at which steps."""
    steps = steps_of({work.clock_set.policy_version_id for work in works})
    for work in works:
        work.ladder = Ladder(steps[work.clock_set.policy_version_id])
    ladders = {clock.pk: work.ladder for work in works for clock in work.clocks if work.ladder}
    if ladders:
        for clock_id, step in Alarm.objects.filter(clock__in=ladders).values_list("clock", "step"):
            ladders[clock_id].rung[clock_id].add(step)


def steps_of(versions: Collection[int]) -> dict[int, list[LadderStep]]:
    """The versions' steps; those of a published version are read once a process."""
    kept = {version: _ladders.get(version) for version in versions}
    steps: dict[int, list[LadderStep]] = {version: kept[version] or [] for version in versions}
    missing = [version for version, known in kept.items() if known is None]
    if not missing:
        return steps
    published = set()
    for step in LadderStep.objects.filter(version__in=missing).select_related("version"):
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


def states_of(work: Work, *, at: datetime) -> tuple[ClockState, ...]:
    """Where the clocks stand at that instant, from the events alone; of plain clocks from their rows.

    Raises:
        NeverOpen, OutOfHorizon, NoVersion: see `calendars.reckon`.
        UNDERIVABLE: among them stored terms that are none.
    """
    if work.is_plain:
        return tuple(_state_of_plain(clock, to_epoch(at)) for clock in work.clocks)
    happened, terms = happenings(work.events), _terms(work.clock_set.terms)
    own = work.clock_set.calendar
    return calendars.reckon_on(
        [own, *work.calendars.values()],
        lambda lines: hours.replay(happened, terms, lines[own.pk], to_epoch(at), others=lines),
        at=at,
    )


def happenings(rows: Iterable[ClockEvent]) -> list[Event]:
    """What `hours.replay` reads, in the order of the rows."""
    return [_event(row) for row in rows]


def _state_of_plain(clock: Clock, now: int) -> ClockState:
    if clock.due_at is None:
        raise ValueError("a running clock has a due time")
    due = to_epoch(clock.due_at)
    breached = due if due < now else None
    return ClockState(
        metric=Metric(clock.metric),
        cycle=clock.cycle,
        state=State.RUNNING,
        started_at=to_epoch(clock.started_at),
        target=target_of(clock),
        due_at=due,
        remaining=None,
        met_at=None,
        breached_at=breached if clock.breached_at is None else to_epoch(clock.breached_at),
        stopped_at=None,
        paused_seconds=0,
        late_paused_seconds=0,
        is_plain=True,
    )


def target_of(clock: Clock) -> Target:
    """The target that a clock's row names, on the calendar of the row."""
    return target_from(
        clock.target_unit,
        clock.target_amount or 0,
        clock.target_day_mode,
        clock.target_floor_seconds,
        clock.target_day_seconds,
        calendar=clock.calendar_id,
    )


def target_from(
    unit: str, amount: int, day_mode: str, floor_seconds: int, day_seconds: int, *, calendar: int = 0
) -> Target:
    """The target that the `target_…` columns of a clock say. Raises ValueError when they say none."""
    mode = DayMode(day_mode) if day_mode else DayMode.CLOSE_OF_NTH_DAY
    return Target(Unit(unit), amount, mode, floor_seconds, day_seconds, calendar)


def _terms(stored: Any) -> Terms:
    return _read_terms(json.dumps(stored))


@lru_cache(maxsize=512)
def _read_terms(text: str) -> Terms:
    """Most sets were received under one of a few terms."""
    return Terms.from_json(json.loads(text))


def _event(row: ClockEvent) -> Event:
    facts = row.facts
    return Event(
        at=to_epoch(row.at),
        kind=EventKind(row.kind),
        priority=row.priority or None,
        reference=row.reference,
        terms=_terms(row.terms) if row.terms is not None else None,
        since=facts.get("since"),
        metric=Metric(row.metric) if row.metric else None,
        cycle=row.cycle,
        due=facts.get("due"),
        cause=facts.get("cause", ""),
        key=row.pk,
        corrects=facts.get("corrects", 0),
        happened_at=facts.get("happened_at"),
    )


# --- the ladder -----------------------------------------------------------------------------------


def step_instant(state: ClockState, step: LadderStep, open_time: Timeline) -> int:
    """When a running clock reaches that step of its ladder (epoch seconds), never before it started."""
    due = due_of(state)
    instant = _on_time(state, step, open_time)
    if instant <= due or not state.late_paused_seconds:
        return max(instant, state.started_at)
    holds = ((hold.starts_at, hold.ends_at) for hold in state.holds)
    return open_time.add_outside(due, open_time.between(due, instant), holds)


def _on_time(state: ClockState, step: LadderStep, open_time: Timeline) -> int:
    """The same, had the clock not been held after its due time."""
    due = due_of(state)
    if step.offset_minutes is not None:
        return hours.offset_instant(open_time, due, step.offset_minutes * MINUTE)
    paused = state.paused_seconds - state.late_paused_seconds
    return hours.ladder_instant(open_time, state.started_at, due, step.percent or WHOLE, paused=paused)


def ring_of(work: Work, clock: Clock, state: ClockState, *, at: datetime) -> datetime | None:
    """When a sweep must next look at a running clock: at its first step that has not rung, or its miss.

    A clock that ends at its due time is met, so a miss is known one second later, with a ladder or without.
    None when both are behind it.
    """
    ladder = ladder_of(work)
    steps = ladder.ahead_of(clock)
    misses = [due_of(state) + 1] if state.breached_at is None else []
    return _instant(
        calendars.reckon(
            work.calendar_of(state),
            lambda open_time: min(
                [*misses, *(step_instant(state, step, open_time) for step in steps)], default=None
            ),
            at=at,
        )
    )


def due_of(state: ClockState) -> int:
    if state.due_at is None:
        raise ValueError("a clock that does not run has no ladder")
    return state.due_at


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)


def in_order(clocks: Iterable[Clock]) -> Sequence[Clock]:
    """Clocks by metric, as they are shown, and cycle."""
    order = list(hours.Metric)
    return sorted(clocks, key=lambda clock: (order.index(hours.Metric(clock.metric)), clock.cycle))
