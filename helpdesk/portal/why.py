"""Why a goal is due when it is, told to the customer: which days counted how long, and which did not.

Only what the published hours, the goal and the customer's own silence give is told: no agent, no reason that
somebody wrote, no version of anything (R9).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk import visibility
from helpdesk.models import Ticket
from helpdesk.portal import reading, spelling
from helpdesk.portal.holiday_names import holiday_said
from sla import calendars, explaining, projection
from sla.explaining import DatedFact, Explanation
from sla.hours import DayMode, FactKind, State, Target, Unit
from sla.models import Clock
from sla.models.policy import Cell

HELD: Final[dict[str, Promise]] = {
    State.PAUSED: _("%(time)s not counted: we were waiting for your answer"),
    State.MET: _("%(time)s not counted: the ticket was solved"),
    State.EXCLUDED: _("%(time)s not counted: the goals did not apply"),
}
"""What is said of support time that did not count, by the state of the clock meanwhile."""
BY_DATE: Final = frozenset({DayMode.CLOSE_OF_NTH_DAY, DayMode.FROM_NEXT_OPENING, DayMode.SAME_CLOCK_TIME})
"""Of these a goal in days ends on a certain date; of the others days are lengths of time."""
DAY_UNIT: Final = str(Cell.Unit.DAYS)
SATURDAY: Final = "sat"


@dataclass(frozen=True, slots=True)
class DayShown:
    """One date, or several in a row of which nothing counted."""

    first: date
    last: date
    counted: str
    """How much support time counted: "11 h"; empty for none."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """One goal explained."""

    name: str
    target: str
    """Such as "1 business day"; empty where only a time was set by hand."""
    sentences: tuple[str, ...]
    """What the target means."""
    zone: str
    """In which support hours are read."""
    received_at: datetime
    days: tuple[DayShown, ...]
    counted: str
    """All that counted."""
    due_at: datetime | None
    left: str
    """What is left while it is paused."""


def why(ticket: Ticket, *, at: datetime) -> list[Why]:
    """The ticket's goals explained, first response first; of several rounds the last.

    A goal that was given up, or whose history cannot be read, is left out.
    """
    if ticket.clock_set is None:
        return []
    rows = visibility.clocks_for_customer(ticket.clock_set).select_related("calendar", "clock_set__calendar")
    latest = {clock.metric: clock for clock in rows}
    shown = (_why(latest[metric], at=at) for metric in Cell.Metric.values if metric in latest)
    return [one for one in shown if one is not None]


def _why(clock: Clock, *, at: datetime) -> Why | None:
    try:
        explanation = explaining.explain(clock, at=at)
    except projection.UNDERIVABLE:
        return None
    if explanation.state in {State.CANCELLED, State.NOT_APPLICABLE}:
        return None
    counted = sum(fact.seconds for fact in explanation.facts if fact.kind == FactKind.COUNTED)
    left = explanation.remaining_seconds
    return Why(
        name=str(clock.get_metric_display()),
        target=_target(clock, explanation.aim) if explanation.aim else "",
        sentences=tuple(_sentences(explanation)),
        zone=explanation.zone,
        received_at=explanation.received_at,
        days=() if explanation.is_manual else tuple(_days(explanation)),
        counted=spelling.length(counted),
        due_at=explanation.due_at,
        left="" if left is None or explanation.due_at else spelling.length(left),
    )


def _target(clock: Clock, aim: Target) -> str:
    if aim.unit is Unit.DAYS:
        week = calendars.current_version(clock.calendar, at=clock.started_at).week
        return spelling.amount(aim.amount, DAY_UNIT, works_saturdays=bool(week.get(SATURDAY)))
    if aim.amount % spelling.HOUR:
        return spelling.amount(aim.amount // spelling.MINUTE, Cell.Unit.MINUTES)
    return spelling.amount(aim.amount // spelling.HOUR, Cell.Unit.HOURS)


def _sentences(explanation: Explanation) -> Iterator[str]:
    aim = explanation.aim
    if explanation.is_manual or aim is None:
        yield gettext("We set this time for your ticket alone, so it does not follow from the hours.")
        return
    if explanation.is_capped:
        yield gettext("It is due no later than the resolution.")
    if aim.unit is Unit.SECONDS:
        yield gettext("Business hours are counted only while support is open.")
        return
    yield str(reading.DAYS[str(aim.day_mode)])
    if explanation.is_floored:
        least = {"time": spelling.length(aim.floor_seconds)}
        yield (
            gettext("Some of these days are shorter, so it is not due before %(time)s of support time.")
            % least
        )


# --- day by day -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Stretch:
    """A date, or several in a row that were held throughout: what counted, and what did not by state."""

    first: date
    last: date
    business_day: int
    counted: int = 0
    held: dict[str, int] = field(default_factory=dict)
    holiday: str = ""

    def take(self, fact: DatedFact) -> None:
        match fact.kind:
            case FactKind.COUNTED:
                self.counted += fact.seconds
            case FactKind.HELD:
                self.held[fact.reason] = self.held.get(fact.reason, 0) + fact.seconds
            case _:
                self.holiday = fact.name

    def goes_on_with(self, other: "_Stretch") -> bool:
        """Whether the other is more of the same waiting."""
        is_waiting = not (self.counted or other.counted or self.holiday or other.holiday)
        return is_waiting and len(self.held) == 1 and self.held.keys() == other.held.keys()

    def go_on_with(self, other: "_Stretch") -> None:
        self.last = other.last
        for state, seconds in other.held.items():
            self.held[state] += seconds


def _days(explanation: Explanation) -> Iterator[DayShown]:
    """Dates on which something counted or was held, and closed ones that have a name."""
    for stretch in _stretches(explanation.facts):
        yield DayShown(
            first=stretch.first,
            last=stretch.last,
            counted=spelling.length(stretch.counted) if stretch.counted else "",
            notes=tuple(_notes(stretch, explanation)),
        )


def _stretches(facts: Iterable[DatedFact]) -> list[_Stretch]:
    dates: dict[date, _Stretch] = {}
    for fact in facts:
        if fact.kind != FactKind.CLOSED or fact.name:
            dates.setdefault(fact.date, _Stretch(fact.date, fact.date, fact.business_day)).take(fact)
    joined: list[_Stretch] = []
    for stretch in dates.values():
        if joined and joined[-1].goes_on_with(stretch):
            joined[-1].go_on_with(stretch)
        else:
            joined.append(stretch)
    return joined


def _notes(stretch: _Stretch, explanation: Explanation) -> Iterator[str]:
    if stretch.holiday:
        yield gettext("closed: %(holiday)s") % {"holiday": holiday_said(stretch.holiday)}
        return
    yield from _numbered(stretch, explanation)
    for state, seconds in stretch.held.items():
        yield str(HELD.get(state, HELD[State.EXCLUDED])) % {"time": spelling.length(seconds)}


def _numbered(stretch: _Stretch, explanation: Explanation) -> Iterator[str]:
    """Which of the goal's days a date is, where it goes by dates and nothing has moved it (D4)."""
    is_moved = any(fact.kind == FactKind.HELD for fact in explanation.facts)
    aim = explanation.aim
    if aim is None or aim.unit is not Unit.DAYS or aim.day_mode not in BY_DATE or is_moved:
        return
    number = stretch.business_day - _day_0(explanation, aim)
    if number <= 0:
        yield gettext("the day from which the days are counted")
    elif number <= aim.amount:
        yield gettext("day %(number)d of %(total)d") % {"number": number, "total": aim.amount}


def _day_0(explanation: Explanation, aim: Target) -> int:
    """Facts number days from the date of receipt; one mode begins with the day of the next opening."""
    if aim.day_mode is not DayMode.FROM_NEXT_OPENING:
        return 0
    opened = (fact.business_day for fact in explanation.facts if fact.kind != FactKind.CLOSED)
    return next(opened, 0)
