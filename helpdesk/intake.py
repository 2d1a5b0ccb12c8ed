"""How a message becomes a ticket, or part of one.

`receive` tells the whole story; read it from top to bottom:

1. Was it taken before? A repeated delivery changes nothing.
2. Whom is it from?
3. Which ticket is it for?
4. If none: which contract covers it, what is it entitled to, what does it take from the quota, how
   urgent is it at first, which clocks start?
5. The message is kept, and the sender is told that it arrived.

All of it is one transaction: whatever fails, nothing of it has happened.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext

from contracts import coverage, notices, people
from contracts.coverage import Coverage, Standing
from contracts.models import Account, Person
from helpdesk import (
    actors,
    approving,
    conversation,
    entitlement,
    files,
    handling,
    history,
    lifecycle,
    matching,
    naming,
)
from helpdesk.incoming import Incoming
from helpdesk.models import Message, RequestType, Ticket
from helpdesk.notifications import acknowledgement, languages
from helpdesk.refusals import SubjectMissing, TextMissing
from sla.hours import EventKind

WHATSAPP_WINDOW: Final = timedelta(hours=24)


class Outcome(StrEnum):
    """What became of a message."""

    OPENED = "opened"
    OPENED_LINKED = "opened_linked"
    ADDED = "added"
    REPEATED = "repeated"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message, and where it stands now; nothing of either when it was ignored."""

    outcome: Outcome
    ticket: Ticket | None = None
    message: Message | None = None


def receive(incoming: Incoming, *, at: datetime, by: str) -> Receipt:
    """Take in one message that arrived at `at` (aware, UTC) through the door named by `by`.

    Raises:
        Refused: only to signed-in doors, whose sender can put it right; mail and WhatsApp are never refused.
    """
    _check(incoming)
    try:
        with transaction.atomic():
            return _receive(incoming, at=at, by=by)
    except IntegrityError:
        taken = conversation.already_taken(incoming.idempotency_key)
        if taken is None:
            raise
        return Receipt(Outcome.REPEATED, taken.ticket, taken)


def _receive(incoming: Incoming, *, at: datetime, by: str) -> Receipt:
    taken = conversation.already_taken(incoming.idempotency_key)
    if taken is not None:
        return Receipt(Outcome.REPEATED, taken.ticket, taken)
    person = _writer(incoming)
    match = matching.match(incoming, person, at=at)
    if match.ticket is not None:
        return _add(match.ticket, incoming, person=person, agent=match.agent, at=at)
    if not incoming.may_open:
        return Receipt(Outcome.IGNORED)
    return _open(incoming, person=person, follows=match.linked, at=at, by=by)


def _check(incoming: Incoming) -> None:
    """What a signed-in door must give; others are taken as they come."""
    if incoming.person is None:
        return
    if incoming.ticket is None and not incoming.subject.strip():
        raise SubjectMissing
    if not incoming.text.strip():
        raise TextMissing
    files.check(incoming.files)


def _writer(incoming: Incoming) -> Person:
    if incoming.person is not None:
        return incoming.person
    if incoming.sender is None:
        raise ValueError("A door gives a person or a sender.")
    sender = incoming.sender
    return people.person_for(sender.kind, sender.value, name=sender.name)


# --- a message for a ticket that exists ---------------------------------------------------------


def _add(
    ticket: Ticket, incoming: Incoming, *, person: Person, agent: Account | None, at: datetime
) -> Receipt:
    if agent is not None:
        message = handling.reply_from_mailbox(ticket, incoming, by=agent, at=at)
        return Receipt(Outcome.ADDED, ticket, message)
    message = conversation.add_customers(ticket, incoming, person=person, at=at)
    if incoming.is_automatic:  # an out-of-office answer neither reopens nor resumes
        return Receipt(Outcome.ADDED, ticket, message)
    _resume(ticket, at=at, by=actors.person(person))
    _remember(ticket, incoming, at=at)
    acknowledgement.acknowledge(ticket, message, at=at)
    return Receipt(Outcome.ADDED, ticket, message)


def _resume(ticket: Ticket, *, at: datetime, by: str) -> None:
    """The customer spoke: what waited for them goes on, what was solved is open again (D8, D10)."""
    if ticket.status == Ticket.Status.SOLVED:
        lifecycle.move(ticket, Ticket.Status.OPEN, at=at, by=by)
    elif ticket.status == Ticket.Status.WAITING_CUSTOMER:  # the reply itself ends the clocks' wait
        lifecycle.move(ticket, Ticket.Status.OPEN, at=at, by=by, tells_clocks=False)
    lifecycle.tick(ticket, EventKind.CUSTOMER_REPLY, at=at, by=by)


def _remember(ticket: Ticket, incoming: Incoming, *, at: datetime) -> None:
    ticket.last_customer_at = ticket.updated_at = at
    ticket.whatsapp_until = _window_end(incoming, at) or ticket.whatsapp_until
    ticket.version += 1
    ticket.save(update_fields=["last_customer_at", "updated_at", "whatsapp_until", "version"])


def _window_end(incoming: Incoming, at: datetime) -> datetime | None:
    """D19: free text may be sent for 24 h after the customer's last message."""
    return at + WHATSAPP_WINDOW if incoming.channel == Ticket.Channel.WHATSAPP else None


# --- a message that opens a ticket --------------------------------------------------------------


def _open(incoming: Incoming, *, person: Person, follows: Ticket | None, at: datetime, by: str) -> Receipt:
    request_type = RequestType.objects.get(is_default=True)
    cover = coverage.cover(person, at=at, channel=incoming.channel)
    uid = uuid.uuid4()
    entitled = _entitle(cover, request_type, incoming, uid=uid, at=at, by=by)
    clock_set = entitlement.start_clocks(cover, entitled, request_type, at=at, by=by)
    ticket = Ticket.objects.create(
        uid=uid,
        subject=_subject(incoming),
        request_type=request_type,
        channel=incoming.channel,
        language=_language(incoming, person),
        requester=person,
        organisation=cover.organisation,
        contract=cover.contract,
        contract_version=cover.contract_version,
        plan_version=cover.plan_version,
        entitlement=entitled,
        priority=cover.priority,
        impact=incoming.impact,
        clock_set=clock_set,
        **entitlement.due_fields(clock_set),
        received_at=at,
        updated_at=at,
        last_customer_at=at,
        whatsapp_until=_window_end(incoming, at),
        follows=follows,
    )
    message = conversation.add_customers(ticket, incoming, person=person, at=at)
    history.note(ticket, "opened", at=at, by=by, channel=incoming.channel, entitlement=entitled)
    _tell_if_uncovered(ticket, cover, at=at)
    approving.ask(ticket, cover, at=at)
    if not incoming.is_automatic:
        acknowledgement.acknowledge(ticket, message, at=at)
    outcome = Outcome.OPENED if follows is None else Outcome.OPENED_LINKED
    return Receipt(outcome, ticket, message)


def _entitle(
    cover: Coverage, request_type: RequestType, incoming: Incoming, *, uid: uuid.UUID, at: datetime, by: str
) -> Ticket.Entitlement:
    """A signed-in door is told why not; mail and WhatsApp are kept, whatever a contract says."""
    is_urgent = incoming.impact == Ticket.Impact.ALL_BLOCKED
    entitled = entitlement.entitle(
        cover, request_type, uid=uid, at=at, by=by, is_new=True, is_accepted=is_urgent
    )
    if entitled == Ticket.Entitlement.REFUSED and incoming.person is not None:
        raise entitlement.QuotaUsedUp
    if entitled == Ticket.Entitlement.NOT_NAMED and incoming.person is not None:
        raise naming.NotNamed
    return entitled


def _subject(incoming: Incoming) -> str:
    """The subject as it came; a message without one is named by its first words."""
    words = incoming.subject.strip() or Truncator(" ".join(incoming.text.split())).chars(80)
    return Truncator(words or gettext("(no subject)")).chars(255)


def _language(incoming: Incoming, person: Person) -> str:
    """The person's own, else their organisation's, else what the message says (CR-14)."""
    organisation = person.organisation
    known = person.language or (organisation.language if organisation else "")
    return known or languages.closest(incoming.language)


def _tell_if_uncovered(ticket: Ticket, cover: Coverage, *, at: datetime) -> None:
    if cover.standing is Standing.UNCOVERED and cover.organisation is not None:
        notices.uncovered(cover.organisation, ticket_number=ticket.pk, at=at)
