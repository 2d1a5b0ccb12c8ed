"""Reports of other desks: calendars and policies that were wrong, or that nobody heard of."""

from datetime import date

import pytest
from django.urls import reverse

from helpdesk import roles
from sla import alarms, calendars, clocks, hours
from sla.hours import EventKind, Metric, NoOpeningHours, Terms
from sla.models import Calendar, CalendarVersion
from sla.recompute import recompute
from tests.helpdesk.admin.conftest import console_of
from tests.sla.conftest import BY, march, stands
from tests.sla.hours.calendars import at, timeline

pytestmark = pytest.mark.django_db

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def week(*opening, **more):
    days = {day: [list(opening)] for day in WEEKDAYS} if opening else {}
    return hours.calendar_from_json({"tz": "Europe/Lisbon", "week": days, **more})


def test_a_calendar_without_hours_is_refused_before_a_ticket_can_meet_it(begin, calendar):
    """zammad/zammad#1396: an empty calendar could be saved, and every update of a ticket was a 500."""
    with pytest.raises(NoOpeningHours):
        calendars.publish_version(calendar, spec=week(), valid_from=march(10, 0))

    clock_set = begin("urgent")
    clocks.record(clock_set, EventKind.PRIORITY, at=march(10, 11), by=BY, priority="high", reason="calmer")
    assert stands(clock_set)["first_response"] == ("running", march(11, 10), None)


def test_the_console_refuses_a_calendar_without_hours_politely(owner):
    """zammad/zammad#1396, zammad/zammad#2497: at the door it is a sentence, not an error."""
    empty = Calendar.objects.create(key="empty", name="Empty")
    vera = console_of(owner, roles.ADMIN)
    typed = {"calendar": empty.pk, "valid_from_0": "2026-01-01", "valid_from_1": "00:00:00", "zone": "WET"}

    answer = vera.post(reverse("admin:sla_calendarversion_add"), typed)

    assert answer.status_code == 200
    assert not CalendarVersion.objects.filter(calendar=empty).exists()


def test_hours_until_midnight_can_be_published_and_end_there(begin, calendar):
    """zammad/zammad#2497: 09:00-00:00, with rows and a sweep."""
    calendars.publish_version(calendar, spec=week("09:00", "00:00"), valid_from=march(10, 0))
    clock_set = begin("urgent", at=march(10, 21))

    assert stands(clock_set)["first_response"] == ("running", march(11, 10), None)
    assert alarms.ring_due(at=march(11, 10)) == 1


def test_an_edited_calendar_reaches_the_clocks_that_run_on_it(begin, calendar):
    """zammad/zammad#534: tickets kept the due times of the hours of old."""
    clock_set = begin("high")
    calendars.publish_version(calendar, spec=week("10:00", "16:00"), valid_from=march(11, 0))

    report = recompute(at=march(10, 20), calendar=calendar)

    assert stands(clock_set)["first_response"] == ("running", march(11, 11), None)
    assert report.moved == 2
    assert recompute(at=march(10, 20), calendar=calendar).moved == 0


def test_what_is_no_longer_promised_rings_no_more(begin):
    """zammad/zammad#4353: an agreement that was taken away went on escalating."""
    taken_away, ended = begin("urgent"), begin("urgent")
    nothing = Terms({Metric.FIRST_RESPONSE: {"urgent": None}, Metric.RESOLUTION: {"urgent": None}})
    clocks.record(
        taken_away, EventKind.RETARGET, at=march(10, 11), by=BY, terms=nothing, reason="contract ended"
    )
    clocks.record(ended, EventKind.CANCEL, at=march(10, 11), by=BY, reason="contract ended")

    assert alarms.ring_due(at=march(20, 12)) == 0
    assert {state for state, *_ in stands(taken_away).values()} == {"not_applicable"}
    assert {state for state, *_ in stands(ended).values()} == {"cancelled"}


def test_observances_are_not_days_off():
    """zammad/zammad#390: 9-21, 48 hours, and a feed of holidays that closed on Carnival and Christmas Eve."""
    holidays = calendars.public_holidays("PT", "", [2026])
    line = timeline(week("09:00", "21:00", holidays=[day.isoformat() for day in holidays]))

    # From Monday the 16th of February on: four days of twelve hours, Carnival's Tuesday among them.
    assert line.add(at("2026-02-16 09:00"), 48 * 3600) == at("2026-02-19 21:00")
    assert line.add(at("2026-12-21 09:00"), 48 * 3600) == at("2026-12-24 21:00")


def test_lisbons_own_day_closes_nobody_else():
    """vacanza/holidays#331: the "extended" list of Portugal applied Lisbon's 13 June to all."""
    own_days = {
        district: set(calendars.public_holidays("PT", district, [2025]))
        & {date(2025, 6, 13), date(2025, 6, 24)}
        for district in ("", "11", "13")
    }
    assert own_days == {"": set(), "11": {date(2025, 6, 13)}, "13": {date(2025, 6, 24)}}
    with pytest.raises(calendars.UnknownHolidays):
        calendars.public_holidays("PT", "Ext", [2025])
    assert date(2025, 6, 13).weekday() < 5, "a day on which it would be noticed"
