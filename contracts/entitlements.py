"""The ledger of what a plan includes besides tickets: what is left of it, used and given back (AM-09)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from contracts import agreements, quota_terms, words
from contracts.entitlement_terms import MOST, REJECT, BadEntitlements, Entitlement, parse
from contracts.models import Contract, EntitlementUse, PlanVersion
from contracts.periods import Period, period_at
from sla.refusing import Refusal

logger = structlog.get_logger(__name__)

LONGEST_REASON: Final = 200


class UseRefused(Refusal):
    """Nothing was written."""


class NoSuchEntitlement(UseRefused):
    sentence = "The contract's plan counts no such entitlement."


class WrongAmount(UseRefused):
    sentence = "Between one unit and a hundred thousand are used at once."


class ReasonMissing(UseRefused):
    sentence = "Say for what: it is read later by people who were not there."


class UsedUp(UseRefused):
    """The plan includes no more in this period, and says that no more is taken."""

    def __init__(self, entitlement: Entitlement, left: int) -> None:
        super().__init__()
        self.entitlement, self.left = entitlement, left

    def __str__(self) -> str:
        said = self.entitlement
        return f"{said.name}: {self.left} {said.metric} are left in this period, and the plan allows no more."


@dataclass(frozen=True, slots=True)
class Standing:
    """How a period of an entitlement stands; `used` counts what is inside, `over` what is beyond."""

    entitlement: Entitlement
    period: Period
    used: int
    over: int

    @property
    def remaining(self) -> int | None:
        """Units left, None when unlimited; never less than none."""
        limit = self.entitlement.limit
        return None if limit is None else max(0, limit - self.used)


# --- how it stands ------------------------------------------------------------------------------


def included(contract: Contract, *, at: datetime) -> tuple[Entitlement, ...]:
    """What the contract's plan includes besides tickets at that instant.

    Nothing, and an alert, where an old version says what cannot be read: no page breaks by it.
    """
    plan = _plan(contract, at=at)
    if plan is None:
        return ()
    try:
        return parse(plan.entitlements)
    except BadEntitlements as refusal:
        logger.error("entitlements_unreadable", plan=str(plan), reason=str(refusal))  # noqa: TRY400 - the sentence says it all
        return ()


def standings(contract: Contract, *, at: datetime) -> list[Standing]:
    """How each that is counted stands in the period of `at`, in the order in which the plan says them."""
    counted = [one for one in included(contract, at=at) if one.metric]
    return [_standing(contract, one, at=at) for one in counted]


def uses(contract: Contract) -> QuerySet[EntitlementUse]:
    """The ledger, the latest entry first."""
    return EntitlementUse.objects.filter(contract=contract).select_related("reversed_by").order_by("-pk")


def _plan(contract: Contract, *, at: datetime) -> PlanVersion | None:
    agreed = agreements.version_in_force(contract, at=at) or agreements.latest_version(contract)
    return agreements.plan_version_of(agreed, at=at) if agreed else None


def _standing(contract: Contract, one: Entitlement, *, at: datetime) -> Standing:
    period = _period_of(contract, one, at=at)
    rows = EntitlementUse.objects.filter(contract=contract, key=one.key, starts_at=period.starts_at)
    sums = rows.aggregate(
        used=Sum("units", filter=Q(is_over=False)), over=Sum("units", filter=Q(is_over=True))
    )
    return Standing(one, period, used=-(sums["used"] or 0), over=-(sums["over"] or 0))


def _period_of(contract: Contract, one: Entitlement, *, at: datetime) -> Period:
    terms = replace(quota_terms.terms_of(contract, at=at), period=one.period)
    return period_at(at, terms, zone=contract.zone)


# --- using and giving back ----------------------------------------------------------------------


def use(
    contract: Contract, key: str, *, units: int, reason: str, at: datetime, by: str
) -> Sequence[EntitlementUse]:
    """Take so many units of the period of `at`; what is beyond the limit is an entry of its own.

    Of two at once one waits for the other under the contract's lock.

    Raises:
        NoSuchEntitlement, WrongAmount, ReasonMissing.
        UsedUp: the plan says that no more is taken than it includes.
    """
    why = words.tidied(reason, LONGEST_REASON)
    if not 1 <= units <= MOST:
        raise WrongAmount
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=contract.pk)
        one = next((one for one in included(contract, at=at) if one.key == key and one.metric), None)
        if one is None:
            raise NoSuchEntitlement
        standing = _standing(contract, one, at=at)
        left = units if standing.remaining is None else standing.remaining
        if units > left and one.over == REJECT:
            raise UsedUp(one, left)
        parts = ((min(units, left), False), (units - min(units, left), True))
        return EntitlementUse.objects.bulk_create(
            _entries(contract, standing, parts, reason=why, at=at, by=by)
        )


def give_back(entry: EntitlementUse, *, reason: str, at: datetime, by: str) -> bool:
    """Reverse one use in its own period; False when that was done already.

    Raises:
        ReasonMissing.
    """
    why = words.tidied(reason, LONGEST_REASON)
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=entry.contract_id)
        if entry.units > 0 or EntitlementUse.objects.filter(reverses=entry).exists():
            return False
        EntitlementUse.objects.create(
            contract_id=entry.contract_id,
            key=entry.key,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            units=-entry.units,
            is_over=entry.is_over,
            reverses=entry,
            at=at,
            by=by,
            reason=why,
        )
        return True


def _entries(
    contract: Contract,
    standing: Standing,
    parts: Iterable[tuple[int, bool]],
    *,
    reason: str,
    at: datetime,
    by: str,
) -> list[EntitlementUse]:
    one = standing.entitlement
    return [
        EntitlementUse(
            contract=contract,
            key=one.key,
            starts_at=standing.period.starts_at,
            ends_at=standing.period.ends_at,
            units=-units,
            is_over=is_over,
            at=at,
            by=by,
            reason=reason,
            price=one.price if is_over else None,
            currency=one.currency if is_over else "",
        )
        for units, is_over in parts
        if units
    ]
