"""What a customer may do with a ticket besides writing."""

from datetime import datetime

from django.db import transaction

from contracts.models import Person
from helpdesk import actors, lifecycle, visibility
from helpdesk.models import Ticket
from helpdesk.refusals import NotYourTicket


def solve(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The customer says that it is solved; saying it twice changes nothing.

    Raises:
        NotYourTicket: when it is not theirs.
        WrongStatus: when it is closed.
    """
    if not visibility.may_read(by, ticket):
        raise NotYourTicket
    with transaction.atomic():
        ticket = lifecycle.locked(ticket.pk)
        lifecycle.move(ticket, Ticket.Status.SOLVED, at=at, by=actors.person(by))
    return ticket
