"""R6, IN-07: what an answer to a quote means for the ticket, for whom it concerns, and for billing."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.models import Quote, ServiceCategory, UsualLine
from contracts.quoting import drafting, lapsing, working
from contracts.quoting.deciding import Answerer
from helpdesk import handling, noticeboard, quotes, technical, visibility
from helpdesk.models import OutboundMessage, Ticket, Webhook
from helpdesk.quotes import Declined
from helpdesk.refusals import NotYourTicket
from sla.models import Clock
from tests.cast import TUESDAY_10, by_portal, take_in

pytestmark = pytest.mark.django_db

LATER = TUESDAY_10 + timedelta(hours=1)
NOON = TUESDAY_10 + timedelta(hours=2)


@pytest.fixture
def ticket(desk, bruno, rui) -> Ticket:
    """Bruno wants new prices, which is a technical service."""
    UsualLine.objects.filter(category__key="bulk_updates").update(
        unit_price=Decimal(85), tax_percent=Decimal(23)
    )
    ticket = take_in(by_portal(bruno, subject="Prices")).ticket
    handling.assign(ticket, to=rui, by=rui, at=LATER)
    category = ServiceCategory.objects.get(key="bulk_updates")
    technical.reclassify(ticket, category=category, by=rui, at=LATER)
    return ticket


@pytest.fixture
def quote(ticket, rui) -> Quote:
    return quotes.send(drafting.of_ticket(ticket.uid), by=rui, at=LATER)


def accept(quote, who, **given):
    words = {"name_typed": who.name, "document": quote.document.sha256} | given
    return quotes.accept(quote, **words, by=Answerer(who, who.account, "192.0.2.7"), at=NOON)


def clocks_of(ticket) -> set[str]:
    return set(Clock.objects.filter(clock_set=ticket.clock_set_id).values_list("state", flat=True))


def told(kind: str) -> list[tuple[str, str]]:
    """Whom the letters of a notice are to, and in which language."""
    noticeboard.speak(at=NOON)
    rows = OutboundMessage.objects.filter(kind="notice", subject__contains="Q2026").order_by("id")
    return [(row.to, row.language) for row in rows if kind in row.subject]


def events(ticket) -> list[str]:
    return list(ticket.events.order_by("id").values_list("kind", flat=True))


# --- accepted -----------------------------------------------------------------------------------


def test_accepted_the_clocks_that_stood_still_end(ticket, quote, ana):
    assert clocks_of(ticket) == {"excluded"}

    assert accept(quote, ana) is True

    assert clocks_of(ticket) == {"cancelled"}
    assert events(ticket)[-1] == "quote_accepted"
    with pytest.raises(technical.QuoteWasDecided):
        technical.undo(ticket, reason="No.", by=ticket.assignee, at=NOON)


def test_accepted_again_nothing_happens(ticket, quote, ana):
    accept(quote, ana)
    before = (events(ticket), OutboundMessage.objects.count())
    assert accept(quote, ana) is False
    assert (events(ticket), OutboundMessage.objects.count()) == before


def test_what_the_rule_refuses_is_refused_here_in_its_words(ticket, quote, bruno):
    with pytest.raises(Declined, match="A manager of your organisation decides"):
        accept(quote, bruno)
    assert clocks_of(ticket) == {"excluded"}


def test_declined_the_ticket_stays_as_it_is(ticket, quote, ana):
    by = Answerer(ana, ana.account, None)
    assert quotes.decline(quote, reason="Too dear.", document=quote.document.sha256, by=by, at=NOON) is True
    assert clocks_of(ticket) == {"excluded"}
    assert events(ticket)[-1] == "quote_declined"


# --- told ---------------------------------------------------------------------------------------


def test_who_decides_and_who_asked_are_told_that_there_is_a_quote(quote):
    assert told("orçamento") == [("ana@azenha.example", "pt-pt"), ("bruno@azenha.example", "pt-pt")]
    letter = OutboundMessage.objects.filter(kind="notice", to="ana@azenha.example").get()
    for words in (f"/quotes/{quote.pk}/", "104,55", "Q2026-00001 v1", "Atualizações em massa"):
        assert words in letter.text.replace("\u00a0", " ")


def test_manager_account_owner_and_agent_are_told_that_it_was_accepted(quote, ana):
    noticeboard.speak(at=NOON)
    OutboundMessage.objects.all().delete()
    accept(quote, ana)
    noticeboard.speak(at=NOON)
    rows = OutboundMessage.objects.filter(kind="notice").order_by("id")
    assert [row.to for row in rows] == ["ana@azenha.example", "vera@lumiar.example", "rui@lumiar.example"]
    assert quote.document.sha256[:16] in rows[0].text


def test_a_reminder_and_the_end_are_told(quote):
    noticeboard.speak(at=NOON)
    OutboundMessage.objects.all().delete()
    lapsing.remind_due(at=quote.reminds_at)
    noticeboard.speak(at=quote.reminds_at)
    assert [row.to for row in OutboundMessage.objects.all()] == ["ana@azenha.example"]
    lapsing.expire_due(at=quote.expires_at)
    noticeboard.speak(at=quote.expires_at)
    assert OutboundMessage.objects.count() == 4


# --- billed -------------------------------------------------------------------------------------


def test_billing_is_told_once_with_exact_amounts(ticket, quote, ana):
    Webhook.objects.create(key="billing", name="Billing", url="https://billing.example/in", gets_quotes=True)
    Webhook.objects.create(key="pager", name="Pager", url="https://pager.example/in")
    accept(quote, ana)
    accept(quote, ana)

    event = OutboundMessage.objects.get(kind="event")
    said = json.loads(event.text)
    assert (event.to, said["event"]) == ("billing", "quote.accepted")
    assert said["ticket"] == {"number": ticket.pk, "uid": str(ticket.uid)}
    assert said["quote"] | {"accepted_at": "", "document_sha256": ""} == {
        "uid": str(quote.uid),
        "number": "Q2026-00001",
        "version": 1,
        "organisation": "azenha",
        "contract": "C-azenha",
        "service": "bulk_updates",
        "currency": "EUR",
        "net": "85.00",
        "tax": "19.55",
        "total": "104.55",
        "accepted_at": "",
        "document_sha256": "",
        "lines": [
            {
                "description": "Atualizações em massa",
                "quantity": "1",
                "unit": "hour",
                "unit_price": "85",
                "tax_percent": "23",
                "net": "85.00",
                "tax": "19.55",
            }
        ],
    }
    assert said["quote"]["document_sha256"] == quote.document.sha256


def test_billing_writes_its_number_back_once(ticket, quote, ana, owner):
    with pytest.raises(quotes.NoSuchQuote):
        quotes.note_billed(quote.uid, external_number="FT 1", by=owner, at=NOON)
    accept(quote, ana)
    assert (
        quotes.note_billed(quote.uid, external_number=" FT  1 ", by=owner, at=NOON).external_number == "FT 1"
    )
    assert quotes.note_billed(quote.uid, external_number="FT 1", by=owner, at=NOON).external_number == "FT 1"
    with pytest.raises(Declined):
        quotes.note_billed(quote.uid, external_number="FT 2", by=owner, at=NOON)
    assert events(ticket).count("billed") == 1


# --- seen ---------------------------------------------------------------------------------------


def test_a_quote_is_seen_by_who_sees_its_ticket_and_only_once_sent(ticket, rui, ana, bruno, chloe):
    draft = drafting.of_ticket(ticket.uid)
    for who in (ana, bruno, chloe):
        with pytest.raises(NotYourTicket):
            visibility.quote_for(who, draft.pk)
    quote = quotes.send(draft, by=rui, at=LATER)
    assert visibility.quote_for(ana, quote.pk) == quote
    assert visibility.quote_for(bruno, quote.pk) == quote
    with pytest.raises(NotYourTicket):
        visibility.quote_for(chloe, quote.pk)
    asked = working.ask_leave(quote, purpose="Prices", scope="Rooms", by="account:1", at=NOON)
    with pytest.raises(NotYourTicket):
        visibility.leave_asked_of(chloe, asked.pk)


def test_a_quote_goes_through_leave_and_work_to_its_end(ticket, quote, ana, rui):
    accept(quote, ana)
    asked = working.ask_leave(quote, purpose="Prices", scope="Rooms", by="account:1", at=NOON)
    quotes.give_leave(asked, by=Answerer(ana, ana.account, "192.0.2.7"), at=NOON)
    working.begin(quote, by="account:1", at=NOON)
    working.log(quote, quantity=Decimal(1), unit="hour", note="Set.", by="account:1", at=NOON)
    assert working.finish(quote, by="account:1", at=NOON).state == "done"
    assert events(ticket)[-1] == "authorised"
    assert [step.state for step in quote.steps.all()] == ["draft", "sent", "accepted", "in_work", "done"]
