"""A contract's ledger as people read it: periods, the entries of one by the page, and its course (CM-02)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate

from contracts.models import Allotment, Charge, Contract, ContractOrganisation, Organisation
from sla.hours.zone import zone as zone_named

PAGE: Final = 50
MOST_PERIODS: Final = 36


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a period, the latest first; `before` asks for those that came before."""

    entries: Sequence[Charge]
    before: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """How much of a period was used, inside and beyond, when that day had ended."""

    day: date
    used: int
    over: int


def contracts_of(organisation: Organisation) -> QuerySet[Contract]:
    """Every contract that covers or covered the organisation, the latest first."""
    shares = ContractOrganisation.objects.filter(contract=OuterRef("pk"), organisation=organisation)
    rows = Contract.objects.filter(Exists(shares)) | Contract.objects.filter(organisation=organisation)
    return rows.order_by("-starts_at", "-pk")


def periods(organisation: Organisation) -> list[Allotment]:
    """The latest periods of all its contracts."""
    return periods_under(contracts_of(organisation))


def periods_under(contracts: QuerySet[Contract]) -> list[Allotment]:
    """The latest periods of those contracts."""
    rows = Allotment.objects.filter(contract__in=contracts).select_related("contract")
    return list(rows.order_by("-starts_at", "-pk")[:MOST_PERIODS])


def page(period: Allotment, *, before: int | None = None, limit: int = PAGE) -> Page:
    """Entries of a period in the reverse order of writing: a page costs the same wherever it lies."""
    rows = period.charges.order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return Page(shown, shown[-1].pk if len(found) > limit else None)


def pages(period: Allotment) -> Iterator[list[Charge]]:
    """All entries in the order of time, some at once."""
    page: list[Charge] = []
    for entry in period.charges.order_by("at", "pk").iterator(chunk_size=PAGE):
        page.append(entry)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def course(period: Allotment) -> list[Day]:
    """How the period's use came about, day by day in the contract's zone; a reversal counts where it came."""
    zone = zone_named(period.contract.zone)
    moved = (
        period.charges.filter(kind__in=(Charge.Kind.DEBIT, Charge.Kind.REVERSAL))
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values("day", "is_over")
        .annotate(units=Sum("units"))
        .order_by("day")
    )
    days: dict[date, list[int]] = {}
    for row in moved:
        within = max(row["day"], _day(period.starts_at, zone))
        days.setdefault(within, [0, 0])[row["is_over"]] -= row["units"]
    return _summed(days)


def _summed(days: dict[date, list[int]]) -> list[Day]:
    used = over = 0
    found = []
    for day, (more_used, more_over) in sorted(days.items()):
        used, over = used + more_used, over + more_over
        found.append(Day(day, used, over))
    return found


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()
