"""Says what the installed holidays and zone data would change; changes nothing."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from sla import calendar_check, timekeeping
from sla.calendar_check import CalendarReport
from sla.models import Calendar

DAYS_SHOWN: Final = 10


class Command(BaseCommand):
    """`manage.py check_calendars [--json]`; exit status 1 when something would change."""

    help = (
        "Say which coming holidays and hours the installed packages give otherwise than the calendars have."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the switch."""
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *, json: bool, **_options: Any) -> None:
        """Compare each calendar, print, and end with status 1 on a difference."""
        at = timekeeping.now()
        reports = [calendar_check.check(calendar, at=at) for calendar in Calendar.objects.all()]
        self.stdout.write(_as_json(reports) if json else "\n".join(_lines(reports)))
        changing = [report.key for report in reports if report.would_change]
        if changing:
            raise CommandError(f"Calendars that would change: {', '.join(changing)}.", returncode=1)


def _as_json(reports: list[CalendarReport]) -> str:
    facts = [asdict(report) | {"would_change": report.would_change} for report in reports]
    return json.dumps({"calendars": facts}, cls=DjangoJSONEncoder, ensure_ascii=False)


def _lines(reports: list[CalendarReport]) -> Iterator[str]:
    for report in reports:
        yield _head(report)
        yield from (f"  {sentence}" for sentence in report.trouble)
        for holiday in report.holidays:
            yield f"  {holiday.date} {'would close' if holiday.closes else 'would open'}: {holiday.name}"
        for day in report.days[:DAYS_SHOWN]:
            yield f"  {day.date} was {_spans(day.before)}, would be {_spans(day.after)}"
        if len(report.days) > DAYS_SHOWN:
            yield f"  and {len(report.days) - DAYS_SHOWN} more days (--json lists them)"
        if report.years_missing:
            yield f"  no holidays are listed for {', '.join(map(str, report.years_missing))}"
    yield f"{len(reports)} calendars, {sum(report.would_change for report in reports)} would change"


def _head(report: CalendarReport) -> str:
    zones = f"zone data {report.zone_data or 'of an unknown release'}"
    if report.zone_data != report.zone_data_installed:
        zones += f", {report.zone_data_installed} is installed"
    return f"{report.key}: holidays {report.holidays_installed}, {zones}"


def _spans(spans: tuple[str, ...]) -> str:
    return " ".join(spans) or "closed"
