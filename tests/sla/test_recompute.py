import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.dispatch import Signal

from sla import alarms, calendars, clocks, hours, timekeeping
from sla.hours import EventKind
from sla.models import Calendar, Clock, ClockSet, PolicyVersion
from sla.recompute import Report, recompute
from sla.signals import due_times_moved
from tests.sla.conftest import BY, clock_of, march, stands

K = EventKind


@pytest.fixture
def desk_at_work(begin):
    """Clocks in every state, some of them missed."""
    for priority in ("urgent", "high", "medium", "low"):
        begin(priority)
    paused, solved, reopened, spam = (begin("urgent") for _ in range(4))
    for clock_set, kind, at in (
        (paused, K.AGENT_REPLY, march(10, 11)),
        (paused, K.PAUSE, march(10, 12)),
        (solved, K.SOLVE, march(10, 13)),
        (reopened, K.SOLVE, march(10, 15)),
        (reopened, K.REOPEN, march(11, 9)),
        (spam, K.CANCEL, march(10, 11)),
    ):
        clocks.record(clock_set, kind, at=at, by=BY)


def rows() -> list:
    return list(Clock.objects.order_by("pk").values())


# --- nothing drifts -------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [march(11, 10), march(13, 10), march(30, 10)])
def test_nothing_differs_before_the_sweep(desk_at_work, later):
    before = rows()

    report = recompute(at=later)

    assert (report.sets, report.clocks, report.differences) == (6, 12, [])
    assert rows() == before


@pytest.mark.parametrize("later", [march(11, 10), march(13, 10), march(30, 10)])
def test_nothing_differs_after_the_sweep(desk_at_work, later):
    while alarms.ring_due(at=later):
        pass
    before = rows()

    report = recompute(at=later + timedelta(minutes=1))

    assert report.differences == []
    assert rows() == before


def test_what_has_ended_is_not_looked_at(begin):
    clocks.record(begin(), K.SOLVE, at=march(10, 11), by=BY)

    assert recompute(at=march(10, 12)) == Report(sets=0, clocks=0, differences=[])


# --- drift ----------------------------------------------------------------------------------------


def test_drift_is_reported_and_set_right(desk_at_work):
    before = rows()
    drifted = Clock.objects.get(metric="first_response", state="running", due_at=march(11, 10))
    Clock.objects.filter(pk=drifted.pk).update(due_at=march(19, 10), rings_at=None)

    report = recompute(at=march(10, 16))

    assert [(one.clock_id, one.column, one.stored) for one in report.differences] == [
        (drifted.pk, "due_at", march(19, 10)),
        (drifted.pk, "rings_at", None),
    ]
    assert (report.drifted, report.moved) == (1, 1)
    assert [row | {"version": 1} for row in rows()] == [row | {"version": 1} for row in before]
    assert recompute(at=march(10, 16)).drifted == 0


def test_a_miss_that_nobody_made_is_taken_back(begin):
    clock_set = begin("low")
    Clock.objects.update(breached_at=march(10, 11))

    assert recompute(at=march(10, 12)).drifted == 2
    assert stands(clock_set)["resolution"] == ("running", march(12, 10), None)


def test_looking_alone_changes_nothing(begin):
    begin("low")
    Clock.objects.filter(metric="resolution").update(due_at=march(19, 10))
    before = rows()

    assert recompute(at=march(10, 16), is_dry=True).moved == 1
    assert rows() == before


def test_a_set_that_cannot_be_derived_does_not_hide_the_others(begin):
    broken, drifted = begin(), begin()
    ClockSet.objects.filter(pk=broken.pk).update(terms={})
    Clock.objects.filter(clock_set=drifted).update(due_at=march(19, 10))

    report = recompute(at=march(10, 11))

    assert {one.clock_set_id for one in report.differences} == {broken.pk, drifted.pk}
    assert stands(drifted)["first_response"] == ("running", march(10, 14), None)


# --- calendars and policies move on ---------------------------------------------------------------


def test_the_horizon_grows(calendar):
    until = calendar.built_until

    recompute(at=march(10, 10) + timedelta(days=100))

    calendar.refresh_from_db()
    assert calendar.built_until == until + timedelta(days=100)


def test_shorter_hours_from_tomorrow_move_what_lies_after(calendar, begin):
    begun_before, met_before = begin("high"), begin("high")
    clocks.record(met_before, K.AGENT_REPLY, at=march(10, 12), by=BY)
    week = {day: [["10:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": week})
    calendars.publish_version(calendar, spec=spec, valid_from=march(11, 0))

    report = recompute(at=march(10, 20), calendar=calendar)

    # Eleven of twelve hours pass on Tuesday as before, the last one on Wednesday from ten.
    assert stands(begun_before)["first_response"] == ("running", march(11, 11), None)
    assert stands(met_before)["first_response"] == ("met", march(11, 10), None)
    assert report.moved == 3


def test_another_calendars_clocks_can_be_left_alone(calendar, begin):
    begin("high")
    other = Calendar.objects.create(key="other", name="Other")

    assert recompute(at=march(10, 12), calendar=other).sets == 0


def test_a_scheduled_policy_begins(policy_version, calendar):
    second = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, status="scheduled", valid_from=march(12, 0), calendar=calendar
    )
    policy_version.valid_until = march(12, 0)
    policy_version.save()

    recompute(at=march(12, 1))

    second.refresh_from_db()
    assert second.status == "active"


# --- who listens, who watches ---------------------------------------------------------------------


def test_a_listener_that_missed_a_word_hears_it_at_the_latest_now(begin):
    clock_set, heard = begin(), []

    def hear(clock_set_ids, **_):
        heard.extend(clock_set_ids)

    due_times_moved.connect(hear)
    try:
        recompute(at=march(10, 11))
    finally:
        due_times_moved.disconnect(hear)
    assert heard == [clock_set.pk]


def test_progress_is_told_page_by_page(begin, monkeypatch):
    monkeypatch.setattr("sla.recompute.PAGE", 2)
    for _ in range(3):
        begin()
    told = []

    recompute(at=march(10, 11), progress=lambda done, total: told.append((done, total)))

    assert told == [(2, 3), (3, 3)]


def test_statements_do_not_grow_with_the_sets(begin, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("sla.recompute.due_times_moved", Signal())  # what listeners do is theirs to count
    begin()
    recompute(at=march(10, 11))
    for _ in range(5):
        begin()

    # The statuses of policies 4 with their savepoint, the horizon, the live sets; and for a page eight.
    with django_assert_num_queries(14):
        recompute(at=march(10, 11))


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch):
    """Run the command on Tuesday at four."""
    monkeypatch.setattr(timekeeping, "now", lambda: march(10, 16))

    def run(*switches: str) -> str:
        out = StringIO()
        call_command("recompute_deadlines", *switches, stdout=out)
        return out.getvalue().strip()

    return run


def test_the_command_says_that_all_is_well(desk_at_work, run):
    assert run() == "sets 6, clocks 12, drifted 0, moved 0"


def test_the_command_names_what_it_set_right(begin, run):
    clock_set = begin("low")
    Clock.objects.filter(metric="resolution").update(due_at=march(19, 10))

    was, should_be = "2026-03-19 10:00:00+00:00", "2026-03-12 10:00:00+00:00"
    assert run().splitlines() == [
        "sets 1, clocks 2, drifted 1, moved 1",
        f"  set {clock_set.pk} resolution 1: due_at was {was}, is {should_be}",
    ]
    assert clock_of(clock_set, "resolution").due_at == march(12, 10)


def test_the_command_reports_to_programs(begin, run):
    clock_set = begin("low")
    Clock.objects.filter(metric="resolution").update(due_at=march(19, 10))

    assert json.loads(run("--json")) == {
        "sets": 1,
        "clocks": 2,
        "drifted": 1,
        "moved": 1,
        "differences": [
            {
                "clock_set_id": clock_set.pk,
                "clock_id": clock_of(clock_set, "resolution").pk,
                "metric": "resolution",
                "cycle": 1,
                "column": "due_at",
                "stored": "2026-03-19T10:00:00Z",
                "derived": "2026-03-12T10:00:00Z",
            }
        ],
    }


def test_checking_corrects_nothing_and_fails_on_a_difference(begin, run):
    clock_set = begin("low")
    run("--check")
    Clock.objects.filter(metric="resolution").update(due_at=march(19, 10))

    with pytest.raises(CommandError, match="not as their events say: 1") as refusal:
        run("--check", "--json")

    assert refusal.value.returncode == 1
    assert clock_of(clock_set, "resolution").due_at == march(19, 10)
