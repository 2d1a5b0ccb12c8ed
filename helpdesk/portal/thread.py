"""A conversation as the customer reads it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext

from contracts.models import Person
from helpdesk import pictures, visibility
from helpdesk.models import Attachment, Message, Ticket

LONGEST_WITH_LINKS: Final = 20_000


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file, and whether it can be shown as a picture."""

    file: Attachment
    is_picture: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution: whose, when, what, with which files."""

    key: int
    message: Message
    who: str
    is_mine: bool
    files: tuple[FileShown, ...]

    @property
    def may_have_links(self) -> bool:
        """Whether addresses in the text are worth being made links; not in a wall of text."""
        return len(self.message.text) <= LONGEST_WITH_LINKS


def thread(ticket: Ticket, person: Person, *, at: datetime) -> list[Said]:
    """Everything the person may read at that instant, oldest first."""
    return [_said(message, person) for message in visibility.conversation_for_customer(ticket, at=at)]


def _said(message: Message, person: Person) -> Said:
    files = tuple(
        FileShown(file, pictures.may_be_one(file)) for file in message.attachments.all() if _is_offered(file)
    )
    is_mine = message.person_id == person.pk and message.kind == Message.Kind.CUSTOMER
    return Said(message.pk, message, _who(message), is_mine, files)


def _is_offered(file: Attachment) -> bool:
    return file.scan != Attachment.Scan.INFECTED


def _who(message: Message) -> str:
    """A name, never an address: an agent without one is the support team (R9)."""
    if message.kind == Message.Kind.CUSTOMER:
        return (message.person.name if message.person else "") or gettext("Customer")
    if message.kind == Message.Kind.AGENT and message.account is not None:
        return message.account.name or gettext("Support")
    return gettext("Support")
