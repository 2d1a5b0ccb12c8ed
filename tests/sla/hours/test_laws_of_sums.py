"""Laws of open time that hold in any zone, for any calendar, over any versions."""

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sla.hours import DayMode, NeverOpen, OutOfHorizon, Target, Timeline
from tests.sla.hours.strategies import DAY, histories

patiently = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=30
)

seconds = st.integers(0, 60 * 3600)


@st.composite
def questions(draw):
    """A timeline of two months and an instant in its second week."""
    versions, lo = draw(histories(days=14))
    line = Timeline.build(versions, lo, lo + 60 * DAY)
    assume(line.between(lo, lo + 30 * DAY) > 0)
    return line, draw(st.integers(lo + 7 * DAY, lo + 14 * DAY))


def answer(question, *arguments):
    """The timeline's answer, None when it leads out of the two months."""
    try:
        return question(*arguments)
    except (NeverOpen, OutOfHorizon):
        return None


@patiently
@given(questions(), seconds)
def test_what_is_added_lies_between_and_is_taken_off_again(question, amount):
    line, start = question
    due = answer(line.add, start, amount)
    assume(due is not None)

    assert line.between(start, due) == amount
    assert line.between(due, start) == -amount
    if amount:
        assert line.subtract(due, amount) == line.next_open(start)
    else:
        assert due == line.next_open(start)


@patiently
@given(questions(), st.integers(1, 60 * 3600))
def test_what_is_taken_off_is_added_again(question, amount):
    line, end = question
    start = answer(line.subtract, end, amount)
    assume(start is not None)

    assert line.between(start, end) == amount
    assert line.add(start, amount) == line.subtract(end, 0) <= end
    assert line.is_open(start)


@patiently
@given(questions(), st.integers(1, 30 * 3600), st.integers(1, 30 * 3600))
def test_two_sums_are_one(question, one, other):
    line, start = question
    whole = answer(line.add, start, one + other)
    assume(whole is not None)

    assert line.add(line.add(start, one), other) == whole


@patiently
@given(questions(), seconds, st.integers(0, 5 * DAY))
def test_what_comes_later_is_not_due_earlier(question, amount, later):
    line, start = question
    due, other = answer(line.add, start, amount), answer(line.add, start + later, amount)
    assume(due is not None and other is not None)

    assert due <= other


@patiently
@given(questions(), st.integers(0, 4), st.sampled_from(DayMode), seconds, seconds)
def test_longer_targets_are_not_due_earlier(question, days, mode, floor, more):
    line, start = question
    target = Target.days(days, mode)
    longer = [
        replace(target, amount=days + 1),
        replace(target, floor_seconds=floor),
        replace(target, floor_seconds=floor + more),
        replace(target, amount=days + 1, floor_seconds=floor),
    ]
    dues = [answer(line.due, start, one) for one in (target, *longer)]
    assume(None not in dues)

    plain, next_day, floored, higher, both = dues
    assert plain <= next_day <= both
    assert plain <= floored <= higher
    assert floored <= both
    assert plain >= line.next_open(start) or mode in {DayMode.CLOSE_OF_NTH_DAY, DayMode.FROM_NEXT_OPENING}


@patiently
@given(questions(), st.integers(1, 4), st.sampled_from(DayMode))
def test_with_the_floor_days_never_undercut_the_hours_of_as_many_standard_days(question, days, mode):
    """D4b: medium is never due before high, whatever a day means, however short the days are."""
    line, start = question
    day = line.standard_day_seconds(start)
    assume(day)
    due, hours = (
        answer(line.due, start, one)
        for one in (Target.days(days, mode).floored(day), Target.seconds(days * day))
    )
    assume(due is not None and hours is not None)

    assert due >= hours


pauses = st.lists(st.tuples(st.integers(0, 20 * DAY), st.integers(0, 3 * DAY)), min_size=1, max_size=5)


@patiently
@given(questions(), seconds, pauses)
def test_one_more_pause_is_never_due_earlier_and_what_counted_is_the_target(question, amount, offsets):
    line, start = question
    held = [(start - 3 * DAY + begin, start - 3 * DAY + begin + length) for begin, length in offsets]
    due, fewer = (answer(line.add_outside, start, amount, some) for some in (held, held[1:]))
    assume(due is not None and fewer is not None)

    assert due >= fewer >= line.add(start, amount)
    assert line.between_outside(start, due, held) == amount


@patiently
@given(questions(), st.integers(0, 40 * DAY))
def test_no_time_is_counted_twice(question, length):
    line, start = question
    end = start + length

    assert 0 <= line.between(start, end) <= length
    assert line.between(start, end) == sum(
        span.ends_at - span.starts_at for span in line.spans_between(start, end)
    )
