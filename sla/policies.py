"""What is promised: versions of a policy are published, and their cells become terms (R1, D4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from sla import calendars
from sla.frozen import Memory
from sla.hours import DayMode, Metric, Target, Terms
from sla.models import Calendar, Policy, PolicyVersion, TargetCell
from sla.models.policy import Cell

logger = structlog.get_logger(__name__)

SECONDS: Final[Mapping[str, int]] = {Cell.Unit.MINUTES: 60, Cell.Unit.HOURS: 3_600}
PROMISED: Final = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
"""What every policy speaks of, if only to say that there is no target; a next response is an extra."""

Said = Mapping[tuple[str, str], Target | None]
"""Targets by metric and priority."""

_promised: Final[Memory[tuple[int, int], Said]] = Memory()
"""What published versions say, by the version and its standard day."""

Status = PolicyVersion.Status


class PublicationRefused(ValueError):
    """A policy version that cannot be put in force, with a sentence for whoever tried."""


class NotADraft(PublicationRefused):
    """It was published before, and is frozen since."""


class NotLater(PublicationRefused):
    """It would rule before a version that is in force or scheduled: the past is never rewritten."""


# --- publishing -----------------------------------------------------------------------------------


def publish(version: PolicyVersion, *, at: datetime) -> None:
    """Put a draft in force from its `valid_from`, at once or later; the one before it ends there.

    Raises:
        NotADraft, NotLater.
    """
    with transaction.atomic():
        Policy.objects.select_for_update().get(pk=version.policy_id)
        version.refresh_from_db(fields=["status"])
        if version.status != Status.DRAFT:
            raise NotADraft("This version was published before; a change is a new version.")
        published = PolicyVersion.objects.filter(policy=version.policy_id).exclude(status=Status.DRAFT)
        if published.filter(valid_from__gte=version.valid_from).exists():
            raise NotLater("A version begins after the one that it follows.")
        published.filter(_rules_after(version.valid_from)).update(valid_until=version.valid_from)
        version.status = Status.SCHEDULED
        version.save(update_fields=["status"])
        turn_over(at=at)
    version.refresh_from_db(fields=["status"])


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

    What a business day means, and its floor (D4b), is the version's; `standard_day_seconds` the calendar's.
    """
    if cell.kind != Cell.Kind.TARGET or cell.amount is None:
        return None
    if cell.unit != Cell.Unit.DAYS:
        return Target.seconds(cell.amount * SECONDS[cell.unit])
    target = Target.days(cell.amount, DayMode(version.day_mode))
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
    standard day is that of `calendar` (the version's own) as it was `at` (when the version begins).

    Raises:
        calendars.NoVersion: the calendar was never published.
    """
    day = calendars.standard_day_seconds(calendar or version.calendar, at=at or version.valid_from)
    said = {**_said_by(version, day), **_said(overrides, version, day)}
    targets: dict[Metric, dict[str, Target | None]] = {metric: {} for metric in PROMISED}
    for (metric, priority), target in said.items():
        targets.setdefault(Metric(metric), {})[priority] = target
    _report_undefined(version, targets)
    return Terms(targets)


def _said_by(version: PolicyVersion, day: int) -> Said:
    """What the version itself says, read once a process when it was published."""
    kept = _promised.get((version.pk, day))
    if kept is not None:
        return kept
    said = _said(cells_of(version), version, day)
    if version.status != Status.DRAFT:
        _promised.keep((version.pk, day), said)
    return said


def _said(cells: Iterable[Cell], version: PolicyVersion, day: int) -> Said:
    return {(cell.metric, cell.priority.key): target_of(cell, version, day) for cell in cells}


def _report_undefined(version: PolicyVersion, targets: Mapping[Metric, Mapping[str, Target | None]]) -> None:
    priorities = {priority for cells in targets.values() for priority in cells}
    for metric in PROMISED:
        for priority in sorted(priorities - targets[metric].keys()):
            logger.error("target undefined", policy=str(version), metric=str(metric), priority=priority)
