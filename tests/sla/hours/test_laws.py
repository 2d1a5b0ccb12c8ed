"""Laws that hold for any life and any calendar."""

import json
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sla.hours import (
    DayMode,
    Event,
    EventKind,
    Metric,
    NeverOpen,
    OutOfHorizon,
    State,
    Target,
    Terms,
    Timeline,
    calendar_from_json,
    calendar_to_json,
    eras,
    offset_instant,
    replay,
)
from tests.sla.hours.calendars import LISBON, PORTUGAL_2026, at, calendar, timeline
from tests.sla.hours.strategies import DAY, calendars

LINE = timeline(PORTUGAL_2026)
LUNCH = timeline(calendar(["09:00", "13:00"], ["14:00", "18:00"]))
LO, HI = at("2026-03-25 00:00"), at("2026-04-15 00:00")
NOW = at("2026-04-20 00:00")
PRIORITIES = ("low", "high", "none", "unheard-of")

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
fewer = settings(patiently, max_examples=30)

hour_targets = st.builds(Target.seconds, st.integers(0, 40 * 3600))
day_targets = st.builds(Target.days, st.integers(0, 4), st.sampled_from(DayMode))
targets = st.none() | hour_targets | day_targets
# What the same clock time gives may hang on hours that are still to come.
lasting_modes = st.sampled_from([mode for mode in DayMode if mode is not DayMode.SAME_CLOCK_TIME])
lasting_targets = hour_targets | st.builds(Target.days, st.integers(0, 4), lasting_modes)


def amount_of(target):
    return target.amount


def terms_with(some_targets):
    cells = st.dictionaries(st.sampled_from(PRIORITIES[:-1]), some_targets)
    return st.builds(Terms, st.dictionaries(st.sampled_from(Metric), cells), st.sampled_from((0, 0, 3600)))


def events_with(some_terms):
    return st.builds(
        Event,
        instants,
        st.sampled_from(EventKind),
        priority=st.sampled_from((None, *PRIORITIES)),
        reference=st.sampled_from(("", "m1", "m2")),
        terms=st.none() | some_terms,
        since=st.none() | instants,
    )


def lives_with(some_terms):
    later = st.lists(events_with(some_terms), max_size=12)
    return later.map(lambda events: [Event(LO, EventKind.CREATED, priority="high"), *events])


instants = st.integers(LO, HI)
terms_of_any_kind = terms_with(targets)
events_of_any_kind = events_with(terms_of_any_kind)
lives = lives_with(terms_of_any_kind)
lasting_terms = terms_with(lasting_targets)


@patiently
@given(st.lists(events_of_any_kind, max_size=12), terms_of_any_kind, st.integers(LO, NOW))
def test_no_life_breaks_the_fold_and_every_state_makes_sense(events, terms, now):
    states = replay(events, terms, LINE, now)
    assert len({(state.metric, state.cycle) for state in states}) == len(states)
    for state in states:
        is_held = state.state in {State.PAUSED, State.EXCLUDED}
        assert state.started_at <= now
        assert (state.target is None) == (state.state is State.NOT_APPLICABLE)
        assert (state.remaining is not None) == is_held
        assert state.remaining is None or state.remaining >= 0
        assert (state.met_at is not None) == (state.state is State.MET)
        assert state.due_at is not None or state.state not in {State.RUNNING, State.MET}
        assert state.breached_at is None or state.breached_at <= now
        assert state.paused_seconds >= state.late_paused_seconds >= 0
        if state.state is State.RUNNING and state.due_at < now:
            assert state.breached_at is not None
        assert [hold for hold in state.holds if hold.starts_at >= hold.ends_at] == []


@patiently
@given(lives, terms_of_any_kind)
def test_every_event_said_twice_is_said_once(events, terms):
    twice = [event for event in events for _ in range(2)]
    assert replay(twice, terms, LINE, NOW) == replay(events, terms, LINE, NOW)


@patiently
@given(lives, terms_of_any_kind, st.randoms(use_true_random=False))
def test_events_of_different_instants_may_come_in_any_order(events, terms, chance):
    dated = list({event.at: event for event in events}.values())
    shuffled = chance.sample(dated, len(dated))
    assert replay(shuffled, terms, LINE, NOW) == replay(dated, terms, LINE, NOW)


@patiently
@given(lives, terms_of_any_kind, st.lists(st.integers(LO, NOW), min_size=2, max_size=2).map(sorted))
def test_a_miss_stays_what_it_was_as_time_goes_on(events, terms, moments):
    """Unless a reply is taken back: then what it answered was never answered."""
    events = [event for event in events if event.kind is not EventKind.REPLY_REVOKED]
    earlier, later = (
        {(state.metric, state.cycle): state.breached_at for state in replay(events, terms, LINE, now)}
        for now in moments
    )
    known = {clock: breached_at for clock, breached_at in earlier.items() if breached_at is not None}
    assert {clock: later[clock] for clock in known} == known


@patiently
@given(hour_targets | day_targets, instants, st.lists(instants, min_size=2, max_size=2).map(sorted))
def test_a_pause_never_makes_a_due_time_earlier(target, start, pause):
    def resolution(*events):
        born = Event(start, EventKind.CREATED, priority="high")
        terms = Terms({Metric.RESOLUTION: {"high": target}})
        return replay([born, *events], terms, LINE, NOW)[1]

    held = resolution(Event(pause[0], EventKind.PAUSE), Event(pause[1], EventKind.RESUME))
    assert held.due_at >= resolution().due_at


@patiently
@given(hour_targets | day_targets, instants, st.lists(instants, min_size=2, max_size=2).map(sorted))
def test_what_is_left_when_it_waits_is_left_when_it_goes_on(target, start, wait):
    paused_at, resumed_at = wait
    terms = Terms({Metric.RESOLUTION: {"high": target}})
    events = [Event(start, EventKind.CREATED, priority="high"), Event(paused_at, EventKind.PAUSE)]
    assume(start <= paused_at)
    was_due = LINE.due(start, target)

    paused = replay(events, terms, LINE, resumed_at)[1]
    assert paused.remaining == max(LINE.between(paused_at, was_due), 0)
    assert paused.due_at == (was_due if was_due < paused_at else None)

    events.append(Event(resumed_at, EventKind.RESUME))
    resumed = replay(events, terms, LINE, resumed_at)[1]
    goes_on = LINE.add(resumed_at, paused.remaining)
    is_untouched = was_due < paused_at or paused_at == resumed_at
    assert resumed.due_at == (was_due if is_untouched else max(was_due, goes_on))


@patiently
@given(lives, st.lists(hour_targets, min_size=2, max_size=2).map(lambda both: sorted(both, key=amount_of)))
def test_a_longer_target_is_never_due_earlier_in_any_life(events, both):
    """Of what still runs; a life in which the target itself does not change."""
    events = [event for event in events if event.kind not in {EventKind.PRIORITY, EventKind.RETARGET}]
    shorter, longer = (
        replay(events, Terms({metric: {"high": target} for metric in Metric}), LINE, NOW) for target in both
    )
    for one, other in zip(shorter, longer, strict=True):
        assert (one.metric, one.cycle, one.state) == (other.metric, other.cycle, other.state)
        if one.due_at is not None and other.due_at is not None:
            assert one.due_at <= other.due_at
        if one.remaining is not None:
            assert one.remaining <= other.remaining
        if other.breached_at is not None:
            assert one.breached_at <= other.breached_at


UNDOING = {EventKind.REPLY_REVOKED, EventKind.REOPEN}
"""What may take back that something was met."""


@patiently
@given(lives, terms_of_any_kind, st.lists(st.integers(LO, NOW), min_size=2, max_size=2).map(sorted))
def test_what_was_met_is_touched_by_nothing_that_comes_later(events, terms, moments):
    events = [event for event in events if event.kind not in UNDOING]
    then, later = (
        {(state.metric, state.cycle): state for state in replay(events, terms, LINE, now)} for now in moments
    )
    met = {clock: state for clock, state in then.items() if state.state is State.MET}
    assert {clock: later[clock] for clock in met} == met


@patiently
@given(lives, terms_of_any_kind, st.integers(LO, NOW))
def test_what_comes_later_does_not_change_how_things_stood(events, terms, now):
    """A row may be derived with the events known then or with all of them, unless a reply is taken back."""
    events = [event for event in events if event.kind is not EventKind.REPLY_REVOKED]
    known = [event for event in events if event.at <= now]
    assert replay(events, terms, LINE, now) == replay(known, terms, LINE, now)


@patiently
@given(instants, st.integers(0, 40 * 3600), st.integers(1, 60 * 3600), st.integers(0, 3600))
def test_a_step_around_the_due_time_is_as_much_open_time_from_it(start, length, ahead, more):
    """glpi PR #22678: "one hour before" was set to midnight on calendars with a lunch break."""
    for line in (LINE, LUNCH):
        due = line.add(start, length)
        before, after = offset_instant(line, due, -ahead), offset_instant(line, due, ahead)
        assert before == line.subtract(due, ahead)
        assert (line.between(before, due), line.between(due, after)) == (ahead, ahead)
        assert line.is_open(before)
        assert offset_instant(line, due, 0) == due
        assert offset_instant(line, due, -ahead - more) <= before
        assert after <= offset_instant(line, due, ahead + more)


@patiently
@given(st.integers(0, 90_000), instants, st.lists(st.tuples(instants, instants), min_size=1, max_size=4))
def test_one_more_pause_never_makes_a_sum_end_earlier(seconds, start, pauses):
    assert LINE.add_outside(start, seconds, pauses) >= LINE.add_outside(start, seconds, pauses[1:])


@fewer
@given(calendars(days=12), calendars(days=12), st.integers(0, 12 * DAY), st.data())
def test_versions_in_the_future_never_move_the_past(now_in_force, later, until, data):
    (spec, lo), (new, _) = now_in_force, later
    edited = lo + until
    plain = Timeline.build([(0, spec)], lo, lo + 40 * DAY)
    both = Timeline.build([(0, spec), (edited, new)], lo, lo + 40 * DAY)
    start, end = sorted(data.draw(st.lists(st.integers(lo, edited), min_size=2, max_size=2)))
    assert both.between(start, end) == plain.between(start, end)
    target = data.draw(lasting_targets)
    before, after = due(plain, start, target), due(both, start, target)
    # A sum may end as the version begins; the instant itself, "open at once", is already the version's.
    last = edited if target.amount else edited - 1
    if before is not None and before <= last:
        assert after == before
    elif before is not None and after is not None:
        assert after >= edited


@fewer
@given(calendars(), lives_with(lasting_terms), lasting_terms, instants, st.integers(0, 10 * DAY))
def test_what_is_known_of_a_life_is_not_rewritten_by_a_later_version(new, events, terms, edited, ago):
    week = PORTUGAL_2026.week | {day: hours for day, hours in new[0].week.items() if hours}
    edited_line = timeline(PORTUGAL_2026, (edited, replace(new[0], week=week)))
    try:
        rebuilt = replay(events, terms, edited_line, edited - ago)
    except OutOfHorizon:  # minutes a week for a target of hours
        return
    known = replay(events, terms, LINE, edited - ago)
    assert [facts(state) for state in rebuilt] == [facts(state) for state in known]


def facts(state):
    return state.metric, state.cycle, state.state, state.breached_at, state.met_at, state.paused_seconds


def due(line, start, target):
    try:
        return line.due(start, target)
    except (NeverOpen, OutOfHorizon):
        return None


@fewer
@given(calendars(days=12), calendars(days=12), st.integers(0, 12 * DAY))
def test_stored_spans_of_any_versions_give_the_same_answers(first, second, until):
    (spec, lo), (new, _) = first, second
    versions = [(0, spec), (lo + until, new)]
    line = Timeline.build(versions, lo, lo + 20 * DAY)
    stored = [tuple(span) for span in line.spans()]
    again = Timeline.from_spans(stored, eras=eras(versions), lo=line.lo, hi=line.hi)
    assert list(again.spans()) == list(line.spans())
    for mode in DayMode:
        assert due(again, lo + DAY, Target.days(2, mode)) == due(line, lo + DAY, Target.days(2, mode))


@patiently
@given(calendars(), terms_of_any_kind)
def test_calendars_and_terms_survive_json(window, terms):
    spec = window[0]
    assert calendar_from_json(json.loads(json.dumps(calendar_to_json(spec)))) == replace(
        spec, week={day: hours for day, hours in spec.week.items() if hours}
    )
    read = Terms.from_json(json.loads(json.dumps(terms.to_json())))
    assert read == terms


@patiently
@given(instants)
def test_days_never_undercut_hours_with_the_floor(start):
    """D4b: medium (1 day) is never due before high (12 hours)."""
    assert LINE.due(start, Target.days(1).floored(12 * 3600)) >= LINE.add(start, 12 * 3600)


def test_the_laws_are_told_of_a_calendar_that_has_holidays_and_a_change_of_the_clock():
    assert {at("2026-04-03 00:00"), at("2026-03-29 01:00")} <= set(range(LO, HI))
    assert timeline(LISBON).between(LO, HI) - LINE.between(LO, HI) == 12 * 3600
