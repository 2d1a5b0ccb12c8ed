from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.dispatch import Signal

from sla import clocks
from sla.append_only import triggers_lifted
from sla.hours import EventKind, Metric, Target, Terms
from sla.models import CalendarInterval, Clock, ClockEvent
from sla.rebuild import Difference, rebuild_sets
from sla.signals import due_times_moved
from tests.sla.conftest import BY, RECEIVED, clock_of, march, stands

K = EventKind


@pytest.fixture
def tell():
    """Tell a set of clocks what happened."""

    def tell(clock_set, kind, at, **facts):
        return clocks.record(clock_set, kind, at=at, by=BY, **facts)

    return tell


@pytest.fixture
def moved():
    """The sets of which `due_times_moved` spoke, in order."""
    heard = []

    def hear(clock_set_ids, **_):
        heard.extend(clock_set_ids)

    due_times_moved.connect(hear)
    yield heard
    due_times_moved.disconnect(hear)


# --- started --------------------------------------------------------------------------------------


def test_a_new_ticket_has_a_first_response_and_a_resolution_clock(begin):
    clock_set = begin("urgent")

    assert stands(clock_set) == {
        "first_response": ("running", march(10, 14), None),
        "resolution": ("running", march(12, 10), None),
    }


@pytest.mark.parametrize(
    ("priority", "due_at"),
    [
        ("urgent", march(10, 14)),
        ("high", march(11, 10)),
        ("medium", march(11, 21)),
        ("low", march(12, 21)),
    ],
)
def test_the_first_response_is_due_as_published(begin, priority, due_at):
    assert clock_of(begin(priority), "first_response").due_at == due_at


def test_what_comes_at_night_counts_from_the_next_opening(begin):
    assert clock_of(begin("urgent", at=march(10, 22)), "first_response").due_at == march(11, 13)


def test_a_clock_keeps_its_target_and_its_next_ring(begin):
    clock = clock_of(begin("urgent"), "first_response")

    assert (clock.target_unit, clock.target_amount) == ("seconds", 4 * 3600)
    assert (clock.started_at, clock.rings_at, clock.version) == (RECEIVED, march(10, 12), 1)


def test_the_terms_are_kept_as_they_were(begin, terms, policy_version):
    clock_set = begin()
    with triggers_lifted(connection):
        policy_version.cells.update(amount=1)

    clocks.record(clock_set, K.INTERNAL_NOTE, at=march(10, 11), by=BY)

    assert Terms.from_json(clock_set.terms) == terms
    assert clock_of(clock_set, "first_response").due_at == march(10, 14)


def test_a_metric_without_a_target_says_so(begin):
    targets = {Metric.FIRST_RESPONSE: {"low": None}, Metric.RESOLUTION: {"low": Target.seconds(3600)}}

    assert stands(begin("low", terms=Terms(targets))) == {
        "first_response": ("not_applicable", None, None),
        "resolution": ("running", march(10, 11), None),
    }


def test_a_priority_that_nobody_defines_gets_no_guess_but_an_alert(begin, caplog):
    clock_set = begin("whenever")

    assert {state for state, _, _ in stands(clock_set).values()} == {"not_applicable"}
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_starting_costs_four_statements(begin, django_assert_num_queries):
    begin()  # the timeline is in memory from here on

    with django_assert_num_queries(4):
        begin()


def test_a_start_beyond_the_horizon_builds_more_of_the_calendar(begin, calendar):
    monday = datetime(2031, 3, 10, 10, tzinfo=UTC)
    assert calendar.built_until < monday

    clock_set = begin("urgent", at=monday)

    assert clock_of(clock_set, "first_response").due_at == datetime(2031, 3, 10, 14, tzinfo=UTC)
    assert CalendarInterval.objects.filter(starts_at__gt=monday.timestamp()).exists()


def test_a_target_of_many_years_is_found(begin):
    targets = {Metric.FIRST_RESPONSE: {"low": None}, Metric.RESOLUTION: {"low": Target.days(2500)}}

    due_at = clock_of(begin("low", terms=Terms(targets)), "resolution").due_at

    assert due_at.year == 2036


# --- told what happened ---------------------------------------------------------------------------


def test_an_answer_in_time_meets_the_first_response(begin, tell):
    clock_set = begin()

    tell(clock_set, K.AGENT_REPLY, march(10, 11))

    first = clock_of(clock_set, "first_response")
    assert (first.state, first.met_at, first.breached_at, first.rings_at) == (
        "met",
        march(10, 11),
        None,
        None,
    )
    assert clock_of(clock_set, "resolution").state == "running"


def test_an_answer_at_the_due_instant_is_in_time(begin, tell):
    clock_set = begin()

    tell(clock_set, K.AGENT_REPLY, march(10, 14))

    assert stands(clock_set)["first_response"] == ("met", march(10, 14), None)


def test_an_answer_a_second_late_has_missed_at_the_due_instant(begin, tell):
    clock_set = begin()

    tell(clock_set, K.AGENT_REPLY, march(10, 14, 0, 1))

    assert stands(clock_set)["first_response"] == ("met", march(10, 14), march(10, 14))


def test_notes_and_automatic_answers_meet_nothing(begin, tell):
    clock_set = begin()
    before = stands(clock_set)

    tell(clock_set, K.INTERNAL_NOTE, march(10, 11))
    tell(clock_set, K.BOT_REPLY, march(10, 11))

    assert stands(clock_set) == before


def test_waiting_for_the_customer_stops_the_resolution_alone(begin, tell):
    clock_set = begin()

    tell(clock_set, K.PAUSE, march(10, 12))

    paused = clock_of(clock_set, "resolution")
    assert (paused.state, paused.due_at, paused.rings_at) == ("paused", None, None)
    assert paused.remaining_seconds == 22 * 3600
    assert clock_of(clock_set, "first_response").state == "running"


def test_the_customers_answer_lets_the_resolution_go_on(begin, tell):
    clock_set = begin()
    tell(clock_set, K.PAUSE, march(10, 12))

    tell(clock_set, K.CUSTOMER_REPLY, march(10, 15))

    assert stands(clock_set)["resolution"] == ("running", march(12, 13), None)
    assert clock_of(clock_set, "resolution").remaining_seconds is None


def test_solving_meets_both_clocks(begin, tell):
    clock_set = begin()

    tell(clock_set, K.SOLVE, march(10, 13))

    assert [(clock.state, clock.met_at) for clock in clock_set.clocks.all()] == [
        ("met", march(10, 13)),
        ("met", march(10, 13)),
    ]


def test_reopening_goes_on_with_what_was_left(begin, tell):
    clock_set = begin()
    tell(clock_set, K.SOLVE, march(10, 16))

    tell(clock_set, K.REOPEN, march(13, 10))

    # 6 of 24 hours were used: 11 hours of Friday and 7 of Monday are left.
    assert stands(clock_set)["resolution"] == ("running", march(16, 16), None)
    assert stands(clock_set)["first_response"][0] == "met"


def test_spam_has_no_clocks(begin, tell):
    clock_set = begin()

    tell(clock_set, K.CANCEL, march(10, 11))

    assert {(state, due_at) for state, due_at, _ in stands(clock_set).values()} == {("cancelled", None)}


def test_raising_the_priority_takes_the_new_target_from_the_original_start(begin, tell):
    clock_set = begin("low")

    tell(clock_set, K.PRIORITY, march(10, 11), priority="urgent", reason="the shop is closed")

    assert stands(clock_set)["first_response"] == ("running", march(10, 14), None)


def test_what_a_raised_priority_puts_into_the_past_is_missed_at_the_change(begin, tell):
    clock_set = begin("low")

    tell(clock_set, K.PRIORITY, march(10, 16), priority="urgent", reason="the shop is closed")

    assert stands(clock_set)["first_response"] == ("running", march(10, 14), march(10, 16))


def test_lowering_the_priority_does_not_undo_a_miss(begin, tell):
    clock_set = begin("urgent")

    tell(clock_set, K.PRIORITY, march(10, 15), priority="low", reason="a workaround exists")

    assert stands(clock_set)["first_response"] == ("running", march(12, 21), march(10, 14))


def test_a_new_priority_does_not_touch_what_was_met(begin, tell):
    clock_set = begin("high")
    tell(clock_set, K.AGENT_REPLY, march(10, 11))

    tell(clock_set, K.PRIORITY, march(10, 12), priority="urgent", reason="it got worse")

    assert stands(clock_set)["first_response"] == ("met", march(11, 10), None)


def test_new_terms_hold_from_the_original_start(begin, tell, terms):
    clock_set = begin("urgent")
    longer = replace(
        terms, targets=terms.targets | {Metric.RESOLUTION: {"urgent": Target.seconds(36 * 3600)}}
    )

    tell(clock_set, K.RETARGET, march(10, 12), terms=longer)

    assert stands(clock_set)["resolution"] == ("running", march(13, 10), None)


def test_a_reply_that_never_arrived_met_nothing(begin, tell):
    clock_set = begin()
    tell(clock_set, K.AGENT_REPLY, march(10, 11), reference="message:5")

    tell(clock_set, K.REPLY_REVOKED, march(10, 12), reference="message:5")

    assert stands(clock_set)["first_response"] == ("running", march(10, 14), None)


# --- next response --------------------------------------------------------------------------------


@pytest.fixture
def with_next(terms):
    hour = Target.seconds(3600)
    return replace(terms, targets=terms.targets | {Metric.NEXT_RESPONSE: {"urgent": hour}})


def test_there_is_no_next_response_without_terms_for_it(begin, tell):
    clock_set = begin()
    tell(clock_set, K.AGENT_REPLY, march(10, 11))

    tell(clock_set, K.CUSTOMER_REPLY, march(10, 12))

    assert set(stands(clock_set)) == {"first_response", "resolution"}


def test_each_unanswered_message_starts_a_next_response(begin, tell, with_next):
    clock_set = begin(terms=with_next)
    tell(clock_set, K.AGENT_REPLY, march(10, 11))
    tell(clock_set, K.CUSTOMER_REPLY, march(10, 12))
    tell(clock_set, K.AGENT_REPLY, march(10, 12, 30))
    shown = tell(clock_set, K.CUSTOMER_REPLY, march(10, 15))

    assert [(clock.metric, clock.cycle, clock.state) for clock in shown] == [
        ("first_response", 1, "met"),
        ("next_response", 1, "met"),
        ("next_response", 2, "running"),
        ("resolution", 1, "running"),
    ]
    assert shown[2].due_at == march(10, 16)


def test_a_next_response_to_a_reply_that_never_arrived_is_owed_no_more(begin, tell, with_next):
    clock_set = begin(terms=with_next)
    tell(clock_set, K.AGENT_REPLY, march(10, 11), reference="message:5")
    tell(clock_set, K.CUSTOMER_REPLY, march(10, 12))

    tell(clock_set, K.REPLY_REVOKED, march(10, 12, 30), reference="message:5")

    assert stands(clock_set) == {
        "first_response": ("running", march(10, 14), None),
        "resolution": ("running", march(12, 10), None),
        "next_response": ("cancelled", None, None),
    }
    assert rebuild_sets([clock_set.pk], at=march(10, 13)) == []


# --- how it is written ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "statements"),
    [
        (K.INTERNAL_NOTE, 4),  # lock the set, its events, lock its clocks, write the event
        (K.SOLVE, 5),  # and write the clocks
        (K.PRIORITY, 7),  # and where the ladder stands: its steps, and those that rang
    ],
)
def test_recording_costs_at_most_seven_statements(
    begin, tell, django_assert_num_queries, monkeypatch, kind, statements
):
    monkeypatch.setattr(clocks, "due_times_moved", Signal())  # what listeners do is theirs to count
    clock_set = begin()

    with django_assert_num_queries(statements):
        tell(clock_set, kind, march(10, 13), priority="low")


def test_only_changed_rows_are_written(begin, tell):
    clock_set = begin()

    tell(clock_set, K.AGENT_REPLY, march(10, 11))

    assert clock_of(clock_set, "first_response").version == 2
    assert clock_of(clock_set, "resolution").version == 1


def test_every_event_says_who_and_why(begin, tell):
    clock_set = begin("low")

    tell(clock_set, K.PRIORITY, march(10, 11), priority="high", reason="three sites are down")

    assert list(clock_set.events.values_list("kind", "at", "by", "priority", "reason")) == [
        ("created", RECEIVED, "system:intake", "low", ""),
        ("priority", march(10, 11), BY, "high", "three sites are down"),
    ]


def test_a_clock_set_back_by_an_hour_does_not_turn_history_round(begin, tell):
    clock_set = begin()
    tell(clock_set, K.PAUSE, march(10, 12))

    tell(clock_set, K.CUSTOMER_REPLY, march(10, 11))

    assert list(clock_set.events.values_list("at", flat=True)) == [RECEIVED, march(10, 12), march(10, 12)]
    assert stands(clock_set)["resolution"] == ("running", march(12, 10), None)


def test_who_sorts_by_due_times_hears_of_a_change(begin, tell, moved):
    clock_set = begin()

    tell(clock_set, K.AGENT_REPLY, march(10, 11))

    assert moved == [clock_set.pk]


def test_nobody_hears_of_a_note(begin, tell, moved):
    clock_set = begin()

    tell(clock_set, K.INTERNAL_NOTE, march(10, 11))

    assert moved == []


def test_the_queue_reads_the_earliest_open_due_time(begin, tell):
    clock_set = begin("low")
    assert clocks.due_facts(clock_set) == clocks.DueFacts(march(12, 10), "resolution", is_breached=False)

    tell(clock_set, K.SOLVE, march(13, 10))

    assert clocks.due_facts(clock_set) == clocks.DueFacts(None, "", is_breached=True)


# --- derived again --------------------------------------------------------------------------------


def test_a_set_derived_again_differs_in_nothing(begin, tell):
    clock_set = begin("high")
    for kind, at in (
        (K.PAUSE, march(10, 12)),
        (K.CUSTOMER_REPLY, march(10, 15)),
        (K.AGENT_REPLY, march(11, 11)),
        (K.SOLVE, march(11, 12)),
        (K.REOPEN, march(12, 9)),
    ):
        tell(clock_set, kind, at)
        assert rebuild_sets([clock_set.pk], at=at + timedelta(minutes=5)) == []

    assert rebuild_sets([clock_set.pk], at=march(30, 12)) == []


def test_a_row_that_somebody_changed_is_found_and_set_right(begin, moved):
    clock_set = begin()
    clock = clock_of(clock_set, "first_response")
    Clock.objects.filter(pk=clock.pk).update(due_at=march(20, 14))

    found = rebuild_sets([clock_set.pk], at=march(10, 11))

    assert found == [
        Difference(clock_set.pk, clock.pk, "first_response", 1, "due_at", march(20, 14), march(10, 14))
    ]
    assert stands(clock_set)["first_response"] == ("running", march(10, 14), None)
    assert moved == [clock_set.pk]


def test_a_row_that_went_missing_comes_back(begin):
    clock_set = begin()
    before = stands(clock_set)
    clock_of(clock_set, "resolution").delete()

    rebuild_sets([clock_set.pk], at=march(10, 11))

    assert stands(clock_set) == before


def test_terms_that_are_none_are_reported_and_left(begin):
    clock_set = begin()
    type(clock_set).objects.update(terms={"targets": {"first_response": {"urgent": {"unit": "moons"}}}})
    before = stands(clock_set)

    (found,) = rebuild_sets([clock_set.pk], at=march(10, 11))

    assert (found.clock_set_id, found.column) == (clock_set.pk, "events")
    assert stands(clock_set) == before


# --- kept by the database -------------------------------------------------------------------------


def test_a_metric_has_one_clock_a_cycle(begin):
    clock = clock_of(begin(), "resolution")
    clock.pk = None

    with pytest.raises(IntegrityError, match=r"a_metric_has_one_clock_a_cycle|UNIQUE"), transaction.atomic():
        clock.save()


def test_an_event_is_never_rewritten(begin):
    begin()

    with pytest.raises(IntegrityError, match="sla_clockevent is append-only"), transaction.atomic():
        ClockEvent.objects.update(by="nobody")
