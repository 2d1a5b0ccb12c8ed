"""What contracts cost: ten thousand of them from a file, and back into one."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.measuring import own_database

if TYPE_CHECKING:
    import tablib

AT = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
CONTRACTS = 10_000
COLUMNS = ("reference", "organisation", "plan", "plan_version", "starts_on", "units", "cells")
CELLS = "first_response/urgent = 2 business_hours"


def main(_tickets: int) -> None:
    """Print one line each."""
    with own_database():
        from benchmarks.measuring import hundred_customers
        from contracts.exchange import files
        from contracts.models import Contract, Organisation, PlanVersion

        hundred_customers(AT)
        plan = PlanVersion.objects.select_related("plan").first()
        if plan is None:
            raise LookupError("No plan was made.")
        Organisation.objects.bulk_create(
            [
                Organisation(name=f"Imported {number}", slug=f"imported-{number}")
                for number in range(CONTRACTS)
            ]
        )
        data = _file(plan.plan.key, plan.number)
        _say("import of 10,000 contracts", lambda: files.put(data, by=None, at=AT).count("new"))
        _say("the same file again", lambda: files.put(data, by=None, at=AT).count("skip"))
        _say("export of them as CSV", lambda: files.write(Contract.objects.all(), kind="csv").count(b"\n"))


def _file(plan: str, number: int) -> "tablib.Dataset":
    import tablib

    return tablib.Dataset(
        *(
            (f"I-{index:05d}", f"imported-{index}", plan, str(number), "2026-01-01", "20", CELLS)
            for index in range(CONTRACTS)
        ),
        headers=COLUMNS,
    )


def _say(name: str, work: Callable[[], int]) -> None:
    began = time.perf_counter()
    count = work()
    took = time.perf_counter() - began
    print(f"{name:<46}{took:7.1f} s, {count:,} rows, {count / took:,.0f} a second")
