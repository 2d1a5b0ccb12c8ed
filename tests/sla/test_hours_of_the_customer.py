"""Hours that are read on each customer's own clock."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts import coverage
from sla import calendars
from sla.hours import calendar_from_json
from sla.models import Calendar, Policy, PolicyVersion
from sla.timekeeping import from_epoch, to_epoch
from tests.cast import LONG_AGO, TUESDAY_10, WORKING_WEEK, rewrite


@pytest.fixture
def theirs(calendar) -> Calendar:
    """The Lisbon desk's hours, in the zone of whoever asks."""
    calendar.follows_customer = True
    calendar.save()
    return calendar


def opens(calendar, at):
    return from_epoch(calendars.reckon(calendar, lambda line: line.next_open(to_epoch(at)), at=at))


def test_the_same_hours_begin_earlier_in_the_east(theirs):
    sunday = datetime(2026, 3, 8, 12, tzinfo=UTC)
    tokyo = calendars.in_zone(theirs, "Asia/Tokyo", at=TUESDAY_10)
    assert (opens(theirs, sunday).hour, opens(tokyo, sunday)) == (9, datetime(2026, 3, 9, 0, tzinfo=UTC))


def test_it_is_made_once_and_follows_what_is_published_later(theirs):
    tokyo = calendars.in_zone(theirs, "Asia/Tokyo", at=TUESDAY_10)
    later = TUESDAY_10 + timedelta(days=7)
    shorter = {day: [["10:00", "12:00"]] for day in WORKING_WEEK}
    spec = calendar_from_json({"tz": "Europe/Lisbon", "week": shorter})
    calendars.publish_version(theirs, spec=spec, valid_from=later)

    assert calendars.in_zone(theirs, "Asia/Tokyo", at=later) == tokyo
    assert opens(tokyo, later + timedelta(days=1)) == datetime(2026, 3, 19, 1, tzinfo=UTC)
    assert [version.zone for version in tokyo.versions.all()] == ["Asia/Tokyo"] * 2


def test_a_customer_is_covered_on_their_own_clock(theirs, contract, azenha, ana):
    azenha.zone = "America/Sao_Paulo"
    azenha.save()
    ana.refresh_from_db()
    found = coverage.cover(ana, at=TUESDAY_10)
    assert (found.calendar.zoned_from, found.calendar.zoned_to) == (theirs, "America/Sao_Paulo")


def test_other_hours_stay_where_they_are(calendar, contract, ana):
    assert coverage.cover(ana, at=TUESDAY_10).calendar == calendar


def test_a_cell_on_hours_that_follow_counts_there_too(contract, azenha, ana, policy_version, priorities):
    night = Calendar.objects.create(key="night", name="Night", follows_customer=True)
    week = {day: [["22:00", "23:00"]] for day in WORKING_WEEK}
    calendars.publish_version(
        night, spec=calendar_from_json({"tz": "Europe/Lisbon", "week": week}), valid_from=LONG_AGO
    )
    draft = PolicyVersion.objects.create(
        policy=Policy.objects.create(key="n", name="N"), number=1, valid_from=LONG_AGO,
        calendar=policy_version.calendar,
    )  # fmt: skip
    for metric in ("first_response", "resolution"):
        draft.cells.create(
            metric=metric, priority=priorities["low"], unit="business_hours", amount=1, calendar=night
        )
    rewrite(draft, status="active")
    rewrite(contract.versions.get(), pinned_policy_version=draft)

    target = coverage.cover(ana, at=TUESDAY_10).terms.target("first_response", "low")
    assert Calendar.objects.get(pk=target.calendar).zoned_to == azenha.zone
