"""The targets as customer and agent read them: each with its source, and whether it binds (R1, R7)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.coverage import Coverage, agreed_cells
from sla import linter, policies
from sla.models import PolicyVersion
from sla.models.policy import INTERNAL, Cell


class Source(StrEnum):
    """Who says it."""

    AGREEMENT = "agreement"
    POLICY = "policy"


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
    return [_shown(*one, is_binding=of.is_binding) for one in _said_under(of)]


def strictest(covers: Sequence[Coverage], *, at: datetime) -> list[CellShown]:
    """Of what several contracts say of each metric, priority and condition, what is due first (CM-07).

    What counts on different calendars is compared by its length alone: a day by how long it is open.
    """
    kept: dict[tuple[str, str, str, bool], tuple[float, CellShown]] = {}
    for cover in covers:
        for cell, source in _said_under(cover):
            place = cell.metric, cell.priority.key, cell.channel, cell.named_contacts_only
            length = _length(cell, cover, at=at)
            if place not in kept or length < kept[place][0]:
                kept[place] = length, _shown(cell, source, is_binding=cover.is_binding)
    return [shown for _length, shown in kept.values()]


def _length(cell: Cell, cover: Coverage, *, at: datetime) -> float:
    """Seconds; what has no number is due last."""
    length = linter.length_of(cell, cover.calendar, at=at) if cover.calendar else None
    return length.seconds if length else math.inf


def _said_under(cover: Coverage) -> list[tuple[Cell, Source]]:
    """What a customer reads of the priorities that their plan offers, by metric and urgency."""
    if cover.contract_version is None or cover.policy_version is None:
        return []
    said = merged(policies.cells_of(cover.policy_version), agreed_cells(cover.contract_version))
    return sorted(
        (one for one in said if one[0].priority.key in cover.offered and _is_public(one[0])), key=_order
    )


def merged(published: Iterable[Cell], agreed: Sequence[Cell]) -> list[tuple[Cell, Source]]:
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
