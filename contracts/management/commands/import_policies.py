"""`manage.py import_policies FILE.yaml`: published support policies become plans, calendars and targets."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from contracts.policy_files import form, lines, loading, probing
from contracts.policy_files.expressing import policies
from contracts.policy_files.facts import PolicyFacts
from contracts.policy_files.lines import FileRefused
from contracts.policy_files.probing import Probed
from sla import timekeeping
from sla.hours import CalendarError
from sla.versions import PublicationRefused


class Command(BaseCommand):
    """Tells of each policy what it becomes, or by name what is missing; ends with 1 when a probe fails."""

    help = "Load support policies from a file of YAML; each becomes plans, calendars and targets."
    requires_system_checks = ()  # a dry run asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file and the switch."""
        parser.add_argument("file", type=Path, metavar="FILE.yaml")
        parser.add_argument("--dry-run", action="store_true", help="only tell; needs no database")

    def handle(self, *, file: Path, dry_run: bool, **_options: Any) -> None:
        """Read, reckon, load, tell."""
        found = _read(file)
        probed = [probing.probe(policy) for policy in self._with_a_bar(found)]
        outcomes = {} if dry_run else _load(found)
        for policy, reckoned in zip(found, probed, strict=True):
            self.stdout.write("\n".join(_told(policy, reckoned, outcomes.get(policy.key, ""))))
        self._sum_up(found, [one for reckoned in probed for one in reckoned])

    def _with_a_bar(self, found: Sequence[PolicyFacts]) -> Iterable[PolicyFacts]:
        is_watched = self.stderr.isatty()
        bar = Console(stderr=True)
        return track(found, "policies", console=bar, transient=True, disable=not is_watched)

    def _sum_up(self, found: Sequence[PolicyFacts], probed: Sequence[Probed]) -> None:
        held = sum(one.holds for one in probed)
        expressed = sum(policy.is_expressed for policy in found)
        self.stdout.write(f"{len(found)} policies, {expressed} expressed, {held}/{len(probed)} probes")
        if held < len(probed):
            sys.exit(1)


def _read(file: Path) -> list[PolicyFacts]:
    try:
        document = lines.read(file)
        form.check(document)
        return policies(document)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error
    except FileRefused as error:
        raise CommandError("\n".join(f"{file}:{line}: {said}" for line, said in error.problems)) from error


def _load(found: Sequence[PolicyFacts]) -> dict[str, str]:
    try:
        loaded = loading.load(found, at=timekeeping.now(), by="system:import_policies")
    except (CalendarError, PublicationRefused) as error:
        raise CommandError(f"Nothing was loaded: {error}") from error
    return {one.policy: one.outcome for one in loaded}


def _told(policy: PolicyFacts, probed: Sequence[Probed], outcome: str) -> Iterator[str]:
    cells = sum(len(plan.cells) for plan in policy.plans)
    counts = f"{len(policy.plans)} plans, {len(policy.calendars)} calendars, {cells} targets"
    verdict = "expressed" if policy.is_expressed else f"{len(policy.gaps)} missing"
    yield f"{policy.key}: {verdict} ({counts}){f', {outcome}' if outcome else ''}"
    for gap in policy.gaps:
        yield f"  missing {gap.capability}: {gap.sentence}"
    for place in policy.unsaid:
        yield f"  the source does not say: {place}"
    for one in probed:
        yield _probe_told(one)


def _probe_told(one: Probed) -> str:
    probe = one.probe
    asked = f"{probe.priority} {probe.metric} of {probe.start:%Y-%m-%d %H:%M}Z ({probe.day_mode})"
    due = f"{one.due:%Y-%m-%d %H:%M}Z" if one.due else "never"
    if one.holds:
        return f"  probe holds: {asked} is due {due}"
    return f"  probe fails, line {probe.line}: {asked} is due {due}, not {probe.due:%Y-%m-%d %H:%M}Z"
