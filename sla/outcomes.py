"""How a promise ended, in one word: the same in the console, in reports and for programs."""

from datetime import datetime
from enum import StrEnum

from sla.models import Clock


class Outcome(StrEnum):
    """Excused ones are counted apart: never with what was met, never with what was merely missed (D11)."""

    MET = "met"
    MISSED = "missed"
    MISSED_EXCUSED = "missed_excused"


def outcome_of(clock: Clock) -> Outcome | None:
    """The word for a clock as its row stands; None while nothing is decided, or when it has no target."""
    if clock.breached_at is not None:
        return Outcome.MISSED_EXCUSED if clock.excused_at is not None else Outcome.MISSED
    return Outcome.MET if clock.state == Clock.State.MET else None


def is_missed(clock: Clock, *, at: datetime) -> bool:
    """Whether its due time has passed by `at`, also when no sweep has marked it yet; due on time is met."""
    if clock.breached_at is not None:
        return True
    return clock.state == Clock.State.RUNNING and clock.due_at is not None and clock.due_at < at
