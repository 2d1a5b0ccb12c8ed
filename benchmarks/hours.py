"""How fast business time is reckoned, ours beside others': `make bench ARGS=hours`.

All in processor time, on one calendar: Lisbon, 9 to 21, Monday to Friday, Portugal's holidays of eight years.
"""

import itertools
import random
import statistics
import sys
import time
import timeit
from array import array
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import holidays
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import peers
from benchmarks.peers import Way
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
FIRST_YEAR, YEARS = 2024, 8
FROM: Final = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
START: Final = int(datetime(2026, 1, 12, 10, 0, tzinfo=UTC).timestamp())
DISTANCES: Final = (4, 24, 240, 2_400)
"""Business hours added: a third of a day, two days, a month, most of a year."""
SAMPLE: Final = 500
COMPARED: Final = 120
"""Of the sample: a slow way needs 30 ms for each."""
ROUNDS: Final = 5
ROUND_SECONDS: Final = 0.1
AIMS: Final = {"ours, integers": 500_000, "ours, datetimes": 300_000, "ours, in bulk": 5_000_000}


def main(_tickets: int = 0) -> None:
    """Print whether all say the same, then how often a second, then what else we are asked."""
    line = Timeline.build([(0, office())], FROM, FROM + YEARS * 366 * DAY)
    ways = list(peers.ways(line, closed_days()))
    starts = sample(line)
    console = Console(width=118)
    console.print(agreement(ways, starts[:COMPARED], line))
    console.print("A sum that ends at closing is due then (D5); pandas says the next opening instead.\n")
    console.print(additions(ways, starts))
    others(line)


# --- the calendar ---------------------------------------------------------------------------------


def closed_days() -> list[date]:
    """Portugal's national holidays."""
    return sorted(holidays.country_holidays("PT", years=range(FIRST_YEAR, FIRST_YEAR + YEARS + 1)))


def office() -> CalendarSpec:
    """Lisbon 9-21 on working days."""
    week = {day: [["09:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    return calendar_from_json({"tz": peers.ZONE, "week": week, "holidays": [*map(str, closed_days())]})


def sample(line: Timeline) -> list[int]:
    """Instants of three years, at any second, a third of them at full hours; the same ones each time."""
    chance = random.Random(2026)  # noqa: S311 - a sample, no secret
    starts = [chance.randrange(line.lo, line.lo + 3 * 365 * DAY) for _ in range(SAMPLE)]
    return [start - start % HOUR if number % 3 == 0 else start for number, start in enumerate(starts)]


# --- side by side ---------------------------------------------------------------------------------


def agreement(ways: Sequence[Way], starts: Sequence[int], line: Timeline) -> Table:
    """How many of the sample's sums are ours, by way and distance."""
    table = Table(title=f"How many of {len(starts)} sums are ours", title_justify="left")
    table.add_column("hours added")
    for hours in DISTANCES:
        table.add_column(f"{hours:,}", justify="right")
    for way in ways[1:]:
        said = [peers.differences(way, ways[0], starts, hours, line) for hours in DISTANCES]
        table.add_row(way.name, *map(_said, said))
    return table


def _said(said: Counter[str]) -> str:
    return ", ".join(f"{said[what]} {what}" for what in peers.SAID if said[what])


def additions(ways: Sequence[Way], starts: Sequence[int]) -> Table:
    """Additions a second: the median of rounds that each way takes in turn."""
    prepared = {way.name: peers.prepared(way, starts) for way in ways}
    rates: dict[tuple[str, int], list[float]] = {(way.name, hours): [] for way in ways for hours in DISTANCES}
    for _ in range(ROUNDS):
        for way in ways:
            for hours in DISTANCES:
                rates[way.name, hours].append(_round(way, prepared[way.name], hours))
    return _rates_table(ways, {key: statistics.median(each) for key, each in rates.items()})


def _round(way: Way, starts: Any, hours: int) -> float:
    """Additions in a processor second, asked for at least a tenth of one."""
    add, endless, done, some = way.adding(hours), itertools.cycle(starts), 0, 1
    began = time.process_time()
    while (taken := time.process_time() - began) < ROUND_SECONDS:
        if way.is_bulk:
            add(starts)
            done += len(starts)
            continue
        deque(map(add, itertools.islice(endless, some)), maxlen=0)
        done, some = done + some, min(some * 2, SAMPLE)
    return done / taken


def _rates_table(ways: Sequence[Way], rates: dict[tuple[str, int], float]) -> Table:
    title = (
        f"Additions a processor second, median of {ROUNDS} rounds; (n): ours with datetimes are n times that"
    )
    table = Table(title=title, title_justify="left", min_width=len(title))
    table.add_column("hours added")
    for hours in DISTANCES:
        table.add_column(f"{hours:,}", justify="right")
    table.add_column("aim", justify="right")
    for way in ways:
        cells = [_cell(way, rates[way.name, hours], rates["ours, datetimes", hours]) for hours in DISTANCES]
        table.add_row(way.name, *cells, f"{AIMS[way.name]:,}" if way.name in AIMS else "")
    return table


def _cell(way: Way, rate: float, ours: float) -> str:
    return f"{rate:,.0f}" if way.name in AIMS else f"{rate:,.0f} ({ours / rate:,.0f})"


# --- what else we are asked -----------------------------------------------------------------------


def rate(question: Callable[[], object]) -> float:
    """How often a second of processor time: the median of several rounds."""
    timer = timeit.Timer(question, timer=time.process_time)
    times, _ = timer.autorange()
    return statistics.median(times / taken for taken in timer.repeat(ROUNDS, times))


def others(line: Timeline) -> None:
    """One figure a line: the other questions, a ticket's whole life, and what a calendar costs."""
    _report("subtract 24 h", rate(partial(line.subtract, START, 24 * HOUR)))
    _report("between", rate(partial(line.between, FROM, START)))
    _report("close of the 2nd day", rate(partial(line.close_of_nth_day, START, 2)))
    terms = Terms({metric: {"high": Target.seconds(24 * HOUR)} for metric in Metric})
    events = life()
    _report(f"replay of {len(events)} events", rate(partial(replay, events, terms, line, START + 5 * DAY)))
    building = rate(partial(Timeline.build, [(0, office())], line.lo, line.hi))
    _report(f"build of {YEARS} years", 1_000 / building, "ms")
    _report(f"memory of {YEARS} years", kilobytes(line), "KB   aim 100")


def _report(what: str, figure: float, unit: str = "a second") -> None:
    print(f"{what:<24}{figure:>12,.0f} {unit}")


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


if __name__ == "__main__":
    main()
