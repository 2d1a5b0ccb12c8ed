"""When something would be due: for every start in a range, under each meaning of a business day (D4).

The answers come from the versions of a calendar as they are published, through the same arithmetic as the
clocks, and nothing is written. Each mode is what the policy version would promise if it said that mode and
were otherwise as it is: its floor (D4b) stays on or off.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sla import calendars, policies
from sla.conditions import BY_ANYBODY
from sla.explaining import DatedFact, dated
from sla.hours import DayMode, NeverOpen, Target, Unit, Version, explain
from sla.hours.zone import instant_of, local_date, zone
from sla.imagined import OpenTime, OpenTimes
from sla.models import Calendar, CalendarVersion, PolicyVersion
from sla.models.policy import Cell
from sla.timekeeping import from_epoch, to_epoch

MOST: Final = 20_000
"""Rows of one simulation: a start for each hour of a month makes 6,000 under four priorities."""
LONGEST: Final = timedelta(days=3_660)
"""From the first to the last start: the hours of ten years are built in a fifth of a second."""
FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class SimulationRefused(ValueError):
    """A simulation that cannot be run, with a sentence for whoever asked; `argument` is what is wrong."""

    def __init__(self, argument: str, sentence: str) -> None:
        """Name the argument as the command and the form call it."""
        super().__init__(sentence)
        self.argument = argument


@dataclass(frozen=True, slots=True)
class Simulated:
    """One target of something received then; times are aware and in UTC."""

    received_at: datetime
    priority: str
    metric: str
    calendar: Calendar
    """On which it counts: the cell's own, or the one that was asked for."""
    target: Target | None
    """None where there is nothing to be due: best effort, not offered, or no target."""
    kind: str
    """`Cell.Kind`: why there is none."""
    mode: str
    """The version's own day mode, which is in force; of a target in hours they all give the same."""
    due_by_mode: Mapping[str, datetime | None]
    """Of each day mode; None when the calendar never opens again. Empty without a target."""

    @property
    def due_at(self) -> datetime | None:
        """Under the version's own mode."""
        return self.due_by_mode.get(self.mode)


# --- which starts ---------------------------------------------------------------------------------


def starts(first: datetime, last: datetime, step: timedelta, *, rows_each: int = 1) -> list[datetime]:
    """Every start from `first` to `last`, both included, so far apart.

    Raises:
        SimulationRefused: `to` before `from`, a step that leads nowhere, instants out of reach, or more
            rows than MOST (`rows_each` start).
    """
    if last < first:
        raise SimulationRefused("to", "The end lies before the beginning.")
    if step < timedelta(seconds=1):
        raise SimulationRefused("step", "A step is at least a second.")
    for name, instant in (("from", first), ("to", last)):
        if not FIRST <= instant <= LAST:
            raise SimulationRefused(name, f"Times lie between the years {FIRST.year} and {LAST.year}.")
    if last - first > LONGEST:
        raise SimulationRefused("to", "The end lies at most ten years after the beginning.")
    count = (last - first) // step + 1
    if count * max(rows_each, 1) > MOST:
        rows = f"{count:,} starts of {rows_each} rows each"
        raise SimulationRefused("step", f"{rows} are more than {MOST:,} rows: take a longer step.")
    return [first + number * step for number in range(count)]


def instant_in(text: str, calendar: Calendar, *, at: datetime) -> datetime:
    """Read an ISO instant; without an offset it is read on the clock of the calendar's zone, of `at`.

    A date alone is its midnight. A time that the clock skips is read as if it had not changed yet, of one
    that comes twice the first.

    Raises:
        ValueError: it is no instant.
        calendars.NoVersion: nothing of the calendar was published.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(calendars.current_version(calendar, at=at).zone))
    return found.astimezone(UTC)


# --- what is due ----------------------------------------------------------------------------------


def cells_of(
    version: PolicyVersion, *, agreed: Iterable[Cell] = (), priorities: Collection[str] = ()
) -> list[Cell]:
    """The cells to simulate, by urgency and metric: an agreement's before the version's (R1).

    With `priorities` only theirs. What holds for some channels or people alone is left out.
    """
    said = policies.holding(policies.cells_of(version), BY_ANYBODY) | policies.holding(agreed, BY_ANYBODY)
    order = Cell.Metric.values
    kept = [cell for cell in said.values() if cell and (not priorities or cell.priority.key in priorities)]
    return sorted(kept, key=lambda cell: (cell.priority.rank, order.index(cell.metric)))


def simulate(
    version: PolicyVersion, calendar: Calendar, *, cells: Sequence[Cell], received: Sequence[datetime]
) -> Iterator[Simulated]:
    """What each cell promises to something received at each of those instants, in their order.

    A draft version may be asked. A cell with a calendar of its own counts on that. `received` is what
    `starts` gives: not empty, ascending.

    Raises:
        calendars.NoVersion: nothing of a calendar was published.
        OutOfHorizon: a due time centuries away.
    """
    hours = _Hours(calendar, cells, received)
    for instant in received:
        rows = [_row(cell, version, hours, instant) for cell in cells]
        yield from _capped(rows) if version.clamps_first_response else rows


class _Hours:
    """The calendars on which cells count, and their open time."""

    def __init__(self, calendar: Calendar, cells: Sequence[Cell], received: Sequence[datetime]) -> None:
        own = {cell.calendar_id for cell in cells if cell.calendar_id is not None}
        self._calendars = {0: calendar, **(Calendar.objects.in_bulk(own) if own else {})}
        self._open_times = OpenTimes(to_epoch(received[0]), to_epoch(received[-1]))
        self._versions: dict[int, list[Version]] = {}
        self._passing = self._always_open(cells, received[0])

    def _always_open(self, cells: Sequence[Cell], at: datetime) -> dict[int, Calendar]:
        passing = {cell.calendar_id or 0 for cell in cells if cell.unit in policies.PASSING}
        zones = {key: calendars.current_version(self._calendars[key], at=at).zone for key in passing}
        return {key: calendars.always_open(zone, at=at) for key, zone in zones.items()}

    def calendar(self, cell: Cell) -> Calendar:
        known = self._passing if cell.unit in policies.PASSING else self._calendars
        return known[cell.calendar_id or 0]

    def counted_on(self, cell: Cell, instant: int) -> policies.CountedOn:
        calendar = self.calendar(cell)
        is_own = calendar.pk != self._calendars[0].pk
        return policies.CountedOn(calendar.pk if is_own else 0, self._standard_day(calendar, instant))

    def open_time(self, cell: Cell) -> OpenTime:
        return self._open_times.of(self.calendar(cell))

    def _standard_day(self, calendar: Calendar, instant: int) -> int:
        if calendar.pk not in self._versions:
            self._versions[calendar.pk] = calendars.versions_of(calendar)
        return _ruling(self._versions[calendar.pk], instant).spec.standard_day_seconds


def _row(cell: Cell, version: PolicyVersion, hours: _Hours, instant: datetime) -> Simulated:
    open_time, received = hours.open_time(cell), to_epoch(instant)
    target = policies.target_of(cell, version, hours.counted_on(cell, received))
    return Simulated(
        received_at=instant,
        priority=cell.priority.key,
        metric=cell.metric,
        calendar=hours.calendar(cell),
        target=target,
        kind=cell.kind,
        mode=version.day_mode,
        due_by_mode=_by_mode(open_time, received, target) if target else {},
    )


def _capped(rows: Sequence[Simulated]) -> Iterator[Simulated]:
    """D6, where the version says so: a first response is due no later than its resolution."""
    caps = {row.priority: row.due_by_mode for row in rows if row.metric == Cell.Metric.RESOLUTION}
    for row in rows:
        cap = caps.get(row.priority, {})
        if row.metric != Cell.Metric.FIRST_RESPONSE or not cap:
            yield row
            continue
        dues = {mode: _earlier(due, cap.get(mode)) for mode, due in row.due_by_mode.items()}
        yield replace(row, due_by_mode=dues)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((due for due in (one, other) if due is not None), default=None)


def _by_mode(open_time: OpenTime, received: int, target: Target) -> dict[str, datetime | None]:
    if target.unit is Unit.SECONDS:
        return dict.fromkeys(map(str, DayMode), _due(open_time, received, target))
    return {str(mode): _due(open_time, received, replace(target, day_mode=mode)) for mode in DayMode}


def _due(open_time: OpenTime, received: int, target: Target) -> datetime | None:
    try:
        return from_epoch(open_time.ask(lambda timeline: timeline.due(received, target)))
    except NeverOpen:
        return None


def _ruling(versions: Sequence[Version], instant: int) -> Version:
    ruling = [version for version in versions if version.valid_from <= instant]
    return ruling[-1] if ruling else versions[0]


# --- why ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """What lies between a receipt and an instant after it, for words and pictures."""

    zone: str
    """The calendar's, when it was received."""
    facts: tuple[DatedFact, ...]
    """What counts until then, date by date, and which dates are closed and why."""
    spans: tuple[tuple[datetime, datetime], ...]
    """The open time of the whole dates, from the midnight before the receipt to the one after the end."""
    midnights: tuple[datetime, ...]
    """Of each of these dates in the calendar's zone, and the one that ends the last."""


def course(calendar: Calendar, received_at: datetime, until: datetime) -> Course:
    """What lies between; `until` is a due time.

    Raises:
        calendars.NoVersion: nothing of the calendar was published.
    """
    rows = list(calendar.versions.order_by("valid_from"))
    if not rows:
        raise calendars.NoVersion(f"{calendar.key} has no version")
    versions = calendars.versions_of(calendar)
    names = {to_epoch(row.valid_from): row.holiday_names for row in rows}
    lo, hi = to_epoch(received_at), to_epoch(until)
    tz = zone(_ruling(versions, lo).spec.tz)
    dates = range(local_date(tz, lo), local_date(tz, hi - 1) + 2)
    midnights = [instant_of(tz, day, 0) for day in dates]
    timeline = OpenTime(versions, midnights[0], midnights[-1]).timeline
    facts = explain(timeline, versions, started_at=lo, until=hi)
    spans = timeline.spans_between(midnights[0], midnights[-1])
    return Course(
        zone=tz.key,
        facts=tuple(dated(fact, names) for fact in facts),
        spans=tuple((from_epoch(span.starts_at), from_epoch(span.ends_at)) for span in spans),
        midnights=tuple(map(from_epoch, midnights)),
    )


# --- what it does not know ------------------------------------------------------------------------


def warnings(calendar: Calendar, first: datetime, last: datetime) -> list[str]:
    """What makes the answers between those instants doubtful, in sentences: holidays that nobody listed.

    Holidays are rows of each version; the years from its first listed one to its last are known.

    Raises:
        calendars.NoVersion: nothing of the calendar was published.
    """
    rows = list(calendar.versions.order_by("valid_from"))
    if not rows:
        raise calendars.NoVersion(f"{calendar.key} has no version")
    sentences = list(_before_the_first(rows[0], first))
    ends = [*(row.valid_from for row in rows[1:]), max(last, rows[-1].valid_from) + timedelta(1)]
    for number, (row, end) in enumerate(zip(rows, ends, strict=True)):
        begin = first if not number else max(first, row.valid_from)
        if begin <= min(end, last):
            sentences += _unlisted(row, begin, min(end, last))
    return sentences


def _before_the_first(row: CalendarVersion, first: datetime) -> Iterator[str]:
    if first < row.valid_from:
        yield (
            f"{row.calendar} begins on {row.valid_from:%Y-%m-%d}: "
            "before that support is closed, and nothing counts."
        )


def _unlisted(row: CalendarVersion, begin: datetime, end: datetime) -> Iterator[str]:
    years = sorted({date.fromisoformat(day).year for day in row.holidays})
    if not years:
        yield f"{row.calendar} lists no holidays from {row.valid_from:%Y-%m-%d} on: every date counts."
        return
    asked = range(_year(row, begin), _year(row, end) + 1)
    missing = [year for year in asked if not years[0] <= year <= years[-1]]
    if missing:
        span = str(missing[0]) if len(missing) == 1 else f"{missing[0]} to {missing[-1]}"
        yield (
            f"{row.calendar} lists the holidays of {years[0]} to {years[-1]}, and none of {span}: "
            "a due time there may fall on a holiday."
        )


def _year(row: CalendarVersion, instant: datetime) -> int:
    return date.fromordinal(local_date(zone(row.zone), to_epoch(instant))).year
