"""`manage.py export_policies`: plans, calendars and targets in the form that `import_policies` takes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.policy_files import writing
from sla import timekeeping


class Command(BaseCommand):
    """Writes YAML to a file or to the standard output."""

    help = "Write policies as YAML, in the form that import_policies takes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file and the choice."""
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE.yaml", help="standard output without")
        parser.add_argument("--policy", action="append", default=[], metavar="KEY", help="only this one")

    def handle(self, *, file: Path | None, policy: list[str], **_options: Any) -> None:
        """Write them, in force at present."""
        try:
            text = writing.text(writing.document(at=timekeeping.now(), keys=policy))
            if file is None:
                self.stdout.write(text)
            else:
                file.write_text(text, encoding="utf-8")
        except LookupError as error:
            raise CommandError(str(error.args[0])) from error
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
