"""The versions of the public policy, and what differs between two of them, goal by goal (PP-04)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext

from helpdesk.portal import published, reading
from helpdesk.portal.goal_table import GoalRow, goal_rows
from helpdesk.portal.published import HoursLine
from sla import calendars, versions
from sla.models import CalendarVersion, PolicyVersion, Priority

INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it is or was read."""

    version: PolicyVersion
    zone: str
    hours: tuple[HoursLine, ...]
    goals: tuple[GoalRow, ...]
    reading: tuple[str, ...]
    is_current: bool
    superseded_by: int | None
    """The number of the version that followed, where the reader may see it."""
    follows: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One goal that two versions say differently; empty is not said at all."""

    priority: Priority
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two versions."""

    older: PolicyVersion
    newer: PolicyVersion
    goals: tuple[Difference, ...]
    gone: tuple[str, ...]
    """Sentences on how to read the goals, and hours, that no longer hold."""
    new: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether they say the same."""
        return not (self.goals or self.gone or self.new)


def seen(*, at: datetime, by_staff: bool) -> QuerySet[PolicyVersion]:
    """The published versions of the public policy, the latest first; future ones are for staff alone."""
    policy = published.policy()
    rows = versions.published(PolicyVersion.objects.filter(policy=policy)).select_related(
        "policy", "calendar"
    )
    return (rows if by_staff else rows.filter(valid_from__lte=at)).order_by("-number")


def shown(version: PolicyVersion, *, at: datetime, by_staff: bool) -> Version:
    """A version with its goals and hours, as they were on its last day, are now, or will be at first."""
    hours = calendar_of(version, at=at)
    week = hours.week if hours else {}
    around = seen(at=at, by_staff=by_staff)
    later = around.filter(valid_from__gt=version.valid_from).order_by("valid_from").first()
    earlier = around.filter(valid_from__lt=version.valid_from).order_by("-valid_from").first()
    return Version(
        version=version,
        zone=hours.zone if hours else "UTC",
        hours=published.hours_lines(week) if hours else (),
        goals=goal_rows(version, works_saturdays=bool(week.get(published.SATURDAY))),
        reading=tuple(map(str, reading.sentences(version))),
        is_current=version.rules(at),
        superseded_by=later.number if later else None,
        follows=earlier.number if earlier else None,
    )


def calendar_of(version: PolicyVersion, *, at: datetime) -> CalendarVersion | None:
    """The calendar that counts for it: at its end, now, or at its beginning, whichever comes first."""
    ends = version.valid_until - INSTANT if version.valid_until else at
    instant = max(version.valid_from, min(at, ends))
    return calendars.version_at(version.calendar, at=instant)


def changes(older: Version, newer: Version) -> Changes:
    """What the newer says otherwise than the older."""
    before, after = _sentences(older), _sentences(newer)
    return Changes(
        older=older.version,
        newer=newer.version,
        goals=tuple(_differing(older.goals, newer.goals)),
        gone=tuple(one for one in before if one not in after),
        new=tuple(one for one in after if one not in before),
    )


def _sentences(version: Version) -> list[str]:
    return [*version.reading, *(_hours_said(line) for line in version.hours)]


def _hours_said(line: HoursLine) -> str:
    times = ", ".join(f"{opens}–{closes}" for opens, closes in line.hours)
    return f"{line.days}: {times or gettext('closed')}"


def _differing(older: tuple[GoalRow, ...], newer: tuple[GoalRow, ...]) -> Iterator[Difference]:
    before, after = _by_place(older), _by_place(newer)
    for place in dict.fromkeys((*after, *before)):
        then, now = before.get(place, ""), after.get(place, "")
        if then != now:
            yield Difference(*place, then, now)


def _by_place(rows: tuple[GoalRow, ...]) -> dict[tuple[Priority, str], str]:
    return {(row.priority, cell.column): cell.text for row in rows for cell in row.cells}
