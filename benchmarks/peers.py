"""Business hours added by others, on the same calendar, each called as its manual shows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sla.hours import Timeline

ZONE: Final = "Europe/Lisbon"
OPENS, CLOSES = time(9), time(21)
HOUR: Final = 3_600
SAID: Final = ("the same", "next opening", "otherwise")
"""What a way can say to a sum of ours: as we do, the next opening where we say the closing, or else."""
MANY: Final = 1_000_000
"""How many starts are handed to what takes them all at once."""


@dataclass(frozen=True)
class Way:
    """One way to add hours: what it takes, what it gives, and how it is asked."""

    name: str
    prepare: Callable[[int], Any]
    """From UTC epoch seconds to what the way starts from, outside the measurement."""
    adding: Callable[[int], Callable[[Any], Any]]
    """From a number of hours to the addition of so many."""
    instant: Callable[[Any], int]
    """From what it gives to UTC epoch seconds."""
    is_bulk: bool = False
    """Whether it takes an array of starts instead of one."""

    def answers(self, starts: Iterable[int], hours: int) -> list[int]:
        """Every start with the hours added, in UTC epoch seconds."""
        add = self.adding(hours)
        if self.is_bulk:
            return [int(given) for given in add(self.prepare_all(starts))]
        return [self.instant(add(self.prepare(start))) for start in starts]

    def prepare_all(self, starts: Iterable[int]) -> Any:
        """The starts as the way takes them: a list, or one array."""
        if not self.is_bulk:
            return [self.prepare(start) for start in starts]
        import numpy as np

        return np.fromiter(starts, dtype="int64")


def ways(line: Timeline, holidays: Sequence[date]) -> Iterator[Way]:
    """Ours first: with integers, with datetimes, and many at once."""
    yield Way("ours, integers", int, lambda hours: _integers(line, hours), int)
    yield Way("ours, datetimes", _utc, lambda hours: _datetimes(line, hours), _epoch)
    yield Way("ours, in bulk", int, lambda hours: _bulk(line, hours), int, is_bulk=True)
    yield _businesstimedelta(holidays)
    yield _pandas(holidays)
    yield _opening_hours(holidays)


def differences(way: Way, ours: Way, starts: Sequence[int], hours: int, line: Timeline) -> Counter[str]:
    """How often the way says what of `SAID` to our sums."""
    said: Counter[str] = Counter()
    pairs = zip(way.answers(starts, hours), ours.answers(starts, hours), strict=True)
    for theirs, right in pairs:
        if theirs == right:
            said[SAID[0]] += 1
        elif theirs == line.next_open(right):
            said[SAID[1]] += 1
        else:
            said[SAID[2]] += 1
    return said


# --- ours -----------------------------------------------------------------------------------------


def _integers(line: Timeline, hours: int) -> Callable[[int], int]:
    add, seconds = line.add, hours * HOUR
    return lambda start: add(start, seconds)


def _datetimes(line: Timeline, hours: int) -> Callable[[datetime], datetime]:
    add, seconds, from_epoch = line.add, hours * HOUR, datetime.fromtimestamp
    return lambda start: from_epoch(add(int(start.timestamp()), seconds), UTC)


def _bulk(line: Timeline, hours: int) -> Callable[[Any], Any]:
    from sla.hours.bulk import bulk_of

    add, seconds = bulk_of(line).add, hours * HOUR
    return lambda starts: add(starts, seconds)


# --- theirs ---------------------------------------------------------------------------------------


def _businesstimedelta(holidays: Sequence[date]) -> Way:
    import businesstimedelta
    import pytz

    zone = pytz.timezone(ZONE)
    workday = businesstimedelta.WorkDayRule(
        start_time=OPENS, end_time=CLOSES, working_days=[0, 1, 2, 3, 4], tz=zone
    )
    closed = businesstimedelta.HolidayRule(frozenset(holidays), tz=zone)
    rules = businesstimedelta.Rules([workday, closed])

    def adding(hours: int) -> Callable[[datetime], datetime]:
        delta = businesstimedelta.BusinessTimeDelta(rules, hours=hours)
        return lambda start: start + delta

    return Way("businesstimedelta", lambda start: _utc(start).astimezone(zone), adding, _epoch)


def _pandas(holidays: Sequence[date]) -> Way:
    import pandas as pd

    closed = [day.isoformat() for day in holidays]

    def adding(hours: int) -> Callable[[Any], Any]:
        offset = pd.offsets.CustomBusinessHour(hours, start=OPENS, end=CLOSES, holidays=closed)
        return lambda start: start + offset

    return Way("pandas", lambda start: pd.Timestamp(start, unit="s", tz=ZONE), adding, _epoch)


def _opening_hours(holidays: Sequence[date]) -> Way:
    """It knows what is open and adds nothing: its intervals are walked until the hours are used up."""
    from opening_hours import OpeningHours, State

    closed = "".join(f"; {day:%Y %b %d} off" for day in holidays)
    zone = ZoneInfo(ZONE)
    calendar = OpeningHours(f"Mo-Fr {OPENS:%H:%M}-{CLOSES:%H:%M}{closed}", timezone=zone)

    def adding(hours: int) -> Callable[[datetime], datetime]:
        return lambda start: _walk(start, timedelta(hours=hours))

    def _walk(start: datetime, left: timedelta) -> datetime:
        for opens, closes, state, _ in calendar.intervals(start):
            if state == State.OPEN:
                if closes - opens >= left:
                    return opens + left
                left -= closes - opens
        raise LookupError("no open time is left")

    return Way("opening-hours-py", lambda start: _utc(start).astimezone(zone), adding, _epoch)


# --- how they are asked ---------------------------------------------------------------------------


def prepared(way: Way, starts: Sequence[int]) -> Any:
    """The starts as the way takes them; for what takes an array, a million drawn from the same years."""
    if not way.is_bulk:
        return way.prepare_all(starts)
    import numpy as np

    return np.random.default_rng(2026).integers(min(starts), max(starts), MANY)


def _utc(start: int) -> datetime:
    return datetime.fromtimestamp(start, UTC)


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
