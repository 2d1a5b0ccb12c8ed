"""Restored data is first compared with the register of what was erased (AG-21).

The register keeps a slow digest of each erased subject's identifier, such as an e-mail address: it tells
whether one that is named was erased, and gives nobody a list. What cannot be compared is not restored.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import DatabaseError, transaction

from contracts import words
from contracts.models import Erasure, Quote, RestoreCheck
from contracts.quoting import refusals

SALT: Final = b"prazo erasure register"
COST: Final = 2**12
MOST: Final = 500
LONGEST: Final = 254
LONGEST_REASON: Final = 500


def digest_of(identifier: str) -> str:
    """What the register keeps of an identifier: spelling and case of it do not matter."""
    known_as = unicodedata.normalize("NFKC", identifier).strip().casefold()[:LONGEST]
    return hashlib.scrypt(known_as.encode(), salt=SALT, n=COST, r=8, p=1, dklen=32).hex()


def register(identifiers: Iterable[str], *, by: str, at: datetime) -> int:
    """Write erased subjects into the register; gives how many were new."""
    digests = {digest_of(one) for one in identifiers if one.strip()}
    with transaction.atomic():
        known = set(Erasure.objects.filter(digest__in=digests).values_list("digest", flat=True))
        new = [Erasure(digest=digest, at=at, by=by) for digest in sorted(digests - known)]
        Erasure.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def compare(quote: Quote, *, identifiers: Iterable[str], by: str, at: datetime) -> RestoreCheck:
    """Compare whose data is to be restored with the register; only numbers are kept of it.

    Raises:
        NoSubjects
        RegisterUnreachable: it cannot be read, so nobody may restore.
    """
    digests = {digest_of(one) for one in identifiers if one.strip()}
    if not 0 < len(digests) <= MOST:
        raise refusals.NoSubjects
    try:
        with transaction.atomic():
            hits = Erasure.objects.filter(digest__in=digests).count()
    except DatabaseError as error:
        raise refusals.RegisterUnreachable from error
    return RestoreCheck.objects.create(quote=quote, subjects=len(digests), hits=hits, at=at, by=by)


def decide(check: RestoreCheck, *, is_allowed: bool, reason: str, by: str, at: datetime) -> RestoreCheck:
    """The privacy owner decides on a hit, once.

    Raises:
        ReasonMissing, IsDecided.
    """
    why = words.tidied(reason, LONGEST_REASON)
    if not why:
        raise refusals.ReasonMissing
    with transaction.atomic():
        row = RestoreCheck.objects.select_for_update().get(pk=check.pk)
        if row.hits == 0 or row.decided_at is not None:
            raise refusals.IsDecided
        row.is_allowed, row.decided_at, row.decided_by, row.reason = is_allowed, at, by, why
        row.save(update_fields=["is_allowed", "decided_at", "decided_by", "reason"])
    return row


def require_clearance(quote: Quote) -> None:
    """Let work begin when the last comparison found nothing, or the privacy owner allowed what it found.

    Raises:
        NotCompared, WasErased.
    """
    last = last_check(quote)
    if last is None:
        raise refusals.NotCompared
    if last.hits and not last.is_allowed:
        raise refusals.WasErased


def last_check(quote: Quote) -> RestoreCheck | None:
    """The last comparison for a quote's ticket."""
    return RestoreCheck.objects.filter(quote__ticket_uid=quote.ticket_uid).order_by("-at", "-pk").first()
