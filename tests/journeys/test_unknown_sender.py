"""An unknown sender, linked later: charged and clocked from the receipt, as if known from the start."""

from datetime import UTC, datetime

import pytest

from contracts.models import Charge
from helpdesk.models import Ticket
from sla.models import ClockSet
from tests.doors import body_of, console, written

pytestmark = pytest.mark.django_db

ZOE = "zoe@private.example"


def march(day, hour):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def asked(in_order, pipe, beat) -> Ticket:
    line = pipe(written(f"Zoé <{ZOE}>", "The SECRETWORD is broken.", subject="SECRETSUBJECT"))
    beat()
    return Ticket.objects.get(pk=line["ticket"])


@pytest.fixture
def linked(asked, clock, at_work, rui) -> Ticket:
    """An hour later Rui finds out that she works for Azenha."""
    clock.at(march(10, 11))
    page = at_work(rui).get(console(asked))
    page.send(console(asked, "link"), organisation="Azenha Hotels")
    assert "Linked to Azenha Hotels" in page.text
    asked.refresh_from_db()
    return asked


def test_it_is_taken_in_without_quota_or_clock(asked):
    assert (asked.entitlement, asked.organisation, asked.contract) == ("unverified", None, None)
    assert (Charge.objects.count(), ClockSet.objects.count()) == (0, 0)


def test_whoever_wrote_is_told_a_number_and_nothing_of_what_was_written(asked, mailbox):
    (mail,) = mailbox(ZOE)
    assert mail["Subject"].endswith(f"[#{asked.pk}]")
    assert "SECRET" not in mail.as_string().upper()
    assert "SECRET" not in body_of(mail).upper()


def test_a_stranger_gets_no_code_to_sign_in(asked, beat, mailbox):
    from tests.visitor import Visitor

    mailbox(ZOE)
    page = Visitor().get("/accounts/login/code/").send("/accounts/login/code/", email=ZOE)
    beat()

    assert (page.address, mailbox(ZOE)) == ("/accounts/login/code/confirm/", [])


def test_once_linked_it_is_charged_and_clocked_from_the_receipt(linked, azenha, contract):
    assert (linked.entitlement, linked.organisation, linked.contract) == ("inside", azenha, contract)
    assert list(Charge.objects.values_list("at", "ticket_uid")) == [(march(10, 10), linked.uid)]
    clocks = linked.clock_set.clocks.all()
    assert {clock.metric: (clock.started_at, clock.due_at) for clock in clocks} == {
        "first_response": (march(10, 10), march(11, 21)),
        "resolution": (march(10, 10), march(12, 10)),
    }
    assert linked.next_due_at == march(11, 21)


def test_linking_twice_changes_nothing_more(linked, at_work, rui):
    page = at_work(rui).get(console(linked))
    assert console(linked, "link") not in {form.get("action") for form in page.tree.forms}
    assert Charge.objects.count() == 1


def test_from_then_on_she_is_a_customer(linked, pipe, at_home):
    line = pipe(written(ZOE, "And another thing.", subject="Second"))
    home = at_home(ZOE)

    assert Ticket.objects.get(pk=line["ticket"]).entitlement == "inside"
    assert {f"/tickets/{linked.pk}/", f"/tickets/{line['ticket']}/"} <= set(home.links)
