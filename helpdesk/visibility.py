"""Who may see what: the querysets that every door uses.

A check lives here or nowhere. What is absent and what is forbidden look alike.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from contracts.models import Account, Authorisation, Person, Quote
from helpdesk.models import Attachment, Message, Ticket
from helpdesk.refusals import NotYourTicket
from sla.models import Clock, ClockSet
from sla.models.policy import INTERNAL


def tickets_of(person: Person) -> QuerySet[Ticket]:
    """The tickets that a customer may see: their own, those they watch, a manager's organisation's.

    Spam is nobody's.
    """
    return Ticket.objects.filter(_theirs(person)).exclude(status=Ticket.Status.SPAM)


def managed_by(person: Person) -> QuerySet[Ticket]:
    """The tickets of the organisation that the person manages, also those that nobody may see; else none."""
    if not person.is_manager or person.organisation_id is None:
        return Ticket.objects.none()
    return Ticket.objects.filter(organisation=person.organisation_id)


def _theirs(person: Person) -> Q:
    theirs = Q(requester=person) | Q(pk__in=person.watching.values("ticket"))
    if person.is_manager and person.organisation_id is not None:
        theirs |= Q(organisation=person.organisation_id)
    return theirs


def ticket_for(person: Person, number: int) -> Ticket:
    """One ticket for a customer.

    Raises:
        NotYourTicket: when it does not exist or is not theirs.
    """
    ticket = (
        tickets_of(person)
        .filter(pk=number)
        .select_related("priority", "clock_set", "contract", "contract_version", "requester", "request_type")
        .first()
    )
    if ticket is None:
        raise NotYourTicket
    return ticket


def may_read(person: Person, ticket: Ticket) -> bool:
    """Whether a customer may see and answer this ticket."""
    return tickets_of(person).filter(pk=ticket.pk).exists()


def conversation_for_customer(ticket: Ticket, *, at: datetime) -> QuerySet[Message]:
    """What a customer may read of a ticket: no note, nothing taken back, nothing not yet sent (R9, D27)."""
    return (
        ticket.messages.filter(kind__in=Message.PUBLIC, retracted_at=None, visible_at__lte=at)
        .select_related("person", "account")
        .prefetch_related("attachments")
    )


def file_for_customer(person: Person, uid: str, *, at: datetime) -> Attachment:
    """One file that a customer may download.

    Raises:
        NotYourTicket: when it does not exist, is infected, or stands on a message that is not theirs to read.
    """
    readable = Attachment.objects.filter(
        uid=uid,
        message__ticket__in=tickets_of(person),
        message__kind__in=Message.PUBLIC,
        message__retracted_at=None,
        message__visible_at__lte=at,
    ).exclude(scan=Attachment.Scan.INFECTED)
    attachment = readable.first()
    if attachment is None:
        raise NotYourTicket
    return attachment


def quotes_of(person: Person) -> QuerySet[Quote]:
    """The quotes that a customer may see: sent ones of their organisation, for tickets that they may see."""
    theirs = tickets_of(person).values("uid")
    sent = Quote.objects.filter(sent_at__isnull=False, organisation=person.organisation_id)
    return sent.filter(ticket_uid__in=theirs)


def quote_for(person: Person, number: int) -> Quote:
    """One quote for a customer.

    Raises:
        NotYourTicket: when it does not exist or is not theirs.
    """
    rows = quotes_of(person).select_related("organisation", "contract", "category", "document")
    quote = rows.filter(pk=number).first()
    if quote is None:
        raise NotYourTicket
    return quote


def leave_asked_of(person: Person, number: int) -> Authorisation:
    """One question for leave to work on a customer's data, of a quote that this customer may see.

    Raises:
        NotYourTicket: when it does not exist or is not theirs.
    """
    rows = Authorisation.objects.filter(quote__in=quotes_of(person)).select_related("quote")
    asked = rows.filter(pk=number).first()
    if asked is None:
        raise NotYourTicket
    return asked


def clocks_for_customer(clock_set: ClockSet) -> QuerySet[Clock]:
    """The clocks that a customer reads of: not what the desk promises itself."""
    return clock_set.clocks.exclude(metric__in=INTERNAL).order_by("cycle")


def queue_for(account: Account) -> QuerySet[Ticket]:
    """The tickets that an agent may see in the console; nobody but staff sees any."""
    if not (account.is_active and account.is_staff):
        return Ticket.objects.none()
    return Ticket.objects.all()


def conversation_for_agent(ticket: Ticket) -> QuerySet[Message]:
    """The whole conversation, notes and taken-back answers included."""
    return ticket.messages.select_related("person", "account").prefetch_related("attachments", "outbound")
