"""Whoever is killed, and whenever: each clock rings once and is missed when it was (OP-02, P6).

`make torture` runs the largest of it at full size.
"""

import os
import signal
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import F, QuerySet
from rich.console import Console
from rich.table import Table

from benchmarks.copies import multiply
from helpdesk.models import Ticket
from sla import alarms, clocks, rebuild
from sla.hours import EventKind
from sla.models import Alarm, Clock, ClockEvent, ClockSet, LadderStep
from sla.signals import due_times_moved
from tests.cast import by_mail, take_in, unfrozen
from tests.conftest import wait_until
from tests.sla.conftest import BY, march
from tests.sla.killing import (
    PATIENCE,
    Sweepers,
    dying_before,
    end_of,
    in_a_process,
    let_go,
    standing_after,
    until_it_stands,
)

pytestmark = pytest.mark.django_db(transaction=True)

K = EventKind
IS_FULL = bool(os.environ.get("TORTURE"))
CLOCKS, PAGE, KILLS, WITHIN = (40_000, 500, 12, 0.4) if IS_FULL else (2_000, 50, 3, 0.03)
ORIGINALS = 20
LATE = march(26, 12)
"""By then every clock here is long due."""
KILLED = -signal.SIGKILL

postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="on SQLite a transaction that may write is alone"
)
sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has the larger story")


@pytest.fixture
def one_step(policy_version):
    """A ladder with a single step: a clock rings once, when it is due."""
    unfrozen(LadderStep.objects.exclude(percent=100).delete)


@pytest.fixture
def due(begin, one_step):
    """So many clocks, two a set, all due long ago, at as many instants as there are originals."""

    def due(number: int) -> int:
        originals = [_original(begin, turn).pk for turn in range(ORIGINALS)]
        multiply(originals, number // 2 // ORIGINALS - 1)
        return Clock.objects.filter(state="running", rings_at__lte=LATE).count()

    return due


def _original(begin, turn: int) -> ClockSet:
    """One in three waited for the customer for a while."""
    received = march(10, 7) + timedelta(minutes=97 * turn)
    clock_set = begin("urgent", at=received)
    if turn % 3 == 0:
        clocks.record(clock_set, K.PAUSE, at=received + timedelta(hours=1), by=BY)
        clocks.record(clock_set, K.RESUME, at=received + timedelta(hours=20), by=BY)
    return clock_set


def tally() -> dict[str, int]:
    """What the sweeps wrote: facts, distinct ones, what is left, and misses that are at the due time."""
    missed = ClockEvent.objects.filter(kind=K.MISSED)
    return {
        "alarms": Alarm.objects.count(),
        "distinct alarms": Alarm.objects.values("clock", "step").distinct().count(),
        "left": Clock.objects.filter(state="running", rings_at__lte=LATE).count(),
        "missed at due": Clock.objects.filter(breached_at=F("due_at")).count(),
        "facts of misses": missed.count(),
        "distinct facts": missed.values("clock_set", "metric", "cycle").distinct().count(),
    }


def once_each(number: int) -> dict[str, int]:
    """What `tally` says when each of so many clocks rang once and was missed when it was due."""
    return dict.fromkeys(tally(), number) | {"left": 0}


def show(title: str, **figures) -> None:
    table = Table("", "", title=title, show_header=False, min_width=len(title) + 4)
    for name, figure in figures.items():
        table.add_row(name.replace("_", " "), f"{figure:,}" if isinstance(figure, int) else str(figure))
    Console(width=110).print("", table)


def sweep(at: datetime = LATE, page: int = 100) -> None:
    while alarms.ring_due(at=at, limit=page):
        pass


# --- killed at random -----------------------------------------------------------------------------


@postgresql
@pytest.mark.services
@pytest.mark.torture
def test_no_kill_in_the_middle_of_a_transaction_loses_or_doubles_a_fact(due):
    number, began = due(CLOCKS), time.monotonic()

    with Sweepers(2, at=LATE, page=PAGE) as workers:
        workers.kill(KILLS, within=WITHIN)
        workers.finish()

    show(
        "Two workers, killed in the middle of transactions",
        clocks_due=number,
        kills=KILLS,
        killed_after=_places(workers.killed),
        **tally(),
        seconds=f"{time.monotonic() - began:.1f}, with the starts of {KILLS + 2} processes",
    )
    assert number == CLOCKS
    assert tally() == once_each(number)


def _places(killed: Counter) -> str:
    return ", ".join(f"{place} ({times})" for place, times in killed.most_common())


@sqlite
def test_no_kill_loses_or_doubles_a_fact_on_sqlite(due):
    number = due(400)

    with Sweepers(2, at=LATE, page=20) as workers:
        wait_until(Alarm.objects.exists, seconds=PATIENCE)
        workers.kill(2, within=0.05)
        workers.finish()

    show("Two workers on SQLite, killed wherever they were", clocks_due=number, **tally())
    assert tally() == once_each(number)


# --- killed to the statement ----------------------------------------------------------------------


def kill_before_each_statement() -> int:
    """Sweep in processes of which each gets one statement further; gives how many were killed."""
    deaths = 0
    while end_of(in_a_process(dying_before(deaths, sweep))) == KILLED:
        deaths += 1
    return deaths


def test_a_worker_may_die_before_any_of_its_statements(due):
    number = due(80)

    deaths = kill_before_each_statement()

    show("A worker that dies before its first statement, its second, …", deaths=deaths, **tally())
    assert deaths > 5
    assert tally() == once_each(number)


@pytest.fixture
def facts_come_after_the_commit(monkeypatch):
    """Mark first, and write down what happened then: two transactions instead of one."""
    insert = QuerySet.bulk_create

    def later(rows, facts, **how):
        transaction.on_commit(partial(insert, rows, facts, **how))

    def forbid() -> None:
        monkeypatch.setattr(QuerySet, "bulk_create", later)

    return forbid


def test_were_facts_written_after_the_commit_a_death_would_lose_them(due, facts_come_after_the_commit):
    number = due(80)
    facts_come_after_the_commit()

    kill_before_each_statement()

    assert tally() != once_each(number)
    assert tally()["missed at due"] == number > tally()["alarms"]


@postgresql
def test_a_worker_that_stalls_holds_up_nobody_and_doubles_nothing(due, unguarded):
    number = due(400)

    stalled = in_a_process(standing_after('FROM "sla_alarm"', partial(alarms.ring_due, at=LATE, limit=100)))
    until_it_stands(stalled)
    sweep()
    assert tally()["alarms"] == number - 100
    let_go(stalled)

    assert end_of(stalled) == 0
    assert tally() == once_each(number)


@postgresql
def test_were_no_row_locked_a_worker_that_stalls_would_double_facts(due, unguarded, monkeypatch):
    number = due(400)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)

    stalled = in_a_process(standing_after('FROM "sla_alarm"', partial(alarms.ring_due, at=LATE, limit=100)))
    until_it_stands(stalled)
    sweep()
    let_go(stalled)

    assert end_of(stalled) == 0
    assert (tally()["alarms"], tally()["distinct alarms"]) == (number + 100, number)


@pytest.fixture
def unguarded(due):
    """Without the constraint that would refuse a second alarm of a step."""
    constraint = next(one for one in Alarm._meta.constraints if one.name == "a_clock_rings_each_step_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Alarm, constraint)
    yield
    with connection.schema_editor() as editor:
        editor.execute("TRUNCATE sla_alarm CASCADE")
        editor.add_constraint(Alarm, constraint)


# --- dead between commit and signal ---------------------------------------------------------------


def test_the_queue_follows_though_a_worker_died_before_it_could_tell(desk, monkeypatch):
    ticket = Ticket.objects.get(pk=take_in(by_mail("bruno@azenha.example")).ticket.pk)
    monkeypatch.setattr(due_times_moved, "send", lambda **_: os.kill(os.getpid(), signal.SIGKILL))
    assert end_of(in_a_process(sweep)) == KILLED
    monkeypatch.undo()

    ticket.refresh_from_db()
    assert (ticket.clock_set.clocks.filter(breached_at=None).exists(), ticket.is_breached) == (False, False)

    report = rebuild.rebuild(at=LATE, is_live_only=True)  # every night

    ticket.refresh_from_db()
    assert (report.drifted, ticket.is_breached) == (0, True)


# --- beats: none, one, two, and one that was dead -------------------------------------------------

MORNING, EVENING = march(10, 8), march(17, 20)
RANG = 5
"""Columns of an alarm among the facts below."""


def facts(clock_sets: list[ClockSet]) -> list[tuple]:
    """Everything that sweeps write of those sets, without the rows' numbers."""
    columns = ("clock_set", "metric", "cycle", "state", "due_at", "breached_at", "rings_at")
    rang = ("clock__clock_set", "clock__metric", "step", "due_at", "rang_at")
    written = [
        *Clock.objects.filter(clock_set__in=clock_sets).values_list(*columns),
        *Alarm.objects.filter(clock__clock_set__in=clock_sets).values_list(*rang),
        *ClockEvent.objects.filter(clock_set__in=clock_sets).values_list("clock_set", "at", "kind"),
    ]
    order = {clock_set.pk: number for number, clock_set in enumerate(clock_sets)}
    return sorted(((order[first], *map(str, rest)) for first, *rest in written))


def one(at: datetime) -> None:
    sweep(at, page=3)


def two(at: datetime) -> None:
    """Two workers that a beat each has woken at once."""
    workers = [threading.Thread(target=_sweep_and_hang_up, args=(at,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _sweep_and_hang_up(at: datetime) -> None:
    try:
        one(at)
    finally:
        connection.close()


def none(at: datetime) -> None:
    pass


def live(begin, *, beat, every: timedelta, happens=(), dead=(EVENING, EVENING)) -> list:
    """A week of some sets of clocks under a beat; gives the facts at its end, when one sweep has come by."""
    priorities = ("urgent", "high", "urgent", "medium", "urgent")
    clock_sets = [
        begin(priority, at=MORNING + timedelta(hours=3 * turn)) for turn, priority in enumerate(priorities)
    ]
    waiting, at = sorted(happens, key=lambda event: event[0]), MORNING
    while at < EVENING:
        while waiting and waiting[0][0] <= at:
            moment, number, kind = waiting.pop(0)
            clocks.record(clock_sets[number], kind, at=moment, by=BY)
        if not dead[0] <= at < dead[1]:
            beat(at)
        at += every
    one(EVENING)
    return facts(clock_sets)


WAITS = [
    (march(10, 9), 0, K.PAUSE),
    (march(10, 16), 0, K.CUSTOMER_REPLY),
    (march(10, 15), 2, K.PAUSE),
    (march(12, 12), 2, K.CUSTOMER_REPLY),
]
"""Pauses that begin before a step is reached; two of them end while the beat below is dead."""


ENDINGS = [
    (march(10, 12), 0, K.AGENT_REPLY),  # in time
    (march(12, 9), 2, K.AGENT_REPLY),  # late
    (march(12, 9, 30), 2, K.SOLVE),
    (march(11, 12), 4, K.PAUSE),
]
"""What ends and stops clocks while the beat below is dead."""

DEAD = (march(10, 10), march(12, 10))


def test_no_beat_one_or_two_give_the_same_rows(begin):
    by_one = live(begin, beat=one, every=timedelta(minutes=30), happens=WAITS)

    assert len([row for row in by_one if len(row) == RANG]) > 40
    assert live(begin, beat=two, every=timedelta(hours=4), happens=WAITS) == by_one
    assert live(begin, beat=none, every=timedelta(hours=4), happens=WAITS) == by_one


def test_a_beat_that_was_dead_for_48_hours_changes_no_row(begin):
    half_an_hour = timedelta(minutes=30)
    alive = live(begin, beat=one, every=half_an_hour, happens=WAITS)

    assert live(begin, beat=one, every=half_an_hour, happens=WAITS, dead=DEAD) == alive


def test_what_ended_while_the_beat_was_dead_was_missed_all_the_same_and_rings_for_nobody(begin):
    half_an_hour = timedelta(minutes=30)
    alive = live(begin, beat=one, every=half_an_hour, happens=ENDINGS)
    dead = live(begin, beat=one, every=half_an_hour, happens=ENDINGS, dead=DEAD)

    assert [row for row in dead if len(row) != RANG] == [row for row in alive if len(row) != RANG]
    assert set(dead) < set(alive)
