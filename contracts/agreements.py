"""Which version of a contract governs at an instant, and which version of its plan (R1, R2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from contracts.models import (
    Contract,
    ContractCell,
    ContractOrganisation,
    ContractVersion,
    Organisation,
    PlanVersion,
)
from contracts.models.contract import others_covering
from sla import versions


def version_in_force(contract: Contract, *, at: datetime) -> ContractVersion | None:
    """What the contract said at that instant, also a past one; None before it began or after it ended."""
    if at < contract.starts_at or (contract.ends_at is not None and contract.ends_at <= at):
        return None
    return versions.in_force(governing(ContractVersion.objects.filter(contract=contract)), at=at).first()


def latest_version(contract: Contract) -> ContractVersion | None:
    """The last published version, whether or not it has begun or the contract has ended."""
    published = versions.published(governing(ContractVersion.objects.filter(contract=contract)))
    return published.order_by("-valid_from").first()


def latest_versions(contracts: Iterable[Contract]) -> dict[int, ContractVersion]:
    """The same for many, by the contract's number, in one statement."""
    rows = versions.published(governing(ContractVersion.objects.filter(contract__in=list(contracts))))
    return {agreed.contract_id: agreed for agreed in rows.order_by("valid_from")}


def latest_of(contracts: QuerySet[Contract]) -> QuerySet[ContractVersion]:
    """The same as rows to go through, however many."""
    published = versions.published(ContractVersion.objects.filter(contract=OuterRef("contract")))
    last = published.order_by("-valid_from").values("pk")[:1]
    return ContractVersion.objects.filter(contract__in=contracts, pk=Subquery(last))


def governing(rows: QuerySet[ContractVersion]) -> QuerySet[ContractVersion]:
    """Those rows with all that hangs on them, and whether they have cells of their own."""
    return rows.select_related(
        "contract__organisation", "plan_version__plan", "plan_version__policy"
    ).annotate(has_cells=Exists(ContractCell.objects.filter(version=OuterRef("pk"))))


def plan_version_of(agreed: ContractVersion, *, at: datetime) -> PlanVersion:
    """The plan's version that was signed, or where the contract follows the plan the one in force at `at`."""
    signed = agreed.plan_version
    if not agreed.follows_latest:
        return signed
    of_plan = PlanVersion.objects.filter(plan=signed.plan_id).select_related("plan", "policy")
    return versions.in_force(of_plan, at=at).first() or signed


def channels_under(agreed: ContractVersion, plan: PlanVersion) -> list[str]:
    """The channels that the contract says, or else its plan."""
    channels: list[str] = plan.channels if agreed.channels is None else agreed.channels
    return channels


def share(contract: Contract, organisations: Iterable[Organisation]) -> bool:
    """Let a contract cover just those further organisations; says whether anything changed (AM-10)."""
    wanted = {organisation.pk for organisation in organisations}
    kept = dict(ContractOrganisation.objects.filter(contract=contract).values_list("organisation_id", "pk"))
    ContractOrganisation.objects.filter(pk__in=[pk for key, pk in kept.items() if key not in wanted]).delete()
    ContractOrganisation.objects.bulk_create(
        [ContractOrganisation(contract=contract, organisation_id=key) for key in sorted(wanted - set(kept))]
    )
    return wanted != set(kept)


def overlapping(contract: Contract, organisation: Organisation) -> list[Contract]:
    """The contracts besides this one that cover the organisation in its time, where none is its default."""
    return list(others_covering(organisation.pk, contract).order_by("reference"))


def sign(
    *,
    reference: str,
    organisation: Organisation,
    plan_version: PlanVersion,
    starts_at: datetime,
    at: datetime,
    ends_at: datetime | None = None,
    zone: str = "Europe/Lisbon",
    **said: Any,
) -> Contract:
    """Open a contract whose first version is in force from its beginning; `said` are that version's fields.

    Raises:
        IntegrityError: the reference is taken, or what is said contradicts itself.
    """
    with transaction.atomic():
        contract = Contract.objects.create(
            reference=reference, organisation=organisation, starts_at=starts_at, ends_at=ends_at, zone=zone
        )
        first = ContractVersion.objects.create(
            contract=contract, number=1, plan_version=plan_version, valid_from=starts_at, **said
        )
        versions.publish(first, at=at)
    return contract
