"""A ticket solved without an answer: the customer hears of it, and how to object."""

from datetime import timedelta

import pytest

from helpdesk import customer_side, handling
from helpdesk.models import OutboundMessage
from tests.cast import TUESDAY_10, by_mail, by_whatsapp, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
NUMBER = "+351912345678"
HOUR = timedelta(hours=1)


def told():
    return OutboundMessage.objects.filter(kind="notification")


def test_it_says_until_when_an_answer_opens_it_again(desk, rui):
    ticket = take_in(by_mail(BRUNO, subject="Printer")).ticket
    handling.set_status(ticket, status="solved", by=rui, at=TUESDAY_10 + HOUR)

    assert told().get().to == BRUNO
    assert told().get().subject == f"Re: Printer [#{ticket.pk}]"
    until = "terça-feira, 17 de março de 2026, 11:00, hora de Lisboa (WET/WEST)"
    assert f"responda antes de {until}" in told().get().text


def test_solved_twice_is_told_once(desk, rui):
    ticket = take_in(by_mail(BRUNO)).ticket
    for hours in (1, 2):
        handling.set_status(ticket, status="solved", by=rui, at=TUESDAY_10 + hours * HOUR)

    assert told().count() == 1


def test_an_answer_that_solves_says_it_itself(desk, rui):
    ticket = take_in(by_mail(BRUNO)).ticket
    handling.reply(ticket, text="Done.", by=rui, at=TUESDAY_10, then="solved")

    assert not told().exists()


def test_who_solved_it_themselves_need_not_be_told(desk, bruno):
    ticket = take_in(by_mail(BRUNO)).ticket
    customer_side.solve(ticket, by=bruno, at=TUESDAY_10)

    assert not told().exists()


def test_on_whatsapp_it_is_told_inside_the_window_and_else_not_at_all(desk, rui):
    early, late = (take_in(by_whatsapp(number, "Ajuda!")).ticket for number in (NUMBER, "+351912345679"))
    handling.set_status(early, status="solved", by=rui, at=TUESDAY_10 + HOUR)
    handling.set_status(late, status="solved", by=rui, at=TUESDAY_10 + 25 * HOUR)

    assert list(told().values_list("channel", "to")) == [("whatsapp", NUMBER)]
    assert f"#{early.pk}" in told().get().text
