"""Load the sample desk into an empty database."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rich.console import Console
from rich.progress import Progress

from contracts.models import Organisation
from helpdesk.models import Ticket
from helpdesk.sample import desk, play
from sla import timekeeping


class Command(BaseCommand):
    help = "Load a fictional vendor, its customers and 45 days of tickets; writes sample-logins.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--json for programs."""
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        """All or nothing; refused where there are customers already."""
        if Organisation.objects.exists():
            raise CommandError("There are customers already; the sample desk is for an empty database.")
        now = timekeeping.now()
        console = Console(stderr=True)
        with transaction.atomic(), Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Playing 45 days", total=play.TICKETS)
            made, logins = desk.set_up(at=now)
            play.play(made, now=now, progress=lambda: progress.advance(task))
        _write_secretly(settings.DATA_DIR / "sample-logins.json", logins)
        facts = {"tickets": Ticket.objects.count(), "organisations": Organisation.objects.count()}
        self.stdout.write(
            json.dumps(facts) if as_json else f"Sample desk loaded: {facts['tickets']} tickets."
        )


def _write_secretly(path: Path, logins: list[dict[str, str]]) -> None:
    """Only the owner may read it, from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(logins, file, ensure_ascii=False, indent=1)
