"""Tickets of people whom the contract does not name: kept, answered, and taken up once they are (CM-06)."""

from datetime import timedelta

import pytest

from contracts import named_contacts
from contracts.models import Charge
from helpdesk import handling, naming
from helpdesk.admin import dashboard, rows
from helpdesk.models import OutboundMessage, Ticket
from helpdesk.naming import NothingToTakeUp, NotNamed, NotYours
from tests.cast import TUESDAY_10, agreed, by_mail, by_portal, rewrite, take_in

LATER = TUESDAY_10 + timedelta(hours=3)
BRUNO = "bruno@azenha.example"


@pytest.fixture
def only_ana(desk, contract, ana):
    """Azenha's agreement names two at most, and Ana is the only one."""
    rewrite(agreed(contract), named_contacts_max=2)
    named_contacts.add(contract, ana, at=TUESDAY_10 - timedelta(days=1), by="account:1")
    return contract


@pytest.fixture
def waiting(only_ana):
    """Bruno's mail, which nobody owes an answer yet."""
    return take_in(by_mail(BRUNO)).ticket


def state(ticket):
    ticket.refresh_from_db()
    return ticket.entitlement, ticket.clock_set is not None, Charge.objects.count()


def first_due(ticket):
    return ticket.clock_set.clocks.get(metric="first_response").due_at


def test_a_mail_is_kept_and_answered_and_takes_nothing(waiting, bruno):
    assert state(waiting) == ("not_named", False, 0)
    assert waiting.requester == bruno
    told = OutboundMessage.objects.get(kind="acknowledgement").text
    assert "nomeia as pessoas" in told
    assert "resposta até" not in told


def test_a_signed_in_door_is_told_why_and_keeps_nothing(only_ana, bruno):
    with pytest.raises(NotNamed, match="Ask a manager"):
        take_in(by_portal(bruno))
    assert not Ticket.objects.exists()


def test_whoever_is_named_and_whoever_manages_may_ask(only_ana, ana, bruno):
    assert take_in(by_portal(ana)).ticket.entitlement == "inside"
    naming.name(BRUNO, name="", by=ana, at=TUESDAY_10)
    assert take_in(by_portal(bruno), LATER).ticket.entitlement == "inside"


def test_what_stops_all_work_waits_for_nobody(only_ana, bruno):
    assert take_in(by_portal(bruno, impact="all_blocked")).ticket.entitlement == "inside"


def test_named_it_is_charged_in_its_own_period_and_clocked_from_then_on(waiting, ana):
    naming.name("BRUNO@azenha.example", name="", by=ana, at=LATER)
    assert [naming.take_up_named(at=LATER), naming.take_up_named(at=LATER)] == [1, 0]
    assert state(waiting) == ("inside", True, 1)
    charge = Charge.objects.get()
    assert (charge.at, charge.by) == (waiting.received_at, "system:named_contacts")
    assert waiting.clock_set.started_at == LATER


def test_nobody_named_takes_nothing_up(waiting):
    assert naming.take_up_named(at=LATER) == 0
    assert state(waiting) == ("not_named", False, 0)


def test_what_was_solved_meanwhile_stays_as_it_is(waiting, ana, rui):
    handling.reply(waiting, text="Done by phone.", then="solved", by=rui, at=LATER)
    naming.name(BRUNO, name="", by=ana, at=LATER)
    assert naming.take_up_named(at=LATER) == 0
    assert state(waiting) == ("not_named", False, 0)


def test_an_agent_takes_it_up_all_the_same_once(waiting, rui):
    naming.accept(waiting, by=rui, at=LATER)
    assert state(waiting) == ("inside", True, 1)
    with pytest.raises(NothingToTakeUp):
        naming.accept(waiting, by=rui, at=LATER)
    assert waiting.events.filter(kind="taken_up").count() == 1


def test_made_urgent_it_is_taken_up(waiting, rui):
    handling.set_priority(waiting, priority="urgent", reason="All of them", by=rui, at=LATER)
    assert state(waiting) == ("inside", True, 1)
    assert waiting.clock_set.clocks.get(metric="first_response").due_at == LATER + timedelta(hours=4)


def test_taken_up_beyond_the_quota_it_waits_for_the_manager(waiting, plus, rui):
    rewrite(plus, units=0, over_quota="require_manager_approval")
    naming.accept(waiting, by=rui, at=LATER)
    assert state(waiting) == ("awaiting_approval", False, 0)
    assert waiting.contract.approvals.get().ticket_uid == waiting.uid


def test_only_their_own_manager_names_and_removes(waiting, only_ana, bruno, chloe):
    contact = only_ana.named_contacts.get()
    for who in (bruno, chloe):
        with pytest.raises(NotYours):
            naming.remove(contact.pk, by=who, at=LATER)
    with pytest.raises(NotYours):
        naming.name(BRUNO, name="", by=bruno, at=LATER)
    assert naming.waiting(bruno) == naming.waiting(chloe) == []


def test_a_linked_stranger_beyond_the_quota_is_asked_about(desk, azenha, plus, rui):
    stranger = take_in(by_mail("bruno@gmail.com")).ticket
    rewrite(plus, units=0, over_quota="require_manager_approval")
    handling.link_requester(stranger, organisation=azenha, by=rui, at=LATER)
    assert state(stranger)[0] == "awaiting_approval"
    assert stranger.contract.approvals.get().ticket_uid == stranger.uid


def test_the_queue_raises_no_alarm_over_what_nobody_owes(waiting):
    assert not rows.QueueRow.of(waiting, at=LATER).lacks_a_promise
    assert not Ticket.objects.filter(dashboard.UNPROMISED).exists()
