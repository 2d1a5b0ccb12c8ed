"""Reports of other desks and libraries: open time, counted wrongly."""

import pytest

from sla.hours import NeverOpen, ladder_instant
from tests.sla.hours.calendars import (
    ALL_DAYS,
    ALWAYS,
    LISBON,
    WEEKDAYS,
    at,
    calendar,
    timeline,
)
from tests.sla.hours.lives import OFFICE, created, first, happens, resolution

HOUR = 3600


def added(line, start, hours):
    return line.add(at(start), round(hours * HOUR))


def test_round_the_clock_loses_no_minute_at_midnight():
    """zammad/zammad#3180: 23:59 stood for the end of the day, so every midnight cost a minute."""
    line = timeline(ALWAYS)

    assert added(line, "2026-01-12 23:59", 1) == at("2026-01-13 00:59")
    assert added(line, "2026-01-12 00:00", 24 * 365) == at("2027-01-12 00:00")
    assert line.is_open(at("2026-01-12 23:59:59"))


@pytest.mark.parametrize("midnight", ["00:00", "24:00"])
def test_hours_until_midnight_are_hours(midnight):
    """zammad/zammad#2497: 09:00-00:00 was an interval that never ended, nor did the worker that read it."""
    line = timeline(calendar(["09:00", midnight]))

    assert added(line, "2026-01-12 10:00", 14) == at("2026-01-13 00:00")
    assert added(line, "2026-01-12 10:00", 15) == at("2026-01-13 10:00")


@pytest.mark.parametrize("hours", [0, 1, 240])
def test_a_calendar_that_never_opens_ends_the_question(hours):
    """zammad/zammad#2497, too: no hours at all kept a worker busy for ever."""
    never = timeline(calendar(days=()))

    with pytest.raises(NeverOpen):
        added(never, "2026-01-12 10:00", hours)
    assert never.between(at("2026-01-12 10:00"), at("2027-01-12 10:00")) == 0


def test_an_hour_before_the_due_time_lies_in_the_morning_of_a_split_day():
    """glpi-project/glpi#22678: "one hour before" was at 00:00 where a day had a lunch."""
    line = timeline(calendar(["09:00", "12:30"], ["14:00", "18:00"]))
    due = at("2026-01-13 14:30")

    assert line.subtract(due, HOUR) == at("2026-01-13 12:00")
    for percent in range(0, 201, 10):
        step = ladder_instant(line, at("2026-01-12 10:00"), due, percent)
        assert line.is_open(step) or percent == 100
        assert line.between(at("2026-01-12 10:00"), step) == pytest.approx(10.5 * HOUR * percent / 100)


@pytest.mark.parametrize("days", [("mon",), ("mon", "wed"), ("tue", "thu", "sat"), ("sun",), ALL_DAYS])
def test_only_the_chosen_weekdays_count(days):
    """osTicket/osTicket#6739: a subset of the weekdays was read as the whole week."""
    line = timeline(calendar(["09:00", "17:00"], days=days))
    monday = at("2026-01-12 00:00")
    eight_hours = [
        line.between(monday + n * 24 * HOUR, monday + (n + 1) * 24 * HOUR) == 8 * HOUR for n in range(7)
    ]

    assert eight_hours == [weekday in days for weekday in ALL_DAYS]


def test_lunch_closes_an_hour_and_not_the_day():
    """osTicket/osTicket#6847: a lunch had to be written as a holiday, which closed the whole day."""
    line = timeline(calendar(["09:00", "13:00"], ["14:00", "18:00"]))

    assert line.between(at("2026-01-12 00:00"), at("2026-01-13 00:00")) == 8 * HOUR
    assert added(line, "2026-01-12 12:30", 1) == at("2026-01-12 14:30")
    assert added(line, "2026-01-12 13:30", 4) == at("2026-01-12 18:00")


def test_holidays_in_another_zone_end_the_search():
    """seppemans/businesstimedelta#9: holidays with a zone east of UTC looped for ever."""
    holidays = ["2026-01-01", "2026-01-02", "2026-01-05"]
    line = timeline(calendar(["09:00", "17:00"], tz="Asia/Kolkata", holidays=holidays))

    # 31 December, 16:30 in Kolkata: half an hour, then Tuesday the 6th.
    assert added(line, "2025-12-31 11:00", 1) == at("2026-01-06 09:30+05:30")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-01-16 22:00", "2026-01-19 22:00", 12),
        ("2026-01-12 22:00", "2026-01-13 08:00", 0),
        ("2026-01-12 22:00", "2026-01-13 23:00", 12),
        ("2026-01-17 10:00", "2026-01-18 10:00", 0),
    ],
)
def test_both_ends_may_lie_outside_hours(start, end, hours):
    """seatgeek/businesstime#13: from after hours to after hours was nothing."""
    assert OFFICE.between(at(start), at(end)) == hours * HOUR


def test_eight_hours_over_a_holiday_end_on_the_day_after_it():
    """pandas-dev/pandas#16867: eight business hours over a holiday were off by a day."""
    line = timeline(calendar(["09:00", "17:00"], holidays=["2026-06-10"]))

    assert added(line, "2026-06-09 13:00+01:00", 8) == at("2026-06-11 13:00+01:00")
    assert added(line, "2026-06-09 09:00+01:00", 8) == at("2026-06-09 17:00+01:00")
    assert added(line, "2026-06-10 12:00+01:00", 8) == at("2026-06-11 17:00+01:00")


def test_closed_days_make_a_due_time_later_and_never_earlier():
    """django-helpdesk escalate_tickets: an excluded day shortened the count, so weekends hurried it."""
    every_day = timeline(calendar(["09:00", "21:00"], days=ALL_DAYS))
    holidays = timeline(calendar(["09:00", "21:00"], holidays=["2026-12-08", "2026-12-25"]))

    for day in range(1, 29):
        start = f"2026-12-{day:02} 10:00"
        for days in (1, 2, 3):
            alone = every_day.close_of_nth_day(at(start), days)
            assert (
                alone
                <= OFFICE.close_of_nth_day(at(start), days)
                <= holidays.close_of_nth_day(at(start), days)
            )
    # Three days from a Monday, with the weekend closed, are Thursday; not the day before.
    assert OFFICE.close_of_nth_day(at("2026-01-12 10:00"), 3) == at("2026-01-15 21:00")


def test_what_comes_on_a_closed_day_counts_from_the_next_opening():
    """frappe/helpdesk#2075: what arrived on a day off was due as if it had been a working day."""
    assert first(created("urgent", "17 11:00"), now="17 12:00")["due"] == "19 13:00"
    assert first(created("high", "18 23:59"), now="19 08:00")["due"] == "19 21:00"
    assert resolution(created("high", "17 11:00"), now="17 12:00")["due"] == "20 21:00"


def test_a_response_is_missed_in_open_time_alone():
    """chatwoot/chatwoot#13392: the night and the weekend counted, so Friday's tickets were late on Monday."""
    friday = created("urgent", "16 20:00")

    assert first(friday, now="19 11:59") == {"state": "running", "due": "19 12:00"}
    assert first(friday, happens("agent_reply", "19 12:00")) == {
        "state": "met",
        "due": "19 12:00",
        "met": "19 12:00",
    }


def test_the_working_week_is_what_was_meant():
    assert [LISBON.hours_of(number) != () for number in range(7)] == [day in WEEKDAYS for day in ALL_DAYS]
