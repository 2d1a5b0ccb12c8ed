"""Two tickets about one thing become one (AG-09): one goes on, the other is merged into it.

The rows are locked in the order of their numbers, and a ticket can only be merged into one on which work
goes on, which a merged ticket is not: merges that cross cannot wait for each other, and no cycle can arise.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contracts import quota
from contracts.models import Account, Charge, Person
from helpdesk import actors, history, lifecycle
from helpdesk.models import Ticket, Watcher
from helpdesk.refusals import ChangedMeanwhile, Refused
from helpdesk.working import touch
from sla import clocks
from sla.hours import EventKind

S = Ticket.Status

COUNTED_ONCE: Final = timedelta(days=7)
"""D13: a duplicate that is merged within so long of its receipt takes no unit."""
MERGEABLE: Final = frozenset({*Ticket.LIVE, S.SOLVED})


class MergedIntoItself(Refused):
    sentence = _("A ticket cannot be merged into itself.")


class AnotherCustomers(Refused):
    sentence = _("Only tickets of the same organisation or the same person can be merged.")


class NotGoingOn(Refused):
    sentence = _("The ticket to merge into must be one on which work goes on.")


class CannotBeMerged(Refused):
    sentence = _("A ticket that is closed, spam or merged already cannot be merged.")


class NoSuchMaster(Refused):
    sentence = _("There is no ticket of that number.")


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging would do; shown before it is done."""

    ticket: Ticket
    into: Ticket
    unit_comes_back: bool
    """The younger one's unit of the quota."""
    keeps_earlier_start: bool
    """The one that goes on owes its answer since the earlier of both (same requester)."""
    watchers: tuple[Person, ...]
    """Who will take part in the one that goes on, and does not yet."""


def plan(ticket: Ticket, *, into: Ticket, at: datetime) -> Merge:
    """Say what `merge` would do, without doing it.

    Raises:
        MergedIntoItself, AnotherCustomers, NotGoingOn, CannotBeMerged.
    """
    _check(ticket, into)
    return Merge(
        ticket=ticket,
        into=into,
        unit_comes_back=_is_counted_twice(ticket, into, at=at),
        keeps_earlier_start=_is_same_requester(ticket, into),
        watchers=tuple(_joining(ticket, into)),
    )


def merge(ticket: Ticket, *, into: Ticket, by: Account, at: datetime, version: int | None = None) -> Merge:
    """Let `into` go on in the place of `ticket`.

    1. Lock both, the lower number first, and look at them again.
    2. The clocks of `ticket` end; of one requester the earlier unanswered start is kept.
    3. The younger one's unit goes back when it came at most 7 days ago (D13).
    4. `ticket` is merged; its messages stay with it and are shown with the one that goes on.
    5. Whoever took part in it takes part in the one that goes on.

    Raises:
        MergedIntoItself, AnotherCustomers, NotGoingOn, CannotBeMerged, ChangedMeanwhile.
    """
    if ticket.pk == into.pk:
        raise MergedIntoItself
    with _both(ticket, into) as (row, master):
        if version is not None and row.version != version:
            raise ChangedMeanwhile
        planned = plan(row, into=master, at=at)
        _end_clocks(row, master, by=actors.account(by), at=at)
        if planned.unit_comes_back:
            quota.give_back(
                ticket_uid=_younger(row, master).uid, at=at, by=actors.account(by), reason="merged"
            )
        _let_go_on(row, master, by=actors.account(by), at=at)
        Watcher.objects.bulk_create(
            [Watcher(ticket=master, person=person) for person in planned.watchers], ignore_conflicts=True
        )
    for one in (ticket, into):
        one.refresh_from_db()
    return planned


@contextmanager
def _both(ticket: Ticket, into: Ticket) -> Iterator[tuple[Ticket, Ticket]]:
    with transaction.atomic():
        rows = {pk: lifecycle.locked(pk) for pk in sorted((ticket.pk, into.pk))}
        yield rows[ticket.pk], rows[into.pk]


def _check(ticket: Ticket, into: Ticket) -> None:
    if ticket.pk == into.pk:
        raise MergedIntoItself
    is_same_customer = ticket.organisation_id is not None and ticket.organisation_id == into.organisation_id
    if not (is_same_customer or _is_same_person_unlinked(ticket, into)):
        raise AnotherCustomers
    if ticket.status not in MERGEABLE:
        raise CannotBeMerged
    if not into.is_live:
        raise NotGoingOn


def _is_same_person_unlinked(ticket: Ticket, into: Ticket) -> bool:
    """One person's tickets, unless they wrote them for two organisations."""
    organisations = {ticket.organisation_id, into.organisation_id} - {None}
    return _is_same_requester(ticket, into) and len(organisations) <= 1


def _is_same_requester(ticket: Ticket, into: Ticket) -> bool:
    return ticket.requester_id == into.requester_id


# --- clocks and quota ---------------------------------------------------------------------------


def _end_clocks(ticket: Ticket, into: Ticket, *, by: str, at: datetime) -> None:
    if ticket.clock_set is None:
        return
    reason = f"#{ticket.pk} → #{into.pk}"
    if into.clock_set is not None and _is_same_requester(ticket, into):
        clocks.absorb(into.clock_set, ticket.clock_set, reason=reason, by=by, at=at)
    else:
        clocks.record(ticket.clock_set, EventKind.MERGED, reason=reason, by=by, at=at)


def _younger(ticket: Ticket, into: Ticket) -> Ticket:
    return max(ticket, into, key=lambda one: (one.received_at, one.pk))


def _is_counted_twice(ticket: Ticket, into: Ticket, *, at: datetime) -> bool:
    """Whether both took a unit and the younger one came not long ago."""
    younger = _younger(ticket, into)
    return at - younger.received_at <= COUNTED_ONCE and all(_takes_a_unit(one) for one in (ticket, into))


def _takes_a_unit(ticket: Ticket) -> bool:
    debits = Charge.objects.filter(ticket_uid=ticket.uid, kind=Charge.Kind.DEBIT)
    return debits.filter(reversed_by=None).exists()


# --- the rows -----------------------------------------------------------------------------------


def _let_go_on(ticket: Ticket, into: Ticket, *, by: str, at: datetime) -> None:
    before = ticket.status
    ticket.status, ticket.merged_into = S.MERGED, into
    ticket.solved_at = ticket.closes_at = None
    touch(ticket, "status", "merged_into", "solved_at", "closes_at", at=at)
    into.last_customer_at = max(filter(None, (into.last_customer_at, ticket.last_customer_at)), default=None)
    into.whatsapp_until = max(filter(None, (into.whatsapp_until, ticket.whatsapp_until)), default=None)
    touch(into, "last_customer_at", "whatsapp_until", at=at)
    history.note(ticket, "merged", at=at, by=by, before=before, into=into.pk)
    history.note(into, "absorbed", at=at, by=by, number=ticket.pk)


def _joining(ticket: Ticket, into: Ticket) -> list[Person]:
    """The other one's requester and watchers, who do not take part yet."""
    takes_part = {into.requester_id, *into.watchers.values_list("person", flat=True)}
    theirs = {ticket.requester_id, *ticket.watchers.values_list("person", flat=True)}
    return list(Person.objects.filter(pk__in=theirs - takes_part).order_by("pk"))


# --- what goes on -------------------------------------------------------------------------------


def survivor_of(ticket: Ticket) -> Ticket:
    """The ticket that goes on in the place of this one, itself when it was not merged; unlocked."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def merged_into(master: Ticket) -> list[Ticket]:
    """Every ticket that was merged into this one, those of theirs too, oldest first."""
    found: list[Ticket] = []
    layer = [master.pk]
    while layer:
        rows = Ticket.objects.filter(merged_into__in=layer).select_related("requester").order_by("pk")
        layer = [row.pk for row in rows]
        found += rows
    return sorted(found, key=lambda one: (one.received_at, one.pk))
