"""The headers of our mail, made so that nothing from outside can add one."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.text import Truncator

from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import reply_address

LOOP_MARKER: Final = "X-Prazo-Loop"
LONGEST_CHAIN: Final = 20
FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.:\[\]-]{1,200}@[A-Za-z0-9.:\[\]_-]{1,200}")
"""What a Message-ID is made of in practice (RFC 5322, 3.6.4); anything else is not repeated."""

ANSWERED: Final = re.compile(
    r"(?:(?:re|aw|antw|sv|res|rép|tr|rv|enc|fwd?)(?:\[\d{1,3}\])?\s{0,2}:\s{0,2}){1,20}", re.IGNORECASE
)
"""What mail programs put before a subject when they answer or forward."""
LONGEST_SUBJECT: Final = 200

Kind = OutboundMessage.Kind

AUTO_SUBMITTED: Final = {
    Kind.ACKNOWLEDGEMENT: "auto-replied",
    Kind.NOTIFICATION: "auto-generated",
    Kind.ESCALATION: "auto-generated",
    Kind.NOTICE: "auto-generated",
    Kind.SIGN_IN: "auto-generated",
}
"""RFC 3834, 5: what an answer to one mail is, and what nobody asked for; a person's words are neither."""


def one_line(text: str) -> str:
    """Text fit for a header: no control characters, no line ends, no encoded words of somebody else's."""
    return " ".join(FORBIDDEN.sub(" ", text).replace("=?", "= ?").split())


def thread_subject(ticket: Ticket) -> str:
    """The subject under which a conversation goes on, with the number that finds its ticket."""
    number = f"[#{ticket.pk}]"
    bare = ANSWERED.sub("", one_line(ticket.subject).replace(number, "").strip())
    return f"Re: {Truncator(bare).chars(LONGEST_SUBJECT)} {number}"


def of_mail(outbound: OutboundMessage) -> dict[str, str]:
    """All headers beside From, To, Reply-To, Subject and Date. At most two statements."""
    automatic = AUTO_SUBMITTED.get(Kind(outbound.kind))
    return {
        "Message-ID": reply_address.message_id_for(outbound),
        **_threading(outbound),
        **({"Auto-Submitted": automatic, "X-Auto-Response-Suppress": "All"} if automatic else {}),
        LOOP_MARKER: settings.SUPPORT_ADDRESS,
    }


def _threading(outbound: OutboundMessage) -> dict[str, str]:
    """What a mail program needs to show the conversation as one (RFC 5322, 3.6.4)."""
    if outbound.ticket is None:
        return {}
    chain = [said for *_, said in sorted(_said(outbound.ticket, outbound))][-LONGEST_CHAIN:]
    return {"In-Reply-To": chain[-1], "References": " ".join(chain)} if chain else {}


def _said(ticket: Ticket, outbound: OutboundMessage) -> Iterator[tuple[datetime, int, str]]:
    """What the customers wrote, and what we sent to this recipient; nothing of an agent's mailbox (R9)."""
    written = ticket.messages.filter(kind=Message.Kind.CUSTOMER).exclude(message_id="")
    for at, message_id in written.order_by("-at", "-id").values_list("at", "message_id")[:LONGEST_CHAIN]:
        bare = message_id.strip().strip("<>")
        if MESSAGE_ID.fullmatch(bare):
            yield at, 0, f"<{bare}>"
    earlier = ticket.outbound.filter(to=outbound.to, channel=outbound.channel, pk__lt=outbound.pk)
    for before in earlier.order_by("-id")[:LONGEST_CHAIN]:
        yield before.created_at, before.pk, reply_address.message_id_for(before)
