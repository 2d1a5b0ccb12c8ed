"""The one place where lifecycle semantics live: a pure fold from events to the states of clocks.

1. First response runs from receipt to the first public human reply, or to the solution (D7). It never
   pauses, since one cannot wait for a customer whom one never answered; only exclusion holds it.
2. Next response runs from the oldest unanswered customer message after the first response to the next
   human reply; solving cancels it. It never pauses either.
3. Update interval runs from each human reply to the next one; waiting for the customer holds it, solving
   cancels it, and reopening starts another.
4. Resolution runs from receipt to the solution; waiting for the customer holds it (D8), a customer's reply
   ends the wait, and reopening goes on with the same clock: the solved time does not count (D10).
5. A held clock keeps what is left of it: `remaining = between(held, due)`, then `due = add(resumed,
   remaining)`, never earlier than before. A due time that had passed stays.
6. Priority, plan and start may change: the new target counts from the original start, holds are kept, and
   what that puts into the past is missed at the instant of the change (D9). A miss stays a miss; clocks
   that have ended are not touched.
7. A due time that was set by hand stands until it is given back: new targets do not move it, only holds that
   end after it was set do.
8. A reply that is taken back never was, nor a solution that came with it (D7): the old due time stands. The
   same holds for any event that a correction names, or it happened when the correction says.
9. An excuse is a dated fact beside the miss and moves nothing (D11).
10. A resolution can be deferred, as a bug's is until it was validated: it does not count until it begins, and
   then counts anew from there (AG-20). The first response is owed since receipt all the same.
11. Quote delivery runs from when a quote is owed to when it is sent, while the other clocks are excluded; it
   neither pauses nor outlives a quote that is withdrawn, or work that is solved or included again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sla.hours.corrections import in_order
from sla.hours.lifecycle import ClockState, Event, EventKind, State
from sla.hours.reckoning import Timeline
from sla.hours.running import Aim, Lines, RunningClock
from sla.hours.target import Metric, Terms

_ORDER: Final = tuple(Metric)
_WAITING: Final = frozenset({Metric.RESOLUTION, Metric.UPDATE_INTERVAL})
"""What stands still while the customer is waited for."""


def replay(
    events: Iterable[Event],
    terms: Terms,
    timeline: Timeline,
    now: int,
    *,
    others: Mapping[int, Timeline] = MappingProxyType({}),
) -> tuple[ClockState, ...]:
    """The clocks after all events up to `now`, by metric and cycle; none before the work was created.

    Events are taken in the order of their instants, those of one instant as given; what cannot apply
    (a second solution, a resume without a pause, anything before the creation) changes nothing. `others`
    holds the open time of the calendars that single targets name, by their numbers.
    Raises NeverOpen, OutOfHorizon when a timeline must be extended, or KeyError when one is not at hand.
    """
    work = _Work(terms, Lines(timeline, others))
    for event in in_order(events, now):
        work.take(event)
    return work.states(now)


@dataclass(slots=True)
class _Work:
    """What the clocks must know of the piece of work that they time."""

    terms: Terms
    lines: Lines
    priority: str = ""
    is_created: bool = False
    is_waiting: bool = False
    is_excluded: bool = False
    is_deferred: bool = False
    is_cancelled: bool = False
    is_merged: bool = False
    answered_at: int | None = None
    solved_at: int | None = None
    unanswered_since: int | None = None
    updated_at: int | None = None
    """Since when the next update is owed: the last human reply, or the reopening."""
    clocks: list[RunningClock] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.solved_at is not None or self.is_merged or self.is_cancelled

    def take(self, event: Event) -> None:
        """Let an event happen: what was missed before it, what it says, what that means for each clock."""
        if not self.is_created and event.kind is not EventKind.CREATED:
            return
        for clock in self.clocks:
            clock.notice(event.at)
        _HAPPENINGS[event.kind](self, event)
        self.ask_for_a_next_response()
        self.ask_for_an_update()
        for clock in self.clocks:
            self.settle(clock, event.at)

    def settle(self, clock: RunningClock, at: int) -> None:
        """Bring one clock in line with what is now known."""
        if clock.metric is Metric.FIRST_RESPONSE:
            clock.finished_at = self.answered_at
        elif clock.metric is Metric.RESOLUTION:
            clock.finished_at = self.solved_at
        clock.move(self.state_of(clock), at)
        if clock.is_open and clock.state is not State.CANCELLED:
            clock.aim_at(self.aim_of(clock), at, self.terms.grace_seconds, self.lines)

    def aim_of(self, clock: RunningClock) -> Aim:
        is_clamped = self.terms.clamps_first_response and clock.metric is Metric.FIRST_RESPONSE
        return Aim(
            self.terms.target(clock.metric, self.priority),
            clock.started_at,
            self.terms.target(Metric.RESOLUTION, self.priority) if is_clamped else None,
            clock.manual,
        )

    def state_of(self, clock: RunningClock) -> State:
        if clock.state is State.MET and clock.finished_at is not None:
            return State.MET
        if clock.is_dropped or self.is_merged or self.is_cancelled:
            return State.CANCELLED
        is_excluded = self.is_excluded and clock.metric is not Metric.QUOTE_DELIVERY
        if is_excluded or (self.is_deferred and clock.metric is Metric.RESOLUTION):
            return State.EXCLUDED
        if clock.finished_at is not None:
            return State.MET
        if self.is_waiting and clock.metric in _WAITING:
            return State.PAUSED
        return State.RUNNING

    # Clocks that come one after the other

    def owed(self, metric: Metric) -> RunningClock | None:
        """The clock of that metric that still waits for its end, if any."""
        mine = [clock for clock in self.clocks if clock.metric is metric]
        return mine[-1] if mine and mine[-1].is_open else None

    def begin(self, metric: Metric, started_at: int) -> RunningClock:
        cycle = 1 + sum(clock.metric is metric for clock in self.clocks)
        self.clocks.append(RunningClock(metric, cycle, started_at, self.lines.own))
        return self.clocks[-1]

    def drop(self, *metrics: Metric) -> None:
        """End what is owed of those metrics, neither met nor missed from here on."""
        for metric in metrics:
            if clock := self.owed(metric):
                clock.is_dropped = True

    def ask_for_a_next_response(self) -> None:
        """Start a next response when a customer waits for one and the terms promise it."""
        if self.unanswered_since is None or self.is_over or self.owed(Metric.NEXT_RESPONSE):
            return
        if self.terms.target(Metric.NEXT_RESPONSE, self.priority):
            self.begin(Metric.NEXT_RESPONSE, self.unanswered_since)

    def ask_for_an_update(self) -> None:
        """Start an update interval when somebody has answered and the terms promise more."""
        if self.updated_at is None or self.is_over or self.owed(Metric.UPDATE_INTERVAL):
            return
        if self.terms.target(Metric.UPDATE_INTERVAL, self.priority):
            self.begin(Metric.UPDATE_INTERVAL, self.updated_at)

    # What can happen

    def created(self, event: Event) -> None:
        if self.is_created:
            return
        self.is_created, self.priority = True, event.priority or ""
        for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
            self.begin(metric, event.at)

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
        self.is_excluded = self.is_deferred = False
        self.drop(Metric.QUOTE_DELIVERY)

    def deferred(self, _event: Event) -> None:
        self.is_excluded, self.is_deferred = False, self.solved_at is None
        self.drop(Metric.QUOTE_DELIVERY)

    def begun(self, event: Event) -> None:
        """Let the resolution count from now on, whatever was counted before."""
        if not self.is_deferred:
            return
        self.is_deferred = False
        for clock in self.clocks:
            if clock.metric is Metric.RESOLUTION and clock.is_open:
                clock.begin_anew(event.at)

    def answered(self, event: Event) -> None:
        if clock := self.owed(Metric.NEXT_RESPONSE):
            clock.finished_at = event.at
        clock = self.owed(Metric.UPDATE_INTERVAL)
        if clock is not None and clock.started_at < event.at:
            clock.finished_at = event.at
        if self.answered_at is None:
            self.answered_at = event.at
        self.unanswered_since = None
        self.updated_at = event.at

    def asked(self, event: Event) -> None:
        self.is_waiting = False
        if self.answered_at is not None and self.unanswered_since is None:
            self.unanswered_since = event.at

    def solved(self, event: Event) -> None:
        if self.solved_at is not None:
            return
        self.drop(Metric.NEXT_RESPONSE, Metric.UPDATE_INTERVAL, Metric.QUOTE_DELIVERY)
        if self.answered_at is None:
            self.answered_at = event.at
        self.solved_at, self.is_waiting = event.at, False
        self.unanswered_since = self.updated_at = None

    def reopened(self, event: Event) -> None:
        if self.solved_at is not None:
            self.updated_at = event.at
        self.solved_at, self.is_cancelled = None, False

    def absorbed(self, event: Event) -> None:
        """The survivor of a merge owes its answer since the earlier unanswered start."""
        if event.since is None:
            return
        waiting = self.clocks[0] if self.answered_at is None else self.owed(Metric.NEXT_RESPONSE)
        if waiting:
            waiting.started_at = min(waiting.started_at, event.since)
        elif self.answered_at is not None:
            self.unanswered_since = min(self.unanswered_since or event.since, event.since)

    def quote_owed(self, event: Event) -> None:
        is_promised = self.terms.target(Metric.QUOTE_DELIVERY, self.priority) is not None
        if is_promised and not self.is_over and self.owed(Metric.QUOTE_DELIVERY) is None:
            self.begin(Metric.QUOTE_DELIVERY, event.at)

    def quote_sent(self, event: Event) -> None:
        if clock := self.owed(Metric.QUOTE_DELIVERY):
            clock.finished_at = event.at

    def quote_withdrawn(self, _event: Event) -> None:
        self.drop(Metric.QUOTE_DELIVERY)

    def merged(self, _event: Event) -> None:
        self.is_merged = True

    def cancelled(self, _event: Event) -> None:
        self.is_cancelled = True

    def set_by_hand(self, event: Event) -> None:
        """Set a due time by hand, or give the computed one back; an update may be promised without terms."""
        clock = self.owed(event.metric) if event.metric else None
        if clock is None and event.metric is Metric.UPDATE_INTERVAL and not self.is_over:
            clock = self.begin(Metric.UPDATE_INTERVAL, event.at)
        if clock is not None:
            clock.manual = event.due

    def excused(self, event: Event) -> None:
        for clock in self.clocks:
            if (clock.metric, clock.cycle) == (event.metric, event.cycle or 1):
                clock.excused_at, clock.excuse = event.at, event.cause

    def nothing(self, _event: Event) -> None:
        pass

    def states(self, now: int) -> tuple[ClockState, ...]:
        for clock in self.clocks:
            clock.notice(now)
        ordered = sorted(self.clocks, key=lambda clock: (_ORDER.index(clock.metric), clock.cycle))
        return tuple(clock.seen(now) for clock in ordered)


_HAPPENINGS: Final[Mapping[EventKind, Callable[[_Work, Event], None]]] = MappingProxyType(
    {
        EventKind.CREATED: _Work.created,
        EventKind.PRIORITY: _Work.changed,
        EventKind.RETARGET: _Work.changed,
        EventKind.PAUSE: _Work.paused,
        EventKind.RESUME: _Work.resumed,
        EventKind.EXCLUDE: _Work.excluded,
        EventKind.INCLUDE: _Work.included,
        EventKind.DEFER: _Work.deferred,
        EventKind.BEGIN: _Work.begun,
        EventKind.AGENT_REPLY: _Work.answered,
        EventKind.REPLY_REVOKED: _Work.nothing,
        EventKind.CUSTOMER_REPLY: _Work.asked,
        EventKind.BOT_REPLY: _Work.nothing,
        EventKind.INTERNAL_NOTE: _Work.nothing,
        EventKind.SOLVE: _Work.solved,
        EventKind.REOPEN: _Work.reopened,
        EventKind.ABSORB: _Work.absorbed,
        EventKind.MERGED: _Work.merged,
        EventKind.QUOTE_OWED: _Work.quote_owed,
        EventKind.QUOTE_SENT: _Work.quote_sent,
        EventKind.QUOTE_WITHDRAWN: _Work.quote_withdrawn,
        EventKind.CANCEL: _Work.cancelled,
        EventKind.MANUAL_DUE: _Work.set_by_hand,
        EventKind.EXCUSE: _Work.excused,
        EventKind.MISSED: _Work.nothing,
        EventKind.CORRECT: _Work.nothing,
    }
)
