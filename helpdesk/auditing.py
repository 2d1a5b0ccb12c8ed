"""What people did to figures by hand, for whoever looks for gaming (AU-03).

Excuses, due times set by hand, corrections, other terms, facts that reach back, and units given by hand: all
from tables of which the database lets nothing be rewritten or deleted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from contracts.models import Charge
from helpdesk.models import Ticket, TicketEvent
from sla.hours import EventKind
from sla.models import BacklogPeriod, ClockEvent, Excuse
from sla.models.policy import Cell
from sla.timekeeping import from_epoch

BY_HAND: Final = (EventKind.MANUAL_DUE, EventKind.CORRECT, EventKind.RETARGET)
GIVEN: Final = (Charge.Kind.GRANT, Charge.Kind.ADJUSTMENT)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody did: when, who (an actor), what kind, on which ticket, in words, and why."""

    at: datetime
    by: str
    kind: str
    ticket: int | None
    what: str
    reason: str


def lines(*, since: datetime, until: datetime, by: str = "") -> list[Line]:
    """Everything that was done by hand with `since <= at < until`, latest first; by one actor, if named."""
    found = [
        *_excuses(since, until),
        *_clock_events(since, until),
        *_linked(since, until),
        *_backlogs(since, until),
        *_units(since, until),
    ]
    return sorted((line for line in found if by in {"", line.by}), key=lambda line: line.at, reverse=True)


def _excuses(since: datetime, until: datetime) -> Iterator[Line]:
    proposed = Excuse.objects.filter(proposed_at__gte=since, proposed_at__lt=until)
    decided = Excuse.objects.filter(decided_at__gte=since, decided_at__lt=until)
    rows = list((proposed | decided).select_related("clock"))
    numbers = _numbers_of(row.clock.clock_set_id for row in rows)
    for row in rows:
        number, what = numbers.get(row.clock.clock_set_id), _caveat(row)
        if since <= row.proposed_at < until:
            yield Line(row.proposed_at, row.proposed_by, "excuse_proposed", number, what, row.text)
        if row.decided_at is not None and since <= row.decided_at < until:
            yield Line(row.decided_at, row.decided_by, f"excuse_{row.state}", number, what, row.decision)


def _caveat(row: Excuse) -> str:
    words = f"{Cell.Metric(row.clock.metric).label}: {row.get_cause_display()}"
    return _("%s, after the fact") % words if row.is_after_the_fact else words


def _clock_events(since: datetime, until: datetime) -> Iterator[Line]:
    rows = list(ClockEvent.objects.filter(kind__in=BY_HAND, at__gte=since, at__lt=until))
    numbers = _numbers_of(row.clock_set_id for row in rows)
    wrong = ClockEvent.objects.in_bulk([row.facts["corrects"] for row in rows if "corrects" in row.facts])
    for row in rows:
        yield Line(row.at, row.by, row.kind, numbers.get(row.clock_set_id), _said(row, wrong), row.reason)


def _said(row: ClockEvent, wrong: Mapping[int, ClockEvent]) -> str:
    if row.kind == EventKind.MANUAL_DUE:
        due = row.facts.get("due")
        set_to = _instant(from_epoch(due)) if due is not None else _("derived again")
        return f"{Cell.Metric(row.metric).label}: {set_to}"
    corrected = wrong.get(row.facts.get("corrects", 0))
    if corrected is None:
        return ""
    really = row.facts.get("happened_at")
    instead = _instant(from_epoch(really)) if really is not None else _("never happened")
    return f"{corrected.kind} {_instant(corrected.at)} → {instead}"


def _linked(since: datetime, until: datetime) -> Iterator[Line]:
    """Charged and clocked from the receipt, which lies before (D17)."""
    rows = TicketEvent.objects.filter(kind="linked", at__gte=since, at__lt=until).select_related("ticket")
    for row in rows:
        what = _("charged and clocked from %s") % _instant(row.ticket.received_at)
        yield Line(row.at, row.by, row.kind, row.ticket_id, what, str(row.facts.get("organisation", "")))


def _backlogs(since: datetime, until: datetime) -> Iterator[Line]:
    """Declared after they had begun."""
    rows = BacklogPeriod.objects.filter(declared_at__gte=since, declared_at__lt=until)
    for row in rows.filter(declared_at__gt=F("starts_at")):
        what = f"{_instant(row.starts_at)} – {_instant(row.until)}"
        yield Line(row.declared_at, row.declared_by, "backlog_begun", None, what, row.reason)


def _units(since: datetime, until: datetime) -> Iterator[Line]:
    rows = Charge.objects.filter(kind__in=GIVEN, at__gte=since, at__lt=until)
    for row in rows.select_related("allotment__contract"):
        what = f"{row.allotment.contract.reference}: {row.units:+d}"
        yield Line(row.at, row.by, f"units_{row.kind}", None, what, row.reason)


def _numbers_of(clock_sets: Iterable[int]) -> dict[int | None, int]:
    tickets: QuerySet[Ticket, Any] = Ticket.objects.filter(clock_set__in=set(clock_sets))
    return dict(tickets.values_list("clock_set", "pk"))


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%SZ")
