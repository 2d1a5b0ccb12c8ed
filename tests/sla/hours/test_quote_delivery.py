"""The clock of a quote that is owed: what the desk promises itself about a technical service."""

import pytest

from sla.hours import Metric, Target, Terms
from tests.sla.hours.lives import HOUR, clock, created, happens, resolution

TERMS = Terms(
    {
        Metric.RESOLUTION: {"medium": Target.seconds(24 * HOUR)},
        Metric.QUOTE_DELIVERY: {"medium": Target.seconds(8 * HOUR)},
    }
)
OWED = (created(), happens("exclude", "12 12:00"), happens("quote_owed", "12 12:00"))


def quote(*events, cycle=1, terms=TERMS, **settings):
    return clock(Metric.QUOTE_DELIVERY, *events, cycle=cycle, terms=terms, **settings)


def test_it_runs_from_the_switch_while_the_others_stand_still():
    assert quote(*OWED, now="12 13:00") == {"state": "running", "due": "12 20:00"}
    assert resolution(*OWED, now="12 13:00", terms=TERMS) == {"state": "excluded", "left": 22.0}


def test_a_quote_that_is_sent_meets_it_in_time_or_late():
    assert quote(*OWED, happens("quote_sent", "12 19:00")) == {
        "state": "met", "due": "12 20:00", "met": "12 19:00",
    }  # fmt: skip
    assert quote(*OWED, happens("quote_sent", "13 10:00")) == {
        "state": "met", "due": "12 20:00", "met": "13 10:00", "breached": "12 20:00",
    }  # fmt: skip


@pytest.mark.parametrize("end", ["include", "defer", "solve", "quote_withdrawn", "merged", "cancel"])
def test_nobody_owes_a_quote_for_what_is_no_technical_service_any_more(end):
    assert quote(*OWED, happens(end, "12 13:00")) == {"state": "cancelled"}


def test_it_waits_for_nobody():
    assert quote(*OWED, happens("pause", "12 13:00"), now="12 14:00")["state"] == "running"


def test_without_a_target_there_is_no_clock():
    bare = Terms({Metric.RESOLUTION: TERMS.targets[Metric.RESOLUTION]})
    assert quote(*OWED, terms=bare) is None


def test_owed_twice_it_is_owed_once_and_after_an_undo_anew():
    twice = (*OWED, happens("quote_owed", "12 13:00"))
    assert quote(*twice, cycle=2) is None
    again = (*twice, happens("include", "12 14:00"), happens("quote_owed", "13 09:00"))
    assert quote(*again, cycle=2, now="13 10:00") == {"state": "running", "due": "13 17:00"}


def test_an_accepted_quote_ends_the_others_and_leaves_it_met():
    done = (*OWED, happens("quote_sent", "12 14:00"), happens("cancel", "14 09:00"))
    assert quote(*done)["state"] == "met"
    assert resolution(*done, terms=TERMS)["state"] == "cancelled"
