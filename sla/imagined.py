"""Open time that nobody has published: built in memory from versions, asked, and thrown away.

What looks ahead, a simulation or a dry run, must not write: `calendars.reckon` builds what is missing into
the database, this builds it for itself.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from sla.hours import OutOfHorizon, Timeline, Version
from sla.hours.instants import DAY, EARLIEST, LATEST

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
        for _ in range(TRIES):
            try:
                return question(self.timeline)
            except OutOfHorizon:
                self._ahead *= 4
                self.timeline = self._built()
        return question(self.timeline)

    def _built(self) -> Timeline:
        return Timeline.build(self._versions, self._lo, min(self._hi + self._ahead, LATEST))


def _start(version: Version) -> int:
    return version.valid_from
