"""The targets as customer and agent read them: each with its source, and whether it binds (R1, R7)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.coverage import Coverage, agreed_cells
from sla import policies
from sla.models import PolicyVersion
from sla.models.policy import Cell


class Source(StrEnum):
    """Who says it."""

    AGREEMENT = "agreement"
    POLICY = "policy"


INTERNAL: Final = frozenset({Cell.Metric.QUOTE_DELIVERY})
"""What the desk promises itself, and no customer reads."""


@dataclass(frozen=True, slots=True)
class CellShown:
    """One target for reading: `kind`, `unit` and `amount` are those of `sla.models.policy.Cell`.

    Without a number (`best_effort`, `none`, `as_agreed`, `not_offered`) `unit` is empty and `amount` is None.
    `is_binding` is false for a goal; every place that shows the target says which it is.
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
    from_amount: int | None = None
    """Where a range begins that ends with `amount`."""
    aim_amount: int | None = None
    aim_unit: str = ""
    """What is aimed for, where `amount` is what it takes at most."""
    channel: str = ""
    named_contacts_only: bool = False
    """For whom alone it holds."""


def cells_shown(of: Coverage | PolicyVersion) -> list[CellShown]:
    """Every target of a customer's coverage, or of a policy as published, by metric and then by urgency.

    A coverage shows the priorities that its plan offers, its agreement's cells before the policy's. Without a
    contract or a policy in force there is nothing to show.
    """
    if isinstance(of, PolicyVersion):
        cells = [(cell, Source.POLICY) for cell in policies.cells_of(of)]
        return [_shown(*said, is_binding=of.is_binding) for said in cells if _is_public(said[0])]
    if of.contract_version is None or of.policy_version is None:
        return []
    said = _merged(policies.cells_of(of.policy_version), agreed_cells(of.contract_version))
    offered = [one for one in said if one[0].priority.key in of.offered and _is_public(one[0])]
    return [_shown(*one, is_binding=of.is_binding) for one in sorted(offered, key=_order)]


def strictest(several: Sequence[Sequence[CellShown]]) -> list[CellShown]:
    """Of what several contracts say of each metric, priority and condition, what is due first (CM-07).

    What counts on other calendars is compared by its number alone: a day as a day, an hour as an hour.
    """
    if len(several) == 1:
        return list(several[0])
    kept: dict[tuple[str, str, str, bool], CellShown] = {}
    for cell in (cell for cells in several for cell in cells):
        place = (cell.metric, cell.priority, cell.channel, cell.named_contacts_only)
        if place not in kept or _length(cell) < _length(kept[place]):
            kept[place] = cell
    return list(kept.values())


DAY: Final = 24 * 60
LENGTHS: Final = {
    Cell.Unit.MINUTES: 1,
    Cell.Unit.HOURS: 60,
    Cell.Unit.DAYS: DAY,
    Cell.Unit.ELAPSED_MINUTES: 1,
    Cell.Unit.ELAPSED_HOURS: 60,
    Cell.Unit.CALENDAR_DAYS: DAY,
}


def _length(cell: CellShown) -> float:
    """Minutes, roughly; what has no number is due last."""
    if cell.kind != Cell.Kind.TARGET or cell.amount is None:
        return math.inf
    return cell.amount * LENGTHS[Cell.Unit(cell.unit)]


def _merged(published: Iterable[Cell], agreed: Sequence[Cell]) -> list[tuple[Cell, Source]]:
    """The agreement's cells, and those of the policy in whose place it says nothing for everybody."""
    replaced = {_place(cell) for cell in agreed if not (cell.channel or cell.named_contacts_only)}
    kept = [(cell, Source.POLICY) for cell in published if _place(cell) not in replaced]
    return [*kept, *((cell, Source.AGREEMENT) for cell in agreed)]


def _place(cell: Cell) -> tuple[str, str]:
    return cell.metric, cell.priority.key


def _is_public(cell: Cell) -> bool:
    return cell.metric not in INTERNAL


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
        from_amount=cell.from_amount,
        aim_amount=cell.aim_amount,
        aim_unit=cell.aim_unit,
        channel=cell.channel,
        named_contacts_only=cell.named_contacts_only,
    )


def _order(cell_and_source: tuple[Cell, Source]) -> tuple[int, int, bool, str]:
    cell = cell_and_source[0]
    place = Cell.Metric.values.index(cell.metric), cell.priority.rank
    return *place, cell.named_contacts_only, cell.channel
