"""The arithmetic for many instants at once, in NumPy: the same arrays, the same answers.

For what looks at a whole calendar's clocks, such as a recompute after an edit. One instant is answered faster
by `Timeline` itself, which needs no NumPy; this module is imported where there is much to do.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from sla.hours.errors import NeverOpen, OutOfHorizon
from sla.hours.instants import DAY
from sla.hours.reckoning import Timeline
from sla.hours.target import DayMode, Target, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]

_WHOLE: Final = 100
_EPOCH_ORDINAL: Final = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


@lru_cache(maxsize=32)
def bulk_of(timeline: Timeline) -> "BulkTimeline":
    """The twin of a timeline, made once."""
    return BulkTimeline(timeline)


class BulkTimeline:
    """A timeline that answers arrays of UTC epoch seconds (int64) with arrays of the same length.

    Raises what `Timeline` raises, when a single one of the instants would.
    """

    def __init__(self, timeline: Timeline) -> None:
        """Take the numbers of a timeline; nothing is copied but the offsets of its zones."""
        self.timeline = timeline
        numbers = timeline.numbers()
        self._starts = np.frombuffer(numbers.starts, dtype=np.int64)
        self._before = np.frombuffer(numbers.before, dtype=np.int64)
        self._dates = np.frombuffer(numbers.dates, dtype=np.int32)
        self._closes = np.frombuffer(numbers.closes, dtype=np.int64)
        regimes = timeline.regimes()
        self._regime_starts = np.array([regime.starts_at for regime in regimes], dtype=np.int64)
        self._offsets = np.array([regime.offset for regime in regimes], dtype=np.int64)

    def add(self, instants: "Instants", seconds: "Instants | int") -> "Instants":
        """`Timeline.add` for each pair; amounts are positive."""
        target = self._elapsed(instants) + seconds
        number = np.searchsorted(self._before, target, side="left") - 1
        if len(number) and number.max() >= len(self._starts):
            raise self._beyond(instants, number)
        return self._starts[number] + target - self._before[number]

    def subtract(self, instants: "Instants", seconds: "Instants | int") -> "Instants":
        """`Timeline.subtract` for each pair; amounts are positive."""
        target = self._elapsed(instants) - seconds
        if len(target) and target.min() < 0:
            raise OutOfHorizon("One of the instants leads out of the timeline.")
        number = np.searchsorted(self._before, target, side="right") - 1
        return self._starts[number] + target - self._before[number]

    def between(self, starts: "Instants", ends: "Instants") -> "Instants":
        """`Timeline.between` for each pair."""
        return self._elapsed(ends) - self._elapsed(starts)

    def due(self, starts: "Instants", target: Target) -> "Instants":
        """`Timeline.due` for each start.

        Open seconds and closes of days, which is what policies promise, are computed together; the rarer
        meanings of a day one by one.
        """
        if target.unit is Unit.SECONDS and target.amount:
            return self.add(starts, target.amount)
        if target.unit is Unit.DAYS and target.amount and target.day_mode is DayMode.CLOSE_OF_NTH_DAY:
            due = self._close_of_nth_day(starts, target.amount)
            return np.maximum(due, self.add(starts, target.floor_seconds)) if target.floor_seconds else due
        ones = (self.timeline.due(start, target) for start in starts.tolist())
        return np.fromiter(ones, dtype=np.int64, count=len(starts))

    def ladder_instants(self, started: "Instants", due: "Instants", percent: int) -> "Instants":
        """`ladder_instant` for each clock that was never held."""
        share = self.between(started, due) * (_WHOLE - percent)
        if percent == _WHOLE:
            return due
        if percent < _WHOLE:
            amount = share // _WHOLE
            instant = self.subtract(due, np.maximum(amount, 1))
        else:
            amount = -(share // _WHOLE)
            instant = self.add(due, np.maximum(amount, 1))
        return np.where(amount > 0, instant, due)

    def offset_instants(self, due: "Instants", seconds: int) -> "Instants":
        """`offset_instant` for each clock."""
        if not seconds:
            return due
        return self.subtract(due, -seconds) if seconds < 0 else self.add(due, seconds)

    def local_dates(self, instants: "Instants") -> "NDArray[np.int64]":
        """`Timeline.local_date` for each instant."""
        self._check(instants)
        regime = np.searchsorted(self._regime_starts, instants, side="right") - 1
        return (instants + self._offsets[regime]) // DAY + _EPOCH_ORDINAL

    def _close_of_nth_day(self, starts: "Instants", days: int) -> "Instants":
        day = np.searchsorted(self._dates, self.local_dates(starts), side="right") - 1 + days
        if len(day) and day.max() >= len(self._dates):
            raise self._beyond(starts, day)
        closes = self._closes[day]
        early = np.flatnonzero(closes < starts)
        if len(early):  # a date whose hours had closed before: the next one that had not
            closes = closes.copy()
            for place in early.tolist():
                closes[place] = self.timeline.close_of_nth_day(int(starts[place]), days)
        return closes

    def _elapsed(self, instants: "Instants") -> "Instants":
        self._check(instants)
        if not len(self._starts):
            return np.zeros_like(instants)
        number = np.searchsorted(self._starts, instants, side="right") - 1
        known = np.maximum(number, 0)
        elapsed = np.minimum(self._before[known] + instants - self._starts[known], self._before[known + 1])
        return np.where(number < 0, 0, elapsed)

    def _check(self, instants: "Instants") -> None:
        if len(instants) and not (self.timeline.lo <= instants.min() and instants.max() <= self.timeline.hi):
            raise OutOfHorizon("One of the instants lies out of the timeline.")

    def _beyond(self, instants: "Instants", number: "NDArray[np.int64]") -> NeverOpen | OutOfHorizon:
        return self.timeline.beyond(int(instants[int(number.argmax())]))
