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
from helpdesk.notifications.targets import Targets

LONGEST_WHATSAPP: Final = 1600
"""Characters of one message; Twilio refuses more (error 21617)."""

Channel = OutboundMessage.Channel


def queue(message: Message, *, at: datetime, send_after: datetime) -> int:
    """Put an answer into the outbox for everybody it is meant for; tells to how many addresses it goes.

    0 means that nobody can be reached but in the portal. Call it once the ticket is where the answer leaves
    it: the mail says what still runs, and until when a solved ticket reopens. At most five statements,
    however many are told.

    Raises:
        WindowClosed: there is no way to reach who wrote by WhatsApp.
        ValueError: the message is not an answer; a note leaves on no channel (R9).
    """
    if message.kind != Message.Kind.AGENT:
        raise ValueError("Only an answer is sent to customers.")
    ticket = message.ticket
    told = recipients.of_answer(ticket, at=send_after)
    facts, promised = _facts(message), targets.of(ticket)
    zone = opening.zone_of(ticket.clock_set.calendar if ticket.clock_set else None, at=at)
    rows: list[OutboundMessage] = []
    for recipient in told:
        theirs = facts | _times(ticket, promised, recipient, zone)
        rows += _rows(message, recipient, theirs, at=at, send_after=send_after)
    outbox.put(rows)
    return len(told)


def _facts(message: Message) -> dict[str, Any]:
    """What everybody is told.

    WhatsApp would fetch files from an address open to anybody, so there they stay in the ticket.
    """
    ticket = message.ticket
    files = enclosures.of(message)
    return {
        "text": message.text,
        "agent": message.account.name if message.account else "",  # never the address (R9)
        "files": _names([*files.enclosed, *files.left_out]),
        "left_out": _names(files.left_out),
        "thread": headers.thread_subject(ticket),
        "number": ticket.pk,
        "subject": ticket.subject,
        "link": links.portal_ticket(ticket),
    }


def _names(files: Iterable[Attachment]) -> str:
    return ", ".join(headers.one_line(file.name) for file in files)


def _times(ticket: Ticket, promised: Targets, recipient: Recipient, zone: str) -> dict[str, str]:
    """What each is told in their own language and zone."""
    reopens_until = ticket.closes_at if ticket.status == Ticket.Status.SOLVED else None
    return {
        "resolution": moments.said_to(recipient, promised.resolution, zone),
        "reference": promised.reference,
        "reopens_until": moments.said_to(recipient, reopens_until, zone),
    }


def _rows(
    message: Message, recipient: Recipient, facts: dict[str, Any], *, at: datetime, send_after: datetime
) -> Iterator[OutboundMessage]:
    """One row, or several when the answer is too long for one WhatsApp message."""
    said = drafting.worded("reply", recipient, facts)
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
