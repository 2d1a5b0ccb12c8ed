"""The inbox: keep what arrives, then find out what it is.

A row is the truth and a task only a hint. `store` commits the bytes before anything reads them;
`process` takes a row under a lease, reads it and lets the desk decide, all in one transaction; `sweep`
takes up whatever is waiting, also what a killed worker left behind. Three failures put a row into
quarantine, with the reason, where an agent can look at it and try again; the next row never waits for it.
"""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from channels_inbound.models import InboundMessage
from helpdesk.models import Ticket

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=5)
PAUSE_AFTER_FAILURE: Final = timedelta(seconds=30)
MOST_ATTEMPTS: Final = 3

State = InboundMessage.State
Source = InboundMessage.Source


class Quarantined(Exception):
    """What arrived cannot become a message; the reason is for agents."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row: `done` with its ticket, or `ignored` with the reason."""

    state: InboundMessage.State
    ticket: Ticket | None = None
    reason: str = ""


Decision = Callable[[], Result]
"""What the desk makes of a message; runs in one transaction with the row's own end."""

Reader = Callable[[InboundMessage, bytes], Decision]
"""Reads the raw bytes of a row, which may take its time; raises `Quarantined`."""


def store(  # every keyword is a column of the row
    *, source: str, provider_id: str, raw: bytes, at: datetime, sender: str = "", subject: str = ""
) -> tuple[InboundMessage, bool]:
    """Keep the bytes as they came; the same delivery twice is one row.

    Returns the row and whether it is new. Once this has returned and its transaction is committed, the
    sender may be told that we have it (R8).
    """
    row = InboundMessage(
        source=source,
        provider_id=provider_id[:255],
        digest=hashlib.sha256(raw).hexdigest(),
        raw=zlib.compress(raw, 1),
        size=len(raw),
        sender=sender[:254],
        subject=subject[:255],
        received_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        same = InboundMessage.objects.filter(
            source=row.source, provider_id=row.provider_id, digest=row.digest
        )
        return same.get(), False
    return row, True


def raw_bytes(inbound: InboundMessage) -> bytes:
    """The bytes of a row as they came."""
    return zlib.decompress(bytes(inbound.raw))


def claimable(*, at: datetime) -> QuerySet[InboundMessage]:
    """Rows that wait for their turn, and rows whose worker did not come back."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    return InboundMessage.objects.filter(free, state__in=(State.WAITING, State.LEASED))


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Process what waits, oldest first; returns how many rows were taken up."""
    waiting = claimable(at=at).order_by("received_at", "id").values_list("pk", flat=True)
    return sum(process(pk, at=at) is not None for pk in waiting[:limit])


def process(pk: int, *, at: datetime) -> InboundMessage | None:
    """Process one row; gives None when another worker has it or nothing is left to do."""
    if not _take(pk, at=at):
        return None
    inbound = InboundMessage.objects.get(pk=pk)
    try:
        decide = _read(inbound)
        with transaction.atomic():
            _finish(inbound, decide(), at=at)
    except Quarantined as refusal:
        _finish(inbound, Result(State.QUARANTINED, reason=str(refusal)), at=at)
    except DatabaseError:
        raise  # the lease runs out and the row is taken again
    except Exception as error:
        log.exception("inbound message failed", inbound=pk, attempt=inbound.attempts)
        _failed(inbound, error, at=at)
    return inbound


def _take(pk: int, *, at: datetime) -> bool:
    """A conditional update: of two workers exactly one gets the row."""
    taken = claimable(at=at).filter(pk=pk)
    return bool(taken.update(state=State.LEASED, lease_until=at + LEASE, attempts=F("attempts") + 1))


def _read(inbound: InboundMessage) -> Decision:
    """Parsing and fetching happen here, before any lock is held."""
    from channels_inbound.readers import READERS

    return READERS[inbound.source](inbound, raw_bytes(inbound))


def _finish(inbound: InboundMessage, result: Result, *, at: datetime) -> None:
    inbound.state, inbound.reason, inbound.ticket = result.state, result.reason[:300], result.ticket
    inbound.processed_at, inbound.lease_until = at, None
    shown = ["sender", "subject"]  # a reader fills them in for the list
    inbound.save(update_fields=["state", "reason", "ticket", "processed_at", "lease_until", *shown])


def _failed(inbound: InboundMessage, error: Exception, *, at: datetime) -> None:
    """Once more in a while; the third time an agent looks at it."""
    if inbound.attempts >= MOST_ATTEMPTS:
        kind = type(error).__name__
        _finish(inbound, Result(State.QUARANTINED, reason=f"failed {MOST_ATTEMPTS} times: {kind}"), at=at)
        return
    inbound.state, inbound.lease_until = State.WAITING, at + PAUSE_AFTER_FAILURE * inbound.attempts
    inbound.save(update_fields=["state", "lease_until"])


def retry(inbound: InboundMessage, *, at: datetime) -> InboundMessage:
    """Try a quarantined or ignored row again, now; what is done stays done."""
    again = InboundMessage.objects.filter(pk=inbound.pk, state__in=(State.QUARANTINED, State.IGNORED))
    again.update(state=State.WAITING, attempts=0, lease_until=None, reason="")
    process(inbound.pk, at=at)
    inbound.refresh_from_db()
    return inbound


def discard(inbound: InboundMessage, *, by: str, at: datetime) -> InboundMessage:
    """An agent decides that a quarantined row is nothing; the bytes stay."""
    quarantined = InboundMessage.objects.filter(pk=inbound.pk, state=State.QUARANTINED)
    quarantined.update(state=State.IGNORED, reason=f"discarded by {by}", processed_at=at)
    inbound.refresh_from_db()
    return inbound
