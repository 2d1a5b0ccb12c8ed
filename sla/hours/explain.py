"""Why a due time is what it is: plain facts, date by date and span by span, for whoever words them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sla.hours.lifecycle import ClockState, Hold, State
from sla.hours.reckoning import Timeline
from sla.hours.schedule import CalendarSpec, DayKind, Version
from sla.hours.span import Span
from sla.hours.unroll import reigns
from sla.hours.zone import instant_of, local_date, zone


class FactKind(StrEnum):
    """What a fact is about."""

    COUNTED = "counted"
    HELD = "held"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Fact:
    """A stretch of open time that counted, one that was held, or a date without hours."""

    kind: FactKind
    date: date
    """The business date that owns the time, or the closed date."""
    day: int
    """How many business days after the local date of receipt this date is; 0 is day 0 (D4)."""
    reason: DayKind | State
    """Of open time where its hours come from, of held time the clock's state, of a closed date why."""
    starts_at: int
    ends_at: int
    seconds: int
    """Open seconds that counted, or that would have; 0 on a closed date."""
    valid_from: int
    """Which version of the calendar says so: the one in force from this instant."""


def explain(
    timeline: Timeline,
    versions: Sequence[tuple[int, CalendarSpec]],
    *,
    started_at: int,
    until: int,
    holds: Iterable[Hold] = (),
) -> list[Fact]:
    """The facts from receipt to the due time (or to now), in order.

    `versions` are those of which the timeline was built, `holds` those of the clock's state. The seconds
    of all counted facts add up to the open time outside the holds. Raises OutOfHorizon.
    """
    held = list(holds)
    facts: list[Fact] = []
    for version, ends_at in reigns(versions):
        lo, hi = max(version.valid_from, started_at), min(ends_at, until)
        if lo < hi:
            facts += _open_time(timeline.spans_between(lo, hi), version, held)
            facts += _closed_dates(version, lo, hi)
    return _numbered(sorted(facts, key=lambda fact: fact.starts_at), timeline.local_date(started_at))


def explain_clock(
    timeline: Timeline, versions: Sequence[tuple[int, CalendarSpec]], state: ClockState, now: int
) -> list[Fact]:
    """The facts behind a clock's due time, or, while it has none, behind what it has used until now."""
    holds, until = list(state.holds), now if state.due_at is None else state.due_at
    if state.stopped_at is not None and state.due_at is None:
        holds.append(Hold(state.stopped_at, max(until, state.stopped_at), state.state))
    return explain(timeline, versions, started_at=state.started_at, until=until, holds=holds)


def _open_time(spans: Iterable[Span], version: Version, holds: Sequence[Hold]) -> Iterator[Fact]:
    for span in spans:
        reason = version.spec.kind_of(date.fromordinal(span.business_date))
        position = span.starts_at
        for starts_at, ends_at, state in holds:
            lo, hi = max(starts_at, position), min(ends_at, span.ends_at)
            if lo < hi:
                yield from _piece(FactKind.COUNTED, Span(position, lo, span.business_date), reason, version)
                yield from _piece(FactKind.HELD, Span(lo, hi, span.business_date), state, version)
                position = hi
        yield from _piece(FactKind.COUNTED, Span(position, span.ends_at, span.business_date), reason, version)


def _piece(kind: FactKind, span: Span, reason: DayKind | State, version: Version) -> Iterator[Fact]:
    seconds = span.ends_at - span.starts_at
    if seconds:
        day = date.fromordinal(span.business_date)
        yield Fact(kind, day, 0, reason, span.starts_at, span.ends_at, seconds, version.valid_from)


def _closed_dates(version: Version, lo: int, hi: int) -> Iterator[Fact]:
    spec, tz = version.spec, zone(version.spec.tz)
    for ordinal in range(local_date(tz, lo), local_date(tz, hi - 1) + 1):
        day = date.fromordinal(ordinal)
        if not spec.hours_on(day):
            midnights = instant_of(tz, ordinal, 0), instant_of(tz, ordinal + 1, 0)
            yield Fact(FactKind.CLOSED, day, 0, spec.kind_of(day), *midnights, 0, version.valid_from)


def _numbered(facts: list[Fact], receipt: int) -> list[Fact]:
    open_dates = {fact.date.toordinal() for fact in facts if fact.kind is not FactKind.CLOSED}
    later = sorted(ordinal for ordinal in open_dates if ordinal > receipt)
    return [replace(fact, day=bisect_right(later, fact.date.toordinal())) for fact in facts]
