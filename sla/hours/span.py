"""Half-open stretches `[starts_at, ends_at)` of UTC epoch seconds, alone and in lists."""

from collections.abc import Iterable
from typing import NamedTuple


class Stretch(NamedTuple):
    """A piece of time."""

    starts_at: int
    ends_at: int


class Span(NamedTuple):
    """A piece of open time, and the proleptic ordinal of the local date that owns it."""

    starts_at: int
    ends_at: int
    business_date: int


def union(stretches: Iterable[tuple[int, int]]) -> list[Stretch]:
    """The same time, sorted, with overlapping and touching stretches joined and empty ones left out."""
    joined: list[Stretch] = []
    for starts_at, ends_at in sorted(stretches):
        if starts_at >= ends_at:
            continue
        if joined and starts_at <= joined[-1].ends_at:
            joined[-1] = Stretch(joined[-1].starts_at, max(ends_at, joined[-1].ends_at))
        else:
            joined.append(Stretch(starts_at, ends_at))
    return joined


def clip(stretches: Iterable[tuple[int, int]], lo: int, hi: int) -> list[Stretch]:
    """What of each stretch lies in `[lo, hi)`."""
    cut = (Stretch(max(starts_at, lo), min(ends_at, hi)) for starts_at, ends_at in stretches)
    return [stretch for stretch in cut if stretch.starts_at < stretch.ends_at]


def untangle(spans: Iterable[Span]) -> list[Span]:
    """Spans sorted and disjoint: the earlier keeps what two share, touching ones of one date become one.

    A change of the zone's offset cuts a day's hours in two that touch, or, where the clock goes back over
    midnight (St John's until 2011), makes two dates alternate; so dates need not ascend.
    """
    done: list[Span] = []
    for span in sorted(spans):
        last = done[-1] if done else Span(span.starts_at, span.starts_at, 0)
        starts_at = max(span.starts_at, last.ends_at)
        if starts_at >= span.ends_at:
            continue
        if done and starts_at == last.ends_at and span.business_date == last.business_date:
            done[-1] = Span(last.starts_at, span.ends_at, last.business_date)
        else:
            done.append(Span(starts_at, span.ends_at, span.business_date))
    return done
