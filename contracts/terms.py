"""The targets as customer and agent read them: each with its source, and whether it binds (R1, R7)."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.coverage import Coverage, agreed_cells
from sla import policies
from sla.models import PolicyVersion
from sla.models.policy import Cell


class Source(StrEnum):
    """Who says it."""

    AGREEMENT = "agreement"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class CellShown:
    """One target for reading: `kind`, `unit` and `amount` are those of `sla.models.policy.Cell`.

    Without a number (`best_effort`, `none`, `not_offered`) `unit` is empty and `amount` is None. `is_binding`
    is false for a goal; every place that shows the target says which it is.
    """

    metric: str
    priority: str
    priority_name: str
    kind: str
    unit: str
    amount: int | None
    source: Source
    is_binding: bool
    calendar: str = ""
    """The name of the calendar on which it counts, where that is not the policy's or contract's."""


def cells_shown(of: Coverage | PolicyVersion) -> list[CellShown]:
    """Every target of a customer's coverage, or of a policy as published, by metric and then by urgency.

    A coverage shows the priorities that its plan offers, its agreement's cells before the policy's. Without a
    contract or a policy in force there is nothing to show.
    """
    if isinstance(of, PolicyVersion):
        return [_shown(cell, Source.POLICY, is_binding=of.is_binding) for cell in policies.cells_of(of)]
    if of.contract_version is None or of.policy_version is None:
        return []
    said: dict[tuple[str, str], tuple[Cell, Source]] = {}
    for cell in policies.cells_of(of.policy_version):
        said[cell.metric, cell.priority.key] = cell, Source.POLICY
    for agreed in agreed_cells(of.contract_version):
        said[agreed.metric, agreed.priority.key] = agreed, Source.AGREEMENT
    offered = [(cell, source) for cell, source in said.values() if cell.priority.key in of.offered]
    return [_shown(cell, source, is_binding=of.is_binding) for cell, source in sorted(offered, key=_order)]


def _shown(cell: Cell, source: Source, *, is_binding: bool) -> CellShown:
    return CellShown(
        metric=cell.metric,
        priority=cell.priority.key,
        priority_name=cell.priority.name,
        kind=cell.kind,
        unit=cell.unit,
        amount=cell.amount,
        source=source,
        is_binding=is_binding,
        calendar=cell.calendar.name if cell.calendar is not None else "",
    )


def _order(cell_and_source: tuple[Cell, Source]) -> tuple[int, int]:
    cell = cell_and_source[0]
    return Cell.Metric.values.index(cell.metric), cell.priority.rank
