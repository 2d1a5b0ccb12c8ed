"""Tickets, what was said on them, and what is to be said."""

from helpdesk.models.api import ApiToken, IdempotencyKey
from helpdesk.models.attachment import Attachment
from helpdesk.models.event import TicketEvent
from helpdesk.models.held_back import HeldBack
from helpdesk.models.message import Message
from helpdesk.models.outbound import OutboundMessage
from helpdesk.models.service import BugReport, TechnicalService
from helpdesk.models.tag import Tag
from helpdesk.models.team import OnCallShift, Team
from helpdesk.models.ticket import RequestType, Ticket, Watcher
from helpdesk.models.webhook import Webhook

__all__ = [
    "ApiToken",
    "Attachment",
    "BugReport",
    "HeldBack",
    "IdempotencyKey",
    "Message",
    "OnCallShift",
    "OutboundMessage",
    "RequestType",
    "Tag",
    "Team",
    "TechnicalService",
    "Ticket",
    "TicketEvent",
    "Watcher",
    "Webhook",
]
