"""Business time in plain Python: calendars, what is promised, and the lives of clocks.

No Django, no database, no present: instants come in and go out as UTC epoch seconds.
"""

from sla.hours.checking import check
from sla.hours.errors import (
    BadCalendar,
    BadDate,
    BadTime,
    CalendarError,
    MissingLocalTime,
    NeverOpen,
    NoOpeningHours,
    OutOfHorizon,
    OverlappingHours,
    UnknownZone,
)
from sla.hours.explain import Fact, FactKind, explain, explain_clock
from sla.hours.lateness import ladder_instant, offset_instant, overdue_seconds
from sla.hours.lifecycle import ClockState, Event, EventKind, Hold, State
from sla.hours.reckoning import Timeline
from sla.hours.replay import replay
from sla.hours.schedule import WEEKDAYS, CalendarSpec, DayKind, Hours, Version
from sla.hours.span import Span, Stretch
from sla.hours.target import DayMode, Metric, Target, Terms, Unit
from sla.hours.unroll import Era, eras, open_spans, opens_after
from sla.hours.writing import calendar_from_json, calendar_to_json, versions_from_json
from sla.hours.zone import zone_data_version

__all__ = [
    "WEEKDAYS",
    "BadCalendar",
    "BadDate",
    "BadTime",
    "CalendarError",
    "CalendarSpec",
    "ClockState",
    "DayKind",
    "DayMode",
    "Era",
    "Event",
    "EventKind",
    "Fact",
    "FactKind",
    "Hold",
    "Hours",
    "Metric",
    "MissingLocalTime",
    "NeverOpen",
    "NoOpeningHours",
    "OutOfHorizon",
    "OverlappingHours",
    "Span",
    "State",
    "Stretch",
    "Target",
    "Terms",
    "Timeline",
    "Unit",
    "UnknownZone",
    "Version",
    "calendar_from_json",
    "calendar_to_json",
    "check",
    "eras",
    "explain",
    "explain_clock",
    "ladder_instant",
    "offset_instant",
    "open_spans",
    "opens_after",
    "overdue_seconds",
    "replay",
    "versions_from_json",
    "zone_data_version",
]
