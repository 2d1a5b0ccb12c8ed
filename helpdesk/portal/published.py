"""What the desk says about itself to everybody: hours, holidays, channels, goals.

All of it is read from the rows that the clocks use, so that page and engine cannot differ (PP-01).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings

from contracts.models import PlanVersion
from helpdesk.portal import spelling, zones
from sla import calendars, policies, versions
from sla.hours import NeverOpen, OutOfHorizon
from sla.models import Calendar, CalendarVersion, Policy, PolicyVersion
from sla.timekeeping import from_epoch, to_epoch

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS_SHOWN: Final = timedelta(days=366)
SATURDAY: Final = "sat"


@dataclass(frozen=True, slots=True)
class HoursLine:
    """Days with the same hours: "Monday to Friday", (("09:00", "21:00"),); no hours is closed."""

    days: str
    hours: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A coming date on which support is closed, or open at other hours than usual."""

    date: date
    name: str
    hours: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether support is open now: until when, or from when on; neither when nobody knows."""

    is_open: bool
    until: datetime | None
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Desk:
    """The published policy, its calendar as it is now, and what follows from them."""

    policy_version: PolicyVersion
    calendar: Calendar
    version: CalendarVersion
    zone_name: str
    hours: tuple[HoursLine, ...]
    working_days: str
    works_saturdays: bool
    opening: Opening

    @property
    def zone(self) -> str:
        """The calendar's zone, an IANA name."""
        return self.version.zone

    @property
    def city(self) -> str:
        """The place that gives the zone its name."""
        return zones.city(self.version.zone)


def desk(*, at: datetime) -> Desk | None:
    """What is published at that instant, or none before the first policy is."""
    version = public_policy(at=at)
    calendar_version = calendars.version_at(version.calendar, at=at) if version else None
    if version is None or calendar_version is None:
        return None
    open_days = [number for number, day in enumerate(WEEK) if calendar_version.week.get(day)]
    return Desk(
        policy_version=version,
        calendar=version.calendar,
        version=calendar_version,
        zone_name=zones.zone_name(calendar_version.zone),
        hours=hours_lines(calendar_version.week),
        working_days=spelling.days(open_days),
        works_saturdays=bool(calendar_version.week.get(SATURDAY)),
        opening=opening(version.calendar, at=at),
    )


def public_policy(*, at: datetime) -> PolicyVersion | None:
    """The policy that SUPPORT_POLICY names, else the first; in the version in force."""
    public = policy()
    return policies.active_version(public, at=at) if public else None


def policy() -> Policy | None:
    """The policy whose versions everybody may read."""
    named = Policy.objects.filter(key=settings.SUPPORT_POLICY)
    return named.first() or Policy.objects.order_by("pk").first()


def hours_lines(week: dict[str, list[list[str]]]) -> tuple[HoursLine, ...]:
    """The week with days of the same hours joined, the closed ones last."""
    by_hours: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for number, day in enumerate(WEEK):
        by_hours.setdefault(_hours(week.get(day) or ()), []).append(number)
    ordered = sorted(by_hours.items(), key=lambda item: (not item[0], item[1]))
    return tuple(HoursLine(spelling.days(numbers), hours) for hours, numbers in ordered)


def _hours(intervals: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((opens, closes) for opens, closes in intervals)


def opening(calendar: Calendar, *, at: datetime) -> Opening:
    """Whether that calendar is open at that instant; a calendar without hours tells nothing."""
    instant = to_epoch(at)
    try:
        timeline = calendars.timeline(calendar)
        opens = timeline.next_open(instant)
        closes = next(span.ends_at for span in timeline.spans_between(opens, timeline.hi))
    except (NeverOpen, OutOfHorizon, StopIteration):
        return Opening(is_open=False, until=None, opens_at=None)
    if opens > instant:
        return Opening(is_open=False, until=None, opens_at=from_epoch(opens))
    return Opening(is_open=True, until=from_epoch(closes), opens_at=None)


def special_days(version: CalendarVersion, *, at: datetime) -> tuple[SpecialDay, ...]:
    """Holidays and other exceptions of the coming year, by date."""
    today = at.astimezone(zones.known_zone(version.zone)).date()
    hours = dict.fromkeys(version.holidays, ()) | {day: _hours(v) for day, v in version.overrides.items()}
    coming = ((date.fromisoformat(day), times) for day, times in hours.items())
    return tuple(
        SpecialDay(day, version.holiday_names.get(day.isoformat(), ""), times)
        for day, times in sorted(coming)
        if today <= day < today + HOLIDAYS_SHOWN
    )


def channels(*, at: datetime) -> frozenset[str]:
    """Every channel that some plan under the public policy now offers."""
    rows = versions.in_force(PlanVersion.objects.filter(policy=policy()), at=at)
    return frozenset(channel for offered in rows.values_list("channels", flat=True) for channel in offered)
