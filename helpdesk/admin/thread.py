"""A conversation as agents read it: everything, notes and answers that were taken back included."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from contracts.models import Account
from helpdesk import pictures, visibility
from helpdesk.admin import rows, when
from helpdesk.models import Attachment, Message, OutboundMessage, Ticket

LINK: Final = re.compile(r"https?://[^\s<>\"'\]]{1,2000}", re.IGNORECASE)
AFTER_A_LINK: Final = ".,;:!?)"

State = OutboundMessage.State


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file; an infected one is named and not offered."""

    file: Attachment

    @property
    def is_picture(self) -> bool:
        """Whether it may be shown beside the text."""
        return pictures.may_be_one(self.file) and not self.is_infected

    @property
    def is_infected(self) -> bool:
        """What the scan said."""
        return self.file.scan == Attachment.Scan.INFECTED


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution, and how far it got."""

    message: Message
    at: datetime
    reader: Account
    files: Sequence[FileShown]
    outbound: Sequence[OutboundMessage]

    @property
    def kind(self) -> str:
        """Its class in the style sheet: `customer`, `agent`, `note` or `automatic`."""
        return self.message.kind

    @property
    def is_note(self) -> bool:
        """Whether no customer ever reads it."""
        return self.message.kind == Message.Kind.NOTE

    @property
    def who(self) -> str:
        """Whose words they are."""
        speaker = self.message.account or self.message.person
        return str(speaker) if speaker else gettext("Prazo")

    @property
    def initials(self) -> str:
        """The same in two letters."""
        return rows.initials(self.who)

    @property
    def moment(self) -> str:
        """When, in the desk's zone."""
        return when.moment(self.message.at, at=self.at)

    @property
    def text(self) -> SafeString:
        """The words, escaped, with links that open elsewhere."""
        return linked(self.message.text)

    @property
    def full_text(self) -> SafeString:
        """The same with what was quoted."""
        return linked(self.message.full_text)

    @property
    def undo_seconds(self) -> int:
        """How long its author can still take it back (D27)."""
        if self.message.kind != Message.Kind.AGENT or self.message.account_id != self.reader.pk:
            return 0
        if self.message.retracted_at is not None or any(row.state != State.QUEUED for row in self.outbound):
            return 0
        return max(0, int((self.message.visible_at - self.at).total_seconds()))

    @property
    def delivery(self) -> str:
        """How far it got, as the state of the least lucky of its ways; empty where nothing is sent."""
        if self.message.kind != Message.Kind.AGENT:
            return ""
        if self.message.retracted_at is not None:
            return "retracted"
        states = {row.state for row in self.outbound}
        worst = (State.FAILED, State.SENDING, State.QUEUED, State.SENT)
        return next((str(state) for state in worst if state in states), "portal")


def thread(ticket: Ticket, *, reader: Account, at: datetime) -> list[Said]:
    """The whole conversation, oldest first; three statements, however long it is."""
    return [
        Said(
            message,
            at,
            reader,
            [FileShown(file) for file in message.attachments.all()],
            list(message.outbound.all()),
        )
        for message in visibility.conversation_for_agent(ticket)
    ]


def linked(text: str) -> SafeString:
    """Escape a text and make its web addresses links, in one pass over it."""
    parts: list[str] = []
    done = 0
    for found in LINK.finditer(text):
        address = found.group().rstrip(AFTER_A_LINK)
        parts += (conditional_escape(text[done : found.start()]), _link(address))
        done = found.start() + len(address)
    parts.append(conditional_escape(text[done:]))
    return mark_safe("".join(parts))  # noqa: S308  every part is escaped above


def _link(address: str) -> SafeString:
    return format_html('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>', address)
