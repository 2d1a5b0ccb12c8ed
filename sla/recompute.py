"""Every due time is derived again from the events: the nightly proof that nothing drifted (R3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from sla import calendars, clocks, policies
from sla.clocks import Difference
from sla.models import Calendar, Clock
from sla.signals import due_times_moved

PAGE: Final = 200
LIVE: Final = (Clock.State.RUNNING, Clock.State.PAUSED, Clock.State.EXCLUDED)


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


def recompute(
    *,
    at: datetime,
    calendar: Calendar | None = None,
    progress: Callable[[int, int], None] | None = None,
    is_dry: bool = False,
) -> Report:
    """Derive every live set of clocks from its events, compare, and unless `is_dry` correct.

    1. Let policy versions begin and end, and calendars reach far enough ahead.
    2. Page by page, each in its own transaction: lock, replay, compare, correct.
    3. After each page tell whoever sorts by due times; for all of its sets, so that a listener that
       missed a word, since a process died between commit and signal, hears it at the latest now.

    With `calendar` only what runs on it: the audited re-evaluation after publishing a version (R2). Sets
    that have ended are history and are not touched. `progress` is told how many sets are done, and of how
    many.
    """
    if not is_dry:
        policies.turn_over(at=at)
        calendars.extend_horizon(at=at)
    live = Clock.objects.filter(state__in=LIVE)
    if calendar is not None:
        live = live.filter(calendar=calendar)
    ids = sorted(set(live.values_list("clock_set", flat=True)))
    report = Report()
    for page in _pages(ids):
        _recompute_page(page, report, at=at, is_dry=is_dry)
        if progress:
            progress(report.sets, len(ids))
    return report


def _recompute_page(ids: list[int], report: Report, *, at: datetime, is_dry: bool) -> None:
    with transaction.atomic():
        report.differences += clocks.correct(ids, at=at, is_dry=is_dry)
    if not is_dry:
        due_times_moved.send(sender=__name__, clock_set_ids=ids)
    report.sets += len(ids)
    report.clocks += Clock.objects.filter(clock_set__in=ids).count()


def _pages(ids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(ids), PAGE):
        yield ids[first : first + PAGE]
