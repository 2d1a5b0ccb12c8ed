"""Cases of known deadlines in a file, put through the engine: which come out otherwise.

A CSV file has the columns id, calendar, start, op, argument, expected, why; its calendars are in a JSON file
by name, or written in the column itself. Instants are ISO 8601 with an offset, arguments are JSON.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from sla.hours.errors import NeverOpen, OutOfHorizon
from sla.hours.instants import DAY, EARLIEST, HOUR, LATEST, epoch, iso
from sla.hours.lifecycle import ClockState, Event, EventKind, State
from sla.hours.reckoning import Timeline
from sla.hours.replay import replay
from sla.hours.schedule import Version
from sla.hours.target import DayMode, Metric, Target, Terms, Unit
from sla.hours.writing import versions_from_json

COLUMNS: Final = ("id", "calendar", "start", "op", "argument", "expected", "why")

T = TypeVar("T")

_MARGIN: Final = 400 * DAY
_FARTHEST: Final = 100 * 366 * DAY
"""Nobody promises anything later than that; whatever asks for more is given up."""

Answer: TypeAlias = int | bool | str | dict[str, Any]
Argument: TypeAlias = Mapping[str, Any]


class Difference(NamedTuple):
    """A case whose answer is not the expected one; both as text."""

    id: str
    calendar: str
    op: str
    expected: str
    got: str
    why: str


class UnreadableFile(ValueError):
    """A file that is not what its name promises; the text is a sentence."""


def read_cases(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file of cases, as spreadsheets write it too. Raises OSError or UnreadableFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restkey="more", restval="")
            missing = set(COLUMNS) - set(reader.fieldnames or ())
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{path} is no CSV file in UTF-8: {error}") from error
    if missing:
        raise UnreadableFile(f"{path} lacks the columns {', '.join(sorted(missing))}")
    return rows


def read_calendars(path: Path) -> dict[str, Any]:
    """Calendars by name from a JSON file. Raises OSError or UnreadableFile."""
    try:
        calendars = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnreadableFile(f"{path} is no JSON file in UTF-8: {error}") from error
    if not isinstance(calendars, dict):
        raise UnreadableFile(f"{path} is no object of calendars by name")
    return calendars


def differences(cases: Iterable[Mapping[str, str]], calendars: Mapping[str, Any]) -> Iterator[Difference]:
    """The cases that the engine answers otherwise, in order; a case that cannot be read differs too."""
    shelf = _Shelf(calendars)
    for case in cases:
        got = _answer(case, shelf)
        if not _is_same(case["expected"], got):
            yield Difference(case["id"], case["calendar"], case["op"], case["expected"], got, case["why"])


def _answer(case: Mapping[str, str], shelf: "_Shelf") -> str:
    try:
        operation = _OPERATIONS[case["op"]]
        argument = json.loads(case["argument"] or "{}", parse_float=Decimal)
        return _written(operation(_Question(shelf, case["calendar"], case["start"], argument)))
    except NeverOpen:
        return "NEVER_OPEN"
    except OutOfHorizon:
        return "OUT_OF_HORIZON"
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _written(answer: Answer) -> str:
    return json.dumps(answer, sort_keys=True) if isinstance(answer, dict) else str(answer)


def _is_same(expected: str, got: str) -> bool:
    """Whether both say the same; objects may be spaced otherwise."""
    if not expected.startswith("{") or not got.startswith("{"):
        return expected == got
    try:
        return bool(json.loads(expected) == json.loads(got))
    except ValueError:
        return False


@dataclass(slots=True)
class _Shelf:
    """Calendars by name, and the widest timeline of each that was asked for."""

    calendars: Mapping[str, Any]
    timelines: dict[str, Timeline] = field(default_factory=dict)

    def ask(self, name: str, instants: Sequence[int], question: Callable[[Timeline], T]) -> T:
        """Put the question to a timeline around the instants, to a longer one when it needs that."""
        lo, hi = max(min(instants) - _MARGIN, EARLIEST), max(instants) + _MARGIN
        while True:
            try:
                return question(self._timeline(name, lo, hi))
            except OutOfHorizon:
                if hi - lo > _FARTHEST or hi >= LATEST:
                    raise
                hi = min(hi + 4 * (hi - lo), LATEST)

    def _timeline(self, name: str, lo: int, hi: int) -> Timeline:
        known = self.timelines.get(name)
        if known is None or lo < known.lo or hi > known.hi:
            span = (min(lo, known.lo), max(hi, known.hi)) if known else (lo, hi)
            self.timelines[name] = known = Timeline.build(self._versions(name), *span)
        return known

    def _versions(self, name: str) -> tuple[Version, ...]:
        is_inline = name.lstrip().startswith("{")
        return versions_from_json(json.loads(name) if is_inline else self.calendars[name])


@dataclass(frozen=True, slots=True)
class _Question:
    """One case: its calendar, its start and its argument."""

    shelf: _Shelf
    calendar: str
    start_text: str
    argument: Argument

    @property
    def start(self) -> int:
        return epoch(self.start_text)

    def due(self, target: Target) -> str:
        start = self.start
        return iso(self.shelf.ask(self.calendar, [start], lambda timeline: timeline.due(start, target)))

    def pauses(self) -> list[tuple[int, int]]:
        """Its pauses; one that is still going on ends with time itself."""
        pauses = self.argument.get("pauses", [])
        return [(epoch(begin), LATEST if end is None else epoch(end)) for begin, end in pauses]


def _add_hours(question: _Question) -> Answer:
    return question.due(Target.seconds(_seconds(question.argument["hours"])))


def _add_seconds(question: _Question) -> Answer:
    return question.due(Target.seconds(int(question.argument["seconds"])))


def _add_days(question: _Question) -> Answer:
    target = _days(int(question.argument["days"]), question.argument["mode"])
    return question.due(replace(target, floor_seconds=_seconds(question.argument.get("min_hours") or 0)))


def _between(question: _Question) -> Answer:
    start, end, pauses = question.start, epoch(question.argument["end"]), question.pauses()
    return question.shelf.ask(
        question.calendar, [start, end], lambda timeline: timeline.between_outside(start, end, pauses)
    )


def _is_open(question: _Question) -> Answer:
    start = question.start
    return question.shelf.ask(question.calendar, [start], lambda timeline: timeline.is_open(start))


def _first_response(question: _Question) -> Answer:
    terms = _published(question.argument.get("day_mode", DayMode.CLOSE_OF_NTH_DAY))
    return question.due(terms[Metric.FIRST_RESPONSE][question.argument["priority"]])


def _resolution(question: _Question) -> Answer:
    start, seconds, pauses = question.start, _seconds(question.argument["hours"]), question.pauses()
    ended = [pause for pause in pauses if pause[1] < LATEST]
    endless_from = min((begin for begin, end in pauses if end == LATEST), default=LATEST)
    due = question.shelf.ask(
        question.calendar, [start], lambda timeline: timeline.add_outside(start, seconds, ended)
    )
    # The last open second may end as the endless pause begins; no open instant is found from there on.
    if due > endless_from or (due == endless_from and not seconds):
        raise NeverOpen("The last pause has not ended.")
    return iso(due)


def _lifecycle(question: _Question) -> Answer:
    argument = question.argument
    metric, now = Metric(argument["clock"]), epoch(argument["now"])
    events = [_event(event) for event in argument["events"]]
    day_mode = argument.get("day_mode", DayMode.CLOSE_OF_NTH_DAY)
    cells = _POLICIES[argument.get("policy", "infraspeak")](day_mode)
    # Only this clock is asked for: that another one's target is never reached is no matter.
    terms = Terms({metric: cells.get(metric, {})})
    states = question.shelf.ask(
        question.calendar,
        [now, *(event.at for event in events)],
        lambda timeline: replay(events, terms, timeline, now),
    )
    return _shown([state for state in states if state.metric is metric])


def _shown(states: Sequence[ClockState]) -> Answer:
    """The latest cycle of a clock, as the lifecycle cases write it."""
    if not states or states[-1].state is State.NOT_APPLICABLE:
        return {"state": "none"}
    clock = states[-1]
    instants = {
        "due": clock.due_at if clock.state is State.RUNNING else None,
        "met_at": clock.met_at,
        "breached_at": clock.breached_at,
    }
    shown: dict[str, Any] = {key: iso(instant) for key, instant in instants.items() if instant is not None}
    if clock.remaining is not None:
        shown["remaining"] = clock.remaining
    return {**shown, "state": str(clock.state)}


def _event(data: Argument) -> Event:
    kind = EventKind.MERGED if data["type"] == "merge_into" else EventKind(data["type"])
    return Event(epoch(data["at"]), kind, priority=data.get("to", data.get("priority")))


def _seconds(hours: int | Decimal) -> int:
    return round(hours * HOUR)


def _days(amount: int, mode: str) -> Target:
    name, _, length = mode.partition(":")
    return Target(Unit.DAYS, amount, DayMode(name), day_seconds=int(length or 0))


def _hours_by_priority(low: int, medium: int, high: int, urgent: int) -> dict[str, Target]:
    amounts = {"low": low, "medium": medium, "high": high, "urgent": urgent}
    return {priority: Target.seconds(hours * HOUR) for priority, hours in amounts.items()}


def _published(day_mode: str) -> dict[Metric, dict[str, Target]]:
    """The published policy: no next response."""
    days = {"low": _days(2, day_mode), "medium": _days(1, day_mode)}
    return {
        Metric.FIRST_RESPONSE: {**_hours_by_priority(0, 0, 12, 4), **days},
        Metric.RESOLUTION: _hours_by_priority(24, 24, 24, 24),
    }


def _with_next(_day_mode: str) -> dict[Metric, dict[str, Target]]:
    return {
        Metric.FIRST_RESPONSE: _hours_by_priority(8, 8, 4, 1),
        Metric.NEXT_RESPONSE: _hours_by_priority(4, 4, 2, 1),
        Metric.RESOLUTION: _hours_by_priority(24, 24, 24, 24),
    }


_POLICIES: Final = MappingProxyType({"infraspeak": _published, "with_next": _with_next})

_OPERATIONS: Final[Mapping[str, Callable[[_Question], Answer]]] = MappingProxyType(
    {
        "add_hours": _add_hours,
        "add_seconds": _add_seconds,
        "add_days": _add_days,
        "between": _between,
        "is_open": _is_open,
        "first_response": _first_response,
        "resolution": _resolution,
        "lifecycle": _lifecycle,
    }
)
