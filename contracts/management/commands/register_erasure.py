"""Note whose data was erased."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from contracts.quoting import restoring
from sla import timekeeping


class Command(BaseCommand):
    help = (
        "Note erased subjects, one e-mail address or identifier a line on the input; only digests are kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who says so."""
        parser.add_argument("--by", default="system:register_erasure", help="who erased them")

    def handle(self, *_args: Any, by: str, **_options: Any) -> None:
        """Read them, and say how many were new."""
        noted = restoring.register(sys.stdin.read().splitlines(), by=by[:64], at=timekeeping.now())
        self.stdout.write(f"{noted} noted")
