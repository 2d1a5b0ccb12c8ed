"""Instants as people say them: in words of their language, with the zone spelled out (D2)."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import translation
from django.utils.formats import date_format

from helpdesk.notifications.recipient import Recipient

PATTERNS: Final = {
    "en": r"l j F Y, H:i",
    "fr": r"l j F Y à H\hi",
    "es": r"l j \d\e F \d\e Y, H:i",
    "pt-pt": r"l, j \d\e F \d\e Y, H:i",
    "pt-br": r"l, j \d\e F \d\e Y, H:i",
}
"""Django's date format characters: weekday, day, month, year, time."""

MONTH_PATTERNS: Final = {
    "en": "F Y",
    "fr": "F Y",
    "es": r"F \d\e Y",
    "pt-pt": r"F \d\e Y",
    "pt-br": r"F \d\e Y",
}

ZONE_NAMES: Final = {
    "en": "{city} time ({short})",
    "fr": "heure de {city} ({short})",
    "es": "hora de {city} ({short})",
    "pt-pt": "hora de {city} ({short})",
    "pt-br": "horário de {city} ({short})",
}

CITIES: Final = {
    "fr": {"Lisbon": "Lisbonne", "London": "Londres", "Sao Paulo": "São Paulo"},
    "es": {"Lisbon": "Lisboa", "London": "Londres", "Paris": "París", "Sao Paulo": "São Paulo"},
    "pt-pt": {"Lisbon": "Lisboa", "London": "Londres", "Madrid": "Madrid", "Sao Paulo": "São Paulo"},
    "pt-br": {"Lisbon": "Lisboa", "London": "Londres", "Madrid": "Madri", "Sao Paulo": "São Paulo"},
}
"""Where a language calls the city of a zone otherwise than the zone's name does."""


PERIODS: Final = {
    "en": ("in {month}", "from {first} to {last}"),
    "fr": ("en {month}", "du {first} au {last}"),
    "es": ("en {month}", "del {first} al {last}"),
    "pt-pt": ("em {month}", "de {first} a {last}"),
    "pt-br": ("em {month}", "de {first} a {last}"),
}
DAY_PATTERNS: Final = {
    "en": "j F Y",
    "fr": "j F Y",
    "es": r"j \d\e F \d\e Y",
    "pt-pt": r"j \d\e F \d\e Y",
    "pt-br": r"j \d\e F \d\e Y",
}

FIRST: Final = re.compile(r"\b1 (?=[^\W\d])")
"""A day that is the first, before its month."""


def said(instant: datetime, zone: str, language: str) -> str:
    """Say an aware instant in a zone: "Friday 13 March 2026, 21:00, Lisbon time (WET/WEST)"."""
    with translation.override(language):
        words = date_format(instant.astimezone(_zone(zone)), PATTERNS[language])
    return f"{as_written(words, language)}, {zone_said(zone, language)}"


def said_to(reader: Recipient, instant: datetime | None, zone: str) -> str:
    """Say it in the desk's zone and, where theirs is another valid one, in the reader's too (CR-05).

    Nothing for no instant.
    """
    if instant is None:
        return ""
    desk = said(instant, zone, reader.language)
    if not is_zone(reader.zone) or _offset(instant, reader.zone) == _offset(instant, zone):
        return desk
    return f"{desk} / {said(instant, reader.zone, reader.language)}"


def month_said(month: str, language: str) -> str:
    """Say a month such as `2026-03`: "March 2026"."""
    with translation.override(language):
        words = date_format(date.fromisoformat(f"{month}-01"), MONTH_PATTERNS[language])
    return as_written(words, language)


def period_said(first: str, last: str, language: str) -> str:
    """Say when, by the first and last date (ISO): "in March 2026", "from 15 March 2026 to 14 June 2026"."""
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    is_a_month = begins.day == 1 and (ends + timedelta(days=1)).day == 1 and begins.month == ends.month
    in_a_month, from_to = PERIODS[language]
    if is_a_month:
        return in_a_month.format(month=month_said(f"{begins:%Y-%m}", language))
    return from_to.format(first=day_said(begins, language), last=day_said(ends, language))


def day_said(day: date, language: str) -> str:
    """Say a day: "15 March 2026"."""
    with translation.override(language):
        words = date_format(day, DAY_PATTERNS[language])
    return as_written(words, language)


def as_written(words: str, language: str) -> str:
    """Spell a date as the language does: only English has capitals, and only French a first of the month."""
    if language == "en":
        return words
    return FIRST.sub("1er ", words.lower()) if language == "fr" else words.lower()


def zone_said(zone: str, language: str) -> str:
    """Say a zone: "Lisbon time (WET/WEST)"; a short name that is only a number becomes one of UTC."""
    city = zone.rpartition("/")[2].replace("_", " ")
    city = CITIES.get(language, {}).get(city, city)
    return ZONE_NAMES[language].format(city=city, short=_short(_zone(zone)))


def is_zone(name: str) -> bool:
    """Whether a zone of this name exists."""
    return bool(name) and _zone(name) is not UTC


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _offset(instant: datetime, zone: str) -> object:
    return instant.astimezone(_zone(zone)).utcoffset()


def _short(zone: tzinfo) -> str:
    """Its names in winter and summer, once when they are the same."""
    seasons = (datetime(2026, month, 1, tzinfo=zone).strftime("%Z") for month in (1, 7))
    names = [f"UTC{name}" if name[:1] in "+-" else name for name in seasons]
    return "/".join(dict.fromkeys(names))
