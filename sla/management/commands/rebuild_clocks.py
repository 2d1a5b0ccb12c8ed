"""Derives every clock again from its events, corrects what differs, and says what that was."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from rich.console import Console
from rich.progress import Progress

from sla import timekeeping
from sla.rebuild import Report, rebuild

COUNTS: Final = ("sets", "clocks", "drifted", "moved")


class Command(BaseCommand):
    """`manage.py rebuild_clocks [--check] [--live] [--json]`."""

    help = "Derive every clock again from its events; correct and report what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the switches."""
        parser.add_argument(
            "--check", action="store_true", help="only compare; exit status 1 on a difference"
        )
        parser.add_argument("--live", action="store_true", help="leave out what has ended")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *, check: bool, live: bool, json: bool, **_options: Any) -> None:
        """Compare, correct unless `--check`, report."""
        with Progress(console=Console(stderr=True), transient=True, disable=not self.stderr.isatty()) as bar:
            report = rebuild(at=timekeeping.now(), is_live_only=live, is_dry=check, progress=_shown(bar))
        self.stdout.write(_as_json(report) if json else _as_text(report))
        if check and report.drifted:
            raise CommandError(f"Clocks that are not as their events say: {report.drifted}.", returncode=1)


def _shown(bar: Progress) -> Callable[[int, int], None]:
    task = bar.add_task("clock sets")
    return lambda done, total: bar.update(task, completed=done, total=total)


def _as_json(report: Report) -> str:
    facts = {name: getattr(report, name) for name in COUNTS}
    differences = [asdict(one) for one in report.differences]
    return json.dumps(facts | {"differences": differences}, cls=DjangoJSONEncoder)


def _as_text(report: Report) -> str:
    lines = [", ".join(f"{name} {getattr(report, name)}" for name in COUNTS)]
    for one in report.differences:
        name = f"set {one.clock_set_id} {one.metric} {one.cycle}"
        lines.append(f"  {name}: {one.column} was {one.stored}, is {one.derived}")
    return "\n".join(lines)
