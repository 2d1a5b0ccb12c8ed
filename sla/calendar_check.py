"""What another release of the holidays or of the zone data would change, said before it does (OP-03).

Holidays are dated rows and zones are built into intervals, so an upgrade moves nothing by itself: holidays
change with the next version that somebody publishes, zones with the next build. This tells what would.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Final

from sla import calendars, holidays, hours
from sla.holidays import Holiday, UnknownHolidays
from sla.hours import CalendarError, Span
from sla.hours.zone import local_date, zone
from sla.models import Calendar, CalendarVersion
from sla.timekeeping import from_epoch, to_epoch

END_OF_TIME: Final = datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HolidayDifference:
    """A coming date that the installed package lists otherwise than the version does."""

    valid_from: datetime
    """Of the version."""
    date: date
    name: str
    closes: bool
    """Whether the package now lists it; else it no longer does."""
    listed_by: str
    """The release that listed it, when it no longer does."""


@dataclass(frozen=True, slots=True)
class DayDifference:
    """A coming date whose open time the installed zone data would move."""

    date: date
    before: tuple[str, ...]
    """Intervals as UTC instants, "2026-03-30T08:00Z/20:00Z"."""
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalendarReport:
    """One calendar."""

    key: str
    name: str
    zone_data: str
    """With which the open time was built."""
    zone_data_installed: str
    holidays_installed: str
    holidays: tuple[HolidayDifference, ...] = ()
    days: tuple[DayDifference, ...] = ()
    years_missing: tuple[int, ...] = ()
    """Years within what was built for which a version that lists holidays has none: a warning."""
    trouble: tuple[str, ...] = field(default=())
    """What cannot be read any more: a zone or a place that the new release has forgotten."""

    @property
    def would_change(self) -> bool:
        """Whether anything would be otherwise."""
        return bool(self.holidays or self.days or self.trouble)


def check(calendar: Calendar, *, at: datetime) -> CalendarReport:
    """Compare what the calendar has for the time after `at` with what the installed packages give."""
    rows = list(calendar.versions.order_by("valid_from"))
    trouble: list[str] = []
    return CalendarReport(
        key=calendar.key,
        name=calendar.name,
        zone_data=rows[-1].zone_data_version if rows else "",
        zone_data_installed=hours.zone_data_version(),
        holidays_installed=holidays.package_version(),
        holidays=tuple(_holiday_differences(rows, at, trouble)),
        days=tuple(_day_differences(calendar, at, trouble)),
        years_missing=years_missing(calendar, rows, at),
        trouble=tuple(trouble),
    )


def years_missing(calendar: Calendar, rows: Iterable[CalendarVersion], at: datetime) -> tuple[int, ...]:
    """Years from `at` to the end of what was built in which a version rules that should list holidays."""
    last = (calendar.built_until or at).year
    missing: set[int] = set()
    for version, until in _reigns(rows):
        if holidays.place_of(version) is None:
            continue
        listed = holidays.years_listed(holidays.rows_of(version))
        ruled = range(max(version.valid_from, at).year, min(until.year, last) + 1)
        missing |= {year for year in ruled if year not in listed}
    return tuple(sorted(missing))


# --- holidays -------------------------------------------------------------------------------------


def _holiday_differences(
    rows: Iterable[CalendarVersion], at: datetime, trouble: list[str]
) -> list[HolidayDifference]:
    found: list[HolidayDifference] = []
    for version, until in _reigns(rows):
        if until <= at:
            continue
        try:
            found += _of_version(version, max(at, version.valid_from), until)
        except (UnknownHolidays, CalendarError) as error:
            trouble.append(str(error))
    return found


def _of_version(version: CalendarVersion, since: datetime, until: datetime) -> list[HolidayDifference]:
    where, rows = holidays.place_of(version), holidays.rows_of(version)
    if where is None:
        return []
    tz = zone(version.zone)
    first, last = (date.fromordinal(local_date(tz, to_epoch(moment))) for moment in (since, until))
    known = {row.date: row for row in rows}
    given = {row.date: row for row in holidays.generate(where, holidays.years_listed(rows))}
    added = [_difference(version, row, closes=True) for day, row in given.items() if day not in known]
    gone = [
        _difference(version, row, closes=False)
        for day, row in known.items()
        if day not in given and not row.is_own and not row.is_struck
    ]
    return sorted((one for one in added + gone if first <= one.date <= last), key=lambda one: one.date)


def _difference(version: CalendarVersion, row: Holiday, *, closes: bool) -> HolidayDifference:
    return HolidayDifference(version.valid_from, row.date, row.name, closes, "" if closes else row.package)


def _reigns(rows: Iterable[CalendarVersion]) -> list[tuple[CalendarVersion, datetime]]:
    ordered = list(rows)
    pairs = [(one, following.valid_from) for one, following in pairwise(ordered)]
    return [*pairs, *((one, END_OF_TIME) for one in ordered[-1:])]


# --- open time ------------------------------------------------------------------------------------


def _day_differences(calendar: Calendar, at: datetime, trouble: list[str]) -> list[DayDifference]:
    if calendar.built_until is None or calendar.built_until <= at:
        return []
    lo, hi = to_epoch(at), to_epoch(calendar.built_until)
    try:
        derived = _by_day(hours.open_spans(calendars.versions_of(calendar), lo, hi))
    except CalendarError as error:
        trouble.append(str(error))
        return []
    stored = _by_day(_stored(calendar, lo, hi))
    return [
        DayDifference(date.fromordinal(day), _said(stored.get(day)), _said(derived.get(day)))
        for day in sorted(stored.keys() | derived.keys())
        if stored.get(day) != derived.get(day)
    ]


def _stored(calendar: Calendar, lo: int, hi: int) -> list[Span]:
    rows = calendar.intervals.filter(ends_at__gt=lo, starts_at__lt=hi).order_by("starts_at")
    return [
        Span(max(starts_at, lo), min(ends_at, hi), day.toordinal())
        for starts_at, ends_at, day in rows.values_list("starts_at", "ends_at", "business_date")
    ]


def _by_day(spans: Iterable[Span]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for span in spans:
        found.setdefault(span.business_date, []).append((span.starts_at, span.ends_at))
    return found


def _said(spans: list[tuple[int, int]] | None) -> tuple[str, ...]:
    return tuple(
        f"{from_epoch(starts):%Y-%m-%dT%H:%MZ}/{from_epoch(ends):%Y-%m-%dT%H:%MZ}"
        for starts, ends in spans or ()
    )
