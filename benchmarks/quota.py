"""What a quota costs: a charge alone and under contention, the page of a customer with 100,000 charges."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.measuring import Figures, measure, own_database

if TYPE_CHECKING:
    from contracts.models import Contract

AT = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
CHARGES = 100_000
CROWD = 8
EACH = 100


def main(_tickets: int) -> None:
    """Print one line each."""
    with own_database():
        from benchmarks.measuring import hundred_customers
        from contracts import verifying
        from contracts.models import Charge, Contract

        hundred_customers(AT)
        contract, other = Contract.objects.filter(reference__in=("B-0", "B-1")).order_by("pk")
        print(measure(lambda _index: _charge(contract), 200).line("charge, alone"))
        print(f"{'charges a second, 8 at once on one contract':<46}{_together(contract):7.0f}")
        _ledger_of(other)
        print(measure(lambda _index: _charge(other), 200).line(f"charge, beside {CHARGES:,} others"))
        print(_page(other).line(f"usage page, {CHARGES:,} charges"))
        began = time.perf_counter()
        found = len(list(verifying.verify()))
        took = time.perf_counter() - began
        print(
            f"{'verify_ledgers':<46}{took:7.2f} s for {Charge.objects.count():,} entries, {found} differences"
        )


def _charge(contract: "Contract") -> None:
    from contracts import quota

    quota.charge(contract, ticket_uid=uuid.uuid4(), at=AT, by="system:bench")


def _together(contract: "Contract") -> float:
    from django.db import connection

    def some(_number: int) -> None:
        for _ in range(EACH):
            _charge(contract)
        connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(CROWD) as pool:
        list(pool.map(some, range(CROWD)))
    return CROWD * EACH / (time.perf_counter() - began)


def _ledger_of(contract: "Contract") -> None:
    """A month in which a hundred thousand tickets came."""
    from contracts.models import Allotment, Charge

    _charge(contract)
    period = Allotment.objects.get(contract=contract)
    fields = {
        "allotment": period,
        "kind": "debit",
        "units": -1,
        "is_over": True,
        "at": AT,
        "by": "system:bench",
    }
    rows = (Charge(ticket_uid=uuid.uuid4(), at=AT, by="system:bench", **fields) for _ in range(CHARGES))
    Charge.objects.bulk_create(rows, batch_size=2000)
    Allotment.objects.filter(pk=period.pk).update(over=CHARGES)


def _page(contract: "Contract") -> Figures:
    from django.test import Client

    from contracts.models import Account, Person

    account = Account.objects.create_user("manager@customer1.example", name="Manager")
    Person.objects.create(organisation=contract.organisation, account=account, is_manager=True)
    browser = Client(raise_request_exception=True)
    browser.force_login(account, "django.contrib.auth.backends.ModelBackend")
    return measure(lambda _index: browser.get("/my/usage/"), 30)
