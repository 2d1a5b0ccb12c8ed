"""What is promised: versions of a policy are published, and their cells become terms (R1, D4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from sla import calendars, ladders
from sla.frozen import Memory
from sla.hours import DayMode, Metric, Target, Terms, Unit
from sla.models import Calendar, Policy, PolicyVersion, TargetCell
from sla.models.policy import Cell

logger = structlog.get_logger(__name__)

MINUTE: Final = 60
SECONDS: Final[Mapping[str, int]] = {Cell.Unit.MINUTES: MINUTE, Cell.Unit.HOURS: 60 * MINUTE}
PROMISED: Final = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
"""What every policy speaks of, if only to say that there is no target; a next response is an extra."""

_cells: Final[Memory[int, list[TargetCell]]] = Memory()
"""The cells of published versions."""

Status = PolicyVersion.Status


class PublicationRefused(ValueError):
    """A policy version that cannot be put in force, with a sentence for whoever tried."""


class NotADraft(PublicationRefused):
    """It was published before, and is frozen since."""


class NotLater(PublicationRefused):
    """It would rule before a version that is in force or scheduled: the past is never rewritten."""


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
        Policy.objects.select_for_update().get(pk=version.policy_id)
        version.refresh_from_db(fields=["status"])
        if version.status != Status.DRAFT:
            raise NotADraft("This version was published before; a change is a new version.")
        published = PolicyVersion.objects.filter(policy=version.policy_id).exclude(status=Status.DRAFT)
        if published.filter(valid_from__gte=version.valid_from).exists():
            raise NotLater("A version begins after the one that it follows.")
        _check_ladder(version)
        published.filter(_rules_after(version.valid_from)).update(valid_until=version.valid_from)
        version.status = Status.SCHEDULED
        version.save(update_fields=["status"])
        turn_over(at=at)
    version.refresh_from_db(fields=["status"])


def _check_ladder(version: PolicyVersion) -> None:
    """What a step says to do must be possible on the day it is published."""
    steps = list(version.ladder.all())
    unknown, idle = ladders.unknown(steps), ladders.idle(steps)
    if unknown:
        raise UnknownNames(f"The ladder names what there is not: {', '.join(unknown)}.")
    if idle:
        raise IdleStep(f"A step of the ladder does nothing: {', '.join(idle)}.")


def turn_over(*, at: datetime) -> int:
    """Let the statuses follow the calendar: what was to begin is active, what ended is superseded.

    Rules go by the dates; the status is what people read. Returns how many became active.
    """
    with transaction.atomic():
        ended = PolicyVersion.objects.filter(
            status__in=(Status.ACTIVE, Status.SCHEDULED), valid_until__lte=at
        )
        ended.update(status=Status.SUPERSEDED)
        return PolicyVersion.objects.filter(status=Status.SCHEDULED, valid_from__lte=at).update(
            status=Status.ACTIVE
        )


def active_version(policy: Policy, *, at: datetime) -> PolicyVersion | None:
    """The version in force at that instant, also a past one; None before the first."""
    published = policy.versions.exclude(status=Status.DRAFT).select_related("calendar")
    return published.filter(_rules_after(at), valid_from__lte=at).order_by("-valid_from").first()


def _rules_after(moment: datetime) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gt=moment)


# --- cells to terms -------------------------------------------------------------------------------


def cells_of(version: PolicyVersion) -> list[TargetCell]:
    """What the version says, by metric and urgency, each cell with its priority."""
    cells = version.cells.select_related("priority")
    return sorted(cells, key=lambda cell: (list(Metric).index(Metric(cell.metric)), cell.priority.rank))


def target_of(cell: Cell, version: PolicyVersion, standard_day_seconds: int) -> Target | None:
    """The target of a cell; None when it is best effort, not offered, or explicitly none.

    What a business day means, and its floor (D4b), is the version's; `standard_day_seconds` that of the
    calendar on which the cell counts.
    """
    if cell.kind != Cell.Kind.TARGET or cell.amount is None:
        return None
    own = cell.calendar_id or 0
    if cell.unit != Cell.Unit.DAYS:
        return Target(Unit.SECONDS, cell.amount * SECONDS[cell.unit], calendar=own)
    target = Target(Unit.DAYS, cell.amount, DayMode(version.day_mode), calendar=own)
    return target.floored(standard_day_seconds) if version.day_floor else target


def terms_of(
    version: PolicyVersion,
    *,
    overrides: Iterable[Cell] = (),
    calendar: Calendar | None = None,
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
        targets.setdefault(Metric(metric), {})[priority] = target_of(cell, version, days.of(cell))
    _report_undefined(version, targets)
    return Terms(targets, version.grace_minutes * MINUTE, version.clamps_first_response)


def _said_by(version: PolicyVersion) -> list[TargetCell]:
    """The version's cells, read once a process when published; of their priorities only the key lasts."""
    kept = _cells.get(version.pk)
    if kept is not None:
        return kept
    cells = cells_of(version)
    if version.status != Status.DRAFT:
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
