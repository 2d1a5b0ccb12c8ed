"""Three technical services of the sample desk: one in work, one to be decided, one appealed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracts.models import Account, Person, Quote, ServiceCategory, UsualLine
from contracts.quoting import drafting, working
from contracts.quoting.deciding import Answerer
from helpdesk import actors, handling, intake, quotes, technical
from helpdesk.incoming import Incoming
from helpdesk.models import Ticket

PRICES: Final = {
    "recover_deleted_items": ("3", "95"),
    "consult_logs": ("2", "95"),
    "bulk_actions": ("2", "85"),
    "bulk_updates": ("4", "85"),
    "file_uploads": ("1.5", "85"),
}
"""Usual hours, and euros an hour."""
TAX: Final = Decimal(23)

Plan = Callable[[datetime, Callable[[datetime], None]], None]


def price() -> None:
    """Say what the services of this vendor usually cost."""
    for key, (hours, euros) in PRICES.items():
        UsualLine.objects.filter(category__key=key).update(
            quantity=Decimal(hours), unit_price=Decimal(euros), tax_percent=TAX
        )


@dataclass
class Service:
    """One story: asked for, turned into a technical service, quoted, and then as `ends` says."""

    customer: Person
    manager: Person
    agent: Account
    category: str
    subject: str
    text: str
    answer: str
    plan: Plan
    ends: str
    ticket: Ticket | None = None

    def begin(self, at: datetime) -> None:
        """Plan the first message."""
        self.plan(at, self._ask)

    def _ask(self, at: datetime) -> None:
        incoming = Incoming(
            channel=Ticket.Channel.PORTAL,
            person=self.customer,
            subject=self.subject,
            text=self.text,
            is_authenticated=True,
        )
        self.ticket = intake.receive(incoming, at=at, by=actors.person(self.customer)).ticket
        self.plan(at + timedelta(minutes=40), self._reclassify)

    def _reclassify(self, at: datetime) -> None:
        ticket = self._known()
        handling.assign(ticket, to=self.agent, by=self.agent, at=at)
        handling.reply(ticket, text=self.answer, by=self.agent, at=at)
        category = ServiceCategory.objects.get(key=self.category)
        technical.reclassify(ticket, category=category, by=self.agent, at=at)
        self.plan(at + timedelta(hours=1), self._send)

    def _send(self, at: datetime) -> None:
        if self.ends == "appealed":
            technical.appeal(self._known(), text="Nothing was deleted by us.", by=self.customer, at=at)
            return
        quotes.send(self._quote(), by=self.agent, at=at)
        if self.ends == "in work":
            self.plan(at + timedelta(hours=20), self._accept)

    def _accept(self, at: datetime) -> None:
        quote, by = self._quote(), Answerer(self.manager, self.manager.account, "192.0.2.10")
        quotes.accept(quote, name_typed=self.manager.name, document=quote.document.sha256, by=by, at=at)
        signed: dict[str, Any] = {"by": actors.account(self.agent), "at": at}
        asked = working.ask_leave(quote, purpose="New prices", scope="The rooms of the list", **signed)
        quotes.give_leave(asked, by=by, at=at + timedelta(hours=1))
        working.begin(quote, **signed)
        working.log(quote, quantity=Decimal("1.5"), unit="hour", note="Prices compared and set", **signed)

    def _quote(self) -> Quote:
        quote = drafting.of_ticket(self._known().uid)
        if quote is None:
            raise LookupError("No quote was opened.")
        return quote

    def _known(self) -> Ticket:
        if self.ticket is None:
            raise LookupError("The story has not begun.")
        self.ticket.refresh_from_db()
        return self.ticket
