"""The agents' pages; importing them registers them."""

from helpdesk.admin import desk, outbox, tickets

__all__ = ["desk", "outbox", "tickets"]
