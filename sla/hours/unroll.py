"""From a calendar's versions to its open spans: the one exact rule.

An instant is open iff the reading of its zone's clock lies in `[opens, closes)` of an owner date. Where the
clock skips, the hours in the gap vanish; where it goes back, the repeated hours are open twice; there is no
choice to make. So each date's hours are cut with each stretch of time that has one offset.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from sla.hours.instants import DAY, EARLIEST, LATEST
from sla.hours.schedule import CalendarSpec, Hours, Version
from sla.hours.span import Span, untangle
from sla.hours.zone import EPOCH_ORDINAL, Regime, local_date, regimes, zone

_MONDAY: Final = 4
"""Days from the epoch, a Thursday, to the first Monday."""
_AROUND: Final = 4 * DAY
"""Within so much of an instant lie all hours of the dates that are open at it, whole."""


class Era(NamedTuple):
    """What the spans do not tell of a version."""

    valid_from: int
    tz: str
    standard_day_seconds: int
    closed_date: int
    """The last date that had closed for good under the version before, when this one came into force.

    More hours on such a date are open time, but they no longer move its close: a due time that had passed
    would else be rewritten. 0 for the first version.
    """


def eras(versions: Sequence[tuple[int, CalendarSpec]]) -> tuple[Era, ...]:
    """The eras of the versions, in order; `Timeline.from_spans` wants them beside stored spans."""
    ordered = sorted(versions, key=_start)
    return tuple(
        Era(start, spec.tz, spec.standard_day_seconds, _closed_date(ordered[:number], start))
        for number, (start, spec) in enumerate(ordered)
    )


def reigns(versions: Iterable[tuple[int, CalendarSpec]]) -> Iterator[tuple[Version, int]]:
    """Each version in order, and until when it is in force."""
    ordered = [Version(*version) for version in sorted(versions, key=_start)]
    ends = [version.valid_from for version in ordered[1:]]
    yield from zip(ordered, [*ends, LATEST], strict=False)


def open_spans(versions: Sequence[tuple[int, CalendarSpec]], lo: int, hi: int) -> list[Span]:
    """All open time in `[lo, hi)`, each version's from its own instant until the next one's."""
    spans: list[Span] = []
    for version, until in reigns(versions):
        spans += untangle(_spans_of(version.spec, max(version.valid_from, lo), min(until, hi)))
    return spans


def opens_after(versions: Sequence[tuple[int, CalendarSpec]], instant: int) -> bool:
    """Whether there can be open time after that instant, however late."""
    return any(
        version.spec.opens_after(_date_at(version.spec, max(version.valid_from, instant)))
        for version, until in reigns(versions)
        if until > instant
    )


def _closed_date(earlier: Sequence[tuple[int, CalendarSpec]], instant: int) -> int:
    if not earlier:
        return 0
    closes: dict[int, int] = {}
    for span in open_spans(earlier, max(instant - _AROUND, EARLIEST), min(instant + _AROUND, LATEST)):
        closes[span.business_date] = max(span.ends_at, closes.get(span.business_date, span.ends_at))
    # Hours end at the latest on the midnight after the next date.
    long_ago = local_date(zone(earlier[-1][1].tz), instant) - 2
    return max([long_ago, *(day for day, close in closes.items() if close <= instant)])


def _start(version: tuple[int, CalendarSpec]) -> int:
    return version[0]


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
