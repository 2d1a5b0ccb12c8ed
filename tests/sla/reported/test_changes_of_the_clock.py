"""Reports of other desks and libraries: days on which the clock on the wall jumps."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from sla.hours import Timeline
from tests.sla.hours.calendars import ALL_DAYS, ALWAYS, LISBON, at, calendar, shown, timeline

HOUR = 3600
SAO_PAULO = calendar(["00:00", "24:00"], days=ALL_DAYS, tz="America/Sao_Paulo")


def around(spec, year):
    return Timeline.build([(0, spec)], at(f"{year - 1}-01-01 00:00"), at(f"{year + 2}-01-01 00:00"))


def test_a_midnight_that_does_not_exist_ends_the_day_all_the_same():
    """zendesk/biz#35, zendesk/biz#36: on 18 October 2015 Sao Paulo had no midnight, and the search no end."""
    line = around(SAO_PAULO, 2015)

    assert line.add(at("2015-10-17 12:00-03:00"), 24 * HOUR) == at("2015-10-18 13:00-02:00")
    assert line.between(at("2015-10-18 01:00-02:00"), at("2015-10-19 00:00-02:00")) == 23 * HOUR


def test_an_evening_that_ends_where_midnight_is_missing_meets_the_next_morning():
    """zendesk/biz#37: hours until 24:00 of a date whose midnight is skipped."""
    evening_and_morning = {"sat": [["08:00", "24:00"]], "sun": [["00:00", "08:00"]]}
    line = around(calendar(days=(), tz="America/Sao_Paulo", week=evening_and_morning), 2018)

    # Saturday 20:00 until 24:00 is four hours; Sunday begins at one o'clock and has seven.
    assert line.add(at("2018-11-03 20:00-03:00"), 8 * HOUR) == at("2018-11-04 05:00-02:00")
    assert line.close_of_nth_day(at("2018-11-02 12:00-03:00"), 1) == at("2018-11-04 00:00-03:00")


@pytest.mark.parametrize("year", [2012, 2018, 2024, 2026, 2030])
def test_in_casablanca_no_time_of_the_year_is_refused(year):
    """zendesk/biz#160: around Ramadan Morocco's clock goes back in its standard time, which raised."""
    line = around(calendar(["08:00", "20:00"], days=ALL_DAYS, tz="Africa/Casablanca"), year)
    nights = around(calendar(["22:00", "06:00"], days=ALL_DAYS, tz="Africa/Casablanca"), year)
    start = at(f"{year}-01-01 12:00")

    for day in range(366):
        instant = start + day * 24 * HOUR
        assert line.between(instant, line.add(instant, 30 * HOUR)) == 30 * HOUR
        assert nights.between(instant, nights.add(instant, 30 * HOUR)) == 30 * HOUR


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-14", 24)])
def test_a_day_has_the_minutes_that_pass_on_it(day, hours):
    """fivetran/dbt_zendesk#25: minutes were counted as if every day had 24 hours."""
    lisbon = ZoneInfo("Europe/Lisbon")
    date = datetime.fromisoformat(day)
    midnights = [date.replace(tzinfo=lisbon, day=date.day + n).timestamp() for n in (0, 1)]

    assert timeline(ALWAYS).between(*map(int, midnights)) == hours * HOUR


@pytest.mark.parametrize("spec", [ALWAYS, LISBON, calendar(["22:00", "06:00"], days=ALL_DAYS)])
def test_no_minute_is_open_twice_on_the_day_of_a_change(spec):
    """fivetran/dbt_zendesk#144: the change of the clock doubled the rows of the schedule."""
    for one, other in pairwise(timeline(spec).spans()):
        assert one.ends_at <= other.starts_at, shown(one.starts_at)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_hours_go_on_after_the_last_change_of_the_year(year):
    """fivetran/dbt_zendesk#86: the spine of the schedule ended with summer time."""
    october, december = at(f"{year}-10-19 00:00"), at(f"{year}-12-31 00:00")
    days = {span.business_date for span in timeline(LISBON).spans_between(october, december)}

    first, last = (datetime.fromtimestamp(instant, UTC).toordinal() for instant in (october, december))
    weekdays = [day for day in range(first, last) if (day - 1) % 7 < 5]  # ordinal 1 was a Monday
    assert sorted(days) == weekdays


def test_an_hour_after_the_repeated_hour_is_an_hour_later():
    """lennym/moment-business-time#58: two in summer time plus an hour was the same instant again."""
    line = around(calendar(["00:00", "10:00"], days=ALL_DAYS, tz="Europe/Amsterdam"), 2022)
    two = at("2022-10-30 02:00+02:00")

    assert line.add(two, HOUR) == at("2022-10-30 02:00+01:00") == two + HOUR


def test_time_never_goes_backwards_in_the_repeated_hour():
    """Intrepidd/working_hours#26: adding on the night of the change went back."""
    line = timeline(ALWAYS)
    night = range(at("2026-10-25 00:00"), at("2026-10-25 03:00"), 60)

    assert [line.add(instant, 30 * 60) - instant for instant in night] == [30 * 60] * len(night)
    assert [line.subtract(instant, 30 * 60) - instant for instant in night] == [-30 * 60] * len(night)


@pytest.mark.parametrize("seconds", [1, 59, 61, 3599, 43199, 43201, 86399, 10**6 + 1])
def test_a_sum_leaves_no_residue(seconds):
    """Intrepidd/working_hours#44, Intrepidd/working_hours#46: a rest of a float was never used up."""
    line = timeline(LISBON)
    start = at("2026-03-27 20:59:59")
    due = line.add(start, seconds)

    assert type(due) is int
    assert line.between(start, due) == seconds
    assert line.between(start, due - 1) == seconds - 1
