"""The quota runs out: what comes after is taken in, flagged and told, and what is urgent keeps its target."""

from datetime import UTC, datetime

import pytest

from contracts import quota
from contracts.models import Charge
from helpdesk.models import Ticket
from tests.cast import rewrite
from tests.doors import body_of, console, written

pytestmark = pytest.mark.django_db

ANA, BRUNO, VERA = "ana@azenha.example", "bruno@azenha.example", "vera@lumiar.example"


def march(day, hour):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def targets_of(ticket):
    return {clock.metric: (clock.state, clock.due_at) for clock in ticket.clock_set.clocks.all()}


@pytest.fixture
def used_up(in_order, plus, pipe, beat, mailbox) -> Ticket:
    """Two tickets a month, and three mails; gives the third one's ticket."""
    rewrite(plus, units=2)
    for number in (1, 2, 3):
        subject = f"Heating {number}"
        pipe(written(BRUNO, "It is cold.", subject=subject, Message_ID=f"<{number}@azenha.example>"))
    beat()
    return Ticket.objects.get(subject="Heating 3")


def test_it_is_accepted_and_flagged_without_a_target(used_up, contract):
    entitlements = Ticket.objects.order_by("id").values_list("entitlement", flat=True)
    assert list(entitlements) == ["inside", "inside", "flagged"]
    assert targets_of(used_up) == {
        "first_response": ("not_applicable", None),
        "resolution": ("not_applicable", None),
    }
    line = quota.quota_line(contract, at=march(10, 10))
    assert (line.used, line.units, line.remaining, line.over) == (2, 2, 0, 1)
    assert list(Charge.objects.values_list("is_over", flat=True)) == [False, False, True]
    assert quota.verify() == []


def test_the_customer_is_told_at_once_that_no_goal_applies(used_up, mailbox):
    goals = ["12/03/2026" in body or "12 de março" in body for body in map(body_of, mailbox(BRUNO))]
    assert goals == [True, True, False]


def test_manager_and_account_owner_are_told_once(used_up, beat, mailbox):
    beat()
    about = [mail["Subject"] for mail in mailbox(VERA)]
    to_ana = mailbox(ANA)

    assert about == [
        "Azenha Hotels: 1 of 2 tickets used in March 2026",
        "Azenha Hotels: 2 of 2 tickets used in March 2026",
        f"Azenha Hotels: ticket #{used_up.pk} goes beyond the plan in March 2026",
    ]
    assert len(to_ana) == 3
    assert "Heating 3" in body_of(to_ana[-1])
    assert {mail["Auto-Submitted"] for mail in to_ana} == {"auto-generated"}


def test_the_portal_says_so_before_another_one_is_spent(used_up, at_home):
    page = at_home(BRUNO).get("/tickets/new/", lang="en")
    assert "2 of 2 used, resets" in page.text
    assert "This ticket would be beyond your quota. It is accepted and flagged" in page.text
    ticket = page.get(f"/tickets/{used_up.pk}/", lang="en").text
    assert "Beyond your quota: accepted, without a goal unless it is urgent" in ticket


def test_the_queue_has_it_under_over_quota(used_up, at_work, rui):
    page = at_work(rui).get("/admin/helpdesk/ticket/", tab="over_quota")
    assert [link for link in page.links if link in set(map(console, Ticket.objects.all()))] == [
        console(used_up)
    ]


def test_an_agent_makes_it_urgent_and_it_has_its_target_from_the_receipt(used_up, clock, at_work, rui):
    clock.at(march(10, 11))
    page = at_work(rui).get(console(used_up))
    page.send(console(used_up, "priority"), priority="urgent", reason="Guests are freezing")

    used_up.refresh_from_db()
    assert used_up.entitlement == "flagged"
    assert targets_of(used_up) == {
        "first_response": ("running", march(10, 14)),
        "resolution": ("running", march(12, 10)),
    }
    assert used_up.next_due_at == march(10, 14)


def test_next_month_begins_anew(used_up, clock, pipe):
    clock.at(datetime(2026, 4, 1, 8, tzinfo=UTC))
    line = pipe(written(BRUNO, "Again.", subject="Heating 4", Message_ID="<4@azenha.example>"))
    assert Ticket.objects.get(pk=line["ticket"]).entitlement == "inside"
