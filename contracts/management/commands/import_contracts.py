"""Put contracts in from a file."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from contracts.exchange import files
from contracts.exchange.files import Report, Unreadable
from contracts.models import Account
from sla import timekeeping


class Command(BaseCommand):
    help = "Import contracts from a .csv or .xlsx file; wrong rows are told, and the rest goes in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, and how."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="one wrong row, and nothing goes in"
        )
        parser.add_argument("--by", metavar="EMAIL", help="the account that is kept as the author")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, file: Path, **options: Any) -> None:
        """Import it; 1 where a row was wrong."""
        try:
            data = files.read(file.read_bytes(), kind=file.suffix.removeprefix(".").lower())
        except OSError as error:
            raise CommandError(f"{file} cannot be read.") from error
        except Unreadable as error:
            raise CommandError(str(error)) from error
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Contracts", total=len(data))
            report = files.put(
                data,
                by=_author(options["by"]),
                at=timekeeping.now(),
                dry_run=options["dry_run"],
                all_or_nothing=options["all_or_nothing"],
                progress=lambda: progress.advance(task),
            )
        self._tell(report, as_json=options["as_json"])
        if report.wrong:
            raise SystemExit(1)

    def _tell(self, report: Report, *, as_json: bool) -> None:
        counts = {name: report.count(name) for name in ("new", "update", "skip", "invalid")}
        if as_json:
            wrong = [asdict(row) for row in report.wrong]
            self.stdout.write(json.dumps({**counts, "written": report.is_written, "wrong": wrong}))
            return
        for row in report.wrong:
            self.stdout.write(f"line {row.line}: {row.reference}: {row.reason}")
        self.stdout.write(
            f"{counts['new']} new, {counts['update']} amended, {counts['skip']} as they were, "
            f"{counts['invalid']} wrong{'' if report.is_written else '; nothing was written'}"
        )


def _author(email: str | None) -> Account | None:
    if not email:
        return None
    account = Account.objects.filter(email=email.strip().lower()).first()
    if account is None:
        raise CommandError(f"There is no account {email}.")
    return account
