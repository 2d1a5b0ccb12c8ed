"""The engine against a truth that looks at the clock on the wall, minute by minute, in 28 zones."""

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sla.hours import Metric, NeverOpen, OutOfHorizon, Target, Terms, Timeline, replay
from tests.sla.hours import calendars as known
from tests.sla.hours.oracle import MinuteClock, MinuteOracle
from tests.sla.hours.strategies import DAY, MINUTE, calendars, minutes_of, simple_lives

WINDOW = 6
"""Days that the oracle walks through."""

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=30)


def asked(question, *arguments):
    """The engine's answer, None when it leads out of the window."""
    try:
        return question(*arguments)
    except (NeverOpen, OutOfHorizon):
        return None


@st.composite
def windows(draw, days=WINDOW):
    """A calendar's oracle and timeline for the same days; the timeline knows a week more."""
    spec, lo = draw(calendars(days))
    oracle = MinuteOracle(spec, lo, lo + days * DAY)
    return oracle, Timeline.build([(0, spec)], lo, lo + (days + 7) * DAY)


@patiently
@given(windows())
def test_every_minute_is_open_when_the_clock_on_the_wall_says_so(window):
    oracle, line = window
    opens = [line.is_open(oracle.lo + number * MINUTE) for number in range(len(oracle.owners))]
    assert opens == [owner is not None for owner in oracle.owners]
    owners = {}
    for span in line.spans_between(oracle.lo, oracle.lo + WINDOW * DAY):
        owners |= dict.fromkeys(range(span.starts_at, span.ends_at, MINUTE), span.business_date)
    expected = {oracle.lo + n * MINUTE: owner for n, owner in enumerate(oracle.owners) if owner is not None}
    assert owners == expected


@patiently
@given(windows(), st.data())
def test_sums_of_open_time_are_those_of_the_oracle(window, data):
    oracle, line = window
    start, end = sorted(data.draw(st.tuples(*[minutes_of(oracle.lo, WINDOW)] * 2)))
    minutes = data.draw(st.integers(0, 3000))
    assert line.between(start, end) == oracle.open_minutes(start, end) * MINUTE
    expected = oracle.add(start, minutes)
    if expected is not None:
        assert line.add(start, minutes * MINUTE) == expected


@patiently
@given(windows(), st.data())
def test_pauses_are_those_of_the_oracle(window, data):
    oracle, line = window
    pairs = st.tuples(minutes_of(oracle.lo, WINDOW), minutes_of(oracle.lo, WINDOW))
    start, pauses = data.draw(minutes_of(oracle.lo, 2)), data.draw(st.lists(pairs, max_size=4))
    minutes = data.draw(st.integers(0, 2000))
    expected = oracle.add(start, minutes, pauses)
    if expected is not None:
        assert line.add_outside(start, minutes * MINUTE, pauses) == expected
        paused = line.between_outside(start, expected, pauses)
        assert paused == minutes * MINUTE


@settings(patiently, max_examples=20)
@given(windows(days=12), st.data())
def test_business_days_are_those_of_the_oracle(window, data):
    oracle, line = window
    start, days = data.draw(minutes_of(oracle.lo, 5)), data.draw(st.integers(1, 5))
    for engine, truth in (
        (line.close_of_nth_day, oracle.close_of_nth_day),
        (line.from_next_opening, oracle.from_next_opening),
    ):
        expected = truth(start, days)
        if expected is not None:
            assert engine(start, days) == expected


@patiently
@given(windows(days=9), st.data())
def test_a_life_is_that_of_a_clock_that_counts_every_minute(window, data):
    oracle, line = window
    targets = {
        Metric.FIRST_RESPONSE: data.draw(st.integers(1, 2000)),
        Metric.RESOLUTION: data.draw(st.integers(1, 3000)),
    }
    events = data.draw(simple_lives(oracle.lo, 5))
    now = data.draw(minutes_of(oracle.lo, 6).filter(lambda instant: instant >= events[0].at))
    terms = Terms({metric: {"high": Target.seconds(minutes * MINUTE)} for metric, minutes in targets.items()})
    states = asked(replay, events, terms, line, now)
    assume(states is not None)
    for state in states:
        truth = MinuteClock(state.metric, targets, oracle).live(events, now)
        assert state.state == truth.state
        assert (state.breached_at, state.met_at) == (
            truth.breached_at,
            truth.ended_at if truth.is_met else None,
        )
        if state.remaining is not None:
            assert state.remaining == max(truth.target - truth.used, 0) * MINUTE
        if state.state == "running" and (expected := truth.due(now)) is not None:
            assert state.due_at == expected


@settings(deadline=None, max_examples=100)
@given(st.data())
@example(None)
def test_whatever_is_added_lies_between_and_is_counted_back(data):
    line = known.timeline(known.PORTUGAL_2026)
    if data is None:
        start, seconds = known.at("2026-12-24 13:00"), 4 * 3600
    else:
        start = data.draw(st.integers(known.at("2025-06-01 00:00"), known.at("2026-12-31 00:00")))
        seconds = data.draw(st.integers(1, 3_000_000))
    due = line.add(start, seconds)
    assert line.between(start, due) == seconds
    assert line.subtract(due, seconds) == line.next_open(start)
    assert line.add(line.subtract(due, seconds), seconds) == due
    assert line.add(line.add(start, seconds), 60) == line.add(start, seconds + 60)
    assert line.add(start + 1, seconds) >= due
