"""Due times follow their calendars: what an edit moves, in pages and sets, and nothing else (R2, answer 27).

Most running clocks are plain: their due time follows from the start and the target alone, so it is computed
for a whole page at once, from the rows. All others are few, and are replayed from their events.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.lookups import IsNull

from sla import calendars, projection, rebuild, rows
from sla.hours import NeverOpen, OutOfHorizon
from sla.hours.bulk import BulkTimeline, bulk_of
from sla.models import Alarm, Calendar, Clock, LadderStep
from sla.rows import Epoch
from sla.signals import due_times_moved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]

PAGE: Final = 5_000
NEVER: Final = np.iinfo(np.int64).max

Key = TypeVar("Key", bound=Hashable)

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """How many live clocks were looked at, and how many have another due time now."""

    clocks: int = 0
    moved: int = 0


class Page(NamedTuple):
    """Plain clocks, column by column: what their due times follow from, instants as UTC epoch seconds."""

    ids: Sequence[int]
    versions: Sequence[int]
    clock_sets: Sequence[int]
    policy_versions: Sequence[int]
    metrics: Sequence[str]
    started_at: "Instants"
    due_at: "Instants"
    is_missed: "NDArray[np.bool_]"
    promised: Sequence[tuple[str, int, str, int, int]]
    """What was promised: unit, amount, day mode, floor, length of a day."""


class Moves(NamedTuple):
    """Which of a page's clocks are due at another time, and when their ladders ring next."""

    places: "Instants"
    due_at: "Instants"
    rings_at: "Instants"
    """NEVER for none."""


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
    live = Clock.objects.filter(state__in=projection.LIVE)
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
        report.clocks += len(page.ids)
        moves = _moves(calendar, page, at)
        if moves is None:
            left.update(page.clock_sets)
        elif len(moves.places):
            written = _write(page, moves)
            report.moved += len(written)
            passed_over = set(moves.places.tolist()) - set(written)
            left.update(page.clock_sets[place] for place in passed_over)
        tell()
    return sorted(left)


def _pages(calendar: Calendar, since: datetime | None) -> Iterator[Page]:
    plain = Clock.objects.filter(calendar=calendar, state=Clock.State.RUNNING, is_plain=True)
    if since is not None:
        plain = plain.filter(due_at__gte=since)
    rows = plain.order_by("id").values_list(
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
    while found := list(rows.filter(id__gt=last)[:PAGE]):
        yield _page(found)
        last = found[-1][0]


def _page(rows: Sequence[tuple[Any, ...]]) -> Page:
    ids, versions, sets, policies, metrics, started, due, missed, *promised = zip(*rows, strict=True)
    return Page(
        ids,
        versions,
        sets,
        policies,
        metrics,
        np.array(started, dtype=np.int64),
        np.array(due, dtype=np.int64),
        np.array(missed, dtype=np.bool_),
        list(zip(*promised, strict=True)),
    )


def _moves(calendar: Calendar, page: Page, at: datetime) -> Moves | None:
    """Those that are due at another time; None when one of them can only be looked at alone."""
    try:
        return calendars.reckon(calendar, lambda line: _moves_on(bulk_of(line), page), at=at)
    except (NeverOpen, OutOfHorizon):
        return None


def _moves_on(bulk: BulkTimeline, page: Page) -> Moves:
    due_at = page.due_at.copy()
    for promised, some in _alike(page.promised).items():
        due_at[some] = bulk.due(page.started_at[some], projection.target_from(*promised))
    places = np.flatnonzero(due_at != page.due_at)
    return Moves(places, due_at[places], _rings(bulk, page, places, due_at[places]))


def _alike(values: Sequence[Key]) -> dict[Key, list[int]]:
    """At which places each value stands."""
    places: dict[Key, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        places[value].append(place)
    return places


def _write(page: Page, moves: Moves) -> list[int]:
    """Write those that nobody has changed since they were read; gives their places."""
    with transaction.atomic():
        # In their order, as everybody locks them; a range is asked for much faster than so many names.
        locked = Clock.objects.select_for_update(no_key=True).filter(pk__range=(page.ids[0], page.ids[-1]))
        running = locked.filter(state=Clock.State.RUNNING, is_plain=True).order_by("pk")
        versions = dict(running.values_list("pk", "version"))
        written = [
            (place, (page.ids[place], due, None if ring == NEVER else ring))
            for place, due, ring in zip(*(column.tolist() for column in moves), strict=True)
            if versions.get(page.ids[place]) == page.versions[place]
        ]
        rows.write_due([row for _, row in written])
    due_times_moved.send(sender=__name__, clock_set_ids={page.clock_sets[place] for place, _ in written})
    return [place for place, _ in written]


# --- their ladders --------------------------------------------------------------------------------


def _rings(bulk: BulkTimeline, page: Page, places: "Instants", due_at: "Instants") -> "Instants":
    """When each moved clock is looked at next: at its first step that has not rung, or its miss.

    For plain clocks what `projection.ring_of` says of any.
    """
    named = [(page.policy_versions[place], page.metrics[place]) for place in places.tolist()]
    steps = projection.steps_of({version for version, _ in named})
    rung = _rung(page) if any(steps.values()) else {}
    rings_at = np.where(page.is_missed[places], NEVER, due_at + 1)
    for (version, metric), some in _alike(named).items():
        moved, due = places[some], due_at[some]
        first, ids = rings_at[some], [page.ids[place] for place in moved.tolist()]
        for step in projection.steps_for(metric, steps[version]):
            has_rung = np.fromiter((step.key in rung.get(one, ()) for one in ids), np.bool_, len(ids))
            instant = _reached(bulk, page.started_at[moved], due, step)
            first = np.where(has_rung, first, np.minimum(first, instant))
        rings_at[some] = first
    return rings_at


def _rung(page: Page) -> dict[int, set[str]]:
    known: dict[int, set[str]] = defaultdict(set)
    rung = Alarm.objects.filter(
        clock__pk__range=(page.ids[0], page.ids[-1]), clock__state=Clock.State.RUNNING
    )
    for clock_id, step in rung.values_list("clock", "step"):
        known[clock_id].add(step)
    return known


def _reached(bulk: BulkTimeline, started: "Instants", due: "Instants", step: LadderStep) -> "Instants":
    """`projection.step_instant` of many clocks."""
    if step.percent is not None:
        instant = bulk.ladder_instants(started, due, step.percent)
    else:
        instant = bulk.offset_instants(due, (step.offset_minutes or 0) * projection.MINUTE)
    return np.maximum(instant, started)
