"""One clock while its work is replayed: how its due time comes about, moves, passes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sla.hours.lifecycle import ClockState, Hold, State
from sla.hours.reckoning import Timeline
from sla.hours.target import Metric, Target

_HELD = frozenset({State.PAUSED, State.EXCLUDED})


@dataclass(frozen=True, slots=True)
class Lines:
    """The open time on which targets count: the work's own, and those that single targets name."""

    own: Timeline
    others: Mapping[int, Timeline] = field(default_factory=dict)

    def of(self, target: Target | None) -> Timeline:
        """The open time of that target. Raises KeyError when it is not at hand."""
        return self.others[target.calendar] if target is not None and target.calendar else self.own

    def due(self, start: int, target: Target) -> int:
        """When the target is due for something that began at `start`."""
        return self.of(target).due(start, target)


class Aim(NamedTuple):
    """What a due time is computed from."""

    target: Target | None
    started_at: int
    cap: Target | None = None
    """Another target than which it is due no later (D6)."""
    manual: int | None = None
    """The due time that was set by hand."""


@dataclass(slots=True)
class RunningClock:
    """One target running for one piece of work."""

    metric: Metric
    cycle: int
    started_at: int
    line: Timeline
    state: State = State.RUNNING
    stopped_at: int | None = None
    finished_at: int | None = None
    is_dropped: bool = False
    aim: Aim | None = None
    due: int | None = None
    due_set_at: int = 0
    has_grace: bool = False
    manual: int | None = None
    breached_at: int | None = None
    excused_at: int | None = None
    excuse: str = ""
    holds: list[Hold] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it still waits for what ends it."""
        return self.finished_at is None and not self.is_dropped

    @property
    def target(self) -> Target | None:
        """What was promised."""
        return self.aim.target if self.aim else None

    def notice(self, at: int) -> None:
        """Record a miss as of `at`; a held clock can only have missed before it was held."""
        counted_until = at if self.stopped_at is None else self.stopped_at
        if self.breached_at is None and self.due is not None and self.due < counted_until:
            self.breached_at = max(self.due, self.due_set_at)

    def move(self, state: State, at: int) -> None:
        """Hold it, let it go on, or hold it for another reason."""
        if state is self.state:
            return
        if self.stopped_at is not None and self.stopped_at < at:
            self.holds.append(Hold(self.stopped_at, at, self.state))
            self._push(self.holds[-1])
        self.state, self.stopped_at = state, None if state is State.RUNNING else at

    def begin_anew(self, at: int) -> None:
        """Count from `at` on, as if it had begun then; a miss stays a miss."""
        self.started_at, self.state, self.stopped_at = at, State.RUNNING, None
        self.holds.clear()

    def aim_at(self, aim: Aim, at: int, grace_seconds: int, lines: Lines) -> None:
        """Compute the due time anew if what it is computed from has changed; `at` is when it did."""
        if self.aim == aim:
            return
        self.aim, self.due_set_at, self.has_grace = aim, at, False
        self.line = lines.of(aim.target)
        if aim.manual is not None:
            self.due = aim.manual
            return
        self.due = _computed(aim, lines)
        for hold in self.holds:
            self._push(hold)
        counted_until = at if self.stopped_at is None else self.stopped_at
        if self.due is not None and self.due < counted_until and grace_seconds:
            self.due, self.has_grace = self.line.add(counted_until, grace_seconds), True

    def _push(self, hold: Hold) -> None:
        """What was left when a hold began is left when it ends; a due time that had passed stays."""
        if self.due is not None and self.due >= hold.starts_at:
            left = self.line.between(hold.starts_at, self.due)
            self.due = max(self.due, self.line.add(hold.ends_at, left))

    # What the world sees of it

    def seen(self, now: int) -> ClockState:
        """Its state; without a target and a due time set by hand it is not applicable."""
        state = self.state if self.target or self.manual is not None else State.NOT_APPLICABLE
        is_held = state in _HELD
        return ClockState(
            metric=self.metric,
            cycle=self.cycle,
            state=state,
            started_at=self.started_at,
            target=self.target,
            due_at=self._shown_due(state),
            remaining=self._remaining() if is_held else None,
            met_at=self.finished_at if state is State.MET else None,
            breached_at=self.breached_at,
            stopped_at=self.finished_at if state is State.MET else self.stopped_at,
            paused_seconds=self._paused(now if is_held else None),
            late_paused_seconds=self._paused_late(),
            holds=tuple(self.holds),
            is_manual=self.manual is not None,
            is_plain=self._is_plain(state),
            excused_at=self.excused_at,
            excuse=self.excuse,
        )

    def _is_plain(self, state: State) -> bool:
        is_bare = self.aim is not None and self.aim.cap is None and self.aim.manual is None
        return state is State.RUNNING and is_bare and not self.holds and not self.has_grace

    def _is_missed(self) -> bool:
        return self.due is not None and self.stopped_at is not None and self.due < self.stopped_at

    def _shown_due(self, state: State) -> int | None:
        if state in {State.RUNNING, State.MET} or self._is_missed():
            return self.due if state is not State.CANCELLED else None
        return None

    def _remaining(self) -> int:
        if self.due is None or self.stopped_at is None or self._is_missed():
            return 0
        return self.line.between(self.stopped_at, self.due)

    def _paused(self, held_until: int | None) -> int:
        ended = sum(self.line.between(hold.starts_at, hold.ends_at) for hold in self.holds)
        if held_until is None or self.stopped_at is None:
            return ended
        return ended + self.line.between(self.stopped_at, held_until)

    def _paused_late(self) -> int:
        due = self.due
        if due is None:
            return 0
        late = (hold for hold in self.holds if hold.ends_at > due)
        return sum(self.line.between(max(hold.starts_at, due), hold.ends_at) for hold in late)


def _computed(aim: Aim, lines: Lines) -> int | None:
    if aim.target is None:
        return None
    due = lines.due(aim.started_at, aim.target)
    return due if aim.cap is None else min(due, lines.due(aim.started_at, aim.cap))
