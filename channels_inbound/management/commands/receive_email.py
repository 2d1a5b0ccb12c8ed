"""The mail door for a pipe: what an MTA hands over is kept, then processed."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from sla import timekeeping

EX_TEMPFAIL: Final = 75
"""sysexits.h: the MTA keeps the mail and tries again."""


class Command(BaseCommand):
    help = "Receive mails from files, or one from standard input; prints one JSON line for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE… or nothing for standard input."""
        parser.add_argument("files", nargs="*", metavar="FILE", type=Path)

    def handle(self, *_args: Any, files: list[Path], **_options: Any) -> None:
        """Exit 0 when every mail is committed, quarantine included; 75 when one could not be stored."""
        failed = 0
        sources: list[Path | None] = [*files] or [None]
        for source in sources:
            try:
                line = self._receive(source.read_bytes() if source is not None else sys.stdin.buffer.read())
            except (OSError, DatabaseError) as error:
                failed += 1
                line = {"inbound": None, "state": "failed", "ticket": None, "reason": _named(source, error)}
            self.stdout.write(json.dumps(line, ensure_ascii=False))
        if failed:
            sys.exit(EX_TEMPFAIL)

    def _receive(self, raw: bytes) -> dict[str, Any]:
        inbound, _ = ingest.store(
            source=InboundMessage.Source.PIPE, provider_id="", raw=raw, at=timekeeping.now()
        )
        try:
            ingest.process(inbound.pk, at=timekeeping.now())
        except DatabaseError as error:
            self.stderr.write(f"kept, but not processed yet: {error}")
        inbound = InboundMessage.objects.only("state", "ticket", "reason").get(pk=inbound.pk)
        return {
            "inbound": inbound.pk,
            "state": _public_state(inbound),
            "ticket": inbound.ticket_id,
            "reason": inbound.reason,
        }


def _public_state(inbound: InboundMessage) -> str:
    """A row in another worker's hands is still waiting, as seen from outside."""
    leased = inbound.state == InboundMessage.State.LEASED
    return str(InboundMessage.State.WAITING if leased else inbound.state)


def _named(source: Path | None, error: Exception) -> str:
    return f"{'standard input' if source is None else source}: {error}"
