"""What a quota is under a contract: the plan's terms, and what the contract says otherwise (R1, D12-D15)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from contracts import agreements
from contracts.models import Contract, ContractVersion, PlanVersion


@dataclass(frozen=True, slots=True)
class QuotaTerms:
    """How many units of what a period includes, when it begins, and what happens beyond them.

    `units` is None when unlimited and 0 when none are included (D15). A period begins on `anchor_day` (the
    last day of a shorter month), of a year or quarter counted from `anchor_month`, in the contract's zone.
    """

    units: int | None
    metric: str
    period: str
    anchor_day: int
    anchor_month: int
    rollover_periods: int
    over_quota: str
    overage_price: Decimal | None
    overage_currency: str
    approval_hours: int
    approval_default: str
    thresholds: tuple[int, ...]


def terms_of(contract: Contract, *, at: datetime) -> QuotaTerms:
    """The terms in force at that instant; beyond the contract's life, those it had nearest to it.

    Raises:
        LookupError: the contract has no published version.
    """
    agreed = agreements.version_in_force(contract, at=at) or agreements.latest_version(contract)
    if agreed is None:
        raise LookupError(f"{contract} was never published.")
    return merged(agreed, agreements.plan_version_of(agreed, at=at))


def merged(agreed: ContractVersion, plan: PlanVersion) -> QuotaTerms:
    """What the contract says, and where it says nothing what the plan says."""
    return QuotaTerms(
        units=_units(agreed, plan),
        metric=agreed.quota_metric or plan.quota_metric,
        period=agreed.quota_period or plan.quota_period,
        anchor_day=_said(agreed.anchor_day, plan.anchor_day),
        anchor_month=_said(agreed.anchor_month, plan.anchor_month),
        rollover_periods=_said(agreed.rollover_periods, plan.rollover_periods),
        **_beyond(agreed, plan),
        thresholds=tuple(_said(agreed.thresholds, plan.thresholds)),
    )


def _units(agreed: ContractVersion, plan: PlanVersion) -> int | None:
    if agreed.units_source == ContractVersion.UnitsSource.OWN:
        return _plus(agreed.units, agreed.units_added)
    if plan.units_per_contract:  # one that says nothing includes nothing
        return agreed.units_added
    return _plus(plan.units, agreed.units_added)


def _plus(units: int | None, added: int) -> int | None:
    return None if units is None else units + added


def _beyond(agreed: ContractVersion, plan: PlanVersion) -> dict[str, Any]:
    """A contract that names a mode names its price too."""
    paid = agreed if agreed.over_quota else plan
    return {
        "over_quota": paid.over_quota,
        "overage_price": paid.overage_price,
        "overage_currency": paid.overage_currency,
        "approval_hours": _said(agreed.approval_hours, plan.approval_hours),
        "approval_default": agreed.approval_default or plan.approval_default,
    }


def _said(own: Any, otherwise: Any) -> Any:
    return otherwise if own is None else own
