"""Clocks are started, told what happened, and derived again: every write of a clock row but the alarms'."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sla import expected, projection, rows
from sla.hours import EventKind, Metric, Terms
from sla.models import Calendar, Clock, ClockEvent, ClockSet, PolicyVersion
from sla.projection import Work
from sla.refusing import Refusal
from sla.signals import due_times_moved
from sla.timekeeping import to_epoch

logger = structlog.get_logger(__name__)

TELLING: Final = frozenset({"state", "due_at", "breached_at", "calendar_id"})
"""The columns whose change others must hear of."""


UNCORRECTABLE: Final = frozenset({EventKind.CREATED, EventKind.MISSED})


class ClockRefused(Refusal, ValueError):
    """A change by hand that cannot be, with a sentence for whoever tried."""


class ReasonMissing(ClockRefused):
    sentence = _("Please give the reason.")


class DueInThePast(ClockRefused):
    sentence = _("A due time that is set by hand lies ahead.")


class ClockEnded(ClockRefused):
    sentence = _("This clock has ended.")


class NotMissed(ClockRefused):
    sentence = _("Only what was missed can be excused.")


class NotCorrectable(ClockRefused):
    sentence = _("This event cannot be corrected.")


class OutsideItsLife(ClockRefused):
    sentence = _("It happened after the receipt, and not in the future.")


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
    allows_excuses: bool = False,
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
            allows_excuses=allows_excuses,
            started_at=at,
        )
        created = ClockEvent.objects.create(
            clock_set=clock_set, at=at, kind=str(EventKind.CREATED), by=by, priority=priority
        )
        work = Work(clock_set, [created])
        projection.load_calendars([work])
        write(expected.rows_of(work, at=at))
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
    of: Clock | None = None,
    metric: str = "",
    facts: Mapping[str, Any] | None = None,
) -> list[Clock]:
    """Append an event and let the clocks follow; gives all clocks of the set as they now stand.

    `of` names the one clock that it concerns, `metric` one that need not exist yet, `facts` what else
    belongs to the kind. Whoever calls holds the lock of the row that the clocks belong to, a ticket's, and
    of nothing below it. Events of one set never go back in time: one that comes with an earlier instant,
    since the machine's clock was set back or another writer was faster, happened when it was written down.

    Raises:
        NeverOpen: the calendar has no open time left.
    """
    with transaction.atomic(savepoint=False):
        (work,) = projection.load(locked([clock_set.pk]))
        event = ClockEvent.objects.create(
            clock_set=work.clock_set,
            at=max(at, work.events[-1].at),
            kind=str(kind),
            by=by,
            reason=reason,
            priority=priority,
            reference=reference,
            terms=terms.to_json() if terms else None,
            metric=of.metric if of else metric,
            cycle=of.cycle if of else None,
            facts=dict(facts or {}),
        )
        work.events.append(event)
        projection.load_calendars([work])
        derived = expected.rows_of(work, at=event.at)
        if write(derived):
            due_times_moved.send(sender=__name__, clock_set_ids=[clock_set.pk])
    return list(projection.in_order(clock for clock, _ in derived))


# --- changed by hand ------------------------------------------------------------------------------


def set_due(clock: Clock, *, due_at: datetime | None, at: datetime, by: str, reason: str) -> list[Clock]:
    """Set a clock's due time by hand, or with None let the computed one stand again.

    It stays when the priority changes or the calendar does; waiting for the customer still moves it.

    Raises:
        ReasonMissing, DueInThePast: it has to lie ahead.
        ClockEnded: what is over has no due time to set.
    """
    _need(reason)
    if due_at is not None and due_at <= at:
        raise DueInThePast
    clock.refresh_from_db(fields=["state"])
    if clock.state in expected.ENDED:
        raise ClockEnded
    facts = {} if due_at is None else {"due": to_epoch(due_at)}
    return record(clock.clock_set, EventKind.MANUAL_DUE, of=clock, facts=facts, at=at, by=by, reason=reason)


def promise_update(
    clock_set: ClockSet, *, due_at: datetime, at: datetime, by: str, reason: str
) -> list[Clock]:
    """Say by when the customer hears again, whether or not the terms promise updates (AG-15).

    Raises:
        ReasonMissing, DueInThePast.
    """
    _need(reason)
    if due_at <= at:
        raise DueInThePast
    return record(
        clock_set,
        EventKind.MANUAL_DUE,
        metric=str(Metric.UPDATE_INTERVAL),
        facts={"due": to_epoch(due_at)},
        at=at,
        by=by,
        reason=reason,
    )


def excuse(clock: Clock, *, cause: str, at: datetime, by: str, reason: str) -> list[Clock]:
    """Excuse a miss (D11): a dated fact that is reported apart and moves nothing.

    Who may, and for which causes, is `sla.excuses`' business.

    Raises:
        ReasonMissing
        NotMissed: there is nothing to excuse.
    """
    _need(reason)
    clock.refresh_from_db(fields=["breached_at"])
    if clock.breached_at is None:
        raise NotMissed
    facts = {"cause": cause}
    return record(clock.clock_set, EventKind.EXCUSE, of=clock, facts=facts, at=at, by=by, reason=reason)


def correct(
    event: ClockEvent, *, happened_at: datetime | None = None, at: datetime, by: str, reason: str
) -> list[Clock]:
    """Append that an event never happened, or happened at another instant (TL-09); the event itself stays.

    Raises:
        ReasonMissing
        NotCorrectable: the receipt, a miss (which follows from the rest), or a new instant for a correction.
        OutsideItsLife: the new instant lies before the receipt or ahead.
    """
    _need(reason)
    kind = EventKind(event.kind)
    if kind in UNCORRECTABLE or (kind is EventKind.CORRECT and happened_at is not None):
        raise NotCorrectable
    if happened_at is not None and not event.clock_set.started_at <= happened_at <= at:
        raise OutsideItsLife
    facts = {"corrects": event.pk}
    facts |= {} if happened_at is None else {"happened_at": to_epoch(happened_at)}
    return record(event.clock_set, EventKind.CORRECT, facts=facts, at=at, by=by, reason=reason)


def retarget(
    clock_set: ClockSet,
    *,
    terms: Terms,
    policy_version: PolicyVersion | None = None,
    is_binding: bool | None = None,
    allows_excuses: bool | None = None,
    at: datetime,
    by: str,
    reason: str,
) -> list[Clock]:
    """Let other terms rule from the original start on, as after a change of plan (D9).

    With a policy version its ladder and statuses rule too. What ruled before stays in the event's facts.

    Raises:
        ReasonMissing
    """
    _need(reason)
    with transaction.atomic(savepoint=False):
        (row,) = locked([clock_set.pk])
        facts = {"policy_version_before": row.policy_version_id, "was_binding": row.is_binding}
        row.policy_version = policy_version or row.policy_version
        row.is_binding = row.is_binding if is_binding is None else is_binding
        row.allows_excuses = row.allows_excuses if allows_excuses is None else allows_excuses
        row.save(update_fields=["policy_version", "is_binding", "allows_excuses"])
        return record(row, EventKind.RETARGET, terms=terms, facts=facts, at=at, by=by, reason=reason)


def terms_for(clock_set: ClockSet, terms: Terms, calendar: Calendar) -> Terms:
    """Terms of a policy on that calendar as the set must be given them: its own calendar never changes."""
    return terms if calendar.pk == clock_set.calendar_id else terms.counted_on(calendar.pk)


def absorb(survivor: ClockSet, absorbed: ClockSet, *, at: datetime, by: str, reason: str = "") -> None:
    """Cancel the clocks of a duplicate; the survivor owes its answer since the earlier unanswered start.

    Both sets are locked in the order of their numbers, so merges that cross cannot wait for one another.
    """
    with transaction.atomic(savepoint=False):
        locked([survivor.pk, absorbed.pk])
        since = _unanswered_since(absorbed)
        record(absorbed, EventKind.MERGED, at=at, by=by, reason=reason)
        if since is not None:
            facts = {"since": to_epoch(since), "clock_set": absorbed.pk}
            record(survivor, EventKind.ABSORB, facts=facts, at=at, by=by, reason=reason)


def _unanswered_since(clock_set: ClockSet) -> datetime | None:
    owed = clock_set.clocks.filter(
        metric__in=(Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE), met_at=None
    ).exclude(state=Clock.State.CANCELLED)
    return min((clock.started_at for clock in owed), default=None)


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def locked(ids: Collection[int]) -> list[ClockSet]:
    """The sets' rows, locked until the transaction ends, in the order in which everybody locks them."""
    rows = ClockSet.objects.select_for_update(of=("self",), no_key=True).select_related("calendar")
    return list(rows.filter(pk__in=ids).order_by("pk"))


# --- read and written -----------------------------------------------------------------------------


def due_facts(clock_set: ClockSet) -> DueFacts:
    """What a queue must know of the set, in one statement."""
    clocks = list(clock_set.clocks.all())
    running = [clock for clock in clocks if clock.state == Clock.State.RUNNING and clock.due_at]
    is_breached = any(clock.breached_at for clock in clocks)
    if not running:
        return DueFacts(None, "", is_breached)
    first = min(running, key=lambda clock: (clock.due_at, clock.pk))
    return DueFacts(first.due_at, first.metric, is_breached)


def write(derived: Iterable[tuple[Clock, dict[str, Any]]]) -> bool:
    """Save the rows that are not as they should be, and their misses; says whether others must hear of it."""
    changed: set[str] = set()
    wrong: list[Clock] = []
    missed: list[Clock] = []
    for clock, columns in derived:
        names = expected.differences(clock, columns)
        if names:
            expected.apply(clock, columns)
            changed.update(names)
            wrong.append(clock)
            missed += [clock] if "breached_at" in names and clock.breached_at else []
    expected.tell_misses(missed)
    rows.write([clock for clock in wrong if clock.pk], [name for name in expected.FIELDS if name in changed])
    new = [clock for clock in wrong if not clock.pk]
    if new:
        Clock.objects.bulk_create(new)
    return bool(changed & TELLING)
