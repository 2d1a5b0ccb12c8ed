"""Replays the ledgers: counters, reversals, turns, limits (R4, AU-01)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from contracts import quota
from contracts.models import Allotment, Charge


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the ledger and what is kept beside it say differently."""

    contract: str
    period: datetime
    what: str
    stored: int
    ledger: int


def verify() -> Iterator[Finding]:
    """Everything that does not agree, over all contracts; nothing is right."""
    yield from _counters()
    yield from _reversals()
    yield from _inside_beyond_the_limit()
    yield from _live_twice()


def _counters() -> Iterator[Finding]:
    for one in quota.verify():
        pairs = (
            ("used", one.used, one.ledger_used),
            ("over", one.over, one.ledger_over),
            ("granted", one.granted, one.ledger_granted),
        )
        for what, stored, ledger in pairs:
            if stored != ledger:
                yield Finding(one.contract, one.starts_at, what, stored, ledger)


def _reversals() -> Iterator[Finding]:
    """A reversal gives back exactly what its debit took, to where that came from."""
    wrong = Charge.objects.filter(kind=Charge.Kind.REVERSAL).exclude(
        allotment=F("reverses__allotment"),
        units=0 - F("reverses__units"),
        is_over=F("reverses__is_over"),
        ticket_uid=F("reverses__ticket_uid"),
    )
    for row in wrong.select_related("allotment__contract", "reverses"):
        debit = row.reverses.units if row.reverses else 0
        yield _finding(row.allotment, f"reversal {row.pk}", row.units, -debit)


def _inside_beyond_the_limit() -> Iterator[Finding]:
    """Of a limit that never shrank no more can be inside than it has; a downgrade is no mistake (AM-05)."""
    rows = Allotment.objects.filter(units__isnull=False, over__gt=0, used__gt=F("units") + F("granted"))
    shrunk = Q(
        contract__versions__valid_from__gt=F("starts_at"), contract__versions__valid_from__lt=F("ends_at")
    )
    taken = Q(charges__kind=Charge.Kind.ADJUSTMENT, charges__units__lt=0)
    for row in rows.exclude(shrunk).exclude(taken).select_related("contract"):
        yield _finding(row, "inside the quota", row.used, (row.units or 0) + row.granted)


def _live_twice() -> Iterator[Finding]:
    """A ticket has at most one live debit of tickets; of one turn there is one."""
    twice = (
        Charge.objects.filter(kind=Charge.Kind.DEBIT, units=-1, reversed_by__isnull=True)
        .values("ticket_uid", "turn")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    for row in twice:
        first = (
            Charge.objects.filter(ticket_uid=row["ticket_uid"]).select_related("allotment__contract").first()
        )
        if first is not None:
            yield _finding(first.allotment, f"live debits of {row['ticket_uid']}", row["times"], 1)


def _finding(allotment: Allotment, what: str, stored: int, ledger: int) -> Finding:
    return Finding(allotment.contract.reference, allotment.starts_at, what, stored, ledger)
