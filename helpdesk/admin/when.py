"""Time as an agent reads it: how long until it is due, by the clock and in open time, and how urgent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from sla import calendars
from sla.models import Calendar
from sla.timekeeping import to_epoch

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

SOON: Final = 1 * HOUR
TODAY: Final = 4 * HOUR


class Level(StrEnum):
    """How urgent a due time is, by the open time that is left."""

    LATE = "late"
    SOON = "soon"
    NEXT = "next"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Countdown:
    """A due time against the present; amounts in seconds, negative when it has passed."""

    due_at: datetime
    at: datetime
    open_seconds: int | None
    """None where the calendar cannot say, or none rules."""

    @property
    def clock_seconds(self) -> int:
        """What the clock on the wall gives."""
        return int((self.due_at - self.at).total_seconds())

    @property
    def is_late(self) -> bool:
        """Whether the due time has passed."""
        return self.clock_seconds < 0

    @property
    def level(self) -> Level:
        """The colour of it."""
        left = self.clock_seconds if self.open_seconds is None else self.open_seconds
        if self.is_late:
            return Level.LATE
        if left <= SOON:
            return Level.SOON
        return Level.NEXT if left <= TODAY else Level.CALM

    @property
    def in_clock_time(self) -> str:
        """Such as "2 h 15 min" or "45 min late"."""
        words = duration(abs(self.clock_seconds))
        return gettext("%s late") % words if self.is_late else words

    @property
    def in_open_time(self) -> str:
        """The same in open hours; empty where it is unknown, or less than a minute."""
        if self.open_seconds is None or abs(self.open_seconds) < MINUTE:
            return ""
        seconds = abs(self.open_seconds)
        return gettext("%s open time") % hours(seconds - seconds % HOUR if seconds >= DAY else seconds)

    @property
    def due_words(self) -> str:
        """When it is due, such as "today 14:30"."""
        return moment(self.due_at, at=self.at)


def countdown(due_at: datetime | None, *, at: datetime, calendar: Calendar | None) -> Countdown | None:
    """How a due time stands at `at`; None without one."""
    if due_at is None:
        return None
    return Countdown(due_at, at, open_seconds(calendar, at, due_at))


def open_seconds(calendar: Calendar | None, start: datetime, end: datetime) -> int | None:
    """Open time between two instants, negative when they are reversed; None where it cannot be told."""
    if calendar is None:
        return None
    try:
        return calendars.timeline(calendar).between(to_epoch(start), to_epoch(end))
    except (LookupError, ValueError):  # beyond the horizon, or a calendar without hours
        return None


def duration(seconds: int) -> str:
    """An amount of clock time in its two largest units."""
    if seconds < MINUTE:
        return gettext("under a minute")
    if seconds < DAY:
        return hours(seconds)
    days, rest = divmod(seconds, DAY)
    return " ".join(
        filter(None, (gettext("%d d") % days, gettext("%d h") % (rest // HOUR) if rest >= HOUR else ""))
    )


def hours(seconds: int) -> str:
    """An amount of open time, which has hours and no days."""
    whole, minutes = divmod(seconds // MINUTE, 60)
    if not whole:
        return gettext("%d min") % minutes
    return gettext("%d h") % whole + (" " + gettext("%d min") % minutes if minutes else "")


def moment(instant: datetime, *, at: datetime) -> str:
    """An instant in the current zone, as short as can be at `at`: "today 14:30", "Thu 4 Dec 09:00"."""
    local, today = timezone.localtime(instant), timezone.localtime(at)
    clock = date_format(local, "H:i")
    days = (local.date() - today.date()).days
    named = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}.get(days)
    if named:
        return f"{named} {clock}"
    year = "" if local.year == today.year else " Y"
    return f"{date_format(local, 'D j M' + year)} {clock}"


def stamp(instant: datetime) -> str:
    """An instant in the current zone in full, for lists that reach back: "4 Dec 2026 09:00"."""
    return date_format(timezone.localtime(instant), "j M Y H:i")


def ago(instant: datetime, *, at: datetime) -> str:
    """How long ago something was."""
    return gettext("%s ago") % duration(int(max((at - instant), timedelta()).total_seconds()))
