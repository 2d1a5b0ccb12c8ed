"""Try again what was quarantined, or wake what waits."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import QuerySet
from rich.progress import track

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from sla import timekeeping

State = InboundMessage.State


class Command(BaseCommand):
    help = "Process inbound messages again: those named, or all of a state. What is done stays done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ids, or --state; --dry-run only lists."""
        parser.add_argument("ids", nargs="*", type=int, metavar="ID")
        states = [State.QUARANTINED.value, State.IGNORED.value, State.WAITING.value]
        parser.add_argument("--state", choices=states, default=State.QUARANTINED.value)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, ids: list[int], state: str, **options: Any) -> None:
        """Print what became of each."""
        rows = InboundMessage.objects.filter(pk__in=ids) if ids else _of(state)
        if options["dry_run"]:
            self._print((_line(row) for row in rows.defer("raw")), as_json=options["as_json"])
            return
        pks = list(rows.order_by("received_at", "pk").values_list("pk", flat=True))
        shown = track(pks, "Replaying", disable=options["as_json"] or not self.stdout.isatty())
        self._print([_again(pk) for pk in shown], as_json=options["as_json"])

    def _print(self, lines: Iterable[dict[str, Any]], *, as_json: bool) -> None:
        for line in lines:
            text = json.dumps(line, ensure_ascii=False) if as_json else " ".join(map(str, line.values()))
            self.stdout.write(text)


def _of(state: str) -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(state=state)


def _again(pk: int) -> dict[str, Any]:
    row = InboundMessage.objects.get(pk=pk)
    if row.state == State.WAITING:
        ingest.process(pk, at=timekeeping.now())
    else:
        ingest.retry(row, at=timekeeping.now())
    row.refresh_from_db()
    return _line(row)


def _line(row: InboundMessage) -> dict[str, Any]:
    return {"inbound": row.pk, "state": str(row.state), "ticket": row.ticket_id, "reason": row.reason}
