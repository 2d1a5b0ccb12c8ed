"""The days of a calendar as people read them: hours by the wall clock, named dates, changes of the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final

from sla import calendars, holidays
from sla.hours import CalendarSpec, DayKind, Hours, Span, Version, open_spans
from sla.hours.zone import instant_of, local_date, local_second, offset_at, regimes, zone
from sla.models import CalendarVersion
from sla.timekeeping import to_epoch

DAY: Final = 86_400
MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of open time on a day's clock, in minutes after midnight."""

    starts: int
    length: int


@dataclass(frozen=True, slots=True)
class Day:
    """A local date."""

    date: date
    kind: DayKind
    name: str
    """Of the holiday or of the date with hours of its own."""
    hours: tuple[str, ...]
    """What starts on it: "22:00–02:00 next day"."""
    bars: tuple[Bar, ...]
    """What is open on it, whatever date it started on."""
    open_seconds: int
    """Of what starts on it."""
    clock_moves: int
    """By how many seconds the zone's clock goes forward on it; backward is negative."""

    @property
    def clock_moves_minutes(self) -> int:
        """By how many minutes, without direction."""
        return abs(self.clock_moves) // MINUTE


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A coming date on which support keeps other hours than its week says."""

    date: date
    name: str
    kind: DayKind
    hours: tuple[str, ...]
    """Empty is closed."""
    origin: str
    """"PT 13, holidays 0.109"; empty when somebody added it."""


def days(versions: Sequence[CalendarVersion], *, first: date, count: int) -> tuple[Day, ...]:
    """So many local dates from `first` on, under the versions that rule on them; no build is needed."""
    ruled = [(Version(to_epoch(row.valid_from), calendars.spec_of(row)), row) for row in versions]
    ruled.sort(key=lambda item: item[0].valid_from)
    if not ruled:
        return ()
    lo = instant_of(zone(ruled[0][0].spec.tz), first.toordinal() - 2, 0)
    spans = open_spans([version for version, _row in ruled], lo, lo + (count + 5) * DAY)
    dates = (first + timedelta(days=step) for step in range(count))
    return tuple(_day(day, *_ruling(ruled, day), spans) for day in dates)


def hours_said(hours: Sequence[Hours]) -> tuple[str, ...]:
    """Each interval in words: "09:00–13:00", "22:00–02:00 next day", "all day"."""
    return tuple(_interval_said(one.opens, one.closes) for one in hours)


def named_dates(version: CalendarVersion, *, first: date, count: int) -> tuple[NamedDate, ...]:
    """The next so many holidays and dates with hours of their own, from `first` on."""
    spec = calendars.spec_of(version)
    rows = {row.date: row for row in holidays.rows_of(version) if not row.is_struck}
    coming = sorted(day for day in rows.keys() | spec.overrides.keys() if day >= first)
    return tuple(_named(version, spec, day, rows.get(day)) for day in coming[:count])


def coming_dates(versions: Sequence[CalendarVersion], *, first: date, count: int) -> tuple[NamedDate, ...]:
    """The next so many named dates, each as the version has it that begins last before it."""
    ordered = sorted(versions, key=lambda row: row.valid_from)
    found: list[NamedDate] = []
    for row, following in zip_longest(ordered, ordered[1:]):
        until = _begins_on(following) if following else date.max
        dates = named_dates(row, first=max(first, _begins_on(row)), count=count)
        found += [one for one in dates if one.date < until]
    return tuple(found[:count])


def _begins_on(version: CalendarVersion) -> date:
    return date.fromordinal(local_date(zone(version.zone), to_epoch(version.valid_from)))


def _named(
    version: CalendarVersion, spec: CalendarSpec, day: date, row: holidays.Holiday | None
) -> NamedDate:
    kind = DayKind.OVERRIDE if day in spec.overrides else DayKind.HOLIDAY
    origin = origin_said(row) if row and kind is DayKind.HOLIDAY else ""
    name = version.holiday_names.get(str(day), "")
    return NamedDate(day, name, kind, hours_said(spec.overrides.get(day, ())), origin)


def origin_said(row: holidays.Holiday) -> str:
    """Where a row came from: "PT 13, optional, holidays 0.109"; empty when somebody added it."""
    if row.is_own:
        return ""
    category = row.category if row.category != holidays.PUBLIC else ""
    release = f"holidays {row.package}" if row.package else ""
    return ", ".join(filter(None, (f"{row.country} {row.subdivision}".strip(), category, release)))


# --- one day --------------------------------------------------------------------------------------


def _ruling(
    ruled: Sequence[tuple[Version, CalendarVersion]], day: date
) -> tuple[CalendarSpec, CalendarVersion]:
    """The version in force when the day ends; the first one before all of them."""
    for version, row in reversed(ruled):
        if version.valid_from < instant_of(zone(version.spec.tz), day.toordinal() + 1, 0):
            return version.spec, row
    return ruled[0][0].spec, ruled[0][1]


def _day(day: date, spec: CalendarSpec, row: CalendarVersion, spans: Sequence[Span]) -> Day:
    own = [span for span in spans if span.business_date == day.toordinal()]
    tz, ordinal = zone(spec.tz), day.toordinal()
    midnight, next_midnight = instant_of(tz, ordinal, 0), instant_of(tz, ordinal + 1, 0)
    return Day(
        date=day,
        kind=spec.kind_of(day),
        name=row.holiday_names.get(str(day), ""),
        hours=tuple(_span_said(spec, span) for span in own),
        bars=tuple(_bars(spec, spans, midnight, next_midnight)),
        open_seconds=sum(span.ends_at - span.starts_at for span in own),
        clock_moves=offset_at(tz, next_midnight) - offset_at(tz, midnight),
    )


def _span_said(spec: CalendarSpec, span: Span) -> str:
    tz = zone(spec.tz)
    opens = local_second(tz, span.starts_at)
    days_later = local_date(tz, span.ends_at) - local_date(tz, span.starts_at)
    return _interval_said(opens, local_second(tz, span.ends_at) + days_later * DAY)


def _interval_said(opens: int, closes: int) -> str:
    if (opens, closes) == (0, DAY):
        return "all day"
    after = " next day" if closes > DAY else ""
    return f"{_clock(opens)}–{_clock(closes - DAY if closes > DAY else closes)}{after}"


def _clock(second: int) -> str:
    return f"{second // 3_600:02}:{second % 3_600 // MINUTE:02}"


def _bars(spec: CalendarSpec, spans: Sequence[Span], lo: int, hi: int) -> Iterator[Bar]:
    """What is open in `[lo, hi)`; cut where the clock moves: minutes are left out there, or come twice."""
    pieces = {
        ((starts + regime.offset) % DAY // MINUTE, (ends - starts) // MINUTE)
        for regime in regimes(zone(spec.tz), lo, hi)
        for span in spans
        for starts, ends in [(max(span.starts_at, regime.starts_at), min(span.ends_at, regime.ends_at))]
        if starts < ends
    }
    return (Bar(starts, length) for starts, length in sorted(pieces))
