"""Goals by priority, as a table for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, pgettext

from contracts.terms import CellShown, cells_shown
from helpdesk.portal import spelling
from sla.models import PolicyVersion, Priority
from sla.models.policy import Cell


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: "12 business hours", and where it comes from when that is the agreement."""

    column: str
    text: str
    is_agreed: bool
    is_binding: bool
    calendar: str = ""
    """The name of the hours by which it counts, where they are others than the page's."""


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One priority, the most urgent with rank 1, and its cells in the order of the columns."""

    priority: Priority
    cells: tuple[Shown, ...]


ALWAYS: Final = frozenset({Cell.Metric.FIRST_RESPONSE, Cell.Metric.RESOLUTION})
"""What every policy speaks of, if only to say that there is no goal; the others are extras."""
SAID: Final = frozenset({Cell.Kind.TARGET, Cell.Kind.BEST_EFFORT})


def goal_rows(version: PolicyVersion, *, works_saturdays: bool) -> tuple[GoalRow, ...]:
    """The published goals, most urgent first."""
    return rows_of(cells_shown(version), works_saturdays=works_saturdays)


def rows_of(cells: Iterable[CellShown], *, works_saturdays: bool) -> tuple[GoalRow, ...]:
    """Cells laid out by priority; what nobody defines is "none"."""
    by_place = {(cell.priority, cell.metric): cell for cell in cells}
    extras = {cell.metric for cell in by_place.values() if cell.kind in SAID}
    metrics = [metric for metric in Cell.Metric if metric in ALWAYS or metric in extras]
    names = {key for key, _metric in by_place}
    priorities = Priority.objects.filter(key__in=names).order_by("rank")
    return tuple(
        GoalRow(
            priority,
            tuple(
                _shown(by_place.get((priority.key, metric)), metric, works_saturdays) for metric in metrics
            ),
        )
        for priority in priorities
    )


def _shown(cell: CellShown | None, metric: Cell.Metric, works_saturdays: bool) -> Shown:
    column = str(metric.label)
    if cell is None:
        return Shown(column, pgettext("a goal", "none"), is_agreed=False, is_binding=False)
    text = _text(cell, works_saturdays)
    return Shown(
        column,
        text,
        is_agreed=cell.source == "agreement",
        is_binding=cell.is_binding,
        calendar=cell.calendar,
    )


def _text(cell: CellShown, works_saturdays: bool) -> str:
    match cell.kind:
        case Cell.Kind.TARGET if cell.amount is not None:
            return spelling.amount(cell.amount, cell.unit, works_saturdays=works_saturdays)
        case Cell.Kind.BEST_EFFORT:
            return gettext("best effort")
        case Cell.Kind.NOT_OFFERED:
            return gettext("not offered")
        case _:
            return pgettext("a goal", "none")
