"""What the import library asks of contracts: each row goes in by the rules, or is told with its reason."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from import_export.resources import ModelResource
from import_export.results import RowResult

from contracts.exchange import columns, putting
from contracts.exchange.columns import Wrong
from contracts.exchange.putting import Known
from contracts.models import Contract


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
        try:
            said = columns.read(row)
            result.import_type = putting.put(said, known=self.known, by=self.by, at=self.at).value
        except Wrong as wrong:
            result.import_type = RowResult.IMPORT_TYPE_INVALID
            result.validation_error = ValidationError({wrong.column: [wrong.sentence]})
        return result
