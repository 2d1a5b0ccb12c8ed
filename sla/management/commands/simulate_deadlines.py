"""Says when something would be due, for every start in a range, under each meaning of a business day."""

import csv
import io
import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from sla import calendars, explaining, policies, simulating, timekeeping, typed
from sla.hours import DayMode, OutOfHorizon
from sla.models import Calendar, Policy, PolicyVersion, Priority
from sla.models.policy import Cell
from sla.simulating import Simulated, SimulationRefused

STEP: Final = re.compile(r"([1-9][0-9]{0,6})([smhd])")
UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LONGEST_NUMBER: Final = 9
"""Digits of a version's number that a database still takes."""
WIDE: Final = 190


class Command(BaseCommand):
    """`manage.py simulate_deadlines --calendar KEY --policy KEY[@NUMBER] --from ISO --to ISO`."""

    help = (
        "For every start in the range, by priority and metric: the due time under the policy's own day mode "
        "and under each of the five. An instant without an offset is read on the calendar's clock."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which hours, which numbers, which starts, and in which form."""
        parser.add_argument("--calendar", required=True, metavar="KEY")
        parser.add_argument(
            "--policy",
            required=True,
            metavar="KEY[@NUMBER]",
            help="the version in force at --from, or that number, a draft too",
        )
        parser.add_argument("--from", required=True, dest="first", metavar="ISO", help="the first start")
        parser.add_argument("--to", required=True, dest="last", metavar="ISO", help="the last one, included")
        parser.add_argument("--step", default="1h", metavar="1h", help="between starts: 90s, 15m, 1h, 1d")
        parser.add_argument("--priority", action="append", default=[], metavar="KEY", help="only this one")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        form.add_argument("--csv", action="store_true", dest="as_csv", help="one line a row, with a head")

    def handle(self, *_args: Any, as_json: bool, as_csv: bool, **options: Any) -> None:
        """Print the simulation; what makes it doubtful goes to the error output too."""
        asked = _asked(options)
        for sentence in asked.warnings:
            self.stderr.write(f"Warning: {sentence}")
        write = _as_json if as_json else _as_csv if as_csv else _as_text
        self.stdout.write(write(asked), ending="" if as_csv else None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked, and what came out."""

    calendar: Calendar
    version: PolicyVersion
    zone: ZoneInfo
    rows: Sequence[Simulated]
    warnings: Sequence[str]


# --- what was asked -----------------------------------------------------------------------------


def _asked(options: dict[str, Any]) -> _Asked:
    calendar = _calendar(options["calendar"])
    first = _instant("from", options["first"], calendar)
    last = _instant("to", options["last"], calendar)
    version = _version(options["policy"], at=first)
    cells = _cells(version, options["priority"])
    received = _starts(first, last, _step(options["step"]), len(cells))
    rows = _rows(version, calendar, cells, received)
    until = max([received[-1], *(due for row in rows for due in row.due_by_mode.values() if due)])
    zone = ZoneInfo(calendars.current_version(calendar, at=first).zone)
    told = [*simulating.warnings(calendar, first, until), *_ends(version, last)]
    return _Asked(calendar, version, zone, rows, told)


def _rows(
    version: PolicyVersion, calendar: Calendar, cells: Sequence[Cell], received: Sequence[datetime]
) -> list[Simulated]:
    try:
        return list(simulating.simulate(version, calendar, cells=cells, received=received))
    except calendars.NoVersion as error:  # a cell's own calendar
        raise CommandError(f"--policy: {error}.") from error
    except OutOfHorizon as error:
        raise CommandError(f"--policy: something would be due centuries later: {error}") from error


def _starts(first: datetime, last: datetime, step: timedelta, rows_each: int) -> list[datetime]:
    try:
        return simulating.starts(first, last, step, rows_each=rows_each)
    except SimulationRefused as refusal:
        raise CommandError(f"--{refusal.argument}: {refusal}") from refusal


def _calendar(key: str) -> Calendar:
    found = Calendar.objects.filter(key=key.replace("\x00", "")).first()
    if found is None:
        raise CommandError(f"--calendar: there is no calendar {key!r}; there are {_keys(Calendar)}.")
    if not found.versions.exists():
        raise CommandError(f"--calendar: nothing of {key!r} was published.")
    return found


def _version(named: str, *, at: datetime) -> PolicyVersion:
    key, _at, number = named.replace("\x00", "").partition("@")
    policy = Policy.objects.filter(key=key).first()
    if policy is None:
        raise CommandError(f"--policy: there is no policy {key!r}; there are {_keys(Policy)}.")
    if not _at:
        return _in_force(policy, at=at)
    wanted = typed.whole(number, digits=LONGEST_NUMBER)
    found = None if wanted is None else policy.versions.filter(number=wanted).first()
    if found is None:
        numbers = ", ".join(map(str, policy.versions.values_list("number", flat=True)))
        raise CommandError(f"--policy: {key!r} has no version {number!r}; it has {numbers or 'none'}.")
    return found


def _in_force(policy: Policy, *, at: datetime) -> PolicyVersion:
    found = policies.active_version(policy, at=at)
    if found is None:
        raise CommandError(
            f"--policy: no version of {policy.key!r} is in force at {at:%Y-%m-%d %H:%M} UTC; "
            f"name one, such as {policy.key}@1."
        )
    return found


def _keys(model: type[Calendar] | type[Policy] | type[Priority]) -> str:
    return ", ".join(model.objects.values_list("key", flat=True)) or "none"


def _cells(version: PolicyVersion, priorities: Sequence[str]) -> list[Cell]:
    for key in priorities:
        if not Priority.objects.filter(key=key.replace("\x00", "")).exists():
            raise CommandError(f"--priority: there is no priority {key!r}; there are {_keys(Priority)}.")
    found = simulating.cells_of(version, priorities=priorities)
    if not found:
        raise CommandError(f"--policy: {version} has no cell{' of that priority' if priorities else ''}.")
    return found


def _instant(name: str, text: str, calendar: Calendar) -> datetime:
    try:
        return simulating.instant_in(text, calendar, at=timekeeping.now())
    except (ValueError, OverflowError) as error:
        raise CommandError(f"--{name}: {text!r} is no instant like 2026-03-10T10:00 or …Z.") from error


def _step(text: str) -> timedelta:
    read = STEP.fullmatch(text)
    if not read:
        raise CommandError(f"--step: {text!r} is no step like 90s, 15m, 1h or 1d.")
    return timedelta(**{UNITS[read[2]]: int(read[1])})


def _ends(version: PolicyVersion, last: datetime) -> Iterable[str]:
    if version.valid_until is not None and version.valid_until <= last:
        yield f"{version} ends on {version.valid_until:%Y-%m-%d}: later tickets follow another version."


# --- for programs -------------------------------------------------------------------------------


def _as_json(asked: _Asked) -> str:
    """Instants twice: `…_at` in the calendar's zone, `…_at_utc` in UTC."""
    report = {
        "calendar": asked.calendar.key,
        "zone": asked.zone.key,
        "policy": asked.version.policy.key,
        "version": asked.version.number,
        "status": asked.version.status,
        "mode": asked.version.day_mode,
        "warnings": list(asked.warnings),
        "rows": [_fact(row, asked.zone) for row in asked.rows],
    }
    return json.dumps(report, ensure_ascii=False)


def _fact(row: Simulated, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "received_at": _iso(row.received_at, zone),
        "received_at_utc": _iso(row.received_at, UTC),
        "priority": row.priority,
        "metric": row.metric,
        "calendar": row.calendar.key,
        "kind": row.kind,
        "target": _target(row),
        "due_at": _iso(row.due_at, zone),
        "due_at_utc": _iso(row.due_at, UTC),
        "by_mode": {
            mode: {"due_at": _iso(due, zone), "due_at_utc": _iso(due, UTC)}
            for mode, due in row.due_by_mode.items()
        },
    }


def _as_csv(asked: _Asked) -> str:
    names = ["received_at", "received_at_utc", "priority", "metric", "target", "mode", "due_at", "due_at_utc"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*names, *(f"{mode}{zone}" for mode in DayMode for zone in ("", "_utc"))])
    for row in asked.rows:
        fact = _fact(row, asked.zone) | {"mode": row.mode}
        dues = (row.due_by_mode.get(mode) for mode in DayMode)
        both = (_iso(due, zone) or "" for due in dues for zone in (asked.zone, UTC))
        writer.writerow([*(fact[name] or "" for name in names), *both])
    return out.getvalue()


def _iso(moment: datetime | None, zone: Any) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


# --- for people ---------------------------------------------------------------------------------


def _as_text(asked: _Asked) -> str:
    console = Console(width=None if sys.stdout.isatty() else WIDE, markup=False, emoji=False)
    title = f"{asked.version} ({asked.version.status}) on {asked.calendar}, {asked.zone.key} and UTC"
    table = Table("received", "priority", "metric", "target", title=title)
    for mode in DayMode:
        own = " *" if mode == asked.version.day_mode else ""
        table.add_column(f"{mode.replace('_', ' ')}{own}")
    for row in asked.rows:
        table.add_row(*_line(row, asked.zone))
    with console.capture() as captured:
        console.print(table)
    return f"{captured.get()}* the policy's own day mode, which is in force"


def _line(row: Simulated, zone: ZoneInfo) -> list[str]:
    dues = [_both(row.due_by_mode[mode], zone) if row.due_by_mode else "–" for mode in DayMode]
    metric = str(Cell.Metric(row.metric).label)
    return [_both(row.received_at, zone), row.priority, metric, _target(row), *dues]


def _target(row: Simulated) -> str:
    if row.target is None:
        return str(Cell.Kind(row.kind).label)
    return explaining.in_words(row.target)


def _both(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return "never"
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}\n{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"
