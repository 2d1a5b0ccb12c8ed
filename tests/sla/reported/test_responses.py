"""Reports of other desks: who has answered whom, and when an answer is owed."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from helpdesk import handling
from sla import alarms, clocks
from sla.hours import EventKind, Metric, Target, Terms
from sla.models import Alarm, Clock
from tests.cast import TUESDAY_10, by_portal, take_in
from tests.sla.conftest import BY, clock_of, march, rang, stands

pytestmark = pytest.mark.django_db

K = EventKind
HOUR = 3600


@pytest.fixture
def with_next(terms):
    """The published numbers, and an hour for each further message."""
    return replace(terms, targets=terms.targets | {Metric.NEXT_RESPONSE: {"urgent": Target.seconds(HOUR)}})


@pytest.fixture
def live(begin):
    """An urgent ticket of Tuesday the 10th, ten o'clock, after what happened to it."""

    def live(*happenings, **changes):
        clock_set = begin("urgent", **changes)
        for kind, when in happenings:
            clocks.record(clock_set, kind, at=when, by=BY)
        return clock_set

    return live


def sweep(at) -> int:
    """How many clocks rang until then."""
    return sum(iter(lambda: alarms.ring_due(at=at), 0))


# --- the first response ---------------------------------------------------------------------------


def test_a_merged_ticket_rings_no_more(live):
    """zammad/zammad#904: a ticket that had been merged into another one escalated."""
    clock_set = live((K.MERGED, march(10, 11)))

    assert sweep(march(20, 12)) == 0
    assert not Alarm.objects.exists()
    assert stands(clock_set) == {
        "first_response": ("cancelled", None, None),
        "resolution": ("cancelled", None, None),
    }


def test_a_public_answer_is_a_response_and_a_note_is_none(desk, bruno, rui):
    """zammad/zammad#1620: what an agent wrote for the customer on the web was no response."""
    ticket = take_in(by_portal(bruno)).ticket
    first = ticket.clock_set.clocks.get(metric="first_response")

    handling.add_note(ticket, text="Ask the supplier", by=rui, at=TUESDAY_10 + timedelta(minutes=5))
    first.refresh_from_db()
    assert (first.state, first.met_at) == ("running", None)

    answered_at = TUESDAY_10 + timedelta(minutes=9)
    handling.reply(ticket, text="Have you tried the other tray?", by=rui, at=answered_at)
    first.refresh_from_db()
    assert (first.state, first.met_at) == ("met", answered_at)


def test_what_a_customer_writes_on_the_portal_ends_the_wait(desk, bruno, rui):
    """zammad/zammad#1322: a message from the web did not start the clock again."""
    ticket = take_in(by_portal(bruno)).ticket
    handling.reply(ticket, text="Which tray?", by=rui, at=TUESDAY_10, then="waiting_customer")
    resolution = ticket.clock_set.clocks.get(metric="resolution")
    assert (resolution.state, resolution.due_at) == ("paused", None)

    browser = Client()
    browser.force_login(bruno.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.post(f"/tickets/{ticket.pk}/reply/", {"text": "The left one.", "key": str(uuid.uuid4())})

    assert answer.status_code == 302
    resolution.refresh_from_db()
    assert (resolution.state, resolution.remaining_seconds) == ("running", None)
    assert resolution.due_at is not None


def test_without_a_target_nothing_is_missed(begin):
    """frappe/helpdesk#1643: a policy without a resolution target showed "failed"."""
    terms = Terms({Metric.FIRST_RESPONSE: {"low": Target.seconds(HOUR)}, Metric.RESOLUTION: {"low": None}})
    clock_set = begin("low", terms=terms)
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 10, 30), by=BY)

    assert sweep(march(30, 12)) == 0
    clocks.record(clock_set, K.SOLVE, at=march(30, 12), by=BY)
    assert stands(clock_set)["resolution"] == ("not_applicable", None, None)
    assert clocks.due_facts(clock_set) == clocks.DueFacts(None, "", is_breached=False)


# --- the next response ----------------------------------------------------------------------------


def test_who_was_answered_does_not_wait(live, with_next):
    """zammad/zammad#3140: it escalated although the agent had answered."""
    answered = (
        (K.AGENT_REPLY, march(10, 11)),
        (K.CUSTOMER_REPLY, march(10, 12)),
        (K.AGENT_REPLY, march(10, 13)),
    )
    clock_set = live(*answered, terms=with_next)
    clocks.record(clock_set, K.PAUSE, at=march(10, 13), by=BY)

    assert sweep(march(30, 12)) == 0
    assert stands(clock_set)["next_response"] == ("met", march(10, 13), None)


def test_a_further_message_does_not_overrule_the_first_response(live, with_next):
    """zammad/zammad#5177: the customer's second message set another due time before the first answer."""
    clock_set = live(
        (K.CUSTOMER_REPLY, march(10, 10, 30)), (K.CUSTOMER_REPLY, march(10, 12)), terms=with_next
    )

    assert set(stands(clock_set)) == {"first_response", "resolution"}
    assert clocks.due_facts(clock_set) == clocks.DueFacts(march(10, 14), "first_response", is_breached=False)


def test_thanks_after_the_end_are_owed_no_answer(live, with_next):
    """chatwoot/chatwoot#10178: a "thank you" on a solved conversation was missed an hour later."""
    clock_set = live(
        (K.AGENT_REPLY, march(10, 11)),
        (K.CUSTOMER_REPLY, march(10, 12)),
        (K.SOLVE, march(10, 12, 30)),
        (K.CUSTOMER_REPLY, march(10, 13)),
        terms=with_next,
    )

    assert sweep(march(30, 12)) == 0
    assert stands(clock_set)["next_response"] == ("cancelled", None, None)
    assert not Clock.objects.filter(cycle=2).exists()


# --- another priority -----------------------------------------------------------------------------


def test_a_priority_given_later_has_its_own_due_time(begin):
    """LanternOps/breeze#6691: the due time was reckoned at the creation and never again."""
    clock_set = begin("low")
    clocks.record(clock_set, K.PRIORITY, at=march(10, 11), by=BY, priority="urgent", reason="all beds")

    first = clock_of(clock_set, "first_response")
    assert (first.due_at, first.target_unit, first.target_amount) == (march(10, 14), "seconds", 4 * HOUR)
    sweep(march(10, 14, 1))
    assert rang(clock_set, "first_response")[-1] == (100, march(10, 14))


def test_after_a_miss_another_target_is_taken_and_nothing_rings_again(begin):
    """osTicket/osTicket-1.7#686: once overdue, another SLA was ignored and the alert was sent again."""
    clock_set = begin("urgent")
    sweep(march(10, 15))
    before = rang(clock_set, "first_response")
    clocks.record(clock_set, K.PRIORITY, at=march(10, 15), by=BY, priority="low", reason="a workaround")

    assert stands(clock_set)["first_response"] == ("running", march(12, 21), march(10, 14))
    sweep(march(12, 21, 1))
    assert rang(clock_set, "first_response") == before
    sweep(march(20, 12))
    assert [percent for percent, _ in rang(clock_set, "first_response")] == [50, 75, 90, 100, 150]
