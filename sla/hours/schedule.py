"""A calendar as it is written down: a zone, a week, holidays, and dates with hours of their own."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from sla.hours.errors import BadCalendar
from sla.hours.instants import DAY
from sla.hours.zone import canonical

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Hours(NamedTuple):
    """`[opens, closes)` in seconds of the wall clock after midnight of the owner date.

    `opens` is less than a day; `closes` runs past midnight when it is more, and is at most a day later.
    """

    opens: int
    closes: int


class DayKind(StrEnum):
    """Where the hours of a date come from."""

    WEEK = "week"
    NO_HOURS = "no_hours"
    HOLIDAY = "holiday"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """When support is open, in the wall clock of one zone.

    A holiday removes the intervals that start on it; an override replaces the hours of its date and beats
    a holiday; an empty override closes the date. Raises UnknownZone and BadCalendar; `hours.check` refuses
    what may be computed but should not be published.
    """

    tz: str
    week: Mapping[str, tuple[Hours, ...]]
    holidays: frozenset[date] = frozenset()
    overrides: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tz", canonical(self.tz))
        if unknown := set(self.week) - set(WEEKDAYS):
            raise BadCalendar(f"A week has the days {', '.join(WEEKDAYS)}, not {min(unknown)!r}.")
        for hours in self._all_hours():
            _well_formed(hours)

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The intervals that start on that date."""
        if day in self.overrides:
            return self.overrides[day]
        return () if day in self.holidays else self.hours_of(day.weekday())

    def hours_of(self, weekday: int) -> tuple[Hours, ...]:
        """The usual intervals of a weekday; Monday is 0."""
        return self.week.get(WEEKDAYS[weekday], ())

    def kind_of(self, day: date) -> DayKind:
        """Where the hours of that date come from, or why it has none."""
        if day in self.overrides:
            return DayKind.OVERRIDE
        if not self.hours_of(day.weekday()):
            return DayKind.NO_HOURS
        return DayKind.HOLIDAY if day in self.holidays else DayKind.WEEK

    @property
    def standard_day_seconds(self) -> int:
        """The most frequent positive total of a week's days, the longer of equals; 0 without any (D4b)."""
        totals = Counter(_total(self.hours_of(weekday)) for weekday in range(7))
        del totals[0]
        return max(totals, key=lambda total: (totals[total], total), default=0)

    def opens_after(self, day: date) -> bool:
        """Whether any date from that one on has hours."""
        if any(self.week.values()):
            return True
        return any(hours and dated >= day for dated, hours in self.overrides.items())

    def _all_hours(self) -> Iterator[tuple[Hours, ...]]:
        yield from self.week.values()
        yield from self.overrides.values()


class Version(NamedTuple):
    """A calendar in force from an instant until the next version's."""

    valid_from: int
    spec: CalendarSpec


def _total(hours: tuple[Hours, ...]) -> int:
    return sum(closes - opens for opens, closes in hours)


def _well_formed(hours: tuple[Hours, ...]) -> None:
    for opens, closes in hours:
        if not (0 <= opens < DAY and opens < closes <= opens + DAY):
            raise BadCalendar(f"Hours from {opens} to {closes} seconds after midnight are no interval.")
