"""The outbox: what is to be said waits here as rows, and leaves by the pump.

A rule writes the row in the transaction of its decision. `send_due` claims rows under a lease and commits
the claim before a word is spoken, so no transaction waits for a mail server. The lease of a worker that dies
runs out, and the row is taken again: a message may leave twice, never not at all, and a mail that leaves
twice carries the same Message-ID.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from contracts.models import Address
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import by_email, by_webhook, by_whatsapp, headers
from helpdesk.notifications.signals import delivery_failed
from helpdesk.notifications.transport import TransportError

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=5)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
LONGEST_OUTAGE_PAUSE: Final = timedelta(minutes=5)
MOST_TRIES: Final = 8
OUTAGE_PATIENCE: Final = timedelta(days=2)
"""How long a message waits for a channel that is away; its tries do not count meanwhile."""
ALARM_PATIENCE: Final = timedelta(minutes=10)
"""The same for what can go by mail instead."""
EVENT_PATIENCE: Final = timedelta(hours=24)
LONGEST_EVENT_PAUSE: Final = timedelta(hours=6)
"""A program that is away is asked ten times in a day, however often that is."""
LONGEST_TURN: Final = LEASE.total_seconds() / 2
"""Seconds of speaking after which the rest of a page is given back, long before its lease runs out."""

State = OutboundMessage.State
Channel = OutboundMessage.Channel

Deliver = Callable[[OutboundMessage], str]
LINES: Final = {
    Channel.EMAIL: by_email.line,
    Channel.WHATSAPP: by_whatsapp.line,
    Channel.WEBHOOK: by_webhook.line,
}
TO_PEOPLE: Final = (Channel.EMAIL, Channel.WHATSAPP)
TO_PROGRAMS: Final = (Channel.WEBHOOK,)
"""Apart, so that no program that answers slowly holds up a mail."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round of the pump did."""

    sent: int = 0
    failed: int = 0
    retried: int = 0


# --- putting in ---------------------------------------------------------------------------------


def draft(
    *,
    kind: OutboundMessage.Kind,
    channel: OutboundMessage.Channel,
    to: str,
    text: str,
    language: str,
    at: datetime,
    dedupe_key: str,
    subject: str = "",
    html: str = "",
    ticket: Ticket | None = None,
    message: Message | None = None,
    send_after: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> OutboundMessage:
    """Make a row without writing it; `send_after` is `at` when it may leave at once."""
    return OutboundMessage(
        kind=kind,
        channel=channel,
        to=to,
        subject=subject[:255],
        text=text,
        html=html,
        ticket=ticket,
        message=message,
        language=language,
        created_at=at,
        send_after=send_after or at,
        headers=dict(headers or {}),
        dedupe_key=dedupe_key,
    )


def put(rows: Iterable[OutboundMessage]) -> None:
    """Write rows in one statement; one whose dedupe key was used before is not said again."""
    OutboundMessage.objects.bulk_create(rows, ignore_conflicts=True)


def queue(**fields: Any) -> OutboundMessage | None:
    """Write one row, of the fields of `draft`; None when its dedupe key was used before. Two statements."""
    row = draft(**fields)
    put([row])
    return OutboundMessage.objects.filter(uid=row.uid).first()


def cancel(outbound: OutboundMessage, *, at: datetime) -> bool:
    """Take a message back while nobody has tried to send it (D27); tells whether it will not leave.

    Cancelling twice is the same as once.
    """
    waiting = OutboundMessage.objects.filter(pk=outbound.pk, state=State.QUEUED, attempts=0)
    waiting.update(state=State.CANCELLED, error=f"taken back {at:%Y-%m-%d %H:%M:%S}")
    outbound.refresh_from_db()
    return outbound.state == State.CANCELLED


def settle(*, at: datetime) -> int:
    """Mark as sent, without speaking, all that was due by `at`; for samples that tell of the past."""
    return _due(at=at).update(state=State.SENT, sent_at=F("send_after"), lease_until=None)


# --- sending ------------------------------------------------------------------------------------


def send_due(*, at: datetime, limit: int = 50, channels: Collection[Channel] = TO_PEOPLE) -> Sent:
    """Send what is due at `at` on those channels, oldest first, at most `limit`; safe beside itself.

    Must not run inside a transaction: a claim that is not committed is none.
    """
    page = _claim(at=at, limit=limit, channels=channels)
    with ExitStack() as open_lines:
        deliver = {channel: open_lines.enter_context(LINES[channel]()) for channel in channels}
        return _send_page(page, deliver, at=at)


def _send_page(page: list[OutboundMessage], deliver: Mapping[Channel, Deliver], *, at: datetime) -> Sent:
    """One message after the other; a channel found away is not asked again in this round."""
    results: list[State] = []
    away: set[str] = set()
    began = time.monotonic()
    for outbound in page:
        if outbound.channel in away or time.monotonic() - began > LONGEST_TURN:
            _give_back(outbound, at=at)
            continue
        try:
            state, is_outage = _send(outbound, deliver[Channel(outbound.channel)], at=at)
        except Exception:  # the result could not be written down: the lease runs out and it is taken again
            log.exception("outbound result not recorded", outbound=outbound.pk)
            continue
        results.append(state)
        if is_outage:
            away.add(outbound.channel)
    return Sent(results.count(State.SENT), results.count(State.FAILED), results.count(State.QUEUED))


def _send(outbound: OutboundMessage, deliver: Deliver, *, at: datetime) -> tuple[State, bool]:
    """Speak, and record how it went; also tells whether the channel is away."""
    try:
        _refuse_a_killer(outbound)
        provider_id = deliver(outbound)
    except TransportError as error:
        return _not_sent(outbound, error, at=at), error.is_outage
    except Exception as error:  # one message that cannot be built must not hold up the others
        log.exception("outbound message failed", outbound=outbound.pk, attempt=outbound.attempts)
        refusal = TransportError(f"{type(error).__name__}: {error}", permanent=False)
        return _not_sent(outbound, refusal, at=at), False
    _sent(outbound, provider_id, at=at)
    return State.SENT, False


def _refuse_a_killer(outbound: OutboundMessage) -> None:
    """A message whose workers died again and again is not tried for ever."""
    if outbound.state == State.SENDING and outbound.attempts > MOST_TRIES:
        raise TransportError("Its workers died while they sent it.", permanent=True)


# --- claiming -----------------------------------------------------------------------------------


def _due(*, at: datetime, channels: Collection[Channel] = TO_PEOPLE) -> QuerySet[OutboundMessage]:
    """What waits for its turn, and what a worker took and never finished."""
    waiting = Q(state=State.QUEUED)
    abandoned = Q(state=State.SENDING, lease_until__lte=at)
    return OutboundMessage.objects.filter(waiting | abandoned, send_after__lte=at, channel__in=channels)


def _claim(*, at: datetime, limit: int, channels: Collection[Channel]) -> list[OutboundMessage]:
    """Rows that are ours until the lease ends, as they were before, but for the try that is counted."""
    if connection.features.has_select_for_update_skip_locked:
        return _claim_page(at=at, limit=limit, channels=channels)
    page = _readable(_due(at=at, channels=channels))[:limit]
    return [outbound for outbound in page if _claim_one(outbound, at=at)]


def _claim_page(*, at: datetime, limit: int, channels: Collection[Channel]) -> list[OutboundMessage]:
    """PostgreSQL: lock what nobody else has, mark it, commit."""
    with transaction.atomic(durable=True):
        due = _readable(_due(at=at, channels=channels))
        page = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
        ours = OutboundMessage.objects.filter(pk__in=[outbound.pk for outbound in page])
        ours.update(state=State.SENDING, lease_until=at + LEASE, attempts=F("attempts") + 1)
    for outbound in page:
        outbound.attempts += 1
    return page


def _claim_one(outbound: OutboundMessage, *, at: datetime) -> bool:
    """SQLite: a conditional update; of two workers exactly one finds the row as it read it."""
    with transaction.atomic(durable=True):
        as_read = OutboundMessage.objects.filter(
            pk=outbound.pk, state=outbound.state, attempts=outbound.attempts
        )
        is_ours = as_read.update(state=State.SENDING, lease_until=at + LEASE, attempts=F("attempts") + 1)
    outbound.attempts += 1
    return bool(is_ours)


def _readable(rows: QuerySet[OutboundMessage]) -> QuerySet[OutboundMessage]:
    """With what a channel reads of a message."""
    return rows.select_related("ticket", "message__account").order_by("send_after", "id")


# --- recording ----------------------------------------------------------------------------------


def _still_ours(outbound: OutboundMessage) -> QuerySet[OutboundMessage]:
    """The row, unless its lease ran out and another worker took it."""
    return OutboundMessage.objects.filter(pk=outbound.pk, state=State.SENDING, attempts=outbound.attempts)


def _sent(outbound: OutboundMessage, provider_id: str, *, at: datetime) -> None:
    """It left, whoever else may hold the row by now: it need not be sent again."""
    unfinished = OutboundMessage.objects.filter(pk=outbound.pk, state__in=(State.SENDING, State.QUEUED))
    unfinished.update(
        state=State.SENT,
        sent_at=at,
        provider_id=provider_id,
        lease_until=None,
        error="",
        **_forgotten(outbound),
    )


def _not_sent(outbound: OutboundMessage, error: TransportError, *, at: datetime) -> State:
    log.warning("not sent", outbound=outbound.pk, attempt=outbound.attempts, reason=str(error))
    if _is_hopeless(outbound, error, at=at):
        fail(outbound, at=at, reason=str(error), is_bad_address=error.is_bad_address)
        return State.FAILED
    _still_ours(outbound).update(
        state=State.QUEUED,
        send_after=at + _pause(outbound, error),
        lease_until=None,
        error=_sentence(str(error)),
    )
    return State.QUEUED


def _is_hopeless(outbound: OutboundMessage, error: TransportError, *, at: datetime) -> bool:
    if error.permanent:
        return True
    if error.is_outage:
        patience = ALARM_PATIENCE if outbound.otherwise_to else OUTAGE_PATIENCE
        return at - outbound.created_at > patience
    if outbound.channel in TO_PROGRAMS:
        return at - outbound.created_at > EVENT_PATIENCE
    return outbound.attempts >= MOST_TRIES


def _pause(outbound: OutboundMessage, error: TransportError) -> timedelta:
    """30 s after the first try, doubled after each one; a channel that is away is soon asked again."""
    longest = LONGEST_OUTAGE_PAUSE if error.is_outage else LONGEST_PAUSE
    if outbound.channel in TO_PROGRAMS:
        longest = LONGEST_EVENT_PAUSE
    return min(FIRST_PAUSE * (1 << min(outbound.attempts - 1, 10)), longest)


def _give_back(outbound: OutboundMessage, *, at: datetime) -> None:
    """Not tried: it waits for the next round, and the claim does not count."""
    _still_ours(outbound).update(
        state=State.QUEUED, send_after=at + FIRST_PAUSE, lease_until=None, attempts=F("attempts") - 1
    )


def fail(outbound: OutboundMessage, *, at: datetime, reason: str, is_bad_address: bool = False) -> None:
    """Record that a message will not arrive, tell the rules, and mark an address that has nobody.

    Also for a provider's late word on a message that it had taken: the mail left, and came back.
    """
    reason = _sentence(reason)
    with transaction.atomic():
        open_states = (State.QUEUED, State.SENDING, State.SENT)
        row = OutboundMessage.objects.filter(pk=outbound.pk, state__in=open_states)
        result = {"state": State.FAILED, "failed_at": at, "lease_until": None, "error": reason}
        if not row.update(**result, **_forgotten(outbound)):
            return
        outbound.refresh_from_db()
        delivery_failed.send(OutboundMessage, outbound=outbound, at=at, reason=reason)
        if is_bad_address:
            _mark_address(outbound, at=at)


def _mark_address(outbound: OutboundMessage, *, at: datetime) -> None:
    Address.objects.filter(kind=outbound.channel, value=outbound.to, bounced_at=None).update(bounced_at=at)


def _forgotten(outbound: OutboundMessage) -> dict[str, str]:
    """A code that opens an account is not kept where others could read it."""
    return {"text": "", "html": ""} if outbound.kind == OutboundMessage.Kind.SIGN_IN else {}


def _sentence(reason: str) -> str:
    """What a server said, fit for a column: it may say anything."""
    return headers.one_line(reason)[:300]
