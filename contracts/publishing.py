"""Plans and contracts are put in force: what a draft must not contradict, and when it may begin (SA-04)."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from contracts import linter
from contracts.models import ContractVersion, PlanVersion
from sla import linter as lint
from sla import versions
from sla.linter import Finding
from sla.versions import PublicationRefused


class Backdated(PublicationRefused):
    """It would begin in the past, in which another version ruled."""


class NotReady(PublicationRefused):
    """The draft contradicts itself or what it refers to."""


def publish(version: PlanVersion | ContractVersion, *, typed: str, at: datetime) -> None:
    """Put a draft in force from its `valid_from`; only the first of a plan or contract may begin in the past.

    `typed` confirms what the linter warns of (SA-03).

    Raises:
        Backdated, NotReady, HasErrors, NotConfirmed, versions.NotADraft, versions.NotLater.
    """
    with transaction.atomic():
        if version.is_draft:
            _check(version, at=at)
            lint.clear(findings(version, at=at), typed=typed)
        versions.publish(version, at=at)


def findings(version: PlanVersion | ContractVersion, *, at: datetime) -> list[Finding]:
    """What the linter says of a version."""
    if isinstance(version, PlanVersion):
        return linter.of_plan(version, at=at)
    return linter.of_contract(version, at=at)


def _check(version: PlanVersion | ContractVersion, *, at: datetime) -> None:
    siblings = type(version).objects.filter(**{version.whole: getattr(version, version.whole)})
    if version.valid_from < at and versions.published(siblings).exists():
        raise Backdated("A version that follows another begins now or later: the past is never rewritten.")
    wrong = [*(_of_plan(version) if isinstance(version, PlanVersion) else _of_contract(version))]
    if wrong:
        raise NotReady(" ".join(wrong))


def _of_plan(version: PlanVersion) -> Iterator[str]:
    if not version.offered_priorities.exists():
        yield "The plan offers no priority."
    if version.offered_priorities.values("scale").distinct().count() > 1:
        yield "The plan offers priorities of different scales."
    if version.units_per_contract and version.units is not None:
        yield "The number of units is in the plan or in each contract, not in both."


def _of_contract(version: ContractVersion) -> Iterator[str]:
    if version.plan_version.is_draft:
        yield "Its plan is a draft, which cannot be promised."
    if version.is_of_a_retired_plan:
        yield "Its plan is retired: nobody can buy it."
    pinned = version.pinned_policy_version
    if pinned is not None and pinned.is_draft:
        yield "Its policy is a draft, which cannot be promised."
    offered = set(version.plan_version.offered_priorities.values_list("pk", flat=True))
    for cell in version.cells.select_related("priority"):
        if cell.priority_id not in offered:
            yield f"It says something of {cell.priority}, which the plan does not offer."
    if version.valid_from < version.contract.starts_at:
        yield "It begins before its contract does."
