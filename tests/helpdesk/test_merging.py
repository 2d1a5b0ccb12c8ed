"""AG-09: duplicates become one; quota is not spent twice, and no answer is owed later than before."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contracts.models import Charge
from helpdesk import handling, intake, merging, roles
from helpdesk.merging import AnotherCustomers, CannotBeMerged, MergedIntoItself, NotGoingOn
from helpdesk.models import Message, Ticket, Watcher
from helpdesk.refusals import ChangedMeanwhile
from sla.models import Clock
from tests.cast import TUESDAY_10, by_mail, by_portal, take_in

pytestmark = pytest.mark.django_db

LATER = TUESDAY_10 + timedelta(hours=1)
NOON = TUESDAY_10 + timedelta(hours=2)


@pytest.fixture
def first(desk, bruno) -> Ticket:
    """Bruno's printer, at ten."""
    return take_in(by_portal(bruno)).ticket


@pytest.fixture
def second(first, bruno) -> Ticket:
    """The same an hour later."""
    return take_in(by_portal(bruno, subject="Printer again"), LATER).ticket


def clocks_of(ticket: Ticket) -> dict[str, tuple]:
    rows = Clock.objects.filter(clock_set=ticket.clock_set_id).order_by("pk")
    return {clock.metric: (clock.state, clock.started_at) for clock in rows}


def live_debits() -> set:
    live = Charge.objects.filter(kind="debit", reversed_by=None)
    return set(live.values_list("ticket_uid", flat=True))


def history(ticket: Ticket) -> list[tuple]:
    return list(ticket.events.order_by("id").values_list("kind", "facts"))[-1:]


# --- what becomes of both -------------------------------------------------------------------------


def test_one_goes_on_and_the_other_says_which(first, second, rui):
    merging.merge(second, into=first, by=rui, at=NOON)

    assert (second.status, second.merged_into, second.next_due_at) == ("merged", first, None)
    assert (first.status, first.merged_into) == ("new", None)
    assert history(second) == [("merged", {"before": "new", "into": first.pk})]
    assert history(first) == [("absorbed", {"number": second.pk})]


def test_the_clocks_of_the_merged_one_end_and_the_others_run(first, second, rui):
    due = first.next_due_at

    merging.merge(second, into=first, by=rui, at=NOON)

    assert {state for state, _ in clocks_of(second).values()} == {"cancelled"}
    assert clocks_of(first) == {
        "first_response": ("running", TUESDAY_10),
        "resolution": ("running", TUESDAY_10),
    }
    assert first.next_due_at == due


def test_of_the_same_person_an_answer_is_owed_since_the_earlier_start(first, second, rui):
    merging.merge(first, into=second, by=rui, at=NOON)

    assert clocks_of(second)["first_response"] == ("running", TUESDAY_10)


def test_of_different_people_the_clocks_stay_as_they_are(first, ana, rui):
    anas = take_in(by_portal(ana), LATER).ticket

    merging.merge(first, into=anas, by=rui, at=NOON)

    assert clocks_of(anas)["first_response"] == ("running", LATER)
    assert {state for state, _ in clocks_of(first).values()} == {"cancelled"}


def test_messages_stay_where_they_were_said(first, second, rui):
    merging.merge(second, into=first, by=rui, at=NOON)

    assert [ticket.pk for ticket in merging.merged_into(first)] == [second.pk]
    assert second.messages.filter(kind="customer").count() == 1
    assert first.messages.filter(kind="customer").count() == 1


def test_whoever_took_part_takes_part_in_what_goes_on(first, ana, bruno, rui):
    anas = take_in(by_portal(ana), LATER).ticket
    Watcher.objects.create(ticket=first, person=ana)

    merging.merge(first, into=anas, by=rui, at=NOON)

    assert [watcher.person for watcher in anas.watchers.all()] == [bruno]


# --- quota ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("goes_on", ["first", "second"])
def test_the_younger_ones_unit_goes_back_whichever_goes_on(first, second, goes_on, rui):
    pair = (second, first) if goes_on == "first" else (first, second)
    merging.merge(pair[0], into=pair[1], by=rui, at=NOON)

    assert live_debits() == {first.uid}
    assert Charge.objects.get(kind="reversal").reason == "merged"


def test_after_seven_days_both_count(first, second, rui):
    merging.merge(second, into=first, by=rui, at=LATER + timedelta(days=7, seconds=1))

    assert live_debits() == {first.uid, second.uid}


def test_seven_days_are_seven_days(first, second, rui):
    merging.merge(second, into=first, by=rui, at=LATER + timedelta(days=7))

    assert live_debits() == {first.uid}


def test_a_plan_says_what_will_happen_and_does_nothing(first, second, ana):
    anas = take_in(by_portal(ana), LATER).ticket
    planned = [merging.plan(one, into=first, at=NOON) for one in (second, anas)]

    assert [(one.unit_comes_back, one.keeps_earlier_start, one.watchers) for one in planned] == [
        (True, True, ()),
        (True, False, (ana,)),
    ]
    assert live_debits() == {first.uid, second.uid, anas.uid}
    assert not Ticket.objects.filter(status="merged").exists()


# --- refused --------------------------------------------------------------------------------------


def test_what_is_another_customers_is_never_joined(first, chloe, rui):
    hers = take_in(by_portal(chloe), LATER).ticket

    for ticket, into in ((hers, first), (first, hers)):
        with pytest.raises(AnotherCustomers):
            merging.merge(ticket, into=into, by=rui, at=NOON)


def test_strangers_are_no_organisation(desk, rui):
    tickets = [take_in(by_mail(f"{name}@gmail.com"), LATER).ticket for name in ("x", "y", "x")]

    with pytest.raises(AnotherCustomers):
        merging.merge(tickets[1], into=tickets[0], by=rui, at=NOON)
    merging.merge(tickets[2], into=tickets[0], by=rui, at=NOON)
    assert tickets[2].status == "merged"


def test_a_ticket_is_not_merged_into_itself(first, rui):
    with pytest.raises(MergedIntoItself):
        merging.merge(first, into=first, by=rui, at=NOON)
    with pytest.raises(IntegrityError, match="no_ticket_is_merged_into_itself"), transaction.atomic():
        Ticket.objects.update(status="merged", merged_into=first)


def test_no_cycle_can_arise(first, second, bruno, rui):
    third = take_in(by_portal(bruno), LATER).ticket
    merging.merge(second, into=first, by=rui, at=NOON)
    merging.merge(first, into=third, by=rui, at=NOON)

    for into in (first, second):
        with pytest.raises(NotGoingOn):
            merging.merge(third, into=into, by=rui, at=NOON)

    assert merging.survivor_of(second) == third
    assert [one.pk for one in merging.merged_into(third)] == [first.pk, second.pk]


@pytest.mark.parametrize("status", ["closed", "spam", "merged"])
def test_what_is_over_is_neither_merged_nor_goes_on(first, second, bruno, status, rui):
    facts = {"closed": {"solved_at": LATER, "closed_at": LATER}, "merged": {"merged_into": first}}
    Ticket.objects.filter(pk=second.pk).update(status=status, **facts.get(status, {}))

    with pytest.raises(CannotBeMerged):
        merging.merge(second, into=first, by=rui, at=NOON)
    with pytest.raises(NotGoingOn):
        merging.merge(first, into=second, by=rui, at=NOON)


def test_a_solved_one_can_be_merged_and_does_not_go_on(first, second, rui):
    handling.reply(second, text="Done.", by=rui, at=NOON, then="solved")

    with pytest.raises(NotGoingOn):
        merging.merge(first, into=second, by=rui, at=NOON)
    merging.merge(second, into=first, by=rui, at=NOON)
    assert (second.status, second.solved_at) == ("merged", None)


def test_whoever_looked_at_an_older_version_looks_again(first, second, rui, ines):
    seen = second.version
    handling.assign(second, to=ines, by=ines, at=LATER)

    with pytest.raises(ChangedMeanwhile):
        merging.merge(second, into=first, by=rui, at=NOON, version=seen)


@pytest.mark.parametrize(
    "fields", [{"status": "merged"}, {"merged_into": 1}], ids=["without a master", "without the status"]
)
def test_the_database_keeps_status_and_master_together(first, second, fields):
    given = {name: first if name == "merged_into" else value for name, value in fields.items()}
    with pytest.raises(IntegrityError, match="a_merged_ticket_names"), transaction.atomic():
        Ticket.objects.filter(pk=second.pk).update(**given)


# --- what is written afterwards -------------------------------------------------------------------


@pytest.fixture
def merged(first, second, rui) -> Ticket:
    merging.merge(second, into=first, by=rui, at=NOON)
    return second


def test_what_a_customer_writes_to_a_merged_ticket_goes_to_the_one_that_goes_on(merged, first, bruno):
    receipt = take_in(by_portal(bruno, ticket=merged, text="Any news?"), NOON)

    assert (receipt.outcome, receipt.ticket, receipt.message.ticket) == (intake.Outcome.ADDED, first, first)
    assert merged.messages.filter(text="Any news?").count() == 0


def test_so_does_a_mail_with_its_number(merged, first):
    mail = by_mail(
        "bruno@azenha.example", subject=f"Re: [#{merged.pk}]", text="Any news?", is_authenticated=True
    )

    assert take_in(mail, NOON).ticket == first


def test_a_chain_is_followed_to_its_end(merged, first, bruno, rui):
    third = take_in(by_portal(bruno), LATER).ticket
    merging.merge(first, into=third, by=rui, at=NOON)

    assert take_in(by_portal(bruno, ticket=merged, text="Any news?"), NOON).ticket == third


def test_a_colleague_who_took_part_writes_on(first, ana, bruno, rui):
    anas = take_in(by_portal(ana), LATER).ticket
    merging.merge(first, into=anas, by=rui, at=NOON)

    assert take_in(by_portal(bruno, ticket=first, text="Any news?"), NOON).ticket == anas


def test_when_the_one_that_went_on_is_closed_a_new_one_follows_it(merged, first, bruno):
    Ticket.objects.filter(pk=first.pk).update(status="closed", solved_at=NOON, closed_at=NOON)

    receipt = take_in(by_portal(bruno, ticket=merged, text="Any news?"), NOON)

    assert (receipt.outcome, receipt.ticket.follows) == (intake.Outcome.OPENED_LINKED, first)


def test_nobody_answers_on_a_merged_ticket(merged, rui):
    from helpdesk.refusals import TicketClosed

    with pytest.raises(TicketClosed):
        handling.reply(merged, text="Hello", by=rui, at=NOON)
    assert not Message.objects.filter(ticket=merged, kind="agent").exists()


def test_every_agent_may_merge(db):
    assert "helpdesk.change_ticket" in roles.rights_of(roles.AGENT)
