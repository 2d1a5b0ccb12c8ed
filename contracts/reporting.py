"""What organisations used of their quota, month by month, and the ledger behind it (CM-02)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from django.db.models import Count, F, Q, QuerySet

from contracts import agreements, quota_terms
from contracts.models import Allotment, Charge, Contract, Organisation
from contracts.months import Month
from contracts.tally import AROUND_THE_WORLD

LONGEST_MONTH: Final = timedelta(days=31)
MIDDLE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Usage:
    """One organisation's month under all of its contracts.

    `units` is the limit of the contract that began last, None when unlimited; `used` counts live debits
    inside the quota, `over` those beyond it, `reversals` what was given back, whenever that was.
    """

    organisation: str
    name: str
    month: str
    contracts: tuple[str, ...]
    units: int | None
    used: int
    over: int
    reversals: int

    @property
    def remaining(self) -> int | None:
        """Units left, None when unlimited; never less than none."""
        return None if self.units is None else max(0, self.units - self.used)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `is_late` is true for what came after its month had ended (CM-02)."""

    at: datetime
    contract: str
    kind: str
    units: int
    is_over: bool
    is_late: bool
    ticket_uid: uuid.UUID | None
    by: str
    reason: str


class _Counted(NamedTuple):
    units: int | None
    used: int
    over: int
    reversals: int


def usage(month: str, *, organisation: Organisation | None = None) -> list[Usage]:
    """The use of a month written `2026-03`, in each contract's own zone, by organisation's name.

    Organisations with a contract in force at any time of the month are listed, unused ones with zeros.

    Raises:
        ValueError: the month is written otherwise.
    """
    counted = _counted(month)
    contracts = _contracts(organisation).filter(_near(month) | Q(pk__in=counted))
    told = [row for row in contracts if row.pk in counted or _is_in_force(row, month)]
    included = _included(row for row in told if row.pk not in counted)
    return [
        _usage(month, list(theirs), counted, included)
        for _, theirs in groupby(told, key=attrgetter("organisation_id"))
    ]


def entries(month: str, *, organisation: Organisation) -> list[Entry]:
    """The ledger of an organisation's month in the order of time: what the counters are the sums of.

    Raises:
        ValueError: the month is written otherwise.
    """
    allotments = Allotment.objects.filter(_begins(month), contract__organisation=organisation)
    charges = Charge.objects.filter(allotment__in=allotments).select_related("allotment__contract")
    return [_entry(charge) for charge in charges.order_by("at", "id")]


def _counted(month: str) -> dict[int, _Counted]:
    """The month's counters by contract."""
    reversals = Count("charges", filter=Q(charges__kind=Charge.Kind.REVERSAL))
    rows = Allotment.objects.filter(_begins(month)).annotate(reversals=reversals).order_by("starts_at")
    limit = F("units") + F("granted")  # null stays null: unlimited
    columns = ("contract", "limit", "used", "over", "reversals")
    told = rows.annotate(limit=limit).values_list(*columns)
    return {contract: _Counted(*rest) for contract, *rest in told}


def _contracts(organisation: Organisation | None) -> QuerySet[Contract]:
    contracts = Contract.objects.select_related("organisation")
    if organisation is not None:
        contracts = contracts.filter(organisation=organisation)
    return contracts.order_by("organisation__name", "organisation", "starts_at", "id")


def _begins(month: str) -> Q:
    """That an allotment is of that month: that the middle of the month lies in it, whatever its length."""
    middle = Month.written(month, zone="UTC").starts_at + MIDDLE
    return Q(starts_at__lte=middle, ends_at__gt=middle)


def _near(month: str) -> Q:
    """That a contract may be in force in that month, somewhere in the world."""
    begins = Month.written(month, zone="UTC").starts_at
    begun = Q(starts_at__lt=begins + LONGEST_MONTH + AROUND_THE_WORLD)
    return begun & (Q(ends_at__isnull=True) | Q(ends_at__gt=begins - AROUND_THE_WORLD))


def _is_in_force(contract: Contract, month: str) -> bool:
    """Whether a contract is in force at any time of that month in its own zone."""
    its = Month.written(month, zone=contract.zone)
    return contract.starts_at < its.ends_at and (contract.ends_at is None or contract.ends_at > its.starts_at)


def _usage(
    month: str,
    contracts: Sequence[Contract],
    counted: Mapping[int, _Counted],
    included: Mapping[int, int | None],
) -> Usage:
    latest = contracts[-1]
    rows = [counted[contract.pk] for contract in contracts if contract.pk in counted]
    last = counted.get(latest.pk)
    return Usage(
        organisation=latest.organisation.slug,
        name=latest.organisation.name,
        month=month,
        contracts=tuple(contract.reference for contract in contracts),
        units=last.units if last else included.get(latest.pk),
        used=sum(row.used for row in rows),
        over=sum(row.over for row in rows),
        reversals=sum(row.reversals for row in rows),
    )


def _included(contracts: Iterable[Contract]) -> dict[int, int | None]:
    """How many units each contract includes as of its last version."""
    return {
        number: quota_terms.merged(agreed, agreements.plan_version_of(agreed, at=agreed.valid_from)).units
        for number, agreed in agreements.latest_versions(contracts).items()
    }


def _entry(charge: Charge) -> Entry:
    return Entry(
        at=charge.at,
        contract=charge.allotment.contract.reference,
        kind=charge.kind,
        units=charge.units,
        is_over=charge.is_over,
        is_late=charge.at >= charge.allotment.ends_at,
        ticket_uid=charge.ticket_uid,
        by=charge.by,
        reason=charge.reason,
    )
