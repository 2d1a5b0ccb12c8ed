"""An unknown sender is linked later: the ticket stands as if they had been known from the start (D17)."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.models import Charge
from helpdesk import handling
from helpdesk.models import OutboundMessage, Ticket
from helpdesk.notifications import outbox
from helpdesk.refusals import WrongStatus
from tests.cast import TUESDAY_10, by_mail, offer, take_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ZOE = "zoe@private.example"


@pytest.fixture
def ticket(desk) -> Ticket:
    return take_in(by_mail(ZOE)).ticket


@pytest.fixture
def link(azenha, rui):
    def link(ticket, hours=4):
        return handling.link_requester(ticket, organisation=azenha, by=rui, at=TUESDAY_10 + hours * HOUR)

    return link


def clocks_of(ticket):
    return {row.metric: row for row in ticket.clock_set.clocks.all()}


def test_it_takes_its_place_in_the_queue(ticket, link):
    link(ticket)
    due = datetime(2026, 3, 11, 21, tzinfo=UTC)
    assert (ticket.next_due_at, ticket.next_due_metric, ticket.sorts_at) == (due, "first_response", due)


def test_a_wait_for_the_customer_that_began_before_is_a_pause(ticket, link, rui):
    handling.reply(ticket, text="Who are you?", by=rui, at=TUESDAY_10 + HOUR, then="waiting_customer")
    link(ticket)

    clocks = clocks_of(ticket)
    assert (clocks["first_response"].state, clocks["first_response"].met_at) == ("met", TUESDAY_10 + HOUR)
    assert (clocks["resolution"].state, clocks["resolution"].remaining_seconds) == ("paused", 23 * 3600)


def test_a_wait_that_is_over_is_not_counted(ticket, link, rui):
    handling.reply(ticket, text="Who are you?", by=rui, at=TUESDAY_10 + HOUR, then="waiting_customer")
    take_in(by_mail(ZOE, subject=f"Re: [#{ticket.pk}]", is_authenticated=True), TUESDAY_10 + 3 * HOUR)
    ticket.refresh_from_db()
    link(ticket)

    assert ticket.status == "open"
    assert clocks_of(ticket)["resolution"].due_at == datetime(2026, 3, 12, 12, tzinfo=UTC)


def test_what_was_solved_before_is_solved_in_time(ticket, link, rui):
    handling.reply(ticket, text="Done.", by=rui, at=TUESDAY_10 + HOUR, then="solved")
    link(ticket)

    assert {row.met_at for row in clocks_of(ticket).values()} == {TUESDAY_10 + HOUR}
    assert ticket.next_due_at is None


def test_the_priority_that_an_agent_has_set_stays(ticket, link, rui):
    handling.set_priority(ticket, priority="urgent", reason="All beds", by=rui, at=TUESDAY_10 + HOUR)
    link(ticket, hours=2)

    assert (ticket.priority.key, ticket.priority_source) == ("urgent", "agent")
    assert ticket.next_due_at == TUESDAY_10 + 4 * HOUR


def test_a_priority_that_the_plan_does_not_offer_gives_way_to_its_first_one(
    ticket, link, rui, plus, priorities
):
    handling.set_priority(ticket, priority="urgent", reason="All beds", by=rui, at=TUESDAY_10 + HOUR)
    offer(plus, [priorities["medium"], priorities["low"]])
    link(ticket)

    assert (ticket.priority.key, ticket.priority_source) == ("medium", "default")
    assert ticket.next_due_at == datetime(2026, 3, 11, 21, tzinfo=UTC)


def test_an_answer_that_never_arrived_met_nothing(ticket, link, rui):
    handling.reply(ticket, text="Who are you?", by=rui, at=TUESDAY_10 + HOUR)
    outbox.fail(OutboundMessage.objects.get(kind="reply"), at=TUESDAY_10 + 2 * HOUR, reason="550 nobody here")
    link(ticket)

    assert clocks_of(ticket)["first_response"].state == "running"


def test_spam_is_neither_linked_nor_charged(ticket, link, rui):
    handling.mark_spam(ticket, by=rui, at=TUESDAY_10 + HOUR)
    with pytest.raises(WrongStatus):
        link(ticket)
    assert (ticket.organisation, Charge.objects.count()) == (None, 0)
