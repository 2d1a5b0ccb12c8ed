"""The files of a mail, under names that are safe to show and to offer for download."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

from channels_inbound.email import tnef
from channels_inbound.email.fields import read_fields
from channels_inbound.email.mail import MailFile
from channels_inbound.email.mime import Part, decoded
from channels_inbound.email.words import one_line

MAX_NAME = 150
MAX_EXTENSION = 20
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_TNEF_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
_OWN_NAMES = {
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "read-receipt.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invitation.ics",
    "application/pgp-encrypted": "pgp-version.txt",
    "application/pgp-signature": "signature.asc",
}


def read_files(parts: list[Part], problems: list[str]) -> tuple[MailFile, ...]:
    """Return the attachments of a mail, those inside a winmail.dat in its place. Never fails."""
    files: list[MailFile] = []
    for part in parts:
        content = decoded(part, problems)
        inner = _unpacked(part, content, problems)
        files += inner or [_file(part, content, len(files) + 1)]
    return tuple(files)


def _unpacked(part: Part, content: bytes, problems: list[str]) -> list[MailFile]:
    """Return the files inside Outlook's winmail.dat; none when it holds none that can be read."""
    if part.content_type not in _TNEF_TYPES and part.filename.lower() != "winmail.dat":
        return []
    found = tnef.read_files(content)
    if found:
        problems.append("unpacked winmail.dat")
    return [
        MailFile(safe_name(name, f"attachment-{at}"), _type_of(name), inner)
        for at, (name, inner) in enumerate(found, 1)
    ]


def _file(part: Part, content: bytes, number: int) -> MailFile:
    return MailFile(
        name=safe_name(part.filename, _made_up_name(part, content, number)),
        content_type=part.content_type,
        content=content,
        cid=part.cid[:500],
        inline=part.disposition == "inline" or bool(part.cid and part.disposition != "attachment"),
    )


def safe_name(given: str, otherwise: str) -> str:
    """Return a file's name for display: no path, nothing invisible, at most 150 characters.

    `otherwise` is the name when the sender gave none that says anything.
    """
    last = re.split(r"[/\\]", given)[-1]
    name = one_line(_FORBIDDEN.sub("_", unicodedata.normalize("NFC", last))).strip(". ")
    if not name.strip("._- "):
        return otherwise
    if len(name) <= MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    short = dot + extension if stem and len(extension) <= MAX_EXTENSION else ""
    return name[: MAX_NAME - len(short)].rstrip(". ") + short


def _made_up_name(part: Part, content: bytes, number: int) -> str:
    if part.content_type in _OWN_NAMES:
        return _OWN_NAMES[part.content_type]
    if part.content_type == "message/rfc822":
        subject = read_fields(content, 0, len(content), top=True)[0].text("subject")
        return safe_name(f"{subject.replace('/', '-')}.eml" if subject else "", f"message-{number}.eml")
    extension = mimetypes.guess_extension(part.content_type) or ".bin"
    return f"attachment-{number}{extension}"


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
