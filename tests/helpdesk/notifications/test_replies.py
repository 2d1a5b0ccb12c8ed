"""An answer reaches those who take part, on the channel and in the language that are theirs."""

from datetime import timedelta

import pytest

from contracts.models import Address
from helpdesk import handling
from helpdesk.incoming import IncomingFile
from helpdesk.models import Message, OutboundMessage, Ticket, Watcher
from helpdesk.notifications import replies
from helpdesk.refusals import WindowClosed
from tests.cast import TUESDAY_10, by_mail, by_portal, by_whatsapp, person, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
NUMBER = "+351912345678"
HOUR = timedelta(hours=1)
SECONDS_15 = timedelta(seconds=15)


@pytest.fixture
def answer(desk, rui):
    """Rui answers; gives the rows of the answer by address."""

    def answer(ticket, text="Is it plugged in?", at=TUESDAY_10, **fields):
        message = handling.reply(ticket, text=text, by=rui, at=at, **fields)
        return {row.to: row for row in OutboundMessage.objects.filter(message=message).order_by("pk")}

    return answer


def watch(ticket, name, email, organisation, **fields):
    watcher = person(name, email, organisation, **fields)
    Watcher.objects.create(ticket=ticket, person=watcher)
    return watcher


def test_it_leaves_after_the_undo_time(answer):
    row = answer(take_in(by_mail(BRUNO)).ticket)[BRUNO]

    assert (row.kind, row.state, row.created_at, row.send_after) == (
        "reply",
        "queued",
        TUESDAY_10,
        TUESDAY_10 + SECONDS_15,
    )


def test_it_has_the_words_the_agent_and_where_the_ticket_stands(answer, bruno):
    bruno.language = "en"
    bruno.save()
    ticket = take_in(by_mail(BRUNO, subject="Printer")).ticket
    row = answer(ticket)[BRUNO]

    assert row.text == (
        "##- Please write your answer above this line -##\n\n"
        "Is it plugged in?\n\n"
        "Rui Costa\n\n"
        f"Read the whole conversation: http://localhost:8000/tickets/{ticket.pk}/\n\n"
        f"Ticket #{ticket.pk}: Printer. Solution by Thursday 12 March 2026, 10:00, Lisbon time (WET/WEST): "
        "a goal, not a guarantee.\n"
    )


def test_what_waits_for_the_customer_is_due_at_no_time(answer):
    row = answer(take_in(by_mail(BRUNO)).ticket, then="waiting_customer")[BRUNO]

    assert "12 de março" not in row.text


def test_an_answer_that_solves_says_until_when_it_reopens(answer):
    row = answer(take_in(by_mail(BRUNO)).ticket, then="solved")[BRUNO]

    assert "responda antes de terça-feira, 17 de março de 2026, 10:00, hora de Lisboa (WET/WEST)" in row.text


def test_everybody_hears_it_in_their_own_language(answer, azenha, bellecour):
    ticket = take_in(by_mail(BRUNO)).ticket
    watch(ticket, "Dora", "dora@azenha.example", azenha, language="es")
    watch(ticket, "Émile", "emile@bellecour.example", bellecour)

    rows = answer(ticket)

    assert {to: row.language for to, row in rows.items()} == {
        BRUNO: "pt-pt",
        "dora@azenha.example": "es",
        "emile@bellecour.example": "fr",
    }


def test_whoever_belongs_to_nobody_is_answered_in_the_tickets_language(answer):
    ticket = take_in(by_mail("zoe@nowhere.example", language="es")).ticket

    assert answer(ticket)["zoe@nowhere.example"].language == "es"


def test_two_very_long_addresses_are_two_recipients(answer, azenha):
    ticket = take_in(by_mail(BRUNO)).ticket
    for letter in "ab":
        watch(ticket, letter, f"{'x' * 60}@{'y' * 100}.{letter}.azenha.example", azenha)

    assert len(answer(ticket)) == 3


def test_it_goes_to_the_address_that_was_used_last(answer, bruno):
    Address.objects.create(person=bruno, kind="email", value="front@azenha.example")
    ticket = take_in(by_mail("front@azenha.example")).ticket

    assert list(answer(ticket)) == ["front@azenha.example"]


def test_a_bounced_address_is_passed_over(answer, bruno):
    ticket = take_in(by_mail(BRUNO)).ticket
    bruno.addresses.update(bounced_at=TUESDAY_10)
    assert answer(ticket) == {}

    Address.objects.create(person=bruno, kind="email", value="front@azenha.example")
    assert list(answer(ticket)) == ["front@azenha.example"]


def test_a_portal_ticket_is_answered_by_mail(answer, bruno):
    assert list(answer(take_in(by_portal(bruno)).ticket)) == [BRUNO]


# --- WhatsApp -----------------------------------------------------------------------------------


@pytest.fixture
def on_whatsapp(desk):
    return take_in(by_whatsapp(NUMBER, "Ajuda!")).ticket


def test_inside_the_window_whatsapp_is_answered_by_whatsapp(answer, on_whatsapp):
    row = answer(on_whatsapp)[NUMBER]

    assert (row.channel, row.subject, row.html) == ("whatsapp", "", "")
    assert row.text == "Is it plugged in?\n\nRui Costa"


def test_the_window_must_still_be_open_when_it_leaves(answer, on_whatsapp):
    last_moment = TUESDAY_10 + timedelta(hours=24) - SECONDS_15

    with pytest.raises(WindowClosed):
        answer(on_whatsapp, at=last_moment)
    assert list(answer(on_whatsapp, at=last_moment - timedelta(seconds=1))) == [NUMBER]


def test_outside_the_window_it_goes_by_mail(answer, on_whatsapp):
    Address.objects.create(person=on_whatsapp.requester, kind="email", value="carla@home.example")
    row = answer(on_whatsapp, at=TUESDAY_10 + timedelta(hours=25))["carla@home.example"]

    assert (row.channel, row.subject[-len(f"[#{on_whatsapp.pk}]") :]) == ("email", f"[#{on_whatsapp.pk}]")


def test_without_a_way_to_reach_them_the_answer_is_refused_and_nothing_is_kept(answer, on_whatsapp):
    with pytest.raises(WindowClosed):
        answer(on_whatsapp, at=TUESDAY_10 + timedelta(hours=25))

    assert not Message.objects.filter(kind="agent").exists()
    assert Ticket.objects.get().status == "new"


def test_who_went_on_by_mail_is_answered_by_mail(answer, bruno):
    Address.objects.create(person=bruno, kind="whatsapp", value=NUMBER)
    ticket = take_in(by_whatsapp(NUMBER, "Ajuda!")).ticket
    take_in(by_portal(bruno, subject="", ticket=ticket), TUESDAY_10 + HOUR)

    assert list(answer(ticket, at=TUESDAY_10 + 2 * HOUR)) == [BRUNO]


def test_files_stay_in_the_ticket_and_whatsapp_is_told(answer, on_whatsapp):
    row = answer(on_whatsapp, attached=[IncomingFile("map.png", "image/png", b"png")])[NUMBER]

    assert row.text.splitlines()[-1] == f"http://localhost:8000/tickets/{on_whatsapp.pk}/"
    assert "map.png" in row.text


def test_a_long_answer_becomes_several_rows_taken_back_together(answer, on_whatsapp, rui):
    answer(on_whatsapp, text="word " * 900)
    rows = OutboundMessage.objects.filter(kind="reply")
    assert rows.count() == 3

    handling.take_back(Message.objects.get(kind="agent"), by=rui, at=TUESDAY_10)
    assert set(rows.values_list("state", flat=True)) == {"cancelled"}


# --- what must not leave ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["note", "customer", "automatic"])
def test_only_an_answer_is_ever_sent(desk, rui, kind):
    ticket = take_in(by_mail(BRUNO)).ticket
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        account=rui,
        channel="console",
        text="x",
        at=TUESDAY_10,
        visible_at=TUESDAY_10,
    )

    with pytest.raises(ValueError, match="Only an answer"):
        replies.queue(message, at=TUESDAY_10, send_after=TUESDAY_10)


def test_a_note_and_its_file_leave_on_no_channel(answer, rui):
    ticket = take_in(by_mail(BRUNO)).ticket
    handling.add_note(
        ticket,
        text="CANARY the customer is rude",
        by=rui,
        at=TUESDAY_10,
        attached=[IncomingFile("CANARY.txt", "text/plain", b"CANARY")],
    )
    answer(ticket)

    said = "".join(f"{row.subject}{row.text}{row.html}" for row in OutboundMessage.objects.all())
    assert "CANARY" not in said


def test_it_costs_the_same_for_one_reader_and_for_six(answer, azenha, django_assert_max_num_queries):
    ticket = take_in(by_mail(BRUNO)).ticket
    for number in range(5):
        watch(ticket, f"W{number}", f"w{number}@azenha.example", azenha)
    answer(ticket)
    at_hand = Message.objects.select_related("account", "ticket__clock_set__calendar", "ticket__contract")
    message = at_hand.get(kind="agent")
    OutboundMessage.objects.all().delete()

    with django_assert_max_num_queries(5):
        assert replies.queue(message, at=TUESDAY_10, send_after=TUESDAY_10) == 6
