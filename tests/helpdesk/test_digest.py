"""After an outage each hears of it in one mail, and of what rings just now as ever."""

import uuid
from datetime import timedelta

import pytest

from helpdesk import digest, escalation, handling
from helpdesk.models import HeldBack, OutboundMessage, Ticket
from helpdesk.notifications import to_agents
from sla import alarms, clocks
from sla.hours import Terms
from sla.models import Alarm, LadderStep
from tests.cast import TUESDAY_10, by_portal, take_in, unfrozen

pytestmark = pytest.mark.django_db

THURSDAY_10 = TUESDAY_10 + timedelta(days=2)
RUI, INES, MARTA = (f"{name}@lumiar.example" for name in ("rui", "ines", "marta"))


@pytest.fixture
def arrived(desk, bruno, rui, ines):
    """So many tickets on Tuesday morning, half of them Rui's and half Inês's."""

    def arrive(number):
        for index in range(number):
            ticket = take_in(by_portal(bruno, subject=f"Printer {index}")).ticket
            Ticket.objects.filter(pk=ticket.pk).update(assignee=(rui, ines)[index % 2])
        return list(Ticket.objects.order_by("pk"))

    return arrive


def alike(ticket, number):
    """So many more tickets like it, received when it was."""
    promised = ticket.clock_set
    given = {"calendar": promised.calendar, "policy_version": promised.policy_version}
    rows = []
    for _ in range(number):
        row = Ticket.objects.get(pk=ticket.pk)
        terms = Terms.from_json(promised.terms)
        row.pk, row.uid = None, uuid.uuid4()
        row.clock_set = clocks.start(
            terms=terms, priority=row.priority.key, at=TUESDAY_10, by="system:test", **given
        )
        rows.append(row)
    Ticket.objects.bulk_create(rows)


def ring(at):
    while alarms.ring_due(at=at):
        pass


def escalate(at, **more):
    while escalation.escalate(at=at, **more):
        pass


def told():
    rows = OutboundMessage.objects.filter(kind="escalation").order_by("to", "id")
    return [(row.to, row.subject) for row in rows]


def test_beat_is_dead_for_two_days_with_300_tickets_and_each_gets_one_mail(arrived):
    for ticket in arrived(2):
        alike(ticket, 149)
    unfrozen(lambda: LadderStep.objects.filter(percent=50).update(tag="late"))

    ring(THURSDAY_10)
    escalate(THURSDAY_10)

    said = "Alarms while nobody could be told"
    assert told() == [(INES, f"{said}: 150"), (MARTA, f"{said}: 300"), (RUI, f"{said}: 150")]
    text = OutboundMessage.objects.get(to=MARTA, kind="escalation").text
    assert text.count("/change/") == to_agents.MOST_LISTED
    assert "And 275 more." in text
    assert not Alarm.objects.filter(handled_at=None).exists()
    assert Ticket.objects.filter(tags__key="late").count() == 300  # what else the steps do is done, once


def test_it_is_one_mail_however_many_pages_and_rounds_there_are(arrived):
    arrived(8)
    while alarms.ring_due(at=THURSDAY_10, limit=3):
        for _ in range(3):
            escalation.escalate(at=THURSDAY_10, limit=2)
    escalate(THURSDAY_10, limit=2)
    escalate(THURSDAY_10 + timedelta(seconds=15))

    assert [to for to, _ in told()] == [INES, MARTA, RUI]


def test_the_most_urgent_stand_first_with_step_customer_and_link(arrived, rui):
    first, second, third = arrived(3)
    at = TUESDAY_10 + timedelta(minutes=1)
    handling.set_priority(second, priority="urgent", reason="Beds", by=rui, at=at)
    handling.set_priority(third, priority="high", reason="Beds", by=rui, at=at)

    later = THURSDAY_10 + timedelta(minutes=10)
    ring(later)
    escalate(later)

    text = OutboundMessage.objects.get(to=MARTA, kind="escalation").text
    site = "http://localhost:8000/admin/helpdesk/ticket"
    assert text == (
        "For a while alarms could not be sent. These tickets rang meanwhile and still wait, "
        "the most urgent first.\n\n"
        f"#{second.pk} · Urgent · Overdue · Azenha Hotels · Printer 1\n{site}/{second.pk}/change/\n"
        f"#{third.pk} · High · Overdue · Azenha Hotels · Printer 2\n{site}/{third.pk}/change/\n"
        f"#{first.pk} · Medium · Overdue · Azenha Hotels · Printer 0\n{site}/{first.pk}/change/\n\n"
        f"Open the queue: {site}/\n\n"
        "Nobody reads answers to this mail. Please work in the console.\n"
    )


def test_what_was_answered_meanwhile_stands_in_no_digest(arrived, rui):
    answered, _waiting = arrived(2)
    ring(THURSDAY_10)
    handling.reply(answered, text="Done", by=rui, at=THURSDAY_10, then="solved")

    escalate(THURSDAY_10)

    assert [to for to, _ in told()] == [INES, MARTA]  # Rui's is answered
    assert f"#{answered.pk} " not in OutboundMessage.objects.get(to=MARTA, kind="escalation").text


def test_a_pause_of_less_than_an_opening_day_is_told_ticket_by_ticket(arrived):
    arrived(2)
    unfrozen(LadderStep.objects.exclude(percent=50).delete)
    evening = TUESDAY_10 + timedelta(days=1, hours=10)

    ring(evening)
    escalate(evening)

    assert {subject.split(":")[0] for _, subject in told()} == {"50 % used"}
    assert not HeldBack.objects.exists()


def test_what_is_urgent_and_rings_just_now_is_told_as_ever(arrived, bruno, rui):
    arrived(1)
    nine, eleven = THURSDAY_10 - timedelta(hours=1), THURSDAY_10 + timedelta(hours=1)
    fire = take_in(by_portal(bruno, subject="Fire"), nine).ticket
    handling.set_priority(fire, priority="urgent", reason="Fire", by=rui, at=nine)

    ring(eleven)
    escalate(eleven)

    assert [subject for to, subject in told() if to == MARTA] == [
        f"50 % used: [#{fire.pk}] Fire",
        "Alarms while nobody could be told: 1",
    ]


def test_a_digest_waits_until_the_backlog_is_rung(arrived):
    arrived(4)
    alarms.ring_due(at=THURSDAY_10, limit=2)

    escalate(THURSDAY_10)
    assert told() == []

    ring(THURSDAY_10)
    escalate(THURSDAY_10)
    assert [to for to, _ in told()] == [INES, MARTA, RUI]


def test_but_not_for_ever(arrived):
    arrived(4)
    alarms.ring_due(at=THURSDAY_10, limit=2)
    escalate(THURSDAY_10)

    escalate(THURSDAY_10 + digest.PATIENCE + timedelta(seconds=1))

    assert [to for to, _ in told()] != []


def test_in_the_night_a_digest_without_anything_urgent_waits_for_the_morning(arrived):
    arrived(1)
    night, morning = THURSDAY_10.replace(hour=23), THURSDAY_10.replace(hour=9) + timedelta(days=1)
    ring(night)
    escalate(night)

    leaves = OutboundMessage.objects.filter(kind="escalation").values_list("send_after", flat=True)
    assert set(leaves) == {morning}


def test_two_outages_are_two_mails(arrived):
    arrived(1)
    ring(THURSDAY_10)
    escalate(THURSDAY_10)

    monday = THURSDAY_10 + timedelta(days=5)
    arrived(1)
    Alarm.objects.update(handled_at=THURSDAY_10)
    ring(monday)
    escalate(monday)

    assert [to for to, _ in told()].count(MARTA) == 2
