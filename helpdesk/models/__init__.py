"""Tickets, what was said on them, and what is to be said."""

from helpdesk.models.api import ApiToken, IdempotencyKey
from helpdesk.models.attachment import Attachment
from helpdesk.models.event import TicketEvent
from helpdesk.models.message import Message
from helpdesk.models.outbound import OutboundMessage
from helpdesk.models.team import Team
from helpdesk.models.ticket import RequestType, Ticket, Watcher

__all__ = [
    "ApiToken",
    "Attachment",
    "IdempotencyKey",
    "Message",
    "OutboundMessage",
    "RequestType",
    "Team",
    "Ticket",
    "TicketEvent",
    "Watcher",
]
