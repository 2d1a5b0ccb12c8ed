"""From a calendar's versions to its open spans: the one exact rule.

An instant is open iff the reading of its zone's clock lies in `[opens, closes)` of an owner date. Where the
clock skips, the hours in the gap vanish; where it goes back, the repeated hours are open twice; there is no
choice to make. So each date's hours are cut with each stretch of time that has one offset.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from sla.hours.instants import DAY, LATEST
from sla.hours.schedule import CalendarSpec, Hours, Version
from sla.hours.span import Span, untangle
from sla.hours.zone import EPOCH_ORDINAL, Regime, local_date, regimes, zone

_MONDAY: Final = 4
"""Days from the epoch, a Thursday, to the first Monday."""


class Era(NamedTuple):
    """What the spans do not tell of a version: from when it rules, its zone, its standard day (D4b)."""

    valid_from: int
    tz: str
    standard_day_seconds: int


def eras(versions: Iterable[tuple[int, CalendarSpec]]) -> tuple[Era, ...]:
    """The eras of the versions, in order."""
    return tuple(sorted(Era(start, spec.tz, spec.standard_day_seconds) for start, spec in versions))


def reigns(versions: Iterable[tuple[int, CalendarSpec]]) -> Iterator[tuple[Version, int]]:
    """Each version in order, and until when it is in force."""
    ordered = [Version(*version) for version in sorted(versions, key=lambda version: version[0])]
    ends = [later.valid_from for _, later in pairwise(ordered)] + [LATEST]
    yield from zip(ordered, ends, strict=True)


def open_spans(versions: Sequence[tuple[int, CalendarSpec]], lo: int, hi: int) -> list[Span]:
    """All open time in `[lo, hi)`, each version's from its own instant until the next one's."""
    spans: list[Span] = []
    for version, until in reigns(versions):
        spans += _spans_of(version.spec, max(version.valid_from, lo), min(until, hi))
    return untangle(spans)


def opens_after(versions: Sequence[tuple[int, CalendarSpec]], instant: int) -> bool:
    """Whether there can be open time after that instant, however late."""
    return any(
        version.spec.opens_after(_date_at(version.spec, max(version.valid_from, instant)))
        for version, until in reigns(versions)
        if until > instant
    )


def _spans_of(spec: CalendarSpec, lo: int, hi: int) -> Iterator[Span]:
    if lo >= hi:
        return
    special = _special_days(spec)
    usual = [spec.hours_of(weekday) for weekday in range(7)]
    for regime in regimes(zone(spec.tz), lo, hi):
        # The day before the first one may own hours that run past midnight.
        first = (regime.starts_at + regime.offset) // DAY - 1
        last = (regime.ends_at + regime.offset) // DAY
        for day in range(first, last + 1):
            hours = special.get(day)
            yield from _spans_on(day, usual[(day - _MONDAY) % 7] if hours is None else hours, regime)


def _spans_on(day: int, hours: tuple[Hours, ...], regime: Regime) -> Iterator[Span]:
    midnight = day * DAY - regime.offset
    for opens, closes in hours:
        starts_at = max(midnight + opens, regime.starts_at)
        ends_at = min(midnight + closes, regime.ends_at)
        if starts_at < ends_at:
            yield Span(starts_at, ends_at, day + EPOCH_ORDINAL)


def _special_days(spec: CalendarSpec) -> dict[int, tuple[Hours, ...]]:
    closed: dict[date, tuple[Hours, ...]] = dict.fromkeys(spec.holidays, ())
    return {day.toordinal() - EPOCH_ORDINAL: hours for day, hours in {**closed, **spec.overrides}.items()}


def _date_at(spec: CalendarSpec, instant: int) -> date:
    # The day before may own hours that run past midnight.
    return date.fromordinal(local_date(zone(spec.tz), instant) - 1)
