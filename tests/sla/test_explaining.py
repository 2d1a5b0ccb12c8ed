from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from sla import calendars, clocks, hours, policies, ruling
from sla.explaining import DatedFact, duration, explain, in_words, nth
from sla.hours import EventKind, Metric, Target, Terms
from sla.models import Calendar, ClockSet, PolicyVersion, TargetCell
from sla.ruling import CalendarRuling, PolicyRuling
from tests.cast import LONG_AGO, rewrite, unfrozen
from tests.sla.conftest import BY, clock_of, march

K = EventKind
HOUR = 3600
SOON = march(10, 11)
GOAL = "A goal, not a guarantee."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def lines(clock_set, metric="first_response", *, at=SOON) -> list[str]:
    return list(explain(clock_of(clock_set, metric), at=at).lines)


def test_a_day_target_names_the_close_that_it_means(begin):
    assert lines(begin("medium")) == [
        "first response, received 2026-03-10 10:00 Lisbon time.",
        "Target: 1 business day, which is close of the 1st business day after 2026-03-10 in Lisbon.",
        "2026-03-10 10:00 to 21:00: 11 h counted.",
        "2026-03-11 09:00 to 21:00: 12 h counted.",
        "Due 2026-03-11 21:00.",
        GOAL,
    ]


def test_an_hour_target_shows_where_its_hours_went(begin):
    assert lines(begin("high")) == [
        "first response, received 2026-03-10 10:00 Lisbon time.",
        "Target: 12 business hours, which is 12 h of open time.",
        "2026-03-10 10:00 to 21:00: 11 h counted.",
        "2026-03-11 09:00 to 10:00: 1 h counted.",
        "Due 2026-03-11 10:00.",
        GOAL,
    ]


def test_holidays_in_between_are_named_and_weekends_are_not(begin):
    thursday_before_easter = datetime(2026, 4, 2, 10, tzinfo=UTC)

    assert lines(begin("high", at=thursday_before_easter), at=thursday_before_easter)[2:6] == [
        "2026-04-02 11:00 to 21:00: 10 h counted.",
        "2026-04-06 09:00 to 11:00: 2 h counted.",
        "2026-04-03: closed, Sexta-feira Santa.",
        "2026-04-05: closed, Páscoa.",
    ]


def test_summer_time_is_read_on_lisbons_clock(begin):
    july = datetime(2026, 7, 1, 9, tzinfo=UTC)

    explained = explain(clock_of(begin("urgent", at=july), "first_response"), at=july)

    assert explained.lines[0] == "first response, received 2026-07-01 10:00 Lisbon time."
    assert (explained.lines[-2], explained.due_at) == (
        "Due 2026-07-01 14:00.",
        datetime(2026, 7, 1, 13, tzinfo=UTC),
    )


def test_time_that_did_not_count_is_shown(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 12), by=BY)
    clocks.record(clock_set, K.PAUSE, at=march(10, 12), by=BY)
    clocks.record(clock_set, K.CUSTOMER_REPLY, at=march(10, 15), by=BY)

    shown = lines(clock_set, "resolution", at=march(10, 16))

    assert "Waiting for the customer 2026-03-10 12:00 to 2026-03-10 15:00: 3 h not counted." in shown
    assert "Due 2026-03-12 13:00." in shown


def test_a_clock_on_hold_says_what_is_left(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.PAUSE, at=march(10, 12), by=BY)

    explained = explain(clock_of(clock_set, "resolution"), at=march(10, 16))

    assert (explained.state, explained.due_at, explained.remaining_seconds) == ("paused", None, 22 * HOUR)
    assert explained.lines[-2:] == ("On hold with 22 h left.", GOAL)


def test_a_miss_is_shown_with_what_came_after(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 15, 30), by=BY)

    explained = explain(clock_of(clock_set, "first_response"), at=march(11, 10))

    assert explained.lines[-4:] == (
        "Due 2026-03-10 14:00.",
        "Done 2026-03-10 15:30.",
        "Missed 2026-03-10 14:00.",
        GOAL,
    )
    assert explained.overdue_seconds == 90 * 60


def test_what_was_excluded_and_taken_back_is_shown(begin):
    clock_set = begin("high")
    clocks.record(clock_set, K.EXCLUDE, at=march(10, 11), by=BY)
    clocks.record(clock_set, K.INCLUDE, at=march(11, 11), by=BY)

    assert "Stopped 2026-03-10 11:00 to 2026-03-11 11:00: 12 h not counted." in lines(
        clock_set, at=march(11, 12)
    )


def test_a_binding_promise_says_so(begin):
    assert lines(begin(is_binding=True))[-1] == "Binding."


def test_no_target_and_no_clock_are_said(begin):
    targets = {Metric.FIRST_RESPONSE: {"low": None}, Metric.RESOLUTION: {"low": Target.seconds(HOUR)}}
    clock_set = begin("low", terms=Terms(targets))
    clocks.record(clock_set, K.CANCEL, at=march(10, 10, 30), by=BY)

    assert lines(clock_set)[1:] == ["There is no target."]
    assert lines(clock_set, "resolution")[1:] == [
        "Target: 1 business hour, which is 1 h of open time.",
        "Cancelled.",
        GOAL,
    ]


def test_a_due_time_set_by_hand_and_an_excuse_say_so_with_their_reasons(begin):
    clock_set = begin("urgent")
    clock = clock_of(clock_set, "first_response")
    clocks.set_due(clock, due_at=march(10, 12), at=SOON, by=BY, reason="He is at the airport")
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 13), by=BY)
    clock.refresh_from_db()
    clocks.excuse(clock, cause="third_party", at=march(10, 14), by=BY, reason="The airline")
    clock.refresh_from_db()

    explained = explain(clock, at=march(10, 15))

    assert (explained.is_manual, explained.excuse) == (True, "third_party")
    assert [line for line in explained.lines if "hand" in line or "Excused" in line] == [
        "Its due time was set by hand.",
        "Excused 2026-03-10 14:00.",
    ]
    assert list(ruling.by_hand(clock, clock_set.events.order_by("at", "id"))) == [
        "Set by hand: He is at the airport",
        "Excused, third_party: The airline",
    ]
    assert [event.sentence for event in ruling.happened(clock_set)][1:] == [
        "first response: due time set by hand to 2026-03-10 12:00 UTC",
        "first response missed",
        "answered",
        "first response: the miss is excused, third_party",
    ]
    assert "airport" not in str(explained)


def test_an_update_promised_by_hand_is_explained_without_a_target(begin):
    clock_set = begin("urgent")
    clocks.promise_update(clock_set, due_at=march(10, 16), at=SOON, by=BY, reason="Told him so")

    assert lines(clock_set, "update_interval")[1:] == [
        "There is no target.",
        "Its due time was set by hand.",
        "2026-03-10 11:00 to 16:00: 5 h counted.",
        "Due 2026-03-10 16:00.",
        GOAL,
    ]


def test_a_first_response_that_is_held_to_the_resolution_says_so(policy_version, begin):
    policy_version.clamps_first_response = True

    explained = explain(
        clock_of(begin("low", terms=policies.terms_of(policy_version)), "first_response"), at=SOON
    )

    assert (explained.is_capped, explained.due_at) == (True, march(12, 10))
    assert "It is due no later than the resolution." in explained.lines


def test_a_correction_names_what_was_wrong(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.PAUSE, at=march(10, 10, 30), by=BY)
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 11), by=BY)
    pause, answer = clock_set.events.get(kind="pause"), clock_set.events.get(kind="agent_reply")
    clocks.correct(pause, at=march(10, 12), by=BY, reason="Wrong ticket")
    clocks.correct(answer, happened_at=march(10, 10, 45), at=march(10, 12), by=BY, reason="Phoned")

    assert [event.sentence for event in ruling.happened(clock_set)][3:] == [
        "corrected: “waiting for the customer” of 2026-03-10 10:30 UTC never happened",
        "corrected: “answered” of 2026-03-10 11:00 UTC happened 2026-03-10 10:45 UTC",
    ]


def test_a_clock_on_a_calendar_of_its_own_names_that_calendar(policy_version, begin):
    always = Calendar.objects.create(key="always", name="Always")
    spec = hours.calendar_from_json(
        {"tz": "UTC", "week": {day: [["00:00", "24:00"]] for day in hours.WEEKDAYS}}
    )
    calendars.publish_version(always, spec=spec, valid_from=LONG_AGO)
    unfrozen(lambda: TargetCell.objects.filter(metric="first_response").update(calendar=always))
    clock_set = begin("urgent", terms=policies.terms_of(policy_version))

    first, resolution = (
        explain(clock_of(clock_set, metric), at=SOON) for metric in ("first_response", "resolution")
    )

    assert [one.key for one in first.calendar_versions] == ["always"]
    assert [one.key for one in resolution.calendar_versions] == ["lisbon"]
    assert first.zone == "UTC"


def test_a_clock_that_the_events_do_not_give_is_not_explained(begin):
    clock = clock_of(begin(), "resolution")
    clock.cycle = 2

    with pytest.raises(LookupError):
        explain(clock, at=march(10, 11))


# --- what a day means -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "rule", "due"),
    [
        ("close_of_nth_day", "close of the 2nd business day after 2026-03-14 in Lisbon", march(17, 21)),
        (
            "from_next_opening",
            "close of the 2nd business day after 2026-03-16 in Lisbon, the next opening",
            march(18, 21),
        ),
        (
            "same_clock_time",
            "the same time of the 2nd business day after 2026-03-14 in Lisbon",
            march(17, 12),
        ),
        ("schedule_hours", "2 times 12 h of open time", march(17, 21)),
        ("full_days_24h", "2 times 24 hours of open time", march(19, 21)),
    ],
)
def test_each_meaning_of_a_day_has_its_words(begin, policy_version, mode, rule, due):
    policy_version.day_mode, policy_version.day_floor = mode, False
    terms = policies.terms_of(policy_version)
    saturday = march(14, 12)

    explained = explain(clock_of(begin("low", at=saturday, terms=terms), "first_response"), at=saturday)

    assert (explained.rule, explained.due_at) == (rule, due)


def test_shorter_days_in_between_are_named_where_they_count(calendar, begin):
    spec = calendars.spec_of(calendar.versions.get())
    short = hours.calendar_to_json(spec) | {"overrides": {"2026-03-11": [["09:00", "13:00"]]}}
    calendars.publish_version(calendar, spec=hours.calendar_from_json(short), valid_from=march(1, 0))

    # A day is never less than twelve hours (D4b): one of Tuesday, four of Wednesday, seven of Thursday.
    late = begin("medium", at=march(10, 20))
    assert "Days in between are shorter: not before 12 h of open time." in lines(late, at=march(10, 20))
    assert clock_of(late, "first_response").due_at == march(12, 16)
    # Who wrote at ten has had eleven by the evening, so Wednesday's close is late enough.
    assert "Due 2026-03-11 13:00." in lines(begin("medium"))


# --- facts for programs ---------------------------------------------------------------------------


def test_the_facts_add_up_to_the_target(begin):
    explained = explain(clock_of(begin("high"), "first_response"), at=march(10, 11))

    assert explained.facts == (
        DatedFact(
            "counted", date(2026, 3, 10), 0, march(10, 10), march(10, 21), 11 * HOUR, "week", "", LONG_AGO
        ),
        DatedFact(
            "counted", date(2026, 3, 11), 1, march(11, 9), march(11, 10), 1 * HOUR, "week", "", LONG_AGO
        ),
    )
    assert (explained.metric, explained.target, explained.zone, explained.received_at) == (
        "first_response",
        "12 business hours",
        "Europe/Lisbon",
        march(10, 10),
    )


# --- which version of what --------------------------------------------------------------------------


def test_each_calendar_version_that_ruled_is_named_with_its_zone_data(calendar, begin):
    spec = calendars.spec_of(calendar.versions.get())
    for day in (11, 12, 20):
        calendars.publish_version(calendar, spec=spec, valid_from=march(day, 0))
    data = hours.zone_data_version()

    explained = explain(clock_of(begin("medium"), "first_response"), at=SOON)

    assert explained.calendar_versions == (
        CalendarRuling("lisbon", "Lisbon 9-21", LONG_AGO, "Europe/Lisbon", data),
        CalendarRuling("lisbon", "Lisbon 9-21", march(11, 0), "Europe/Lisbon", data),
    )
    assert [fact.valid_from for fact in explained.facts] == [LONG_AGO, march(11, 0)]
    assert ruling.calendar_words(explained.calendar_versions[1]) == (
        f"Lisbon 9-21 from 2026-03-11 00:00 UTC, Europe/Lisbon, zone data {data}"
    )


def test_the_policy_version_is_named_with_its_label(begin):
    rewrite(PolicyVersion.objects.get(), label="Faster answers")
    clock_set = begin()

    told = ruling.of_policy(ClockSet.objects.get(pk=clock_set.pk))

    assert told == PolicyRuling(
        "support", "Support policy", 1, "Faster answers", LONG_AGO, "close_of_nth_day"
    )
    assert ruling.policy_words(told) == (
        "Support policy v1 (Faster answers), in force from 2025-01-01 00:00 UTC"
    )


def test_what_happened_is_told_with_who_and_why(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.PRIORITY, at=march(10, 11), by=BY, priority="low", reason="Only one till")
    clocks.record(clock_set, K.PAUSE, at=march(10, 12), by=BY)

    assert list(ruling.happened_words(ruling.happened(clock_set))) == [
        "2026-03-10 10:00 UTC: received, priority urgent, system:intake",
        (
            "2026-03-10 11:00 UTC: priority low: its targets count from the original start, account:1 "
            "(Only one till)"
        ),
        "2026-03-10 12:00 UTC: waiting for the customer, account:1",
    ]


def test_every_kind_of_event_has_words():
    assert {kind for kind in EventKind if kind not in ruling.SENTENCES} == set()


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target.days(1), "1 business day"),
        (Target.days(2), "2 business days"),
        (Target.seconds(HOUR), "1 business hour"),
        (Target.seconds(24 * HOUR), "24 business hours"),
        (Target.seconds(90 * 60), "90 business minutes"),
        (Target.seconds(61), "1 min 1 s"),
    ],
)
def test_a_target_is_worded_as_in_a_policy(target, words):
    assert in_words(target) == words


def test_lengths_and_ordinals():
    assert [duration(seconds) for seconds in (0, 59, 60, 5400, 86_461)] == [
        "0 min",
        "59 s",
        "1 min",
        "1 h 30 min",
        "24 h 1 min 1 s",
    ]
    assert [nth(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "111th",
    ]  # fmt: skip
