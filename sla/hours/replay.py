"""The one place where lifecycle semantics live: a pure fold from events to the states of clocks.

1. First response runs from receipt to the first public human reply, or to the solution (D7). It never
   pauses, since one cannot wait for a customer whom one never answered; only exclusion holds it.
2. Next response runs from the oldest unanswered customer message after the first response to the next
   human reply; solving cancels it. It never pauses either.
3. Resolution runs from receipt to the solution; waiting for the customer holds it (D8), a customer's reply
   ends the wait, and reopening goes on with the same clock: the solved time does not count (D10).
4. A held clock keeps what is left of it: `remaining = between(held, due)`, then `due = add(resumed,
   remaining)`, never earlier than before. A due time that had passed stays.
5. Priority, plan and start may change: the new target counts from the original start, holds are kept, and
   what that puts into the past is missed at the instant of the change (D9). A miss stays a miss; clocks
   that have ended are not touched.
6. A reply that is taken back never was, nor a solution that came with it (D7): the old due time stands.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sla.hours.lifecycle import ClockState, Event, EventKind, Hold, State
from sla.hours.reckoning import Timeline
from sla.hours.target import Metric, Target, Terms

_ORDER: Final = tuple(Metric)
_REPLY: Final = EventKind.AGENT_REPLY
_REVOCABLE: Final = frozenset({EventKind.AGENT_REPLY, EventKind.SOLVE})


def replay(events: Iterable[Event], terms: Terms, timeline: Timeline, now: int) -> tuple[ClockState, ...]:
    """The clocks after all events up to `now`, by metric and cycle; none before the work was created.

    Events are taken in the order of their instants, those of one instant as given; what cannot apply
    (a second solution, a resume without a pause, anything before the creation) changes nothing.
    Raises NeverOpen, or OutOfHorizon when the timeline must be extended.
    """
    work = _Work(terms, timeline)
    for event in _in_order(events, now):
        work.take(event)
    return work.states(now)


def _in_order(events: Iterable[Event], now: int) -> list[Event]:
    known = [event for event in events if event.at <= now]
    revoked = {event.reference for event in known if event.kind is EventKind.REPLY_REVOKED} - {""}
    kept = [event for event in known if event.kind not in _REVOCABLE or event.reference not in revoked]
    return sorted(kept, key=lambda event: (event.at, event.kind is not EventKind.CREATED))


@dataclass(slots=True)
class _Clock:
    metric: Metric
    cycle: int
    started_at: int
    state: State = State.RUNNING
    stopped_at: int | None = None
    finished_at: int | None = None
    is_dropped: bool = False
    basis: tuple[Target | None, int] | None = None
    """The target and start from which the due time was computed."""
    due: int | None = None
    due_set_at: int = 0
    breached_at: int | None = None
    holds: list[Hold] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.finished_at is None and not self.is_dropped

    @property
    def target(self) -> Target | None:
        return self.basis[0] if self.basis else None

    def notice(self, at: int) -> None:
        """Record a miss as of `at`; a held clock can only have missed before it was held."""
        counted_until = at if self.stopped_at is None else self.stopped_at
        if self.breached_at is None and self.due is not None and self.due < counted_until:
            self.breached_at = max(self.due, self.due_set_at)

    def move(self, state: State, at: int, timeline: Timeline) -> None:
        """Hold it, let it go on, or hold it for another reason."""
        if state is self.state:
            return
        if self.stopped_at is not None and self.stopped_at < at:
            self.holds.append(Hold(self.stopped_at, at, self.state))
            self.due = _pushed(self.due, self.holds[-1], timeline)
        self.state, self.stopped_at = state, None if state is State.RUNNING else at

    def aim(self, target: Target | None, at: int, grace_seconds: int, timeline: Timeline) -> None:
        """Compute the due time anew if the target or the start has changed; `at` is when they did."""
        if self.basis == (target, self.started_at):
            return
        self.basis, self.due_set_at = (target, self.started_at), at
        self.due = timeline.due(self.started_at, target) if target else None
        for hold in self.holds:
            self.due = _pushed(self.due, hold, timeline)
        counted_until = at if self.stopped_at is None else self.stopped_at
        if self.due is not None and self.due < counted_until and grace_seconds:
            self.due = timeline.add(counted_until, grace_seconds)


def _pushed(due: int | None, hold: Hold, timeline: Timeline) -> int | None:
    """The due time after a hold: what was left when it began is left when it ends; a passed one stays."""
    if due is None or due < hold.starts_at:
        return due
    return max(due, timeline.add(hold.ends_at, timeline.between(hold.starts_at, due)))


@dataclass(slots=True)
class _Work:
    """What the clocks must know of the piece of work that they time."""

    terms: Terms
    timeline: Timeline
    priority: str = ""
    is_created: bool = False
    is_waiting: bool = False
    is_excluded: bool = False
    is_cancelled: bool = False
    is_merged: bool = False
    answered_at: int | None = None
    solved_at: int | None = None
    unanswered_since: int | None = None
    clocks: list[_Clock] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Let an event happen: what was missed before it, what it says, what that means for each clock."""
        if not self.is_created and event.kind is not EventKind.CREATED:
            return
        for clock in self.clocks:
            clock.notice(event.at)
        _HAPPENINGS[event.kind](self, event)
        self.ask_for_a_next_response()
        for clock in self.clocks:
            self.settle(clock, event.at)

    def settle(self, clock: _Clock, at: int) -> None:
        """Bring one clock in line with what is now known."""
        if clock.metric is Metric.FIRST_RESPONSE:
            clock.finished_at = self.answered_at
        elif clock.metric is Metric.RESOLUTION:
            clock.finished_at = self.solved_at
        clock.move(self.state_of(clock), at, self.timeline)
        if clock.is_open and clock.state is not State.CANCELLED:
            target = self.terms.target(clock.metric, self.priority)
            clock.aim(target, at, self.terms.grace_seconds, self.timeline)

    def state_of(self, clock: _Clock) -> State:
        if clock.state is State.MET and clock.finished_at is not None:
            return State.MET
        if clock.is_dropped or self.is_merged or self.is_cancelled:
            return State.CANCELLED
        if self.is_excluded:
            return State.EXCLUDED
        if clock.finished_at is not None:
            return State.MET
        if self.is_waiting and clock.metric is Metric.RESOLUTION:
            return State.PAUSED
        return State.RUNNING

    def open_next_response(self) -> _Clock | None:
        """The next response that is owed, if any."""
        last = self.clocks[-1]
        return last if last.metric is Metric.NEXT_RESPONSE and last.is_open else None

    def ask_for_a_next_response(self) -> None:
        """Start a next response when a customer waits for one and the terms promise it."""
        is_over = self.solved_at is not None or self.is_merged or self.is_cancelled
        if self.unanswered_since is None or is_over or self.open_next_response():
            return
        if self.terms.target(Metric.NEXT_RESPONSE, self.priority):
            self.clocks.append(_Clock(Metric.NEXT_RESPONSE, len(self.clocks) - 1, self.unanswered_since))

    def created(self, event: Event) -> None:
        if self.is_created:
            return
        self.is_created, self.priority = True, event.priority or ""
        self.clocks = [_Clock(metric, 1, event.at) for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION)]

    def changed(self, event: Event) -> None:
        self.priority = event.priority or self.priority
        self.terms = event.terms or self.terms

    def paused(self, _event: Event) -> None:
        self.is_waiting = self.solved_at is None

    def resumed(self, _event: Event) -> None:
        self.is_waiting = False

    def excluded(self, _event: Event) -> None:
        self.is_excluded = True

    def included(self, _event: Event) -> None:
        self.is_excluded = False

    def answered(self, event: Event) -> None:
        if clock := self.open_next_response():
            clock.finished_at = event.at
        if self.answered_at is None:
            self.answered_at = event.at
        self.unanswered_since = None

    def asked(self, event: Event) -> None:
        self.is_waiting = False
        if self.answered_at is not None and self.unanswered_since is None:
            self.unanswered_since = event.at

    def solved(self, event: Event) -> None:
        if self.solved_at is not None:
            return
        if clock := self.open_next_response():
            clock.is_dropped = True
        if self.answered_at is None:
            self.answered_at = event.at
        self.solved_at, self.is_waiting, self.unanswered_since = event.at, False, None

    def reopened(self, _event: Event) -> None:
        self.solved_at, self.is_cancelled = None, False

    def absorbed(self, event: Event) -> None:
        """The survivor of a merge owes its answer since the earlier unanswered start."""
        if event.since is None:
            return
        waiting = self.clocks[0] if self.answered_at is None else self.open_next_response()
        if waiting:
            waiting.started_at = min(waiting.started_at, event.since)
        elif self.answered_at is not None:
            self.unanswered_since = min(self.unanswered_since or event.since, event.since)

    def merged(self, _event: Event) -> None:
        self.is_merged = True

    def cancelled(self, _event: Event) -> None:
        self.is_cancelled = True

    def nothing(self, _event: Event) -> None:
        pass

    def states(self, now: int) -> tuple[ClockState, ...]:
        for clock in self.clocks:
            clock.notice(now)
        ordered = sorted(self.clocks, key=lambda clock: (_ORDER.index(clock.metric), clock.cycle))
        return tuple(_state(clock, now, self.timeline) for clock in ordered)


_HAPPENINGS: Final[Mapping[EventKind, Callable[[_Work, Event], None]]] = MappingProxyType(
    {
        EventKind.CREATED: _Work.created,
        EventKind.PRIORITY: _Work.changed,
        EventKind.RETARGET: _Work.changed,
        EventKind.PAUSE: _Work.paused,
        EventKind.RESUME: _Work.resumed,
        EventKind.EXCLUDE: _Work.excluded,
        EventKind.INCLUDE: _Work.included,
        EventKind.AGENT_REPLY: _Work.answered,
        EventKind.REPLY_REVOKED: _Work.nothing,
        EventKind.CUSTOMER_REPLY: _Work.asked,
        EventKind.BOT_REPLY: _Work.nothing,
        EventKind.INTERNAL_NOTE: _Work.nothing,
        EventKind.SOLVE: _Work.solved,
        EventKind.REOPEN: _Work.reopened,
        EventKind.ABSORB: _Work.absorbed,
        EventKind.MERGED: _Work.merged,
        EventKind.CANCEL: _Work.cancelled,
    }
)


def _state(clock: _Clock, now: int, timeline: Timeline) -> ClockState:
    """What the world sees of a clock. Without a target it is not applicable, whatever else it knows."""
    state = clock.state if clock.target else State.NOT_APPLICABLE
    is_held = state in {State.PAUSED, State.EXCLUDED}
    return ClockState(
        metric=clock.metric,
        cycle=clock.cycle,
        state=state,
        started_at=clock.started_at,
        target=clock.target,
        due_at=_shown_due(clock, state),
        remaining=_remaining(clock, timeline) if is_held else None,
        met_at=clock.finished_at if state is State.MET else None,
        breached_at=clock.breached_at,
        stopped_at=clock.finished_at if state is State.MET else clock.stopped_at,
        paused_seconds=_paused(clock, now if is_held else None, timeline),
        late_paused_seconds=_paused_late(clock, timeline),
        holds=tuple(clock.holds),
    )


def _is_missed(clock: _Clock) -> bool:
    return clock.due is not None and clock.stopped_at is not None and clock.due < clock.stopped_at


def _shown_due(clock: _Clock, state: State) -> int | None:
    if state in {State.RUNNING, State.MET} or _is_missed(clock):
        return clock.due if state is not State.CANCELLED else None
    return None


def _remaining(clock: _Clock, timeline: Timeline) -> int:
    if clock.due is None or clock.stopped_at is None or _is_missed(clock):
        return 0
    return timeline.between(clock.stopped_at, clock.due)


def _paused(clock: _Clock, held_until: int | None, timeline: Timeline) -> int:
    ended = sum(timeline.between(hold.starts_at, hold.ends_at) for hold in clock.holds)
    if held_until is None or clock.stopped_at is None:
        return ended
    return ended + timeline.between(clock.stopped_at, held_until)


def _paused_late(clock: _Clock, timeline: Timeline) -> int:
    due = clock.due
    if due is None:
        return 0
    late = (hold for hold in clock.holds if hold.ends_at > due)
    return sum(timeline.between(max(hold.starts_at, due), hold.ends_at) for hold in late)
