"""`manage.py verify_ledgers`: does every counter equal the sum of its ledger?"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from contracts import verifying
from contracts.models import Allotment, Charge


class Command(BaseCommand):
    """Prints the differences; ends with status 1 when there is any."""

    help = "Replay all quota ledgers and print what differs; there must be nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the switch."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")

    def handle(self, *, as_json: bool, **_options: Any) -> None:
        """Replay and tell."""
        found = list(verifying.verify())
        counts = {"periods": Allotment.objects.count(), "entries": Charge.objects.count()}
        if as_json:
            told = counts | {"differences": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(told, cls=DjangoJSONEncoder))
        else:
            for one in found:
                self.stdout.write(
                    f"{one.contract} from {one.period:%Y-%m-%d %H:%M} UTC: {one.what} is {one.stored}, "
                    f"by the ledger {one.ledger}"
                )
            self.stdout.write(
                f"{counts['periods']} periods, {counts['entries']} entries, {len(found)} differences"
            )
        if found:
            sys.exit(1)
