"""How the desk is doing, for whoever keeps it running."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from channels_inbound import status
from sla import timekeeping


class Command(BaseCommand):
    help = "Show queue depths, the oldest waiting rows, the next due time, and whether beat lives."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--json for programs."""
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        """Print one JSON object, or a table."""
        facts = status.of_the_desk(at=timekeeping.now())
        if as_json:
            self.stdout.write(json.dumps(facts, default=str))
            return
        table = Table(show_header=False)
        for name, value in facts.items():
            table.add_row(name.replace("_", " "), "-" if value is None else str(value))
        console = Console()
        with console.capture() as captured:
            console.print(table)
        self.stdout.write(captured.get())
