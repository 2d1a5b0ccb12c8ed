"""What a plan or a contract would promise to a ticket received at some instant, without any ticket (R1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts import agreements, coverage
from contracts.models import Contract, Plan
from sla import policies, versions
from sla.models import PolicyVersion
from sla.models.policy import Cell


class NothingPromised(LookupError):
    """Nothing rules at that instant, with a sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class Promised:
    """The version that rules, the cells that an agreement says otherwise, and what is offered."""

    version: PolicyVersion
    agreed: Sequence[Cell] = ()
    offered: Sequence[str] | None = None
    """Keys of the priorities that the plan includes; None where no plan rules."""
    is_binding: bool = False


def by_plan(plan: Plan, *, at: datetime) -> Promised:
    """What the plan promises at that instant.

    Raises:
        NothingPromised: the plan has no version in force by then, or its policy none in force.
    """
    version = versions.in_force(plan.versions.all(), at=at).first()
    if version is None:
        raise NothingPromised(f"{plan} has no version in force then.")
    ruling = policies.active_version(version.policy, at=at)
    if ruling is None:
        raise NothingPromised(f"No version of {version.policy} is in force then.")
    offered = list(version.offered_priorities.values_list("key", flat=True))
    return Promised(ruling, (), offered, is_binding=ruling.is_binding)


def by_contract(contract: Contract, *, at: datetime) -> Promised:
    """What the contract promises at that instant: its own cells first.

    Raises:
        NothingPromised: it is not in force then, or no policy is.
    """
    agreed = agreements.version_in_force(contract, at=at)
    if agreed is None:
        raise NothingPromised(f"{contract} is not in force then.")
    plan_version = agreements.plan_version_of(agreed, at=at)
    ruling = coverage.policy_version_of(agreed, at=at, plan_version=plan_version)
    if ruling is None:
        raise NothingPromised(f"No policy is in force for {contract} then.")
    offered = list(plan_version.offered_priorities.values_list("key", flat=True))
    binds = agreed.is_binding or ruling.is_binding
    return Promised(ruling, coverage.agreed_cells(agreed), offered, is_binding=binds)
