"""Around a due time: how late a clock is, and when its ladder's steps are reached."""

from sla.hours.lifecycle import ClockState
from sla.hours.reckoning import Timeline

_WHOLE = 100


def overdue_seconds(state: ClockState, timeline: Timeline, now: int) -> int:
    """Open seconds since the due time, 0 before it; it stands still while the clock is held or has ended.

    What was paused after the due time and resumed from does not count either.
    """
    if state.due_at is None:
        return 0
    until = now if state.stopped_at is None else min(now, state.stopped_at)
    if until <= state.due_at:
        return 0
    return max(timeline.between(state.due_at, until) - state.late_paused_seconds, 0)


def ladder_instant(timeline: Timeline, started: int, due: int, percent: int, *, paused: int = 0) -> int:
    """When `percent` of the open time from `started` to `due` has passed; more than 100 is after due.

    Counted back from the due time, so that pauses, which have moved it, move the step too; `paused` is the
    open seconds of those before it (`paused_seconds - late_paused_seconds`), which are no part of the
    target. A step at closing is reached at the next opening. Raises OutOfHorizon.
    """
    length = max(timeline.between(started, due) - paused, 0)
    if percent == _WHOLE or not length:
        return due
    if percent < _WHOLE:
        return timeline.subtract(due, length * (_WHOLE - percent) // _WHOLE)
    return timeline.add(due, -(length * (_WHOLE - percent) // _WHOLE))


def offset_instant(timeline: Timeline, due: int, seconds: int) -> int:
    """When that much open time before (`seconds` below 0) or after the due time is reached.

    Pauses have moved the due time, so they move the step too. An hour before is an hour of support, over
    lunch, night and holiday (glpi PR #22678); where that is at closing it is reached at the next opening,
    like a percentage. It may lie before the clock's start: whoever asks bounds it. Raises OutOfHorizon.
    """
    if not seconds:
        return due
    return timeline.subtract(due, -seconds) if seconds < 0 else timeline.add(due, seconds)
