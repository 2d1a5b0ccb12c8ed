"""A period's units of a contract: what a ticket takes, what comes back, what is left (D12-D15, R4).

The ledger (`Charge`) is the truth; the counters of an `Allotment` are its sums, kept beside it so that a
charge costs the same in a busy month as in a quiet one. Both move in one transaction, under a lock on the
allotment, so that of tickets that arrive together exactly as many are inside as units are left. On SQLite,
which has no row locks, a transaction is opened as IMMEDIATE and therefore alone.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from contracts import notices, tally
from contracts.models import Allotment, Charge, Contract, OverQuota, QuotaMetric
from contracts.quota_terms import QuotaTerms
from contracts.tally import QuotaLine, Tally

__all__ = [
    "Charged",
    "Difference",
    "QuotaLine",
    "charge",
    "charge_minutes",
    "give_back",
    "quota_line",
    "take_again",
    "verify",
]

LIVE_KINDS: Final = (Charge.Kind.DEBIT, Charge.Kind.REVERSAL)
GIVEN_KINDS: Final = (Charge.Kind.GRANT, Charge.Kind.ADJUSTMENT)
WAITS: Final = frozenset({OverQuota.REQUIRE_MANAGER_APPROVAL, OverQuota.REJECT})
"""Modes in which a ticket beyond the quota takes nothing until somebody says so."""
LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Charged:
    """What a ticket's charge came to: inside or over, and where its period stands with it.

    `is_taken` is false where the contract says that a ticket beyond the quota waits or is refused: nothing
    was written then. `mode` is what the contract says of it (D14). `units` and `remaining` are None when the
    plan is unlimited.
    """

    is_over: bool
    used: int
    units: int | None
    remaining: int | None
    ends_at: datetime
    mode: str = OverQuota.ACCEPT_AND_FLAG
    is_taken: bool = True


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
    granted: int
    ledger_granted: int


def charge(
    contract: Contract,
    *,
    ticket_uid: uuid.UUID,
    at: datetime,
    by: str,
    is_new: bool = False,
    terms: QuotaTerms | None = None,
    is_accepted: bool = False,
) -> Charged:
    """Take one unit of the period of `at`, the ticket's instant of receipt (D13); say whether one was left.

    A ticket with a live debit is not charged again, whatever the period or contract: the answer is that
    debit's. Beyond the quota nothing is taken where the contract lets it wait or refuses it (D14), unless it
    `is_accepted` already: approved, or urgent. Where minutes are counted a ticket takes nothing by coming in:
    it is over when none is left. Going over and crossing a threshold leave notices. Joins the caller's
    transaction. `is_new` says that the caller has just drawn the uid, so that no earlier entry is looked for;
    `terms` are the contract's at `at`, where the caller has them.

    Raises:
        UnknownZone: the contract's zone is none.
        IntegrityError: the same ticket is charged in this instant in another period or to another contract.
    """
    with transaction.atomic(savepoint=False):
        period = tally.locked(contract, at=at, terms=terms)
        entries = [] if is_new else _entries(ticket_uid)
        debit = next(iter(_live_debits(entries)), None)
        if debit is not None:
            return _charged(debit, tally.read(debit.allotment.contract, at=debit.at).line, period.terms)
        if period.line.is_used_up and period.terms.over_quota in WAITS and not is_accepted:
            return replace(_answer(period.line, period.terms, is_over=True), is_taken=False)
        if period.terms.metric == QuotaMetric.MINUTES:
            return _by_the_minute(contract, period, ticket_uid=ticket_uid, at=at)
        debit = _debit(period, 1, ticket_uid=ticket_uid, turn=_turn(entries), at=at, by=by)
        line = _with(period.line, debit)
        _tell(contract, debit, period, after=line)
        return _charged(debit, line, period.terms)


def _by_the_minute(contract: Contract, period: Tally, *, ticket_uid: uuid.UUID, at: datetime) -> Charged:
    if period.line.is_used_up:
        notices.over_quota(contract, ticket_uid=ticket_uid, line=period.line, terms=period.terms, at=at)
    return _answer(period.line, period.terms, is_over=period.line.is_used_up)


def charge_minutes(
    contract: Contract, *, ticket_uid: uuid.UUID, minutes: int, at: datetime, by: str, reason: str = ""
) -> QuotaLine:
    """Take so many minutes of the period of `at` for a ticket; what is beyond the quota is debited as over.

    A ticket's minutes may be taken several times. Joins the caller's transaction; says where the period
    stands.

    Raises:
        UnknownZone.
        ValueError: no minutes.
    """
    if minutes <= 0:
        raise ValueError("Minutes are counted forward.")
    with transaction.atomic(savepoint=False):
        period = tally.locked(contract, at=at)
        turn = len(_debits(_entries(ticket_uid)))
        inside = minutes if period.line.remaining is None else min(minutes, period.line.remaining)
        given: dict[str, Any] = {"ticket_uid": ticket_uid, "at": at, "by": by, "reason": reason}
        for units, is_over in ((inside, False), (minutes - inside, True)):
            if units:
                debit = _debit(period, units, is_over=is_over, turn=turn, **given)
                after = _with(period.line, debit)
                _tell(contract, debit, period, after=after)
                period, turn = replace(period, line=after), turn + 1
        return period.line


def give_back(*, ticket_uid: uuid.UUID, at: datetime, by: str, reason: str) -> bool:
    """Reverse the ticket's live debits in the periods from which they were taken, however long ago (D13).

    No other ticket becomes inside by it (D23). Joins the caller's transaction. Gives False when there is
    nothing to give back: never charged, or given back before.
    """
    with transaction.atomic(savepoint=False):
        _lock_periods_of(ticket_uid)
        live = _live_debits(_entries(ticket_uid))
        for debit in live:
            _reverse(debit, at=at, by=by, reason=reason)
        return bool(live)


def take_again(*, ticket_uid: uuid.UUID, at: datetime, by: str, reason: str) -> bool:
    """Take back into the original period what was last given back of a ticket (AG-07).

    It is inside again if that period has a unit left, else over. Joins the caller's transaction. Gives False
    when there is nothing to take again: never given back, or taken again before.
    """
    with transaction.atomic(savepoint=False):
        _lock_periods_of(ticket_uid)
        entries = _entries(ticket_uid)
        debits = _debits(entries)
        if not debits or _live_debits(entries):
            return False
        last = max(debits, key=lambda debit: debit.turn)
        period = tally.read(last.allotment.contract, at=last.at)
        given: dict[str, Any] = {"ticket_uid": ticket_uid, "turn": len(debits), "at": at, "by": by}
        _debit(replace(period, allotment=last.allotment), -last.units, reason=reason, **given)
        return True


def quota_line(contract: Contract, *, at: datetime, terms: QuotaTerms | None = None) -> QuotaLine:
    """The period of `at` as customer and agent read it, under the contract's terms; writes nothing.

    `terms` are those of the contract at `at`, where the caller has them.

    Raises:
        UnknownZone: the contract's zone is none.
    """
    return tally.read(contract, at=at, terms=terms).line


def verify(contracts: QuerySet[Contract] | None = None) -> list[Difference]:
    """Compare all counters with the sums of the ledger, everywhere or for those contracts; [] is right."""
    allotments = Allotment.objects.annotate(
        ledger_used=0 - _sum(_moves(is_over=False)),
        ledger_over=0 - _sum(_moves(is_over=True)),
        ledger_granted=_sum(Q(charges__kind__in=GIVEN_KINDS)),
    )
    if contracts is not None:
        allotments = allotments.filter(contract__in=contracts)
    same = {"used": F("ledger_used"), "over": F("ledger_over"), "granted": F("ledger_granted")}
    wrong = allotments.exclude(**same).order_by("id")
    columns = [column for name in same for column in (name, f"ledger_{name}")]
    rows = wrong.values_list("id", "contract__reference", "starts_at", *columns)
    return [Difference(*row) for row in rows]


def _sum(which: Q) -> Combinable:
    """Units of those entries; what live debits took is below 0, for reversals give theirs back."""
    return Coalesce(Sum("charges__units", filter=which), 0)


def _moves(*, is_over: bool) -> Q:
    return Q(charges__kind__in=LIVE_KINDS, charges__is_over=is_over)


# --- the entries of a ticket --------------------------------------------------------------------


def _entries(ticket_uid: uuid.UUID) -> list[Charge]:
    """Read under the lock, so that whatever came before is seen."""
    return list(Charge.objects.select_related("allotment").filter(ticket_uid=ticket_uid))


def _debits(entries: Iterable[Charge]) -> list[Charge]:
    return [entry for entry in entries if entry.kind == Charge.Kind.DEBIT]


def _live_debits(entries: Iterable[Charge]) -> list[Charge]:
    entries = list(entries)
    reversed_ids = {entry.reverses_id for entry in entries}
    return [debit for debit in _debits(entries) if debit.pk not in reversed_ids]


def _turn(entries: Iterable[Charge]) -> int:
    """How many debits the ticket had; two live ones would have the same, which is refused."""
    return len(_debits(entries))


# --- moving units -------------------------------------------------------------------------------


def _debit(
    period: Tally,
    units: int,
    *,
    ticket_uid: uuid.UUID,
    turn: int,
    at: datetime,
    by: str,
    is_over: bool | None = None,
    reason: str = "",
) -> Charge:
    """Write the debit and move its counter; the period keeps the limit that ruled last."""
    is_over = period.line.is_used_up if is_over is None else is_over
    is_billed = is_over and period.terms.over_quota == OverQuota.OVERAGE
    debit = Charge.objects.create(
        allotment=period.allotment,
        kind=Charge.Kind.DEBIT,
        units=-units,
        is_over=is_over,
        ticket_uid=ticket_uid,
        turn=turn,
        at=at,
        by=by,
        reason=reason[:LONGEST_REASON],
        price=period.terms.overage_price if is_billed else None,
        currency=period.terms.overage_currency if is_billed else "",
    )
    counters = _moved(debit, units)
    Allotment.objects.filter(pk=debit.allotment_id).update(units=period.terms.units, **counters)
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
    Allotment.objects.filter(pk=debit.allotment_id).update(**_moved(debit, debit.units))


def _moved(debit: Charge, step: int) -> dict[str, Combinable]:
    counter = "over" if debit.is_over else "used"
    return {counter: F(counter) + step}


def _lock_periods_of(ticket_uid: uuid.UUID) -> None:
    rows = Allotment.objects.select_for_update(of=("self",)).filter(charges__ticket_uid=ticket_uid)
    list(rows.order_by("id"))


# --- the answer ---------------------------------------------------------------------------------


def _with(line: QuotaLine, debit: Charge) -> QuotaLine:
    if debit.is_over:
        return replace(line, over=line.over - debit.units)
    return replace(line, used=line.used - debit.units)


def _charged(debit: Charge, line: QuotaLine, terms: QuotaTerms) -> Charged:
    return _answer(line, terms, is_over=debit.is_over)


def _answer(line: QuotaLine, terms: QuotaTerms, *, is_over: bool) -> Charged:
    return Charged(
        is_over=is_over,
        used=line.used,
        units=line.units,
        remaining=line.remaining,
        ends_at=line.ends_at,
        mode=terms.over_quota,
    )


def _tell(contract: Contract, debit: Charge, before: Tally, *, after: QuotaLine) -> None:
    if debit.is_over and debit.ticket_uid is not None:
        notices.over_quota(contract, ticket_uid=debit.ticket_uid, line=after, terms=before.terms, at=debit.at)
    notices.threshold(
        contract,
        allotment_id=debit.allotment_id,
        terms=before.terms,
        before=before.line,
        after=after,
        at=debit.at,
    )
