"""Write contracts to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.exchange import files
from contracts.models import Contract


class Command(BaseCommand):
    help = (
        "Export what every contract's last version says to a .csv or .xlsx file, which can be imported again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        """Write it."""
        kind = file.suffix.removeprefix(".").lower()
        if kind not in files.FORMATS:
            raise CommandError("Give a file that ends in .csv or .xlsx.")
        rows = Contract.objects.all()
        content = files.write(rows, kind=kind)
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{file} cannot be written.") from error
        self.stdout.write(f"{rows.count()} contracts written to {file}")
