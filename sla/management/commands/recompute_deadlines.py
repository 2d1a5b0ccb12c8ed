"""Lets the due times of live clocks follow their calendars, and says how many moved."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from sla import calendars, timekeeping, versions
from sla.models import Calendar
from sla.recompute import recompute


class Command(BaseCommand):
    """`manage.py recompute_deadlines [--calendar KEY] [--json]`."""

    help = "Let versions begin and end, calendars reach ahead, and due times follow their calendars."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the switches."""
        parser.add_argument("--calendar", metavar="KEY", help="only the clocks of this calendar")
        parser.add_argument("--json", action="store_true", dest="as_json", help="report as JSON")

    def handle(self, *, calendar: str | None, as_json: bool, **_options: Any) -> None:
        """Turn over, extend, recompute, report; status 1 when there is no such calendar."""
        at, only = timekeeping.now(), _named(calendar)
        versions.turn_all_over(at=at)
        calendars.extend_horizon(at=at)
        with Progress(console=Console(stderr=True), transient=True, disable=not self.stderr.isatty()) as bar:
            task = bar.add_task("clocks")
            report = recompute(
                at=at,
                calendar=only,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        said = f"clocks {report.clocks}, moved {report.moved}"
        self.stdout.write(json.dumps(asdict(report)) if as_json else said)


def _named(key: str | None) -> Calendar | None:
    if key is None:
        return None
    calendar = Calendar.objects.filter(key=key).first()
    if calendar is None:
        raise CommandError(f"There is no calendar {key}.")
    return calendar
