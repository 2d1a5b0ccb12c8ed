"""What is promised: versions of a policy are published, and their cells become terms (R1, D4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction

from sla import calendars, ladders, versions
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
SECONDS: Final[Mapping[str, int]] = {Cell.Unit.MINUTES: MINUTE, Cell.Unit.HOURS: 60 * MINUTE}
PROMISED: Final = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
"""What every policy speaks of, if only to say that there is no target; a next response is an extra."""

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


def target_of(
    cell: Cell, version: PolicyVersion, standard_day_seconds: int, *, day_mode: str = ""
) -> Target | None:
    """The target of a cell; None when it is best effort, not offered, or explicitly none.

    What a business day means is the version's, unless `day_mode` says otherwise; its floor (D4b) is the
    version's, `standard_day_seconds` that of the calendar on which the cell counts.
    """
    if cell.kind != Cell.Kind.TARGET or cell.amount is None:
        return None
    own = cell.calendar_id or 0
    if cell.unit != Cell.Unit.DAYS:
        return Target(Unit.SECONDS, cell.amount * SECONDS[cell.unit], calendar=own)
    target = Target(Unit.DAYS, cell.amount, DayMode(day_mode or version.day_mode), calendar=own)
    return target.floored(standard_day_seconds) if version.day_floor else target


def terms_of(
    version: PolicyVersion,
    *,
    overrides: Iterable[Cell] = (),
    calendar: Calendar | None = None,
    day_mode: str = "",
    at: datetime | None = None,
) -> Terms:
    """The targets by metric and priority: a contract's cell wins over the policy's (R1).

    A cell that nobody defines has no target, and is reported to the admins' log, never guessed. The
    standard day is that of the cell's own calendar, of `calendar` or of the version's, as it was `at` (when
    the version begins).

    Raises:
        calendars.NoVersion: a calendar was never published.
    """
    cells = {(cell.metric, cell.priority.key): cell for cell in (*_said_by(version), *overrides)}
    days = _StandardDays(calendar or version.calendar, at or version.valid_from, cells.values())
    targets: dict[Metric, dict[str, Target | None]] = {metric: {} for metric in PROMISED}
    for (metric, priority), cell in cells.items():
        targets.setdefault(Metric(metric), {})[priority] = target_of(
            cell, version, days.of(cell), day_mode=day_mode
        )
    _report_undefined(version, targets)
    return Terms(targets, version.grace_minutes * MINUTE, version.clamps_first_response)


def _said_by(version: PolicyVersion) -> list[TargetCell]:
    """The version's cells, read once a process when published; of their priorities only the key lasts."""
    kept = _cells.get(version.pk)
    if kept is not None:
        return kept
    cells = cells_of(version)
    if not version.is_draft:
        _cells.keep(version.pk, cells)
    return cells


class _StandardDays:
    """How long a standard day is, for each cell on its calendar."""

    def __init__(self, calendar: Calendar, at: datetime, cells: Iterable[Cell]) -> None:
        own = {cell.calendar_id for cell in cells if cell.calendar_id is not None}
        known = {**(Calendar.objects.in_bulk(own) if own else {}), 0: calendar}
        self._seconds = {key: calendars.standard_day_seconds(one, at=at) for key, one in known.items()}

    def of(self, cell: Cell) -> int:
        return self._seconds[cell.calendar_id or 0]


def _report_undefined(version: PolicyVersion, targets: Mapping[Metric, Mapping[str, Target | None]]) -> None:
    priorities = {priority for cells in targets.values() for priority in cells}
    for metric in PROMISED:
        for priority in sorted(priorities - targets[metric].keys()):
            logger.error("target undefined", policy=str(version), metric=str(metric), priority=priority)
