"""Put a file of known deadlines through the engine and print those that come out otherwise."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sla.hours.golden import Difference, UnreadableFile, differences, read_calendars, read_cases


class Command(BaseCommand):
    """`check_golden FILE.csv CALENDARS.json`: exit status 1 when a case differs; needs no database."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Two files; their format is told in `sla.hours.golden`."""
        parser.add_argument("cases", type=Path, metavar="FILE.csv")
        parser.add_argument("calendars", type=Path, metavar="CALENDARS.json")

    def handle(self, *, cases: Path, calendars: Path, **_options: Any) -> None:
        """Print each differing row on a line of its own, then the counts."""
        try:
            rows, by_name = read_cases(cases), read_calendars(calendars)
        except (OSError, UnreadableFile) as error:
            raise CommandError(str(error)) from error
        found = 0
        for difference in differences(rows, by_name):
            found += 1
            self.stdout.write(_line(difference))
        self.stdout.write(f"{len(rows)} cases, {found} differ")
        if found:
            sys.exit(1)


def _line(difference: Difference) -> str:
    where = f"{difference.id} {difference.op} on {difference.calendar}"
    return f"{where}: expected {difference.expected}, got {difference.got} ({difference.why})"
