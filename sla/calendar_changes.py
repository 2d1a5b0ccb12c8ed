"""How one version of a calendar differs from the one before it, in words."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sla import calendars, holidays
from sla.hours import WEEKDAYS, CalendarSpec
from sla.hours.zone import local_date, zone
from sla.models import CalendarVersion
from sla.outlook import hours_said
from sla.timekeeping import to_epoch

CLOSED: Final = "closed"
USUAL: Final = "as in the week"


@dataclass(frozen=True, slots=True)
class WeekdayChange:
    """The usual hours of a weekday, before and after."""

    weekday: int
    """Monday is 0."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DateChange:
    """A date that closes, opens, or has other hours of its own."""

    date: date
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs from the day on which the later version begins."""

    zone: tuple[str, str] | None
    place: tuple[str, str] | None
    """Whose holidays are listed."""
    week: tuple[WeekdayChange, ...]
    dates: tuple[DateChange, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.zone or self.place or self.week or self.dates)


def changes(before: CalendarVersion, after: CalendarVersion) -> Changes:
    """What the later version does otherwise; dates before it begins do not count."""
    old, new = calendars.spec_of(before), calendars.spec_of(after)
    return Changes(
        zone=_differing(old.tz, new.tz),
        place=_differing(place_said(before), place_said(after)),
        week=tuple(_weekdays(old, new)),
        dates=tuple(_dates(before, old, after, new)),
    )


def place_said(version: CalendarVersion) -> str:
    """Whose holidays a version lists: "PT 13", "PT, public and optional", "none"."""
    where = holidays.place_of(version)
    if where is None:
        return "none"
    code = f"{where.country} {where.subdivision}".strip()
    return code if where.categories == (holidays.PUBLIC,) else f"{code}, {' and '.join(where.categories)}"


def week_said(spec: CalendarSpec, weekday: int) -> str:
    """The usual hours of a weekday; Monday is 0."""
    return ", ".join(hours_said(spec.hours_of(weekday))) or CLOSED


def _weekdays(old: CalendarSpec, new: CalendarSpec) -> list[WeekdayChange]:
    said = ((day, week_said(old, day), week_said(new, day)) for day in range(len(WEEKDAYS)))
    return [WeekdayChange(*one) for one in said if one[1] != one[2]]


def _dates(
    before: CalendarVersion, old: CalendarSpec, after: CalendarVersion, new: CalendarSpec
) -> list[DateChange]:
    first = date.fromordinal(local_date(zone(new.tz), to_epoch(after.valid_from)))
    named = {*old.holidays, *old.overrides, *new.holidays, *new.overrides}
    found = []
    for day in sorted(day for day in named if day >= first):
        name = after.holiday_names.get(str(day)) or before.holiday_names.get(str(day), "")
        was, is_now = _said(old, day), _said(new, day)
        if was != is_now:
            found.append(DateChange(day, name, was, is_now))
    return found


def _said(spec: CalendarSpec, day: date) -> str:
    if day in spec.overrides:
        return ", ".join(hours_said(spec.overrides[day])) or CLOSED
    return CLOSED if day in spec.holidays else USUAL


def _differing(old: str, new: str) -> tuple[str, str] | None:
    return None if old == new else (old, new)
