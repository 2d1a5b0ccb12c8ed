"""A message arrives, and the desk knows what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.models import Address, Charge, Notice, Person
from helpdesk.incoming import IncomingFile
from helpdesk.intake import Outcome
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.refusals import FileRefused, NotYourTicket, SubjectMissing, TextMissing
from sla.models import Clock, ClockSet
from tests.cast import TUESDAY_10, agree, by_mail, by_portal, by_whatsapp, offer, rewrite, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"


def clocks_of(ticket):
    """State and due time of each clock, by metric."""
    return {clock.metric: (clock.state, clock.due_at) for clock in ticket.clock_set.clocks.all()}


def test_a_mail_becomes_a_charged_and_clocked_and_acknowledged_ticket(desk, bruno, azenha, contract, plus):
    receipt = take_in(by_mail(BRUNO, subject="Printer on fire", text="Since nine."))

    ticket = Ticket.objects.get()
    assert receipt.outcome is Outcome.OPENED
    assert (ticket.subject, ticket.requester, ticket.organisation) == ("Printer on fire", bruno, azenha)
    assert (ticket.contract, ticket.plan_version) == (contract, plus)
    assert (ticket.entitlement, ticket.status, ticket.priority.key) == ("inside", "new", "medium")
    assert (ticket.priority_source, ticket.received_at) == ("default", TUESDAY_10)
    assert list(ticket.messages.values_list("kind", "text")) == [("customer", "Since nine.")]
    assert list(Charge.objects.values_list("kind", "units", "ticket_uid")) == [("debit", -1, ticket.uid)]
    assert clocks_of(ticket) == {
        "first_response": ("running", datetime(2026, 3, 11, 21, tzinfo=UTC)),
        "resolution": ("running", datetime(2026, 3, 12, 10, tzinfo=UTC)),
    }
    assert (ticket.next_due_at, ticket.next_due_metric) == (
        datetime(2026, 3, 11, 21, tzinfo=UTC),
        "first_response",
    )
    assert list(OutboundMessage.objects.values_list("kind", "to")) == [("acknowledgement", BRUNO)]


def test_the_same_delivery_twice_is_one_ticket_and_one_charge(desk):
    first = take_in(by_mail(BRUNO, idempotency_key="mail:1"))
    second = take_in(by_mail(BRUNO, idempotency_key="mail:1"))

    assert (second.outcome, second.ticket) == (Outcome.REPEATED, first.ticket)
    assert (Ticket.objects.count(), Message.objects.count(), Charge.objects.count()) == (1, 1, 1)


def test_an_unknown_sender_is_accepted_without_quota_or_clock(desk):
    receipt = take_in(by_mail("zoe@nowhere.example"))

    assert receipt.ticket.entitlement == "unverified"
    assert (receipt.ticket.organisation, receipt.ticket.contract, receipt.ticket.clock_set) == (None,) * 3
    assert (Charge.objects.count(), ClockSet.objects.count()) == (0, 0)


def test_a_newcomer_of_a_known_domain_belongs_to_its_organisation(desk, azenha):
    receipt = take_in(by_mail("Nova@Azenha.example"))

    assert receipt.ticket.organisation == azenha
    assert Address.objects.get(value="nova@azenha.example").person.account is None


def test_a_ticket_beyond_the_quota_is_accepted_and_flagged_without_target(desk, plus):
    rewrite(plus, units=1)
    take_in(by_mail(BRUNO))

    flagged = take_in(by_mail(BRUNO, subject="One more")).ticket

    assert flagged.entitlement == "flagged"
    assert clocks_of(flagged) == {
        "first_response": ("not_applicable", None),
        "resolution": ("not_applicable", None),
    }
    assert flagged.next_due_at is None
    assert Notice.objects.filter(kind="over_quota").count() == 1


def test_an_expired_contract_leaves_the_ticket_uncovered_and_tells_the_owner_once_a_day(desk, contract):
    contract.ends_at = TUESDAY_10 - timedelta(days=1)
    contract.save()

    tickets = [take_in(by_mail(BRUNO, subject=word)).ticket for word in ("one", "two")]

    assert [(t.entitlement, t.clock_set) for t in tickets] == [("uncovered", None)] * 2
    assert Notice.objects.filter(kind="uncovered").count() == 1


def test_the_first_priority_is_the_nearest_lower_one_that_the_plan_offers(desk, plus, priorities):
    offer(plus, [priorities["urgent"], priorities["low"]])

    assert take_in(by_mail(BRUNO)).ticket.priority.key == "low"


def test_a_customers_next_mail_resumes_what_waited_for_them(desk, bruno, rui):
    from helpdesk import handling

    ticket = take_in(by_portal(bruno)).ticket
    handling.reply(
        ticket, text="Which one?", by=rui, at=TUESDAY_10 + timedelta(hours=1), then="waiting_customer"
    )
    assert clocks_of(ticket)["resolution"] == ("paused", None)

    take_in(by_portal(bruno, ticket=ticket, text="The big one."), TUESDAY_10 + timedelta(hours=3))

    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert clocks_of(ticket)["resolution"] == ("running", datetime(2026, 3, 12, 12, tzinfo=UTC))
    assert Charge.objects.count() == 1


def test_an_automatic_answer_joins_the_conversation_but_resumes_nothing(desk, bruno, rui):
    from helpdesk import handling

    ticket = take_in(by_portal(bruno)).ticket
    handling.reply(ticket, text="Which one?", by=rui, at=TUESDAY_10, then="waiting_customer")

    take_in(by_portal(bruno, ticket=ticket, text="I am away.", is_automatic=True))

    ticket.refresh_from_db()
    assert ticket.status == "waiting_customer"
    assert ticket.messages.filter(is_automatic=True).count() == 1


def test_an_automatic_mail_for_no_ticket_is_ignored(desk):
    receipt = take_in(by_mail(BRUNO, is_automatic=True, may_open=False))

    assert receipt.outcome is Outcome.IGNORED
    assert Ticket.objects.count() == 0


def test_list_mail_opens_a_ticket_that_is_never_answered(desk):
    receipt = take_in(by_mail(BRUNO, is_automatic=True))

    assert receipt.outcome is Outcome.OPENED
    assert OutboundMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"subject": "  "}, SubjectMissing),
        ({"text": "\n"}, TextMissing),
        ({"files": (IncomingFile("a.txt", "text/plain", b""),)}, FileRefused),
        ({"files": (IncomingFile("virus.EXE", "text/plain", b"x"),)}, FileRefused),
    ],
)
def test_a_signed_in_customer_is_told_what_is_missing_and_nothing_is_stored(desk, bruno, fields, refusal):
    with pytest.raises(refusal):
        take_in(by_portal(bruno, **fields))

    assert Ticket.objects.count() == 0


def test_nobody_answers_another_customers_ticket(desk, bruno, chloe):
    ticket = take_in(by_portal(bruno)).ticket

    with pytest.raises(NotYourTicket):
        take_in(by_portal(chloe, ticket=ticket))

    assert ticket.messages.count() == 1


def test_a_mail_without_subject_is_named_by_its_first_words(desk):
    assert (
        take_in(by_mail(BRUNO, subject="", text="The lift\nis stuck.")).ticket.subject == "The lift is stuck."
    )


def test_an_over_long_subject_is_cut_for_display(desk):
    subject = take_in(by_mail(BRUNO, subject="x" * 5000)).ticket.subject
    assert (len(subject), subject[-1]) == (255, "…")


def test_one_whatsapp_number_has_one_open_conversation(desk, bruno):
    Address.objects.create(person=bruno, kind="whatsapp", value="+351912345678")
    first = take_in(by_whatsapp("+351912345678", "The door is stuck"))
    second = take_in(by_whatsapp("+351912345678", "and so is the lift"), TUESDAY_10 + timedelta(minutes=5))
    third = take_in(by_whatsapp("+351912345678", "new"), TUESDAY_10 + timedelta(minutes=6))

    assert (first.outcome, second.outcome, third.outcome) == (Outcome.OPENED, Outcome.ADDED, Outcome.OPENED)
    assert second.ticket == first.ticket
    assert second.ticket.whatsapp_until == TUESDAY_10 + timedelta(minutes=5, hours=24)


def test_a_reply_after_a_week_opens_a_new_ticket_that_follows_the_old_one(desk, bruno, rui):
    from helpdesk import handling

    ticket = take_in(by_portal(bruno)).ticket
    handling.reply(ticket, text="Done.", by=rui, at=TUESDAY_10, then="solved")

    soon = take_in(by_portal(bruno, ticket=ticket, text="Not quite"), TUESDAY_10 + timedelta(days=6))
    handling.set_status(soon.ticket, status="solved", by=rui, at=TUESDAY_10 + timedelta(days=6, hours=1))
    late = take_in(by_portal(bruno, ticket=ticket, text="Again"), TUESDAY_10 + timedelta(days=14))

    assert (soon.outcome, soon.ticket) == (Outcome.ADDED, ticket)
    assert (late.outcome, late.ticket.follows) == (Outcome.OPENED_LINKED, ticket)
    assert Charge.objects.filter(kind="debit").count() == 2


def test_a_contract_cell_overrules_the_policy(desk, contract, priorities):
    agree(contract, "first_response", priorities["medium"], unit="business_hours", amount=2)

    ticket = take_in(by_mail(BRUNO)).ticket

    assert clocks_of(ticket)["first_response"] == ("running", TUESDAY_10 + timedelta(hours=2))


def test_the_whole_story_takes_few_statements(desk, django_assert_max_num_queries):
    take_in(by_mail(BRUNO))  # the month's allotment exists from here on

    with django_assert_max_num_queries(40):
        take_in(by_mail(BRUNO, subject="Another"))


def test_two_customers_stay_apart(desk, azenha, bellecour):
    tickets = [take_in(by_mail(who)).ticket for who in (BRUNO, "chloe@bellecour.example")]
    assert [ticket.organisation for ticket in tickets] == [azenha, bellecour]
    assert Person.objects.count() == 3
    assert Clock.objects.count() == 4
