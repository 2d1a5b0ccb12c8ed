"""What an edit would move, told before anybody makes it: nothing here is written.

A calendar's new hours move what is due after they begin, once they are published (R2). A policy's new
version moves nothing by itself: its dry run says what would move if live work were retargeted to it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from django.db.models import QuerySet

from sla import calendars, hours, projection
from sla.calendars import NotLater
from sla.hours import CalendarSpec, ClockState, Event, EventKind, NeverOpen, Terms, Timeline, Version
from sla.imagined import OpenTime
from sla.models import Calendar, Clock, ClockEvent, ClockSet, PolicyVersion
from sla.timekeeping import from_epoch, to_epoch

MOST: Final = 500
"""How many moves are named unless more are asked for; all are counted."""
PAGE: Final = 1_000
COLUMNS: Final = ("clock_set", "metric", "cycle", "state", "started_at", "due_at")
LIVE: Final = (Clock.State.RUNNING, Clock.State.PAUSED, Clock.State.EXCLUDED)
ENDED: Final = (Clock.State.MET, Clock.State.CANCELLED)
PLAIN: Final = frozenset({"created", "agent_reply", "customer_reply", "bot_reply", "internal_note"})
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


class _Plan(NamedTuple):
    """Under which hours, and which new terms if any, a set of clocks is looked at."""

    open_time: OpenTime
    terms: Terms | None = None


PlanFor = Callable[[ClockSet], _Plan | None]


# --- a calendar's new hours -----------------------------------------------------------------------


def calendar_edit(
    calendar: Calendar, *, spec: CalendarSpec, valid_from: datetime, at: datetime, limit: int = MOST
) -> Moves:
    """Which running clocks would be due at another time if these hours were in force from `valid_from` on.

    What is due before that instant stays, so only the rest is looked at. At most `limit` moves are named.

    Raises:
        hours.CalendarError: hours that could not be published.
        NotLater: a version in force from that instant or a later one exists.
    """
    hours.check(spec)
    if calendar.versions.filter(valid_from__gte=valid_from).exists():
        raise NotLater("A calendar version begins after the one that it follows.")
    clocks = Clock.objects.filter(calendar=calendar, state=Clock.State.RUNNING, due_at__gte=valid_from)
    versions = [*calendars.versions_of(calendar), Version(to_epoch(valid_from), spec)]
    plan = _Plan(_open_time(versions, clocks, at=max(at, valid_from)))
    return _told(clocks, lambda _set: plan, at=at, limit=limit)


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
    live = Clock.objects.filter(state__in=LIVE).values("clock_set")
    clocks = Clock.objects.exclude(state__in=ENDED).filter(
        clock_set__in=live, clock_set__policy_version__policy=version.policy_id
    )
    open_times: dict[int, OpenTime] = {}

    def plan_for(clock_set: ClockSet) -> _Plan | None:
        terms = terms_for(clock_set)
        if terms is None:
            return None
        key = clock_set.calendar_id
        if key not in open_times:
            versions = calendars.versions_of(clock_set.calendar)
            open_times[key] = _open_time(versions, clocks.filter(calendar=key), at=at)
        return _Plan(open_times[key], terms)

    return _told(clocks, plan_for, at=at, limit=limit)


# --- what both ask --------------------------------------------------------------------------------


def _open_time(versions: Sequence[Version], clocks: QuerySet[Clock], *, at: datetime) -> OpenTime:
    first = clocks.order_by("started_at").values_list("started_at", flat=True).first()
    return OpenTime(versions, to_epoch(min(first or at, at)), to_epoch(at))


def _told(clocks: QuerySet[Clock], plan_for: PlanFor, *, at: datetime, limit: int) -> Moves:
    looked_at, underivable, found = 0, 0, list[Move]()
    for clock, life, plan in _cases(clocks, plan_for):
        looked_at += 1
        try:
            would_be = life.due(clock, plan, at=at)
        except projection.UNDERIVABLE:
            underivable += 1
            continue
        if would_be != clock.due_at:
            found.append(Move(clock.pk, clock.clock_set_id, clock.metric, clock.due_at, would_be))
    found.sort(key=lambda move: (move.due_at or at, move.clock_id))
    return Moves(len(found), looked_at, tuple(found[:limit]), underivable)


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
    """What happened to the sets: of those to which nothing special did, no more than their priority."""
    sets = ClockSet.objects.select_related("calendar").filter(pk__in=ids)
    lives = {clock_set.pk: _Life(clock_set) for clock_set in sets}
    told = ClockEvent.objects.filter(clock_set__in=ids).order_by()
    special = set()
    for key, kind, priority in told.values_list("clock_set", "kind", "priority"):
        if kind not in PLAIN:
            special.add(key)
        lives[key].priority = priority or lives[key].priority
    for event in ClockEvent.objects.filter(clock_set__in=special).order_by("at", "id"):
        lives[event.clock_set_id].special.append(event)
    return lives


@dataclass(slots=True)
class _Life:
    """A set of clocks and what happened to it."""

    clock_set: ClockSet
    priority: str = ""
    special: list[ClockEvent] = field(default_factory=list)
    """All its events when they must be replayed, none when its start and target say everything."""
    states: tuple[ClockState, ...] = ()
    known: Terms | None = None

    @property
    def terms(self) -> Terms:
        """Those that it has, read once."""
        self.known = self.known or Terms.from_json(self.clock_set.terms)
        return self.known

    def due(self, clock: Clock, plan: _Plan, *, at: datetime) -> datetime | None:
        """When that clock of the set would be due under the plan; None for never."""
        try:
            due = self._due(clock, plan, at)
        except NeverOpen:
            return None
        return None if due is None else from_epoch(due)

    def _due(self, clock: Clock, plan: _Plan, at: datetime) -> int | None:
        terms = plan.terms or self.terms
        has_grace = plan.terms is not None and plan.terms.grace_seconds
        if self.special or has_grace or clock.state != Clock.State.RUNNING:
            return self._replayed(clock, plan, at)
        target = terms.target(hours.Metric(clock.metric), self.priority)
        if target is None:
            return None
        return plan.open_time.ask(lambda open_time: open_time.due(to_epoch(clock.started_at), target))

    def _replayed(self, clock: Clock, plan: _Plan, at: datetime) -> int | None:
        self.states = self.states or plan.open_time.ask(lambda open_time: self._replay(open_time, plan, at))
        for state in self.states:
            if (state.metric, state.cycle) == (clock.metric, clock.cycle):
                return state.due_at
        return None

    def _replay(self, open_time: Timeline, plan: _Plan, at: datetime) -> tuple[ClockState, ...]:
        rows = self.special or self.clock_set.events.order_by("at", "id")
        events = projection.happenings(rows)
        now = max(to_epoch(at), events[-1].at)
        return hours.replay([*events, *_retargeting(plan, now)], self.terms, open_time, now)


def _retargeting(plan: _Plan, now: int) -> Iterable[Event]:
    return () if plan.terms is None else (Event(at=now, kind=EventKind.RETARGET, terms=plan.terms),)
