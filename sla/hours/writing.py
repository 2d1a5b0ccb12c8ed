"""Calendars from and to JSON.

    {"tz": "Europe/Lisbon", "week": {"mon": [["09:00", "21:00"]]},
     "holidays": ["2026-06-10"], "overrides": {"2026-12-24": [["09:00", "13:00"]]}}

`close <= open` runs past midnight and belongs to the date on which it starts; "24:00" closes at midnight.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sla.hours.errors import BadCalendar, BadDate, BadTime
from sla.hours.instants import DAY, EARLIEST, HOUR, MINUTE, epoch
from sla.hours.schedule import WEEKDAYS, CalendarSpec, Hours, Version

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_KEYS: Final = frozenset({"tz", "week", "holidays", "overrides"})


def calendar_from_json(data: object) -> CalendarSpec:
    """The calendar that parsed JSON describes.

    Raises BadCalendar, BadTime, BadDate or UnknownZone, each with a sentence that names the culprit.
    """
    fields = _object(data, "A calendar")
    if unknown := set(fields) - _KEYS:
        raise BadCalendar(f"A calendar has {', '.join(sorted(_KEYS))}, not {min(unknown)!r}.")
    week = _object(fields.get("week", {}), "A week")
    overrides = _object(fields.get("overrides", {}), "The list of overrides")
    return CalendarSpec(
        tz=_text(fields.get("tz"), "A calendar's zone"),
        week={weekday: _hours(hours, weekday) for weekday, hours in week.items()},
        holidays=frozenset(_date(day) for day in _list(fields.get("holidays", []), "The list of holidays")),
        overrides={_date(day): _hours(hours, day) for day, hours in overrides.items()},
    )


def calendar_to_json(spec: CalendarSpec) -> dict[str, Any]:
    """The same calendar as JSON, always written the same way, so that texts can be compared."""
    return {
        "tz": spec.tz,
        "week": {day: _written(spec.week[day]) for day in WEEKDAYS if spec.week.get(day)},
        "holidays": [day.isoformat() for day in sorted(spec.holidays)],
        "overrides": {day.isoformat(): _written(spec.overrides[day]) for day in sorted(spec.overrides)},
    }


def versions_from_json(data: object) -> tuple[Version, ...]:
    """The versions of `{"versions": [{"from": instant, "cal": {…}}]}`, or of one calendar, always in force.

    Raises what `calendar_from_json` raises.
    """
    fields = _object(data, "A calendar")
    if "versions" not in fields:
        return (Version(EARLIEST, calendar_from_json(fields)),)
    versions = [_version(version) for version in _list(fields["versions"], "The list of versions")]
    return tuple(sorted(versions, key=lambda version: version.valid_from))


def _version(data: object) -> Version:
    fields = _object(data, "A version")
    try:
        valid_from = epoch(_text(fields.get("from"), "A version's start"))
    except ValueError as error:
        raise BadDate(f"A version starts at an instant with its offset: {error}.") from error
    return Version(max(valid_from, EARLIEST), calendar_from_json(fields.get("cal")))


def _hours(data: object, day: str) -> tuple[Hours, ...]:
    return tuple(sorted(_interval(pair, day) for pair in _list(data, f"The hours of {day}")))


def _interval(data: object, day: str) -> Hours:
    match data:
        case [str(opening), str(closing)]:
            opens, closes = _second(opening), _second(closing)
        case _:
            raise BadTime(f"Hours of {day} are pairs like 09:00 and 21:00, not {data!r}.")
    if opens == DAY:
        raise BadTime(f"Hours of {day} open before 24:00.")
    return Hours(opens, closes if closes > opens else closes + DAY)


def _second(text: str) -> int:
    if text in {"24:00", "24:00:00"}:
        return DAY
    parts = _TIME.fullmatch(text)
    if not parts:
        raise BadTime(f"{text!r} is no time of day from 00:00 to 24:00.")
    hour, minute, second = (int(part or 0) for part in parts.groups())
    return hour * HOUR + minute * MINUTE + second


def _written(hours: Sequence[Hours]) -> list[list[str]]:
    return [[_clock(opens), _clock(closes if closes <= DAY else closes - DAY)] for opens, closes in hours]


def _clock(second: int) -> str:
    hour, rest = divmod(second, HOUR)
    minute, second = divmod(rest, MINUTE)
    return f"{hour:02}:{minute:02}:{second:02}" if second else f"{hour:02}:{minute:02}"


def _date(data: object) -> date:
    text = _text(data, "A date")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadDate(f"{text!r} is no date like 2026-12-24.") from error
    if day.isoformat() != text:
        raise BadDate(f"{text!r} is no date like 2026-12-24.")
    return day


def _object(data: object, what: str) -> Mapping[str, object]:
    if isinstance(data, Mapping) and all(isinstance(key, str) for key in data):
        return data
    raise BadCalendar(f"{what} is written as an object, not {data!r:.80}.")


def _list(data: object, what: str) -> Sequence[object]:
    if isinstance(data, list | tuple):
        return data
    raise BadCalendar(f"{what} is written as a list, not {data!r:.80}.")


def _text(data: object, what: str) -> str:
    if isinstance(data, str):
        return data
    raise BadCalendar(f"{what} is written as text, not {data!r:.80}.")
