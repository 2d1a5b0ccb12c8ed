"""What a mail is once it has been read: shapes only, no rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MAX_MAIL_BYTES = 25 * 1024 * 1024
"""The largest mail that is read, in bytes, unless the caller says otherwise."""


class Reason(StrEnum):
    """Why a mail cannot become a message and waits in quarantine."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NO_SENDER = "no_sender"
    SEVERAL_SENDERS = "several_senders"
    NOTHING_READABLE = "nothing_readable"


SENTENCES = {
    Reason.EMPTY: "The mail has no content at all.",
    Reason.TOO_LARGE: "The mail is larger than the limit.",
    Reason.NO_SENDER: "The mail does not say whom it is from.",
    Reason.SEVERAL_SENDERS: "The mail names several senders, so it is not clear whom it is from.",
    Reason.NOTHING_READABLE: "The mail has neither subject, text nor attachment.",
}


class Unreadable(Exception):
    """The mail must be quarantined; `reason` is for programs, `str()` for agents."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address of a header, either part of which may be "" when it is not given."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class MailFile:
    """One attachment; `name` is safe to show, `content_type` is only the sender's claim."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    cid: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as a person would see it, made by `parsing.read_mail`.

    No text holds NUL, other control characters than tab and newline, or lone surrogates, so all
    of it can be stored in PostgreSQL and sent as UTF-8. Message ids stand without their angle
    brackets. `date` is what the sender claims, in UTC: good for showing, never for a clock.
    `headers` are all fields in their order, names in lower case, values unfolded and not decoded.
    """

    subject: str
    sender: Mailbox
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    delivered_to: tuple[str, ...]
    date: datetime | None
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    text: str
    visible_text: str
    html: str
    attachments: tuple[MailFile, ...]
    content_type: str
    language: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    problems: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """Return the first field called `name` (lower case), or "" when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def header_values(self, name: str) -> tuple[str, ...]:
        """Return all fields called `name` (lower case), topmost first."""
        return tuple(value for key, value in self.headers if key == name)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address that the mail was sent or delivered to, in the order of the headers."""
        visible = (box.address for box in (*self.to, *self.cc))
        return tuple(dict.fromkeys(address for address in (*visible, *self.delivered_to) if address))
