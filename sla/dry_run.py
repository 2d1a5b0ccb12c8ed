"""What an edit would move, told before anybody makes it: nothing here is written.

A calendar's new hours move what is due after they begin, once they are published (R2). A policy's new
version moves nothing by itself: its dry run says what would move if live work were retargeted to it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from django.db.models import QuerySet

from sla import calendars, expected, hours, projection
from sla.calendars import NotLater
from sla.hours import (
    CalendarSpec,
    ClockState,
    Event,
    EventKind,
    Metric,
    NeverOpen,
    Target,
    Terms,
    Version,
)
from sla.hours.bulk import bulk_of
from sla.imagined import OpenTime, OpenTimes
from sla.models import Calendar, Clock, ClockEvent, ClockSet, PolicyVersion
from sla.projection import Work
from sla.rows import Epoch
from sla.timekeeping import from_epoch, to_epoch

MOST: Final = 500
"""How many moves are named unless more are asked for; all are counted."""
PAGE: Final = 1_000
COLUMNS: Final = ("clock_set", "metric", "cycle", "state", "started_at", "due_at")
ORDINARY: Final = frozenset(
    {"created", "agent_reply", "customer_reply", "bot_reply", "internal_note", "missed"}
)
"""After these events alone a running clock is due its target after its start, with nothing to replay."""


@dataclass(frozen=True, slots=True)
class Move:
    """A clock that would be due at another time."""

    clock_id: int
    clock_set_id: int
    metric: str
    due_at: datetime | None
    """None where it has no due time now, since it has no target."""
    would_be_due_at: datetime | None
    """None where it would have none: no target, or hours that never open again."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What would move: how many of the clocks that were looked at, and the first of them by due time."""

    total: int
    looked_at: int
    moves: tuple[Move, ...]
    underivable: int = 0
    """Clocks whose stored terms or events cannot be read; the nightly check reports them too."""


@dataclass(slots=True)
class _Found:
    """What has been found so far."""

    looked_at: int = 0
    underivable: int = 0
    moves: list[Move] = field(default_factory=list)

    def take(self, move: Move) -> None:
        self.looked_at += 1
        if move.would_be_due_at != move.due_at:
            self.moves.append(move)

    def told(self, *, at: datetime, limit: int) -> Moves:
        self.moves.sort(key=lambda move: (move.due_at or at, move.clock_id))
        return Moves(len(self.moves), self.looked_at, tuple(self.moves[:limit]), self.underivable)


class _Plan(NamedTuple):
    """Under which hours, and which new terms if any, a set of clocks is looked at."""

    open_times: OpenTimes
    terms: Terms | None = None


PlanFor = Callable[[ClockSet], _Plan | None]


# --- a calendar's new hours -----------------------------------------------------------------------


def calendar_edit(
    calendar: Calendar, *, spec: CalendarSpec, valid_from: datetime, at: datetime, limit: int = MOST
) -> Moves:
    """Which running clocks would be due at another time if these hours were in force from `valid_from` on.

    What is due before that instant stays, so only the rest is looked at: plain clocks all at once, from
    their rows, and the few others by replaying their events. At most `limit` moves are named.

    Raises:
        hours.CalendarError: hours that could not be published.
        NotLater: a version in force from that instant or a later one exists.
    """
    hours.check(spec)
    if calendar.versions.filter(valid_from__gte=valid_from).exists():
        raise NotLater("A calendar version begins after the one that it follows.")
    clocks = Clock.objects.filter(calendar=calendar, state=Clock.State.RUNNING, due_at__gte=valid_from)
    lo, hi = _bounds(clocks, at=max(at, valid_from))
    versions = [*calendars.versions_of(calendar), Version(to_epoch(valid_from), spec)]
    open_time, found = OpenTime(versions, lo, hi), _Found()
    _look_at_plain(clocks.filter(is_plain=True), open_time, found)
    plan = _Plan(OpenTimes(lo, hi, {calendar.pk: open_time}))
    _look_at(clocks.filter(is_plain=False), lambda _set: plan, found, at=at)
    return found.told(at=at, limit=limit)


class _PlainClock(NamedTuple):
    """What a plain clock's due time follows from, instants as UTC epoch seconds."""

    id: int
    clock_set_id: int
    metric: str
    started_at: int
    due_at: int
    target: tuple[str, int, str, int, int]
    """Unit, amount, day mode, floor, and length of a day in seconds."""


def _look_at_plain(clocks: QuerySet[Clock], open_time: OpenTime, found: _Found) -> None:
    rows = clocks.order_by().values_list(
        "id",
        "clock_set_id",
        "metric",
        Epoch("started_at"),
        Epoch("due_at"),
        "target_unit",
        "target_amount",
        "target_day_mode",
        "target_floor_seconds",
        "target_day_seconds",
    )
    alike: dict[tuple[str, int, str, int, int], list[_PlainClock]] = defaultdict(list)
    for row in rows.iterator():
        alike[row[5:]].append(_PlainClock._make((*row[:5], row[5:])))
    for columns, some in alike.items():
        _compare(some, _would_be(some, projection.target_from(*columns), open_time), found)


def _would_be(some: Sequence[_PlainClock], target: Target, open_time: OpenTime) -> list[int | None]:
    starts = np.fromiter((clock.started_at for clock in some), np.int64, len(some))
    try:
        return open_time.ask(lambda line: bulk_of(line).due(starts, target).tolist())
    except NeverOpen:  # of one of them, so each is asked alone
        return [_due_or_never(clock.started_at, target, open_time) for clock in some]


def _due_or_never(started_at: int, target: Target, open_time: OpenTime) -> int | None:
    try:
        return open_time.ask(lambda line: line.due(started_at, target))
    except NeverOpen:
        return None


def _compare(some: Sequence[_PlainClock], dues: Sequence[int | None], found: _Found) -> None:
    for clock, due in zip(some, dues, strict=True):
        if due == clock.due_at:
            found.looked_at += 1
            continue
        would_be = None if due is None else from_epoch(due)
        found.take(Move(clock.id, clock.clock_set_id, clock.metric, from_epoch(clock.due_at), would_be))


# --- a policy's new numbers -----------------------------------------------------------------------


def policy_edit(
    version: PolicyVersion,
    *,
    terms_for: Callable[[ClockSet], Terms | None],
    at: datetime,
    limit: int = MOST,
) -> Moves:
    """Which clocks would be due at another time if all live work of the policy were retargeted `at`.

    `terms_for` says what the version would promise to a set of clocks; None where the set keeps what it
    has, since its agreement pins another version. At most `limit` moves are named.
    """
    live = Clock.objects.filter(state__in=projection.LIVE).values("clock_set")
    clocks = Clock.objects.exclude(state__in=expected.ENDED).filter(
        clock_set__in=live, clock_set__policy_version__policy=version.policy_id
    )
    open_times, found = OpenTimes(*_bounds(clocks, at=at)), _Found()

    def plan_for(clock_set: ClockSet) -> _Plan | None:
        terms = terms_for(clock_set)
        return None if terms is None else _Plan(open_times, terms)

    _look_at(clocks, plan_for, found, at=at)
    return found.told(at=at, limit=limit)


def _bounds(clocks: QuerySet[Clock], *, at: datetime) -> tuple[int, int]:
    first = clocks.order_by("started_at").values_list("started_at", flat=True).first()
    return to_epoch(min(first or at, at)), to_epoch(at)


# --- one by one -----------------------------------------------------------------------------------


def _look_at(clocks: QuerySet[Clock], plan_for: PlanFor, found: _Found, *, at: datetime) -> None:
    for clock, life, plan in _cases(clocks, plan_for):
        try:
            would_be = life.due(clock, plan, at=at)
        except projection.UNDERIVABLE:
            found.looked_at += 1
            found.underivable += 1
            continue
        found.take(Move(clock.pk, clock.clock_set_id, clock.metric, clock.due_at, would_be))


def _cases(clocks: QuerySet[Clock], plan_for: PlanFor) -> Iterator[tuple[Clock, "_Life", _Plan]]:
    """Each clock with what happened to its set and the plan for it; a set without a plan is left out."""
    rows = clocks.order_by("clock_set", "id").only(*COLUMNS).iterator(PAGE)
    while page := list(islice(rows, PAGE)):
        lives = _lives({clock.clock_set_id for clock in page})
        plans = {key: plan_for(life.clock_set) for key, life in lives.items()}
        for clock in page:
            plan = plans[clock.clock_set_id]
            if plan is not None:
                yield clock, lives[clock.clock_set_id], plan


def _lives(ids: Collection[int]) -> dict[int, "_Life"]:
    """What happened to the sets: of those to which only the ordinary did, no more than their priority."""
    sets = ClockSet.objects.select_related("calendar").filter(pk__in=ids)
    lives = {clock_set.pk: _Life(clock_set) for clock_set in sets}
    told = ClockEvent.objects.filter(clock_set__in=ids).order_by()
    for key, kind, priority in told.values_list("clock_set", "kind", "priority"):
        lives[key].is_ordinary &= kind in ORDINARY
        lives[key].priority = priority or lives[key].priority
    for work in projection.load(_special(lives.values()), clocks=()):
        lives[work.clock_set.pk].work = work
    return lives


def _special(lives: Iterable["_Life"]) -> list[ClockSet]:
    return [life.clock_set for life in lives if not life.is_ordinary]


@dataclass(slots=True)
class _Life:
    """A set of clocks and what happened to it."""

    clock_set: ClockSet
    priority: str = ""
    is_ordinary: bool = True
    work: Work | None = None
    """With all its events, when they must be replayed."""
    states: tuple[ClockState, ...] = ()

    def due(self, clock: Clock, plan: _Plan, *, at: datetime) -> datetime | None:
        """When that clock of the set would be due under the plan; None for never."""
        try:
            due = self._due(clock, plan, at)
        except NeverOpen:
            return None
        return None if due is None else from_epoch(due)

    def _due(self, clock: Clock, plan: _Plan, at: datetime) -> int | None:
        terms = plan.terms
        if terms is None or not self._is_plain(clock, terms):
            return self._replayed(clock, plan, at)
        target = terms.target(Metric(clock.metric), self.priority)
        if target is None:
            return None
        started_at = to_epoch(clock.started_at)
        return plan.open_times.of(self._calendar_of(target)).ask(lambda line: line.due(started_at, target))

    def _is_plain(self, clock: Clock, terms: Terms) -> bool:
        is_bare = not (terms.grace_seconds or terms.clamps_first_response)
        return self.is_ordinary and is_bare and clock.state == Clock.State.RUNNING

    def _calendar_of(self, target: Target) -> Calendar:
        return Calendar.objects.get(pk=target.calendar) if target.calendar else self.clock_set.calendar

    def _replayed(self, clock: Clock, plan: _Plan, at: datetime) -> int | None:
        self.states = self.states or self._replay(plan, at)
        for state in self.states:
            if (state.metric, state.cycle) == (clock.metric, clock.cycle):
                return state.due_at
        return None

    def _replay(self, plan: _Plan, at: datetime) -> tuple[ClockState, ...]:
        (work,) = [self.work] if self.work else projection.load([self.clock_set], clocks=())
        events, terms = projection.happenings(work.events), Terms.from_json(self.clock_set.terms)
        now = max(to_epoch(at), events[-1].at)
        events += [Event(at=now, kind=EventKind.RETARGET, terms=plan.terms)] if plan.terms else []
        own = self.clock_set.calendar
        others = [*work.calendars.values(), *_named(plan.terms, work)]
        return plan.open_times.ask(
            [own, *others], lambda lines: hours.replay(events, terms, lines[own.pk], now, others=lines)
        )


def _named(terms: Terms | None, work: Work) -> Iterable[Calendar]:
    """The calendars that new terms name and that are not at hand."""
    missing = terms.calendars - work.calendars.keys() if terms else frozenset[int]()
    return Calendar.objects.filter(pk__in=missing) if missing else ()
