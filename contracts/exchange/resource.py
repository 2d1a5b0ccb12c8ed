"""What the import library asks of contracts: each row goes in by the rules, or is told with its reason."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from import_export.resources import ModelResource
from import_export.results import RowResult

from contracts import agreements
from contracts.exchange import columns, putting
from contracts.exchange.columns import COLUMNS, Wrong
from contracts.exchange.putting import Known
from contracts.models import Contract, ContractVersion


class ContractResource(ModelResource):  # type: ignore[misc]  # the library has no types
    """Contracts as rows; see `contracts.exchange.columns`."""

    class Meta:
        model = Contract
        fields = ("reference",)
        import_id_fields = ("reference",)
        report_skipped = True
        use_transactions = True

    def __init__(self, *, by: Any, at: datetime, progress: Callable[[], None] = lambda: None) -> None:
        """Take who imports, when, and whom to tell of each row."""
        super().__init__()
        self.by, self.at, self.progress = by, at, progress
        self.known = Known()

    def import_row(self, row: Mapping[str, Any], instance_loader: Any, **_kwargs: Any) -> RowResult:  # noqa: ARG002 - the library's signature
        """Put one row in; what is wrong with it is kept with its column, and the next one goes on."""
        self.progress()
        result = RowResult()
        result.object_repr = str(row.get("reference") or "")[:60]
        result.row_values = dict(row)
        try:
            said = columns.read(row)
            result.import_type = putting.put(said, known=self.known, by=self.by, at=self.at).value
        except Wrong as wrong:
            result.import_type = RowResult.IMPORT_TYPE_INVALID
            result.validation_error = ValidationError({wrong.column: [wrong.sentence]})
        return result

    def get_export_headers(self, *_args: Any, **_kwargs: Any) -> list[str]:
        """All columns, in their order."""
        return list(COLUMNS)

    def export_resource(self, instance: Contract, *_args: Any, **_kwargs: Any) -> list[str]:
        """A contract as a row: what its last published version says."""
        agreed = getattr(instance, "agreed", None) or agreements.latest_version(instance)
        return row_of(instance, agreed) if agreed else [instance.reference, *[""] * (len(COLUMNS) - 1)]


def row_of(contract: Contract, agreed: ContractVersion) -> list[str]:
    """The cells of a contract, in the order of the columns."""
    pinned = agreed.pinned_policy_version
    plan = agreed.plan_version
    cells = agreed.cells.select_related("priority", "calendar").order_by("metric", "priority__rank", "pk")
    given = {
        "reference": contract.reference,
        "organisation": contract.organisation.slug,
        "more_organisations": "; ".join(sorted(contract.organisations.values_list("slug", flat=True))),
        "plan": plan.plan.key,
        "plan_version": "latest" if agreed.follows_latest else str(plan.number),
        "policy_version": f"{pinned.policy.key}/{pinned.number}" if pinned else "",
        "calendar": agreed.calendar.key if agreed.calendar else "",
        "starts_on": columns.write_day(contract.starts_at, contract.zone),
        "ends_on": columns.write_day(contract.ends_at, contract.zone, is_end=True),
        "zone": contract.zone,
        "units": columns.write_units(agreed.units_source, agreed.units),
        "cells": "; ".join(columns.write_cell(cell) for cell in cells),
    }
    given |= {name: columns.write(getattr(agreed, name)) for name in columns.FIELDS}
    return [given[column] for column in COLUMNS]
