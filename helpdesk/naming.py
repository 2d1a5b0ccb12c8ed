"""Tickets of people whom the contract does not name as entitled to ask (CM-06).

A signed-in door refuses them with what to do. Mail and WhatsApp are never dropped: the ticket is kept, its
writer answered, and it takes neither a unit nor a clock until the writer is named, or an agent takes it up
all the same. From then on it is served as if it had just been accepted. What is urgent waits for nobody.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from contracts import coverage, named_contacts
from contracts.models import Account, Contract, NamedContact, Organisation, Person
from helpdesk import actors, approving, entitlement, history, visibility
from helpdesk.approving import NotYours
from helpdesk.models import Ticket
from helpdesk.models.ticket import LIVE
from helpdesk.refusals import Refused
from helpdesk.working import working_on

E = Ticket.Entitlement

BY_THE_CLOCK: Final = actors.system("named_contacts")
MOST_AT_ONCE: Final = 100


class NotNamed(Refused):
    """The contract says who may ask."""

    sentence = _(
        "Your agreement names the people who may open tickets, and you are not among them. Ask a manager of "
        "your organisation to name you. If nobody can work, say so and the ticket is taken at once."
    )


class NothingToTakeUp(Refused):
    sentence = _("This ticket does not wait for its sender to be named.")


class NoContract(Refused):
    sentence = _("No contract of your organisation is in force.")


# --- a manager names people ---------------------------------------------------------------------


def name(email: str, *, name: str, by: Person, at: datetime) -> NamedContact:
    """Let a manager name whoever has that address as entitled to ask, under the contract in force.

    Raises:
        NotYours, NoContract.
        NamingRefused: as `named_contacts.add_address` says.
    """
    contract, organisation = _managed(by, at=at)
    return named_contacts.add_address(contract, organisation, email, name=name, at=at, by=actors.person(by))


def remove(number: int, *, by: Person, at: datetime) -> bool:
    """Let a manager take somebody of their own organisation off the list; False: that had happened already.

    Raises:
        NotYours: also when there is no such contact of theirs.
    """
    if not by.is_manager or by.organisation_id is None:
        raise NotYours
    contact = NamedContact.objects.filter(pk=number, person__organisation=by.organisation_id).first()
    if contact is None:
        raise NotYours
    return named_contacts.remove(contact, at=at, by=actors.person(by))


def waiting(person: Person) -> list[Ticket]:
    """What waits for its sender to be named by this manager, the longest first; nothing for anybody else."""
    rows = visibility.managed_by(person).filter(LIVE, entitlement=E.NOT_NAMED)
    return list(rows.select_related("requester").order_by("received_at", "pk"))


def _managed(by: Person, *, at: datetime) -> tuple[Contract, Organisation]:
    if not by.is_manager or by.organisation is None:
        raise NotYours
    contract = coverage.contract_in_force(by.organisation.pk, at=at)
    if contract is None:
        raise NoContract
    return contract, by.organisation


# --- and what waited is taken up ----------------------------------------------------------------


def take_up_named(*, at: datetime) -> int:
    """Take up what waited for somebody who is named by now; gives how many."""
    naming = NamedContact.objects.filter(
        contract=OuterRef("contract"), person=OuterRef("requester"), removed_at=None, added_at__lte=at
    )
    waiting = Ticket.objects.filter(LIVE, Exists(naming), entitlement=E.NOT_NAMED).order_by("id")
    taken = 0
    for ticket in waiting.only("pk")[:MOST_AT_ONCE]:
        with working_on(ticket) as row:
            if row.is_live and row.entitlement == E.NOT_NAMED:
                take_up(row, at=at, by=BY_THE_CLOCK)
                taken += 1
    return taken


def accept(ticket: Ticket, *, by: Account, at: datetime, version: int | None = None) -> Ticket:
    """An agent takes a ticket up although its sender is not named.

    Raises:
        NothingToTakeUp, ChangedMeanwhile.
    """
    with working_on(ticket, version) as row:
        if not row.is_live or row.entitlement != E.NOT_NAMED:
            raise NothingToTakeUp
        take_up(row, at=at, by=actors.account(by))
    return ticket


def take_up(row: Ticket, *, at: datetime, by: str, is_urgent: bool = False) -> None:
    """Charge a locked ticket in the period of its receipt; its clocks start now."""
    covered = coverage.cover(row.requester, at=row.received_at, channel=row.channel)
    cover = replace(covered, may_ask=True)
    entitled = entitlement.entitle(
        cover, row.request_type, uid=row.uid, at=row.received_at, by=by, is_accepted=is_urgent
    )
    entitlement.begin(row, cover, entitled, at=at, by=by)
    approving.ask(row, cover, at=at)
    history.note(row, "taken_up", at=at, by=by)
