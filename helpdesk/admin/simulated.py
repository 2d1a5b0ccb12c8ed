"""A simulated due time in words and as a picture: what counted, and where each meaning of a day leads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext

from helpdesk.admin import when
from sla import explaining
from sla.explaining import DatedFact
from sla.hours import FactKind, Unit
from sla.models import PolicyVersion
from sla.models.policy import Cell
from sla.simulating import Course, Simulated

LEFT: Final = 190
WIDTH: Final = 760
TOP: Final = 24
ROW: Final = 26
BAR: Final = 14
MOST_DAYS: Final = 62
"""A picture of more days than these shows nothing."""
LABELS: Final = 10


@dataclass(frozen=True, slots=True)
class Mode:
    """One meaning of a business day, and when it makes the target due."""

    key: str
    due_at: datetime | None
    is_own: bool
    zone: ZoneInfo
    ahead: int | None
    """Clock seconds later than what is in force; None where either is never due."""

    @property
    def name(self) -> str:
        """As the policy's form calls it."""
        return str(PolicyVersion.DayMode(self.key).label)

    @property
    def due(self) -> str:
        """In the calendar's zone."""
        return _said(self.due_at, self.zone)

    @property
    def due_in_utc(self) -> str:
        """In UTC."""
        return _said(self.due_at, UTC)

    @property
    def difference(self) -> str:
        """Against what is in force."""
        if self.is_own or self.ahead is None:
            return ""
        if not self.ahead:
            return gettext("the same")
        words = when.duration(abs(self.ahead))
        return gettext("%s later") % words if self.ahead > 0 else gettext("%s earlier") % words


@dataclass(frozen=True, slots=True)
class Metric:
    """One target of one priority under each meaning."""

    row: Simulated
    modes: Sequence[Mode]
    facts: Sequence[DatedFact]
    picture: "Picture | None"
    zone: ZoneInfo

    @property
    def label(self) -> str:
        """Which promise."""
        return str(Cell.Metric(self.row.metric).label)

    @property
    def own_calendar(self) -> str:
        """The calendar on which it counts."""
        return self.row.calendar.name

    @property
    def target(self) -> str:
        """Such as "1 business day", or why there is none."""
        target = self.row.target
        return explaining.in_words(target) if target else str(Cell.Kind(self.row.kind).label)

    @property
    def is_in_days(self) -> bool:
        """Whether the meaning of a day matters."""
        return self.row.target is not None and self.row.target.unit is Unit.DAYS

    @property
    def due(self) -> str:
        """In force, in the calendar's zone."""
        return _said(self.row.due_at, self.zone)

    @property
    def due_in_utc(self) -> str:
        """The same in UTC."""
        return _said(self.row.due_at, UTC)

    @property
    def counted(self) -> Sequence[str]:
        """Date by date what counted and which holiday did not, until what is in force is due."""
        return list(_counted(self.facts, self.row))


def metric(row: Simulated, course: Course | None, own: Course | None) -> Metric:
    """A simulated row for reading; `course` leads to the last of its due times, `own` to that in force."""
    zone = ZoneInfo(course.zone) if course else ZoneInfo("UTC")
    modes = [
        Mode(key, due, key == row.mode, zone, _ahead(due, row.due_at)) for key, due in row.due_by_mode.items()
    ]
    drawn = picture(row, modes, course) if course else None
    return Metric(row, modes, own.facts if own else (), drawn, zone)


def _ahead(due: datetime | None, own: datetime | None) -> int | None:
    return None if due is None or own is None else int((due - own).total_seconds())


def _counted(facts: Sequence[DatedFact], row: Simulated) -> Iterator[str]:
    by_date: dict[object, int] = {}
    for fact in facts:
        if fact.kind == FactKind.COUNTED:
            by_date[fact.date] = by_date.get(fact.date, 0) + fact.seconds
    for fact in facts:
        day = date_format(fact.date, "D j M Y")
        if fact.kind == FactKind.CLOSED and fact.name:
            yield gettext("%(day)s: closed, %(name)s") % {"day": day, "name": fact.name}
        elif fact.date in by_date:
            length = explaining.duration(by_date.pop(fact.date))
            numbered = _numbered(fact, row)
            yield gettext("%(day)s: %(length)s counted") % {"day": day, "length": length} + numbered


def _numbered(fact: DatedFact, row: Simulated) -> str:
    """Of a target in days which day that is (D4)."""
    if row.target is None or row.target.unit is not Unit.DAYS:
        return ""
    if not fact.business_day:
        return gettext(", the day of receipt, day 0")
    return gettext(", business day %d") % fact.business_day


def _said(moment: datetime | None, zone: tzinfo) -> str:
    return date_format(moment.astimezone(zone), "D j M Y H:i") if moment else gettext("never")


# --- the picture --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of time, in the picture's units."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Day:
    """A date's column."""

    x: float
    width: float
    label: str
    is_holiday: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One meaning's row: open time until it is due, and after."""

    name: str
    is_own: bool
    y: int
    text_y: int
    counted: Sequence[Box]
    open: Sequence[Box]
    due_x: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Days from left to right, a row for each meaning."""

    width: int
    height: int
    days: Sequence[Day]
    bars: Sequence[Bar]
    received_x: float


def picture(row: Simulated, modes: Sequence[Mode], course: Course) -> Picture | None:
    """Open time from receipt until each due time; None when it spans too many days to be seen."""
    days = len(course.midnights) - 1
    if not 0 < days <= MOST_DAYS:
        return None
    scale = _Scale(course.midnights[0], course.midnights[-1])
    is_in_days = row.target is not None and row.target.unit is Unit.DAYS
    shown = modes if is_in_days else [one for one in modes if one.is_own]
    bars = [
        _bar(mode, number, row, course, scale=scale, name=mode.name if is_in_days else gettext("open time"))
        for number, mode in enumerate(shown)
    ]
    return Picture(
        width=LEFT + WIDTH + 10,
        height=TOP + len(bars) * ROW + 4,
        days=_days(course, scale),
        bars=bars,
        received_x=scale.x(row.received_at),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    last: datetime

    def x(self, moment: datetime) -> float:
        return round(LEFT + WIDTH * ((moment - self.first) / (self.last - self.first)), 1)

    def box(self, begin: datetime, end: datetime) -> Box:
        return Box(self.x(begin), round(self.x(end) - self.x(begin), 1))


def _days(course: Course, scale: _Scale) -> list[Day]:
    zone = ZoneInfo(course.zone)
    holidays = {fact.date for fact in course.facts if fact.kind == FactKind.CLOSED and fact.name}
    days = list(zip(course.midnights, course.midnights[1:], strict=False))
    every = -(-len(days) // LABELS)
    drawn = []
    for number, (begin, end) in enumerate(days):
        day = begin.astimezone(zone)
        box = scale.box(begin, end)
        label = date_format(day, "D j") if number % every == 0 else ""
        drawn.append(Day(box.x, box.width, label, day.date() in holidays))
    return drawn


def _bar(mode: Mode, number: int, row: Simulated, course: Course, *, scale: _Scale, name: str) -> Bar:
    until = mode.due_at or course.midnights[-1]
    y = TOP + number * ROW + (ROW - BAR) // 2
    return Bar(
        name=name,
        is_own=mode.is_own,
        y=y,
        text_y=y + BAR - 3,
        counted=[
            scale.box(max(begin, row.received_at), min(end, until))
            for begin, end in course.spans
            if max(begin, row.received_at) < min(end, until)
        ],
        open=[scale.box(begin, end) for begin, end in course.spans],
        due_x=scale.x(mode.due_at) if mode.due_at else None,
    )
