"""Clocks are started, told what happened, and derived again: every write of a clock row but the alarms'."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import transaction

from sla import projection, rows
from sla.hours import EventKind, Metric, Terms
from sla.models import Calendar, Clock, ClockEvent, ClockSet, PolicyVersion
from sla.projection import Work
from sla.signals import due_times_moved

logger = structlog.get_logger(__name__)

TELLING: Final = frozenset({"state", "due_at", "breached_at"})
"""The columns whose change others must hear of."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that the events do not give, and the one that they do."""

    clock_set_id: int
    clock_id: int
    """0 for a clock that was missing."""
    metric: str
    cycle: int
    column: str
    stored: Any
    derived: Any


@dataclass(frozen=True, slots=True)
class DueFacts:
    """What a queue sorts by: the earliest open due time, its metric, and whether anything was missed."""

    next_due_at: datetime | None
    next_due_metric: str
    is_breached: bool


# --- started --------------------------------------------------------------------------------------


def start(
    *,
    terms: Terms,
    calendar: Calendar,
    policy_version: PolicyVersion,
    priority: str,
    at: datetime,
    by: str,
    is_binding: bool = False,
) -> ClockSet:
    """Start the clocks of a piece of work received `at`; the terms are kept as they are now (R2).

    First response and resolution always get a clock, `not_applicable` where there is no target, so that
    this is said and not guessed. Nobody can hang on these clocks yet, so no signal is sent: whoever calls
    reads `due_facts`.

    Raises:
        NeverOpen: the calendar has no open time left.
        NoVersion: nothing of it was published.
    """
    _report_undefined(terms, priority, policy_version)
    with transaction.atomic(savepoint=False):
        clock_set = ClockSet.objects.create(
            calendar=calendar,
            policy_version=policy_version,
            terms=terms.to_json(),
            is_binding=is_binding,
            started_at=at,
        )
        created = ClockEvent.objects.create(
            clock_set=clock_set, at=at, kind=str(EventKind.CREATED), by=by, priority=priority
        )
        _write(projection.expected(Work(clock_set, [created]), at=at))
    return clock_set


def _report_undefined(terms: Terms, priority: str, policy_version: PolicyVersion) -> None:
    """R1: a cell that nobody defines is an alert to the admins, never a guess."""
    for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
        if priority not in terms.targets.get(metric, {}):
            logger.error(
                "target undefined", policy=str(policy_version), metric=str(metric), priority=priority
            )


# --- told what happened ---------------------------------------------------------------------------


def record(
    clock_set: ClockSet,
    kind: EventKind,
    *,
    at: datetime,
    by: str,
    reason: str = "",
    priority: str = "",
    reference: str = "",
    terms: Terms | None = None,
) -> list[Clock]:
    """Append an event and let the clocks follow; gives all clocks of the set as they now stand.

    Whoever calls holds the lock of the row that the clocks belong to, a ticket's, and of nothing below it.
    Events of one set never go back in time: one that comes with an earlier instant, since the machine's
    clock was set back or another writer was faster, happened when it was written down.

    Raises:
        NeverOpen: the calendar has no open time left.
    """
    with transaction.atomic(savepoint=False):
        (work,) = projection.load(_locked([clock_set.pk]))
        event = ClockEvent.objects.create(
            clock_set=work.clock_set,
            at=max(at, work.events[-1].at),
            kind=str(kind),
            by=by,
            reason=reason,
            priority=priority,
            reference=reference,
            terms=terms.to_json() if terms else None,
        )
        work.events.append(event)
        derived = projection.expected(work, at=event.at)
        if _write(derived):
            due_times_moved.send(sender=__name__, clock_set_ids=[clock_set.pk])
    return list(projection.in_order(clock for clock, _ in derived))


def _locked(ids: Collection[int]) -> list[ClockSet]:
    rows = ClockSet.objects.select_for_update(of=("self",), no_key=True).select_related("calendar")
    return list(rows.filter(pk__in=ids).order_by("pk"))


# --- derived again --------------------------------------------------------------------------------


def rebuild(clock_set: ClockSet, *, at: datetime) -> list[Difference]:
    """Derive a set's clocks from its events alone, and correct the rows; gives what was wrong."""
    with transaction.atomic():
        found = correct([clock_set.pk], at=at)
    if found:
        due_times_moved.send(sender=__name__, clock_set_ids=[clock_set.pk])
    return found


def correct(ids: Collection[int], *, at: datetime, is_dry: bool = False) -> list[Difference]:
    """Compare the rows of those sets with their events, and unless `is_dry` correct them.

    In a transaction of the caller's, who sends `due_times_moved` after it. A set whose states cannot be
    derived is reported as one difference, of the column "events", and left as it is.
    """
    works = projection.load(_locked(ids))
    projection.load_ladders(works)
    return [difference for work in works for difference in _correct_one(work, at=at, is_dry=is_dry)]


def _correct_one(work: Work, *, at: datetime, is_dry: bool) -> list[Difference]:
    try:
        derived = projection.expected(work, at=at)
    except projection.UNDERIVABLE as error:
        logger.exception("clocks cannot be derived", clock_set=work.clock_set.pk)
        return [Difference(work.clock_set.pk, 0, "", 0, "events", None, str(error))]
    found = [
        Difference(
            work.clock_set.pk,
            clock.pk or 0,
            clock.metric,
            clock.cycle,
            name,
            getattr(clock, name),
            columns[name],
        )
        for clock, columns in derived
        for name in projection.differences(clock, columns)
    ]
    if not is_dry:
        _write(derived)
    return found


def due_facts(clock_set: ClockSet) -> DueFacts:
    """What a queue must know of the set, in one statement."""
    clocks = list(clock_set.clocks.all())
    running = [clock for clock in clocks if clock.state == Clock.State.RUNNING and clock.due_at]
    is_breached = any(clock.breached_at for clock in clocks)
    if not running:
        return DueFacts(None, "", is_breached)
    first = min(running, key=lambda clock: (clock.due_at, clock.pk))
    return DueFacts(first.due_at, first.metric, is_breached)


def _write(derived: Iterable[tuple[Clock, dict[str, Any]]]) -> bool:
    """Save the rows that are not as they should be; says whether others must hear of it."""
    changed: set[str] = set()
    wrong: list[Clock] = []
    for clock, columns in derived:
        names = projection.differences(clock, columns)
        if names:
            projection.apply(clock, columns)
            changed.update(names)
            wrong.append(clock)
    rows.write(
        [clock for clock in wrong if clock.pk], [name for name in projection.FIELDS if name in changed]
    )
    new = [clock for clock in wrong if not clock.pk]
    if new:
        Clock.objects.bulk_create(new)
    return bool(changed & TELLING)
