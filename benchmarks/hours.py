"""How fast business time is reckoned, in processor time: `python benchmarks/hours.py`."""

import sys
import time
import timeit
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sla.hours import (
    CalendarSpec,
    Event,
    EventKind,
    Metric,
    Target,
    Terms,
    Timeline,
    calendar_from_json,
    replay,
)

HOUR, DAY = 3_600, 86_400
FROM = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
YEARS = 8
START = int(datetime(2026, 1, 12, 10, 0, tzinfo=UTC).timestamp())


def rate(question: Callable[[], object]) -> float:
    """How often a second of processor time: the best of five rounds."""
    timer = timeit.Timer(question, timer=time.process_time)
    times, _ = timer.autorange()
    return max(times / taken for taken in timer.repeat(5, times))


def office() -> CalendarSpec:
    """Lisbon 9-21 with a dozen holidays a year."""
    days = ("mon", "tue", "wed", "thu", "fri")
    first = datetime.fromtimestamp(FROM, UTC).date()
    holidays = [(first + timedelta(days=30 * number)).isoformat() for number in range(12 * YEARS)]
    week = {day: [["09:00", "21:00"]] for day in days}
    return calendar_from_json({"tz": "Europe/Lisbon", "week": week, "holidays": holidays})


def kilobytes(line: Timeline) -> float:
    """What the numbers of a timeline take."""
    kept = (getattr(line, slot) for slot in Timeline.__slots__)
    return sum(len(numbers) * numbers.itemsize for numbers in kept if isinstance(numbers, array)) / 1_000


def life() -> list[Event]:
    """A ticket with an answer, two waits, a change of priority, a solution and a reopening."""
    kinds = (
        EventKind.AGENT_REPLY,
        EventKind.PAUSE,
        EventKind.CUSTOMER_REPLY,
        EventKind.AGENT_REPLY,
        EventKind.PAUSE,
        EventKind.RESUME,
        EventKind.SOLVE,
        EventKind.REOPEN,
    )
    later = [Event(START + number * 2 * HOUR, kind) for number, kind in enumerate(kinds, 1)]
    return [Event(START, EventKind.CREATED, priority="high"), *later]


def with_datetimes(line: Timeline, start: datetime, seconds: int) -> datetime:
    """An addition as a caller with datetimes writes it."""
    return datetime.fromtimestamp(line.add(int(start.timestamp()), seconds), UTC)


def report(what: str, figure: float, unit: str = "/s") -> None:
    """One line."""
    print(f"{what:<24}{figure:>12,.0f} {unit}")


def main(_tickets: int = 0) -> None:
    """Print one figure a line."""
    versions = [(0, office())]
    line = Timeline.build(versions, FROM, FROM + YEARS * 366 * DAY)
    start = datetime.fromtimestamp(START, UTC)
    for hours in (4, 24, 240, 2_400):
        seconds = hours * HOUR
        report(f"add {hours} h, integers", rate(partial(line.add, START, seconds)))
        report(f"add {hours} h, datetimes", rate(partial(with_datetimes, line, start, seconds)))
    report("subtract 24 h", rate(partial(line.subtract, START, 24 * HOUR)))
    report("between", rate(partial(line.between, FROM, START)))
    report("close of the 2nd day", rate(partial(line.close_of_nth_day, START, 2)))
    day = Target.seconds(24 * HOUR)
    terms = Terms({metric: {"high": day} for metric in Metric})
    events = life()
    report(f"replay of {len(events)} events", rate(partial(replay, events, terms, line, START + 5 * DAY)))
    report(f"build of {YEARS} years", 1_000 / rate(partial(Timeline.build, versions, line.lo, line.hi)), "ms")
    report(f"memory of {YEARS} years", kilobytes(line), "KB")


if __name__ == "__main__":
    main()
