"""A row becomes a contract, an amendment of one, or nothing new; all through the rules of contracts."""

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BaseConstraint
from django.utils.text import capfirst

from contracts import agreements
from contracts.exchange.columns import Said, Wrong
from contracts.models import Contract, ContractCell, ContractVersion, Organisation, PlanVersion
from sla import versions
from sla.models import Calendar, PolicyVersion, Priority
from sla.versions import PublicationRefused

HELD_AGAINST: Final = {
    "a_binding_contract_names_its_agreement": "agreement_reference",
    "a_contracts_overage_has_a_price_and_a_currency": "overage_price",
    "a_contracts_period_begins_on_a_day_of_a_month": "anchor_day",
    "a_contracts_period_begins_in_a_month_of_the_year": "anchor_month",
    "only_a_binding_contract_gives_credits": "credit_scheme",
}
"""The column of a file by the constraint that refuses it; their names are sentences."""


class Outcome(StrEnum):
    """What a row came to."""

    NEW = "new"
    AMENDED = "update"
    SAME = "skip"


class Known:
    """What rows name, read once a file: thousands of rows name the same few."""

    @cached_property
    def organisations(self) -> dict[str, Organisation]:
        """By their short names."""
        return {row.slug: row for row in Organisation.objects.all()}

    @cached_property
    def plans(self) -> dict[tuple[str, int], PlanVersion]:
        """Published versions, by plan and number."""
        rows = versions.published(PlanVersion.objects.select_related("plan", "policy"))
        return {(row.plan.key, row.number): row for row in rows}

    @cached_property
    def priorities(self) -> dict[str, Priority]:
        """By key; of several scales the one that the desk had first."""
        return {row.key: row for row in Priority.objects.order_by("-pk")}

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        """By key."""
        return {row.key: row for row in Calendar.objects.all()}

    @cached_property
    def policies(self) -> dict[tuple[str, int], PolicyVersion]:
        """Published versions, by policy and number."""
        rows = versions.published(PolicyVersion.objects.select_related("policy"))
        return {(row.policy.key, row.number): row for row in rows}

    def organisation(self, column: str, slug: str) -> Organisation:
        """The organisation of that short name."""
        if slug not in self.organisations:
            raise Wrong(column, f"There is no organisation “{slug}”.")
        return self.organisations[slug]

    def plan(self, said: Said, *, at: datetime) -> PlanVersion:
        """The version that is signed; of a contract that follows the plan the one in force."""
        of_plan = [row for (key, _number), row in self.plans.items() if key == said.plan]
        if not of_plan:
            raise Wrong("plan", f"There is no published plan “{said.plan}”.")
        if said.plan_version is None:
            ruling = [row for row in of_plan if row.rules(max(at, said.starts_at))]
            return (ruling or of_plan)[-1]
        if (said.plan, said.plan_version) not in self.plans:
            raise Wrong("plan_version", f"{said.plan} has no published version {said.plan_version}.")
        return self.plans[said.plan, said.plan_version]


def put(said: Said, *, known: Known, by: Any, at: datetime) -> Outcome:
    """Let a contract say what the row says: a new one, its next version, or what it says already.

    Joins the caller's transaction; what is refused leaves nothing.

    Raises:
        Wrong: with the column, and why.
    """
    version = _version(said, known=known, at=at)
    cells = [_cell(cell, known=known) for cell in said.cells]
    try:
        with transaction.atomic():
            return _put(said, version, cells, known=known, by=by, at=at)
    except PublicationRefused as refusal:
        raise Wrong("starts_on", str(refusal)) from refusal
    except ValidationError as error:
        column, reasons = next(iter(error.message_dict.items()))
        raise Wrong(column, " ".join(reasons)) from error
    except IntegrityError as error:
        raise _refused(error) from error


def _put(
    said: Said,
    version: dict[str, Any],
    cells: list[dict[str, Any]],
    *,
    known: Known,
    by: Any,
    at: datetime,
) -> Outcome:
    organisation = known.organisation("organisation", said.organisation)
    more = [known.organisation("more_organisations", slug) for slug in said.more]
    if said.ends_at is not None and said.ends_at <= said.starts_at:
        raise Wrong("ends_on", "It ends before it begins.")
    contract = Contract.objects.filter(reference=said.reference).first()
    if contract is None:
        contract = Contract(
            reference=said.reference,
            organisation=organisation,
            starts_at=said.starts_at,
            ends_at=said.ends_at,
            zone=said.zone,
        )
        contract.clean_fields(exclude=["organisation"])
        _refuse_overlap(contract, [organisation, *more])
        contract.save()
        agreements.share(contract, more)
        _publish(contract, 1, said.starts_at, version, cells, by=by, at=at)
        return Outcome.NEW
    return _amend(contract, said, version, cells, more, organisation=organisation, by=by, at=at)


def _amend(
    contract: Contract,
    said: Said,
    version: dict[str, Any],
    cells: list[dict[str, Any]],
    more: list[Organisation],
    *,
    organisation: Organisation,
    by: Any,
    at: datetime,
) -> Outcome:
    for column, is_same in (
        ("organisation", contract.organisation_id == organisation.pk),
        ("starts_on", contract.starts_at == said.starts_at),
        ("zone", contract.zone == said.zone),
    ):
        if not is_same:
            raise Wrong(column, "What a contract is for and since when is never changed; make a new one.")
    is_moved, contract.ends_at = contract.ends_at != said.ends_at, said.ends_at
    is_changed = agreements.share(contract, more) or is_moved
    if is_changed:
        _refuse_overlap(contract, [organisation, *more])
    if is_moved:
        contract.full_clean(exclude=["organisation", "organisations"])
        contract.save(update_fields=["ends_at"])
    latest = agreements.latest_version(contract)
    if latest is None or _differs(latest, version, cells):
        number = versions.next_number(ContractVersion.objects.filter(contract=contract))
        _publish(contract, number, max(at, contract.starts_at), version, cells, by=by, at=at)
        is_changed = True
    return Outcome.AMENDED if is_changed else Outcome.SAME


def _publish(
    contract: Contract,
    number: int,
    valid_from: datetime,
    version: dict[str, Any],
    cells: list[dict[str, Any]],
    *,
    by: Any,
    at: datetime,
) -> None:
    draft = ContractVersion(contract=contract, number=number, valid_from=valid_from, author=by, **version)
    draft.clean_fields(exclude=["contract", "plan_version", "calendar", "pinned_policy_version", "author"])
    draft.clean()
    draft.save()
    for cell in cells:
        row = draft.cells.model(version=draft, **cell)
        row.clean_fields(exclude=["version", "priority", "calendar"])
        row.save()
    versions.publish(draft, at=at)


def _refused(error: IntegrityError) -> Wrong:
    """What the database holds against the row, in the words of its constraint.

    It is asked once, by writing: to ask for each constraint beforehand costs a statement each.
    """
    of_version = [(one, HELD_AGAINST.get(one.name)) for one in ContractVersion._meta.constraints]  # noqa: SLF001  documented in spite of its name
    of_cells = [(one, "cells") for one in ContractCell._meta.constraints]  # noqa: SLF001  as above
    for constraint, column in (*of_version, *of_cells):
        if column and constraint.name in str(error):
            return Wrong(column, _sentence(constraint))
    return Wrong("reference", "The database refuses this contract.")


def _sentence(constraint: BaseConstraint) -> str:
    """Its own message, or its name, which is one."""
    if constraint.violation_error_message != constraint.default_violation_error_message:
        return str(constraint.violation_error_message)
    return capfirst(constraint.name.replace("_", " ")) + "."


def _version(said: Said, *, known: Known, at: datetime) -> dict[str, Any]:
    """The fields of the contract's version that the row asks for."""
    if said.calendar and said.calendar not in known.calendars:
        raise Wrong("calendar", f"There is no calendar “{said.calendar}”.")
    if said.policy_version is not None and said.policy_version not in known.policies:
        raise Wrong("policy_version", "There is no such published version.")
    return {
        "plan_version": known.plan(said, at=at),
        "follows_latest": said.plan_version is None,
        "pinned_policy_version": known.policies[said.policy_version] if said.policy_version else None,
        "calendar": known.calendars[said.calendar] if said.calendar else None,
        **said.fields,
    }


def _cell(said: Any, *, known: Known) -> dict[str, Any]:
    if said["priority"] not in known.priorities:
        raise Wrong("cells", f"There is no priority “{said['priority']}”.")
    calendar = said.get("calendar", "")
    if calendar and calendar not in known.calendars:
        raise Wrong("cells", f"There is no calendar “{calendar}”.")
    named = {"priority": known.priorities[said["priority"]], "calendar": known.calendars.get(calendar)}
    return {**said, **named}


def _differs(latest: ContractVersion, version: dict[str, Any], cells: list[dict[str, Any]]) -> bool:
    compared = dict(version)
    if compared.pop("follows_latest") and latest.follows_latest:
        is_same_plan = latest.plan_version.plan_id == compared.pop("plan_version").plan_id
    else:
        is_same_plan = latest.follows_latest == version["follows_latest"]
    if not is_same_plan or any(getattr(latest, name) != value for name, value in compared.items()):
        return True
    kept = [_comparable(cell) for cell in latest.cells.select_related("priority", "calendar")]
    return sorted(kept) != sorted(_comparable(latest.cells.model(**cell)) for cell in cells)


def _comparable(cell: Any) -> tuple[str, ...]:
    names = (
        "metric", "priority_id", "kind", "unit", "amount", "from_amount", "aim_amount", "aim_unit", "channel",
        "named_contacts_only", "calendar_id",
    )  # fmt: skip
    return tuple(str(getattr(cell, name)) for name in names)


def _refuse_overlap(contract: Contract, organisations: list[Organisation]) -> None:
    for organisation in organisations:
        others = agreements.overlapping(contract, organisation)
        if others:
            named = ", ".join(other.reference for other in others)
            raise Wrong(
                "organisation", f"{organisation} has another contract in force in this time: {named}."
            )
