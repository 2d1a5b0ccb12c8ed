import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.dispatch import Signal

from sla import alarms, append_only, clocks, timekeeping
from sla.hours import EventKind
from sla.models import Clock, ClockEvent, ClockSet
from sla.rebuild import Report, rebuild
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

    report = rebuild(at=later)

    assert (report.sets, report.clocks, report.differences) == (8, 16, [])
    assert rows() == before


@pytest.mark.parametrize("later", [march(11, 10), march(13, 10), march(30, 10)])
def test_nothing_differs_after_the_sweep(desk_at_work, later):
    while alarms.ring_due(at=later):
        pass
    before = rows()

    report = rebuild(at=later + timedelta(minutes=1))

    assert report.differences == []
    assert rows() == before


def test_what_has_ended_is_looked_at_unless_only_live_ones_are(begin):
    clocks.record(begin(), K.SOLVE, at=march(10, 11), by=BY)

    assert rebuild(at=march(10, 12)) == Report(sets=1, clocks=2, differences=[])
    assert rebuild(at=march(10, 12), is_live_only=True) == Report(sets=0, clocks=0, differences=[])


def test_a_miss_that_nobody_told_is_told(begin):
    clock_set = begin()
    alarms.ring_due(at=march(10, 15))
    with append_only.triggers_lifted(connection):
        ClockEvent.objects.filter(kind="missed").delete()

    (found,) = rebuild(at=march(10, 15)).differences

    assert (found.metric, found.column, found.derived) == ("first_response", "missed", march(10, 14))
    assert rebuild(at=march(10, 15)).differences == []
    told = clock_set.events.get(kind="missed")
    assert (told.at, told.metric, told.cycle, told.by) == (march(10, 14), "first_response", 1, "system:clock")


# --- drift ----------------------------------------------------------------------------------------


def test_drift_is_reported_and_set_right(desk_at_work):
    before = rows()
    drifted = Clock.objects.get(metric="first_response", state="running", due_at=march(11, 10))
    Clock.objects.filter(pk=drifted.pk).update(due_at=march(19, 10), rings_at=None)

    report = rebuild(at=march(10, 16))

    assert [(one.clock_id, one.column, one.stored) for one in report.differences] == [
        (drifted.pk, "due_at", march(19, 10)),
        (drifted.pk, "rings_at", None),
    ]
    assert (report.drifted, report.moved) == (1, 1)
    assert [row | {"version": 1} for row in rows()] == [row | {"version": 1} for row in before]
    assert rebuild(at=march(10, 16)).drifted == 0


def test_a_miss_that_nobody_made_is_taken_back(begin):
    clock_set = begin("low")
    Clock.objects.update(breached_at=march(10, 11))

    assert rebuild(at=march(10, 12)).drifted == 2
    assert stands(clock_set)["resolution"] == ("running", march(12, 10), None)


def test_looking_alone_changes_nothing(begin):
    begin("low")
    Clock.objects.filter(metric="resolution").update(due_at=march(19, 10))
    before = rows()

    assert rebuild(at=march(10, 16), is_dry=True).moved == 1
    assert rows() == before


def test_a_set_that_cannot_be_derived_does_not_hide_the_others(begin):
    broken, drifted = begin(), begin()
    ClockSet.objects.filter(pk=broken.pk).update(terms={})
    Clock.objects.filter(clock_set=drifted).update(due_at=march(19, 10))

    report = rebuild(at=march(10, 11))

    assert {one.clock_set_id for one in report.differences} == {broken.pk, drifted.pk}
    assert stands(drifted)["first_response"] == ("running", march(10, 14), None)


# --- who listens, who watches ---------------------------------------------------------------------


def test_a_listener_that_missed_a_word_hears_it_at_the_latest_now(begin):
    clock_set, heard = begin(), []

    def hear(clock_set_ids, **_):
        heard.extend(clock_set_ids)

    due_times_moved.connect(hear)
    try:
        rebuild(at=march(10, 11))
    finally:
        due_times_moved.disconnect(hear)
    assert heard == [clock_set.pk]


def test_progress_is_told_page_by_page(begin, monkeypatch):
    monkeypatch.setattr("sla.rebuild.PAGE", 2)
    for _ in range(3):
        begin()
    told = []

    rebuild(at=march(10, 11), progress=lambda done, total: told.append((done, total)))

    assert told == [(2, 3), (3, 3)]


def test_statements_do_not_grow_with_the_sets(begin, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("sla.rebuild.due_times_moved", Signal())  # what listeners do is theirs to count
    begin()
    rebuild(at=march(10, 11))
    for _ in range(5):
        begin()

    # The sets, and for a page nine.
    with django_assert_num_queries(10):
        rebuild(at=march(10, 11))


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch):
    """Run the command on Tuesday at four."""
    monkeypatch.setattr(timekeeping, "now", lambda: march(10, 16))

    def run(*switches: str) -> str:
        out = StringIO()
        call_command("rebuild_clocks", *switches, stdout=out)
        return out.getvalue().strip()

    return run


def test_the_command_says_that_all_is_well(desk_at_work, run):
    assert run() == "sets 8, clocks 16, drifted 0, moved 0"


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
