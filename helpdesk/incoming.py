"""What every door gives to the rules: one shape for mail, WhatsApp, portal and API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from contracts.models import Person
from helpdesk.models import Ticket


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a message says it is from: a normalised address and a name that is only a claim."""

    kind: Literal["email", "whatsapp"]
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came along; its name is for display only."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a customer, understood but not yet decided upon.

    A signed-in door gives `person` (and `ticket`, when it answers one); a public one gives `sender`.
    `thread_ids` are the Message-IDs that the mail refers to, nearest first. `may_open` is false
    for what must never become a ticket of its own, such as an out-of-office answer.
    `idempotency_key` makes a repeated delivery harmless; a door prefixes it with its own name.
    """

    channel: Ticket.Channel
    sender: Sender | None = None
    person: Person | None = None
    ticket: Ticket | None = None
    subject: str = ""
    text: str = ""
    full_text: str = ""
    html: str = ""
    files: tuple[IncomingFile, ...] = ()
    message_id: str = ""
    thread_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    is_automatic: bool = False
    may_open: bool = True
    is_authenticated: bool = False
    language: str = ""
    impact: str = ""
    idempotency_key: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
