"""Which events count, and in which order: what was taken back or corrected is as if it never had been."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from sla.hours.lifecycle import Event, EventKind

_REVOCABLE: Final = frozenset({EventKind.AGENT_REPLY, EventKind.SOLVE})


def in_order(events: Iterable[Event], now: int) -> list[Event]:
    """The events that count up to `now`, by their instants, those of one instant as given.

    An answer taken back is left out, with the solution that came with it (D7). So is an event that a
    correction says never happened; one that happened at another instant stands at that one.
    """
    known = _corrected([event for event in events if event.at <= now])
    revoked = {event.reference for event in known if event.kind is EventKind.REPLY_REVOKED} - {""}
    kept = [event for event in known if event.kind not in _REVOCABLE or event.reference not in revoked]
    return sorted(kept, key=lambda event: (event.at, event.kind is not EventKind.CREATED))


def _corrected(events: Sequence[Event]) -> list[Event]:
    """The last correction of an event counts; one that was corrected itself does nothing."""
    corrections = [event for event in events if event.kind is EventKind.CORRECT]
    if not corrections:
        return list(events)
    said: dict[int, int | None] = {}
    for correction in sorted(corrections, key=lambda event: (event.at, event.key), reverse=True):
        if correction.key not in said:
            said.setdefault(correction.corrects, correction.happened_at)
    return [placed for event in events if (placed := _placed(event, said)) is not None]


def _placed(event: Event, said: dict[int, int | None]) -> Event | None:
    if event.key not in said or not event.key:
        return event
    happened_at = said[event.key]
    return None if happened_at is None else replace(event, at=happened_at)
