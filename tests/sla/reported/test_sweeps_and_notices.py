"""Reports of other desks: what beat does twice, and at which hour people are told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from helpdesk import escalation, handling
from helpdesk.models import OutboundMessage
from helpdesk.notifications import outbox
from sla import alarms, tasks, timekeeping
from sla.models import Alarm
from tests.cast import TUESDAY_10, by_portal, take_in
from tests.sla.conftest import clock_of, march, rang

NOON = TUESDAY_10 + timedelta(hours=2)
MONDAY_OF_SUMMER = datetime(2026, 7, 13, 18, 0, tzinfo=UTC)
"""Seven in the evening in Lisbon, two hours before closing."""


def ticket_of(bruno, rui, *, priority, at=TUESDAY_10):
    """One of Bruno's that Rui has."""
    ticket = take_in(by_portal(bruno), at).ticket
    handling.set_priority(ticket, priority=priority, reason="Beds", by=rui, at=at)
    return handling.assign(ticket, to=rui, by=rui, at=at)


def notices():
    return OutboundMessage.objects.filter(kind="escalation").order_by("id")


@pytest.mark.django_db
def test_nobody_is_told_at_midnight(desk, bruno, rui):
    """zammad/zammad#4432: reminders came at midnight."""
    ticket_of(bruno, rui, priority="high", at=MONDAY_OF_SUMMER)
    midnight = datetime(2026, 7, 15, 0, 0, tzinfo=UTC)

    alarms.ring_due(at=midnight)
    escalation.escalate(at=midnight)

    assert notices().exists()
    for notice in notices():
        assert notice.send_after >= datetime(2026, 7, 15, 8, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_people_are_told_at_the_opening_of_their_own_zone(desk, bruno, rui):
    """zammad/zammad#2157: the hour of the reminder was read in UTC. Nine in Lisbon's summer is eight."""
    ticket_of(bruno, rui, priority="high", at=MONDAY_OF_SUMMER)
    before_opening = datetime(2026, 7, 15, 7, 59, tzinfo=UTC)

    alarms.ring_due(at=before_opening)
    escalation.escalate(at=before_opening)

    assert {notice.send_after for notice in notices()} == {datetime(2026, 7, 15, 8, 0, tzinfo=UTC)}


@pytest.mark.django_db(transaction=True)
def test_two_beats_send_one_mail(desk, bruno, rui):
    """makeplane/plane#9602: it read, sent, then marked, so a second beat sent again."""
    ticket_of(bruno, rui, priority="urgent")
    OutboundMessage.objects.all().delete()
    mail.outbox.clear()

    for _ in range(2):
        alarms.ring_due(at=NOON)
    for _ in range(2):
        escalation.escalate(at=NOON)
    for _ in range(2):
        outbox.send_due(at=NOON + timedelta(minutes=1))

    # Were the mark lost after the mail had left, the row would still be one, with one Message-ID.
    told = [to for message in mail.outbox for to in message.to]
    assert sorted(told) == ["marta@lumiar.example", "rui@lumiar.example"]
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2
    assert [notice.state for notice in notices()] == ["sent", "sent"]


def test_a_task_that_is_fired_several_times_does_its_work_once(begin, monkeypatch):
    """celery/django-celery-beat#558: beat fired the same task several times."""
    monkeypatch.setattr(timekeeping, "now", lambda: march(10, 12))
    clock_set = begin("urgent")

    assert [tasks.ring_due_clocks() for _ in range(5)] == [1, 0, 0, 0, 0]

    assert rang(clock_set, "first_response") == [(50, march(10, 12))]
    assert clock_of(clock_set, "first_response").version == 2


def test_what_was_told_of_an_overdue_ticket_is_not_told_again(begin):
    """osTicket/osTicket-1.7#686: the alert of an overdue ticket was sent with every run."""
    begin("urgent")

    for minutes in range(0, 600, 7):
        alarms.ring_due(at=march(10, 14, 1) + timedelta(minutes=minutes))

    first = Alarm.objects.filter(clock__metric="first_response")
    assert sorted(first.values_list("percent", flat=True)) == [50, 75, 90, 100, 150]
