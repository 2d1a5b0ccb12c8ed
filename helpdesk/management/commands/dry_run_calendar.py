"""Says which tickets would be due at another time if a calendar had other hours; changes nothing."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from helpdesk.management import moves
from sla import calendars, dry_run, hours, simulating, timekeeping
from sla.hours import CalendarSpec
from sla.models import Calendar


class Command(BaseCommand):
    """`manage.py dry_run_calendar KEY FILE.json --from ISO [--json] [--limit N]`."""

    help = (
        "List the tickets whose due time would move if the calendar KEY had the hours of FILE.json from an "
        "instant on. Nothing is changed; publishing the hours then moves exactly these."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which calendar, which hours, from when on."""
        parser.add_argument("calendar", metavar="KEY")
        parser.add_argument(
            "file", type=Path, metavar="FILE.json", help='{"tz": …, "week": …, "holidays": …, "overrides": …}'
        )
        parser.add_argument(
            "--from",
            required=True,
            dest="valid_from",
            metavar="ISO",
            help="when they begin; without an offset, on the calendar's clock",
        )
        moves.add_arguments(parser)

    def handle(self, *_args: Any, calendar: str, file: Path, valid_from: str, **options: Any) -> None:
        """Print what would move."""
        at, found = timekeeping.now(), _calendar(calendar)
        try:
            begins = simulating.instant_in(valid_from, found, at=at)
        except (ValueError, OverflowError) as error:
            raise CommandError(f"--from: {valid_from!r} is no instant like 2026-03-10T00:00.") from error
        try:
            told = dry_run.calendar_edit(
                found, spec=_spec(file), valid_from=begins, at=at, limit=options["limit"]
            )
        except (calendars.CalendarRefused, hours.CalendarError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(moves.written(told, as_json=options["as_json"]))


def _calendar(key: str) -> Calendar:
    found = Calendar.objects.filter(key=key.replace("\x00", "")).first()
    if found is None:
        raise CommandError(f"There is no calendar {key!r}.")
    if not found.versions.exists():
        raise CommandError(f"Nothing of {key!r} was published, so nothing runs on it.")
    return found


def _spec(file: Path) -> CalendarSpec:
    try:
        return hours.calendar_from_json(json.loads(file.read_bytes()))
    except OSError as error:
        raise CommandError(str(error)) from error
    except hours.CalendarError:
        raise
    except ValueError as error:  # neither JSON nor text
        raise CommandError(f"{file} is no JSON: {error}") from error
