"""The month's units of a contract: what a ticket takes, what comes back, what is left (D12-D15, R4).

The ledger (`Charge`) is the truth; the counters of an `Allotment` are its sums, kept beside it so that a
charge costs the same in a busy month as in a quiet one. Both move in one transaction, under a lock on the
allotment, so that of tickets that arrive together exactly as many are inside as units are left. On SQLite,
which has no row locks, a transaction is opened as IMMEDIATE and therefore alone.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from contracts import notices, tally
from contracts.models import Allotment, Charge, Contract
from contracts.quota_terms import QuotaTerms
from contracts.tally import QuotaLine, Tally

__all__ = ["Charged", "Difference", "QuotaLine", "charge", "give_back", "quota_line", "verify"]

LIVE_KINDS: Final = (Charge.Kind.DEBIT, Charge.Kind.REVERSAL)
LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Charged:
    """What a ticket's charge came to: inside or over, and where its month stands with it.

    `units` and `remaining` are None when the plan is unlimited.
    """

    is_over: bool
    used: int
    units: int | None
    remaining: int | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """An allotment whose counters are not the sums of its ledger."""

    allotment_id: int
    contract: str
    starts_at: datetime
    used: int
    ledger_used: int
    over: int
    ledger_over: int


def charge(
    contract: Contract,
    *,
    ticket_uid: uuid.UUID,
    at: datetime,
    by: str,
    is_new: bool = False,
    terms: QuotaTerms | None = None,
) -> Charged:
    """Take one unit of the month of `at`, the ticket's instant of receipt (D13); say whether one was left.

    A ticket with a live debit is not charged again, whatever the month or contract: the answer is that
    debit's. Going over and crossing a threshold leave notices. Joins the caller's transaction. `is_new` says
    that the caller has just drawn the uid, so that no earlier entry is looked for; `terms` are the
    contract's at `at`, where the caller has them.

    Raises:
        UnknownZone: the contract's zone is none.
        IntegrityError: the same ticket is charged in this instant in another month or to another contract.
    """
    with transaction.atomic(savepoint=False):
        month = tally.locked(contract, at=at, terms=terms)
        entries = [] if is_new else _entries(ticket_uid)
        debit = _live_debit(entries)
        if debit is not None:
            return _charged(debit, tally.read(debit.allotment.contract, at=debit.at).line)
        debit = _debit(month, ticket_uid=ticket_uid, turn=_turn(entries), at=at, by=by)
        line = _with(month.line, debit)
        _tell(contract, debit, before=month.line, after=line)
        return _charged(debit, line)


def give_back(*, ticket_uid: uuid.UUID, at: datetime, by: str, reason: str) -> bool:
    """Reverse the ticket's live debit in the month from which it was taken, however long ago (D13).

    No other ticket becomes inside by it (D23). Joins the caller's transaction. Gives False when there is
    nothing to give back: never charged, or given back before.
    """
    with transaction.atomic(savepoint=False):
        _lock_months_of(ticket_uid)
        debit = _live_debit(_entries(ticket_uid))
        if debit is None:
            return False
        _reverse(debit, at=at, by=by, reason=reason)
        return True


def quota_line(contract: Contract, *, at: datetime, terms: QuotaTerms | None = None) -> QuotaLine:
    """The month of `at` as customer and agent read it, under the contract's terms; writes nothing.

    `terms` are those of the contract at `at`, where the caller has them.

    Raises:
        UnknownZone: the contract's zone is none.
    """
    return tally.read(contract, at=at, terms=terms).line


def verify(contracts: QuerySet[Contract] | None = None) -> list[Difference]:
    """Compare all counters with the sums of the ledger, everywhere or for those contracts; [] is right."""
    allotments = Allotment.objects.annotate(ledger_used=_sum(is_over=False), ledger_over=_sum(is_over=True))
    if contracts is not None:
        allotments = allotments.filter(contract__in=contracts)
    wrong = allotments.exclude(used=F("ledger_used"), over=F("ledger_over")).order_by("id")
    columns = ("id", "contract__reference", "starts_at", "used", "ledger_used", "over", "ledger_over")
    return [Difference(*row) for row in wrong.values_list(*columns)]


def _sum(*, is_over: bool) -> Combinable:
    """Units that live debits took, by the ledger: reversals give theirs back."""
    return 0 - Coalesce(Sum("charges__units", filter=_moves(is_over=is_over)), 0)


def _moves(*, is_over: bool) -> Q:
    return Q(charges__kind__in=LIVE_KINDS, charges__is_over=is_over)


# --- the entries of a ticket --------------------------------------------------------------------


def _entries(ticket_uid: uuid.UUID) -> list[Charge]:
    """Read under the lock, so that whatever came before is seen."""
    return list(Charge.objects.select_related("allotment").filter(ticket_uid=ticket_uid))


def _live_debit(entries: Iterable[Charge]) -> Charge | None:
    reversed_ids = {entry.reverses_id for entry in entries}
    live = (entry for entry in entries if entry.kind == Charge.Kind.DEBIT and entry.pk not in reversed_ids)
    return next(live, None)


def _turn(entries: Iterable[Charge]) -> int:
    """How many debits of the ticket were reversed; two live ones would have the same, which is refused."""
    return sum(entry.kind == Charge.Kind.REVERSAL for entry in entries)


# --- moving a unit ------------------------------------------------------------------------------


def _debit(month: Tally, *, ticket_uid: uuid.UUID, turn: int, at: datetime, by: str) -> Charge:
    """Write the debit and move its counter; the month keeps the limit that ruled last."""
    debit = Charge.objects.create(
        allotment=month.allotment,
        kind=Charge.Kind.DEBIT,
        units=-1,
        is_over=month.line.is_used_up,
        ticket_uid=ticket_uid,
        turn=turn,
        at=at,
        by=by,
    )
    Allotment.objects.filter(pk=debit.allotment_id).update(units=month.line.units, **_moved(debit, 1))
    return debit


def _reverse(debit: Charge, *, at: datetime, by: str, reason: str) -> None:
    Charge.objects.create(
        allotment=debit.allotment,
        kind=Charge.Kind.REVERSAL,
        units=-debit.units,
        is_over=debit.is_over,
        ticket_uid=debit.ticket_uid,
        turn=debit.turn,
        reverses=debit,
        at=at,
        by=by,
        reason=reason[:LONGEST_REASON],
    )
    Allotment.objects.filter(pk=debit.allotment_id).update(**_moved(debit, -1))


def _moved(debit: Charge, step: int) -> dict[str, Combinable]:
    counter = "over" if debit.is_over else "used"
    return {counter: F(counter) + step}


def _lock_months_of(ticket_uid: uuid.UUID) -> None:
    rows = Allotment.objects.select_for_update(of=("self",)).filter(charges__ticket_uid=ticket_uid)
    list(rows.order_by("id"))


# --- the answer ---------------------------------------------------------------------------------


def _with(line: QuotaLine, debit: Charge) -> QuotaLine:
    if debit.is_over:
        return replace(line, over=line.over + 1)
    return replace(line, used=line.used + 1)


def _charged(debit: Charge, line: QuotaLine) -> Charged:
    return Charged(
        is_over=debit.is_over,
        used=line.used,
        units=line.units,
        remaining=line.remaining,
        ends_at=line.ends_at,
    )


def _tell(contract: Contract, debit: Charge, *, before: QuotaLine, after: QuotaLine) -> None:
    if debit.is_over and debit.ticket_uid is not None:
        notices.over_quota(contract, ticket_uid=debit.ticket_uid, line=after, at=debit.at)
    notices.threshold(contract, allotment_id=debit.allotment_id, before=before, after=after, at=debit.at)
