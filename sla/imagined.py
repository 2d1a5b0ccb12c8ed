"""Open time that nobody has published: built in memory from versions, asked, and thrown away.

What looks ahead, a simulation or a dry run, must not write: `calendars.reckon` builds what is missing into
the database, this builds it for itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from sla import calendars
from sla.hours import OutOfHorizon, Timeline, Version
from sla.hours.instants import DAY, EARLIEST, LATEST
from sla.models import Calendar

Answer = TypeVar("Answer")

AROUND: Final = 10 * DAY
"""So much before the first question lie whole all dates that it can touch."""
AHEAD: Final = 180 * DAY
"""How far one looks at first; each further look goes four times as far."""
TRIES: Final = 8
"""The last one reaches beyond ten thousand days, and beyond the longest target of 9,999."""


class OpenTime:
    """The open time that some versions give, as far ahead as its questions lead."""

    def __init__(self, versions: Sequence[Version], lo: int, hi: int) -> None:
        """Take the versions in force, and the first and last instant (epoch seconds) to be asked about.

        Raises:
            ValueError: no version.
        """
        self._versions = sorted(versions, key=_start)
        self._lo = max(lo - AROUND, EARLIEST)
        self._hi, self._ahead = hi, AHEAD
        self.timeline = self._built()

    def ask(self, question: Callable[[Timeline], Answer]) -> Answer:
        """Ask; when the answer lies further ahead, look further and ask again.

        Raises:
            NeverOpen: there is no such open time, however late.
            OutOfHorizon: it would be centuries away.
        """
        return ask_all({0: self}, lambda lines: question(lines[0]))

    def look_further(self) -> None:
        """Build four times as far ahead as before."""
        self._ahead *= 4
        self.timeline = self._built()

    def _built(self) -> Timeline:
        return Timeline.build(self._versions, self._lo, min(self._hi + self._ahead, LATEST))


class OpenTimes:
    """The open time of several calendars, each read when it is first asked for."""

    def __init__(self, lo: int, hi: int, known: Mapping[int, OpenTime] | None = None) -> None:
        """Take the first and last instant to be asked about, and what some calendars are imagined to be."""
        self._lo, self._hi = lo, hi
        self._known = dict(known or {})

    def of(self, calendar: Calendar) -> OpenTime:
        """One calendar's. Raises calendars.NoVersion when nothing of it was published."""
        if calendar.pk not in self._known:
            versions = calendars.versions_of(calendar)
            if not versions:
                raise calendars.NoVersion(f"{calendar.key} has no version")
            self._known[calendar.pk] = OpenTime(versions, self._lo, self._hi)
        return self._known[calendar.pk]

    def ask(self, of: Iterable[Calendar], question: Callable[[Mapping[int, Timeline]], Answer]) -> Answer:
        """Ask several at once, by their numbers; raises what `OpenTime.ask` raises, and NoVersion."""
        return ask_all({calendar.pk: self.of(calendar) for calendar in of}, question)


def ask_all(times: Mapping[int, OpenTime], question: Callable[[Mapping[int, Timeline]], Answer]) -> Answer:
    """Ask of several timelines at once, by their numbers; raises what `OpenTime.ask` raises."""
    for _ in range(TRIES):
        try:
            return question({key: one.timeline for key, one in times.items()})
        except OutOfHorizon:
            for one in times.values():
                one.look_further()
    return question({key: one.timeline for key, one in times.items()})


def _start(version: Version) -> int:
    return version.valid_from
