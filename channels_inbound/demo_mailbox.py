"""What the desk wrote to somebody, from the folder into which the embedded default puts outgoing mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings

LOOKED_AT: Final = 300
SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its reader sees it, and what an answer needs."""

    subject: str
    text: str
    at: datetime | None
    message_id: str
    reply_to: str


def mails_to(address: str) -> list[Mail]:
    """The last mails to that address, newest first; nothing where mail really leaves."""
    wanted = address.strip().lower()
    if not wanted:
        return []
    theirs = (mail for mail in _newest() if wanted in _recipients(mail))
    return [_shown(mail) for mail in islice(theirs, SHOWN)]


def _recipients(mail: EmailMessage) -> list[str]:
    return [address.lower() for _name, address in getaddresses([str(mail["To"] or "")])]


def _newest() -> Iterator[EmailMessage]:
    names = sorted(Path(settings.MAIL_DIR).glob("[0-9]*.eml"), reverse=True)
    for path in names[:LOOKED_AT]:
        yield message_from_bytes(path.read_bytes(), policy=policy.default)


def _shown(mail: EmailMessage) -> Mail:
    body = mail.get_body(("plain",))
    return Mail(
        subject=str(mail["Subject"] or ""),
        text=body.get_content() if body else "",
        at=parsedate_to_datetime(mail["Date"]) if mail["Date"] else None,
        message_id=str(mail["Message-ID"] or ""),
        reply_to=str(mail["Reply-To"] or ""),
    )
