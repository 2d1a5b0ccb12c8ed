"""Zones whose clocks change: an instant is open iff the clock on the wall says so."""

import zoneinfo

import pytest

from sla.hours import zone
from sla.hours.instants import DAY
from tests.sla.hours.calendars import ALL_DAYS, LISBON, at, calendar, shown, timeline

HOUR = 3600
MINUTE = 60

SPRING = at("2026-03-29 00:00"), at("2026-03-29 23:00")
AUTUMN = at("2026-10-24 23:00"), at("2026-10-26 00:00")
"""The two local days of 2026 on which Lisbon's clock changes."""


def due(line, start, hours):
    return shown(line.add(at(start), round(hours * HOUR)))


def all_week(*hours, tz):
    return calendar(*hours, days=ALL_DAYS, tz=tz)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-03-27 20:00", 4, "2026-03-30 11:00"),
        ("2026-10-23 19:00", 4, "2026-10-26 12:00"),
        ("2027-03-26 20:00", 4, "2027-03-29 11:00"),
    ],
)
def test_lisbon_opens_at_nine_on_the_wall_in_winter_and_in_summer(start, hours, expected):
    assert due(timeline(LISBON), start, hours) == expected


def test_wet_is_not_utc():
    """Portugal has summer time: at 08:30 UTC in July Lisbon has been open for half an hour."""
    start = at("2026-07-13 08:30")
    assert timeline(calendar(["09:00", "21:00"], tz="WET")).is_open(start)
    assert not timeline(calendar(["09:00", "21:00"], tz="Etc/UTC")).is_open(start)


def test_the_days_on_which_the_clock_changes_have_23_and_25_hours():
    """fivetran/dbt_zendesk #25, #144, #86: business minutes ignored the change, or ended there."""
    line = timeline(all_week(["00:00", "24:00"], tz="Europe/Lisbon"))
    assert (line.between(*SPRING), line.between(*AUTUMN)) == (23 * HOUR, 25 * HOUR)
    assert due(line, "2026-10-25 00:30", 1) == "2026-10-25 01:30"


@pytest.mark.parametrize(
    ("hours", "day", "minutes"),
    [
        (["00:30", "01:30"], SPRING, 30),
        (["01:15", "01:45"], SPRING, 0),
        (["01:15", "02:30"], SPRING, 30),
        (["00:30", "01:30"], AUTUMN, 90),
        (["01:15", "01:45"], AUTUMN, 60),
        (["01:30", "09:00"], AUTUMN, 8 * 60),
    ],
    ids=[
        "ends in the gap",
        "inside it",
        "starts in it",
        "ends in the fold",
        "inside it twice",
        "starts in it",
    ],
)
def test_hours_in_the_gap_vanish_and_hours_in_the_fold_come_twice(hours, day, minutes):
    """zendesk/biz PR #160; answer 9."""
    line = timeline(all_week(hours, tz="Europe/Lisbon"))
    assert line.between(*day) == minutes * MINUTE


def test_in_the_fold_a_shift_goes_on_when_its_clock_time_comes_again():
    line = timeline(all_week(["00:30", "01:30"], tz="Europe/Lisbon"))
    times = ("00:29", "00:30", "00:59", "01:00", "01:29", "01:30")
    is_open = [line.is_open(at(f"2026-10-25 {time}")) for time in times]
    assert is_open == [True, False, False, True, True, False]
    assert due(line, "2026-10-24 23:00", 1.5) == "2026-10-25 01:30"


def test_the_night_shift_of_a_change_is_shorter_or_longer():
    line = timeline(all_week(["22:00", "06:00"], tz="Europe/Lisbon"))
    assert due(line, "2026-03-28 21:00", 8) == "2026-03-29 22:00"
    assert due(line, "2026-10-24 20:00", 9) == "2026-10-25 06:00"


def test_an_hour_after_two_in_summer_is_two_in_winter():
    """lennym/moment-business-time #58; Intrepidd/working_hours #26: the same instant, or an earlier one."""
    line = timeline(all_week(["00:00", "10:00"], tz="Europe/Amsterdam"))
    assert due(line, "2026-10-25 02:00+02:00", 1) == "2026-10-25 01:00"


def test_a_midnight_that_does_not_exist_is_no_trap():
    """zendesk/biz PR #35, #36, #37: endless loop."""
    line = timeline(
        all_week(["00:00", "24:00"], tz="America/Sao_Paulo"), lo="2015-01-01 00:00", hi="2019-12-01 00:00"
    )
    assert due(line, "2015-10-17 12:00-03:00", 24) == "2015-10-18 15:00"
    assert shown(line.from_next_opening(at("2018-11-03 00:00-03:00"), 1)) == "2018-11-05 02:00"
    late = timeline(
        all_week(["20:00", "23:30"], tz="America/Sao_Paulo"), lo="2015-01-01 00:00", hi="2019-12-01 00:00"
    )
    assert due(late, "2019-02-16 20:00-02:00", 4) == "2019-02-17 02:30"


def test_lord_howe_changes_by_half_an_hour():
    line = timeline(all_week(["01:00", "03:00"], tz="Australia/Lord_Howe"))
    assert due(line, "2026-10-04 00:00+10:30", 2) == "2026-10-04 14:30"
    always = timeline(all_week(["00:00", "24:00"], tz="Australia/Lord_Howe"))
    assert due(always, "2026-04-04 12:00+11:00", 24) == "2026-04-05 01:00"
    assert (
        always.between(at("2026-04-05 00:00+11:00"), at("2026-04-06 00:00+10:30")) == 24 * HOUR + 30 * MINUTE
    )


def test_apia_has_no_30_december_2011():
    line = timeline(
        all_week(["09:00", "17:00"], tz="Pacific/Apia"), lo="2011-12-01 00:00", hi="2012-02-01 00:00"
    )
    start = at("2011-12-29 16:00-10:00")
    assert due(line, "2011-12-29 16:00-10:00", 2) == shown(at("2011-12-31 10:00+14:00"))
    assert shown(line.close_of_nth_day(start, 1)) == shown(at("2011-12-31 17:00+14:00"))


def test_where_the_clock_goes_back_over_midnight_a_date_is_left_and_entered_again():
    """St John's went back from 00:01 to 23:01 until 2011: a minute of the 7th, then the 6th once more."""
    line = timeline(
        all_week(["00:00", "24:00"], tz="America/St_Johns"), lo="2010-11-01 00:00", hi="2010-12-01 00:00"
    )
    sixth = at("2010-11-06 12:00-02:30")
    assert shown(line.close_of_nth_day(sixth, 0)) == shown(at("2010-11-07 00:00-03:30"))
    assert shown(line.close_of_nth_day(sixth, 1)) == shown(at("2010-11-08 00:00-03:30"))
    assert line.between(at("2010-11-06 00:00-02:30"), at("2010-11-08 00:00-03:30")) == 49 * HOUR


def test_the_same_clock_time_in_a_gap_moves_on_and_in_a_fold_is_the_first():
    line = timeline(all_week(["00:00", "24:00"], tz="Europe/Lisbon"))
    assert shown(line.same_clock_time(at("2026-03-28 01:30"), 1)) == "2026-03-29 01:30"
    assert shown(line.same_clock_time(at("2026-10-24 01:30+01:00"), 1)) == "2026-10-25 00:30"


def test_no_zone_changes_its_offset_twice_within_two_days():
    """What `zone.regimes` relies on when it looks once a day."""
    lo, hi = at("1999-01-01 00:00"), at("2012-01-01 00:00")
    for name in ("America/Boa_Vista", "Asia/Gaza", "Africa/Casablanca", "America/Argentina/Tucuman"):
        found = zone.regimes(zoneinfo.ZoneInfo(name), lo, hi)
        assert [regime.ends_at for regime in found] == [*(regime.starts_at for regime in found[1:]), hi]
        assert min(regime.ends_at - regime.starts_at for regime in found) > 2 * DAY


def test_a_change_of_offset_at_the_very_end_starts_no_regime():
    lisbon, change = zoneinfo.ZoneInfo("Europe/Lisbon"), at("2026-03-29 01:00")
    assert zone.regimes(lisbon, change - DAY, change) == [(change - DAY, change, 0)]
    assert zone.regimes(lisbon, change - DAY, change + 1) == [
        (change - DAY, change, 0),
        (change, change + 1, HOUR),
    ]


def test_a_zone_corrected_by_a_version_rules_from_its_instant():
    line = timeline(calendar(["09:00", "21:00"], tz="Etc/UTC"), (at("2026-07-01 00:00"), LISBON))
    assert due(line, "2026-06-30 19:30", 4) == "2026-07-01 10:30"
