"""Quotes as their reader sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from contracts import money
from contracts.models import Authorisation, Person, Quote, QuoteDecision, QuoteLine
from contracts.models.service import text_in
from contracts.quoting import deciding, drafting
from helpdesk import technical, visibility
from helpdesk.models import TechnicalService, Ticket
from helpdesk.notifications import languages
from helpdesk.portal import zones
from helpdesk.quotes import ticket_of

State = Quote.State

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its amounts in words."""

    line: QuoteLine
    quantity: str
    price: str
    tax: str
    net: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote's page."""

    quote: Quote
    ticket: int
    category: str
    lines: Sequence[Line]
    net: str
    tax: str
    total: str
    city: str
    """On whose clock its last day ends."""
    may_decide: bool
    is_open: bool
    newer: int | None
    """The number of a newer version that may be read."""
    decision: QuoteDecision | None
    leaves: Sequence[Authorisation]


@dataclass(frozen=True, slots=True)
class Row:
    """A quote in a list."""

    quote: Quote
    category: str
    total: str


@dataclass(frozen=True, slots=True)
class Technical:
    """What a ticket's reader is told when it is a technical service."""

    service: TechnicalService
    name: str
    example: str
    quotes: Sequence[Row]
    may_appeal: bool


def all_of(person: Person) -> list[Row]:
    """The quotes that a customer may see, the latest first; no more than two hundred."""
    found = visibility.quotes_of(person).select_related("category").order_by("-sent_at", "-pk")
    return [_row(quote) for quote in found[:MOST]]


def shown(quote: Quote, person: Person, *, at: datetime) -> Shown:
    """One quote as that person may read it."""
    is_open = quote.state == State.SENT and quote.expires_at is not None and at < quote.expires_at
    return Shown(
        quote=quote,
        ticket=ticket_of(quote).pk,
        category=quote.category.name_in(languages.active()),
        lines=[_line(line, quote) for line in quote.lines.all()],
        net=_said(quote.net, quote),
        tax=_said(quote.tax, quote),
        total=_said(quote.total, quote),
        city=zones.city(quote.zone),
        may_decide=deciding.may_decide(person, quote),
        is_open=is_open,
        newer=_newer(quote, person),
        decision=QuoteDecision.objects.filter(quote=quote).select_related("person").first(),
        leaves=list(quote.authorisations.select_related("approver")),
    )


def of_ticket(ticket: Ticket, person: Person) -> Technical | None:
    """What to say of a ticket that is a technical service; nothing of any other."""
    service = technical.now(ticket) if ticket.is_technical else None
    if service is None:
        return None
    found = visibility.quotes_of(person).filter(ticket_uid=ticket.uid).select_related("category")
    live = drafting.of_ticket(ticket.uid)
    is_agreed = live is not None and live.is_agreed
    return Technical(
        service=service,
        name=service.category.name_in(languages.active()),
        example=text_in(service.category.examples, languages.active()),
        quotes=[_row(quote) for quote in found.order_by("-version")],
        may_appeal=service.is_open_to_appeal and not is_agreed,
    )


def _row(quote: Quote) -> Row:
    return Row(quote, quote.category.name_in(languages.active()), _said(quote.total, quote))


def _line(line: QuoteLine, quote: Quote) -> Line:
    return Line(
        line=line,
        quantity=f"{money.plain(line.quantity)} {line.get_unit_display()}",
        price=money.price(line, quote.currency, languages.active()),
        tax=f"{money.plain(line.tax_percent)}\u00a0%",
        net=_said(money.of_line(line, quote.currency).net, quote),
    )


def _said(amount: Decimal | None, quote: Quote) -> str:
    return "" if amount is None else money.said(amount, quote.currency, languages.active())


def _newer(quote: Quote, person: Person) -> int | None:
    later = visibility.quotes_of(person).filter(number=quote.number, version__gt=quote.version)
    return later.order_by("-version").values_list("pk", flat=True).first()
