"""Terms as they are stored."""

import json
from dataclasses import replace

import pytest

from sla.hours import DayMode, Metric, Target, Terms

TERMS = Terms(
    {
        Metric.FIRST_RESPONSE: {
            "low": Target.days(2).floored(43200),
            "high": Target.seconds(43200),
            "odd": Target("days", 1, DayMode.SCHEDULE_HOURS, day_seconds=28800),
            "none": None,
            "elsewhere": replace(Target.seconds(3600), calendar=7),
        },
        Metric.RESOLUTION: {},
    },
    grace_seconds=900,
    clamps_first_response=True,
)


def test_terms_are_the_same_after_a_round_through_json():
    assert Terms.from_json(json.loads(json.dumps(TERMS.to_json()))) == TERMS
    assert Terms.from_json({"targets": {}}) == Terms()


def test_terms_are_stored_as_plain_values():
    assert Terms(
        {Metric.RESOLUTION: {"high": Target.seconds(60), "low": Target.days(2), "none": None}}
    ).to_json() == {
        "targets": {
            "resolution": {
                "high": {"unit": "seconds", "amount": 60},
                "low": {
                    "unit": "days",
                    "amount": 2,
                    "day_mode": "close_of_nth_day",
                    "floor_seconds": 0,
                    "day_seconds": 0,
                },
                "none": None,
            }
        },
        "grace_seconds": 0,
        "clamps_first_response": False,
    }


def test_terms_name_the_calendars_of_single_targets():
    assert TERMS.calendars == {7}
    assert Terms().calendars == frozenset()


def test_a_cell_that_nobody_defined_has_no_target():
    assert TERMS.target(Metric.FIRST_RESPONSE, "high") == Target.seconds(43200)
    for metric, priority in [("first_response", "none"), ("first_response", "x"), ("next_response", "high")]:
        assert TERMS.target(Metric(metric), priority) is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"targets": {"speed": {}}},
        {"targets": {"resolution": {"low": {"unit": "weeks", "amount": 1}}}},
        {"targets": {"resolution": {"low": {"unit": "days"}}}},
        {"targets": {"resolution": {"low": {"unit": "days", "amount": -1}}}},
        {"targets": {"resolution": {"low": {"unit": "days", "amount": 1, "day_mode": "soon"}}}},
    ],
)
def test_what_are_no_terms_is_refused(data):
    with pytest.raises((KeyError, ValueError)):
        Terms.from_json(data)
