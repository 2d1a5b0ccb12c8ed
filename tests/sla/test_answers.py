"""The semantic questions of the clocks: which test answers which, and here those that had none of their own.

Questions 1 to 36 are those of the design page's table; `WHERE` names the test of each that others tell.
"""

from datetime import timedelta
from importlib import import_module

import pytest

from helpdesk import escalation, handling
from helpdesk.models import OutboundMessage
from sla import alarms, calendars, clocks, hours
from sla.hours import EventKind, Metric, Target, Terms
from sla.models import Calendar, ClockEvent
from tests.cast import TUESDAY_10, by_portal, rewrite, take_in
from tests.sla.conftest import BY, clock_of, march, rang, stands
from tests.sla.hours.calendars import ALL_DAYS, at
from tests.sla.hours.lives import created, first, happens

pytestmark = pytest.mark.django_db

K = EventKind
HOUR = 3600
HOURS = "tests.sla.hours."

WHERE = {
    1: HOURS + "test_against_the_oracle.every_minute_is_open_when_the_clock_on_the_wall_says_so",
    2: HOURS + "test_reckoning.lunch_is_not_counted",
    3: HOURS + "test_reckoning.round_the_clock_loses_no_minute_at_midnight",
    4: HOURS + "test_reckoning.a_night_shift_belongs_to_the_evening_on_which_it_starts",
    5: HOURS + "test_reckoning.a_holiday_removes_the_shift_that_starts_on_it_and_no_other",
    6: HOURS + "test_schedule.an_override_replaces_the_day_and_beats_a_holiday",
    7: HOURS + "test_changing_clocks.wet_is_not_utc",
    8: HOURS + "test_changing_clocks.the_days_on_which_the_clock_changes_have_23_and_25_hours",
    9: HOURS + "test_changing_clocks.hours_in_the_gap_vanish_and_hours_in_the_fold_come_twice",
    10: "tests.sla.test_clocks.what_comes_at_night_counts_from_the_next_opening",
    11: HOURS + "test_reckoning.open_at_opening_and_closed_at_closing",
    14: "tests.sla.reported.test_calendars_in_force."
    "a_calendar_without_hours_is_refused_before_a_ticket_can_meet_it",
    15: HOURS + "test_against_the_oracle.targets_in_days_are_due_when_the_oracle_says",
    17: "tests.sla.test_calendars.portugal_has_thirteen_national_holidays",
    19: "tests.sla.test_clocks.notes_and_automatic_answers_meet_nothing",
    20: "tests.sla.test_clocks.waiting_for_the_customer_stops_the_resolution_alone",
    21: "tests.sla.test_clocks.each_unanswered_message_starts_a_next_response",
    23: "tests.sla.reported.test_responses.what_a_customer_writes_on_the_portal_ends_the_wait",
    25: "tests.sla.test_clocks.reopening_goes_on_with_what_was_left",
    26: "tests.sla.test_clocks.what_a_raised_priority_puts_into_the_past_is_missed_at_the_change",
    28: "tests.contracts.test_coverage.the_published_version_in_force_at_receipt_holds_to_the_instant",
    32: "tests.sla.reported.test_holds.being_late_stands_still_while_the_customer_is_waited_for",
    33: "tests.sla.test_by_hand.it_survives_a_change_of_priority_and_can_be_given_back",
    36: "tests.sla.test_explaining.a_binding_promise_says_so",
}


@pytest.mark.parametrize(("number", "test"), WHERE.items(), ids=[f"q{number}" for number in WHERE])
def test_a_question_is_answered_elsewhere(number, test):
    path, _, name = test.rpartition(".")

    assert callable(getattr(import_module(path), f"test_{name}"))


# --- 12, 13: the end of a target ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "received", "due_at"),
    [
        (11 * HOUR, march(10, 10), march(10, 21)),
        (12 * HOUR, march(10, 9), march(10, 21)),
        (12 * HOUR, march(10, 22), march(11, 21)),
        (60 * HOUR, march(9, 9), march(13, 21)),
        (11 * HOUR + 1, march(10, 10), march(11, 9, 0, 1)),
    ],
)
def test_q12_a_target_that_is_used_up_at_closing_is_due_at_closing(begin, seconds, received, due_at):
    terms = Terms({Metric.RESOLUTION: {"low": Target.seconds(seconds)}, Metric.FIRST_RESPONSE: {"low": None}})
    clock_set = begin("low", at=received, terms=terms)

    assert clock_of(clock_set, "resolution").due_at == due_at


def test_q12_a_wait_that_begins_at_closing_does_not_move_it(begin):
    terms = Terms(
        {Metric.RESOLUTION: {"low": Target.seconds(11 * HOUR)}, Metric.FIRST_RESPONSE: {"low": None}}
    )
    clock_set = begin("low", terms=terms)
    clocks.record(clock_set, K.PAUSE, at=march(10, 21, 0, 1), by=BY)

    assert stands(clock_set)["resolution"] == ("paused", march(10, 21), march(10, 21)), "it was late by then"


@pytest.mark.parametrize(
    ("received", "due_at"),
    [(march(10, 10), march(10, 10)), (march(10, 21), march(11, 9)), (march(14, 12), march(16, 9))],
)
def test_q13_a_target_of_nothing_is_due_as_soon_as_it_is_open(begin, received, due_at):
    terms = Terms({Metric.FIRST_RESPONSE: {"low": Target.seconds(0)}, Metric.RESOLUTION: {"low": None}})

    assert clock_of(begin("low", at=received, terms=terms), "first_response").due_at == due_at


# --- 16: which days ------------------------------------------------------------------------------


def test_q16_weekends_are_the_calendars(begin):
    week = {day: [["09:00", "21:00"]] for day in ALL_DAYS}
    every_day = Calendar.objects.create(key="every-day", name="Every day")
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": week})
    calendars.publish_version(every_day, spec=spec, valid_from=march(1, 0))
    friday = march(13, 20)

    assert clock_of(begin("urgent", at=friday), "first_response").due_at == march(16, 12)
    assert clock_of(begin("urgent", at=friday, calendar=every_day), "first_response").due_at == march(14, 12)


# --- 18, 22, 24, 29: start, wait and exclusion ----------------------------------------------------


def test_q18_a_first_response_starts_with_the_ticket_whatever_is_changed_later(desk, bruno, rui, ines):
    ticket = take_in(by_portal(bruno)).ticket
    later = TUESDAY_10 + timedelta(hours=1)
    handling.assign(ticket, to=rui, by=ines, at=later)
    handling.set_priority(ticket, priority="urgent", reason="All beds", by=rui, at=later)
    handling.assign(ticket, to=ines, by=rui, at=later)

    first = ticket.clock_set.clocks.get(metric="first_response")
    assert (first.started_at, first.due_at) == (TUESDAY_10, TUESDAY_10 + timedelta(hours=4))


@pytest.mark.parametrize(
    ("pausing", "states"),
    [
        (["waiting_customer"], ["paused", "running"]),
        (["waiting_customer", "waiting_third_party"], ["paused", "paused"]),
        ([], ["running", "running"]),
    ],
)
def test_q22_which_status_holds_the_resolution_is_the_policys(
    desk, bruno, rui, policy_version, pausing, states
):
    rewrite(policy_version, pausing_statuses=pausing)
    ticket = take_in(by_portal(bruno)).ticket
    handling.reply(ticket, text="I look into it.", by=rui, at=TUESDAY_10 + timedelta(minutes=1))

    found = []
    for minutes, status in enumerate(("waiting_customer", "waiting_third_party"), start=2):
        handling.set_status(ticket, status=status, by=rui, at=TUESDAY_10 + timedelta(minutes=minutes))
        found.append(ticket.clock_set.clocks.get(metric="resolution").state)

    assert found == states


def test_q24_while_it_waits_what_is_left_is_frozen_and_there_is_no_due_time(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.PAUSE, at=march(10, 12), by=BY)

    clock = clock_of(clock_set, "resolution")
    assert (clock.state, clock.due_at, clock.remaining_seconds, clock.rings_at) == (
        "paused",
        None,
        22 * HOUR,
        None,
    )
    assert alarms.ring_due(at=march(30, 12)) == 1, "the first response alone"
    assert clock_of(clock_set, "resolution").breached_at is None


def test_q24_a_due_time_that_was_missed_stays_while_it_waits(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.PAUSE, at=march(13, 12), by=BY)

    clock = clock_of(clock_set, "resolution")
    assert (clock.state, clock.due_at, clock.remaining_seconds) == ("paused", march(12, 10), 0)
    assert clock.breached_at == march(12, 10)


def test_q29_technical_service_has_no_due_time_until_it_is_undone(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.EXCLUDE, at=march(10, 11), by=BY, reason="bulk upload")

    excluded = {
        (clock.metric, clock.state, clock.due_at, clock.remaining_seconds) for clock in clock_set.clocks.all()
    }
    assert excluded == {
        ("first_response", "excluded", None, 3 * HOUR),
        ("resolution", "excluded", None, 23 * HOUR),
    }
    assert alarms.ring_due(at=march(30, 12)) == 0
    assert ClockEvent.objects.get(kind="exclude").reason == "bulk upload"

    clocks.record(clock_set, K.INCLUDE, at=march(11, 9), by=BY, reason="a defect after all")
    assert stands(clock_set) == {
        "first_response": ("running", march(11, 12), None),
        "resolution": ("running", march(12, 20), None),
    }


# --- 27: an edited calendar -----------------------------------------------------------------------


def test_q27_used_time_stays_and_what_is_left_counts_against_the_new_hours(begin, calendar):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.PAUSE, at=march(10, 14), by=BY)
    week = {day: [["10:00", "14:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": week})
    calendars.publish_version(calendar, spec=spec, valid_from=march(11, 0))

    assert clock_of(clock_set, "resolution").remaining_seconds == 20 * HOUR
    clocks.record(clock_set, K.RESUME, at=march(12, 10), by=BY)

    # Four hours a day from Thursday the 12th on: twenty are five days.
    assert stands(clock_set)["resolution"] == ("running", march(18, 14), None)


# --- 30: merged -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "due"), [("12 09:30", "12 13:30"), ("12 10:00", "12 14:00"), ("12 11:00", "12 14:00")]
)
def test_q30_the_survivor_owes_its_answer_since_the_earlier_message(since, due):
    absorbs = happens("absorb", "12 11:30", since=at(f"2026-01-{since}"))

    assert first(created("urgent"), absorbs, now="12 12:00") == {"state": "running", "due": due}
    assert first(created("urgent"), happens("merged", "12 11:30")) == {"state": "cancelled"}


# --- 31, 34, 35: met, missed, told ----------------------------------------------------------------


@pytest.mark.parametrize(
    "sweeps", [(), (march(10, 13, 59),), (march(10, 14),), (march(10, 14, 0, 5), march(10, 15))]
)
@pytest.mark.parametrize(
    ("answered", "missed_at"),
    [
        (march(10, 13, 59, 59), None),
        (march(10, 14), None),
        (march(10, 14, 0, 1), march(10, 14)),
        (march(10, 16), march(10, 14)),
    ],
)
def test_q31_met_is_at_or_before_due_and_no_sweep_says_otherwise(begin, sweeps, answered, missed_at):
    clock_set = begin("urgent")
    for moment in (moment for moment in sweeps if moment <= answered):
        alarms.ring_due(at=moment)
    clocks.record(clock_set, K.AGENT_REPLY, at=answered, by=BY)
    for moment in (moment for moment in sweeps if moment > answered):
        alarms.ring_due(at=moment)

    clock = clock_of(clock_set, "first_response")
    assert (clock.state, clock.met_at, clock.breached_at) == ("met", answered, missed_at)


@pytest.mark.parametrize("late", [timedelta(seconds=1), timedelta(hours=3), timedelta(days=9)])
def test_q31_a_miss_is_dated_at_the_due_time_however_late_the_sweep(begin, late):
    clock_set = begin("urgent")
    alarms.ring_due(at=march(10, 14) + late)

    assert clock_of(clock_set, "first_response").breached_at == march(10, 14)


def test_q34_seconds_are_kept_and_no_fraction_makes_an_answer_late(begin):
    clock_set = begin("urgent", at=march(10, 10, 0, 7))
    assert clock_of(clock_set, "first_response").due_at == march(10, 14, 0, 7)

    half_a_second_later = march(10, 14, 0, 7) + timedelta(milliseconds=500)
    clocks.record(clock_set, K.AGENT_REPLY, at=half_a_second_later, by=BY)
    assert clock_of(clock_set, "first_response").breached_at is None


def test_q35_round_the_clock_a_notice_waits_for_nothing(desk, bruno, rui, calendar):
    always = {day: [["00:00", "24:00"]] for day in ALL_DAYS}
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": always})
    calendars.publish_version(calendar, spec=spec, valid_from=march(10, 0))
    ticket = take_in(by_portal(bruno)).ticket
    handling.set_priority(ticket, priority="high", reason="Beds", by=rui, at=TUESDAY_10)
    night = march(11, 3)

    alarms.ring_due(at=night)
    escalation.escalate(at=night)

    assert {row.send_after for row in OutboundMessage.objects.filter(kind="escalation")} == {night}
    assert rang(ticket.clock_set, "first_response")[-1] == (100, march(10, 22))


def test_every_question_has_an_answer():
    here = {int(name[6:8]) for name in globals() if name.startswith("test_q")}

    assert here | set(WHERE) == set(range(1, 37))
    assert here & set(WHERE) == set()
