"""Clocks by the million: a sweep with nothing due, one with much, and a calendar that is edited.

`DATABASE_URL=postgresql://… make bench ARGS=clocks`: a million running clocks there, 20,000 on SQLite.
"""

import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from benchmarks.copies import analyse, multiply
from benchmarks.measuring import own_database

if TYPE_CHECKING:
    from sla.models import Calendar, PolicyVersion

CLOCKS: Final = {"postgresql": 1_000_000, "sqlite": 20_000}
ORIGINALS: Final = 50
"""Sets of two clocks that the rules start; the rest are their copies."""
EDITED, PAGE, DUE = 10_000, 500, 40_000
ROUNDS: Final = 21
EDITS: Final = 3
ENOUGH: Final = 60
"""Seconds after which a recompute of everything is stopped, and what is left reckoned from its rate."""
LARGE: Final = ("sla_clock", "sla_clockset", "sla_clockevent")


def main(clocks: int = 0) -> None:
    """Print one figure a line, each beside its aim."""
    with own_database():
        from django.db import connection

        from sla import timekeeping

        number, at = clocks or CLOCKS[connection.vendor], timekeeping.now()
        small = connection.vendor == "sqlite"
        edited = _fill(number, at, share=10 if small else 1)
        _sweeps(at, DUE // 10 if small else DUE)
        _edits(edited, at)
        _everything(at)


# --- the rows -------------------------------------------------------------------------------------


def _fill(number: int, at: datetime, share: int) -> "Calendar":
    """So many running clocks, of which a few run on a calendar of their own, which is given."""
    from helpdesk.sample import desk
    from sla.models import Calendar, Clock

    desk.set_up(at=at)
    main, edited = Calendar.objects.get(), _another_calendar(at)
    few = EDITED // share
    began = time.perf_counter()
    _start(edited, few, lambda turn: at - timedelta(minutes=turn))
    _start(main, number - few, lambda turn: at - timedelta(minutes=turn))
    counted = Clock.objects.filter(state="running").count()
    _print("running clocks", f"{counted:,}", f"loaded in {time.perf_counter() - began:.0f} s")
    return edited


def _another_calendar(at: datetime) -> "Calendar":
    """The same hours under another name."""
    from sla import calendars
    from sla.models import Calendar

    spec = calendars.spec_of(calendars.current_version(Calendar.objects.get(), at=at))
    edited = Calendar.objects.create(key="edited", name="Edited")
    calendars.publish_version(edited, spec=spec, valid_from=at - timedelta(days=800))
    calendars.build(edited, at=at)
    return edited


def _start(
    calendar: "Calendar",
    number: int,
    received: Callable[[int], datetime],
    version: "PolicyVersion | None" = None,
) -> None:
    """Two clocks a set, started by the rules or copied; under that policy version or the desk's own."""
    from sla import clocks, policies
    from sla.models import PolicyVersion

    standard = PolicyVersion.objects.exclude(policy__key="one-step").get(status="active")
    terms, priorities = policies.terms_of(standard), ("high", "medium", "low")
    originals = [
        clocks.start(
            terms=terms,
            calendar=calendar,
            policy_version=version or standard,
            priority=priorities[turn % 3],
            at=received(turn),
            by="system:bench",
        )
        for turn in range(ORIGINALS)
    ]
    multiply([original.pk for original in originals], max(number // 2 // ORIGINALS - 1, 1))


# --- sweeps ---------------------------------------------------------------------------------------


def _sweeps(at: datetime, due: int) -> None:
    """Nothing due, a page due, many due."""
    from sla import alarms
    from sla.models import Calendar, PolicyVersion

    if alarms.ring_due(at=at):
        raise RuntimeError("a clock is due that should not be")
    _claim("sweep with nothing due, in the database", at, "aim 0.1 ms")
    main, long_ago = Calendar.objects.exclude(key="edited").get(), at - timedelta(days=30)

    def received(turn: int) -> datetime:
        return long_ago + timedelta(minutes=turn)

    _start(main, PAGE, received, _one_step(main, at))
    _claim(f"claim of {PAGE} due, in the database", at, "aim 1 ms")
    _start(main, due - PAGE, received, PolicyVersion.objects.get(policy__key="one-step"))
    _sweep("due at one step", at)
    _start(main, due // 10, received)
    _sweep("due at all steps", at)


def _one_step(calendar: "Calendar", at: datetime) -> "PolicyVersion":
    """A policy whose ladder has the due time alone, as a clock meets one step at a time when beat lives."""
    from sla import policies
    from sla.models import LadderStep, Policy, PolicyVersion

    policy = Policy.objects.create(key="one-step", name="One step")
    version = PolicyVersion.objects.create(policy=policy, number=1, valid_from=at, calendar=calendar)
    LadderStep.objects.create(version=version, percent=100, tell=["assignee"])
    policies.publish(version, at=at)
    version.refresh_from_db()
    return version


def _sweep(what: str, at: datetime) -> None:
    """Page after page until nothing is due."""
    from sla import alarms

    began, cpu, rung = time.perf_counter(), time.process_time(), 0
    while page := alarms.ring_due(at=at):
        rung += page
    _print_rate(f"sweep of {rung:,} {what}", rung, began, cpu, "aim 5,000 a second")


def _claim(what: str, at: datetime, aim: str) -> None:
    """What the statement that looks for due clocks costs, and by which index it is answered."""
    from sla import alarms

    with _captured() as statements, _rolled_back():
        alarms.ring_due(at=at)
    sql = next(sql for sql in statements if sql.startswith("SELECT"))
    figures = [_timed(sql) for _ in range(ROUNDS)]
    _print(what, f"{statistics.median(figures):.3f} ms", f"{aim}   {_plan(sql)}")


# --- a calendar is edited -------------------------------------------------------------------------


def _edits(calendar: "Calendar", at: datetime) -> None:
    """New hours from now on for a few of very many clocks."""
    from sla import calendars, recompute
    from sla.models import Clock

    live = Clock.objects.filter(calendar=calendar, state="running").count()
    parts: dict[str, list[float]] = {"publish": [], "recompute": [], "in all": []}
    for turn in range(1, EDITS + 1):
        began = time.perf_counter()
        calendars.publish_version(
            calendar, spec=_hours(calendar, at, closes=20 - turn), valid_from=at + timedelta(seconds=turn)
        )
        published = time.perf_counter()
        report = recompute.recompute(at=at + timedelta(seconds=turn), calendar=calendar)
        ended = time.perf_counter()
        for name, seconds in zip(parts, (published - began, ended - published, ended - began), strict=True):
            parts[name].append(seconds)
    with _captured() as statements:
        recompute.recompute(at=at + timedelta(seconds=EDITS), calendar=calendar)
    scans = {scan for sql in statements if sql.startswith("SELECT") for scan in _whole_scans(sql)}
    said = ", ".join(f"{name} {statistics.median(each):.2f} s" for name, each in parts.items())
    _print(f"calendar edit with {live:,} live clocks", said, f"aim 0.5 s   {report.moved:,} moved")
    _print("whole tables read by that", ", ".join(sorted(scans)) or "none", "aim none")


def _hours(calendar: "Calendar", at: datetime, closes: int) -> Any:
    from sla import calendars, hours

    written = hours.calendar_to_json(calendars.spec_of(calendars.current_version(calendar, at=at)))
    week = {day: [["09:00", f"{closes}:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    return hours.calendar_from_json(written | {"week": week})


# --- everything is derived again ------------------------------------------------------------------


class Enough(Exception):
    """A minute is over."""


def _everything(at: datetime) -> None:
    """An edit that moves nearly all that runs, and the nightly proof."""
    from sla import calendars, rebuild, recompute
    from sla.models import Calendar

    analyse()
    main, later = Calendar.objects.exclude(key="edited").get(), at + timedelta(seconds=EDITS)
    calendars.publish_version(main, spec=_hours(main, at, closes=20), valid_from=later)
    _whole("recompute", lambda stop: recompute.recompute(at=later, progress=stop), "aim 15 s for 1,000,000")
    _whole("rebuild", lambda stop: rebuild.rebuild(at=later, is_live_only=True, progress=stop), "each night")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _print("memory of this process at most", f"{peak:.0f} MB", "")


def _whole(what: str, work: Callable[[Callable[[int, int], None]], object], aim: str) -> None:
    """All of it, or as much as is done in a minute and the rest reckoned from that."""
    from sla.models import Clock

    share = 0.0

    def stop(done: int, of: int) -> None:
        nonlocal share
        share = done / max(of, 1)
        if time.perf_counter() - began > ENOUGH:
            raise Enough

    total = Clock.objects.filter(state="running").count()
    began, cpu = time.perf_counter(), time.process_time()
    with suppress(Enough):
        work(stop)
    seconds, processor = time.perf_counter() - began, time.process_time() - cpu
    done = "" if share == 1 else f", of which {share:.0%} were done"
    figure = f"{seconds / share:.1f} s ({processor / share:.1f} of ours){done}"
    _print(f"{what} of {total:,} clocks", figure, aim)


# --- asking the database --------------------------------------------------------------------------


@contextmanager
def _captured() -> Iterator[list[str]]:
    """The statements sent inside."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    statements += [query["sql"] for query in captured]


@contextmanager
def _rolled_back() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _timed(sql: str) -> float:
    """Milliseconds that the database itself takes; on SQLite, which does not say, until the rows are here."""
    from django.db import connection

    with connection.cursor() as cursor, _rolled_back():
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
            return float(_json(cursor.fetchone()[0])[0]["Execution Time"])
        began = time.perf_counter()
        cursor.execute(sql)
        cursor.fetchall()
        return (time.perf_counter() - began) * 1000


def _plan(sql: str) -> str:
    """Which indexes answer it, and which tables it reads from end to end."""
    found = {name if kind == "index" else f"all of {name}" for kind, name in _scans(sql)}
    return ", ".join(sorted(found))


def _whole_scans(sql: str) -> set[str]:
    """Which large tables it reads from end to end."""
    return {name for kind, name in _scans(sql) if kind == "table" and name in LARGE}


def _scans(sql: str) -> Iterator[tuple[str, str]]:
    """The indexes and tables that the planner reads, as ("index", name) or ("table", name)."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            yield from _nodes(_json(cursor.fetchone()[0])[0]["Plan"])
            return
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        for *_, detail in cursor.fetchall():
            words = detail.split()
            if "INDEX" in words:
                yield "index", words[words.index("INDEX") + 1]
            elif words[0] == "SCAN":
                yield "table", words[1]


def _nodes(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Index Name" in node:
        yield "index", node["Index Name"]
    elif "Seq Scan" in node["Node Type"]:
        yield "table", node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _json(answer: Any) -> Any:
    return json.loads(answer) if isinstance(answer, str) else answer


# --- saying it ------------------------------------------------------------------------------------


def _print(what: str, figure: str, note: str) -> None:
    print(f"{what:<46}{figure:<44} {note}", flush=True)


def _print_rate(what: str, done: int, began: float, cpu: float, aim: str) -> None:
    wall, processor = time.perf_counter() - began, time.process_time() - cpu
    _print(what, f"{done / wall:,.0f} a second ({done / processor:,.0f} a processor second)", aim)
