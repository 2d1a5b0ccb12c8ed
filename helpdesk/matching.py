"""Which ticket a message is for (D18).

In this order: the ticket that a signed-in door names; a signed reply address of ours; a
Message-ID that we signed, from a participant; a message we already know or a number in the subject, from a
participant whose sender authentication passed. Whatever else refers to a ticket opens a new
one, linked to it. An agent is an agent only by the signed address: a From line proves nothing. A merged
ticket stands for the one that goes on in its place.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.models import Account, Person
from helpdesk import lifecycle, merging, visibility
from helpdesk.incoming import Incoming
from helpdesk.models import Message, Ticket
from helpdesk.notifications import reply_address
from helpdesk.refusals import NotYourTicket

SUBJECT_NUMBER: Final = re.compile(r"\[#(\d{1,12})\]")
MOST_THREAD_IDS: Final = 20
WORDS_FOR_NEW: Final = frozenset({"new", "nouveau", "nuevo", "novo"})


@dataclass(frozen=True, slots=True)
class Match:
    """Where a message goes: into `ticket`, or into a new one that follows `linked`."""

    ticket: Ticket | None = None
    linked: Ticket | None = None
    agent: Account | None = None


def match(incoming: Incoming, person: Person, *, at: datetime) -> Match:
    """Find the ticket that a message is for.

    Raises:
        NotYourTicket: when a signed-in person names a ticket that is not theirs.
    """
    found = (
        _named_by_door(incoming, person)
        or _by_number(incoming, person)
        or _by_signature(incoming, person)
        or _by_trust(incoming, person)
    )
    if found is None:
        return Match()
    found = _going_on(found)
    if found.ticket is not None and not lifecycle.can_take_more(found.ticket, at=at):
        return Match(linked=found.ticket)
    return found


def _going_on(found: Match) -> Match:
    """What a customer writes to a ticket that was merged is for the one that goes on in its place (CR-10).

    An agent's answer is not: it was meant for whoever asked on this one.
    """
    ticket = found.ticket
    if ticket is None or ticket.status != Ticket.Status.MERGED or found.agent is not None:
        return found
    return Match(ticket=lifecycle.locked(merging.survivor_of(ticket).pk))


def _named_by_door(incoming: Incoming, person: Person) -> Match | None:
    if incoming.ticket is None:
        return None
    if not visibility.may_read(person, incoming.ticket):
        raise NotYourTicket
    return Match(ticket=lifecycle.locked(incoming.ticket.pk))


def _by_number(incoming: Incoming, person: Person) -> Match | None:
    """A WhatsApp chat has no subject: what is not said to be new joins the number's latest ticket."""
    if incoming.channel != Ticket.Channel.WHATSAPP or incoming.text.strip().lower() in WORDS_FOR_NEW:
        return None
    theirs = Ticket.objects.filter(requester=person, channel=Ticket.Channel.WHATSAPP)
    latest = theirs.exclude(status=Ticket.Status.SPAM).order_by("-received_at", "-pk").first()
    return Match(ticket=lifecycle.locked(latest.pk)) if latest else None


def _by_signature(incoming: Incoming, person: Person) -> Match | None:
    """A reply address or a Message-ID of ours; neither can be guessed."""
    for address in incoming.recipients:
        reference = reply_address.read(address)
        if reference is not None:
            return _by_reply_address(incoming, person, reference)
    for message_id in incoming.thread_ids[:MOST_THREAD_IDS]:
        number = reply_address.read_message_id(message_id)
        if number is not None:
            return _if_participant(_ticket(number), person)
    return None


def _by_reply_address(incoming: Incoming, person: Person, reference: reply_address.SignedRef) -> Match | None:
    """Whoever was given the address may use it; an agent among them acts as an agent."""
    ticket = _ticket(reference.ticket_id)
    if ticket is None:
        return None
    if incoming.sender is None or incoming.sender.value != reference.recipient:
        return _if_participant(ticket, person)
    agent = Account.objects.filter(email=reference.recipient, is_staff=True, is_active=True).first()
    if agent is not None:
        return Match(ticket=ticket, agent=agent)
    return Match(ticket=ticket) if ticket.status != Ticket.Status.SPAM else None


def _by_trust(incoming: Incoming, person: Person) -> Match | None:
    """What could be guessed or seen by others counts only with an authenticated sender."""
    ticket = _by_known_message(incoming) or _by_subject(incoming)
    if ticket is None:
        return None
    return _if_participant(ticket, person) if incoming.is_authenticated else Match(linked=ticket)


def _by_known_message(incoming: Incoming) -> Ticket | None:
    if not incoming.thread_ids:
        return None
    known = Message.objects.filter(message_id__in=incoming.thread_ids[:MOST_THREAD_IDS]).exclude(
        message_id=""
    )
    number = known.order_by("-id").values_list("ticket", flat=True).first()
    return _ticket(number) if number else None


def _by_subject(incoming: Incoming) -> Ticket | None:
    numbers = SUBJECT_NUMBER.findall(incoming.subject)
    return _ticket(int(numbers[-1])) if numbers else None


def _if_participant(ticket: Ticket | None, person: Person) -> Match | None:
    if ticket is None:
        return None
    return Match(ticket=ticket) if _takes_part(ticket, person) else Match(linked=ticket)


def _takes_part(ticket: Ticket, person: Person) -> bool:
    if ticket.status == Ticket.Status.SPAM:
        return False
    return ticket.requester_id == person.pk or ticket.watchers.filter(person=person).exists()


def _ticket(number: int) -> Ticket | None:
    try:
        return lifecycle.locked(number)
    except Ticket.DoesNotExist:
        return None
