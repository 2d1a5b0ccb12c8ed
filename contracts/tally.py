"""How a contract's period stands: its allotment, and what ended contracts used of the same period.

An upgrade or renewal in the middle of a period is a new contract from that instant: the limit in force at a
ticket's receipt holds, and what was used of the same period under contracts that had ended by then counts
(AM-05). A downgrade may so leave nothing, never less than nothing. Other terms of the period itself take hold
with the next one: a period that has begun goes on to its end.

Order of locks, everywhere: allotments by their number, before anything of a ticket.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from contracts import carrying, quota_terms
from contracts.carrying import Units
from contracts.models import Allotment, Contract
from contracts.periods import Period, period_at
from contracts.quota_terms import QuotaTerms

AROUND_THE_WORLD: Final = timedelta(days=2)
"""A month begins everywhere within 26 hours: starts that lie closer than this are of the same month."""


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """How much of a period's units is used: `[starts_at, ends_at)` in UTC, to be shown in `zone`.

    `units` is the limit with all that was granted on top, None when unlimited, 0 when nothing is included
    (D15); `granted` says how much of it was. `used` counts units inside the quota, `over` those beyond it.
    """

    used: int
    units: int | None
    over: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    granted: int = 0
    metric: str = "tickets"

    @property
    def remaining(self) -> int | None:
        """Units left; never less than none, even after a downgrade below what was used."""
        return None if self.units is None else max(0, self.units - self.used)

    @property
    def is_used_up(self) -> bool:
        """Whether the next ticket would be over quota."""
        return self.remaining == 0


@dataclass(frozen=True, slots=True)
class Tally:
    """An allotment, not yet saved before its first charge, and where the period stands with it."""

    allotment: Allotment
    line: QuotaLine
    terms: QuotaTerms
    carried: Sequence[Units] = ()
    """What it is to be opened with; nothing when it is open already."""


def read(contract: Contract, *, at: datetime, terms: QuotaTerms | None = None) -> Tally:
    """The period of `at`, without a lock. Raises UnknownZone."""
    terms = terms or quota_terms.terms_of(contract, at=at)
    return _tally(contract, terms, _of_the_period(contract, terms, at), at=at)


def locked(contract: Contract, *, at: datetime, terms: QuotaTerms | None = None) -> Tally:
    """The same, made if it is the period's first, and locked until the transaction ends. Raises UnknownZone.

    All allotments that the answer depends on are locked, always in the same order.
    """
    terms = terms or quota_terms.terms_of(contract, at=at)
    rows = _of_the_period(contract, terms, at).select_for_update(of=("self",)).order_by("id")
    tally = _tally(contract, terms, rows, at=at)
    if tally.allotment.pk is None:
        carried = tally.carried
        Allotment.objects.bulk_create([tally.allotment], ignore_conflicts=True)  # whoever comes first
        tally = _tally(contract, terms, rows.all(), at=at)
        if carried and carrying.open_with(carried, tally.allotment):
            tally = _tally(contract, terms, rows.all(), at=at)
    return tally


def _of_the_period(contract: Contract, terms: QuotaTerms, at: datetime) -> QuerySet[Allotment]:
    """The contract's own, and those of its holder's other contracts that begin with it, in whichever zone."""
    begins = period_at(at, terms, zone=contract.zone).starts_at
    own = Q(contract=contract, starts_at__lte=at, ends_at__gt=at)
    beside = Q(
        contract__organisation=contract.organisation_id,
        starts_at__gt=begins - AROUND_THE_WORLD,
        starts_at__lt=begins + AROUND_THE_WORLD,
    )
    return Allotment.objects.select_related("contract").filter(own | beside)


def _tally(contract: Contract, terms: QuotaTerms, rows: Iterable[Allotment], *, at: datetime) -> Tally:
    rows = list(rows)
    own = _own(contract, rows, at)
    own, carried = (own, ()) if own is not None else _new(contract, terms, at)
    ended = [row for row in rows if _took_over_from(contract, row.contract)]
    granted = own.granted + sum(each.units for each in carried)
    line = QuotaLine(
        used=own.used + sum(row.used for row in ended),
        units=None if terms.units is None else max(0, terms.units + granted),
        over=own.over + sum(row.over for row in ended),
        starts_at=own.starts_at,
        ends_at=own.ends_at,
        zone=contract.zone,
        granted=granted,
        metric=terms.metric,
    )
    return Tally(own, line, terms, carried)


def _own(contract: Contract, rows: Iterable[Allotment], at: datetime) -> Allotment | None:
    """Found by the instant, not by its start, so that another zone or anchor opens no second period."""
    mine = (row for row in rows if row.contract_id == contract.pk and row.starts_at <= at < row.ends_at)
    return next(mine, None)


def _new(contract: Contract, terms: QuotaTerms, at: datetime) -> tuple[Allotment, tuple[Units, ...]]:
    period = period_at(at, terms, zone=contract.zone)
    before = contract.allotments.filter(ends_at__lte=at).order_by("-ends_at").first()
    starts_at = max(period.starts_at, before.ends_at) if before else period.starts_at
    carried = carrying.carried(contract, terms, before, into=Period(starts_at, period.ends_at))
    new = Allotment(contract=contract, starts_at=starts_at, ends_at=period.ends_at, units=terms.units)
    return new, carried


def _took_over_from(contract: Contract, earlier: Contract) -> bool:
    return earlier.ends_at is not None and earlier.ends_at <= contract.starts_at
