"""Which agreement covers a person at an instant, and what it promises (R1, D17, D22, D25)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog
from django.db.models import Exists, OuterRef, Q

from contracts.models import Contract, ContractCell, Organisation, Person, PlanVersion
from sla import calendars, policies
from sla.hours import Terms
from sla.models import Calendar, PolicyVersion, Priority
from sla.models.policy import Cell

logger = structlog.get_logger(__name__)

FIRST_CHOICE: Final = "medium"


class Standing(StrEnum):
    """Whether anything covers a person."""

    COVERED = "covered"
    UNCOVERED = "uncovered"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What covers a person: the versions that a ticket keeps as its snapshot (R2).

    Covered: all is given, except that `policy_version`, `calendar` and `terms` are None when no policy is
    published for the contract (an alert is logged, nothing is guessed). Uncovered: the organisation has no
    contract in force (D25). Unverified: nobody knows where the person belongs (D17). `offered` are the keys
    of the plan's priorities, most urgent first; `first_priority` is empty when nothing is offered, and
    `priority` is its row.
    """

    standing: Standing
    organisation: Organisation | None = None
    contract: Contract | None = None
    plan_version: PlanVersion | None = None
    policy_version: PolicyVersion | None = None
    calendar: Calendar | None = None
    terms: Terms | None = None
    offered: tuple[str, ...] = ()
    is_binding: bool = False
    first_priority: str = ""
    priority: Priority | None = field(default=None, compare=False)


def cover(person: Person, *, at: datetime) -> Coverage:
    """Say what covers that person at `at` (aware), the instant of a ticket's receipt.

    A contract's cell comes before the policy version that the contract pins, and that before the published
    policy in force (R1). A priority that the plan does not offer has no target.
    """
    if person.organisation_id is None:
        return Coverage(Standing.UNVERIFIED)
    contract = contract_in_force(person.organisation_id, at=at)
    if contract is None:
        return Coverage(Standing.UNCOVERED, organisation=person.organisation)
    return _covered(contract, at=at)


def contract_in_force(organisation_id: int, *, at: datetime) -> Contract | None:
    """The organisation's contract with `starts_at <= at < ends_at`, loaded with all that hangs on it.

    Several at once are somebody's mistake: the one that began last holds, and an alert is logged.
    """
    contracts = _in_force(organisation_id, at=at)
    if len(contracts) > 1:
        logger.error(
            "contracts_overlap",
            organisation=organisation_id,
            contracts=[contract.reference for contract in contracts],
            taken=contracts[0].reference,
        )
    return contracts[0] if contracts else None


def policy_version_of(contract: Contract, *, at: datetime) -> PolicyVersion | None:
    """The version that the contract pins, else the one of its plan's policy in force at `at` (R1).

    A pinned draft is no promise to anybody: it is passed over with an alert.
    """
    pinned = _pinned(contract)
    if pinned is not None and pinned.status != PolicyVersion.Status.DRAFT:
        return pinned
    if pinned is not None:
        logger.error("pinned_policy_is_a_draft", contract=contract.reference, pinned=str(pinned))
    version = policies.active_version(contract.plan_version.policy, at=at)
    if version is None:
        logger.error("no_policy_in_force", contract=contract.reference, at=at.isoformat())
    return version


def terms_under(
    contract: Contract, plan_version: PlanVersion, version: PolicyVersion, *, at: datetime
) -> Terms | None:
    """What that version would promise under a contract to something received `at` (R1); a draft may be asked.

    None when the version's calendar has no hours, with an alert.
    """
    _offered, withheld = _priorities(plan_version)
    return _terms(contract, version, withheld, at=at)


def _pinned(contract: Contract) -> PolicyVersion | None:
    """Asked for apart: most contracts pin nothing, and every column joined costs all of them."""
    if contract.pinned_policy_version_id is None:
        return None
    return PolicyVersion.objects.select_related("calendar").get(pk=contract.pinned_policy_version_id)


def agreed_cells(contract: Contract) -> list[ContractCell]:
    """What the contract itself says, cell by cell, each with its priority."""
    if not getattr(contract, "has_cells", True):  # `contract_in_force` has asked already
        return []
    return list(contract.cells.select_related("priority"))


def _in_force(organisation_id: int, *, at: datetime) -> list[Contract]:
    contracts = (
        Contract.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=at), organisation=organisation_id, starts_at__lte=at
        )
        .select_related("organisation", "plan_version__plan", "plan_version__policy")
        .annotate(has_cells=Exists(ContractCell.objects.filter(contract=OuterRef("pk"))))
        .order_by("-starts_at", "-id")
    )
    return [*contracts]


def _covered(contract: Contract, *, at: datetime) -> Coverage:
    version = policy_version_of(contract, at=at)
    offered, withheld = _priorities(contract.plan_version)
    first = _first_priority(offered, withheld)
    return Coverage(
        Standing.COVERED,
        organisation=contract.organisation,
        contract=contract,
        plan_version=contract.plan_version,
        policy_version=version,
        calendar=version.calendar if version else None,
        terms=_terms(contract, version, withheld, at=at) if version else None,
        offered=tuple(priority.key for priority in offered),
        is_binding=contract.is_binding or (version is not None and version.is_binding),
        first_priority=first.key if first else "",
        priority=first,
    )


def _priorities(plan_version: PlanVersion) -> tuple[list[Priority], list[Priority]]:
    """The desk's priorities that the plan offers, and those that it does not, most urgent first."""
    offers = PlanVersion.offered_priorities.through.objects.filter(
        planversion=plan_version, priority=OuterRef("pk")
    )
    priorities = Priority.objects.annotate(is_offered=Exists(offers)).order_by("rank")
    offered: list[Priority] = [priority for priority in priorities if priority.is_offered]
    return offered, [priority for priority in priorities if not priority.is_offered]


def _terms(
    contract: Contract, version: PolicyVersion, withheld: Sequence[Priority], *, at: datetime
) -> Terms | None:
    overrides = [*agreed_cells(contract), *_not_offered(contract, withheld)]  # the last word wins
    try:
        return policies.terms_of(version, overrides=overrides, at=at)
    except calendars.NoVersion:
        logger.exception("calendar_has_no_hours", contract=contract.reference, policy=str(version))
        return None


def _not_offered(contract: Contract, withheld: Sequence[Priority]) -> Iterator[Cell]:
    """What the policy promises to other plans is not promised here."""
    for priority in withheld:
        for metric in Cell.Metric:
            yield ContractCell(
                contract=contract, metric=metric, priority=priority, kind=Cell.Kind.NOT_OFFERED
            )


def _first_priority(offered: Sequence[Priority], withheld: Sequence[Priority]) -> Priority | None:
    """Medium if offered, else the nearest lower one that is, else the lowest (D22)."""
    if not offered:
        return None
    ranks = [priority.rank for priority in (*offered, *withheld) if priority.key == FIRST_CHOICE]
    lower = [priority for priority in offered if ranks and priority.rank >= ranks[0]]
    return lower[0] if lower else offered[-1]
