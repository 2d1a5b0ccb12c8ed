"""Who is told, at which address, and in which language (D18, D19, D20, CR-14)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from contracts.models import Account, Address, Organisation, Person
from helpdesk.models import Message, OutboundMessage, Ticket, Watcher
from helpdesk.notifications import languages
from helpdesk.notifications.recipient import Recipient
from helpdesk.refusals import WindowClosed

Channel = OutboundMessage.Channel


# --- customers ----------------------------------------------------------------------------------


def writer(message: Message, ticket: Ticket) -> Recipient | None:
    """Who wrote a message, at the address it came from; by mail when it came through a page or program.

    None when every address of theirs has bounced. The rows stay locked until the transaction ends, so that
    what is counted for an address cannot change meanwhile. One statement when the person is at hand.
    """
    if message.person is None:
        return None
    kind = Channel.WHATSAPP if message.channel == Ticket.Channel.WHATSAPP else Channel.EMAIL
    theirs = Address.objects.filter(bounced_at=None, person=message.person, kind=kind).order_by("id")
    locked = list(theirs.select_for_update())
    address = next((each for each in locked if each.value == message.sender), None) or _first(locked, kind)
    return _recipient(address, message.person, ticket) if address else None


def of_answer(ticket: Ticket, *, at: datetime) -> list[Recipient]:
    """Everybody who is to receive an answer: the requester on the channel they used last, watchers by mail.

    Outside WhatsApp's 24 hours the requester is answered by mail (D19). Empty when all addresses have
    bounced: the answer can then be read in the portal alone. Two statements.

    Raises:
        WindowClosed: the requester writes by WhatsApp, its window has closed, and there is no mail address.
    """
    channel, sender = _last_used(ticket)
    others = Watcher.objects.filter(ticket=ticket).values("person")
    told = Q(person=ticket.requester_id) | Q(person__in=others)
    known = list(_reachable().filter(told).order_by(_preferring(sender), "id"))
    theirs = [address for address in known if address.person_id == ticket.requester_id]
    watching = [address for address in known if address.person_id != ticket.requester_id]
    requester = _for_requester(theirs, channel, ticket, at=at)
    chosen = [*([requester] if requester else []), *_one_mail_address_each(watching)]
    return [_recipient(address, address.person, ticket) for address in chosen]


def _last_used(ticket: Ticket) -> tuple[str, str]:
    """The channel and address of the requester's last message; the ticket's own before there is one."""
    theirs = ticket.messages.filter(kind=Message.Kind.CUSTOMER, person=ticket.requester_id)
    last = theirs.order_by("-at", "-id").values_list("channel", "sender").first()
    return last or (ticket.channel, "")


def _for_requester(
    theirs: Sequence[Address], channel: str, ticket: Ticket, *, at: datetime
) -> Address | None:
    mail = _first(theirs, Channel.EMAIL)
    if channel != Ticket.Channel.WHATSAPP:
        return mail
    if ticket.whatsapp_until is not None and at < ticket.whatsapp_until:
        return _first(theirs, Channel.WHATSAPP) or mail
    if mail is None:
        raise WindowClosed
    return mail


def _one_mail_address_each(addresses: Iterable[Address]) -> Iterable[Address]:
    chosen: dict[int, Address] = {}
    for address in addresses:
        if address.kind == Channel.EMAIL:
            chosen.setdefault(address.person_id, address)
    return chosen.values()


def _first(addresses: Iterable[Address], kind: str) -> Address | None:
    return next((address for address in addresses if address.kind == kind), None)


def _reachable() -> QuerySet[Address]:
    return Address.objects.filter(bounced_at=None).select_related("person__organisation")


def _preferring(value: str) -> Case:
    """Sorts the address that was written from before the others."""
    return Case(When(value=value, then=Value(0)), default=Value(1), output_field=IntegerField())


def _recipient(address: Address, person: Person, ticket: Ticket) -> Recipient:
    language = languages.of_person(person, otherwise=ticket.language)
    return Recipient(Channel(address.kind), address.value, language, person.zone)


# --- who looks after a contract -----------------------------------------------------------------


def managers(organisation: Organisation) -> list[Recipient]:
    """The people of a customer who see its tickets and its use. One statement."""
    theirs = _reachable().filter(
        person__organisation=organisation, person__is_manager=True, kind=Address.Kind.EMAIL
    )
    return [of_person(address) for address in _one_mail_address_each(theirs.order_by("id"))]


def of_account(account: Account) -> Recipient:
    """Somebody of ours."""
    return Recipient(Channel.EMAIL, account.email, languages.closest(account.language))


def of_person(address: Address) -> Recipient:
    """A customer, by an address of theirs."""
    return Recipient(
        Channel(address.kind), address.value, languages.of_person(address.person), address.person.zone
    )
