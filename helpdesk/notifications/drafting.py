"""From a letter's name and its facts to a row of the outbox."""

import hashlib
from datetime import datetime
from typing import Any, Final

from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import outbox, wording
from helpdesk.notifications.recipient import Recipient
from helpdesk.notifications.wording import Wording

LONGEST_KEY: Final = 120


def draft(
    letter: str,
    to: Recipient,
    *,
    kind: OutboundMessage.Kind,
    at: datetime,
    dedupe_key: str,
    ticket: Ticket | None = None,
    message: Message | None = None,
    send_after: datetime | None = None,
    facts: dict[str, Any],
) -> OutboundMessage:
    """Word a letter for one recipient, on their channel and in their language; writes nothing."""
    said = worded(letter, to, facts)
    return outbox.draft(
        kind=kind,
        channel=to.channel,
        to=to.to,
        subject=said.subject,
        text=said.text,
        html=said.html,
        ticket=ticket,
        message=message,
        language=to.language,
        at=at,
        send_after=send_after,
        dedupe_key=dedupe_key,
    )


def worded(letter: str, to: Recipient, facts: dict[str, Any]) -> Wording:
    """The words for one recipient; WhatsApp has neither subject nor HTML."""
    if to.channel == OutboundMessage.Channel.WHATSAPP:
        return Wording("", wording.whatsapp(letter, language=to.language, **facts))
    return wording.mail(letter, language=to.language, **facts)


def key(*parts: object) -> str:
    """What makes a message the same message: readable, and never too long for its column."""
    whole = ":".join(map(str, parts))
    if len(whole) <= LONGEST_KEY:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:40]
    return f"{whole[: LONGEST_KEY - len(digest) - 1]}:{digest}"
