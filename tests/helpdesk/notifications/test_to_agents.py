"""What agents are told by mail, and what they are not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from helpdesk import handling
from helpdesk.models import OutboundMessage, Ticket
from helpdesk.notifications import outbox, reply_address, to_agents
from helpdesk.notifications.transport import TransportError
from sla.models import Alarm
from tests.cast import TUESDAY_10, by_mail, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
RUI = "rui@lumiar.example"
DUE = datetime(2026, 3, 11, 21, tzinfo=UTC)


@pytest.fixture
def ticket(desk) -> Ticket:
    return take_in(by_mail(BRUNO, subject="Printer", text="It does not print.")).ticket


def alarm_of(ticket, percent=None, *, step=""):
    clock = ticket.clock_set.clocks.get(metric="first_response")
    step = step or f"{percent}%"
    return Alarm.objects.create(clock=clock, step=step, percent=percent, due_at=DUE, rang_at=TUESDAY_10)


def to(address, kind="escalation"):
    return OutboundMessage.objects.get(to=address, kind=kind)


# --- escalation ---------------------------------------------------------------------------------


def test_what_rings_is_told_with_ticket_clock_due_time_and_link(ticket, rui, marta):
    to_agents.escalation(ticket, alarm_of(ticket, 75), to=[rui, marta], at=TUESDAY_10)

    told = to(RUI)
    assert told.subject == f"75 % used: [#{ticket.pk}] Printer"
    assert told.text == (
        "75 % of the time for the first response of this ticket has passed.\n\n"
        f"Ticket: #{ticket.pk}\n"
        "Subject: Printer\n"
        "Customer: Azenha Hotels\n"
        "Priority: Medium\n"
        "Due: Wednesday 11 March 2026, 21:00, Lisbon time (WET/WEST)\n"
        "Kind of target: goal, not a guarantee\n\n"
        f"Open the ticket in the console: http://localhost:8000/admin/helpdesk/ticket/{ticket.pk}/change/\n\n"
        "Nobody reads answers to this mail. Please work in the console.\n"
    )
    assert to("marta@lumiar.example").text == told.text


@pytest.mark.parametrize("percent", [100, 150])
def test_what_has_run_out_is_told_as_overdue(ticket, rui, percent):
    to_agents.escalation(ticket, alarm_of(ticket, percent), to=[rui], at=TUESDAY_10)

    assert to(RUI).subject == f"Overdue: [#{ticket.pk}] Printer"


def test_an_hour_before_and_two_after_are_said_in_hours(ticket, rui):
    for step in ("-60m", "+120m"):
        to_agents.escalation(ticket, alarm_of(ticket, step=step), to=[rui], at=TUESDAY_10)

    before, after = OutboundMessage.objects.filter(kind="escalation").order_by("id")
    assert [row.subject.replace("\u00a0", " ") for row in (before, after)] == [
        f"1 h before it is due: [#{ticket.pk}] Printer",
        f"2 h overdue: [#{ticket.pk}] Printer",
    ]
    assert before.text.splitlines()[0].replace("\u00a0", " ") == (
        "The time for the first response of this ticket runs out in 1 h of support hours."
    )


def test_each_is_told_of_each_step_once(ticket, rui):
    alarm = alarm_of(ticket, 75)
    for _ in range(2):
        to_agents.escalation(ticket, alarm, to=[rui], at=TUESDAY_10)

    assert OutboundMessage.objects.filter(kind="escalation").count() == 1


def test_it_can_wait_for_the_morning(ticket, rui):
    morning = TUESDAY_10 + timedelta(hours=23)
    to_agents.escalation(ticket, alarm_of(ticket, 75), to=[rui], at=TUESDAY_10, send_after=morning)

    assert to(RUI).send_after == morning


def test_agents_hear_it_in_their_language_and_customers_words_stay_words(ticket, rui):
    rui.language = "pt-BR"
    rui.save()
    Ticket.objects.update(subject="<script>alert(1)</script>\r\nBcc: x")
    ticket.refresh_from_db()
    to_agents.escalation(ticket, alarm_of(ticket, 75), to=[rui], at=TUESDAY_10)

    assert to(RUI).language == "pt-br"
    assert "<script>" not in to(RUI).html
    assert "\n" not in to(RUI).subject


# --- assigned -----------------------------------------------------------------------------------


def test_who_is_given_a_ticket_is_told_with_the_customers_words(ticket, rui, marta):
    handling.assign(ticket, to=rui, by=marta, at=TUESDAY_10)

    told = to(RUI, "notification")
    assert told.subject == f"[#{ticket.pk}] is yours: Printer"
    assert "Marta Reis has given you this ticket." in told.text
    assert "Next due: Wednesday 11 March 2026, 21:00, Lisbon time (WET/WEST)" in told.text
    assert "\n\nIt does not print.\n\n" in told.text


def test_the_answer_to_it_is_the_agents_answer_to_the_customer(ticket, rui, marta):
    handling.assign(ticket, to=rui, by=marta, at=TUESDAY_10)
    outbox.send_due(at=TUESDAY_10)

    (theirs,) = (each for each in mail.outbox if each.to == [RUI])
    assert reply_address.read(theirs.reply_to[0]) == reply_address.SignedRef(ticket.pk, RUI)
    assert "sent to the customer as your answer" in theirs.body


def test_nobody_is_told_of_what_they_took_themselves(ticket, rui):
    handling.assign(ticket, to=rui, by=rui, at=TUESDAY_10)
    handling.assign(ticket, to=None, by=rui, at=TUESDAY_10)

    assert not OutboundMessage.objects.filter(kind="notification").exists()


def test_given_again_later_it_is_told_again(ticket, rui, ines, marta):
    for turn, agent in enumerate([rui, ines, rui]):
        handling.assign(ticket, to=agent, by=marta, at=TUESDAY_10 + timedelta(minutes=turn))

    assert OutboundMessage.objects.filter(kind="notification", to=RUI).count() == 2


# --- an answer that did not arrive --------------------------------------------------------------


def test_whoever_wrote_an_answer_hears_that_it_did_not_arrive(ticket, rui, channel):
    handling.reply(ticket, text="Is it plugged in?", by=rui, at=TUESDAY_10)
    channel.answer = TransportError("550 no such user", permanent=True)
    outbox.send_due(at=TUESDAY_10 + timedelta(minutes=1))

    told = to(RUI)
    assert told.subject == f"Not delivered: [#{ticket.pk}] Printer"
    assert f"Sent to: {BRUNO}\nReason: 550 no such user\n" in told.text


def test_of_a_lost_acknowledgement_or_alarm_nobody_is_told(ticket, rui, channel):
    to_agents.escalation(ticket, alarm_of(ticket, 75), to=[rui], at=TUESDAY_10)
    channel.answer = TransportError("550 no such user", permanent=True)
    assert outbox.send_due(at=TUESDAY_10).failed == 2

    assert OutboundMessage.objects.filter(state="queued").count() == 0
