"""How a contract's month stands: its allotment, and what ended contracts used of the same month.

An upgrade or renewal in the middle of a month is a new contract from that instant: the limit in force at a
ticket's receipt holds, and what was used of the same month under contracts that had ended by then counts
(AM-05). A downgrade may so leave nothing, never less than nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from contracts import quota_terms
from contracts.models import Allotment, Contract
from contracts.months import Month
from contracts.quota_terms import QuotaTerms

AROUND_THE_WORLD: Final = timedelta(days=2)
"""A month begins everywhere within 26 hours: starts that lie closer than this are of the same month."""


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """How much of a month's units is used: `[starts_at, ends_at)` in UTC, to be shown in `zone`.

    `units` and `remaining` are None when the plan is unlimited, and 0 when it includes none (D15). `used`
    counts tickets inside the quota, `over` those beyond it.
    """

    used: int
    units: int | None
    over: int
    starts_at: datetime
    ends_at: datetime
    zone: str

    @property
    def remaining(self) -> int | None:
        """Units left; never less than none, even after a downgrade below what was used."""
        return None if self.units is None else max(0, self.units - self.used)

    @property
    def is_used_up(self) -> bool:
        """Whether the next ticket would be over quota."""
        return self.remaining == 0

    @property
    def month(self) -> str:
        """The month as `2026-03`."""
        return str(Month.at(self.starts_at, zone=self.zone))


@dataclass(frozen=True, slots=True)
class Tally:
    """An allotment, not yet saved before its first charge, and where the month stands with it."""

    allotment: Allotment
    line: QuotaLine


def read(contract: Contract, *, at: datetime, terms: QuotaTerms | None = None) -> Tally:
    """The month of `at`, without a lock. Raises UnknownZone."""
    terms = terms or quota_terms.terms_of(contract, at=at)
    return _tally(contract, terms, _of_the_month(contract, at), at=at)


def locked(contract: Contract, *, at: datetime, terms: QuotaTerms | None = None) -> Tally:
    """The same, made if it is the month's first, and locked until the transaction ends. Raises UnknownZone.

    All allotments that the answer depends on are locked, always in the same order.
    """
    terms = terms or quota_terms.terms_of(contract, at=at)
    rows = _of_the_month(contract, at).select_for_update(of=("self",)).order_by("id")
    tally = _tally(contract, terms, rows, at=at)
    if tally.allotment.pk is None:
        Allotment.objects.bulk_create([tally.allotment], ignore_conflicts=True)  # whoever comes first
        tally = _tally(contract, terms, rows.all(), at=at)
    return tally


def _of_the_month(contract: Contract, at: datetime) -> QuerySet[Allotment]:
    """The organisation's allotments of that month, in the zone of whichever contract."""
    begins = Month.at(at, zone=contract.zone).starts_at
    return Allotment.objects.select_related("contract").filter(
        contract__organisation=contract.organisation_id,
        starts_at__gt=begins - AROUND_THE_WORLD,
        starts_at__lt=begins + AROUND_THE_WORLD,
    )


def _tally(contract: Contract, terms: QuotaTerms, rows: Iterable[Allotment], *, at: datetime) -> Tally:
    rows = list(rows)
    own = _own(contract, rows, at) or _new(contract, terms, at)
    ended = [row for row in rows if _took_over_from(contract, row.contract)]
    line = QuotaLine(
        used=own.used + sum(row.used for row in ended),
        units=terms.units,
        over=own.over + sum(row.over for row in ended),
        starts_at=own.starts_at,
        ends_at=own.ends_at,
        zone=contract.zone,
    )
    return Tally(own, line)


def _own(contract: Contract, rows: Iterable[Allotment], at: datetime) -> Allotment | None:
    """Found by the instant, not by its start, so that another zone opens no second month."""
    mine = (row for row in rows if row.contract_id == contract.pk and row.starts_at <= at < row.ends_at)
    return next(mine, None)


def _new(contract: Contract, terms: QuotaTerms, at: datetime) -> Allotment:
    month = Month.at(at, zone=contract.zone)
    return Allotment(contract=contract, starts_at=month.starts_at, ends_at=month.ends_at, units=terms.units)


def _took_over_from(contract: Contract, earlier: Contract) -> bool:
    return earlier.ends_at is not None and earlier.ends_at <= contract.starts_at
