"""The arithmetic for many instants at once gives what the arithmetic for one gives."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.hours import DayMode, NeverOpen, OutOfHorizon, Target, Timeline, Unit
from sla.hours.bulk import BulkTimeline
from tests.sla.hours.calendars import LISBON, PORTUGAL_2026, at, calendar, timeline
from tests.sla.hours.strategies import DAY, calendars

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


@st.composite
def lines(draw):
    """A calendar of one or two versions, and instants in its first weeks."""
    (spec, lo), (other, _) = draw(calendars()), draw(calendars())
    edited = draw(st.integers(lo, lo + 20 * DAY))
    versions = draw(st.sampled_from(([(0, spec)], [(0, spec), (edited, other)])))
    instants = draw(st.lists(st.integers(lo, lo + 20 * DAY), min_size=1, max_size=20))
    return Timeline.build(versions, lo, lo + 200 * DAY), instants


targets = st.builds(Target.seconds, st.integers(0, 60 * 3600)) | st.builds(
    Target, st.just(Unit.DAYS), st.integers(0, 4), st.sampled_from(DayMode), st.sampled_from((0, 0, 43_200))
)


def asked(question):
    """The answers, or what was raised instead."""
    try:
        return question()
    except (NeverOpen, OutOfHorizon) as error:
        return type(error)


@patiently
@given(lines(), targets)
def test_due_times_of_many_are_those_of_each(line_and_instants, target):
    line, instants = line_and_instants
    one_by_one = asked(lambda: [line.due(instant, target) for instant in instants])
    together = asked(lambda: BulkTimeline(line).due(np.array(instants), target).tolist())
    assert together == one_by_one


@patiently
@given(lines(), st.integers(1, 60 * 3600))
def test_sums_of_many_are_those_of_each(line_and_instants, seconds):
    line, instants = line_and_instants
    bulk, many, ends = BulkTimeline(line), np.array(instants), np.array(instants[::-1])
    assert asked(lambda: bulk.add(many, seconds).tolist()) == asked(
        lambda: [line.add(one, seconds) for one in instants]
    )
    assert asked(lambda: bulk.subtract(many, seconds).tolist()) == asked(
        lambda: [line.subtract(one, seconds) for one in instants]
    )
    assert bulk.between(many, ends).tolist() == [
        line.between(one, end) for one, end in zip(instants, instants[::-1], strict=True)
    ]
    assert bulk.local_dates(many).tolist() == [line.local_date(one) for one in instants]


def test_nothing_is_due_of_nothing():
    bulk = BulkTimeline(timeline(LISBON))
    empty = np.array([], dtype=np.int64)
    assert bulk.due(empty, Target.seconds(3600)).tolist() == []
    assert bulk.due(empty, Target.days(2)).tolist() == []
    assert bulk.subtract(empty, 60).tolist() == []


def test_one_instant_out_of_the_timeline_is_named():
    bulk = BulkTimeline(timeline(PORTUGAL_2026))
    with pytest.raises(OutOfHorizon):
        bulk.add(np.array([at("2026-01-12 10:00"), at("2031-01-12 10:00")]), 3600)
    with pytest.raises(OutOfHorizon):
        bulk.add(np.array([at("2027-12-30 10:00")]), 100 * 3600)


def test_a_calendar_that_never_opens_says_so():
    shut = calendar(days=("mon",), overrides={"2026-01-12": [["09:00", "10:00"]]})
    bulk = BulkTimeline(timeline(shut))
    assert bulk.add(np.array([at("2026-01-12 08:00")]), 3600).tolist() == [at("2026-01-12 10:00")]
    with pytest.raises(NeverOpen):
        bulk.add(np.array([at("2026-01-12 08:00")]), 3601)
