"""Due times follow their calendars: what an edit moves, in pages and sets, and nothing else (R2, answer 27).

Most running clocks are plain: their due time follows from the start and the target alone, so it is computed
for a whole page at once, from the rows. All others are few, and are replayed from their events.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.lookups import IsNull

from sla import calendars, projection, rebuild, rows
from sla.hours import DayMode, NeverOpen, OutOfHorizon, Target, Timeline, Unit
from sla.hours.bulk import BulkTimeline, bulk_of
from sla.models import Alarm, Calendar, Clock, LadderStep
from sla.rows import Epoch
from sla.signals import due_times_moved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]

PAGE: Final = 5_000

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """How many live clocks were looked at, and how many have another due time now."""

    clocks: int = 0
    moved: int = 0


class PlainClock(NamedTuple):
    """What a plain clock's due time follows from, instants as UTC epoch seconds."""

    id: int
    version: int
    clock_set_id: int
    policy_version_id: int
    metric: str
    started_at: int
    due_at: int
    is_missed: bool
    unit: str
    amount: int
    day_mode: str
    floor_seconds: int
    day_seconds: int

    @property
    def target(self) -> Target:
        """What was promised."""
        mode = DayMode(self.day_mode) if self.day_mode else DayMode.CLOSE_OF_NTH_DAY
        return Target(Unit(self.unit), self.amount, mode, self.floor_seconds, self.day_seconds)


class Moved(NamedTuple):
    """A plain clock that is due at another time, and when its ladder rings next."""

    clock: PlainClock
    due_at: int
    rings_at: int | None


def recompute(
    *,
    at: datetime,
    calendar: Calendar | None = None,
    since: datetime | None = None,
    progress: Progress | None = None,
) -> Report:
    """Let the live clocks follow their calendars, of which `calendar` may be the only one that changed.

    1. Plain running clocks page by page: read, compute, and in a transaction lock those that move, pass over
       what somebody changed meanwhile, write due time and next ring in one statement.
    2. What changed meanwhile, and what holds, hands or grace have moved, is replayed from its events.
    3. After each page tell whoever sorts by due times.

    `since` is the instant from which the calendar reads otherwise: what is due before it cannot move.
    `progress` is told how many clocks are done, and of how many. Run twice, or beside itself,
    it does the same.
    """
    report = Report()
    live = _live(calendar, since)
    total = live.count() if progress else 0
    for one in [calendar] if calendar else Calendar.objects.filter(revision__gt=0):
        left = _recompute_plain(one, since, report, at, lambda: progress and progress(report.clocks, total))
        _replay(left, report, at)
    held = live.exclude(state=Clock.State.RUNNING, is_plain=True)
    report.clocks += held.count()
    _replay(sorted(set(held.values_list("clock_set", flat=True))), report, at)
    if progress:
        progress(total, total)
    return report


def _live(calendar: Calendar | None, since: datetime | None) -> "QuerySet[Clock]":
    live = Clock.objects.filter(state__in=rebuild.LIVE)
    if calendar is not None:
        live = live.filter(calendar=calendar)
    return live if since is None else live.exclude(state=Clock.State.RUNNING, due_at__lt=since)


def _replay(ids: Sequence[int], report: Report, at: datetime) -> None:
    for first in range(0, len(ids), rebuild.PAGE):
        found = rebuild.rebuild_sets(ids[first : first + rebuild.PAGE], at=at)
        report.moved += sum(one.column in {"due_at", "remaining_seconds"} for one in found)


# --- plain clocks ---------------------------------------------------------------------------------


def _recompute_plain(
    calendar: Calendar, since: datetime | None, report: Report, at: datetime, tell: Callable[[], object]
) -> list[int]:
    """Move the plain clocks of one calendar; gives the sets that somebody else must look at."""
    left: set[int] = set()
    for page in _pages(calendar, since):
        report.clocks += len(page)
        moved = _moved(calendar, page, at)
        if moved is None:
            left |= {clock.clock_set_id for clock in page}
        elif moved:
            written = _write(moved)
            report.moved += len(written)
            left |= {one.clock.clock_set_id for one in moved if one.clock.id not in written}
        tell()
    return sorted(left)


def _pages(calendar: Calendar, since: datetime | None) -> Iterator[list[PlainClock]]:
    plain = Clock.objects.filter(calendar=calendar, state=Clock.State.RUNNING, is_plain=True)
    if since is not None:
        plain = plain.filter(due_at__gte=since)
    columns = plain.order_by("id").values_list(
        "id",
        "version",
        "clock_set_id",
        "clock_set__policy_version_id",
        "metric",
        Epoch("started_at"),
        Epoch("due_at"),
        IsNull(F("breached_at"), False),
        "target_unit",
        "target_amount",
        "target_day_mode",
        "target_floor_seconds",
        "target_day_seconds",
    )
    last = 0
    while page := [PlainClock._make(row) for row in columns.filter(id__gt=last)[:PAGE]]:
        yield page
        last = page[-1].id


def _moved(calendar: Calendar, page: Sequence[PlainClock], at: datetime) -> list[Moved] | None:
    """Those that are due at another time; None when one of them can only be looked at alone."""
    try:
        return calendars.reckon(calendar, lambda line: _moved_on(line, page), at=at)
    except (NeverOpen, OutOfHorizon):
        return None


def _moved_on(line: Timeline, page: Sequence[PlainClock]) -> list[Moved]:
    bulk = bulk_of(line)
    alike: dict[Target, list[PlainClock]] = defaultdict(list)
    for clock in page:
        alike[clock.target].append(clock)
    found: list[tuple[PlainClock, int]] = []
    for target, some in alike.items():
        due = bulk.due(np.fromiter((clock.started_at for clock in some), np.int64, len(some)), target)
        stored = np.fromiter((clock.due_at for clock in some), np.int64, len(some))
        found += [(some[place], int(due[place])) for place in np.flatnonzero(due != stored)]
    return _with_rings(bulk, found)


def _write(moved: Sequence[Moved]) -> set[int]:
    """Write those that nobody has changed since they were read; gives their numbers."""
    with transaction.atomic():
        locked = Clock.objects.select_for_update(no_key=True).filter(pk__in=[one.clock.id for one in moved])
        versions = dict(locked.order_by("pk").values_list("pk", "version"))
        unchanged = [one for one in moved if versions.get(one.clock.id) == one.clock.version]
        rows.write_due([(one.clock.id, one.due_at, one.rings_at) for one in unchanged])
    due_times_moved.send(sender=__name__, clock_set_ids={one.clock.clock_set_id for one in unchanged})
    return {one.clock.id for one in unchanged}


# --- their ladders --------------------------------------------------------------------------------


def _with_rings(bulk: BulkTimeline, found: Sequence[tuple[PlainClock, int]]) -> list[Moved]:
    """When each is looked at next: at its first step that has not rung, or its miss.

    For plain clocks what `projection.ring_of` says of any.
    """
    steps = projection.steps_of({clock.policy_version_id for clock, _ in found})
    rung = _rung([clock.id for clock, _ in found]) if any(steps.values()) else {}
    alike: dict[tuple[int, str], list[tuple[PlainClock, int]]] = defaultdict(list)
    for clock, due in found:
        alike[clock.policy_version_id, clock.metric].append((clock, due))
    return [
        moved
        for (version, metric), some in alike.items()
        for moved in _rings(bulk, some, projection.steps_for(metric, steps[version]), rung)
    ]


def _rung(ids: Sequence[int]) -> dict[int, set[str]]:
    known: dict[int, set[str]] = defaultdict(set)
    for clock_id, step in Alarm.objects.filter(clock__in=ids).values_list("clock", "step"):
        known[clock_id].add(step)
    return known


NEVER: Final = np.iinfo(np.int64).max


def _rings(
    bulk: BulkTimeline,
    some: Sequence[tuple[PlainClock, int]],
    steps: Sequence[LadderStep],
    rung: dict[int, set[str]],
) -> Iterator[Moved]:
    count = len(some)
    started = np.fromiter((clock.started_at for clock, _ in some), np.int64, count)
    due = np.fromiter((due for _, due in some), np.int64, count)
    is_missed = np.fromiter((clock.is_missed for clock, _ in some), np.bool_, count)
    first = np.where(is_missed, NEVER, due + 1)
    for step in steps:
        key = step.key
        has_rung = np.fromiter((key in rung.get(clock.id, ()) for clock, _ in some), np.bool_, count)
        first = np.where(has_rung, first, np.minimum(first, _reached(bulk, started, due, step)))
    for (clock, due_at), rings_at in zip(some, first.tolist(), strict=True):
        yield Moved(clock, due_at, None if rings_at == NEVER else rings_at)


def _reached(bulk: BulkTimeline, started: "Instants", due: "Instants", step: LadderStep) -> "Instants":
    """`projection.step_instant` of many clocks."""
    if step.percent is not None:
        instant = bulk.ladder_instants(started, due, step.percent)
    else:
        instant = bulk.offset_instants(due, (step.offset_minutes or 0) * projection.MINUTE)
    return np.maximum(instant, started)
