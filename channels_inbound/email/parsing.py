"""From the bytes of a mail to what a person would see. Pure: no database, no network, no clock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from channels_inbound.email import attachments, bodies, mime
from channels_inbound.email.addresses import read_mailboxes
from channels_inbound.email.automatic import is_report
from channels_inbound.email.fields import Fields, header_charset, read_date, read_message_ids
from channels_inbound.email.mail import MAX_MAIL_BYTES, Mail, Mailbox, Reason, Unreadable
from channels_inbound.email.visible import visible_text
from channels_inbound.email.words import bare, one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SUBJECT = 255
MAX_HEADER = 8000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_DELIVERED_TO = ("delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-forwarded-to")


def read_mail(raw: bytes, *, max_bytes: int = MAX_MAIL_BYTES) -> Mail:
    """Read a mail that is to become a message.

    Raises Unreadable, and nothing else, for what must be quarantined: empty, larger than `max_bytes`,
    without a sender or with several, or with nothing to read. A report of a mail server needs no
    sender, for nobody answers it.
    """
    mail = look_at(raw, max_bytes=max_bytes)
    if not (mail.subject or mail.text or mail.attachments):
        raise Unreadable(Reason.NOTHING_READABLE)
    if is_report(mail):
        return mail
    if _has_several_senders(mail):
        raise Unreadable(Reason.SEVERAL_SENDERS)
    if not mail.sender.address:
        raise Unreadable(Reason.NO_SENDER)
    return mail


def look_at(raw: bytes, *, max_bytes: int = MAX_MAIL_BYTES) -> Mail:
    """Read whatever a mail holds, also one that cannot become a message.

    Raises Unreadable only for mail that is empty or larger than `max_bytes`.
    """
    if not raw.strip(b"\x00 \t\r\n"):
        raise Unreadable(Reason.EMPTY)
    if len(raw) > max_bytes:
        raise Unreadable(Reason.TOO_LARGE)
    problems: list[str] = []
    root = mime.read_tree(raw, problems)
    choice = bodies.choose(root)
    fields, hint = root.fields, header_charset(root.fields)
    subject = fields.text("subject", hint)
    text = bodies.read_text(choice.text, problems)
    return Mail(
        subject=shorten(subject, MAX_SUBJECT),
        sender=_sender(fields, hint),
        reply_to=_mailboxes(fields, hint, "reply-to"),
        to=_mailboxes(fields, hint, "to"),
        cc=_mailboxes(fields, hint, "cc"),
        delivered_to=tuple(box.address for box in _mailboxes(fields, hint, *_DELIVERED_TO) if box.address),
        date=read_date(fields.text("date")),
        message_id=next(iter(read_message_ids(fields.text("message-id"))), ""),
        in_reply_to=next(iter(read_message_ids(fields.text("in-reply-to"))), ""),
        references=read_message_ids(fields.text("references")),
        text=text,
        visible_text=visible_text(text, subject),
        html=bodies.read_html(choice.html, problems),
        attachments=attachments.read_files(choice.files, problems),
        content_type=root.content_type,
        language=_language(fields),
        headers=_headers(fields, hint),
        problems=tuple(dict.fromkeys(problems)),
    )


def _sender(fields: Fields, hint: str) -> Mailbox:
    """Return whom the mail is from: the one mailbox of From, or among several the one that Sender names."""
    boxes = _distinct(_mailboxes(fields, hint, "from"))
    if len(boxes) > 1:
        named = {box.address.lower() for box in _mailboxes(fields, hint, "sender")}
        boxes = [box for box in boxes if box.address.lower() in named] or boxes
    return boxes[0] if boxes else Mailbox("")


def _has_several_senders(mail: Mail) -> bool:
    """Whether From names several people and Sender does not settle who sent it (RFC 5322, 3.6.2)."""
    authors = _distinct(_from_header(mail, "from"))
    if len(authors) < 2:  # noqa: PLR2004 - one is no choice
        return False
    senders = {box.address.lower() for box in _from_header(mail, "sender")}
    return len(senders) != 1 or mail.sender.address.lower() not in senders


def _from_header(mail: Mail, name: str) -> list[Mailbox]:
    return [box for value in mail.header_values(name) for box in read_mailboxes(value.encode())]


def _mailboxes(fields: Fields, hint: str, *names: str) -> tuple[Mailbox, ...]:
    values = (value for name in names for value in fields.raw_all(name))
    return tuple(box for value in values for box in read_mailboxes(value, hint))


def _distinct(boxes: Iterable[Mailbox]) -> list[Mailbox]:
    """Return one mailbox for each address; those that are only a name when there is no address."""
    by_address = {box.address.lower(): box for box in reversed(list(boxes))}
    return [box for box in reversed(by_address.values()) if box.address or len(by_address) == 1]


def _language(fields: Fields) -> str:
    """Return the language that the mail says it is in ("pt-BR"), or its writer reads, or ""."""
    for name in ("content-language", "accept-language", "x-accept-language"):
        if found := _LANGUAGE.match(fields.text(name)):
            return found[0]
    return ""


def _headers(fields: Fields, hint: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, one_line(bare(value, hint))[:MAX_HEADER]) for name, value in fields.pairs)
