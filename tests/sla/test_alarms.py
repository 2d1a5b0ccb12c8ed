import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.dispatch import Signal
from django.test.utils import CaptureQueriesContext

from sla import alarms, clocks
from sla.hours import EventKind
from sla.models import Alarm, Clock, ClockEvent, ClockSet, LadderStep
from sla.signals import due_times_moved
from tests.cast import unfrozen
from tests.sla.conftest import BY, clock_of, march, rang, stands

K = EventKind


def sweep_each_minute(since, until) -> None:
    while since <= until:
        while alarms.ring_due(at=since):
            pass
        since += timedelta(minutes=1)


# --- once, and at the right instant ---------------------------------------------------------------


def test_nothing_rings_before_its_time(begin):
    begin("urgent")

    assert alarms.ring_due(at=march(10, 11, 59, 59)) == 0


def test_a_step_rings_when_it_is_reached_and_only_once(begin):
    clock_set = begin("urgent")

    assert [alarms.ring_due(at=march(10, 12)) for _ in range(2)] == [1, 0]

    assert rang(clock_set, "first_response") == [(50, march(10, 12))]
    assert clock_of(clock_set, "first_response").rings_at == march(10, 13)


def test_an_alarm_says_whom_to_tell_and_of_which_due_time(begin):
    begin("urgent")

    alarms.ring_due(at=march(10, 12))

    alarm = Alarm.objects.get()
    assert (alarm.step, alarm.percent) == ("50%", 50)
    assert (alarm.actions, alarm.due_at) == ({"tell": ["assignee", "lead"]}, march(10, 14))
    assert alarm.handled_at is None


def test_the_whole_ladder_is_climbed_in_business_time(begin):
    clock_set = begin("urgent", at=march(10, 19))

    sweep_each_minute(march(10, 19), march(11, 15))

    assert rang(clock_set, "first_response") == [
        (50, march(11, 9)),  # two hours until closing: reached when support opens again
        (75, march(11, 10)),
        (90, march(11, 10, 36)),
        (100, march(11, 11)),
        (150, march(11, 13)),
    ]


def test_a_clock_at_its_due_instant_has_rung_but_not_missed(begin):
    clock_set = begin("urgent")

    alarms.ring_due(at=march(10, 14))
    assert (rang(clock_set, "first_response")[-1][0], stands(clock_set)["first_response"][2]) == (100, None)

    alarms.ring_due(at=march(10, 14, 0, 1))
    assert stands(clock_set)["first_response"] == ("running", march(10, 14), march(10, 14))


def test_a_miss_is_marked_without_any_ladder(begin):
    unfrozen(LadderStep.objects.all().delete)
    clock_set = begin("urgent")
    assert clock_of(clock_set, "first_response").rings_at == march(10, 14, 0, 1)

    assert [alarms.ring_due(at=march(10, 15)) for _ in range(2)] == [1, 0]

    clock = clock_of(clock_set, "first_response")
    assert (clock.breached_at, clock.rings_at, clock.alarms.count()) == (march(10, 14), None, 0)


def test_a_paused_clock_rings_no_more_and_goes_on_where_it_stopped(begin):
    clock_set = begin("urgent")
    sweep_each_minute(march(10, 12), march(11, 10))
    assert rang(clock_set, "resolution") == [(50, march(11, 10))]

    clocks.record(clock_set, K.PAUSE, at=march(11, 11), by=BY)
    sweep_each_minute(march(12, 9), march(12, 11))
    clocks.record(clock_set, K.CUSTOMER_REPLY, at=march(12, 11), by=BY)
    sweep_each_minute(march(12, 16), march(12, 17))

    assert rang(clock_set, "resolution") == [(50, march(11, 10)), (75, march(12, 16))]


def test_a_late_clock_that_waits_for_the_customer_does_not_climb_on(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 11), by=BY)
    clocks.record(clock_set, K.PAUSE, at=march(12, 12), by=BY)
    clocks.record(clock_set, K.CUSTOMER_REPLY, at=march(12, 15), by=BY)

    sweep_each_minute(march(13, 9), march(13, 14))

    # Due on Thursday at ten; half of 24 hours more would be Friday at ten, but three did not count.
    assert rang(clock_set, "resolution")[-2:] == [(100, march(12, 10)), (150, march(13, 13))]


def test_a_met_clock_rings_no_more(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.SOLVE, at=march(10, 11), by=BY)

    assert alarms.ring_due(at=march(30, 12)) == 0
    assert not Alarm.objects.exists()


def test_a_step_that_rang_does_not_ring_again_under_another_target(begin):
    clock_set = begin("urgent")
    alarms.ring_due(at=march(10, 12))

    clocks.record(
        clock_set, K.PRIORITY, at=march(10, 13), by=BY, priority="high", reason="a workaround exists"
    )
    sweep_each_minute(march(10, 15), march(10, 17))

    # 50 % of four hours was at 12:00; of twelve hours it would be at 16:00, and 75 % is at 19:00.
    assert rang(clock_set, "first_response") == [(50, march(10, 12))]
    assert clock_of(clock_set, "first_response").rings_at == march(10, 19)


def test_steps_that_a_change_put_into_the_past_were_reached_at_the_change(begin):
    clock_set = begin("low")
    clocks.record(clock_set, K.PRIORITY, at=march(10, 16), by=BY, priority="urgent", reason="worse")

    alarms.ring_due(at=march(10, 16))

    steps = [(percent, march(10, 16)) for percent in (50, 75, 90, 100, 150)]
    assert rang(clock_set, "first_response") == steps


# --- whenever the sweep runs ----------------------------------------------------------------------


def facts(clock_set: ClockSet) -> list:
    names = ("metric", "state", "due_at", "breached_at", "rings_at")
    return [
        *clock_set.clocks.order_by("metric").values_list(*names),
        *Alarm.objects.filter(clock__clock_set=clock_set)
        .order_by("clock__metric", "percent")
        .values_list("clock__metric", "percent", "due_at", "rang_at"),
    ]


def test_an_outage_changes_no_fact(begin):
    watched, alone = begin("urgent"), begin("urgent")
    Clock.objects.filter(clock_set=alone).update(state="paused")
    sweep_each_minute(march(10, 10), march(10, 17))
    Clock.objects.filter(clock_set=alone).update(state="running")

    alarms.ring_due(at=march(10, 17))

    assert facts(alone) == facts(watched)
    assert len(rang(alone, "first_response")) == 5


def test_a_wall_clock_set_back_rings_nothing_twice(begin):
    clock_set = begin("urgent")
    alarms.ring_due(at=march(10, 13))
    before = facts(clock_set)

    sweep_each_minute(march(10, 12), march(10, 13))

    assert facts(clock_set) == before


def test_the_night_of_summer_time_is_counted_as_it_is(begin):
    # On Sunday 29 March the clocks in Lisbon go forward: 21:00 of Friday to 9:00 of Monday is 8:00 UTC.
    clock_set = begin("urgent", at=march(27, 19))

    sweep_each_minute(march(27, 19), march(27, 21))
    sweep_each_minute(march(30, 7), march(30, 11))

    assert rang(clock_set, "first_response") == [
        (50, march(30, 8)),
        (75, march(30, 9)),
        (90, march(30, 9, 36)),
        (100, march(30, 10)),
    ]


# --- many at once ---------------------------------------------------------------------------------


def test_a_page_at_a_time(begin):
    for _ in range(3):
        begin("urgent")

    assert [alarms.ring_due(at=march(10, 12), limit=2) for _ in range(3)] == [2, 1, 0]


def test_statements_do_not_grow_with_the_page(begin, monkeypatch):
    monkeypatch.setattr(alarms, "due_times_moved", Signal())  # what listeners do is theirs to count
    begin("urgent")
    with CaptureQueriesContext(connection) as for_one:
        alarms.ring_due(at=march(10, 14, 30))
    for _ in range(5):
        begin("urgent")
    with CaptureQueriesContext(connection) as for_five:
        alarms.ring_due(at=march(10, 14, 30))

    # Nine of its own; the two others open and end the transaction inside the test's.
    assert len(for_one) == len(for_five) == 11


def test_nothing_due_is_one_look_into_the_index(begin):
    begin("urgent")
    with CaptureQueriesContext(connection) as looked:
        alarms.ring_due(at=march(10, 11))

    (select,) = (query["sql"] for query in looked if query["sql"].startswith("SELECT"))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # the table is too small for its own good
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{select}")
        assert "clocks_to_ring" in str(cursor.fetchall())


@pytest.mark.parametrize("until", [march(10, 13), march(10, 14, 0, 1), march(12, 10, 30), march(20, 10)])
def test_a_plain_clock_rings_as_its_events_say(begin, until):
    """Its row tells all that a sweep must know; replayed, the same rings at the same instants."""

    def rung():
        alarms_rung = Alarm.objects.order_by("clock", "rang_at", "percent")
        rows = Clock.objects.order_by("pk").values_list("state", "due_at", "breached_at", "rings_at")
        return (
            list(alarms_rung.values_list("clock__metric", "step", "due_at", "rang_at")),
            list(ClockEvent.objects.filter(kind="missed").order_by("pk").values_list("metric", "at")),
            list(rows),
        )

    changed = begin("low")
    for priority in ("urgent", "high"):
        begin(priority)
    clocks.record(changed, K.PRIORITY, at=march(10, 12), by=BY, priority="urgent")
    assert set(Clock.objects.values_list("is_plain", flat=True)) == {True}
    told = []
    for is_plain in (True, False):
        with transaction.atomic():
            Clock.objects.update(is_plain=is_plain)
            while alarms.ring_due(at=until):
                pass
            told.append(rung())
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert told[0][0]


def test_a_set_that_cannot_be_derived_holds_up_nobody(begin, caplog):
    broken, whole = begin("urgent"), begin("urgent")
    ClockSet.objects.filter(pk=broken.pk).update(terms={})
    Clock.objects.filter(clock_set=broken).update(is_plain=False)

    assert [alarms.ring_due(at=march(10, 12)) for _ in range(2)] == [2, 0]

    assert rang(whole, "first_response") == [(50, march(10, 12))]
    assert clock_of(broken, "first_response").rings_at == march(10, 13)
    assert "clocks cannot be derived" in caplog.text


def test_who_sorts_by_it_hears_of_a_miss_and_of_nothing_else(begin):
    clock_set = begin("urgent")
    heard = []

    def hear(clock_set_ids, **_):
        heard.append(set(clock_set_ids))

    due_times_moved.connect(hear)
    try:
        alarms.ring_due(at=march(10, 12))
        assert heard == []

        alarms.ring_due(at=march(10, 15))
        alarms.ring_due(at=march(10, 16))
        assert heard == [{clock_set.pk}]
    finally:
        due_times_moved.disconnect(hear)


def test_a_clock_rings_each_step_once_by_constraint(begin):
    begin("urgent")
    alarms.ring_due(at=march(10, 12))
    alarm = Alarm.objects.get()
    alarm.pk = None

    with pytest.raises(IntegrityError, match=r"a_clock_rings_each_step_once|UNIQUE"), transaction.atomic():
        alarm.save()


# --- two workers ----------------------------------------------------------------------------------

TICKETS = 12
STEPS_BY_16 = 5


def sweep_together(workers: int = 2) -> list[Exception]:
    """Sweep in threads of their own until nothing is left; gives what they stumbled over."""
    failures = []

    def sweep() -> None:
        try:
            while alarms.ring_due(at=march(10, 16), limit=3):
                pass
        except Exception as failure:  # noqa: BLE001 - handed to the test
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_two_workers_ring_each_step_once(begin):
    for _ in range(TICKETS):
        begin("urgent")

    assert sweep_together() == []

    assert Alarm.objects.filter(clock__metric="first_response").count() == TICKETS * STEPS_BY_16
    assert not Clock.objects.filter(state="running", rings_at__lte=march(10, 16)).exists()


@pytest.fixture
def both_claim_the_same(monkeypatch):
    """Two workers that do not lock what they claim, and wait until both have claimed."""
    both = threading.Barrier(2, timeout=10)
    alike = threading.local()

    def claim_without_lock(at, limit):
        if getattr(alike, "has_claimed", False):
            return []
        alike.has_claimed = True
        due = Clock.objects.filter(state="running", rings_at__lte=at).select_related("clock_set__calendar")
        claimed = list(due.order_by("rings_at"))
        both.wait()
        return claimed

    monkeypatch.setattr(alarms, "_claim", claim_without_lock)


postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="on SQLite a transaction that may write is alone"
)


@postgresql
@pytest.mark.django_db(transaction=True)
def test_were_the_claim_not_locked_the_constraint_would_still_hold(begin, both_claim_the_same):
    begin("urgent")

    assert sweep_together() == []

    assert Alarm.objects.filter(clock__metric="first_response").count() == STEPS_BY_16


@postgresql
@pytest.mark.django_db(transaction=True)
def test_were_conflicts_not_passed_over_an_unlocked_claim_would_stumble(
    begin, both_claim_the_same, monkeypatch
):
    begin("urgent")
    insert = Alarm.objects.bulk_create
    monkeypatch.setattr(Alarm.objects, "bulk_create", lambda rows, **_: insert(rows))

    (stumbled,) = sweep_together()

    assert "a_clock_rings_each_step_once" in str(stumbled)


@postgresql
@pytest.mark.django_db(transaction=True)
def test_the_lock_alone_keeps_two_workers_apart(begin, monkeypatch):
    for _ in range(TICKETS):
        begin("urgent")
    insert = Alarm.objects.bulk_create
    monkeypatch.setattr(Alarm.objects, "bulk_create", lambda rows, **_: insert(rows))

    assert sweep_together() == []

    assert Alarm.objects.filter(clock__metric="first_response").count() == TICKETS * STEPS_BY_16


@postgresql
@pytest.mark.django_db(transaction=True)
def test_an_answer_that_waits_for_a_sweep_has_the_last_word(begin, monkeypatch):
    """The answer came in time; the sweep that overtakes it marks a miss, and the answer takes it back."""
    clock_set = begin("urgent")
    is_ringing, write = threading.Event(), alarms.rows.write

    def write_slowly(*args):
        is_ringing.set()
        answer.join(0.5)  # it cannot end before the sweep: it waits for the clock's row
        assert answer.is_alive()
        write(*args)

    def reply() -> None:
        is_ringing.wait(10)
        try:
            clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 13, 59, 59), by=BY)
        finally:
            connection.close()

    answer = threading.Thread(target=reply)
    answer.start()
    monkeypatch.setattr(alarms, "rows", SimpleNamespace(write=write_slowly))
    alarms.ring_due(at=march(10, 14, 1))
    answer.join()

    assert stands(clock_set)["first_response"] == ("met", march(10, 14), None)
