"""Why a due time is what it is."""

from datetime import date

from sla.hours import (
    DayKind,
    Event,
    EventKind,
    Fact,
    FactKind,
    Metric,
    State,
    Target,
    Terms,
    explain,
    explain_clock,
    replay,
)
from tests.sla.hours.calendars import LISBON, NIGHTS, PORTUGAL_2026, at, calendar, timeline

HOUR = 3600
TERMS = Terms({Metric.RESOLUTION: {"high": Target.seconds(12 * HOUR)}})


def told(facts):
    """Facts as short lines: what, on which date, which number, why, how many open hours."""
    return [
        (str(fact.kind), f"{fact.date:%d %b}", fact.day, str(fact.reason), fact.seconds / HOUR)
        for fact in facts
    ]


def test_open_spans_holidays_weekends_and_short_days_are_told_date_by_date():
    line = timeline(PORTUGAL_2026)
    start = at("2026-12-23 20:00")
    facts = explain(line, [(0, PORTUGAL_2026)], started_at=start, until=line.add(start, 12 * HOUR))
    assert told(facts) == [
        ("counted", "23 Dec", 0, "week", 1),
        ("counted", "24 Dec", 1, "override", 4),
        ("closed", "25 Dec", 1, "holiday", 0),
        ("closed", "26 Dec", 1, "no_hours", 0),
        ("closed", "27 Dec", 1, "no_hours", 0),
        ("counted", "28 Dec", 2, "week", 7),
    ]
    assert facts[1] == Fact(
        kind=FactKind.COUNTED,
        date=date(2026, 12, 24),
        day=1,
        reason=DayKind.OVERRIDE,
        starts_at=at("2026-12-24 09:00"),
        ends_at=at("2026-12-24 13:00"),
        seconds=4 * HOUR,
        valid_from=0,
    )


def test_a_day_closed_by_an_override_says_so():
    line = timeline(PORTUGAL_2026)
    facts = explain(
        line, [(0, PORTUGAL_2026)], started_at=at("2026-12-31 08:00"), until=at("2026-12-31 22:00")
    )
    assert told(facts) == [("closed", "31 Dec", 0, "override", 0)]


def test_held_time_is_told_apart_and_the_counted_seconds_add_up():
    line = timeline(LISBON)
    events = [
        Event(at("2026-01-12 10:00"), EventKind.CREATED, priority="high"),
        Event(at("2026-01-12 12:00"), EventKind.PAUSE),
        Event(at("2026-01-12 15:00"), EventKind.RESUME),
        Event(at("2026-01-12 20:00"), EventKind.EXCLUDE),
        Event(at("2026-01-13 11:00"), EventKind.INCLUDE),
    ]
    now = at("2026-01-13 12:00")
    facts = explain_clock(line, [(0, LISBON)], replay(events, TERMS, line, now)[1], now)
    assert told(facts) == [
        ("counted", "12 Jan", 0, "week", 2),
        ("held", "12 Jan", 0, "paused", 3),
        ("counted", "12 Jan", 0, "week", 5),
        ("held", "12 Jan", 0, "excluded", 1),
        ("held", "13 Jan", 1, "excluded", 2),
        ("counted", "13 Jan", 1, "week", 5),
    ]
    assert sum(fact.seconds for fact in facts if fact.kind is FactKind.COUNTED) == 12 * HOUR


def test_a_clock_that_is_held_is_told_until_now():
    line = timeline(LISBON)
    events = [
        Event(at("2026-01-12 10:00"), EventKind.CREATED, priority="high"),
        Event(at("2026-01-12 12:00"), EventKind.PAUSE),
    ]
    now = at("2026-01-12 16:00")
    state = replay(events, TERMS, line, now)[1]
    assert state.state is State.PAUSED
    assert told(explain_clock(line, [(0, LISBON)], state, now)) == [
        ("counted", "12 Jan", 0, "week", 2),
        ("held", "12 Jan", 0, "paused", 4),
    ]


def test_each_fact_names_the_version_that_says_so():
    edited = at("2026-01-13 12:00")
    versions = [(0, LISBON), (edited, calendar(["09:00", "13:00"], holidays=["2026-01-14"]))]
    facts = explain(
        timeline(*versions), versions, started_at=at("2026-01-12 20:00"), until=at("2026-01-15 10:00")
    )
    assert [(*line, fact.valid_from) for line, fact in zip(told(facts), facts, strict=True)] == [
        ("counted", "12 Jan", 0, "week", 1, 0),
        ("counted", "13 Jan", 1, "week", 3, 0),
        ("counted", "13 Jan", 1, "week", 1, edited),
        ("closed", "14 Jan", 1, "holiday", 0, edited),
        ("counted", "15 Jan", 2, "week", 1, edited),
    ]


def test_the_small_hours_belong_to_the_night_before():
    line = timeline(NIGHTS)
    facts = explain(line, [(0, NIGHTS)], started_at=at("2026-01-16 23:00"), until=at("2026-01-17 03:00"))
    assert told(facts) == [("counted", "16 Jan", 0, "week", 4), ("closed", "17 Jan", 0, "no_hours", 0)]


def test_nothing_is_told_of_no_time():
    now = at("2026-01-12 10:00")
    assert explain(timeline(LISBON), [(0, LISBON)], started_at=now, until=now) == []
