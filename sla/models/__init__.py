"""Calendars, promises, clocks and what rang."""

from sla.models.alarm import Alarm, Heartbeat
from sla.models.calendar import Calendar, CalendarInterval, CalendarVersion
from sla.models.clock import Clock, ClockEvent, ClockSet
from sla.models.policy import LadderStep, Policy, PolicyVersion, Priority, TargetCell

__all__ = [
    "Alarm",
    "Calendar",
    "CalendarInterval",
    "CalendarVersion",
    "Clock",
    "ClockEvent",
    "ClockSet",
    "Heartbeat",
    "LadderStep",
    "Policy",
    "PolicyVersion",
    "Priority",
    "TargetCell",
]
