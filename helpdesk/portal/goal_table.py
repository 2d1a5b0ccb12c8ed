"""Goals by priority, as a table for people."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, pgettext

from contracts.terms import CellShown, cells_shown
from helpdesk.models import Ticket
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
SAID: Final = frozenset({Cell.Kind.TARGET, Cell.Kind.BEST_EFFORT, Cell.Kind.AS_AGREED})
CHANNELS: Final = dict(Ticket.Channel.choices)


def goal_rows(version: PolicyVersion, *, works_saturdays: bool) -> tuple[GoalRow, ...]:
    """The published goals, most urgent first."""
    return rows_of(cells_shown(version), works_saturdays=works_saturdays)


def rows_of(cells: Iterable[CellShown], *, works_saturdays: bool) -> tuple[GoalRow, ...]:
    """Cells laid out by priority; what nobody defines is "none"."""
    by_place: dict[tuple[str, str], list[CellShown]] = defaultdict(list)
    for cell in cells:
        by_place[cell.priority, cell.metric].append(cell)
    extras = {metric for (_key, metric), said in by_place.items() if any(one.kind in SAID for one in said)}
    metrics = [metric for metric in Cell.Metric if metric in ALWAYS or metric in extras]
    names = {key: said[0].priority_name for (key, _metric), said in by_place.items()}
    priorities = Priority.objects.filter(key__in=names, name__in=names.values()).order_by("rank")
    return tuple(
        GoalRow(
            priority,
            tuple(
                _shown(by_place.get((priority.key, metric), []), metric, works_saturdays)
                for metric in metrics
            ),
        )
        for priority in priorities
    )


def _shown(said: Sequence[CellShown], metric: Cell.Metric, works_saturdays: bool) -> Shown:
    """What is said for everybody, and after it what holds for some alone."""
    column = str(metric.label)
    if not said:
        return Shown(column, pgettext("a goal", "none"), is_agreed=False, is_binding=False)
    first = said[0]
    return Shown(
        column,
        gettext("; ").join(_with_condition(cell, works_saturdays) for cell in said),
        is_agreed=any(cell.source == "agreement" for cell in said),
        is_binding=first.is_binding,
        calendar=first.calendar,
    )


def _with_condition(cell: CellShown, works_saturdays: bool) -> str:
    text = _text(cell, works_saturdays)
    if cell.named_contacts_only:
        text = gettext("%(goal)s (for named contacts)") % {"goal": text}
    if cell.channel:
        channel = CHANNELS.get(cell.channel, cell.channel)
        text = gettext("%(goal)s (by %(channel)s)") % {"goal": text, "channel": channel}
    return text


def _text(cell: CellShown, works_saturdays: bool) -> str:
    match cell.kind:
        case Cell.Kind.TARGET if cell.amount is not None:
            return spelling.target(cell, works_saturdays=works_saturdays)
        case Cell.Kind.BEST_EFFORT:
            return gettext("best effort")
        case Cell.Kind.AS_AGREED:
            return gettext("as agreed")
        case Cell.Kind.NOT_OFFERED:
            return gettext("not offered")
        case _:
            return pgettext("a goal", "none")
