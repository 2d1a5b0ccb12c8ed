"""What is given on top of a quota, or corrected in it, by hand (AM-04)."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from contracts import tally, words
from contracts.models import Allotment, Charge, Contract

LONGEST_REASON: Final = 200
MOST: Final = 100_000


class GrantRefused(ValueError):
    """Units that cannot be given, with a sentence for whoever tried."""


def grant(
    contract: Contract,
    *,
    units: int,
    reason: str,
    at: datetime,
    by: str,
    expires_at: datetime | None = None,
) -> Charge:
    """Give units on top of the present period; they last to the end of the period in which they expire.

    Without an expiry that is the present one. Several lasting grants are used in the order in which they
    expire.

    Raises:
        GrantRefused: no units or far too many, no reason, or an expiry that has passed.
    """
    if not 0 < units <= MOST:
        raise GrantRefused("A grant gives at least one unit, and no more than a hundred thousand.")
    if expires_at is not None and expires_at <= at:
        raise GrantRefused("A grant that has expired would give nothing.")
    return _write(contract, Charge.Kind.GRANT, units, reason, at=at, by=by, expires_at=expires_at)


def adjust(contract: Contract, *, units: int, reason: str, at: datetime, by: str) -> Charge:
    """Correct the present period by so many units, more or less than 0; the past stays as it was written.

    Raises:
        GrantRefused: nothing or far too much is changed, or no reason is given.
    """
    if not units or abs(units) > MOST:
        raise GrantRefused("An adjustment moves at least one unit, and no more than a hundred thousand.")
    return _write(contract, Charge.Kind.ADJUSTMENT, units, reason, at=at, by=by)


def _write(
    contract: Contract,
    kind: Charge.Kind,
    units: int,
    reason: str,
    *,
    at: datetime,
    by: str,
    expires_at: datetime | None = None,
) -> Charge:
    why = words.tidied(reason, LONGEST_REASON)
    if not why:
        raise GrantRefused("Say why: it is read later by people who were not there.")
    with transaction.atomic():
        allotment = tally.locked(contract, at=at).allotment
        row = Charge.objects.create(
            allotment=allotment, kind=kind, units=units, at=at, by=by, reason=why, expires_at=expires_at
        )
        Allotment.objects.filter(pk=allotment.pk).update(granted=F("granted") + units)
        return row
