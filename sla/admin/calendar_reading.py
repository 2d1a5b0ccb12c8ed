"""What was typed into the week editor becomes a version, or sentences at the fields that refuse it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sla import calendars, holidays, hours, typed
from sla.admin.calendar_words import NOW, WEEKDAY_NAMES, Words
from sla.hours import CalendarError, CalendarSpec, MissingLocalTime, NoOpeningHours, OverlappingHours
from sla.hours.zone import canonical, is_read
from sla.models import Calendar, CalendarVersion

YEARS_AHEAD: Final = 10
LONGEST_NAME: Final = 120
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?|(\d{2})(\d{2})")
_BETWEEN: Final = re.compile(r"\s*[-–]\s*")


@dataclass(slots=True)
class Reading:
    """A version that can be published, unless there are errors."""

    words: Words
    errors: dict[str, list[str]] = field(default_factory=dict)
    """By field: "zone", "mon", "own-0" for the first row of own holidays."""
    calendar: Calendar | None = None
    latest: CalendarVersion | None = None
    """The version that this one follows."""
    valid_from: datetime | None = None
    spec: CalendarSpec | None = None
    place: holidays.Place | None = None
    listed: tuple[holidays.Holiday, ...] = ()
    labels: dict[date, str] = field(default_factory=dict)

    def refuse(self, where: str, sentence: str) -> None:
        """Keep a sentence for a field."""
        self.errors.setdefault(where, []).append(sentence)

    def given(self) -> dict[str, Any]:
        """What `calendars.publish` takes, once nothing was refused."""
        return {
            "spec": self.spec,
            "valid_from": self.valid_from,
            "listed": self.listed,
            "place": self.place,
            "labels": self.labels,
        }

    def digest(self) -> str:
        """Another one when anything else would be published, or after another version."""
        spec = hours.calendar_to_json(self.spec) if self.spec else None
        rows = [[str(row.date), row.name, row.is_struck] for row in self.listed]
        labels = sorted((str(day), label) for day, label in self.labels.items())
        said = json.dumps([spec, rows, labels, self.latest.pk if self.latest else 0])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def read(words: Words, *, at: datetime) -> Reading:
    """Read every field; a field that is refused does not keep the others from being read."""
    reading = Reading(words)
    _read_calendar(reading)
    zone = _read_zone(reading)
    _read_start(reading, zone, at)
    _read_place(reading, at)
    week = {day: _read_day(reading, number, day) for number, day in enumerate(hours.WEEKDAYS)}
    own = _read_own(reading)
    special = _read_special(reading, own)
    if not reading.errors:
        _assemble(reading, zone, week, own, special)
    return reading


# --- which calendar, where, from when ---------------------------------------------------------------


def calendar_named(text: str) -> Calendar | None:
    """The calendar with that number, if it is one."""
    number = typed.whole(text)
    return None if number is None else Calendar.objects.filter(pk=number).first()


def _read_calendar(reading: Reading) -> None:
    reading.calendar = calendar_named(reading.words.calendar)
    if reading.calendar is None:
        reading.refuse("calendar", _("Choose the calendar that the version belongs to."))
    else:
        reading.latest = reading.calendar.versions.order_by("-valid_from").first()


def _read_zone(reading: Reading) -> str:
    if not reading.words.zone:
        reading.refuse("zone", _("A calendar has a time zone, such as Europe/Lisbon."))
        return "UTC"
    try:
        return canonical(reading.words.zone)
    except CalendarError as error:
        reading.refuse("zone", str(error))
        return "UTC"


def _read_start(reading: Reading, zone: str, at: datetime) -> None:
    words = reading.words
    start = at.replace(microsecond=0) if words.starts == NOW else _local_instant(reading, zone)
    if start is None:
        return
    latest = reading.latest
    if not holidays.FIRST_YEAR <= start.year <= at.year + YEARS_AHEAD:
        limits = {"first": holidays.FIRST_YEAR, "last": at.year + YEARS_AHEAD}
        reading.refuse("starts", _("A version begins between %(first)s and %(last)s.") % limits)
        return
    reading.valid_from = start
    if latest and latest.valid_from >= start:
        begins = date_format(latest.valid_from.astimezone(ZoneInfo(latest.zone)), "j M Y H:i")
        sentence = _("A version begins after the one that it follows, which begins on %(begins)s.")
        reading.refuse("starts", sentence % {"begins": begins})
    elif latest and start < at.replace(microsecond=0):
        reading.refuse(
            "starts", _("Hours that have passed are not rewritten: begin at once, or at a moment to come.")
        )


def _local_instant(reading: Reading, zone: str) -> datetime | None:
    words = reading.words
    try:
        local = datetime.fromisoformat(f"{words.date} {words.time or '00:00'}").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        reading.refuse("starts", _("Say from which date and time the hours hold, such as 2026-03-01 00:00."))
        return None
    second = local.hour * 3600 + local.minute * 60
    if not holidays.FIRST_YEAR <= local.year <= holidays.LAST_YEAR:
        return local.replace(tzinfo=UTC)  # no zone reaches that far; the years are refused with the rest
    if not is_read(ZoneInfo(zone), local.date().toordinal(), second):
        skipped = {"zone": zone, "time": words.time, "date": words.date}
        reading.refuse("starts", _("The clock in %(zone)s skips %(time)s on %(date)s.") % skipped)
    return local.astimezone(UTC)


# --- the week ---------------------------------------------------------------------------------------


def _read_day(reading: Reading, number: int, day: str) -> list[tuple[str, str]]:
    read_ = []
    for opens, closes in reading.words.week.get(day, ()):
        if not (opens or closes):
            continue
        if sentence := wrong(opens, closes):
            reading.refuse(day, f"{WEEKDAY_NAMES[number]}: {sentence}")
        else:
            read_.append((as_time(opens), as_time(closes)))
    return read_


def as_time(text: str) -> str:
    """A time of day as it is stored: "9", "9.00", "0900", "9h00" are 09:00; what is none stays as it is."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return text
    hour, minute = (parts[1], parts[2]) if parts[1] else (parts[3], parts[4])
    return f"{int(hour):02}:{minute or '00'}"


def wrong(opens: str, closes: str) -> str:
    """Why these two are no interval; empty when they are one."""
    if not (opens and closes):
        return _("an interval has an opening and a closing time.")
    for text in (opens, closes):
        try:
            hours.calendar_from_json({"tz": "UTC", "week": {"mon": [["00:00", as_time(text)]]}})
        except CalendarError:
            return _("“%(text)s” is no time of day from 00:00 to 24:00.") % {"text": text[:20]}
    if as_time(opens) == "24:00":
        return _("hours open before 24:00; what opens at midnight opens at 00:00 of the next day.")
    if as_time(opens) == as_time(closes):
        return _("opening and closing are the same; a whole day is 00:00 to 24:00.")
    return ""


# --- holidays ---------------------------------------------------------------------------------------


def _read_place(reading: Reading, at: datetime) -> None:
    words = reading.words
    if not words.country:
        return
    try:
        reading.place = holidays.place(words.country, words.subdivision, words.categories)
        reading.listed = holidays.generate(reading.place, _years(reading, at))
    except holidays.UnknownHolidays as error:
        reading.refuse("country", str(error))


def _years(reading: Reading, at: datetime) -> range:
    """From the year in which the version begins to the last one that is built."""
    start = reading.valid_from or at
    built_until = reading.calendar.built_until if reading.calendar else None
    last = max(start + calendars.AHEAD, at + calendars.AHEAD, built_until or at).year
    return range(max(start.year, holidays.FIRST_YEAR), min(last, holidays.LAST_YEAR) + 1)


def _read_own(reading: Reading) -> dict[date, str]:
    found: dict[date, str] = {}
    taken = {row.date: row.name for row in reading.listed}
    for number, (text, name) in enumerate(reading.words.own):
        where = f"own-{number}"
        day = _read_date(reading, where, text)
        _refuse_name(reading, where, name, _("A holiday has a name, which customers read."))
        if day in taken:
            said = {"date": text, "name": taken[day]}
            reading.refuse(where, _("%(date)s is listed already: %(name)s.") % said)
        elif day:
            found[day] = taken[day] = name
    return found


def _read_special(reading: Reading, own: Mapping[date, str]) -> dict[date, tuple[str, list[tuple[str, str]]]]:
    found: dict[date, tuple[str, list[tuple[str, str]]]] = {}
    for number, (text, label, times) in enumerate(reading.words.special):
        where = f"special-{number}"
        day = _read_date(reading, where, text)
        _refuse_name(reading, where, label, _("Such a date has a label, which customers read."))
        intervals = _read_intervals(reading, where, times)
        if day in found or day in own:
            reading.refuse(where, _("%(date)s stands here twice.") % {"date": text})
        elif day:
            found[day] = (label, intervals)
    return found


def _read_date(reading: Reading, where: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        reading.refuse(where, _("“%(text)s” is no date like 2026-12-24.") % {"text": text[:20]})
        return None


def _refuse_name(reading: Reading, where: str, name: str, sentence: str) -> None:
    if not name:
        reading.refuse(where, sentence)
    elif len(name) > LONGEST_NAME:
        reading.refuse(where, _("A name has at most %(count)s characters.") % {"count": LONGEST_NAME})


def _read_intervals(reading: Reading, where: str, text: str) -> list[tuple[str, str]]:
    """Read "09:00-13:00, 14:00-18:00"; nothing, or "closed", is closed."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        opens, *rest = _BETWEEN.split(part)
        if part.lower() == "closed":
            continue
        if len(rest) != 1:
            sentence = _("Hours are written like 09:00-13:00, 14:00-18:00; nothing is closed.")
            reading.refuse(where, sentence)
        elif sentence := wrong(opens, rest[0]):
            reading.refuse(where, sentence[0].upper() + sentence[1:])
        else:
            found.append((as_time(opens), as_time(rest[0])))
    return found


# --- together ---------------------------------------------------------------------------------------


def _assemble(
    reading: Reading,
    zone: str,
    week: Mapping[str, Sequence[tuple[str, str]]],
    own: Mapping[date, str],
    special: Mapping[date, tuple[str, Sequence[tuple[str, str]]]],
) -> None:
    rows = (*reading.listed, *(holidays.Holiday(day, name) for day, name in own.items()))
    struck = reading.words.struck
    spec = hours.calendar_from_json(
        {
            "tz": zone,
            "week": {day: list(pairs) for day, pairs in week.items() if pairs},
            "holidays": [str(row.date) for row in rows if row.is_own or str(row.date) not in struck],
            "overrides": {str(day): list(pairs) for day, (_label, pairs) in special.items()},
        }
    )
    _check(reading, spec)
    reading.spec = spec
    reading.listed = tuple(sorted(rows))
    reading.labels = {day: label for day, (label, _pairs) in special.items()}


def _check(reading: Reading, spec: CalendarSpec) -> None:
    try:
        hours.check(spec)
    except NoOpeningHours as error:
        reading.refuse("week", str(error))
    except OverlappingHours as error:
        for day in dict.fromkeys(error.days):
            reading.refuse(_field_of(reading, day), str(error))
    except MissingLocalTime as error:
        reading.refuse("special", str(error))


def _field_of(reading: Reading, day: str) -> str:
    """The field at which a weekday or a date was typed."""
    if day in hours.WEEKDAYS:
        return day
    rows = [text for text, _label, _times in reading.words.special]
    return f"special-{rows.index(day)}" if day in rows else "special"
