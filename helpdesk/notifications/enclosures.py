"""Which files go along with a mail, and which are too large for one."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from helpdesk.models import Attachment, Message

MOST_BYTES: Final = 15 * 1024 * 1024
"""In all; base64 makes 20 MB of it, which most mail servers still take."""

PLAIN_TYPE: Final = re.compile(r"(?!multipart/|message/)[\w.+-]{1,60}/[\w.+-]{1,60}")
UNKNOWN_TYPE: Final = "application/octet-stream"


class Enclosures(NamedTuple):
    """The files of a message, by whether they fit into a mail."""

    enclosed: Sequence[Attachment] = ()
    left_out: Sequence[Attachment] = ()


def of(message: Message | None) -> Enclosures:
    """Sort a message's files, in their order; an infected one goes nowhere. One statement."""
    if message is None:
        return Enclosures()
    enclosed: list[Attachment] = []
    left_out: list[Attachment] = []
    room = MOST_BYTES
    for attachment in message.attachments.exclude(scan=Attachment.Scan.INFECTED):
        fits = attachment.size <= room
        (enclosed if fits else left_out).append(attachment)
        room -= attachment.size if fits else 0
    return Enclosures(enclosed, left_out)


def content_type(attachment: Attachment) -> str:
    """The type that the sender claimed, where it is one that cannot change how a mail is read."""
    claimed = attachment.content_type.lower()
    return claimed if PLAIN_TYPE.fullmatch(claimed) else UNKNOWN_TYPE
