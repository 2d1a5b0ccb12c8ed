"""Which agreement covers a person at an instant, and what it promises (R1, D17, D22, D25)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

import structlog
from django.db.models import Exists, OuterRef, Q

from contracts import agreements, named_contacts
from contracts.models import (
    Contract,
    ContractCell,
    ContractOrganisation,
    ContractVersion,
    Organisation,
    Person,
    PlanVersion,
)
from sla import calendars, policies, versions
from sla.conditions import BY_ANYBODY, Asked
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
    contract_version: ContractVersion | None = None
    plan_version: PlanVersion | None = None
    policy_version: PolicyVersion | None = None
    calendar: Calendar | None = None
    terms: Terms | None = None
    offered: tuple[str, ...] = ()
    is_binding: bool = False
    first_priority: str = ""
    priority: Priority | None = field(default=None, compare=False)
    may_ask: bool = True
    """False: the contract names who may open tickets, and this person is not among them (CM-06)."""

    @property
    def allows_excuses(self) -> bool:
        """Whether the agreement says that a binding time may be excused (D11)."""
        return self.contract_version is not None and self.contract_version.allows_excuses


def cover(person: Person, *, at: datetime, channel: str = "") -> Coverage:
    """Say what covers that person at `at` (aware), the instant of a ticket's receipt by that channel.

    A contract's cell comes before the policy version that the contract pins, and that before the published
    policy in force (R1). A priority that the plan does not offer has no target.
    """
    if person.organisation_id is None:
        return Coverage(Standing.UNVERIFIED)
    agreed = agreement_in_force(person.organisation_id, at=at)
    if agreed is None:
        return Coverage(Standing.UNCOVERED, organisation=person.organisation)
    holder = agreed.contract.organisation  # at hand, and nearly always the person's own
    is_own = holder.pk == person.organisation_id
    organisation = holder if is_own else person.organisation
    zone = organisation.zone if organisation else ""
    asked = Asked(channel, zone, partial(named_contacts.is_named, person, contract=agreed.contract, at=at))
    covered = _covered(agreed, organisation=organisation, at=at, asked=asked)
    return replace(covered, may_ask=_may_ask(person, covered, at=at))


def _may_ask(person: Person, covered: Coverage, *, at: datetime) -> bool:
    agreed, plan = covered.contract_version, covered.plan_version
    if agreed is None or plan is None:
        return True
    return named_contacts.may_ask(person, agreed=agreed, plan=plan, at=at)


def contract_in_force(organisation_id: int, *, at: datetime) -> Contract | None:
    """The contract that covers the organisation at that instant; see `agreement_in_force`."""
    agreed = agreement_in_force(organisation_id, at=at)
    return agreed.contract if agreed else None


def agreement_in_force(organisation_id: int, *, at: datetime) -> ContractVersion | None:
    """What governs for the organisation at `at`: the version in force of its contract, or of one it shares.

    Several contracts at once: the one that the organisation names as its default holds. Without that it is
    somebody's mistake: the one that began last holds, and an alert is logged.
    """
    found = _in_force(organisation_id, at=at)
    if len(found) > 1 and not found[0].is_default:  # type: ignore[attr-defined]  # annotated below
        logger.error(
            "contracts_overlap",
            organisation=organisation_id,
            contracts=[agreed.contract.reference for agreed in found],
            taken=found[0].contract.reference,
        )
    return found[0] if found else None


def overlapping(organisation_id: int, *, at: datetime) -> list[ContractVersion]:
    """Contracts that cover the organisation at once, where none is named as its default; else nothing."""
    found = _in_force(organisation_id, at=at)
    is_settled = len(found) < 2 or found[0].is_default  # type: ignore[attr-defined]  # noqa: PLR2004 - one is no overlap
    return [] if is_settled else found


def under(agreed: ContractVersion, organisation: Organisation | None, *, at: datetime) -> Coverage:
    """What one contract alone promises to somebody of that organisation, where several are in force."""
    zone = organisation.zone if organisation else ""
    return _covered(agreed, organisation=organisation, at=at, asked=Asked("", zone, lambda: False))


def policy_version_of(
    agreed: ContractVersion, *, at: datetime, plan_version: PlanVersion | None = None
) -> PolicyVersion | None:
    """The version that the contract pins, else the one of its plan's policy in force at `at` (R1).

    A pinned draft is no promise to anybody: it is passed over with an alert.
    """
    pinned = _pinned(agreed)
    if pinned is not None and not pinned.is_draft:
        return pinned
    if pinned is not None:
        logger.error("pinned_policy_is_a_draft", contract=str(agreed), pinned=str(pinned))
    plan_version = plan_version or agreements.plan_version_of(agreed, at=at)
    version = policies.active_version(plan_version.policy, at=at)
    if version is None:
        logger.error("no_policy_in_force", contract=str(agreed), at=at.isoformat())
    return version


def terms_under(
    agreed: ContractVersion, plan_version: PlanVersion, version: PolicyVersion, *, at: datetime
) -> Terms | None:
    """What that version would promise under a contract to something received `at` (R1); a draft may be asked.

    None when the version's calendar has no hours, with an alert.
    """
    _offered, withheld = _priorities(plan_version)
    return _terms(agreed, version, withheld, at=at)


def _pinned(agreed: ContractVersion) -> PolicyVersion | None:
    """Asked for apart: most contracts pin nothing, and every column joined costs all of them."""
    if agreed.pinned_policy_version_id is None:
        return None
    return PolicyVersion.objects.select_related("calendar").get(pk=agreed.pinned_policy_version_id)


def agreed_cells(agreed: ContractVersion) -> list[ContractCell]:
    """What the contract itself says, cell by cell, each with its priority."""
    if not getattr(agreed, "has_cells", True):  # `agreements.governing` has asked already
        return []
    return list(agreed.cells.select_related("priority"))


def _in_force(organisation_id: int, *, at: datetime) -> list[ContractVersion]:
    shares = ContractOrganisation.objects.filter(contract=OuterRef("contract"), organisation=organisation_id)
    covering = versions.in_force(ContractVersion.objects.all(), at=at).filter(
        Q(contract__organisation=organisation_id) | Exists(shares),
        Q(contract__ends_at__isnull=True) | Q(contract__ends_at__gt=at),
        contract__starts_at__lte=at,
    )
    named = agreements.governing(covering).annotate(is_default=Exists(shares.filter(is_default=True)))
    return [*named.order_by("-is_default", "-contract__starts_at", "-contract_id")]


def _covered(
    agreed: ContractVersion, *, organisation: Organisation | None, at: datetime, asked: Asked
) -> Coverage:
    plan_version = agreements.plan_version_of(agreed, at=at)
    version = policy_version_of(agreed, at=at, plan_version=plan_version)
    offered, withheld = _priorities(plan_version)
    first = _first_priority(offered, withheld)
    return Coverage(
        Standing.COVERED,
        organisation=organisation,
        contract=agreed.contract,
        contract_version=agreed,
        plan_version=plan_version,
        policy_version=version,
        calendar=_calendar(agreed, version, asked.zone, at=at) if version else None,
        terms=_terms(agreed, version, withheld, at=at, asked=asked) if version else None,
        offered=tuple(priority.key for priority in offered),
        is_binding=agreed.is_binding or (version is not None and version.is_binding),
        first_priority=first.key if first else "",
        priority=first,
    )


def _calendar(agreed: ContractVersion, version: PolicyVersion, zone: str, *, at: datetime) -> Calendar:
    return policies.local(agreed.calendar or version.calendar, zone, at=at)


def _priorities(plan_version: PlanVersion) -> tuple[list[Priority], list[Priority]]:
    """The priorities that the plan offers, and those of their scale that it does not, most urgent first."""
    offers = PlanVersion.offered_priorities.through.objects.filter(planversion=plan_version)
    priorities = (
        Priority.objects.annotate(is_offered=Exists(offers.filter(priority=OuterRef("pk"))))
        .filter(scale__in=offers.values("priority__scale"))
        .order_by("rank")
    )
    offered: list[Priority] = [priority for priority in priorities if priority.is_offered]
    return offered, [priority for priority in priorities if not priority.is_offered]


def _terms(
    agreed: ContractVersion,
    version: PolicyVersion,
    withheld: Sequence[Priority],
    *,
    at: datetime,
    asked: Asked = BY_ANYBODY,
) -> Terms | None:
    overrides = [*agreed_cells(agreed), *_not_offered(agreed, withheld)]  # the last word wins
    try:
        return policies.terms_of(
            version,
            overrides=overrides,
            calendar=agreed.calendar,
            day_mode=agreed.day_mode,
            at=at,
            asked=asked,
        )
    except calendars.NoVersion:
        logger.exception("calendar_has_no_hours", contract=str(agreed), policy=str(version))
        return None


def _not_offered(agreed: ContractVersion, withheld: Sequence[Priority]) -> Iterator[Cell]:
    """What the policy promises to other plans is not promised here."""
    for priority in withheld:
        for metric in Cell.Metric:
            yield ContractCell(version=agreed, metric=metric, priority=priority, kind=Cell.Kind.NOT_OFFERED)


def _first_priority(offered: Sequence[Priority], withheld: Sequence[Priority]) -> Priority | None:
    """Medium if offered, else the nearest lower one that is, else the lowest (D22)."""
    if not offered:
        return None
    ranks = [priority.rank for priority in (*offered, *withheld) if priority.key == FIRST_CHOICE]
    lower = [priority for priority in offered if ranks and priority.rank >= ranks[0]]
    return lower[0] if lower else offered[-1]
