"""Update intervals: once somebody has answered, the customer hears again within so much open time."""

from dataclasses import replace

from sla.hours import Metric, Target
from tests.sla.hours.lives import HOUR, TERMS, clock, clocks, created, happens, words

OFTEN = replace(
    TERMS, targets={**TERMS.targets, Metric.UPDATE_INTERVAL: {"high": Target.seconds(3 * HOUR), "low": None}}
)


def update(*events, cycle=1, **settings):
    return clock(Metric.UPDATE_INTERVAL, *events, cycle=cycle, **{"terms": OFTEN, **settings})


def test_nothing_is_owed_before_the_first_answer():
    assert update(created("high"), happens("customer_reply", "12 11:00")) is None


def test_each_answer_meets_one_and_begins_the_next():
    said = [happens("agent_reply", "12 11:00"), happens("agent_reply", "12 13:00")]
    assert update(created("high"), *said) == {"state": "met", "due": "12 14:00", "met": "12 13:00"}
    late = {"state": "running", "due": "12 16:00", "breached": "12 16:00"}
    assert update(created("high"), *said, cycle=2) == late
    assert update(created("high"), *said, cycle=3) is None


def test_two_answers_of_one_second_are_one_update():
    said = [happens("agent_reply", "12 11:00")] * 2
    assert update(created("high"), *said, now="12 12:00") == {"state": "running", "due": "12 14:00"}
    assert update(created("high"), *said, cycle=2) is None


def test_notes_bots_and_customers_update_nobody():
    said = [happens(kind, "12 12:00") for kind in ("internal_note", "bot_reply", "customer_reply")]
    expected = {"state": "running", "due": "12 14:00"}
    assert update(created("high"), happens("agent_reply", "12 11:00"), *said, now="12 13:00") == expected


def test_waiting_for_the_customer_holds_it():
    waits = [happens("agent_reply", "12 11:00"), happens("pause", "12 12:00")]
    assert update(created("high"), *waits) == {"state": "paused", "left": 2.0}
    resumed = update(created("high"), *waits, happens("customer_reply", "13 10:00"), now="13 11:00")
    assert resumed == {"state": "running", "due": "13 12:00"}


def test_solving_cancels_it_and_reopening_begins_another():
    life = [happens("agent_reply", "12 11:00"), happens("solve", "12 12:00"), happens("reopen", "13 10:00")]
    assert update(created("high"), *life) == {"state": "cancelled"}
    assert update(created("high"), *life, cycle=2, now="13 11:00") == {"state": "running", "due": "13 13:00"}


def test_an_answer_taken_back_updates_nobody():
    """D7: the clock that it had met stands, the one that it had begun never was."""
    life = [
        happens("agent_reply", "12 11:00", reference="one"),
        happens("agent_reply", "12 12:00", reference="two"),
        happens("reply_revoked", "12 13:00", reference="two"),
    ]
    assert update(created("high"), *life, now="12 13:30") == {"state": "running", "due": "12 14:00"}
    assert update(created("high"), *life, cycle=2) is None


def test_a_priority_without_one_leaves_none_running():
    life = [happens("agent_reply", "12 11:00"), happens("priority", "12 12:00", priority="low")]
    assert update(created("high"), *life) == {"state": "not_applicable"}


def test_a_merged_ticket_owes_no_update():
    life = [happens("agent_reply", "12 11:00"), happens("merged", "12 12:00")]
    assert update(created("high"), *life) == {"state": "cancelled"}


def test_metrics_are_told_in_their_order():
    told = clocks(created("high"), happens("agent_reply", "12 11:00"), terms=OFTEN)
    assert [str(one.metric) for one in told] == ["first_response", "update_interval", "resolution"]
    assert words(told[1])["due"] == "12 14:00"
