"""Calendars, policies and clocks; importing these pages registers them."""

from sla.admin import calendar_versions, calendars, clocks, policies

__all__ = ["calendar_versions", "calendars", "clocks", "policies"]
