"""A request that its caller repeats has its effect once, and its answer every time (24 h)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from rest_framework.request import Request

from contracts.models import Account
from helpdesk.api.problems import KeyMalformed, KeyReused, StillRunning
from helpdesk.models import IdempotencyKey

KEPT: Final = timedelta(hours=24)
ABANDONED_AFTER: Final = timedelta(seconds=60)
"""An answer that took longer died with its process; the rules below make doing it again harmless."""

LONGEST: Final = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of a response."""

    status: int
    body: dict[str, Any]


def key_of(request: Request) -> str:
    """The caller's key, or "".

    Raises:
        KeyMalformed: when it is no key.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise KeyMalformed
    return key.strip()


def once(request: Request, account: Account, work: Callable[[], Answer], *, at: datetime) -> Answer:
    """Do the work, or give the answer that it had the first time.

    Raises:
        KeyReused: the key came with another body.
        StillRunning: the first request is not answered yet.
    """
    key = key_of(request)
    if not key:
        return work()
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    row = _claim(account, key, digest, at=at)
    if row.status is not None:
        return Answer(row.status, row.answer or {})
    try:
        answer = work()
    except Exception:
        row.delete()  # a refusal is not kept: the caller puts it right and tries again
        raise
    row.status, row.answer = answer.status, answer.body
    row.save(update_fields=["status", "answer"])
    return answer


def _claim(account: Account, key: str, digest: str, *, at: datetime) -> IdempotencyKey:
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(account=account, key=key, body_sha256=digest, created_at=at)
    except IntegrityError:
        return _known(account, key, digest, at=at)


def _known(account: Account, key: str, digest: str, *, at: datetime) -> IdempotencyKey:
    with transaction.atomic():
        row = IdempotencyKey.objects.select_for_update().filter(account=account, key=key).first()
        if row is None or at - row.created_at > KEPT:
            return _anew(row, account, key, digest, at=at)
        if row.body_sha256 != digest:
            raise KeyReused
        if row.status is None:
            return _if_abandoned(row, at=at)
        return row


def _anew(
    row: IdempotencyKey | None, account: Account, key: str, digest: str, *, at: datetime
) -> IdempotencyKey:
    if row is not None:
        row.delete()
    return IdempotencyKey.objects.create(account=account, key=key, body_sha256=digest, created_at=at)


def _if_abandoned(row: IdempotencyKey, *, at: datetime) -> IdempotencyKey:
    if at - row.created_at <= ABANDONED_AFTER:
        raise StillRunning
    row.created_at = at
    row.save(update_fields=["created_at"])
    return row


def forget_old(*, at: datetime) -> int:
    """Delete the answers that nobody may ask for any more; gives how many."""
    return IdempotencyKey.objects.filter(created_at__lt=at - KEPT).delete()[0]
