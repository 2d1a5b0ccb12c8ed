"""Calendars, policies and clocks; importing these pages registers them."""

from sla.admin import calendars, clocks, policies

__all__ = ["calendars", "clocks", "policies"]
