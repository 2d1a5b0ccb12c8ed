"""What a period leaves to the next: unused units of the plan for so many periods, and grants that still last.

Units are used in the order in which they expire. A grant lasts to the end of the period in which it expires,
unused units of a plan for `rollover_periods` further periods. What is left when a period is opened is written
into it as grants, so that each period's ledger explains its own limit; what is given back to an earlier
period afterwards stays there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import F, Sum

from contracts.models import Allotment, Charge, Contract
from contracts.periods import Period, period_after, period_at, period_before
from contracts.quota_terms import QuotaTerms

CARRIER: Final = "system:rollover"


class Units(NamedTuple):
    """So many units, and until when they last."""

    units: int
    expires_at: datetime


def carried(
    contract: Contract, terms: QuotaTerms, before: Allotment | None, *, into: Period
) -> tuple[Units, ...]:
    """What a period begins with on top of its own units; `before` is the contract's last one until then."""
    if not terms.rollover_periods and (before is None or not before.granted):
        return ()
    left = [] if before is None else _left(before, contract, terms)
    left += _of_unopened_periods(contract, terms, before, into)
    return tuple(each for each in left if each.units > 0 and each.expires_at > into.starts_at)


def open_with(brought: Sequence[Units], allotment: Allotment) -> bool:
    """Write what a period begins with into its ledger, once; the caller holds the allotment's lock."""
    if allotment.charges.filter(by=CARRIER).exists():
        return False
    for each in brought:
        Charge.objects.create(
            allotment=allotment,
            kind=Charge.Kind.GRANT,
            units=each.units,
            at=allotment.starts_at,
            by=CARRIER,
            reason="carried over",
            expires_at=each.expires_at,
        )
    total = sum(each.units for each in brought)
    Allotment.objects.filter(pk=allotment.pk).update(granted=F("granted") + total)
    return True


def _left(before: Allotment, contract: Contract, terms: QuotaTerms) -> list[Units]:
    """What was not used of a period, and how long it lasts."""
    grants = before.charges.filter(kind=Charge.Kind.GRANT).values_list("units", "expires_at")
    had = [Units(units, expires_at or before.ends_at) for units, expires_at in grants]
    if before.units is not None:
        own = before.units + _adjusted(before)
        had.append(Units(own, _lasts_until(Period(before.starts_at, before.ends_at), contract, terms)))
    return list(_unused(sorted(had, key=_expiry), before.used))


def _adjusted(before: Allotment) -> int:
    adjustments = before.charges.filter(kind=Charge.Kind.ADJUSTMENT)
    return adjustments.aggregate(total=Sum("units"))["total"] or 0


def _unused(had: Iterable[Units], used: int) -> Iterable[Units]:
    for each in had:
        taken = min(used, max(0, each.units))
        used -= taken
        yield Units(each.units - taken, each.expires_at)


def _of_unopened_periods(
    contract: Contract, terms: QuotaTerms, before: Allotment | None, into: Period
) -> list[Units]:
    """Periods in which nothing was asked have all their units left; only those that can still last count."""
    if terms.units is None or not terms.rollover_periods:
        return []
    since = before.ends_at if before else contract.starts_at
    found, period = [], period_before(into, terms, zone=contract.zone)
    for _ in range(terms.rollover_periods):
        if period.ends_at <= since:
            break
        found.append(Units(terms.units, _lasts_until(period, contract, terms)))
        period = period_before(period, terms, zone=contract.zone)
    return found


def _lasts_until(period: Period, contract: Contract, terms: QuotaTerms) -> datetime:
    whole = period_at(period.starts_at, terms, zone=contract.zone)
    return period_after(whole, terms, zone=contract.zone, further=terms.rollover_periods).ends_at


def _expiry(units: Units) -> datetime:
    return units.expires_at
