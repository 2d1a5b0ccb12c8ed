from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla import calendars, hours
from sla.hours import NeverOpen, OutOfHorizon, OverlappingHours
from sla.models import Calendar, CalendarInterval
from tests.sla.conftest import march

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def spec(opens="09:00", closes="21:00", *, tz="Europe/Lisbon", days=WEEKDAYS, **more):
    return hours.calendar_from_json({"tz": tz, "week": {day: [[opens, closes]] for day in days}, **more})


def open_on(calendar: Calendar, day: date) -> list[tuple[str, str]]:
    """The opening hours of a date as Lisbon reads them."""
    return [
        tuple(f"{datetime.fromtimestamp(edge, ZoneInfo('Europe/Lisbon')):%H:%M}" for edge in span)
        for span in calendar.intervals.filter(business_date=day).values_list("starts_at", "ends_at")
    ]


@pytest.fixture
def blank(db) -> Calendar:
    return Calendar.objects.create(key="blank", name="Blank")


# --- public holidays ------------------------------------------------------------------------------


def test_portugal_has_thirteen_national_holidays():
    holidays = calendars.public_holidays("PT", "", [2026])

    assert " ".join(f"{day:%d.%m.}" for day in holidays) == (
        "01.01. 03.04. 05.04. 25.04. 01.05. 04.06. 10.06. 15.08. 05.10. 01.11. 01.12. 08.12. 25.12."
    )


def test_porto_closes_on_the_24th_of_june_too():
    national, porto = (calendars.public_holidays("PT", district, [2026]) for district in ("", "13"))

    assert set(porto) - set(national) == {date(2026, 6, 24)}


def test_carnival_and_lisbons_own_day_close_nobody_else():
    holidays = calendars.public_holidays("PT", "", [2026])

    assert not {date(2026, 2, 17), date(2026, 6, 13), date(2026, 12, 24)} & set(holidays)


def test_four_holidays_were_suspended_for_three_years():
    assert [len(calendars.public_holidays("PT", "", [year])) for year in (2012, 2014, 2016)] == [13, 9, 13]


def test_names_are_the_countrys_own_whatever_language_is_spoken_here(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "fr")

    assert calendars.public_holidays("PT", "", [2026])[date(2026, 12, 25)] == "Dia de Natal"


@pytest.mark.parametrize("place", [("ZZ", ""), ("PT", "99"), ("PT", "Ext"), ("", "")])
def test_a_place_whose_holidays_nobody_lists_is_refused(place):
    with pytest.raises(calendars.UnknownHolidays, match="No public holidays are known"):
        calendars.public_holidays(*place, [2026])


# --- publishing -----------------------------------------------------------------------------------


def test_a_version_is_read_back_as_it_was_published(blank):
    published = spec(holidays=["2026-06-24"], overrides={"2026-12-24": [["09:00", "13:00"]]})

    version = calendars.publish_version(blank, spec=published, valid_from=LONG_AGO)

    assert calendars.spec_of(version) == published
    assert version.zone_data_version == hours.zone_data_version() != ""


def test_wet_is_read_as_lisbons_time(blank):
    assert calendars.publish_version(blank, spec=spec(tz="WET"), valid_from=LONG_AGO).zone == "Europe/Lisbon"


def test_holidays_keep_their_names(blank):
    version = calendars.publish_version(
        blank, spec=spec(), valid_from=LONG_AGO, holiday_names=calendars.public_holidays("PT", "", [2026])
    )

    assert version.holiday_names["2026-06-10"].startswith("Dia de Portugal")


def test_a_version_does_not_reach_behind_the_one_before_it(blank):
    calendars.publish_version(blank, spec=spec(), valid_from=march(10, 0))

    with pytest.raises(calendars.NotLater):
        calendars.publish_version(blank, spec=spec(), valid_from=march(10, 0))


def test_hours_that_cannot_be_meant_are_refused(blank):
    with pytest.raises(OverlappingHours):
        calendars.publish_version(
            blank,
            spec=hours.calendar_from_json(
                {"tz": "Europe/Lisbon", "week": {"mon": [["09:00", "13:00"], ["12:00", "18:00"]]}}
            ),
            valid_from=LONG_AGO,
        )

    assert not blank.versions.exists()


def test_a_new_version_changes_nothing_before_it_begins(calendar):
    before = list(
        calendar.intervals.filter(business_date__lt=date(2026, 4, 1)).values("starts_at", "ends_at")
    )

    calendars.publish_version(
        calendar, spec=spec("09:00", "18:00"), valid_from=datetime(2026, 3, 31, 23, tzinfo=UTC)
    )

    assert (
        list(calendar.intervals.filter(business_date__lt=date(2026, 4, 1)).values("starts_at", "ends_at"))
        == before
    )
    assert open_on(calendar, date(2026, 4, 1)) == [("09:00", "18:00")]


def test_the_version_in_force_is_found_for_any_instant(blank):
    first = calendars.publish_version(blank, spec=spec(), valid_from=march(10, 0))
    second = calendars.publish_version(blank, spec=spec(), valid_from=march(20, 0))

    found = [calendars.current_version(blank, at=at) for at in (march(1, 0), march(19, 0), march(20, 0))]
    assert found == [first, first, second]


def test_a_calendar_without_a_version_is_not_asked(blank):
    with pytest.raises(calendars.NoVersion):
        calendars.current_version(blank, at=march(10, 10))
    with pytest.raises(calendars.NoVersion):
        calendars.is_open(blank, at=march(10, 10))


# --- building -------------------------------------------------------------------------------------


def test_two_years_behind_and_three_ahead_are_built(calendar):
    days = calendar.intervals.order_by("starts_at").values_list("business_date", flat=True)

    assert (calendar.built_from.date(), calendar.built_until.date()) == (date(2024, 3, 8), date(2029, 3, 12))
    assert (days.first(), days.last()) == (date(2025, 1, 2), date(2029, 3, 9))


def test_hours_follow_the_zones_summer_time(calendar):
    winter, summer = (
        calendar.intervals.get(business_date=day).starts_at % 86_400
        for day in (date(2026, 3, 27), date(2026, 3, 30))
    )

    assert (winter, summer) == (9 * 3600, 8 * 3600)
    assert open_on(calendar, date(2026, 3, 30)) == [("09:00", "21:00")]


def test_holidays_are_closed(calendar):
    assert open_on(calendar, date(2026, 6, 10)) == []


def test_a_build_never_forgets_what_was_built(calendar):
    calendars.build(calendar, at=datetime(2028, 3, 10, tzinfo=UTC))

    assert (calendar.built_from.year, calendar.built_until.year) == (2024, 2031)
    assert open_on(calendar, date(2025, 1, 2)) == [("09:00", "21:00")]


def test_the_same_build_gives_the_same_intervals_under_another_revision(calendar):
    before, revision = list(calendar.intervals.values_list("starts_at", "ends_at")), calendar.revision

    calendars.build(calendar, at=march(10, 10))

    assert list(calendar.intervals.values_list("starts_at", "ends_at")) == before
    assert calendar.revision != revision


def test_holidays_of_years_that_come_into_view_are_added(calendar):
    calendars.build(calendar, at=datetime(2028, 3, 10, tzinfo=UTC))

    assert open_on(calendar, date(2030, 4, 25)) == []
    assert calendar.versions.get().holiday_names["2030-04-25"] == "Dia da Liberdade"


def test_the_nightly_extension_builds_only_what_has_grown_short(calendar):
    assert calendars.extend_horizon(at=march(10, 10)) == 0
    assert calendars.extend_horizon(at=march(10, 10) + timedelta(days=60)) == 1
    assert calendars.extend_horizon(at=march(10, 10) + timedelta(days=60)) == 0


def test_new_zone_data_builds_everything_anew(calendar):
    calendar.versions.update(zone_data_version="1999z")

    assert calendars.extend_horizon(at=march(10, 10)) == 1
    assert calendar.versions.get().zone_data_version == hours.zone_data_version()


# --- asking ---------------------------------------------------------------------------------------


def test_support_is_open_from_opening_until_just_before_closing(calendar):
    asked = [march(10, 8, 59, 59), march(10, 9), march(10, 20, 59, 59), march(10, 21)]

    assert [calendars.is_open(calendar, at=at) for at in asked] == [False, True, True, False]


def test_the_next_opening_skips_nights_weekends_and_holidays(calendar):
    asked = {
        march(10, 12): march(10, 12),
        march(10, 21): march(11, 9),
        march(13, 21): march(16, 9),
        datetime(2026, 4, 2, 21, tzinfo=UTC): datetime(2026, 4, 6, 8, tzinfo=UTC),
    }

    assert {at: calendars.next_opening(calendar, at=at) for at in asked} == asked


def test_a_calendar_that_closes_for_good_has_no_next_opening(calendar):
    never = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": {}})
    calendars.CalendarVersion.objects.create(
        calendar=calendar, valid_from=march(20, 0), **calendars._columns(never)
    )
    calendars.build(calendar, at=march(10, 10))

    assert calendars.next_opening(calendar, at=march(20, 10)) is None


def test_the_timeline_is_the_one_that_was_built(calendar):
    open_time = calendars.timeline(calendar)

    assert open_time.between(*(int(at.timestamp()) for at in (march(10, 10), march(12, 10)))) == 24 * 3600


def test_the_timeline_is_read_once_a_build(calendar, django_assert_num_queries):
    calendars.timeline(calendar)

    with django_assert_num_queries(0):
        calendars.timeline(Calendar(pk=calendar.pk, revision=calendar.revision, built_from=march(1, 0),
                                    built_until=march(2, 0)))  # fmt: skip


def test_a_timeline_is_not_taken_for_that_of_another_build(calendar):
    assert calendars.is_open(calendar, at=march(10, 20))

    calendars.publish_version(calendar, spec=spec("09:00", "18:00"), valid_from=march(10, 0))

    assert not calendars.is_open(calendar, at=march(10, 20))


def test_an_unbuilt_calendar_is_built_when_it_is_asked(blank):
    calendars.publish_version(blank, spec=spec(), valid_from=LONG_AGO)
    assert not CalendarInterval.objects.filter(calendar=blank).exists()

    assert calendars.is_open(blank, at=march(10, 12))


def test_a_question_that_nothing_answers_ends(calendar, monkeypatch):
    monkeypatch.setattr(calendars, "TRIES", 1)

    def ask_for_the_impossible(open_time):
        raise OutOfHorizon

    with pytest.raises(OutOfHorizon):
        calendars.reckon(calendar, ask_for_the_impossible, at=march(10, 10))


def test_never_open_is_said_at_once(calendar):
    def ask(open_time):
        raise NeverOpen

    revision = calendar.revision
    with pytest.raises(NeverOpen):
        calendars.reckon(calendar, ask, at=march(10, 10))
    assert calendar.revision == revision
