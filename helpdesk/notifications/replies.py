"""Sends an agent's answer to those who take part, on the channel that the customer used."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from helpdesk.models import Attachment, Message, OutboundMessage, Ticket
from helpdesk.notifications import (
    drafting,
    enclosures,
    headers,
    links,
    moments,
    opening,
    outbox,
    recipients,
    targets,
)
from helpdesk.notifications.recipient import Recipient

LONGEST_WHATSAPP: Final = 1600
"""Characters of one message; Twilio refuses more (error 21617)."""

Channel = OutboundMessage.Channel


def queue(message: Message, *, at: datetime, send_after: datetime) -> int:
    """Put an answer into the outbox for everybody it is meant for; tells to how many addresses it goes.

    0 means that nobody can be reached but in the portal. Call it once the ticket is where the answer leaves
    it: the mail says what still runs, and until when a solved ticket reopens.

    Raises:
        WindowClosed: there is no way to reach who wrote by WhatsApp.
        ValueError: the message is not an answer; a note leaves on no channel (R9).
    """
    if message.kind != Message.Kind.AGENT:
        raise ValueError("Only an answer is sent to customers.")
    told = recipients.of_answer(message.ticket, at=send_after)
    rows = (row for recipient in told for row in _rows(message, recipient, at=at, send_after=send_after))
    outbox.put(rows)
    return len(told)


def _rows(
    message: Message, recipient: Recipient, *, at: datetime, send_after: datetime
) -> Iterator[OutboundMessage]:
    """One row, or several when the answer is too long for one WhatsApp message."""
    said = drafting.worded("reply", recipient, _facts(message, recipient, at=at))
    is_mail = recipient.channel == Channel.EMAIL
    parts = [said.text] if is_mail else split(said.text, LONGEST_WHATSAPP)
    for number, text in enumerate(parts, start=1):
        yield outbox.draft(
            kind=OutboundMessage.Kind.REPLY,
            channel=recipient.channel,
            to=recipient.to,
            subject=said.subject,
            text=text,
            html=said.html,
            ticket=message.ticket,
            message=message,
            language=recipient.language,
            at=at,
            send_after=send_after,
            dedupe_key=drafting.key("reply", message.uid.hex, number, recipient.to),
        )


def _facts(message: Message, recipient: Recipient, *, at: datetime) -> dict[str, Any]:
    """WhatsApp would fetch files from an address open to anybody, so there they stay in the ticket."""
    ticket = message.ticket
    files = enclosures.of(message)
    zone = opening.zone_of(ticket.clock_set.calendar if ticket.clock_set else None, at=at)
    promised = targets.of(ticket, recipient, zone=zone)
    return {
        "text": message.text,
        "agent": message.account.name if message.account else "",  # never the address (R9)
        "files": _names([*files.enclosed, *files.left_out]),
        "left_out": _names(files.left_out),
        "reopens_until": moments.said_to(recipient, _reopens_until(ticket), zone),
        "resolution": promised.resolution,
        "reference": promised.reference,
        "thread": headers.thread_subject(ticket),
        "number": ticket.pk,
        "subject": ticket.subject,
        "link": links.portal_ticket(ticket),
    }


def _reopens_until(ticket: Ticket) -> datetime | None:
    return ticket.closes_at if ticket.status == Ticket.Status.SOLVED else None


def _names(files: Iterable[Attachment]) -> str:
    return ", ".join(headers.one_line(file.name) for file in files)


def split(text: str, longest: int) -> list[str]:
    """Cut a text into parts of at most `longest` characters, between paragraphs, lines or words if it can."""
    parts = []
    while len(text) > longest:
        head = text[: longest + 1]
        cuts = (head.rfind(end) for end in ("\n\n", "\n", " "))
        cut = next((cut for cut in cuts if cut > longest // 2), longest)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts
