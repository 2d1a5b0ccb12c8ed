"""What "N business days" means (D4), and the floor that keeps it from undercutting hours (D4b)."""

import pytest

from sla.hours import DayMode, NeverOpen, Target
from tests.sla.hours.calendars import (
    ALL_DAYS,
    LISBON,
    NIGHTS,
    PORTUGAL_2026,
    at,
    calendar,
    shown,
    timeline,
)

HOUR = 3600

OFFICE = timeline(LISBON)
NIGHT = timeline(NIGHTS)
PORTUGAL = timeline(PORTUGAL_2026)


def due(line, start, days, mode=DayMode.CLOSE_OF_NTH_DAY, floor_seconds=0):
    return shown(line.due(at(start), Target("days", days, mode, floor_seconds)))


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-01-12 10:00", 1, "2026-01-13 21:00"),
        ("2026-01-12 10:00", 2, "2026-01-14 21:00"),
        ("2026-01-12 23:00", 1, "2026-01-13 21:00"),
        ("2026-01-16 10:00", 1, "2026-01-19 21:00"),
        ("2026-01-17 12:00", 1, "2026-01-19 21:00"),
        ("2026-01-18 23:00", 2, "2026-01-20 21:00"),
        ("2026-03-27 20:30", 1, "2026-03-30 20:00"),
    ],
)
def test_the_local_date_of_receipt_is_day_0_open_or_not(start, days, expected):
    """frappe/helpdesk PR #2449: arrivals on closed days were wrong."""
    assert due(OFFICE, start, days) == expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [("2026-06-09 18:00", 1, "2026-06-11 20:00"), ("2026-12-23 12:00", 2, "2026-12-28 21:00")],
)
def test_holidays_are_no_business_days_and_short_days_are(start, days, expected):
    assert due(PORTUGAL, start, days) == expected


def test_the_day_of_receipt_is_read_in_the_zone_of_the_calendar():
    sydney = timeline(calendar(["09:00", "17:00"], tz="Australia/Sydney"))
    assert due(sydney, "2026-01-12 14:00", 1) == shown(at("2026-01-14 17:00+11:00"))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-01-12 10:00", "2026-01-12 21:00"),
        ("2026-01-12 21:00", "2026-01-12 21:00"),
        ("2026-01-12 21:01", "2026-01-13 21:00"),
        ("2026-01-17 12:00", "2026-01-19 21:00"),
    ],
)
def test_no_days_is_the_close_of_the_day_or_of_the_next(start, expected):
    assert due(OFFICE, start, 0) == expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-01-12 10:00", 1, "2026-01-13 21:00"),
        ("2026-01-12 22:00", 1, "2026-01-14 21:00"),
        ("2026-01-12 22:00", 0, "2026-01-13 21:00"),
        ("2026-01-17 12:00", 1, "2026-01-20 21:00"),
    ],
)
def test_counted_from_the_next_opening(start, days, expected):
    assert due(OFFICE, start, days, DayMode.FROM_NEXT_OPENING) == expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-01-12 10:00", 1, "2026-01-13 10:00"),
        ("2026-01-12 08:00", 1, "2026-01-13 09:00"),
        ("2026-01-12 22:00", 1, "2026-01-14 09:00"),
        ("2026-01-17 12:00", 1, "2026-01-19 12:00"),
        ("2026-03-27 10:00", 1, "2026-03-30 09:00"),
        ("2026-01-12 22:00", 0, "2026-01-13 09:00"),
    ],
)
def test_the_same_clock_time_or_the_next_opening(start, days, expected):
    assert due(OFFICE, start, days, DayMode.SAME_CLOCK_TIME) == expected


@pytest.mark.parametrize(
    ("day_seconds", "expected"), [(0, "2026-01-14 10:00"), (8 * HOUR, "2026-01-13 14:00")]
)
def test_days_as_hours_of_the_schedule(day_seconds, expected):
    target = Target("days", 2, DayMode.SCHEDULE_HOURS, day_seconds=day_seconds)
    assert shown(OFFICE.due(at("2026-01-12 10:00"), target)) == expected


def test_days_as_hours_of_a_schedule_without_hours_are_never_over():
    line = timeline(calendar(days=(), overrides={"2026-01-13": [["09:00", "21:00"]]}))
    with pytest.raises(NeverOpen, match="no standard day"):
        due(line, "2026-01-12 10:00", 1, DayMode.SCHEDULE_HOURS)


def test_days_as_24_open_hours():
    assert due(OFFICE, "2026-01-12 10:00", 1, DayMode.FULL_DAYS_24H) == "2026-01-14 10:00"


def test_the_last_closing_of_a_split_day_counts():
    lunch = timeline(calendar(["09:00", "13:00"], ["14:00", "18:00"]))
    assert due(lunch, "2026-01-12 12:00", 1) == "2026-01-13 18:00"


def test_a_night_shift_closes_on_the_next_morning():
    assert due(NIGHT, "2026-01-12 12:00", 1) == "2026-01-14 06:00"
    assert due(NIGHT, "2026-01-17 03:00", 1) == "2026-01-20 06:00"
    assert due(NIGHT, "2026-01-17 03:00", 1, DayMode.FROM_NEXT_OPENING) == "2026-01-20 06:00"
    assert due(NIGHT, "2026-01-17 03:00", 0, DayMode.FROM_NEXT_OPENING) == "2026-01-17 06:00"


def test_round_the_clock_a_day_closes_at_midnight():
    always = timeline(calendar(["00:00", "24:00"], days=ALL_DAYS))
    assert due(always, "2026-01-12 10:00", 1) == "2026-01-14 00:00"


def test_a_short_day_does_not_make_days_earlier_than_hours():
    """D4b: 24 December until 13:00."""
    start = "2026-12-23 20:30"
    medium = Target.days(1)
    assert shown(PORTUGAL.due(at(start), medium)) == "2026-12-24 13:00"
    assert shown(PORTUGAL.due(at(start), medium.floored(12 * HOUR))) == "2026-12-28 16:30"
    assert shown(PORTUGAL.add(at(start), 12 * HOUR)) == "2026-12-28 16:30"


@pytest.mark.parametrize("mode", sorted(set(DayMode) - {DayMode.SAME_CLOCK_TIME}))
@pytest.mark.parametrize("start", ["2026-01-12 10:00", "2026-01-12 22:00", "2026-01-17 12:00"])
def test_on_full_days_the_floor_never_binds(mode, start):
    plain = Target.days(2, mode)
    assert OFFICE.due(at(start), plain.floored(12 * HOUR)) == OFFICE.due(at(start), plain)


def test_the_same_clock_time_after_a_closed_day_is_held_up_by_the_floor():
    """Saturday noon plus one day is Monday noon: three open hours, where high has twelve."""
    plain = Target.days(1, DayMode.SAME_CLOCK_TIME)
    assert shown(OFFICE.due(at("2026-01-17 12:00"), plain.floored(12 * HOUR))) == "2026-01-19 21:00"


def test_hours_have_no_floor():
    assert Target.seconds(60).floored(12 * HOUR) == Target.seconds(60)


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (1, -1, 0), (1, 0, -1)])
def test_a_target_counts_forward(numbers):
    amount, floor, day = numbers
    with pytest.raises(ValueError, match="counts forward"):
        Target("days", amount, floor_seconds=floor, day_seconds=day)
