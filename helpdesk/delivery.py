"""What follows when a message could not be delivered."""

import uuid
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

from helpdesk import actors, history, lifecycle
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import outbox, to_agents
from helpdesk.notifications.signals import delivery_failed
from sla.hours import EventKind

PROGRESS: Final = ("accepted", "scheduled", "queued", "sending", "sent", "delivered", "read")
FAILED: Final = "delivery_failed"
REFUSED: Final = frozenset({"failed", "undelivered", "canceled"})


def progressed(
    *, provider_id: str, state: str, error: str, at: datetime, outbound_uid: uuid.UUID | None = None
) -> None:
    """A provider reports on a message of ours: only forward, a repeated or late report changes nothing.

    `outbound_uid` names the row for a report that is faster than the answer that brings `provider_id`.
    """
    if not provider_id:
        return
    named = Q(provider_id=provider_id) | Q(provider_id="", uid=outbound_uid)
    with transaction.atomic():
        rows = OutboundMessage.objects.select_for_update(of=("self",)).select_related("message")
        outbound = rows.filter(named).first()
        if outbound is None or not _is_news(outbound.provider_state, state):
            return
        outbound.provider_state = state
        outbound.save(update_fields=["provider_state"])
        if state in REFUSED:
            outbox.fail(outbound, at=at, reason=f"{state} {error}".strip())


def _is_news(before: str, now: str) -> bool:
    if before in REFUSED:
        return False
    if now in REFUSED:
        return True
    return now in PROGRESS and (before not in PROGRESS or PROGRESS.index(now) > PROGRESS.index(before))


@receiver(delivery_failed)
def follow(*, outbound: OutboundMessage, at: datetime, reason: str, **_: Any) -> None:
    """A channel refused a message for good: an answer that never arrived met nothing (D7).

    The ticket's history says so, where agents see it; the old due time stands again, and what that answer
    solved is open. Told twice, it changes nothing more.
    """
    if outbound.ticket_id is None:
        return
    ticket = lifecycle.locked(outbound.ticket_id)
    if ticket.events.filter(kind=FAILED, facts__outbound=outbound.uid.hex).exists():
        return
    actor = actors.system("outbox")
    history.note(ticket, FAILED, at=at, by=actor, outbound=outbound.uid.hex, to=outbound.to, reason=reason)
    to_agents.reply_failed(outbound, reason=reason, at=at)
    to_agents.by_mail_instead(outbound, at=at)
    message = outbound.message
    if message is not None and message.kind == Message.Kind.AGENT and not _arrived_elsewhere(outbound):
        lifecycle.tick(ticket, EventKind.REPLY_REVOKED, at=at, by=actor, reference=message.uid.hex)
        if ticket.status == Ticket.Status.SOLVED:
            lifecycle.move(ticket, Ticket.Status.OPEN, at=at, by=actor)


def _arrived_elsewhere(outbound: OutboundMessage) -> bool:
    """Whether the same answer left, or may still leave, to another address."""
    others = OutboundMessage.objects.filter(message=outbound.message_id).exclude(pk=outbound.pk)
    return others.filter(state__in=("queued", "sending", "sent")).exists()
