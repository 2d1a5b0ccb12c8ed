import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.dispatch import Signal

from sla import alarms, calendars, clocks, hours, policies, tasks, timekeeping
from sla.hours import EventKind, Target
from sla.models import Calendar, Clock, PolicyVersion
from sla.rebuild import rebuild
from sla.recompute import Report, recompute
from sla.signals import due_times_moved
from tests.sla.conftest import BY, clock_of, march, stands

K = EventKind
SHORTER = hours.calendar_from_json(
    {
        "tz": "Europe/Lisbon",
        "week": {day: [["10:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    }
)


@pytest.fixture
def shorten(calendar):
    """Open ten to four only, from Wednesday the 11th on."""

    def shorten(at=None):
        at = at or march(11, 0)
        calendars.publish_version(calendar, spec=SHORTER, valid_from=at)
        return at

    return shorten


@pytest.fixture
def desk_at_work(begin):
    """Clocks in every state, of every priority, some of them rung or missed."""
    sets = [begin(priority) for priority in ("urgent", "high", "medium", "low")]
    paused, resumed, solved, spam, by_hand = (begin("low") for _ in range(5))
    for clock_set, kind, at in (
        (paused, K.AGENT_REPLY, march(10, 11)),
        (paused, K.PAUSE, march(10, 12)),
        (resumed, K.PAUSE, march(10, 12)),
        (resumed, K.RESUME, march(10, 15)),
        (solved, K.SOLVE, march(10, 13)),
        (spam, K.CANCEL, march(10, 11)),
    ):
        clocks.record(clock_set, kind, at=at, by=BY)
    resolution = clock_of(by_hand, "resolution")
    clocks.set_due(resolution, due_at=march(12, 15), at=march(10, 12), by=BY, reason="promised")
    return [*sets, paused, resumed, solved, spam, by_hand]


def rows():
    return list(Clock.objects.order_by("pk").values())


# --- a calendar is edited -------------------------------------------------------------------------


def test_shorter_hours_from_tomorrow_move_what_lies_after(calendar, begin, shorten):
    begun_before, met_before = begin("high"), begin("high")
    clocks.record(met_before, K.AGENT_REPLY, at=march(10, 12), by=BY)
    shorten()

    report = recompute(at=march(10, 20), calendar=calendar, since=march(11, 0))

    # Eleven of twelve hours pass on Tuesday as before, the last one on Wednesday from ten.
    assert stands(begun_before)["first_response"] == ("running", march(11, 11), None)
    assert stands(met_before)["first_response"] == ("met", march(11, 10), None)
    assert report == Report(clocks=3, moved=3)


def test_what_it_writes_is_what_the_events_give(desk_at_work, calendar, shorten):
    alarms.ring_due(at=march(10, 16))
    shorten()

    assert recompute(at=march(10, 20), calendar=calendar, since=march(11, 0)).moved == 10

    assert rebuild(at=march(10, 20)).differences == []


def test_rings_follow_their_due_times(begin, calendar, shorten):
    """Urgent resolution: half of its 24 hours were over on Wednesday at ten, now on Friday."""
    clock_set = begin("urgent")
    alarms.ring_due(at=march(10, 16))
    shorten()

    recompute(at=march(10, 20), calendar=calendar)

    clock = clock_of(clock_set, "resolution")
    assert (clock.due_at, clock.rings_at) == (march(13, 11), march(11, 11))


def test_steps_that_rang_do_not_ring_again(begin, calendar, shorten):
    clock_set = begin("high")
    alarms.ring_due(at=march(10, 19))
    shorten()

    recompute(at=march(10, 20), calendar=calendar)

    clock = clock_of(clock_set, "first_response")
    assert list(clock.alarms.order_by("percent").values_list("percent", flat=True)) == [50, 75]
    assert (clock.due_at, clock.rings_at) == (march(11, 11), march(10, 20, 48))


def test_a_due_time_before_the_edit_does_not_move(begin, calendar, shorten):
    clock_set = begin("urgent")
    since = shorten(march(10, 15))

    assert recompute(at=march(10, 15), calendar=calendar, since=since).moved == 1

    assert stands(clock_set)["first_response"] == ("running", march(10, 14), None)


def test_a_due_time_set_by_hand_does_not_move(begin, calendar, shorten):
    clock = clock_of(begin("low"), "resolution")
    clocks.set_due(clock, due_at=march(12, 15), at=march(10, 12), by=BY, reason="promised")
    shorten()

    recompute(at=march(10, 20), calendar=calendar)

    clock.refresh_from_db()
    assert (clock.due_at, clock.is_manual) == (march(12, 15), True)


def test_another_calendars_clocks_can_be_left_alone(calendar, begin):
    begin("high")
    other = Calendar.objects.create(key="other", name="Other")

    assert recompute(at=march(10, 12), calendar=other) == Report(clocks=0, moved=0)


def test_only_the_clock_on_the_edited_calendar_moves(begin, calendar, terms, shorten):
    night = Calendar.objects.create(key="night", name="Always")
    always = {day: [["00:00", "24:00"]] for day in hours.WEEKDAYS}
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": always})
    calendars.publish_version(night, spec=spec, valid_from=march(1, 0))
    calendars.build(night, at=march(10, 10))
    at_night = replace(Target.seconds(4 * 3600), calendar=night.pk)
    mixed = replace(terms, targets={**terms.targets, hours.Metric.FIRST_RESPONSE: {"urgent": at_night}})
    clock_set = begin("urgent", terms=mixed, at=march(10, 20))
    assert stands(clock_set)["first_response"] == ("running", march(11, 0), None)
    assert clock_of(clock_set, "first_response").calendar == night
    shorten()

    assert recompute(at=march(10, 21), calendar=calendar).moved == 1
    assert recompute(at=march(10, 21), calendar=night).moved == 0
    assert rebuild(at=march(10, 21)).differences == []


def test_done_twice_nothing_moves(desk_at_work, calendar, shorten):
    shorten()
    recompute(at=march(10, 20), calendar=calendar)
    before = rows()

    assert recompute(at=march(10, 21), calendar=calendar).moved == 0
    assert rows() == before


def test_what_changed_meanwhile_is_replayed(begin, calendar, shorten, monkeypatch):
    """An answer comes between reading and writing: the page passes over it, the events decide."""
    clock_set, moved = begin("high"), recompute.__globals__["_moves"]
    shorten()

    def answered_meanwhile(*args):
        found = moved(*args)
        clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 20), by=BY)
        return found

    monkeypatch.setattr("sla.recompute._moves", answered_meanwhile)
    recompute(at=march(10, 20), calendar=calendar)

    assert stands(clock_set)["first_response"][0] == "met"
    assert stands(clock_set)["resolution"] == ("running", march(13, 11), None)
    assert rebuild(at=march(10, 20)).differences == []


def test_a_clock_that_cannot_be_derived_does_not_hide_the_others(begin, calendar, shorten):
    broken, whole = begin("high"), begin("high")
    Clock.objects.filter(clock_set=broken).update(target_amount=10**9)
    shorten()

    recompute(at=march(10, 20), calendar=calendar)

    assert stands(whole)["first_response"] == ("running", march(11, 11), None)
    assert rebuild(at=march(10, 20)).differences == []


# --- who listens, who watches ---------------------------------------------------------------------


def test_whoever_sorts_by_due_times_is_told_what_moved(begin, calendar, shorten):
    clock_set, heard = begin("high"), []

    def hear(clock_set_ids, **_):
        heard.extend(clock_set_ids)

    shorten()
    due_times_moved.connect(hear)
    try:
        recompute(at=march(10, 20), calendar=calendar)
    finally:
        due_times_moved.disconnect(hear)
    assert heard == [clock_set.pk]


def test_progress_is_told_page_by_page(begin, monkeypatch):
    monkeypatch.setattr("sla.recompute.PAGE", 2)
    for _ in range(2):
        begin()
    told = []

    recompute(at=march(10, 11), progress=lambda done, total: told.append((done, total)))

    assert told == [(2, 4), (4, 4), (4, 4)]


def test_statements_do_not_grow_with_the_clocks(begin, calendar, shorten, monkeypatch):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    monkeypatch.setattr("sla.recompute.due_times_moved", Signal())  # what listeners do is theirs to count
    counts = []
    for number in (1, 20):
        for _ in range(number):
            begin("high")
        calendars.publish_version(
            calendar,
            spec=SHORTER if number == 1 else calendars.versions_of(calendar)[0].spec,
            valid_from=march(11, number),
        )
        calendars.timeline(calendar)
        with CaptureQueriesContext(connection) as asked:
            assert recompute(at=march(10, 20), calendar=calendar).moved
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- every night ----------------------------------------------------------------------------------


def test_the_horizon_grows(calendar, monkeypatch):
    until = calendar.built_until
    monkeypatch.setattr(timekeeping, "now", lambda: march(10, 10) + timedelta(days=100))

    tasks.recompute_deadlines()

    calendar.refresh_from_db()
    assert calendar.built_until == until + timedelta(days=100)


def test_a_scheduled_policy_begins(policy_version, calendar, monkeypatch):
    second = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(12, 0), calendar=calendar
    )
    policies.publish(second, at=march(11, 0))
    monkeypatch.setattr(timekeeping, "now", lambda: march(12, 1))

    assert [tasks.turn_versions_over() for _ in range(2)] == [1, 0]

    second.refresh_from_db()
    assert second.status == "active"


def test_drift_is_mended(begin, monkeypatch):
    clock_set = begin("low")
    Clock.objects.filter(metric="resolution").update(state="paused")
    monkeypatch.setattr(timekeeping, "now", lambda: march(10, 11))

    tasks.recompute_deadlines()

    assert stands(clock_set)["resolution"] == ("running", march(12, 10), None)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch):
    """Run the command on Tuesday at eight in the evening."""
    monkeypatch.setattr(timekeeping, "now", lambda: march(10, 20))

    def run(*switches: str) -> str:
        out = StringIO()
        call_command("recompute_deadlines", *switches, stdout=out)
        return out.getvalue().strip()

    return run


def test_the_command_says_what_moved(begin, shorten, run):
    begin("high")
    shorten()

    assert run("--calendar", "lisbon") == "clocks 2, moved 2"
    assert json.loads(run("--json")) == {"clocks": 2, "moved": 0}


def test_the_command_names_a_calendar_that_is_not_there(db, run):
    with pytest.raises(CommandError, match="There is no calendar nowhere"):
        run("--calendar", "nowhere")
