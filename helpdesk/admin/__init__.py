"""The agents' pages; importing them registers them."""

from helpdesk.admin import backlogs, desk, outbox, tickets

__all__ = ["backlogs", "desk", "outbox", "tickets"]
