"""Calendars as they are written, read, refused."""

from datetime import date

import pytest

from sla import hours
from sla.hours import CalendarSpec, DayKind, Hours, calendar_from_json, calendar_to_json
from tests.sla.hours.calendars import ALWAYS, LISBON, NIGHTS, PORTUGAL_2026, at, calendar

NINE, TEN, NOON, NINE_PM = 9 * 3600, 10 * 3600, 12 * 3600, 21 * 3600


def test_a_calendar_is_read_into_seconds_of_the_wall_clock():
    read = calendar_from_json(
        {
            "tz": "Europe/Lisbon",
            "week": {"mon": [["14:00", "18:00"], ["09:00", "13:00"]], "fri": [["22:00", "06:00"]]},
            "holidays": ["2026-12-25"],
            "overrides": {"2026-12-24": [["09:00", "12:00"]]},
        }
    )
    assert read == CalendarSpec(
        tz="Europe/Lisbon",
        week={
            "mon": (Hours(NINE, 13 * 3600), Hours(14 * 3600, 18 * 3600)),
            "fri": (Hours(22 * 3600, 30 * 3600),),
        },
        holidays=frozenset({date(2026, 12, 25)}),
        overrides={date(2026, 12, 24): (Hours(NINE, NOON),)},
    )


@pytest.mark.parametrize(
    "written", [LISBON, ALWAYS, NIGHTS, PORTUGAL_2026, calendar(["09:00:30", "09:00:30"])]
)
def test_what_is_written_reads_back_the_same(written):
    assert calendar_from_json(calendar_to_json(written)) == written


def test_wet_is_stored_as_lisbon():
    assert calendar(["09:00", "21:00"], tz="WET") == LISBON


@pytest.mark.parametrize(
    ("close", "closes"),
    [("24:00", 86400), ("00:00", 86400), ("09:00", 33 * 3600), ("08:59", 32 * 3600 + 3540)],
)
def test_a_close_at_or_before_the_opening_is_on_the_next_day(close, closes):
    assert calendar(["09:00", close]).week["mon"] == (Hours(NINE, closes),)


@pytest.mark.parametrize(
    ("data", "error", "sentence"),
    [
        ([], hours.BadCalendar, "written as an object"),
        ({"tz": "UTC", "hours": {}}, hours.BadCalendar, "not 'hours'"),
        ({"week": {}}, hours.BadCalendar, "zone is written as text, not None"),
        ({"tz": "UTC", "week": {"monday": []}}, hours.BadCalendar, "not 'monday'"),
        ({"tz": "UTC", "week": [1]}, hours.BadCalendar, "A week is written as an object"),
        ({"tz": "UTC", "week": {"mon": "09:00"}}, hours.BadCalendar, "The hours of mon is written as a list"),
        ({"tz": "Lisbon", "week": {}}, hours.UnknownZone, "no time zone 'Lisbon'"),
        ({"tz": "../../etc/passwd", "week": {}}, hours.UnknownZone, "no time zone"),
        ({"tz": "", "week": {}}, hours.UnknownZone, "no time zone ''"),
        ({"tz": "Europe", "week": {}}, hours.UnknownZone, "no time zone 'Europe'"),
        ({"tz": "UTC", "week": {"mon": [["09:00"]]}}, hours.BadTime, "pairs like 09:00 and 21:00"),
        ({"tz": "UTC", "week": {"mon": [[9, 21]]}}, hours.BadTime, "pairs like 09:00 and 21:00"),
        ({"tz": "UTC", "week": {"mon": [["9:00", "21:00"]]}}, hours.BadTime, "'9:00' is no time of day"),
        ({"tz": "UTC", "week": {"mon": [["09:60", "21:00"]]}}, hours.BadTime, "'09:60' is no time of day"),
        ({"tz": "UTC", "week": {"mon": [["09:00", "24:01"]]}}, hours.BadTime, "'24:01' is no time of day"),
        ({"tz": "UTC", "week": {"mon": [["24:00", "06:00"]]}}, hours.BadTime, "open before 24:00"),
        ({"tz": "UTC", "week": {"mon": [["٠٩:٠٠", "21:00"]]}}, hours.BadTime, "is no time of day"),
        ({"tz": "UTC", "week": {}, "holidays": ["25.12.2026"]}, hours.BadDate, "'25.12.2026' is no date"),
        ({"tz": "UTC", "week": {}, "holidays": ["2026-02-30"]}, hours.BadDate, "'2026-02-30' is no date"),
        ({"tz": "UTC", "week": {}, "holidays": ["20261225"]}, hours.BadDate, "'20261225' is no date"),
        ({"tz": "UTC", "week": {}, "holidays": [None]}, hours.BadCalendar, "A date is written as text"),
        ({"tz": "UTC", "week": {}, "overrides": {"soon": []}}, hours.BadDate, "'soon' is no date"),
    ],
)
def test_what_is_no_calendar_is_refused_by_name(data, error, sentence):
    with pytest.raises(error, match=sentence):
        calendar_from_json(data)


def test_every_refusal_is_a_calendar_error():
    refusals = {hours.BadCalendar, hours.BadDate, hours.BadTime, hours.MissingLocalTime, hours.NoOpeningHours}
    refusals |= {hours.OverlappingHours, hours.UnknownZone}
    assert all(issubclass(refusal, hours.CalendarError) for refusal in refusals)


@pytest.mark.parametrize("pair", [Hours(-1, 5), Hours(86400, 86401), Hours(9, 9), Hours(0, 86401)])
def test_hours_that_are_no_interval_are_refused(pair):
    with pytest.raises(hours.BadCalendar, match="no interval"):
        CalendarSpec("UTC", {"mon": (pair,)})


def test_an_override_replaces_the_day_and_beats_a_holiday():
    spec = calendar(
        ["09:00", "21:00"],
        holidays=["2026-12-24", "2026-12-25", "2026-12-26"],
        overrides={"2026-12-24": [["09:00", "12:00"]], "2026-12-28": []},
    )
    days = [date(2026, 12, day) for day in (23, 24, 25, 26, 28)]
    assert [(spec.hours_on(day), spec.kind_of(day)) for day in days] == [
        ((Hours(NINE, NINE_PM),), DayKind.WEEK),
        ((Hours(NINE, NOON),), DayKind.OVERRIDE),
        ((), DayKind.HOLIDAY),
        ((), DayKind.NO_HOURS),
        ((), DayKind.OVERRIDE),
    ]


@pytest.mark.parametrize(
    ("week", "seconds"),
    [
        ({"mon": [["09:00", "21:00"]], "tue": [["09:00", "21:00"]], "sat": [["10:00", "13:00"]]}, 12 * 3600),
        ({"mon": [["09:00", "13:00"], ["14:00", "18:00"]], "tue": [["09:00", "17:00"]]}, 8 * 3600),
        ({"mon": [["09:00", "17:00"]], "sat": [["10:00", "13:00"]]}, 8 * 3600),
        ({"mon": [["22:00", "06:00"]]}, 8 * 3600),
        ({}, 0),
    ],
    ids=["most frequent", "split days count whole", "the longer of equals", "over midnight", "never open"],
)
def test_the_standard_day_is_the_most_frequent_total(week, seconds):
    """D4b."""
    assert calendar_from_json({"tz": "UTC", "week": week}).standard_day_seconds == seconds


def test_a_calendar_that_can_be_meant_passes_the_check():
    for spec in (LISBON, ALWAYS, NIGHTS, PORTUGAL_2026, calendar(["09:00", "13:00"], ["13:00", "18:00"])):
        hours.check(spec)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            calendar(["09:00", "13:00"], ["12:00", "18:00"]),
            "Two intervals that start on Monday overlap",
        ),
        (
            calendar(["22:00", "06:00"], ["05:00", "08:00"]),
            "start on Monday overlap with hours that start on Tuesday",
        ),
        (
            calendar_from_json(
                {"tz": "UTC", "week": {"sun": [["22:00", "02:00"]], "mon": [["01:00", "09:00"]]}}
            ),
            "start on Sunday overlap with hours that start on Monday",
        ),
        (
            calendar(["09:00", "08:30"], ["08:00", "08:45"]),
            "start on Monday overlap with hours that start on Tuesday",
        ),
        (
            calendar(["05:00", "21:00"], overrides={"2026-01-12": [["22:00", "06:00"]]}),
            "start on 2026-01-12 overlap with hours that start on 2026-01-13",
        ),
        (
            calendar(["22:00", "06:00"], overrides={"2026-01-14": [["05:59", "07:00"]]}),
            "start on 2026-01-13 overlap with hours that start on 2026-01-14",
        ),
    ],
)
def test_hours_that_share_time_are_not_published(spec, sentence):
    with pytest.raises(hours.OverlappingHours, match=sentence):
        hours.check(spec)


def test_a_week_without_hours_is_not_published_unless_it_is_meant():
    """zammad #1396 and #2497: a calendar without hours crashed pages and workers."""
    never = calendar(days=())
    with pytest.raises(hours.NoOpeningHours):
        hours.check(never)
    hours.check(never, may_never_open=True)


@pytest.mark.parametrize("pair", [["01:30", "09:00"], ["00:30", "01:30"], ["01:00", "02:00"]])
def test_an_override_at_a_time_that_the_clock_skips_is_not_published(pair):
    with pytest.raises(hours.MissingLocalTime, match="Europe/Lisbon skips a time at which 2026-03-29"):
        hours.check(calendar(["09:00", "21:00"], overrides={"2026-03-29": [pair]}))


@pytest.mark.parametrize(
    "pair", [["02:00", "09:00"], ["00:30", "01:00"], ["00:00", "24:00"], ["22:00", "06:00"]]
)
def test_an_override_beside_the_skipped_time_is_published(pair):
    hours.check(calendar(["09:00", "21:00"], overrides={"2026-03-29": [pair]}))


def test_versions_are_read_in_the_order_of_their_instants():
    early, late = ({"tz": "UTC", "week": {"mon": [[opening, "21:00"]]}} for opening in ("09:00", "10:00"))
    read = hours.versions_from_json(
        {
            "versions": [
                {"from": "2026-03-10T12:00:00+01:00", "cal": late},
                {"from": "1970-01-01T00:00:00+00:00", "cal": early},
            ]
        }
    )
    assert read == ((0, calendar_from_json(early)), (at("2026-03-10 11:00"), calendar_from_json(late)))


@pytest.mark.parametrize("start", ["2026-03-10T12:00:00", "soon", 5])
def test_a_version_without_an_instant_is_refused(start):
    with pytest.raises(hours.CalendarError):
        hours.versions_from_json({"versions": [{"from": start, "cal": {"tz": "UTC", "week": {}}}]})


def test_the_release_of_the_zone_data_is_told():
    assert hours.zone_data_version()[:2] == "20"
