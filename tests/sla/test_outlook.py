"""The coming days as people read them."""

from datetime import UTC, date, datetime

import pytest

from sla import calendar_changes, calendars, hours, outlook
from sla.calendar_changes import DateChange, WeekdayChange
from sla.holidays import Holiday, Place
from sla.hours import DayKind
from sla.models import Calendar
from sla.outlook import Bar, NamedDate

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def blank(db) -> Calendar:
    return Calendar.objects.create(key="blank", name="Blank")


def version(calendar, week, *, at=BEGINS, tz="Europe/Lisbon", listed=(), labels=None, **more):
    spec = {"tz": tz, "week": week, "holidays": [str(row.date) for row in listed], **more}
    return calendars.drafted(
        calendar, spec=hours.calendar_from_json(spec), valid_from=at, listed=listed, labels=labels
    )


def days_of(*versions, first, count=1):
    return outlook.days(versions, first=first, count=count)


def test_a_split_day_has_two_intervals_and_two_bars(blank):
    (day,) = days_of(
        version(blank, {"mon": [["09:00", "13:00"], ["14:00", "18:00"]]}), first=date(2026, 3, 9)
    )

    assert (day.hours, day.bars) == (
        ("09:00–13:00", "14:00–18:00"),
        (Bar(9 * 60, 240), Bar(14 * 60, 240)),
    )
    assert (day.kind, day.open_seconds, day.clock_moves) == (DayKind.WEEK, 8 * 3600, 0)


def test_a_night_shift_is_told_on_its_own_date_and_drawn_on_both(blank):
    friday, saturday = days_of(
        version(blank, {"fri": [["22:00", "02:00"]]}), first=date(2026, 3, 13), count=2
    )

    assert (friday.hours, friday.bars) == (("22:00–02:00 next day",), (Bar(22 * 60, 120),))
    assert (saturday.hours, saturday.bars, saturday.kind) == ((), (Bar(0, 120),), DayKind.NO_HOURS)


def test_the_day_on_which_the_clock_goes_forward_is_an_hour_short(blank):
    always = {day: [["00:00", "24:00"]] for day in hours.WEEKDAYS}
    (day,) = days_of(version(blank, always), first=date(2026, 3, 29))

    assert (day.hours, day.open_seconds, day.clock_moves) == (("all day",), 23 * 3600, 3600)
    assert day.bars == (Bar(0, 60), Bar(120, 22 * 60))


def test_the_day_on_which_the_clock_goes_back_is_an_hour_long(blank):
    always = {day: [["00:00", "24:00"]] for day in hours.WEEKDAYS}
    (day,) = days_of(version(blank, always), first=date(2026, 10, 25))

    assert (day.open_seconds, day.clock_moves, day.clock_moves_minutes) == (25 * 3600, -3600, 60)


def test_lord_howe_moves_by_half_an_hour(blank):
    (day,) = days_of(
        version(blank, {"mon": [["09:00", "17:00"]]}, tz="Australia/Lord_Howe"), first=date(2026, 4, 5)
    )

    assert (day.clock_moves, day.clock_moves_minutes) == (-1800, 30)


def test_a_day_on_which_hours_change_at_noon_has_the_pieces_of_both(blank):
    old = version(blank, {"mon": [["09:00", "18:00"]]})
    new = version(blank, {"mon": [["10:00", "20:00"]]}, at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    (day,) = days_of(old, new, first=date(2026, 3, 9))

    assert day.hours == ("09:00–12:00", "12:00–20:00")


def test_holidays_and_special_days_are_named(blank):
    christmas = Holiday(date(2026, 12, 25), "Natal", "PT", "", "public", "0.109")
    gaia = Holiday(date(2026, 6, 29), "São Pedro")
    eve = date(2026, 12, 24)
    row = version(
        blank,
        {day: [["09:00", "18:00"]] for day in hours.WEEKDAYS},
        listed=[gaia, christmas],
        overrides={str(eve): [["09:00", "12:00"]]},
        labels={eve: "Christmas Eve"},
    )

    assert outlook.named_dates(row, first=date(2026, 3, 1), count=8) == (
        NamedDate(gaia.date, "São Pedro", DayKind.HOLIDAY, (), ""),
        NamedDate(eve, "Christmas Eve", DayKind.OVERRIDE, ("09:00–12:00",), ""),
        NamedDate(christmas.date, "Natal", DayKind.HOLIDAY, (), "PT, holidays 0.109"),
    )
    short, closed = days_of(row, first=eve, count=2)
    assert [(one.name, one.kind, one.hours) for one in (short, closed)] == [
        ("Christmas Eve", DayKind.OVERRIDE, ("09:00–12:00",)),
        ("Natal", DayKind.HOLIDAY, ()),
    ]


def test_coming_dates_are_those_of_the_version_that_will_be_in_force(blank):
    week = {"mon": [["09:00", "18:00"]]}
    spring, summer = Holiday(date(2026, 4, 3), "Spring"), Holiday(date(2026, 7, 1), "Summer")
    old = version(blank, week, listed=[spring, summer])
    new = version(
        blank,
        week,
        at=datetime(2026, 5, 1, tzinfo=UTC),
        overrides={"2026-04-20": [], "2026-07-02": []},
        labels={date(2026, 7, 2): "Bridge"},
    )

    found = outlook.coming_dates([new, old], first=date(2026, 3, 1), count=8)

    assert [(one.date, one.name) for one in found] == [(spring.date, "Spring"), (date(2026, 7, 2), "Bridge")]


def test_a_calendar_without_versions_has_no_days():
    assert days_of(first=date(2026, 3, 9), count=3) == ()


# --- what changes -----------------------------------------------------------------------------------


def test_what_two_versions_do_otherwise_is_told_from_the_later_ones_first_day(blank):
    gone = Holiday(date(2026, 6, 13), "Santo António")
    past = Holiday(date(2026, 1, 6), "Reis")
    old = version(blank, {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]}, listed=[past, gone])
    new = version(
        blank,
        {"mon": [["09:00", "18:00"]], "sat": [["09:00", "13:00"]]},
        at=datetime(2026, 3, 9, tzinfo=UTC),
        tz="Europe/Madrid",
        overrides={"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []},
        labels={date(2026, 12, 24): "Eve"},
    )

    found = calendar_changes.changes(old, new)

    assert found.zone == ("Europe/Lisbon", "Europe/Madrid")
    assert found.week == (
        WeekdayChange(1, "09:00–18:00", "closed"),
        WeekdayChange(5, "closed", "09:00–13:00"),
    )
    assert found.dates == (
        DateChange(gone.date, "Santo António", "closed", "as in the week"),
        DateChange(date(2026, 12, 24), "Eve", "as in the week", "09:00–12:00"),
        DateChange(date(2026, 12, 31), "", "as in the week", "closed"),
    )


def test_the_same_hours_again_change_nothing(blank):
    one = version(blank, {"mon": [["09:00", "18:00"]]})

    assert not calendar_changes.changes(one, version(blank, {"mon": [["09:00", "18:00"]]}))


def test_another_place_is_told(blank):
    week = {"mon": [["09:00", "18:00"]]}
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": week})
    places = (None, Place("PT"), Place("PT", "13"), Place("PT", "", ("public", "optional")))
    rows = [calendars.drafted(blank, spec=spec, valid_from=BEGINS, place=place) for place in places]

    assert [calendar_changes.place_said(row) for row in rows] == [
        "none",
        "PT",
        "PT 13",
        "PT, public and optional",
    ]
    assert calendar_changes.changes(rows[1], rows[2]).place == ("PT", "PT 13")
