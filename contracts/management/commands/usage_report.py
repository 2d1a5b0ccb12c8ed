"""`manage.py usage_report`: what each organisation used of its quota, and whether the ledger agrees."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from rich.console import Console
from rich.table import Table

from contracts import quota, reporting
from contracts.models import Organisation
from contracts.months import Month
from contracts.quota import Difference
from contracts.reporting import Entry, Usage
from sla import timekeeping


class Command(BaseCommand):
    """Prints a month's use by organisation; ends with status 1 when a counter is not its ledger's sum."""

    help = "What each organisation used of a month's quota; the counters are checked against the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which month, which organisation, and in which form."""
        parser.add_argument("--month", metavar="YYYY-MM", help="the present one, in UTC, when not given")
        parser.add_argument("--organisation", metavar="SLUG", help="only this one, and its ledger's entries")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the report, and what is wrong with it if anything is."""
        organisation = _organisation(options["organisation"])
        month = options["month"] or str(Month.at(timekeeping.now(), zone="UTC"))
        usage, entries = _report(month, organisation)
        differences = quota.verify(organisation.contracts.all() if organisation else None)
        if options["json"]:
            self.stdout.write(_json(month, usage, entries, differences))
        else:
            self.stdout.write(_tables(month, usage, entries))
            for difference in differences:
                self.stderr.write(_sentence(difference))
        if differences:
            sys.exit(1)


def _organisation(slug: str | None) -> Organisation | None:
    if slug is None:
        return None
    try:
        return Organisation.objects.get(slug=slug)
    except Organisation.DoesNotExist as error:
        raise CommandError(f"There is no organisation {slug!r}.") from error


def _report(month: str, organisation: Organisation | None) -> tuple[list[Usage], list[Entry]]:
    try:
        usage = reporting.usage(month, organisation=organisation)
        return usage, reporting.entries(month, organisation=organisation) if organisation else []
    except ValueError as error:
        raise CommandError(str(error)) from error


# --- for programs -------------------------------------------------------------------------------


def _json(
    month: str, usage: Sequence[Usage], entries: Sequence[Entry], differences: Sequence[Difference]
) -> str:
    """Instants are ISO in UTC; `units` and `remaining` are null when the plan is unlimited."""
    report = {
        "month": month,
        "usage": [{**asdict(row), "remaining": row.remaining} for row in usage],
        "entries": [asdict(entry) for entry in entries],
        "differences": [asdict(difference) for difference in differences],
    }
    return json.dumps(report, cls=DjangoJSONEncoder)


# --- for people ---------------------------------------------------------------------------------


def _tables(month: str, usage: Iterable[Usage], entries: Sequence[Entry]) -> str:
    # A customer's name is no markup, whatever brackets are in it.
    console = Console(width=None if sys.stdout.isatty() else 140, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(_usage_table(month, usage))
        if entries:
            console.print(_entry_table(entries))
    return captured.get()


def _usage_table(month: str, usage: Iterable[Usage]) -> Table:
    table = Table("organisation", "contracts", title=f"Quota in {month}")
    for column in ("units", "used", "over", "remaining", "reversals"):
        table.add_column(column, justify="right")
    for row in usage:
        table.add_row(
            row.name,
            ", ".join(row.contracts),
            _units(row.units),
            str(row.used),
            str(row.over),
            _units(row.remaining),
            str(row.reversals),
        )
    return table


def _entry_table(entries: Iterable[Entry]) -> Table:
    table = Table("at (UTC)", "contract", "entry", "units", "ticket", "by", "reason", title="Ledger")
    for entry in entries:
        table.add_row(
            f"{entry.at:%Y-%m-%d %H:%M}",
            entry.contract,
            _named(entry),
            f"{entry.units:+}",
            str(entry.ticket_uid or ""),
            entry.by,
            entry.reason,
        )
    return table


def _named(entry: Entry) -> str:
    said = [entry.kind, "over quota" if entry.is_over else "", "after the month" if entry.is_late else ""]
    return ", ".join(word for word in said if word)


def _units(units: int | None) -> str:
    """Spelt out, so that none and no limit are never confused (D15)."""
    return "unlimited" if units is None else str(units)


def _sentence(difference: Difference) -> str:
    return (
        f"{difference.contract} from {difference.starts_at:%Y-%m-%d %H:%M} UTC: "
        f"used {difference.used}, by the ledger {difference.ledger_used}; "
        f"over {difference.over}, by the ledger {difference.ledger_over}; "
        f"granted {difference.granted}, by the ledger {difference.ledger_granted}"
    )
