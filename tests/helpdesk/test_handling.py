"""What agents do with a ticket."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.models import Charge, Organisation
from helpdesk import customer_side, handling, lifecycle, visibility
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.refusals import (
    AlreadyLinked,
    ChangedMeanwhile,
    NotAnsweredYet,
    PriorityNotOffered,
    ReasonMissing,
    TextMissing,
    TicketClosed,
    TooLateToTakeBack,
    WrongStatus,
)
from tests.cast import TUESDAY_10, by_mail, by_portal, offer, take_in

pytestmark = pytest.mark.django_db

LATER = TUESDAY_10 + timedelta(hours=1)


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    return take_in(by_portal(bruno)).ticket


def clock(ticket, metric="first_response"):
    found = ticket.clock_set.clocks.get(metric=metric)
    return found.state, found.due_at, found.met_at


def test_the_first_answer_meets_the_first_response_and_takes_the_ticket(ticket, rui):
    message = handling.reply(ticket, text="Have you tried…", by=rui, at=LATER)

    assert (ticket.status, ticket.assignee, ticket.last_agent_at) == ("open", rui, LATER)
    assert clock(ticket) == ("met", datetime(2026, 3, 11, 21, tzinfo=UTC), LATER)
    outbound = OutboundMessage.objects.get(kind="reply")
    assert (outbound.message, outbound.to, outbound.send_after) == (
        message,
        "bruno@azenha.example",
        LATER + timedelta(seconds=15),
    )


def test_a_note_moves_no_clock_and_is_not_for_customers(ticket, rui):
    handling.add_note(ticket, text="He is always like that.", by=rui, at=LATER)

    assert clock(ticket)[0] == "running"
    assert OutboundMessage.objects.filter(kind="reply").count() == 0
    shown = visibility.conversation_for_customer(ticket, at=LATER + timedelta(days=1))
    assert [message.kind for message in shown] == ["customer"]


def test_the_customer_sees_an_answer_only_when_it_has_left(ticket, rui):
    handling.reply(ticket, text="Hello", by=rui, at=LATER)

    def seen(at):
        return visibility.conversation_for_customer(ticket, at=at).filter(kind="agent").count()

    assert [seen(LATER + timedelta(seconds=s)) for s in (0, 14, 15)] == [0, 0, 1]


def test_an_answer_taken_back_in_time_never_was(ticket, rui):
    message = handling.reply(ticket, text="Oops", by=rui, at=LATER, then="solved")

    handling.take_back(message, by=rui, at=LATER + timedelta(seconds=10))
    handling.take_back(message, by=rui, at=LATER + timedelta(seconds=11))

    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert clock(ticket)[0] == "running"
    assert OutboundMessage.objects.get(kind="reply").state == "cancelled"


def test_with_an_answer_its_waiting_is_taken_back_too(ticket, rui):
    message = handling.reply(ticket, text="Which?", by=rui, at=LATER, then="waiting_customer")

    handling.take_back(message, by=rui, at=LATER + timedelta(seconds=10))

    ticket.refresh_from_db()
    assert (ticket.status, ticket.last_agent_at) == ("open", None)
    assert clock(ticket, "resolution")[0] == "running"


def test_an_answer_that_has_left_cannot_be_taken_back(ticket, rui):
    message = handling.reply(ticket, text="Oops", by=rui, at=LATER)
    with pytest.raises(TooLateToTakeBack):
        handling.take_back(message, by=rui, at=LATER + timedelta(seconds=15))


def test_a_button_pressed_twice_sends_once(ticket, rui):
    first = handling.reply(ticket, text="Hello", by=rui, at=LATER, idempotency_key="console:1")
    second = handling.reply(ticket, text="Hello", by=rui, at=LATER, idempotency_key="console:1")

    assert first == second
    assert OutboundMessage.objects.filter(kind="reply").count() == 1


def test_an_empty_answer_is_refused(ticket, rui):
    with pytest.raises(TextMissing):
        handling.reply(ticket, text=" \x00 ", by=rui, at=LATER)


def test_nobody_waits_for_a_customer_whom_nobody_answered(ticket, rui):
    with pytest.raises(NotAnsweredYet):
        handling.set_status(ticket, status="waiting_customer", by=rui, at=LATER)


def test_an_invented_status_is_refused(ticket, rui):
    for status in ("merged", "nonsense"):
        with pytest.raises(WrongStatus):
            handling.set_status(ticket, status=status, by=rui, at=LATER)


def test_a_higher_priority_is_due_from_the_original_start(ticket, rui):
    handling.set_priority(ticket, priority="urgent", reason="All beds", by=rui, at=LATER)

    assert (ticket.priority.key, ticket.priority_source) == ("urgent", "agent")
    assert clock(ticket)[1] == TUESDAY_10 + timedelta(hours=4)
    assert ticket.next_due_at == TUESDAY_10 + timedelta(hours=4)


def test_a_change_that_puts_the_due_time_into_the_past_is_a_miss_at_that_instant(ticket, rui):
    change = TUESDAY_10 + timedelta(hours=6)
    handling.set_priority(ticket, priority="urgent", reason="All beds", by=rui, at=change)

    assert ticket.clock_set.clocks.get(metric="first_response").breached_at == change
    assert ticket.is_breached


def test_a_priority_needs_a_reason_and_must_be_on_offer(ticket, rui, plus, priorities):
    offer(plus, [priorities["medium"], priorities["low"]])
    with pytest.raises(ReasonMissing):
        handling.set_priority(ticket, priority="low", reason=" ", by=rui, at=LATER)
    with pytest.raises(PriorityNotOffered) as refusal:
        handling.set_priority(ticket, priority="urgent", reason="Now!", by=rui, at=LATER)
    assert refusal.value.offered == ("medium", "low")


def test_of_two_agents_who_saw_the_same_ticket_the_second_is_told(ticket, rui, ines):
    seen = ticket.version
    handling.assign(ticket, to=rui, by=rui, at=LATER, version=seen)
    with pytest.raises(ChangedMeanwhile):
        handling.assign(ticket, to=ines, by=ines, at=LATER, version=seen)


def test_spam_gives_the_unit_back_and_stops_the_clocks(ticket, rui, bruno):
    handling.mark_spam(ticket, by=rui, at=LATER)

    assert {c.state for c in ticket.clock_set.clocks.all()} == {"cancelled"}
    assert list(Charge.objects.values_list("kind", flat=True)) == ["debit", "reversal"]
    assert list(visibility.tickets_of(bruno)) == []


def test_an_unknown_sender_once_linked_is_charged_and_clocked_from_the_receipt(desk, rui, azenha):
    ticket = take_in(by_mail("bruno@private.example")).ticket

    handling.link_requester(ticket, organisation=azenha, by=rui, at=LATER)

    assert (ticket.entitlement, ticket.organisation) == ("inside", azenha)
    assert clock(ticket)[1] == datetime(2026, 3, 11, 21, tzinfo=UTC)
    assert Charge.objects.get().at == TUESDAY_10
    with pytest.raises(AlreadyLinked):
        handling.link_requester(ticket, organisation=azenha, by=rui, at=LATER)


def test_an_answer_given_before_the_link_counts(desk, rui, azenha):
    ticket = take_in(by_mail("bruno@private.example")).ticket
    handling.reply(ticket, text="Who are you?", by=rui, at=LATER)

    handling.link_requester(ticket, organisation=azenha, by=rui, at=LATER + timedelta(hours=1))

    assert clock(ticket)[::2] == ("met", LATER)


def test_a_customer_solves_their_own_ticket_twice_with_one_effect(ticket, bruno):
    for _ in range(2):
        customer_side.solve(ticket, by=bruno, at=LATER)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at) == ("solved", LATER)
    assert ticket.events.filter(kind="status").count() == 1


def test_beat_closes_what_was_solved_a_week_ago_once(ticket, bruno, rui):
    customer_side.solve(ticket, by=bruno, at=LATER)

    days = (timedelta(days=6), timedelta(days=7), timedelta(days=8))
    assert [lifecycle.close_solved(at=LATER + day) for day in days] == [0, 1, 0]

    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == ("closed", LATER + timedelta(days=7))
    with pytest.raises(TicketClosed):
        handling.reply(ticket, text="Late", by=rui, at=LATER + timedelta(days=9))


def test_history_cannot_be_rewritten(ticket, rui):
    from django.db import DatabaseError, transaction

    for change in (lambda: ticket.events.update(by="nobody"), lambda: ticket.events.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_requester_of_another_organisation_sees_nothing(ticket, chloe, ana):
    assert list(visibility.tickets_of(chloe)) == []
    assert list(visibility.tickets_of(ana)) == [ticket]
    assert Organisation.objects.count() == 2
    assert Message.objects.count() == 1
