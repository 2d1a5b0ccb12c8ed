"""From the bytes of a mail to what the desk made of it."""

import hashlib
from datetime import datetime
from typing import Final

from django.conf import settings

from channels_inbound.email import authenticity
from channels_inbound.email.automatic import Kind, bounce_facts, classify
from channels_inbound.email.mail import Mail, MailFile, Unreadable
from channels_inbound.email.parsing import read_mail
from channels_inbound.ingest import Decision, Quarantined, Result, State
from channels_inbound.models import InboundMessage
from contracts.people import BadAddress
from helpdesk import actors, bounces, intake
from helpdesk.incoming import Incoming, IncomingFile, Sender
from helpdesk.models import Ticket

NEVER_OPENS: Final = frozenset({Kind.AUTO_REPLY, Kind.OWN})
"""Automatic answers may join a conversation that their sender takes part in, but never begin one."""


def read_email(inbound: InboundMessage, raw: bytes) -> Decision:
    """Read a mail; the decision that it gives lets the desk decide what it is.

    Raises:
        Quarantined: when no person could read it either, with the reason.
    """
    try:
        mail = read_mail(raw)
    except Unreadable as refusal:
        raise Quarantined(str(refusal)) from refusal
    inbound.sender, inbound.subject = mail.sender.address[:254], mail.subject[:255]
    return lambda: _decide(mail, raw, at=inbound.received_at)


def _decide(mail: Mail, raw: bytes, *, at: datetime) -> Result:
    kind = classify(mail)
    if kind in {Kind.BOUNCE, Kind.COMPLAINT}:
        return _bounced(mail, at=at)
    try:
        receipt = intake.receive(as_incoming(mail, raw, kind), at=at, by=actors.system("email"))
    except BadAddress as refusal:
        raise Quarantined(str(refusal)) from refusal
    if receipt.outcome is intake.Outcome.IGNORED:
        return Result(State.IGNORED, reason=f"automatic mail ({kind.value}) for no ticket")
    if receipt.outcome is intake.Outcome.REPEATED:
        return Result(State.IGNORED, receipt.ticket, "delivered before")
    return Result(State.DONE, receipt.ticket)


def _bounced(mail: Mail, *, at: datetime) -> Result:
    facts = bounce_facts(mail)
    ticket = bounces.note(
        recipient=facts.recipient,
        message_id=facts.original_message_id,
        is_permanent=facts.is_permanent,
        diagnosis=facts.diagnosis,
        at=at,
    )
    return Result(State.IGNORED, ticket, f"bounce of {facts.recipient or 'an unknown recipient'}")


def as_incoming(mail: Mail, raw: bytes, kind: Kind) -> Incoming:
    """A mail in the shape that every door gives."""
    return Incoming(
        channel=Ticket.Channel.EMAIL,
        sender=Sender("email", mail.sender.address, mail.sender.name),
        subject=mail.subject,
        text=mail.visible_text,
        full_text=mail.text,
        html=mail.html,
        files=tuple(_file(file) for file in mail.attachments),
        message_id=mail.message_id[:255],
        thread_ids=_thread_ids(mail),
        recipients=mail.recipients,
        is_automatic=kind is not Kind.HUMAN,
        may_open=kind not in NEVER_OPENS,
        is_authenticated=authenticity.read(mail, authserv_id=settings.AUTHSERV_ID).authenticated,
        language=mail.language,
        idempotency_key=_key(mail, raw),
    )


def _file(file: MailFile) -> IncomingFile:
    return IncomingFile(file.name, file.content_type, file.content, file.cid)


def _thread_ids(mail: Mail) -> tuple[str, ...]:
    """The mail answered first, then its ancestors from the nearest (RFC 5322, 3.6.4)."""
    nearest = (mail.in_reply_to, *reversed(mail.references))
    return tuple(dict.fromkeys(message_id for message_id in nearest if message_id))


def _key(mail: Mail, raw: bytes) -> str:
    """The same mail by another route is the same mail; the same Message-ID with another body is not."""
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2]
    digest = hashlib.sha256(mail.message_id.encode() + b"\0" + body.replace(b"\r\n", b"\n")).hexdigest()
    return f"mail:{digest}"
