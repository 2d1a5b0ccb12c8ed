"""Sums of open time: Lisbon 9-21 by hand, and what other helpdesks got wrong."""

import pytest

from sla.hours import NeverOpen, OutOfHorizon, Span, Timeline, eras
from tests.sla.hours.calendars import (
    ALL_DAYS,
    ALWAYS,
    LISBON,
    NIGHTS,
    PORTUGAL_2026,
    WEEKDAYS,
    at,
    calendar,
    shown,
    timeline,
)

HOUR = 3600

OFFICE = timeline(LISBON)
LUNCH = timeline(calendar(["09:00", "13:00"], ["14:00", "18:00"]))
ROUND_THE_CLOCK = timeline(ALWAYS)
NIGHT = timeline(NIGHTS)
PORTUGAL = timeline(PORTUGAL_2026)
NEVER = timeline(calendar(days=()))


def due(line, start, hours):
    return shown(line.add(at(start), round(hours * HOUR)))


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-01-12 10:00", 4, "2026-01-12 14:00"),
        ("2026-01-12 09:00", 12, "2026-01-12 21:00"),
        ("2026-01-12 09:00", 24, "2026-01-13 21:00"),
        ("2026-01-12 21:00", 12, "2026-01-13 21:00"),
        ("2026-01-12 20:59", 4, "2026-01-13 12:59"),
        ("2026-01-16 20:00", 4, "2026-01-19 12:00"),
        ("2026-01-17 11:00", 4, "2026-01-19 13:00"),
        ("2026-07-13 08:30", 4, "2026-07-13 12:30"),
    ],
)
def test_hours_are_counted_while_lisbon_is_open(start, hours, expected):
    """frappe/helpdesk #2075, chatwoot #13392: hours outside opening counted. D5: due at closing."""
    assert due(OFFICE, start, hours) == expected


def test_seconds_are_kept():
    assert shown(OFFICE.add(at("2026-01-12 20:59:30"), 90)) == "2026-01-13 09:01"
    assert shown(OFFICE.add(at("2026-01-12 10:00:07"), 1)) == "2026-01-12 10:00:08"


@pytest.mark.parametrize(
    ("instant", "is_open", "next_open"),
    [
        ("2026-01-12 08:59:59", False, "2026-01-12 09:00"),
        ("2026-01-12 09:00", True, "2026-01-12 09:00"),
        ("2026-01-12 20:59:59", True, "2026-01-12 20:59:59"),
        ("2026-01-12 21:00", False, "2026-01-13 09:00"),
        ("2026-01-16 21:00", False, "2026-01-19 09:00"),
    ],
)
def test_open_at_opening_and_closed_at_closing(instant, is_open, next_open):
    assert (OFFICE.is_open(at(instant)), shown(OFFICE.next_open(at(instant)))) == (is_open, next_open)
    assert shown(OFFICE.add(at(instant), 0)) == next_open


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [("2026-01-12 12:30", 1, "2026-01-12 14:30"), ("2026-01-12 09:00", 4, "2026-01-12 13:00")],
)
def test_lunch_is_not_counted(start, hours, expected):
    """osTicket #6847."""
    assert due(LUNCH, start, hours) == expected


@pytest.mark.parametrize("days", [ALL_DAYS[2:3], ALL_DAYS[1::2], WEEKDAYS])
def test_any_set_of_weekdays_is_open_on_those_alone(days):
    """osTicket #6739."""
    open_days = {span.business_date % 7 for span in timeline(calendar(["09:00", "21:00"], days=days)).spans()}
    assert open_days == {(ALL_DAYS.index(day) + 1) % 7 for day in days}


def test_round_the_clock_loses_no_minute_at_midnight():
    """zammad #3180."""
    assert due(ROUND_THE_CLOCK, "2026-01-12 23:59", 1) == "2026-01-13 00:59"
    assert ROUND_THE_CLOCK.between(at("2026-01-01 00:00"), at("2027-01-01 00:00")) == 365 * 24 * HOUR
    assert ROUND_THE_CLOCK.is_open(at("2026-01-12 23:59:59"))


def test_hours_until_midnight_end():
    """zammad #2497: 09:00-00:00 looped for ever."""
    assert due(timeline(calendar(["09:00", "00:00"])), "2026-01-12 22:00", 3) == "2026-01-13 10:00"


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-01-12 23:00", 8, "2026-01-13 23:00"),
        ("2026-01-16 23:00", 8, "2026-01-19 23:00"),
        ("2026-01-17 03:00", 1, "2026-01-17 04:00"),
        ("2026-01-12 03:00", 1, "2026-01-12 23:00"),
    ],
)
def test_a_night_shift_belongs_to_the_evening_on_which_it_starts(start, hours, expected):
    assert due(NIGHT, start, hours) == expected


def test_a_holiday_removes_the_shift_that_starts_on_it_and_no_other():
    line = timeline(calendar(["22:00", "06:00"], holidays=["2026-12-25"]))
    assert line.is_open(at("2026-12-25 02:00"))
    assert not line.is_open(at("2026-12-25 22:00"))
    assert not line.is_open(at("2026-12-26 02:00"))


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-06-09 18:00", 4, "2026-06-11 10:00"),
        ("2026-04-02 18:00", 4, "2026-04-06 10:00"),
        ("2026-12-24 12:00", 4, "2026-12-28 12:00"),
        ("2026-12-30 20:00", 4, "2027-01-01 12:00"),
    ],
)
def test_holidays_short_days_and_closed_days_do_not_count(start, hours, expected):
    """seppemans/businesstimedelta #9, pandas #16867: holidays looped or were off by a day."""
    assert due(PORTUGAL, start, hours) == expected


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-01-12 10:00", "2026-01-12 10:00", 0),
        ("2026-01-12 22:00", "2026-01-13 08:00", 0),
        ("2026-01-16 22:00", "2026-01-19 22:00", 12),
        ("2026-01-14 10:00", "2026-01-12 10:00", -24),
        ("2026-12-23 10:00", "2027-01-05 10:00", 11 + 4 + 36 + 12 + 12 + 1),
    ],
)
def test_open_time_between_two_instants(start, end, hours):
    """seatgeek/businesstime #13: both ends after hours gave 0."""
    assert PORTUGAL.between(at(start), at(end)) == hours * HOUR


@pytest.mark.parametrize(
    ("instant", "hours", "expected"),
    [
        ("2026-01-13 10:00", 2, "2026-01-12 20:00"),
        ("2026-01-12 21:00", 12, "2026-01-12 09:00"),
        ("2026-01-13 21:00", 12, "2026-01-13 09:00"),
        ("2026-01-17 12:00", 1, "2026-01-16 20:00"),
        ("2026-01-17 12:00", 0, "2026-01-16 21:00"),
        ("2026-01-12 12:00", 0, "2026-01-12 12:00"),
        ("2026-01-12 21:00", 0, "2026-01-12 21:00"),
    ],
)
def test_open_time_is_counted_back(instant, hours, expected):
    """glpi PR #22678: one hour before the due time was midnight on split calendars."""
    assert shown(OFFICE.subtract(at(instant), hours * HOUR)) == expected


def test_an_hour_before_a_due_time_after_lunch_lies_before_lunch():
    """glpi PR #22678."""
    assert shown(LUNCH.subtract(at("2026-01-12 14:30"), HOUR)) == "2026-01-12 12:30"


def test_pauses_are_a_union_of_which_only_open_time_counts():
    """frappe/erpnext PR #49414 and #52489: holds counted twice, and outside hours."""
    night = (at("2026-01-12 20:00"), at("2026-01-13 10:00"))
    overlapping = [
        (at("2026-01-13 12:00"), at("2026-01-13 14:00")),
        (at("2026-01-13 13:00"), at("2026-01-13 15:00")),
    ]
    start, end = at("2026-01-12 10:00"), at("2026-01-14 10:00")
    assert shown(OFFICE.add_outside(start, 24 * HOUR, [*overlapping, night])) == "2026-01-14 15:00"
    assert OFFICE.between_outside(start, end, [*overlapping, night]) == (24 - 2 - 3) * HOUR
    assert OFFICE.between_outside(end, start, [*overlapping, night]) == -(24 - 2 - 3) * HOUR


@pytest.mark.parametrize(
    ("pause", "hours", "expected"),
    [
        (("2026-01-12 22:00", "2026-01-13 08:00"), 12, "2026-01-13 10:00"),
        (("2026-01-12 22:00", "2026-01-13 08:00"), 11, "2026-01-12 21:00"),
        (("2026-01-12 21:00", "2026-01-13 12:00"), 11, "2026-01-12 21:00"),
        (("2026-01-12 09:00", "2026-01-12 11:00"), 0, "2026-01-12 11:00"),
        (("2026-01-12 12:00", "2026-01-12 13:00"), 0, "2026-01-12 10:00"),
        (("2026-01-12 22:00", "2026-01-12 21:00"), 1, "2026-01-12 11:00"),
    ],
)
def test_a_pause_moves_only_what_it_interrupts(pause, hours, expected):
    start = at("2026-01-12 10:00")
    assert shown(OFFICE.add_outside(start, hours * HOUR, [(at(pause[0]), at(pause[1]))])) == expected


def test_a_calendar_that_never_opens_says_so():
    """zammad #2497, frappe: `while remaining` never ended."""
    start = at("2026-01-12 10:00")
    for question in (NEVER.next_open, lambda t: NEVER.add(t, 1), lambda t: NEVER.close_of_nth_day(t, 1)):
        with pytest.raises(NeverOpen, match="not enough open time after 2026-01-12T10:00:00Z"):
            question(start)
    assert (NEVER.is_open(start), NEVER.between(start, at("2026-02-12 10:00"))) == (False, 0)


def test_a_calendar_that_closes_for_good_says_so_when_its_time_is_used_up():
    line = timeline(LISBON, (at("2026-03-01 00:00"), calendar(days=())))
    assert due(line, "2026-02-27 18:00", 3) == "2026-02-27 21:00"
    with pytest.raises(NeverOpen):
        due(line, "2026-02-27 18:00", 4)


def test_only_dated_hours_are_open_time_too():
    line = timeline(calendar(days=(), overrides={"2026-01-14": [["10:00", "12:00"]]}))
    assert due(line, "2026-01-12 10:00", 2) == "2026-01-14 12:00"
    with pytest.raises(NeverOpen):
        due(line, "2026-01-12 10:00", 3)
    late = timeline(calendar(days=(), overrides={"2029-01-10": [["10:00", "12:00"]]}))
    with pytest.raises(OutOfHorizon):
        due(late, "2026-01-12 10:00", 2)


def test_a_last_day_that_the_horizon_may_cut_is_not_the_end():
    versions = (LISBON, (at("2026-01-16 22:00"), calendar(days=())))
    with pytest.raises(OutOfHorizon):
        timeline(*versions, hi="2026-01-17 00:00").close_of_nth_day(at("2026-01-15 10:00"), 1)
    longer = timeline(*versions, hi="2026-01-27 00:00")
    assert shown(longer.close_of_nth_day(at("2026-01-15 10:00"), 1)) == "2026-01-16 21:00"
    with pytest.raises(NeverOpen):
        longer.close_of_nth_day(at("2026-01-15 10:00"), 2)


@pytest.mark.parametrize(
    "question",
    [
        lambda: OFFICE.add(at("2027-12-31 10:00"), 24 * HOUR),
        lambda: OFFICE.add(at("2028-01-01 00:01"), 0),
        lambda: OFFICE.add(at("2024-12-31 23:59"), HOUR),
        lambda: OFFICE.subtract(at("2025-01-01 10:00"), 2 * HOUR),
        lambda: OFFICE.subtract(at("2025-01-01 08:00"), 0),
        lambda: OFFICE.between(at("2026-01-01 10:00"), at("2028-01-01 00:01")),
        lambda: OFFICE.is_open(at("2028-01-01 00:00")),
        lambda: OFFICE.next_open(10**18),
        lambda: OFFICE.close_of_nth_day(at("2027-12-31 10:00"), 1),
        lambda: OFFICE.standard_day_seconds(at("2028-06-01 00:00")),
        lambda: NEVER.subtract(at("2026-01-12 10:00"), 1),
    ],
)
def test_what_lies_outside_the_horizon_says_so(question):
    with pytest.raises(OutOfHorizon, match="leads out of 2025-01-01T00:00:00Z to 2028-01-01T00:00:00Z"):
        question()


@pytest.mark.parametrize("question", [OFFICE.add, OFFICE.subtract])
def test_time_is_not_counted_backwards_by_a_negative_number(question):
    with pytest.raises(ValueError, match="-1 seconds cannot be"):
        question(at("2026-01-12 10:00"), -1)


def test_a_timeline_needs_a_version_and_a_length():
    with pytest.raises(ValueError, match="No timeline of 0 versions"):
        Timeline.build([], 0, 1)
    with pytest.raises(ValueError, match="No timeline of 1 versions from 5 to 5"):
        Timeline.build([(0, LISBON)], 5, 5)


def test_stored_spans_give_the_same_timeline():
    stored = [tuple(span) for span in PORTUGAL.spans()]
    again = Timeline.from_spans(stored, eras=eras([(0, PORTUGAL_2026)]), lo=PORTUGAL.lo, hi=PORTUGAL.hi)
    assert list(again.spans()) == list(PORTUGAL.spans())
    start = at("2026-12-23 10:00")
    assert again.add(start, 24 * HOUR) == PORTUGAL.add(start, 24 * HOUR)
    assert again.close_of_nth_day(start, 3) == PORTUGAL.close_of_nth_day(start, 3)
    assert again.standard_day_seconds(start) == 12 * HOUR


@pytest.mark.parametrize("spans", [[(5, 9, 1), (8, 10, 1)], [(9, 9, 1)], [(-1, 3, 1)], [(5, 101, 1)]])
def test_stored_spans_out_of_order_are_refused(spans):
    with pytest.raises(ValueError, match="not in order"):
        Timeline.from_spans(spans, eras=eras([(0, LISBON)]), lo=0, hi=100)


def test_spans_between_are_cut_at_both_ends():
    day = at("2026-01-12 00:00") // 86400 + 719163
    cut = list(OFFICE.spans_between(at("2026-01-12 10:00"), at("2026-01-13 10:00")))
    assert cut == [
        Span(at("2026-01-12 10:00"), at("2026-01-12 21:00"), day),
        Span(at("2026-01-13 09:00"), at("2026-01-13 10:00"), day + 1),
    ]
    assert list(OFFICE.spans_between(at("2026-01-10 10:00"), at("2026-01-11 10:00"))) == []


def test_a_new_version_counts_from_its_instant_and_leaves_the_past():
    """zammad #534 and #4353, freeitsm: edits were not seen, or rewrote history."""
    shorter = timeline(LISBON, (at("2026-03-10 12:00"), calendar(["09:00", "18:00"])))
    assert due(shorter, "2026-03-10 10:00", 12) == "2026-03-11 13:00"
    assert shorter.between(at("2026-03-09 10:00"), at("2026-03-12 00:00")) == (11 + 9 + 9) * HOUR
    assert (
        due(timeline(LISBON, (at("2026-05-15 22:00"), ALWAYS)), "2026-05-15 18:00", 12) == "2026-05-16 08:00"
    )


def test_of_two_versions_from_one_instant_the_later_named_counts():
    assert due(timeline((0, ALWAYS), (0, LISBON)), "2026-01-12 08:00", 1) == "2026-01-12 10:00"


def test_overlapping_hours_count_once():
    line = timeline(calendar(["09:00", "15:00"], ["12:00", "18:00"], ["13:00", "14:00"]))
    assert line.between(at("2026-01-12 00:00"), at("2026-01-13 00:00")) == 9 * HOUR


def test_eight_years_of_a_calendar_take_at_most_100_kilobytes():
    line = timeline(PORTUGAL_2026, lo="2022-01-01 00:00", hi="2030-01-01 00:00")
    kept = (line._starts, line._before, line._owners, line._dates, line._closes)
    assert sum(len(numbers) * numbers.itemsize for numbers in kept) < 100_000
