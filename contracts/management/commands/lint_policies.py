"""Say what contradicts itself in policies, plans and contracts."""

import io
import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from contracts import linter as of_contracts
from contracts.models import ContractVersion, PlanVersion
from sla import linter, timekeeping
from sla.linter import Finding, Level
from sla.models import PolicyVersion
from sla.models.version import VersionStatus


class Command(BaseCommand):
    help = (
        "Lint policies, plans and contracts that are drafts, scheduled or in force; 1 where there are errors."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to look at, and how to say it."""
        parser.add_argument("--drafts", action="store_true", help="only what is not published yet")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, drafts: bool, as_json: bool, **_options: Any) -> None:
        """Print the findings; the exit status says whether any is an error."""
        found = _findings(timekeeping.now(), only_drafts=drafts)
        errors = sum(one.level is Level.ERROR for one in found)
        if as_json:
            self.stdout.write(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        else:
            self._print(found, errors)
        if errors:
            raise SystemExit(1)

    def _print(self, found: list[Finding], errors: int) -> None:
        table = Table("", "Code", "Where", "What")
        for one in found:
            table.add_row(one.level, one.code, one.where, one.sentence)
        if found:
            console = Console(file=io.StringIO(), width=120, record=True)
            console.print(table)
            self.stdout.write(console.export_text())
        self.stdout.write(f"{errors} errors, {len(found) - errors} warnings")


def _findings(at: datetime, *, only_drafts: bool) -> list[Finding]:
    wanted = {VersionStatus.DRAFT} if only_drafts else set(VersionStatus.values) - {VersionStatus.SUPERSEDED}
    found: set[Finding] = set()
    for policy in PolicyVersion.objects.filter(status__in=wanted).select_related("policy", "calendar"):
        found |= set(linter.of_policy(policy, at=at))
    for plan in PlanVersion.objects.filter(status__in=wanted).select_related("plan", "policy"):
        found |= set(of_contracts.of_plan(plan, at=at))
    rows = ContractVersion.objects.filter(status__in=wanted).select_related(
        "contract",
        "plan_version__plan",
        "plan_version__policy",
        "calendar",
        "pinned_policy_version__calendar",
    )
    for agreed in rows.iterator(chunk_size=200):
        found |= set(of_contracts.of_contract(agreed, at=at))
    return sorted(found)
