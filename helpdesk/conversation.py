"""Adds to a conversation: the message, its files, and when the customer may read it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from contracts.models import Person
from helpdesk.incoming import Incoming, IncomingFile
from helpdesk.models import Attachment, Message, Ticket
from helpdesk.sanitise import sanitise_html


def already_taken(idempotency_key: str) -> Message | None:
    """The message that an earlier delivery of the same thing became."""
    if not idempotency_key:
        return None
    known = Message.objects.filter(idempotency_key=idempotency_key)
    # Nearly always there is none: the columns of message and ticket are named only when there is one.
    number = next(iter(known.values_list("pk", flat=True)), None)
    return Message.objects.select_related("ticket").get(pk=number) if number else None


def add_customers(ticket: Ticket, incoming: Incoming, *, person: Person, at: datetime) -> Message:
    """Keep what a customer wrote; it can be read at once."""
    return add(
        ticket,
        kind=Message.Kind.CUSTOMER,
        channel=incoming.channel,
        person=person,
        sender=incoming.sender.value if incoming.sender else "",
        text=incoming.text,
        full_text=incoming.full_text if incoming.full_text != incoming.text else "",
        html=sanitise_html(incoming.html) if incoming.html else "",
        at=at,
        visible_at=at,
        files=incoming.files,
        message_id=incoming.message_id,
        idempotency_key=incoming.idempotency_key or None,
        is_automatic=incoming.is_automatic,
        is_authenticated=incoming.is_authenticated,
    )


def add(ticket: Ticket, *, files: Iterable[IncomingFile] = (), **fields: Any) -> Message:
    """Write one message and its files; `fields` are those of `Message`."""
    message = Message.objects.create(ticket=ticket, **fields)
    attachments = [_attachment(message, file) for file in files]
    if attachments:
        Attachment.objects.bulk_create(attachments)
    return message


def _attachment(message: Message, file: IncomingFile) -> Attachment:
    attachment = Attachment(
        message=message,
        name=file.name[:200],
        content_type=file.content_type[:120],
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        content_id=file.content_id[:255],
    )
    attachment.file.save("", ContentFile(file.content), save=False)
    return attachment
