"""Every clock derived again from its events: the proof that nothing drifted, or the cure if it did (R3)."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import transaction

from sla import clocks, expected, projection
from sla.hours import EventKind
from sla.models import Clock, ClockEvent, ClockSet
from sla.projection import Work
from sla.signals import due_times_moved

logger = structlog.get_logger(__name__)

PAGE: Final = 200

Miss = tuple[int, str, int, datetime]
"""A set, a metric, a cycle, and when it was missed."""


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


@dataclass(slots=True)
class Report:
    """What was looked at, and what differed from the events."""

    sets: int = 0
    clocks: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def drifted(self) -> int:
        """How many clocks were not as their events say."""
        return len({(one.clock_set_id, one.metric, one.cycle) for one in self.differences})

    @property
    def moved(self) -> int:
        """How many of them had another due time."""
        moved = (one for one in self.differences if one.column == "due_at")
        return len({(one.clock_set_id, one.metric, one.cycle) for one in moved})


def rebuild(
    *,
    at: datetime,
    is_live_only: bool = False,
    is_dry: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Derive the sets of clocks from their events, compare, and unless `is_dry` correct.

    Page by page, each in its own transaction: lock, replay, compare, correct. After each page whoever sorts
    by due times is told of all its sets, so that a listener that missed a word, since a process died between
    commit and signal, hears it at the latest now. `progress` is told how many sets are done, and of how many.
    """
    ids = _live_sets() if is_live_only else list(ClockSet.objects.order_by("pk").values_list("pk", flat=True))
    report = Report()
    for page in _pages(ids):
        report.differences += rebuild_sets(page, at=at, is_dry=is_dry)
        report.sets += len(page)
        report.clocks += Clock.objects.filter(clock_set__in=page).count()
        if progress:
            progress(report.sets, len(ids))
    return report


def _live_sets() -> list[int]:
    return sorted(set(Clock.objects.filter(state__in=projection.LIVE).values_list("clock_set", flat=True)))


def _pages(ids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(ids), PAGE):
        yield ids[first : first + PAGE]


def rebuild_sets(ids: Collection[int], *, at: datetime, is_dry: bool = False) -> list[Difference]:
    """Derive these sets in one transaction; gives what was wrong.

    A set whose states cannot be derived is one difference, of the column "events", and left as it is.
    """
    with transaction.atomic():
        works = projection.load(clocks.locked(ids))
        projection.load_ladders(works)
        told = _misses_told(ids)
        found = [one for work in works for one in _rebuild_one(work, told, at=at, is_dry=is_dry)]
    if not is_dry:
        due_times_moved.send(sender=__name__, clock_set_ids=ids)
    return found


def _misses_told(ids: Collection[int]) -> set[Miss]:
    missed = ClockEvent.objects.filter(clock_set__in=ids, kind=str(EventKind.MISSED))
    rows = missed.values_list("clock_set", "metric", "cycle", "at")
    return {(clock_set, metric, cycle or 0, at) for clock_set, metric, cycle, at in rows}


def _rebuild_one(work: Work, told: set[Miss], *, at: datetime, is_dry: bool) -> list[Difference]:
    try:
        derived = expected.rows_of(work, at=at)
    except projection.UNDERIVABLE as error:
        logger.exception("clocks cannot be derived", clock_set=work.clock_set.pk)
        return [Difference(work.clock_set.pk, 0, "", 0, "events", None, str(error))]
    found = [one for clock, columns in derived for one in _differences(clock, columns, told)]
    if not is_dry:
        clocks.write(derived)
        expected.tell_misses(clock for clock, _ in derived if _is_untold(clock, told))
    return found


def _differences(clock: Clock, columns: dict[str, Any], told: set[Miss]) -> Iterator[Difference]:
    named = (clock.clock_set_id, clock.pk or 0, clock.metric, clock.cycle)
    for name in expected.differences(clock, columns):
        yield Difference(*named, name, getattr(clock, name), columns[name])
    if clock.breached_at == columns["breached_at"] and _is_untold(clock, told):
        yield Difference(*named, "missed", None, clock.breached_at)


def _is_untold(clock: Clock, told: set[Miss]) -> bool:
    missed_at = clock.breached_at
    return missed_at is not None and (clock.clock_set_id, clock.metric, clock.cycle, missed_at) not in told
