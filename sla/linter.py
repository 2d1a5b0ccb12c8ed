"""What contradicts itself in a policy, found before it is promised (SA-03).

An error blocks publishing; a warning has to be confirmed by whoever publishes. The codes are those of the
story: W1 equal targets, W2 a first response after the resolution, W3 French that means Saturdays too, W4 days
that come from elsewhere, W5 no holidays, W6 no channel, W7 a quota that is read wrongly, W8 a language that
is missing, and W9 looser than the policy.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from sla import calendars, policies
from sla.hours.instants import DAY
from sla.models import Calendar, PolicyVersion
from sla.models.policy import Cell
from sla.versions import PublicationRefused

SATURDAY: Final = "sat"
JOURS_OUVRABLES: Final = "ouvrable"
YEAR: Final = timedelta(days=366)
WORD: Final = "publish"
"""What is typed to publish in spite of warnings."""


class Level(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One contradiction: its code, how grave it is, where it stands, and what is wrong in a sentence."""

    level: Level
    code: str
    where: str
    sentence: str


class HasErrors(PublicationRefused):
    """It contradicts itself so that nobody could keep it."""


class NotConfirmed(PublicationRefused):
    """It has warnings, and nobody said that they are meant."""


def clear(findings: Iterable[Finding], *, typed: str) -> None:
    """Let something be published that has no errors, and whose warnings somebody confirmed by typing `WORD`.

    Raises:
        HasErrors, NotConfirmed.
    """
    found = list(findings)
    errors = [one.sentence for one in found if one.level is Level.ERROR]
    if errors:
        raise HasErrors(" ".join(errors))
    if found and typed.strip().lower() != WORD:
        raise NotConfirmed(f"There are warnings. Type “{WORD}” to publish all the same.")


# --- a policy -----------------------------------------------------------------------------------


def of_policy(version: PolicyVersion, *, at: datetime) -> list[Finding]:
    """All that is found in a version of a policy, errors first."""
    cells = policies.cells_of(version)
    instant = max(at, version.valid_from)
    found = [
        *_nothing_promised(version, cells),
        *_of_calendars(version, cells, at=instant),
        *of_cells(str(version), cells, version.calendar, at=instant),
        *french(str(version), (version.label, version.policy.name), version.calendar, at=instant),
    ]
    return sorted(set(found))


def _nothing_promised(version: PolicyVersion, cells: Sequence[Cell]) -> Iterator[Finding]:
    if not cells:
        yield Finding(
            Level.ERROR, "E1", str(version), f"{version} says nothing: no clock would have a target."
        )


def _of_calendars(version: PolicyVersion, cells: Sequence[Cell], *, at: datetime) -> Iterator[Finding]:
    own = {cell.calendar for cell in cells if cell.calendar is not None}
    for calendar in {version.calendar, *own}:
        yield from of_calendar(calendar, at=at)


def of_calendar(calendar: Calendar, *, at: datetime) -> Iterator[Finding]:
    """A calendar that is never open is an error (PP-02); one without holidays for a year a warning."""
    said = calendars.version_at(calendar, at=at)
    if said is None or not (any(said.week.values()) or said.overrides):
        yield Finding(
            Level.ERROR, "E2", str(calendar), f"The calendar {calendar} has no days on which it is open."
        )
        return
    is_always_open = all(said.week.get(day) == [["00:00", "24:00"]] for day in said.week)
    coming = [day for day in said.holidays if at.date() <= date.fromisoformat(day) < at.date() + YEAR]
    if not coming and not is_always_open:
        yield Finding(
            Level.WARNING, "W5", str(calendar), f"The calendar {calendar} has no holiday in the next year."
        )


def french(where: str, texts: Iterable[str], calendar: Calendar, *, at: datetime) -> Iterator[Finding]:
    """« Jours ouvrables » are Monday to Saturday: where Saturday is closed it is the wrong word (D20)."""
    said = calendars.version_at(calendar, at=at)
    if said is not None and said.week.get(SATURDAY):
        return
    for text in texts:
        if JOURS_OUVRABLES in text.casefold():
            sentence = f"“{text[:80]}” speaks of jours ouvrables, which include Saturday; say jours ouvrés."
            yield Finding(Level.WARNING, "W3", where, sentence)


# --- cells --------------------------------------------------------------------------------------


class Length(NamedTuple):
    """How long a target is: in seconds of open time, or of time as it passes, on which calendar."""

    is_open_time: bool
    calendar: int
    seconds: int
    ends_at_a_close: bool
    """A day ends at a closing time, so it can be later than as many hours."""


def of_cells(where: str, cells: Iterable[Cell], calendar: Calendar, *, at: datetime) -> Iterator[Finding]:
    """What contradicts itself among targets that hold together, whoever says each."""
    lengths: dict[str, list[tuple[Cell, Length]]] = defaultdict(list)
    for cell in cells:
        length = length_of(cell, calendar, at=at)
        if length is not None and not cell.channel and not cell.named_contacts_only:
            lengths[cell.metric].append((cell, length))
    for same in lengths.values():
        yield from _equal(where, sorted(same, key=lambda one: one[0].priority.rank))
    yield from _too_late(where, lengths)


def _equal(where: str, ordered: Sequence[tuple[Cell, Length]]) -> Iterator[Finding]:
    """W1: two priorities that differ in nothing, such as 1 business day and 12 hours on a day of 12 hours."""
    for (above, first), (below, second) in pairwise(ordered):
        same = first[:3] == second[:3]
        if same and above.metric != Cell.Metric.RESOLUTION:
            sentence = (
                f"{above.priority} and {below.priority} have the same {above.get_metric_display()}: "
                f"{said(above)} is {said(below)} on this calendar."
            )
            yield Finding(Level.WARNING, "W1", where, sentence)


def _too_late(where: str, lengths: dict[str, list[tuple[Cell, Length]]]) -> Iterator[Finding]:
    """W2: a first response that can come after the resolution (D6)."""
    resolutions = {cell.priority_id: (cell, length) for cell, length in lengths[Cell.Metric.RESOLUTION]}
    for cell, first in lengths[Cell.Metric.FIRST_RESPONSE]:
        resolution, last = resolutions.get(cell.priority_id, (None, None))
        if resolution is None or last is None or first[:2] != last[:2]:
            continue
        is_later = first.seconds > last.seconds
        ties = first.seconds == last.seconds and first.ends_at_a_close and not last.ends_at_a_close
        if is_later or ties:
            sentence = (
                f"The first response of {cell.priority} ({said(cell)}) can be due after its resolution "
                f"({said(resolution)})."
            )
            yield Finding(Level.WARNING, "W2", where, sentence)


def length_of(cell: Cell, calendar: Calendar, *, at: datetime) -> Length | None:
    """How long a cell's target is on its own calendar, else on `calendar`; None where it has no number."""
    if cell.kind != Cell.Kind.TARGET or cell.amount is None:
        return None
    if cell.unit in policies.PASSING:
        return Length(False, 0, cell.amount * policies.SECONDS.get(cell.unit, DAY), False)
    on = cell.calendar or calendar
    if cell.unit in policies.SECONDS:
        return Length(True, on.pk, cell.amount * policies.SECONDS[cell.unit], False)
    try:
        day = calendars.standard_day_seconds(on, at=at)
    except calendars.NoVersion:
        return None
    return Length(True, on.pk, cell.amount * day, True)


def looser(cell: Cell, than: Cell, calendar: Calendar, *, at: datetime) -> bool:
    """Whether a cell promises less than another of the same metric and priority (W9)."""
    other = length_of(than, calendar, at=at)
    if other is None:
        return False
    own = length_of(cell, calendar, at=at)
    return own is None or (own[:2] == other[:2] and own.seconds > other.seconds)


def said(cell: Cell) -> str:
    """A target in words: "12 business hours"."""
    if cell.amount is None:
        return str(cell.get_kind_display())
    return f"{cell.amount} {cell.get_unit_display()}"
