"""Calendars, promises, clocks and what rang."""

from sla.models.alarm import Alarm, Heartbeat
from sla.models.backlog import BacklogPeriod
from sla.models.calendar import Calendar, CalendarDraft, CalendarInterval, CalendarVersion
from sla.models.clock import Clock, ClockEvent, ClockSet
from sla.models.excuse import Excuse
from sla.models.policy import LadderStep, Policy, PolicyVersion, Priority, TargetCell
from sla.models.version import Versioned, VersionStatus

__all__ = [
    "Alarm",
    "BacklogPeriod",
    "Calendar",
    "CalendarDraft",
    "CalendarInterval",
    "CalendarVersion",
    "Clock",
    "ClockEvent",
    "ClockSet",
    "Excuse",
    "Heartbeat",
    "LadderStep",
    "Policy",
    "PolicyVersion",
    "Priority",
    "TargetCell",
    "VersionStatus",
    "Versioned",
]
