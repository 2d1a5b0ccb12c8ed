"""A clock rings; the right people hear it once."""

from datetime import timedelta

import pytest

from helpdesk import escalation, handling
from helpdesk.models import OutboundMessage
from sla import alarms
from sla.models import Alarm
from tests.cast import TUESDAY_10, by_portal, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def urgent(desk, bruno, rui):
    """Due at 14:00, half of it at noon, assigned to Rui."""
    ticket = take_in(by_portal(bruno)).ticket
    handling.set_priority(ticket, priority="urgent", reason="All beds", by=rui, at=TUESDAY_10)
    return handling.assign(ticket, to=rui, by=rui, at=TUESDAY_10)


def sweep(at):
    """What beat does: ring, then tell."""
    return alarms.ring_due(at=at), escalation.escalate(at=at)


def told():
    rows = OutboundMessage.objects.filter(kind="escalation").order_by("id")
    return [(row.to, row.subject.split(":")[0]) for row in rows]


RUI, MARTA = "rui@lumiar.example", "marta@lumiar.example"


def test_half_the_time_is_told_to_agent_and_lead_once(urgent):
    noon = TUESDAY_10 + timedelta(hours=2)

    assert [sweep(noon), sweep(noon), sweep(noon + timedelta(minutes=1))] == [(1, 1), (0, 0), (0, 0)]

    assert told() == [(RUI, "50 % used"), (MARTA, "50 % used")]
    assert list(urgent.events.filter(kind="alarm").values_list("facts__percent", flat=True)) == [50]


def test_before_half_the_time_nothing_rings(urgent):
    assert sweep(TUESDAY_10 + timedelta(hours=1, minutes=59)) == (0, 0)


def test_after_an_outage_the_history_has_every_step_and_people_hear_the_last(urgent):
    sweep(TUESDAY_10 + timedelta(hours=4, seconds=1))

    percents = urgent.events.filter(kind="alarm").values_list("facts__percent", flat=True)
    assert sorted(percents) == [50, 75, 90, 100]
    assert told() == [(RUI, "Overdue"), (MARTA, "Overdue")]
    urgent.refresh_from_db()
    assert urgent.is_breached
    assert urgent.clock_set.clocks.get(metric="first_response").breached_at == TUESDAY_10 + timedelta(hours=4)


def test_what_was_answered_meanwhile_is_told_to_nobody(urgent, rui):
    alarms.ring_due(at=TUESDAY_10 + timedelta(hours=2))
    handling.reply(urgent, text="Here I am", by=rui, at=TUESDAY_10 + timedelta(hours=2), then="solved")

    escalation.escalate(at=TUESDAY_10 + timedelta(hours=2))

    assert told() == []
    assert Alarm.objects.filter(handled_at=None).count() == 0


def test_a_ticket_of_nobody_is_told_to_the_leads(desk, bruno, ines):
    take_in(by_portal(bruno))
    sweep(TUESDAY_10 + timedelta(hours=24))

    assert {to for to, _ in told()} == {MARTA}


def test_at_night_a_goal_waits_for_the_morning_and_urgent_does_not(desk, bruno, rui):
    night = TUESDAY_10 + timedelta(days=2, hours=13)  # Thursday, 23:00
    for priority in ("high", "urgent"):
        ticket = take_in(by_portal(bruno)).ticket
        sweep(night - timedelta(hours=4))
        OutboundMessage.objects.filter(kind="escalation").delete()
        handling.set_priority(ticket, priority=priority, reason="Beds", by=rui, at=night)

    sweep(night)

    leaves = dict(
        OutboundMessage.objects.filter(kind="escalation").values_list("ticket__priority__key", "send_after")
    )
    assert leaves == {"urgent": night, "high": TUESDAY_10.replace(hour=9) + timedelta(days=3)}
