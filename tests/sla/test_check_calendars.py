"""What another release of the holidays or of the zone data would change."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from sla import calendar_check, calendars, checks, holidays, hours
from sla.calendar_check import HolidayDifference
from sla.holidays import Holiday, Place
from sla.hours import zone
from sla.models import Calendar, CalendarInterval
from tests.cast import LONG_AGO, TUESDAY_10, WORKING_WEEK

GONE = Holiday(date(2026, 7, 3), "Dia do Desk", "PT", "", "public", "0.100")
FREEDOM_DAY = date(2026, 4, 25)


def listed_otherwise(*, years=range(2025, 2030), without=(), also=()) -> Calendar:
    """A calendar that another release listed: with days that ours has no more, without some that it has."""
    calendar = Calendar.objects.create(key="old", name="Old")
    rows = [row for row in holidays.generate(Place("PT"), years) if row.date not in without]
    rows += also
    spec = {"tz": "Europe/Lisbon", "week": WORKING_WEEK, "holidays": [str(row.date) for row in rows]}
    calendars.publish(
        calendar,
        spec=hours.calendar_from_json(spec),
        valid_from=LONG_AGO,
        listed=rows,
        place=Place("PT"),
    )
    calendars.build(calendar, at=TUESDAY_10)
    return calendar


def test_nothing_would_change_as_long_as_nothing_was_upgraded(calendar):
    report = calendar_check.check(calendar, at=TUESDAY_10)

    assert (report.holidays, report.days, report.years_missing, report.trouble) == ((), (), (), ())
    assert not report.would_change
    assert report.zone_data == report.zone_data_installed == hours.zone_data_version()


def test_a_day_that_the_package_lists_otherwise_is_told(db):
    calendar = listed_otherwise(without=[FREEDOM_DAY], also=[GONE])

    report = calendar_check.check(calendar, at=TUESDAY_10)

    assert report.holidays == (
        HolidayDifference(LONG_AGO, FREEDOM_DAY, "Dia da Liberdade", closes=True, listed_by=""),
        HolidayDifference(LONG_AGO, GONE.date, "Dia do Desk", closes=False, listed_by="0.100"),
    )


def test_days_that_have_passed_and_days_of_ones_own_are_left_alone(db):
    calendar = listed_otherwise(without=[FREEDOM_DAY], also=[Holiday(FREEDOM_DAY, "Ours"), GONE])

    report = calendar_check.check(calendar, at=datetime(2026, 8, 1, tzinfo=UTC))

    assert report.holidays == ()


def test_a_version_that_is_no_longer_in_force_is_not_looked_at(db):
    calendar = listed_otherwise(also=[GONE])
    spec = calendars.spec_of(calendar.versions.get())
    calendars.publish(calendar, spec=spec, valid_from=TUESDAY_10 - timedelta(days=1))

    assert calendar_check.check(calendar, at=TUESDAY_10).holidays == ()


def test_open_time_that_the_zone_data_would_move_is_told_by_day(calendar):
    day = CalendarInterval.objects.filter(calendar=calendar, business_date=date(2026, 7, 1))
    day.update(starts_at=day.get().starts_at + 3600, ends_at=day.get().ends_at + 3600)

    (found,) = calendar_check.check(calendar, at=TUESDAY_10).days

    assert (found.date, found.before, found.after) == (
        date(2026, 7, 1),
        ("2026-07-01T09:00Z/2026-07-01T21:00Z",),
        ("2026-07-01T08:00Z/2026-07-01T20:00Z",),
    )


def test_open_time_of_the_past_is_left_alone(calendar):
    CalendarInterval.objects.filter(calendar=calendar, business_date=date(2026, 2, 2)).delete()

    assert calendar_check.check(calendar, at=TUESDAY_10).days == ()


def test_a_year_without_holidays_is_a_warning_and_no_change(db):
    calendar = Calendar.objects.create(key="bare", name="Bare", built_until=TUESDAY_10 + calendars.AHEAD)
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": WORKING_WEEK})
    rows = holidays.generate(Place("PT"), [2026, 2027])
    calendars.publish(calendar, spec=spec, valid_from=LONG_AGO, listed=rows, place=Place("PT"))

    assert calendar_check.years_missing(calendar, calendar.versions.all(), TUESDAY_10) == (2028, 2029)


def test_a_place_that_the_package_forgot_is_trouble(db):
    calendar = listed_otherwise()
    gone = Calendar.objects.create(key="gone", name="Gone")
    calendars.publish(
        gone,
        spec=calendars.spec_of(calendar.versions.get()),
        valid_from=LONG_AGO,
        listed=[Holiday(GONE.date, GONE.name, "XX", "", "public", "0.1")],
        place=Place("XX"),
    )

    report = calendar_check.check(gone, at=TUESDAY_10)

    assert (report.trouble, report.would_change) == (("No public holidays are known for XX.",), True)


def test_a_place_that_the_package_forgot_stops_no_build(db):
    calendar = Calendar.objects.create(key="gone", name="Gone")
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": WORKING_WEEK})
    listed = [Holiday(GONE.date, GONE.name, "XX", "", "public", "0.1")]
    calendars.publish(calendar, spec=spec, valid_from=LONG_AGO, listed=listed, place=Place("XX"))

    calendars.build(calendar, at=TUESDAY_10)

    assert calendars.is_open(calendar, at=TUESDAY_10)


# --- the command ------------------------------------------------------------------------------------


def test_the_command_ends_well_when_nothing_would_change(calendar, clock, capsys):
    call_command("check_calendars")

    release = holidays.package_version()
    assert capsys.readouterr().out.splitlines() == [
        f"lisbon: holidays {release}, zone data {hours.zone_data_version()}",
        "1 calendars, 0 would change",
    ]


def test_the_command_lists_what_would_change_and_fails(db, clock, capsys):
    listed_otherwise(without=[FREEDOM_DAY], also=[GONE])

    with pytest.raises(CommandError, match="Calendars that would change: old") as failed:
        call_command("check_calendars")

    assert failed.value.returncode == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  2026-04-25 would close: Dia da Liberdade",
        "  2026-07-03 would open: Dia do Desk",
        "1 calendars, 1 would change",
    ]


def test_the_command_reports_as_json(db, clock, capsys):
    listed_otherwise(also=[GONE])

    with pytest.raises(CommandError):
        call_command("check_calendars", "--json")

    (report,) = json.loads(capsys.readouterr().out)["calendars"]
    assert (report["key"], report["would_change"], report["days"]) == ("old", True, [])
    assert [(one["date"], one["closes"]) for one in report["holidays"]] == [("2026-07-03", False)]


# --- the start-up check -----------------------------------------------------------------------------


def test_a_zone_that_the_zone_data_has_forgotten_fails_the_check(calendar, monkeypatch):
    assert checks.zones_are_known(databases=["default"]) == []

    monkeypatch.setattr(zone, "_known_zones", lambda: frozenset({"UTC"}))

    (error,) = checks.zones_are_known(databases=["default"])
    assert (error.id, error.msg[:56]) == (
        "sla.E001",
        "The calendar lisbon cannot be read: There is no time zon",
    )


def test_the_check_is_among_those_of_the_database(calendar, monkeypatch):
    monkeypatch.setattr(zone, "_known_zones", lambda: frozenset({"UTC"}))

    with pytest.raises(SystemCheckError, match="Europe/Lisbon"):
        call_command("check", databases=["default"])
