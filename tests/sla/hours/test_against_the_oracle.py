"""The engine against a truth that looks at the clock on the wall, minute by minute, in 28 zones."""

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sla.hours import DayMode, Metric, NeverOpen, OutOfHorizon, Target, Terms, Timeline, Unit, replay
from tests.sla.hours import calendars as known
from tests.sla.hours.oracle import MinuteClock, MinuteOracle, births_of_next_responses
from tests.sla.hours.strategies import DAY, MINUTE, PRIORITIES, ZONES, histories, minutes_of, simple_lives

WINDOW = 6
"""Days that the oracle walks through."""

patiently = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=30
)


def asked(question, *arguments):
    """The engine's answer, None when it leads out of the window."""
    try:
        return question(*arguments)
    except (NeverOpen, OutOfHorizon):
        return None


@st.composite
def windows(draw, days=WINDOW):
    """A calendar's oracle and timeline for the same days; the timeline knows a week more."""
    versions, lo = draw(histories(days))
    oracle = MinuteOracle(versions, lo, lo + days * DAY)
    return oracle, Timeline.build(versions, lo, lo + (days + 7) * DAY)


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
    earlier = oracle.subtract(end, minutes) if minutes else None
    if earlier is not None:
        assert line.subtract(end, minutes * MINUTE) == earlier


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


whole_minutes = st.integers(0, 1500).map(lambda minutes: minutes * MINUTE)
day_targets = st.builds(
    Target,
    st.just(Unit.DAYS),
    st.integers(0, 5),
    st.sampled_from(DayMode),
    floor_seconds=st.just(0) | whole_minutes,
    day_seconds=st.integers(1, 900).map(lambda minutes: minutes * MINUTE),
)


@settings(patiently, max_examples=20)
@given(windows(days=12), st.data())
def test_targets_in_days_are_due_when_the_oracle_says(window, data):
    """Every meaning of a day, with floors, over versions; the same clock time with one version alone.

    Which dates had closed for good when a version began, the oracle knows from some days before it.
    """
    oracle, line = window
    assume(all(begun >= oracle.lo + 3 * DAY for begun, _ in oracle.versions[1:]))
    start, target = data.draw(minutes_of(oracle.lo, 6)), data.draw(day_targets)
    assume(len(oracle.versions) == 1 or target.day_mode is not DayMode.SAME_CLOCK_TIME)
    expected = oracle.due(start, target)
    if expected is not None:
        assert line.due(start, target) == expected


@settings(patiently, max_examples=30)
@given(windows(days=9), st.data())
def test_a_life_is_that_of_a_clock_that_counts_every_minute(window, data):
    oracle, line = window
    minutes = st.fixed_dictionaries({priority: st.integers(1, 2500) for priority in PRIORITIES})
    targets = {metric: data.draw(minutes) for metric in (*METRICS, Metric.NEXT_RESPONSE)}
    events = data.draw(simple_lives(oracle.lo, 5))
    now = data.draw(minutes_of(oracle.lo, 6).filter(lambda instant: instant >= events[0].at))
    states = asked(replay, events, terms_of(targets), line, now)
    assume(states is not None)
    by_name = {(state.metric, state.cycle): state for state in states}
    happened = [event for event in events if event.at <= now]
    births = [(metric, 1, 0) for metric in METRICS] + [
        (Metric.NEXT_RESPONSE, cycle, birth)
        for cycle, birth in enumerate(births_of_next_responses(happened), start=1)
    ]
    for metric, cycle, birth in births:
        truth = MinuteClock(metric, targets[metric], oracle).live(happened, now, birth)
        compare(by_name[metric, cycle], truth, now)


METRICS = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)


def terms_of(targets):
    return Terms(
        {
            metric: {priority: Target.seconds(minutes * MINUTE) for priority, minutes in cells.items()}
            for metric, cells in targets.items()
        }
    )


def compare(state, truth, now):
    assert (state.state, state.breached_at, state.met_at) == (
        truth.state,
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


def test_the_zones_are_those_with_the_oddest_clocks():
    odd = {
        "Africa/Casablanca",
        "America/Sao_Paulo",
        "Antarctica/Troll",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    }
    assert odd <= set(ZONES)
    assert len(set(ZONES)) >= 20
