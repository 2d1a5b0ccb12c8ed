"""Breach to escalation: a clock rings, the right people hear it once, and the fact is what the clock says.

Bruno's ticket is urgent: due at two o'clock, half of it gone at noon. Beat lies down between 13:20 and 14:20.
"""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from helpdesk.models import Ticket
from tests.doors import body_of, console

pytestmark = pytest.mark.django_db

BRUNO, RUI, MARTA, INES = (
    "bruno@azenha.example",
    "rui@lumiar.example",
    "marta@lumiar.example",
    "ines@lumiar.example",
)


def tuesday(hour, minute=0):
    return datetime(2026, 3, 10, hour, minute, tzinfo=UTC)


@pytest.fixture
def urgent(in_order, at_home, at_work, beat, rui, mailbox) -> Ticket:
    """Opened in the portal at ten, made urgent and taken by Rui in the console."""
    home = at_home(BRUNO).get("/tickets/new/")
    home.send("/tickets/new/", subject="All doors", text="They are all locked.", impact="all_blocked")
    ticket = Ticket.objects.get()
    page = at_work(rui).get(console(ticket))
    page.send(console(ticket, "priority"), priority="urgent", reason="Nobody gets in")
    page.send(console(ticket, "assign"), to=str(rui.pk))
    beat()
    for address in (BRUNO, RUI, MARTA):
        mailbox(address)  # so much for the code, the acknowledgement and the assignment
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def until(clock, beat):
    """Let beat come by every ten minutes until then, except while it lies down."""

    def until(end: datetime) -> None:
        while timezone.now() < end:
            instant = clock.on(minutes=10)
            if not tuesday(13, 20) < instant < tuesday(14, 20):
                beat()

    return until


def heard(mailbox, address, ticket):
    """The subjects of what somebody was told, without the ticket's name."""
    return [mail["Subject"].removesuffix(f": [#{ticket.pk}] All doors") for mail in mailbox(address)]


def test_the_urgent_ticket_is_due_at_two(urgent, rui):
    assert (urgent.priority.key, urgent.assignee, urgent.next_due_at) == ("urgent", rui, tuesday(14))


def test_agent_and_lead_hear_each_step_once_and_nobody_else_does(urgent, until, mailbox):
    until(tuesday(13, 20))

    steps = ["50 % used", "75 % used"]
    assert [heard(mailbox, who, urgent) for who in (RUI, MARTA, INES, BRUNO)] == [steps, steps, [], []]


def test_after_the_outage_they_hear_that_it_is_overdue_and_the_history_has_every_step(urgent, until, mailbox):
    until(tuesday(14, 10))
    assert [mail["Subject"][:4] for mail in mailbox(RUI)] == ["50 %", "75 %"]
    until(tuesday(15))

    assert [heard(mailbox, who, urgent) for who in (RUI, MARTA)] == [
        ["Overdue"],
        ["50 % used", "75 % used", "Overdue"],
    ]
    rung = urgent.events.filter(kind="alarm", facts__metric="first_response")
    assert sorted(rung.values_list("facts__percent", flat=True)) == [50, 75, 90, 100]


def test_the_miss_is_dated_at_the_due_time_whenever_beat_came_by(urgent, until):
    until(tuesday(15))

    clock = urgent.clock_set.clocks.get(metric="first_response")
    urgent.refresh_from_db()
    assert (clock.breached_at, clock.due_at, urgent.is_breached) == (tuesday(14), tuesday(14), True)


def test_the_queue_shows_it_as_overdue(urgent, until, at_work, rui):
    until(tuesday(15))

    queue = at_work(rui).get("/admin/helpdesk/ticket/", tab="breaching")
    (row,) = queue.tree.xpath(f"//a[@href='{console(urgent)}']/ancestor::tr[1]")
    assert row.xpath(".//*[contains(@class, 'pz-late')] | self::*[contains(@class, 'pz-late')]")


def test_the_mail_says_what_when_and_that_it_is_a_goal(urgent, until, mailbox):
    until(tuesday(12))

    (mail,) = mailbox(RUI)
    text = body_of(mail)
    assert "50 % of the time for the first response of this ticket has passed." in text
    assert "Due: Tuesday 10 March 2026, 14:00, Lisbon time (WET/WEST)" in text
    assert "Kind of target: goal, not a guarantee" in text
    assert (mail["Auto-Submitted"], mail["Reply-To"]) == ("auto-generated", None)


def test_a_late_answer_is_an_answer_and_the_miss_stays(urgent, until, clock, beat, at_work, rui, mailbox):
    until(tuesday(15))
    page = at_work(rui).get(console(urgent))
    page.send(console(urgent, "reply"), press=("then", ""), text="The master key is on its way.")
    mailbox(RUI)
    until(tuesday(18))

    met = urgent.clock_set.clocks.get(metric="first_response")
    assert (met.state, met.met_at, met.breached_at) == ("met", tuesday(15), tuesday(14))
    assert heard(mailbox, RUI, urgent) == []
