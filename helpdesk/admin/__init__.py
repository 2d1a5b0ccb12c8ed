"""The agents' pages; importing them registers them."""

from helpdesk.admin import backlogs, desk, outbox, quotes, tickets

__all__ = ["backlogs", "desk", "outbox", "quotes", "tickets"]
