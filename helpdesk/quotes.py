"""Quotes of tickets: what a customer's answer means for the ticket, and for the programs that bill it.

Who holds a ticket's lock may take its quote's, never the other way round.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from contracts.models import Account, Authorisation, Quote
from contracts.quoting import billing, deciding, drafting, sending, working
from contracts.quoting.deciding import Answerer
from contracts.quoting.refusals import QuoteRefused
from helpdesk import actors, history, lifecycle, technical
from helpdesk.models import Ticket
from helpdesk.notifications import to_programs
from helpdesk.refusals import Refused
from helpdesk.working import touch, working_on
from sla.hours import EventKind

State = Quote.State


class NoSuchQuote(Refused):
    """There is none, or not for whoever asks."""


class Declined(Refused):
    """A rule of `contracts.quoting` said no."""

    def __init__(self, why: QuoteRefused) -> None:
        super().__init__()
        self.why = why

    def __str__(self) -> str:
        return str(self.why)


def send(quote: Quote, *, by: Account, at: datetime, edition: int | None = None) -> Quote:
    """Send a draft, and note it in the ticket's history.

    Raises:
        Declined: what `contracts.quoting.sending.send` refuses.
    """
    with _working_on(quote) as row:
        sent = sending.send(quote, by=actors.account(by), at=at, edition=edition)
        lifecycle.tick(row, EventKind.QUOTE_SENT, at=at, by=actors.account(by))
        history.note(row, "quote_sent", at=at, by=actors.account(by), quote=str(sent))
        touch(row, at=at)
    return sent


def withdraw(quote: Quote, *, by: Account, at: datetime) -> bool:
    """Take a quote back before it is agreed; none is owed any more. False: that had happened already.

    Raises:
        Declined: what `contracts.quoting.drafting.withdraw` refuses.
    """
    with _working_on(quote) as row:
        is_news = drafting.withdraw(quote, by=actors.account(by), at=at)
        if is_news:
            lifecycle.tick(row, EventKind.QUOTE_WITHDRAWN, at=at, by=actors.account(by))
            history.note(row, "quote_withdrawn", at=at, by=actors.account(by), quote=str(quote))
            touch(row, at=at)
    return is_news


def accept(quote: Quote, *, name_typed: str, document: str, by: Answerer, at: datetime) -> bool:
    """A customer accepts: the clocks that stood still end, and billing programs are told, once.

    Raises:
        Declined: what `contracts.quoting.deciding.accept` refuses.
    """
    with _working_on(quote) as row:
        is_news = deciding.accept(quote, name_typed=name_typed, document=document, by=by, at=at)
        if is_news:
            technical.end_clocks(row, by=by.actor, at=at)
            accepted = drafting.locked(quote)
            history.note(row, "quote_accepted", at=at, by=by.actor, quote=str(accepted))
            to_programs.quote_accepted(row, accepted, at=at)
            touch(row, at=at)
    return is_news


def decline(quote: Quote, *, reason: str, document: str, by: Answerer, at: datetime) -> bool:
    """A customer declines, with the reason.

    Raises:
        Declined: what `contracts.quoting.deciding.decline` refuses.
    """
    with _working_on(quote) as row:
        is_news = deciding.decline(quote, reason=reason, document=document, by=by, at=at)
        if is_news:
            history.note(row, "quote_declined", at=at, by=by.actor, quote=str(quote), reason=reason[:500])
            touch(row, at=at)
    return is_news


def give_leave(asked: Authorisation, *, by: Answerer, at: datetime) -> Authorisation:
    """A customer's manager authorises work on their data (CM-10).

    Raises:
        Declined: somebody without the right.
    """
    with _working_on(asked.quote) as row:
        given = working.give_leave(asked, by=by, at=at)
        history.note(row, "authorised", at=at, by=by.actor, reason=asked.purpose)
    return given


def note_billed(uid: uuid.UUID, *, external_number: str, by: Account, at: datetime) -> Quote:
    """Billing writes the number of its own document back, once (D21).

    Raises:
        NoSuchQuote: none of that name was accepted.
        Declined: what `contracts.quoting.billing.note` refuses.
    """
    quote = Quote.objects.filter(uid=uid, decision__is_accepted=True).first()
    if quote is None:
        raise NoSuchQuote
    with _working_on(quote) as row:
        if billing.note(quote, external_number=external_number, by=actors.account(by), at=at):
            facts = {"quote": str(quote), "document": external_number}
            history.note(row, "billed", at=at, by=actors.account(by), **facts)
    quote.refresh_from_db()
    return quote


def ticket_of(quote: Quote) -> Ticket:
    """The ticket that a quote is for."""
    return Ticket.objects.get(uid=quote.ticket_uid)


@contextmanager
def _working_on(quote: Quote) -> Iterator[Ticket]:
    """The ticket of a quote, locked; what its rules refuse is refused here in their words."""
    try:
        with working_on(ticket_of(quote)) as row:
            yield row
    except QuoteRefused as why:
        raise Declined(why) from why
