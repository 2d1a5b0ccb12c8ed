"""From a mail to the work done: a request is a technical service, is quoted, accepted, and billed."""

import io
import json
from datetime import UTC, datetime

import pypdf
import pytest

from contracts import quota
from contracts.models import Quote
from helpdesk.models import OutboundMessage, Ticket, Webhook
from tests.doors import body_of, console, written

pytestmark = pytest.mark.django_db

ANA, BRUNO, VERA = "ana@azenha.example", "bruno@azenha.example", "vera@lumiar.example"
CATEGORY = "bulk_updates"


def at(day, hour):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def quote_page(quote, verb="change"):
    return f"/admin/contracts/quote/{quote.pk}/{verb}/"


@pytest.fixture
def asked(in_order, pipe, beat, mailbox) -> Ticket:
    """Bruno asks by mail for new prices of all rooms."""
    pipe(written(BRUNO, "All 240 rooms, please.", subject="New prices", Message_ID="<1@azenha.example>"))
    beat()
    mailbox(BRUNO)
    return Ticket.objects.get()


@pytest.fixture
def switched(asked, at_work, rui, beat):
    """Rui makes it a technical service; gives his browser, on the ticket's page."""
    page = at_work(rui).get(console(asked, "technical"))
    page.send(console(asked, "reclassify"), category=CATEGORY)
    beat()
    return page


@pytest.fixture
def sent(switched, asked, beat) -> Quote:
    """He writes the lines and sends it."""
    quote = Quote.objects.get(ticket_uid=asked.uid)
    page = switched.get(quote_page(quote))
    lines = {
        "description": ["Prices of all rooms", "Report", "", ""],
        "quantity": ["4", "1", "", ""],
        "unit": ["hour", "flat", "hour", "hour"],
        "unit_price": ["85", "33.335", "", ""],
        "tax_percent": ["23", "23", "", ""],
    }
    page.send(
        quote_page(quote, "write"), **lines, currency="eur", valid_until="2026-03-31", conditions="By night."
    )
    page.send(quote_page(quote, "send"))
    beat()
    return Quote.objects.get(pk=quote.pk)


def test_the_switch_gives_the_unit_back_and_tells_the_customer(switched, asked, contract, mailbox):
    asked.refresh_from_db()
    assert asked.request_type.kind == "technical"
    assert quota.quota_line(contract, at=at(10, 10)).used == 0
    (letter,) = mailbox(BRUNO)
    assert "Atualizações em massa" in body_of(letter)
    assert "a unidade retirada da sua quota é devolvida" in body_of(letter)
    assert "technical service" in switched.text


def test_undone_nothing_is_left_of_it(switched, asked, contract, mailbox, beat):
    switched.send(console(asked, "undo_technical"), reason="A setting.")
    beat()
    asked.refresh_from_db()
    assert (asked.request_type.kind, Quote.objects.get().state) == ("support", "withdrawn")
    assert quota.quota_line(contract, at=at(10, 10)).used == 1
    assert len(mailbox(BRUNO)) == 2


def test_the_quote_that_is_sent_is_read_accepted_worked_off_and_billed(
    sent, asked, switched, at_home, mailbox, beat, clock, rui
):
    Webhook.objects.create(key="billing", name="Billing", url="https://billing.example/in", gets_quotes=True)
    (letter,) = mailbox(ANA)
    assert "Q2026-00001 v1" in body_of(letter)
    assert "459,21" in body_of(letter).replace("\u00a0", " ")

    page = at_home(ANA).get(f"/quotes/{sent.pk}/", lang="en")
    for words in ("Prices of all rooms", "340.00 EUR", "33.34 EUR", "459.21 EUR", "By night.", "31 March"):
        assert words in page.text.replace("\u00a0", " "), words
    file = page.client.get(f"/quotes/{sent.pk}/document/")
    assert (file.headers["Content-Type"], bytes(sent.document.content)) == ("application/pdf", file.content)
    assert (
        "Orçamento, não é um documento fiscal"
        in pypdf.PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
    )

    page.send(f"/quotes/{sent.pk}/accept/", name="Ana Azevedo")
    assert "Aceite. Avisamos quando o trabalho estiver feito." in page.text
    beat()
    assert {clock.state for clock in asked.clock_set.clocks.all()} == {"cancelled"}
    event = json.loads(OutboundMessage.objects.get(kind="event").text)
    assert (event["event"], event["quote"]["total"]) == ("quote.accepted", "459.21")
    assert any("Q2026-00001" in mail["Subject"] for mail in mailbox(VERA))

    agent = switched.get(quote_page(sent))
    agent.send(quote_page(sent, "ask_leave"), purpose="New prices", scope="Rooms 1-240")
    agent.send(quote_page(sent, "begin"))
    assert "must first authorise" in agent.text
    leave = sent.authorisations.get()
    page.get(f"/quotes/{sent.pk}/", lang="en").send(f"/quotes/leave/{leave.pk}/")
    agent.get(quote_page(sent)).send(quote_page(sent, "begin"))
    agent.send(quote_page(sent, "log"), quantity="4,5", unit="hour", note="Set")
    assert "beyond what was quoted" in agent.text
    agent.send(quote_page(sent, "log"), quantity="4,4", unit="hour", note="Set")
    agent.send(quote_page(sent, "finish"))
    sent.refresh_from_db()
    assert sent.state == "done"


def test_declined_with_a_reason_the_desk_is_told(sent, at_home, mailbox, beat):
    page = at_home(ANA).get(f"/quotes/{sent.pk}/", lang="en")
    page.send(f"/quotes/{sent.pk}/decline/", reason="Too dear.")
    beat()
    sent.refresh_from_db()
    assert sent.state == "declined"
    assert any("Too dear." in body_of(mail) for mail in mailbox(VERA))


def test_who_may_not_decide_reads_that_a_manager_does(sent, at_home):
    page = at_home(BRUNO).get(f"/quotes/{sent.pk}/", lang="en")
    assert "A manager of your organisation decides about this." in page.text
    answer = page.client.post(f"/quotes/{sent.pk}/accept/", {"name": "Bruno"})
    assert answer.status_code == 403, "a form that the page has not is no form of ours"


def test_an_expired_quote_can_no_longer_be_accepted(sent, at_home, beat, clock, mailbox):
    clock.at(datetime(2026, 3, 31, 22, tzinfo=UTC))
    beat()
    assert any("termina em breve" in mail["Subject"] for mail in mailbox(ANA))
    page = at_home(ANA).get(f"/quotes/{sent.pk}/", lang="en")
    clock.at(datetime(2026, 3, 31, 23, tzinfo=UTC))
    page.send(f"/quotes/{sent.pk}/accept/", name="Ana Azevedo")
    assert "Este orçamento expirou." in page.text
    beat()
    sent.refresh_from_db()
    assert sent.state == "expired"


def test_the_customer_appeals_in_the_portal_and_a_lead_decides(
    switched, asked, at_home, at_work, marta, mailbox, beat
):
    page = at_home(BRUNO).get(f"/tickets/{asked.pk}/", lang="en")
    page.send(f"/tickets/{asked.pk}/appeal/", text="Your own import broke them.")
    assert "Reclamou. Um responsável decide" in page.text
    switched.get(console(asked))
    assert "A lead decides." in switched.text


def test_what_is_wrong_in_a_draft_is_told_and_nothing_typed_is_lost(switched, asked):
    quote = Quote.objects.get(ticket_uid=asked.uid)
    page = switched.get(quote_page(quote))
    wrong = {
        "description": ["Prices", "", "", ""],
        "quantity": ["many", "", "", ""],
        "unit": ["hour"] * 4,
        "unit_price": ["85", "", "", ""],
        "tax_percent": ["", "", "", ""],
    }
    page.send(quote_page(quote, "write"), **wrong)
    assert page.status == 409
    assert "Write numbers with a point" in page.text
    assert "many" in page.tree.xpath("//input[@name='quantity']/@value")
