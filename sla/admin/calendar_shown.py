"""What the calendars' pages show: rows for the templates, made of what the rules say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla import calendar_changes, calendar_check, calendars, holidays, hours, outlook
from sla.admin.calendar_reading import Reading, wrong
from sla.admin.calendar_words import EMPTY, NOW, WEEKDAY_NAMES, WORKDAYS, Words
from sla.calendar_changes import Changes
from sla.hours import NeverOpen, OutOfHorizon
from sla.models import Calendar, CalendarVersion

FORTNIGHT: Final = 14
HOLIDAYS_SHOWN: Final = 8
HOURS_OF_A_DAY: Final = 3_600


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A line in the list of a calendar's versions."""

    version: CalendarVersion
    begins: datetime
    """In its own zone."""
    is_in_force: bool
    is_to_come: bool
    changes: Changes | None
    """Against the version before; None of the first."""


@dataclass(frozen=True, slots=True)
class TypedDay:
    """A weekday in the editor."""

    key: str
    name: str
    intervals: tuple[tuple[str, str, bool], ...]
    """Opening, closing, and whether it is one of those that are refused."""
    errors: Sequence[str]


# --- a calendar's own page --------------------------------------------------------------------------


def calendar_context(calendar: Calendar, *, at: datetime) -> dict[str, Any]:
    """The next 14 days, the next holidays, the versions, and what an upgrade would change."""
    rows = list(calendar.versions.order_by("valid_from"))
    drafts = list(calendar.drafts.order_by("-saved_at"))
    if not rows:
        return {"versions": [], "drafts": drafts}
    current = calendars.current_version(calendar, at=at)
    today = at.astimezone(ZoneInfo(current.zone)).date()
    return {
        "current": current,
        "drafts": drafts,
        "place": place_named(current),
        "opening": _opening(calendar, current, at),
        "versions": _versions(rows, current, at),
        "days": outlook.days(rows, first=today, count=FORTNIGHT),
        "named": outlook.coming_dates(rows, first=today, count=HOLIDAYS_SHOWN),
        "report": calendar_check.check(calendar, at=at),
        "weekday_names": WEEKDAY_NAMES,
    }


def _opening(calendar: Calendar, current: CalendarVersion, at: datetime) -> tuple[bool, datetime | None]:
    """Whether it is open now, and else when it opens next, in its own zone; None when nobody knows."""
    try:
        opens = calendars.timeline(calendar).next_open(int(at.timestamp()))
    except (NeverOpen, OutOfHorizon, calendars.NoVersion):
        return False, None
    moment = datetime.fromtimestamp(opens, ZoneInfo(current.zone))
    return moment <= at, moment


def _versions(rows: Sequence[CalendarVersion], current: CalendarVersion, at: datetime) -> list[ShownVersion]:
    differing = [None, *(calendar_changes.changes(before, after) for before, after in pairwise(rows))]
    shown = [
        ShownVersion(
            version=row,
            begins=row.valid_from.astimezone(ZoneInfo(row.zone)),
            is_in_force=row == current and row.valid_from <= at,
            is_to_come=row.valid_from > at,
            changes=found,
        )
        for row, found in zip(rows, differing, strict=True)
    ]
    return shown[::-1]


def place_named(version: CalendarVersion) -> str:
    """Whose holidays a version lists, by name: "Portugal, Porto"; empty for none."""
    where = holidays.place_of(version)
    if where is None:
        return ""
    country = dict(holidays.countries()).get(where.country, where.country)
    try:
        named = dict(holidays.subdivisions(where.country))
    except holidays.UnknownHolidays:
        named = {}
    parts = [country, named.get(where.subdivision, where.subdivision)]
    parts += [category for category in where.categories if category != holidays.PUBLIC]
    return ", ".join(filter(None, parts))


def version_context(version: CalendarVersion) -> dict[str, Any]:
    """A published version, to be read."""
    spec = calendars.spec_of(version)
    rows = holidays.rows_of(version)
    return {
        "version": version,
        "begins": version.valid_from.astimezone(ZoneInfo(version.zone)),
        "place": place_named(version),
        "week": [
            (name, calendar_changes.week_said(spec, number)) for number, name in enumerate(WEEKDAY_NAMES)
        ],
        "years": by_year(rows),
        "special": outlook.named_dates(_without_holidays(version), first=date.min, count=1_000),
    }


def _without_holidays(version: CalendarVersion) -> CalendarVersion:
    return CalendarVersion(
        calendar_id=version.calendar_id,
        valid_from=version.valid_from,
        zone=version.zone,
        week=version.week,
        overrides=version.overrides,
        holiday_names=version.holiday_names,
    )


def by_year(rows: Sequence[holidays.Holiday]) -> list[tuple[int, list[tuple[holidays.Holiday, str]]]]:
    """Rows of a year together, each with where it came from."""
    return [
        (year, [(row, outlook.origin_said(row)) for row in group])
        for year, group in groupby(rows, key=lambda row: row.date.year)
    ]


# --- the editor -------------------------------------------------------------------------------------


def editor_context(
    words: Words, errors: dict[str, list[str]], reading: Reading, *, at: datetime
) -> dict[str, Any]:
    """The form with its words, each sentence at its field; of the listed holidays those to come."""
    country, first = words.country.upper(), (reading.valid_from or at).date()
    return {
        "words": words,
        "errors": errors,
        "is_now": words.starts == NOW,
        "calendars": Calendar.objects.all(),
        "zones": sorted(available_timezones()),
        "days": [_typed_day(words, errors, number) for number in range(len(hours.WEEKDAYS))],
        "weekdays": list(zip(hours.WEEKDAYS, WEEKDAY_NAMES, strict=True)),
        "usually_copied": WORKDAYS,
        "countries": holidays.countries(),
        "subdivisions": _or_none(holidays.subdivisions, country),
        "categories": _or_none(holidays.categories, country),
        "years": by_year([row for row in reading.listed if row.date >= first and not row.is_own]),
        "own": _numbered(words.own or (EMPTY,), "own", errors),
        "special": _numbered(words.special or (("", "", ""),), "special", errors),
    }


def _typed_day(words: Words, errors: dict[str, list[str]], number: int) -> TypedDay:
    key = hours.WEEKDAYS[number]
    typed, refused = words.week.get(key) or [EMPTY], errors.get(key, ())
    culprits = [any(pair) and bool(wrong(*pair)) for pair in typed]
    # Where each interval could be meant alone, they are refused together.
    marks = [bool(refused) and (culprit or not any(culprits)) for culprit in culprits]
    intervals = tuple((*pair, mark) for pair, mark in zip(typed, marks, strict=True))
    return TypedDay(key, str(WEEKDAY_NAMES[number]), intervals, refused)


def _or_none(ask: Any, country: str) -> Any:
    try:
        return ask(country) if country else ()
    except holidays.UnknownHolidays:
        return ()


def _numbered(rows: Sequence[Any], name: str, errors: dict[str, list[str]]) -> list[tuple[Any, list[str]]]:
    return [(row, errors.get(f"{name}-{number}", [])) for number, row in enumerate(rows)]


# --- the preview ------------------------------------------------------------------------------------


def preview_context(reading: Reading, calendar: Calendar, *, at: datetime) -> dict[str, Any]:
    """What publishing would do: the days, the holidays, and what differs from the version before."""
    version = calendars.drafted(calendar, **reading.given())
    zone = ZoneInfo(version.zone)
    first = max(at, version.valid_from).astimezone(zone).date()
    rows = [*calendar.versions.order_by("valid_from"), version]
    return {
        "version": version,
        "calendar": calendar,
        "place": place_named(version),
        "begins": version.valid_from.astimezone(zone),
        "is_now": reading.words.starts == NOW,
        "latest": reading.latest,
        "changes": calendar_changes.changes(reading.latest, version) if reading.latest else None,
        "days": outlook.days(rows, first=first, count=FORTNIGHT),
        "named": outlook.named_dates(version, first=first, count=HOLIDAYS_SHOWN),
        "warnings": [*_warnings(reading), *_missing(reading, version, at)],
        "carried": list(reading.words.fields()),
        "digest": reading.digest(),
        "weekday_names": WEEKDAY_NAMES,
    }


def _warnings(reading: Reading) -> list[str]:
    found = []
    where = reading.place
    if where is None:
        found.append(_("No public holidays are listed: support is open on all of them."))
    elif observed := [name for name in where.categories if name != holidays.PUBLIC]:
        closing = sum(row.category in observed and not row.is_struck for row in reading.listed)
        found.append(
            ngettext(
                "%(categories)s holidays are mostly observances on which shops and offices open: "
                "%(count)s more date closes.",
                "%(categories)s holidays are mostly observances on which shops and offices open: "
                "%(count)s more dates close.",
                closing,
            )
            % {"categories": ", ".join(observed), "count": closing}
        )
    return found


def _missing(reading: Reading, version: CalendarVersion, at: datetime) -> list[str]:
    """Years until the end of what is built of which the list knows no holiday."""
    if reading.place is None:
        return []
    since = max(at, version.valid_from)
    until = max(version.calendar.built_until or at, since + calendars.AHEAD)
    listed = {row.date.year for row in reading.listed if not row.is_own}
    return [
        _("No holidays are listed for %(year)s.") % {"year": year}
        for year in range(since.year, until.year + 1)
        if year not in listed
    ]
