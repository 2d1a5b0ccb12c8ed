"""What may be computed but should not be published."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from sla.hours.errors import MissingLocalTime, NoOpeningHours, OverlappingHours
from sla.hours.instants import DAY
from sla.hours.schedule import WEEKDAYS, CalendarSpec, Hours
from sla.hours.zone import is_read, zone

_WEEK: Final = 7 * DAY
_NAMES: Final = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


def check(spec: CalendarSpec, *, may_never_open: bool = False) -> None:
    """Refuse a calendar that cannot be meant.

    Raises NoOpeningHours (unless `may_never_open`), OverlappingHours (also over midnight, and between an
    override and the days beside it), MissingLocalTime (an override at a time that the zone's clock skips;
    the week may name such times, since its hours then simply are shorter on that day).
    """
    if not may_never_open and not any(spec.week.values()):
        raise NoOpeningHours("A week without opening hours would never let a clock run.")
    _refuse_overlaps_in_the_week(spec)
    for day in sorted(spec.overrides):
        _refuse_overlaps_around(spec, day)
        _refuse_missing_times(spec, day)


def _refuse_overlaps_in_the_week(spec: CalendarSpec) -> None:
    windows = sorted(_windows_of_the_week(spec))
    first_again = [(opens + _WEEK, closes + _WEEK, day) for opens, closes, day in windows[:1]]
    _refuse_overlaps(windows + first_again)


def _windows_of_the_week(spec: CalendarSpec) -> Iterator[tuple[int, int, str]]:
    for number, weekday in enumerate(WEEKDAYS):
        for opens, closes in spec.hours_of(number):
            yield number * DAY + opens, number * DAY + closes, weekday


def _refuse_overlaps_around(spec: CalendarSpec, day: date) -> None:
    _refuse_overlaps(sorted(_windows_around(spec, day)))


def _windows_around(spec: CalendarSpec, day: date) -> Iterator[tuple[int, int, str]]:
    for step in (-1, 0, 1):
        beside = day + timedelta(days=step)
        for opens, closes in spec.hours_on(beside):
            yield step * DAY + opens, step * DAY + closes, beside.isoformat()


def _refuse_overlaps(windows: list[tuple[int, int, str]]) -> None:
    for (_, closes, one), (opens, _, other) in pairwise(windows):
        if opens < closes:
            raise OverlappingHours(_overlap_said(one, other), one, other)


def _overlap_said(one: str, other: str) -> str:
    first, second = (_NAMES.get(day, day) for day in (one, other))
    if one == other:
        return f"Two intervals that start on {first} overlap."
    return f"Hours that start on {first} overlap with hours that start on {second}."


def _refuse_missing_times(spec: CalendarSpec, day: date) -> None:
    for hours in spec.overrides[day]:
        if not _both_ends_exist(spec, day, hours):
            raise MissingLocalTime(f"The clock in {spec.tz} skips a time at which {day} would open or close.")


def _both_ends_exist(spec: CalendarSpec, day: date, hours: Hours) -> bool:
    # A closing is the end of the second before it, so the very start of a gap may close a day.
    tz, ordinal = zone(spec.tz), day.toordinal()
    return is_read(tz, ordinal, hours.opens) and is_read(tz, ordinal, hours.closes - 1)
