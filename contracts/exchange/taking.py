"""Contracts as rows, out of the database: what the last published version of each says."""

from collections.abc import Iterator

from django.db.models import Prefetch, QuerySet

from contracts import agreements
from contracts.exchange import columns
from contracts.models import Contract, ContractCell, ContractVersion

PAGE = 500
"""How many are in memory at once."""


def rows(contracts: QuerySet[Contract]) -> Iterator[list[str]]:
    """Each contract's cells in the order of `columns.COLUMNS`, by reference; drafts alone make no row."""
    cells = ContractCell.objects.select_related("priority", "calendar")
    whole = (
        agreements.latest_of(contracts)
        .select_related("contract__organisation", "plan_version__plan", "calendar")
        .select_related("pinned_policy_version__policy")
        .prefetch_related(
            "contract__organisations",
            Prefetch("cells", queryset=cells.order_by("metric", "priority__rank", "pk")),
        )
        .order_by("contract__reference")
    )
    return map(_row, whole.iterator(chunk_size=PAGE))


def _row(agreed: ContractVersion) -> list[str]:
    contract, plan, pinned = agreed.contract, agreed.plan_version, agreed.pinned_policy_version
    given = {
        "reference": contract.reference,
        "organisation": contract.organisation.slug,
        "more_organisations": "; ".join(sorted(other.slug for other in contract.organisations.all())),
        "plan": plan.plan.key,
        "plan_version": "latest" if agreed.follows_latest else str(plan.number),
        "policy_version": f"{pinned.policy.key}/{pinned.number}" if pinned else "",
        "calendar": agreed.calendar.key if agreed.calendar else "",
        "starts_on": columns.write_day(contract.starts_at, contract.zone),
        "ends_on": columns.write_day(contract.ends_at, contract.zone, is_end=True),
        "zone": contract.zone,
        "units": columns.write_units(agreed.units_source, agreed.units),
        "cells": "; ".join(columns.write_cell(cell) for cell in agreed.cells.all()),
    }
    given |= {name: columns.write(getattr(agreed, name)) for name in columns.FIELDS}
    return [given[column] for column in columns.COLUMNS]
