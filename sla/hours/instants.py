"""Instants as text and as integers; inside `sla.hours` there are only UTC epoch seconds."""

from datetime import UTC, datetime, timedelta
from typing import Final

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400

EARLIEST: Final = -62_104_060_800
"""The first instant of the year 2: zones need a day of room before it."""
LATEST: Final = 253_370_764_800
"""The first instant of the year 9999."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def epoch(text: str) -> int:
    """UTC epoch seconds of an ISO 8601 instant with an offset; a part of a second is dropped.

    Raises ValueError when it is no instant or has no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return (instant - _EPOCH) // _SECOND


def iso(instant: int) -> str:
    """The instant as `2026-01-12T09:00:00Z`."""
    return (_EPOCH + instant * _SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")
