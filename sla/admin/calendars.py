"""Calendars: hours are published as versions, and what was published is history."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole, LinkedRows, TextArea, TextLine, VersionedConsole
from sla import calendars, hours, recompute, timekeeping
from sla.models import Calendar, CalendarVersion

INTERVAL: Final = re.compile(r"\s*(\S+?)\s*[-–]\s*(\S+?)\s*")
FORTNIGHT: Final = timedelta(days=14)
YEARS_BACK, YEARS_AHEAD = 2, 4


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A version as people write hours down: "09:00-13:00, 14:00-18:00", closed where nothing stands."""

    mon = forms.CharField(required=False, label=_("Monday"), widget=TextLine)
    tue = forms.CharField(required=False, label=_("Tuesday"), widget=TextLine)
    wed = forms.CharField(required=False, label=_("Wednesday"), widget=TextLine)
    thu = forms.CharField(required=False, label=_("Thursday"), widget=TextLine)
    fri = forms.CharField(required=False, label=_("Friday"), widget=TextLine)
    sat = forms.CharField(required=False, label=_("Saturday"), widget=TextLine)
    sun = forms.CharField(required=False, label=_("Sunday"), widget=TextLine)
    holidays_too = forms.CharField(
        required=False,
        label=_("Further closed dates"),
        help_text=_("One date in each line, such as 2026-06-24."),
        widget=TextArea(attrs={"rows": 3}),
    )
    special_hours = forms.CharField(
        required=False,
        label=_("Dates with hours of their own"),
        help_text=_("One in each line, such as 2026-12-24: 09:00-13:00."),
        widget=TextArea(attrs={"rows": 3}),
    )

    class Meta:
        model = CalendarVersion
        fields = ("calendar", "valid_from", "zone", "holiday_country", "holiday_subdivision")

    spec: hours.CalendarSpec
    named: Mapping[Any, str]

    def clean(self) -> dict[str, Any]:
        """Read the hours, and refuse what cannot be published."""
        given = super().clean() or {}
        if not self.errors:
            self._read(given)
        return given

    def _read(self, given: Mapping[str, Any]) -> None:
        try:
            self.named = _public_holidays(given)
            self.spec = hours.calendar_from_json(_as_json(given, self.named))
            hours.check(self.spec)
        except (hours.CalendarError, calendars.UnknownHolidays) as error:
            self.add_error(None, str(error))
        if given["calendar"].versions.filter(valid_from__gte=given["valid_from"]).exists():
            self.add_error("valid_from", _("A version begins after the one that it follows."))


def _public_holidays(given: Mapping[str, Any]) -> Mapping[Any, str]:
    country = given.get("holiday_country") or ""
    if not country:
        return {}
    year = given["valid_from"].year
    return calendars.public_holidays(
        country, given.get("holiday_subdivision") or "", range(year - YEARS_BACK, year + YEARS_AHEAD)
    )


def _as_json(given: Mapping[str, Any], named: Mapping[Any, str]) -> dict[str, Any]:
    return {
        "tz": given["zone"],
        "week": {day: _intervals(given.get(day) or "") for day in hours.WEEKDAYS if given.get(day)},
        "holidays": sorted({*map(str, named), *(given.get("holidays_too") or "").split()}),
        "overrides": dict(
            _override(line) for line in (given.get("special_hours") or "").splitlines() if line.strip()
        ),
    }


def _intervals(text: str) -> list[Sequence[str]]:
    """Read "09:00-13:00, 14:00-18:00" as pairs; what is none is left for the calendar to refuse by name."""
    found = [(INTERVAL.fullmatch(part), part) for part in text.split(",")]
    return [match.groups() if match else [part] for match, part in found]


def _override(line: str) -> tuple[str, list[Sequence[str]]]:
    day, _colon, text = line.partition(":")
    return day.strip(), _intervals(text) if text.strip() else []


class VersionRows(LinkedRows[CalendarVersion, Calendar]):
    """The calendar's versions."""

    model = CalendarVersion
    fields = ("valid_from", "zone", "holiday_country", "holiday_subdivision")


@admin.register(Calendar)
class CalendarAdmin(VersionedConsole[Calendar]):
    """When support is open."""

    version_model = CalendarVersion
    version_field = "calendar"
    list_display = ("name", "key", "built_until")
    search_fields = ("name", "key")
    fields = ("name", "key", "fortnight")
    readonly_fields = ("fortnight",)
    inlines = (VersionRows,)
    frozen_fields = ("key",)
    prepopulated_fields = {"key": ("name",)}

    @admin.display(description=_("open in the next 14 days"))
    def fortnight(self, calendar: Calendar) -> SafeString | str:
        """Each opening, in the calendar's own zone."""
        at = timekeeping.now()
        try:
            lines = _openings(calendar, at, at + FORTNIGHT)
        except (LookupError, ValueError) as error:
            return str(error)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}–{}</li>", lines))


def _openings(calendar: Calendar, start: datetime, end: datetime) -> list[tuple[str, str, str]]:
    zone = ZoneInfo(calendars.current_version(calendar, at=start).zone)
    spans = calendars.timeline(calendar).spans_between(timekeeping.to_epoch(start), timekeeping.to_epoch(end))
    found = [(timekeeping.from_epoch(span.starts_at), timekeeping.from_epoch(span.ends_at)) for span in spans]
    return [
        (
            date_format(opens.astimezone(zone), "D j M"),
            date_format(opens.astimezone(zone), "H:i"),
            date_format(closes.astimezone(zone), "H:i"),
        )
        for opens, closes in found
    ]


@admin.register(CalendarVersion)
class CalendarVersionAdmin(AgentConsole[CalendarVersion]):
    """Hours, zone and holidays from an instant on; published by being added."""

    form = VersionForm
    list_display = ("calendar", "valid_from", "zone", "holiday_country", "holiday_subdivision")
    list_select_related = ("calendar",)
    list_filter = ("calendar",)
    ordering = ("-valid_from",)

    def get_fieldsets(self, request: HttpRequest, obj: CalendarVersion | None = None) -> Any:
        """Fields to write a new one, facts of an old one."""
        if obj is not None:
            facts = ("week", "holidays", "holiday_names", "overrides", "zone_data_version")
            return ((None, {"fields": ("calendar", "valid_from", "zone", *facts)}),)
        return (
            (None, {"fields": ("calendar", "valid_from", "zone")}),
            (_("Hours, such as 09:00-13:00, 14:00-18:00"), {"fields": hours.WEEKDAYS}),
            (
                _("Holidays"),
                {"fields": ("holiday_country", "holiday_subdivision", "holidays_too", "special_hours")},
            ),
        )

    def is_frozen(self, _row: CalendarVersion) -> bool:
        """The past is never rewritten."""
        return True

    def save_model(self, request: HttpRequest, obj: CalendarVersion, form: Any, change: bool) -> None:
        """Publish, build a calendar that had no hours before, and let running clocks follow (R2)."""
        version = calendars.publish_version(
            obj.calendar,
            spec=form.spec,
            valid_from=obj.valid_from,
            holiday_names={str(day): name for day, name in form.named.items()},
            holiday_country=obj.holiday_country,
            holiday_subdivision=obj.holiday_subdivision,
        )
        at = timekeeping.now()
        if obj.calendar.built_until is None:
            calendars.build(obj.calendar, at=at)
        recompute.recompute(at=at, calendar=obj.calendar, since=version.valid_from)
        obj.pk = version.pk
