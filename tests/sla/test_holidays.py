"""Holidays as dated rows: what the package gives, what a version keeps, what coming years add."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from sla import calendars, holidays, hours
from sla.holidays import Holiday, Place
from sla.models import Calendar, CalendarVersion
from tests.cast import LONG_AGO, WORKING_WEEK

JUNE_24 = date(2026, 6, 24)
CARNIVAL = date(2026, 2, 17)
PORTO = Place("PT", "13")


@pytest.fixture
def blank(db) -> Calendar:
    return Calendar.objects.create(key="blank", name="Blank")


def publish(calendar, place=PORTO, years=(2026, 2027), *, struck=(), own=(), overrides=None, labels=None):
    """A version that lists the place's holidays of some years, without the struck ones, with own ones."""
    rows = (*holidays.generate(place, years), *own)
    closed = [str(row.date) for row in rows if row.date not in struck]
    spec = {"tz": "Europe/Lisbon", "week": WORKING_WEEK, "holidays": closed, "overrides": overrides or {}}
    return calendars.publish(
        calendar,
        spec=hours.calendar_from_json(spec),
        valid_from=LONG_AGO,
        listed=rows,
        place=place,
        labels=labels,
    )


def row_of(version: CalendarVersion, day: date) -> Holiday:
    return next(row for row in holidays.rows_of(version) if row.date == day)


# --- what the package gives -------------------------------------------------------------------------


def test_a_row_says_where_it_came_from():
    rows = {row.date: row for row in holidays.generate(PORTO, [2026])}

    release = holidays.package_version()
    assert rows[JUNE_24] == Holiday(JUNE_24, "Dia de São João", "PT", "13", "public", release)
    christmas = date(2026, 12, 25)
    assert rows[christmas] == Holiday(christmas, "Dia de Natal", "PT", "", "public", release)


def test_observances_are_listed_only_when_they_are_asked_for():
    public = {row.date for row in holidays.generate(Place("PT"), [2026])}
    both = {
        row.date: row.category for row in holidays.generate(Place("PT", "", ("public", "optional")), [2026])
    }

    assert CARNIVAL not in public
    assert (both[CARNIVAL], both[date(2026, 6, 13)], both[date(2026, 12, 25)]) == (
        "optional",
        "optional",
        "public",
    )


def test_a_place_is_found_by_code_or_name_and_public_comes_first():
    assert holidays.place("pt", "Porto", ["optional", "public"]) == Place("PT", "13", ("public", "optional"))
    assert holidays.place("PT", "", []) == Place("PT")


def test_the_legacy_subdivisions_are_not_offered():
    codes = [code for code, _name in holidays.subdivisions("PT")]

    assert ("13", "Porto") in holidays.subdivisions("PT")
    assert "Ext" not in codes


@pytest.mark.parametrize(
    "place", [Place("PT", "Ext"), Place("PT", "Gaia"), Place("ZZ"), Place("PT", "", ("secret",))]
)
def test_what_nobody_lists_is_refused_by_name(place):
    with pytest.raises(holidays.UnknownHolidays, match=f"known for {place.country}"):
        holidays.generate(place, [2026])


def test_countries_are_offered_by_name():
    assert dict(holidays.countries())["GB"] == "United Kingdom"


# --- what a version keeps ---------------------------------------------------------------------------


def test_a_version_keeps_generated_own_and_struck_rows_apart(blank):
    gaia = Holiday(date(2026, 6, 29), "São Pedro")
    version = publish(blank, struck=[JUNE_24], own=[gaia])
    version.refresh_from_db()

    assert row_of(version, JUNE_24).is_struck
    assert row_of(version, gaia.date) == gaia
    assert not row_of(version, date(2026, 12, 25)).is_struck
    closed = calendars.spec_of(version).holidays
    assert (JUNE_24 in closed, gaia.date in closed) == (False, True)
    assert ("2026-06-24" in version.holiday_names, version.holiday_names["2026-06-29"]) == (
        False,
        "São Pedro",
    )


def test_a_label_names_its_date_and_the_row_keeps_its_own_name(blank):
    day = date(2026, 12, 25)
    version = publish(blank, overrides={str(day): [["10:00", "12:00"]]}, labels={day: "Skeleton crew"})

    assert version.holiday_names[str(day)] == "Skeleton crew"
    assert row_of(version, day).name == "Dia de Natal"


def test_versions_published_with_names_alone_count_as_listed_by_the_package(calendar):
    row = row_of(calendar.versions.get(), date(2026, 12, 25))

    assert row == Holiday(
        row.date, "Dia de Natal", "PT", "", "public", holidays.package_version(), is_struck=False
    )


# --- coming years -----------------------------------------------------------------------------------


def test_coming_years_are_listed_for_the_same_place_and_categories(blank):
    version = publish(blank, Place("PT", "13", ("public", "optional")))

    calendars.build(blank, at=datetime(2026, 3, 10, tzinfo=UTC))

    version.refresh_from_db()
    assert row_of(version, date(2029, 6, 24)).subdivision == "13"
    assert row_of(version, date(2029, 2, 13)).category == "optional"


def test_a_listed_year_is_never_touched_again(blank):
    version = publish(blank, struck=[JUNE_24])
    before = [row for row in holidays.rows_of(version) if row.date.year <= 2027]

    calendars.build(blank, at=datetime(2028, 3, 10, tzinfo=UTC))

    version.refresh_from_db()
    assert [row for row in holidays.rows_of(version) if row.date.year <= 2027] == before
    assert not calendars.is_open(blank, at=datetime(2028, 6, 24, 10, tzinfo=UTC))
    assert calendars.is_open(blank, at=datetime(2026, 6, 24, 10, tzinfo=UTC))


def test_a_far_date_of_ones_own_keeps_no_year_from_being_listed(blank):
    far = Holiday(date(2040, 7, 1), "Jubilee")
    version = publish(blank, own=[far])

    calendars.build(blank, at=datetime(2026, 3, 10, tzinfo=UTC))

    version.refresh_from_db()
    assert (row_of(version, date(2028, 12, 25)).name, row_of(version, far.date)) == ("Dia de Natal", far)


def test_a_version_that_was_followed_lists_years_no_further_than_it_rules(blank):
    first = publish(blank)
    spec = calendars.spec_of(first)
    calendars.publish(blank, spec=spec, valid_from=datetime(2028, 5, 1, tzinfo=UTC))

    calendars.build(blank, at=datetime(2028, 3, 10, tzinfo=UTC))

    first.refresh_from_db()
    years = {row.date.year for row in holidays.rows_of(first)}
    assert years == {2026, 2027, 2028, 2029}


# --- frozen -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rewritten",
    [
        {"week": {"mon": [["09:00", "10:00"]]}},
        {"zone": "UTC"},
        {"valid_from": datetime(2024, 1, 1, tzinfo=UTC)},
        {"overrides": {"2026-12-24": []}},
        {"holiday_country": "ES"},
        {"holidays": []},
        {"holiday_names": {}},
        {"holiday_origins": {}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_the_database_refuses_to_rewrite_a_published_version(blank, rewritten):
    version = publish(blank)
    before = CalendarVersion.objects.values().get()

    with pytest.raises(IntegrityError, match="sla_calendarversion is frozen"), transaction.atomic():
        CalendarVersion.objects.filter(pk=version.pk).update(**rewritten)

    assert CalendarVersion.objects.values().get() == before


def test_the_database_keeps_a_struck_day_open(blank):
    version = publish(blank, struck=[JUNE_24])
    version.holidays = [*version.holidays, str(JUNE_24)]

    with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
        version.save()


def test_the_database_lets_holidays_of_further_years_in(blank):
    version = publish(blank)
    holidays.take_in(version, holidays.next_years(version, 2028))
    version.save()

    version.refresh_from_db()
    assert row_of(version, date(2028, 12, 25)).name == "Dia de Natal"


# --- copying ----------------------------------------------------------------------------------------


def test_a_copy_has_the_same_versions_and_goes_its_own_way(blank):
    publish(blank, struck=[JUNE_24])
    calendars.build(blank, at=datetime(2026, 3, 10, tzinfo=UTC))

    copied = calendars.copy(blank, key="copy", name="Copy", at=datetime(2026, 3, 10, tzinfo=UTC))

    (theirs,), (ours,) = blank.versions.all(), copied.versions.all()
    assert calendars.spec_of(ours) == calendars.spec_of(theirs)
    assert row_of(ours, JUNE_24).is_struck
    assert calendars.is_open(copied, at=datetime(2026, 3, 10, 10, tzinfo=UTC))
    later = replace(calendars.spec_of(ours), holidays=frozenset())
    calendars.publish(copied, spec=later, valid_from=datetime(2027, 1, 1, tzinfo=UTC))
    assert (copied.versions.count(), blank.versions.count()) == (2, 1)


def test_a_copy_of_nothing_has_no_version(blank):
    assert not calendars.copy(blank, key="copy", name="Copy", at=LONG_AGO).versions.exists()


def test_a_key_is_given_once(blank):
    with pytest.raises(calendars.KeyTaken, match="has the key blank"):
        calendars.copy(blank, key="blank", name="Copy", at=LONG_AGO)

    assert Calendar.objects.count() == 1
