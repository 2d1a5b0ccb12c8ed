"""What is promised: versions of a policy are published, and their cells become terms (R1, D4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import structlog
from django.db import transaction

from sla import calendars, ladders, versions
from sla.conditions import BY_ANYBODY, Asked
from sla.frozen import Memory
from sla.hours import DayMode, Metric, Target, Terms, Unit
from sla.models import Calendar, Policy, PolicyVersion, TargetCell
from sla.models.policy import Cell
from sla.versions import NotADraft, NotLater, PublicationRefused

__all__ = [
    "IdleStep",
    "NotADraft",
    "NotLater",
    "PublicationRefused",
    "UnknownNames",
    "active_version",
    "cells_of",
    "publish",
    "target_of",
    "terms_of",
]

logger = structlog.get_logger(__name__)

MINUTE: Final = 60
SECONDS: Final[Mapping[str, int]] = {
    Cell.Unit.MINUTES: MINUTE,
    Cell.Unit.HOURS: 60 * MINUTE,
    Cell.Unit.ELAPSED_MINUTES: MINUTE,
    Cell.Unit.ELAPSED_HOURS: 60 * MINUTE,
}
PROMISED: Final = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
"""What every policy speaks of, if only to say that there is no target; a next response is an extra."""

PASSING: Final = (Cell.Unit.ELAPSED_MINUTES, Cell.Unit.ELAPSED_HOURS, Cell.Unit.CALENDAR_DAYS)
"""Units of time as it passes, whatever the hours."""

_cells: Final[Memory[int, list[TargetCell]]] = Memory()
"""The cells of published versions."""


class UnknownNames(PublicationRefused):
    """A step of its ladder names a role, a team or a webhook that there is not."""


class IdleStep(PublicationRefused):
    """A step of its ladder does nothing."""


# --- publishing -----------------------------------------------------------------------------------


def publish(version: PolicyVersion, *, at: datetime) -> None:
    """Put a draft in force from its `valid_from`, at once or later; the one before it ends there.

    Raises:
        NotADraft, NotLater, UnknownNames, IdleStep.
    """
    with transaction.atomic():
        if version.is_draft:
            _check_ladder(version)
        versions.publish(version, at=at)


def _check_ladder(version: PolicyVersion) -> None:
    """What a step says to do must be possible on the day it is published."""
    steps = list(version.ladder.all())
    unknown, idle = ladders.unknown(steps), ladders.idle(steps)
    if unknown:
        raise UnknownNames(f"The ladder names what there is not: {', '.join(unknown)}.")
    if idle:
        raise IdleStep(f"A step of the ladder does nothing: {', '.join(idle)}.")


def active_version(policy: Policy, *, at: datetime) -> PolicyVersion | None:
    """The version in force at that instant, also a past one; None before the first."""
    return versions.in_force(policy.versions.select_related("calendar"), at=at).first()


# --- cells to terms -------------------------------------------------------------------------------


def cells_of(version: PolicyVersion) -> list[TargetCell]:
    """What the version says, by metric and urgency, each cell with its priority."""
    cells = version.cells.select_related("priority")
    return sorted(cells, key=lambda cell: (list(Metric).index(Metric(cell.metric)), cell.priority.rank))


class CountedOn(NamedTuple):
    """On which calendar a cell counts: its number, 0 for that of the work, and its standard day's length."""

    calendar: int
    standard_day_seconds: int


def target_of(cell: Cell, version: PolicyVersion, on: CountedOn, *, day_mode: str = "") -> Target | None:
    """The target of a cell; None when it is best effort, as agreed, not offered, or explicitly none.

    Of a range the upper end is due, of "aim for X, at most Y" it is Y. What a business day means is the
    version's, unless `day_mode` says otherwise; its floor (D4b) is the version's. A calendar day ends at the
    same reading of the clock.
    """
    if cell.kind != Cell.Kind.TARGET or cell.amount is None:
        return None
    if cell.unit == Cell.Unit.CALENDAR_DAYS:
        return Target(Unit.DAYS, cell.amount, DayMode.SAME_CLOCK_TIME, calendar=on.calendar)
    if cell.unit != Cell.Unit.DAYS:
        return Target(Unit.SECONDS, cell.amount * SECONDS[cell.unit], calendar=on.calendar)
    target = Target(Unit.DAYS, cell.amount, DayMode(day_mode or version.day_mode), calendar=on.calendar)
    return target.floored(on.standard_day_seconds) if version.day_floor else target


def terms_of(
    version: PolicyVersion,
    *,
    overrides: Iterable[Cell] = (),
    calendar: Calendar | None = None,
    day_mode: str = "",
    at: datetime | None = None,
    asked: Asked = BY_ANYBODY,
) -> Terms:
    """The targets by metric and priority: a contract's cell wins over the policy's (R1).

    Of several cells that differ in their conditions, the narrowest that `asked` fulfils holds; where none
    does there is no target. A cell that nobody defines has no target either, and is reported to the admins'
    log, never guessed. The standard day is that of the cell's own calendar, of `calendar` or of the
    version's, as it was `at` (when the version begins).

    Raises:
        calendars.NoVersion: a calendar was never published.
    """
    agreed = {place: cell for place, cell in holding(overrides, asked).items() if cell is not None}
    cells = holding(_said_by(version), asked) | agreed
    said = [cell for cell in cells.values() if cell is not None]
    counting = _Counting(calendar or version.calendar, at or version.valid_from, said, asked.zone)
    targets: dict[Metric, dict[str, Target | None]] = {metric: {} for metric in PROMISED}
    for (metric, priority), cell in cells.items():
        target = target_of(cell, version, counting.of(cell), day_mode=day_mode) if cell is not None else None
        targets.setdefault(Metric(metric), {})[priority] = target
    _report_undefined(version, targets)
    return Terms(targets, version.grace_minutes * MINUTE, version.clamps_first_response)


def holding(cells: Iterable[Cell], asked: Asked) -> dict[tuple[str, str], Cell | None]:
    """The cell that holds for each metric and priority; None where its conditions are not fulfilled."""
    held: dict[tuple[str, str], Cell | None] = {}
    for cell in sorted(cells, key=_conditions):
        place = cell.metric, cell.priority.key
        held[place] = cell if asked.fulfils(cell) else held.get(place)
    return held


def _conditions(cell: Cell) -> int:
    """The more of them, the later it is looked at."""
    return bool(cell.channel) + cell.named_contacts_only


def _said_by(version: PolicyVersion) -> list[TargetCell]:
    """The version's cells, read once a process when published; of their priorities only the key lasts."""
    kept = _cells.get(version.pk)
    if kept is not None:
        return kept
    cells = cells_of(version)
    if not version.is_draft:
        _cells.keep(version.pk, cells)
    return cells


def local(calendar: Calendar, zone: str, *, at: datetime) -> Calendar:
    """Where its hours follow the customer, the calendar as it is read in that zone; else itself."""
    return calendars.in_zone(calendar, zone, at=at) if calendar.follows_customer and zone else calendar


class _Counting:
    """Where each cell counts: on its own calendar, on that of the work, or in time as it passes."""

    def __init__(self, calendar: Calendar, at: datetime, cells: Iterable[Cell], zone: str) -> None:
        own = {cell.calendar_id for cell in cells if cell.calendar_id is not None}
        self._known = {**(Calendar.objects.in_bulk(own) if own else {}), 0: calendar}
        self._at, self._zone = at, zone

    def of(self, cell: Cell) -> CountedOn:
        on = local(self._known[cell.calendar_id or 0], self._zone, at=self._at)
        number = on.pk if cell.calendar_id else 0
        if cell.unit in PASSING:
            on = calendars.always_open(calendars.current_version(on, at=self._at).zone, at=self._at)
            number = on.pk
        return CountedOn(number, calendars.standard_day_seconds(on, at=self._at))


def _report_undefined(version: PolicyVersion, targets: Mapping[Metric, Mapping[str, Target | None]]) -> None:
    priorities = {priority for cells in targets.values() for priority in cells}
    for metric in PROMISED:
        for priority in sorted(priorities - targets[metric].keys()):
            logger.error("target undefined", policy=str(version), metric=str(metric), priority=priority)
