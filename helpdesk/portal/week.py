"""This week's open time as a picture: one bar a day, and where we are in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from helpdesk.portal import spelling
from helpdesk.portal.published import Desk
from helpdesk.portal.zones import known_zone
from sla import calendars
from sla.hours import OutOfHorizon
from sla.hours.span import Span
from sla.timekeeping import from_epoch, to_epoch

LEFT: Final = 44
HOUR_WIDTH: Final = 15
ROW_HEIGHT: Final = 20
BAR_HEIGHT: Final = 12
TOP: Final = 20
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """An open stretch, in the picture's units."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """One day."""

    name: str
    y: int
    text_y: int
    bars: tuple[Bar, ...]
    now_x: float | None


@dataclass(frozen=True, slots=True)
class Week:
    """The picture's size, its rows, and the hours written above them."""

    width: int
    height: int
    rows: tuple[Row, ...]
    hours: tuple[tuple[int, int], ...]


def week(desk: Desk, *, at: datetime) -> Week | None:
    """Monday to Sunday of the week of that instant in the calendar's zone; none beyond its horizon."""
    local = at.astimezone(known_zone(desk.zone))
    monday = local.date() - timedelta(days=local.weekday())
    noon = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    lo, hi = noon - timedelta(days=2), noon + timedelta(days=DAYS + 2)
    try:
        spans = list(calendars.timeline(desk.calendar).spans_between(to_epoch(lo), to_epoch(hi)))
    except OutOfHorizon:
        return None
    rows = tuple(_row(monday, number, spans, local) for number in range(DAYS))
    hours = tuple((hour, LEFT + hour * HOUR_WIDTH) for hour in range(0, 25, 3))
    return Week(LEFT + 24 * HOUR_WIDTH + 14, TOP + DAYS * ROW_HEIGHT, rows, hours)


def _row(monday: date, number: int, spans: list[Span], local: datetime) -> Row:
    day = monday + timedelta(days=number)
    y = TOP + number * ROW_HEIGHT
    return Row(
        name=spelling.short_day(number),
        y=y,
        text_y=y + BAR_HEIGHT - 2,
        bars=tuple(_bar(span, local) for span in spans if span.business_date == day.toordinal()),
        now_x=_x(local, local.date()) if local.date() == day else None,
    )


def _bar(span: Span, local: datetime) -> Bar:
    day = date.fromordinal(span.business_date)
    starts, ends = (
        _x(from_epoch(edge).astimezone(local.tzinfo), day) for edge in (span.starts_at, span.ends_at)
    )
    return Bar(starts, round(min(ends, LEFT + 24 * HOUR_WIDTH) - starts, 1))


def _x(moment: datetime, day: date) -> float:
    """Where the clock on the wall stands, counted from that day's midnight."""
    wall = moment.replace(tzinfo=None) - datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
    return round(LEFT + wall / timedelta(hours=1) * HOUR_WIDTH, 1)
