"""What somebody typed into the week editor, kept as it was typed, so that a refused form loses no word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sla import calendars, holidays, hours
from sla.models import CalendarDraft, CalendarVersion

NOW, LATER = "now", "date"
"""From when on a version rules: at once, or from a date."""
SINGLE: Final = ("calendar", "draft", "starts", "date", "time", "zone", "country", "subdivision")
ALWAYS: Final = ("00:00", "24:00")
WORKDAYS: Final = hours.WEEKDAYS[1:5]
"""To which a Monday is usually copied."""
EMPTY: Final = ("", "")
WEEKDAY_NAMES: Final = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A version as it was typed; see `calendar_reading` for what it means."""

    calendar: str = ""
    draft: str = ""
    """The number of the draft that it was kept as, if it was."""
    starts: str = LATER
    date: str = ""
    time: str = ""
    zone: str = ""
    week: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    country: str = ""
    subdivision: str = ""
    categories: tuple[str, ...] = (holidays.PUBLIC,)
    struck: frozenset[str] = frozenset()
    """ISO dates of listed holidays on which support is open all the same."""
    own: tuple[tuple[str, str], ...] = ()
    """Date and name of holidays added by hand."""
    special: tuple[tuple[str, str, str], ...] = ()
    """Date, label and hours of dates with hours of their own."""

    # --- what the buttons beside Preview do

    def with_copied(self, source: str, targets: Sequence[str]) -> "Words":
        """One day's hours on other days too."""
        copied = {day: list(self.week.get(source, ())) for day in targets if day in hours.WEEKDAYS}
        return replace(self, week={**self.week, **copied})

    def always_open(self) -> "Words":
        """Every day from midnight to midnight."""
        return replace(self, week={day: [ALWAYS] for day in hours.WEEKDAYS})

    def with_room(self, where: str) -> "Words":
        """An empty interval more on a weekday, or an empty row more in a list."""
        if where in hours.WEEKDAYS:
            return replace(self, week={**self.week, where: [*self.week.get(where, ()), EMPTY]})
        if where == "own":
            return replace(self, own=(*self.own, EMPTY))
        return replace(self, special=(*self.special, ("", "", "")))

    def fields(self) -> Iterator[tuple[str, str]]:
        """Every word under the name of its field, for a form that carries them on."""
        for name in SINGLE:
            yield name, getattr(self, name)
        for day, pairs in self.week.items():
            for opens, closes in pairs:
                yield from ((f"{day}_from", opens), (f"{day}_to", closes))
        yield from (("categories", category) for category in self.categories)
        yield from (("struck", day) for day in sorted(self.struck))
        for day, name in self.own:
            yield from (("own_date", day), ("own_name", name))
        for day, label, times in self.special:
            yield from (("special_date", day), ("special_label", label), ("special_hours", times))


def typed(form: QueryDict) -> Words:
    """The words of a form; of rows, those in which something stands."""
    said = {name: _clean(form.get(name) or "") for name in SINGLE}
    return Words(
        **said,
        week={day: _pairs(form, f"{day}_from", f"{day}_to") for day in hours.WEEKDAYS},
        categories=tuple(map(_clean, form.getlist("categories"))),
        struck=frozenset(map(_clean, form.getlist("struck"))),
        own=tuple(_pairs(form, "own_date", "own_name")),
        special=tuple(
            (row[0], row[1], row[2]) for row in _rows(form, "special_date", "special_label", "special_hours")
        ),
    )


def kept(draft: CalendarDraft) -> Words:
    """The words of a draft, as they were typed."""
    form = QueryDict(mutable=True)
    for name, value in draft.fields:
        form.appendlist(name, value)
    return replace(typed(form), calendar=str(draft.calendar_id), draft=str(draft.pk))


def blank(calendar: str, *, at: datetime) -> Words:
    """A first version: nothing known but the desk's own zone and, to begin with, today."""
    today = at.astimezone(ZoneInfo(str(settings.DESK_ZONE))).date()
    return Words(calendar=calendar, date=str(today), time="00:00", zone=str(settings.DESK_ZONE))


def following(version: CalendarVersion, *, at: datetime) -> Words:
    """A version like the one that it follows, from the next local midnight on, without past dates."""
    today = max(at, version.valid_from).astimezone(ZoneInfo(version.zone)).date()
    spec, yesterday = calendars.spec_of(version), today - timedelta(days=1)
    rows = [row for row in holidays.rows_of(version) if row.date >= yesterday]
    return Words(
        calendar=str(version.calendar_id),
        date=str(today + timedelta(days=1)),
        time="00:00",
        zone=version.zone,
        week={day: [(opens, closes) for opens, closes in pairs] for day, pairs in version.week.items()},
        country=version.holiday_country,
        subdivision=version.holiday_subdivision,
        categories=tuple(version.holiday_categories) or (holidays.PUBLIC,),
        struck=frozenset(str(row.date) for row in rows if row.is_struck),
        own=tuple((str(row.date), row.name) for row in rows if row.is_own and row.date not in spec.overrides),
        special=tuple(_special(version, day) for day in sorted(spec.overrides) if day >= yesterday),
    )


def _special(version: CalendarVersion, day: date) -> tuple[str, str, str]:
    intervals = version.overrides[str(day)]
    written = ", ".join(f"{opens}-{closes}" for opens, closes in intervals)
    return str(day), version.holiday_names.get(str(day), ""), written


def _pairs(form: QueryDict, one: str, other: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in _rows(form, one, other)]


def _rows(form: QueryDict, *names: str) -> list[tuple[str, ...]]:
    columns = [map(_clean, form.getlist(name)) for name in names]
    return [row for row in zip_longest(*columns, fillvalue="") if any(row)]


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
