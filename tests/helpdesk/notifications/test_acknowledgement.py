"""Whoever writes is told that it arrived, once, and when support opens next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from contracts.models import Address, Person
from helpdesk import lifecycle
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import acknowledgement, opening, outbox
from tests.cast import TUESDAY_10, agreed, by_mail, by_portal, by_whatsapp, rewrite, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
STRANGER = "zoe@nowhere.example"
NUMBER = "+351912345678"
HOUR = timedelta(hours=1)
TUESDAY_22 = datetime(2026, 3, 10, 22, tzinfo=UTC)
"""Support has closed at nine."""
WEDNESDAY_8 = datetime(2026, 3, 11, 8, tzinfo=UTC)
WEDNESDAY_22 = datetime(2026, 3, 11, 22, tzinfo=UTC)


def acknowledgements():
    return OutboundMessage.objects.filter(kind="acknowledgement").order_by("pk")


def the_one():
    return acknowledgements().get()


def in_english():
    Person.objects.update(language="en")


# --- what is said -------------------------------------------------------------------------------


def test_in_opening_hours_it_tells_number_and_goals(desk, bruno):
    in_english()
    ticket = take_in(by_mail(BRUNO, subject="Printer on fire")).ticket

    said = the_one()
    assert (said.to, said.channel, said.language, said.ticket) == (BRUNO, "email", "en", ticket)
    assert said.subject == f"Re: Printer on fire [#{ticket.pk}]"
    assert said.text == (
        "##- Please write your answer above this line -##\n\n"
        "Hello,\n\n"
        f"Thank you for writing to us. Your message has arrived and is now ticket #{ticket.pk}.\n\n"
        f"Ticket: #{ticket.pk}\n"
        "Subject: Printer on fire\n"
        "First response by: Wednesday 11 March 2026, 21:00, Lisbon time (WET/WEST)\n"
        "Solution by: Thursday 12 March 2026, 10:00, Lisbon time (WET/WEST)\n\n"
        "Each of these times is a goal, not a guarantee.\n\n"
        f"Open the ticket: http://localhost:8000/tickets/{ticket.pk}/\n\n"
        "To add something, simply answer this mail.\n"
    )


def test_it_speaks_the_persons_language_and_time(desk, bruno):
    bruno.language, bruno.zone = "fr", "Europe/Paris"
    bruno.save()
    take_in(by_mail(BRUNO))

    assert (the_one().language, "Bonjour," in the_one().text) == ("fr", True)
    assert "mercredi 11 mars 2026 à 22h00, heure de Paris (CET/CEST)" in the_one().text


def test_a_binding_agreement_is_named_instead_of_a_goal(desk, contract):
    in_english()
    rewrite(agreed(contract), is_binding=True, agreement_reference="annex B of 2026-01")
    take_in(by_mail(BRUNO))

    assert "These times are as agreed in annex B of 2026-01." in the_one().text
    assert "not a guarantee" not in the_one().text


def test_out_of_hours_it_says_when_support_opens_next(desk):
    in_english()
    take_in(by_mail(BRUNO), TUESDAY_22)

    assert "It opens again on Wednesday 11 March 2026, 09:00, Lisbon time (WET/WEST)." in the_one().text


def test_it_stops_no_clock(desk):
    ticket = take_in(by_mail(BRUNO), TUESDAY_22).ticket
    outbox.send_due(at=TUESDAY_22)

    assert ticket.clock_set.clocks.get(metric="first_response").state == "running"


def test_a_calendar_that_never_opens_again_gives_a_plain_text_and_an_alert(desk, monkeypatch):
    in_english()
    monkeypatch.setattr(opening.calendars, "is_open", lambda *_a, **_k: False)
    monkeypatch.setattr(opening.calendars, "next_opening", lambda *_a, **_k: None)
    logged = []
    monkeypatch.setattr(opening.log, "error", lambda event, **facts: logged.append((event, facts)))
    take_in(by_mail(STRANGER))

    assert "Our support is closed at the moment. We will answer as soon as it opens again." in the_one().text
    assert logged[0] == ("support never opens again", {"calendar": "lisbon"})


def test_before_any_policy_is_published_a_stranger_is_told_all_the_same(request_type):
    take_in(by_mail(STRANGER), TUESDAY_22)

    assert "closed" not in the_one().text


def test_over_quota_it_says_what_happens_next(desk, contract, plus):
    in_english()
    rewrite(plus, units=0)
    take_in(by_mail(BRUNO))

    text = the_one().text
    assert "beyond the number of tickets that your plan includes this month" in text
    assert "without a target time" in text
    assert "First response by" not in text


def test_without_a_contract_in_force_it_says_so(desk, contract):
    in_english()
    contract.ends_at = TUESDAY_10 - HOUR
    contract.save()
    take_in(by_mail(BRUNO))

    assert "no contract in force" in the_one().text
    assert "First response by" not in the_one().text


def test_a_stranger_is_told_a_number_and_nothing_of_what_was_written(desk):
    secret = "Buy at evil.example"
    ticket = take_in(by_mail(STRANGER, subject=secret, text=secret)).ticket
    Person.objects.filter(tickets=ticket).update(name=secret)
    outbox.send_due(at=TUESDAY_10)

    said = the_one()
    assert said.subject == f"We have received your message [#{ticket.pk}]"
    assert b"evil" not in mail.outbox[0].message().as_bytes()
    assert "/tickets/" not in said.text


def test_links_come_from_the_sites_own_address(desk, settings):
    settings.SITE_URL = "https://help.lumiar.example"
    ticket = take_in(by_mail(BRUNO)).ticket

    assert f"https://help.lumiar.example/tickets/{ticket.pk}/" in the_one().text
    assert "localhost" not in the_one().html


# --- where to -----------------------------------------------------------------------------------


def test_whatsapp_is_answered_by_whatsapp(desk):
    ticket = take_in(by_whatsapp(NUMBER, "Ajuda!")).ticket

    assert (the_one().channel, the_one().to, the_one().subject, the_one().html) == (
        "whatsapp",
        NUMBER,
        "",
        "",
    )
    assert f"#{ticket.pk}" in the_one().text


def test_a_ticket_from_the_portal_is_confirmed_by_mail(desk, bruno):
    take_in(by_portal(bruno))

    assert (the_one().channel, the_one().to) == ("email", BRUNO)


def test_a_person_without_a_mail_address_is_not_told_by_mail(desk, bruno):
    bruno.addresses.all().delete()
    take_in(by_portal(bruno))

    assert not acknowledgements().exists()


def test_it_goes_to_the_address_that_was_written_from(desk, bruno):
    Address.objects.create(person=bruno, kind="email", value="front@azenha.example")
    take_in(by_mail("front@azenha.example"))

    assert the_one().to == "front@azenha.example"


def test_a_bounced_address_is_not_written_to(desk, bruno):
    bruno.addresses.update(bounced_at=TUESDAY_10)
    ticket = take_in(by_portal(bruno)).ticket

    assert not acknowledgements().exists()
    assert Ticket.objects.get(pk=ticket.pk).acknowledged_at is None


def test_automatic_mail_is_never_answered(desk):
    take_in(by_mail(BRUNO, is_automatic=True))

    assert not acknowledgements().exists()


def test_our_own_words_are_never_acknowledged(desk, rui):
    ticket = take_in(by_mail(BRUNO)).ticket
    note = Message.objects.create(
        ticket=ticket,
        kind="note",
        account=rui,
        channel="console",
        text="x",
        at=TUESDAY_22,
        visible_at=TUESDAY_22,
    )
    acknowledgement.acknowledge(ticket, note, at=TUESDAY_22)

    assert acknowledgements().count() == 1


# --- how often ----------------------------------------------------------------------------------


@pytest.fixture
def conversation(desk, bruno):
    """Bruno writes on one and the same ticket."""
    in_english()
    bruno.refresh_from_db()
    ticket = take_in(by_mail(BRUNO)).ticket

    def write(at):
        take_in(by_portal(bruno, subject="", ticket=ticket), at)
        return acknowledgements().count()

    return write


def test_during_opening_hours_a_conversation_is_acknowledged_once(conversation):
    assert [conversation(TUESDAY_10 + HOUR * number) for number in (1, 2, 3)] == [1, 1, 1]


def test_in_a_closure_it_is_told_once_when_support_opens(conversation):
    assert [conversation(at) for at in (TUESDAY_22, TUESDAY_22 + HOUR, WEDNESDAY_8)] == [2, 2, 2]
    assert f"was added to ticket #{acknowledgements()[1].ticket_id}" in acknowledgements()[1].text


def test_in_the_next_closure_it_is_told_again(conversation):
    assert [conversation(at) for at in (TUESDAY_22, WEDNESDAY_22, WEDNESDAY_22 + HOUR)] == [2, 3, 3]


def test_an_address_is_acknowledged_to_three_times_an_hour(desk):
    for number in range(5):
        take_in(by_mail(STRANGER), TUESDAY_10 + timedelta(minutes=number))
    assert acknowledgements().count() == 3

    take_in(by_mail(STRANGER), TUESDAY_10 + HOUR)
    assert acknowledgements().count() == 4
    assert Ticket.objects.filter(acknowledged_at=None).count() == 2


def test_and_ten_times_a_day(desk):
    for number in range(15):
        take_in(by_mail(STRANGER), TUESDAY_10 + HOUR * number)
    assert acknowledgements().count() == 10

    take_in(by_mail(STRANGER), TUESDAY_10 + HOUR * 24)
    assert acknowledgements().count() == 11


def test_one_senders_flood_silences_nobody_else(desk):
    for number in range(5):
        take_in(by_mail(STRANGER), TUESDAY_10 + timedelta(minutes=number))
    take_in(by_mail(BRUNO))

    assert acknowledgements().filter(to=BRUNO).count() == 1


# --- what it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", [BRUNO, STRANGER])
def test_it_costs_six_statements(desk, sender, django_assert_max_num_queries):
    message = take_in(by_mail(sender)).message
    Ticket.objects.update(acknowledged_at=None)
    OutboundMessage.objects.all().delete()
    ticket = lifecycle.locked(message.ticket_id)

    with django_assert_max_num_queries(6):
        acknowledgement.acknowledge(ticket, message, at=TUESDAY_10)
    assert acknowledgements().count() == 1


def test_none_is_sent_at_no_cost_when_none_is_called_for(desk, django_assert_num_queries):
    message = take_in(by_mail(BRUNO)).message
    ticket = lifecycle.locked(message.ticket_id)

    with django_assert_num_queries(0):
        acknowledgement.acknowledge(ticket, message, at=TUESDAY_10 + HOUR)
