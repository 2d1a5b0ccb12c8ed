"""Where a ticket's goals stand, in words a customer understands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext, pgettext

from helpdesk import visibility
from helpdesk.models import Ticket
from helpdesk.portal import spelling
from sla import calendars
from sla.hours import OutOfHorizon
from sla.models import Calendar, Clock
from sla.models.policy import Cell
from sla.timekeeping import to_epoch


class Standing(StrEnum):
    """How a goal is going."""

    RUNNING = "running"
    LATE = "late"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Goal:
    """One clock: its name, how it goes, what to say in large letters, and when it is due."""

    name: str
    standing: Standing
    headline: str
    due_at: datetime | None
    done_at: datetime | None
    percent: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """The next goal of a ticket, for a line in a list."""

    text: str
    at: datetime
    is_late: bool


def goals_of(ticket: Ticket, *, at: datetime) -> list[Goal]:
    """The goals of a ticket, first response first; none without a promise.

    Of a metric that has run several times the last round is shown.
    """
    if ticket.clock_set is None:
        return []
    rows = visibility.clocks_for_customer(ticket.clock_set).select_related("calendar")
    latest = {clock.metric: clock for clock in rows}
    return [_goal(latest[metric], at=at) for metric in Cell.Metric.values if metric in latest]


def _goal(clock: Clock, *, at: datetime) -> Goal:
    standing = _standing(clock, at=at)
    return Goal(
        name=str(clock.get_metric_display()),
        standing=standing,
        headline=_headline(clock, standing, at=at),
        due_at=clock.due_at,
        done_at=clock.met_at,
        percent=_percent(clock, at=at) if standing in {Standing.RUNNING, Standing.LATE} else None,
    )


def _standing(clock: Clock, *, at: datetime) -> Standing:
    """A due time that has passed is late whether or not a sweep has come by."""
    match clock.state:
        case Clock.State.MET:
            return Standing.MISSED if clock.breached_at else Standing.MET
        case Clock.State.PAUSED:
            return Standing.PAUSED
        case Clock.State.RUNNING if clock.due_at is not None:
            return Standing.LATE if clock.due_at < at or clock.breached_at else Standing.RUNNING
        case _:
            return Standing.NONE


def _headline(clock: Clock, standing: Standing, *, at: datetime) -> str:
    match standing:
        case Standing.RUNNING | Standing.LATE if clock.due_at is not None:
            return distance(clock.calendar, clock.due_at, at=at)
        case Standing.PAUSED:
            return _paused(clock)
        case Standing.MET:
            return pgettext("a goal", "Reached")
        case Standing.MISSED:
            return pgettext("a goal", "Reached late")
        case _ if clock.state == Clock.State.EXCLUDED:
            return pgettext("a goal", "Does not apply")
        case _:
            return pgettext("a goal", "None at the moment")


def _paused(clock: Clock) -> str:
    if clock.remaining_seconds is None:
        return gettext("Paused")
    return gettext("Paused, %(time)s left") % {"time": spelling.length(clock.remaining_seconds)}


def distance(calendar: Calendar, due_at: datetime, *, at: datetime) -> str:
    """How far away a due time is, in support time: "in 3 h 20 min of support time"."""
    try:
        timeline = calendars.timeline(calendar)
        seconds = timeline.between(to_epoch(at), to_epoch(due_at))
        day = timeline.standard_day_seconds(to_epoch(due_at))
    except OutOfHorizon:
        return ""
    if due_at >= at:
        return gettext("in %(time)s of support time") % {"time": spelling.support_length(seconds, day)}
    if abs(seconds) < spelling.MINUTE:
        return gettext("the goal has passed")
    return gettext("late by %(time)s of support time") % {"time": spelling.support_length(seconds, day)}


def _percent(clock: Clock, *, at: datetime) -> int | None:
    """How much of the support time until the due time has passed, 0 to 100."""
    if clock.due_at is None:
        return None
    try:
        timeline = calendars.timeline(clock.calendar)
        whole = timeline.between(to_epoch(clock.started_at), to_epoch(clock.due_at))
        passed = timeline.between(to_epoch(clock.started_at), to_epoch(at))
    except OutOfHorizon:
        return None
    return max(0, min(100, passed * 100 // whole)) if whole > 0 else 100


def next_due(ticket: Ticket, *, at: datetime) -> Due | None:
    """The goal that is due next, from the ticket's own row; `clock_set__calendar` should be at hand."""
    due_at = ticket.next_goal_at
    if due_at is None or ticket.clock_set is None or not ticket.is_live:
        return None
    return Due(text=distance(ticket.clock_set.calendar, due_at, at=at), at=due_at, is_late=due_at < at)


def support_zone(ticket: Ticket, *, at: datetime) -> str:
    """The zone in which the ticket's support hours are read, or nothing without a promise."""
    if ticket.clock_set is None:
        return ""
    return calendars.current_version(ticket.clock_set.calendar, at=at).zone
