"""One digest instead of a storm: what rang during an outage is told to each in one mail (sla.md, sweep 6).

An alarm older than one opening day shows that there was an outage. From then on what is to be told is held
back, line by line, in whatever pages and by however many workers; when all that waited is dealt with, each
who was to hear of any of it gets one mail.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction

from contracts.models import Account
from helpdesk.models import HeldBack, OutboundMessage, Ticket
from helpdesk.notifications import outbox, to_agents
from sla import calendars
from sla.models import Alarm, Clock
from sla.timekeeping import to_epoch

LATE: Final = timedelta(minutes=5)
"""What waited longer waited for a pump that stood still: at work it comes by every 15 seconds."""
PATIENCE: Final = timedelta(minutes=10)
"""How long a digest waits for the rest of the backlog."""
LAST_RANK: Final = 10_000


def is_outage(*, at: datetime) -> bool:
    """Whether something waits that rang more than one opening day ago, or is held back already."""
    if HeldBack.objects.filter(told_at=None).exists():
        return True
    waiting = Alarm.objects.filter(handled_at=None).select_related("clock__calendar")
    oldest = waiting.order_by("rang_at", "pk").first()
    return oldest is not None and _is_stale(oldest, at=at)


def _is_stale(alarm: Alarm, *, at: datetime) -> bool:
    """Older than one standard day of open time; by the clock, where the calendar cannot say."""
    calendar = alarm.clock.calendar
    try:
        passed = calendars.timeline(calendar).between(to_epoch(alarm.rang_at), to_epoch(at))
        return passed > calendars.standard_day_seconds(calendar, at=at)
    except (LookupError, ValueError):
        return at - alarm.rang_at > timedelta(days=1)


def is_news(ticket: Ticket, alarm: Alarm, *, at: datetime) -> bool:
    """Whether an alarm is told at once, outage or not: of an urgent ticket, and it rang just now."""
    return ticket.is_urgent and at - alarm.rang_at <= LATE


def hold_back(ticket: Ticket, alarm: Alarm, *, to: Iterable[Account], at: datetime) -> None:
    """Keep for each of them that this rang; twice is once."""
    lines = [HeldBack(account=account, ticket=ticket, alarm=alarm, at=at) for account in to]
    HeldBack.objects.bulk_create(lines, ignore_conflicts=True)


# --- telling ------------------------------------------------------------------------------------


def speak(*, at: datetime) -> int:
    """Write the digests once the backlog is dealt with; gives how many mails that are.

    Of two workers that come to it together one waits for the other's lines, and finds them told.
    """
    if not HeldBack.objects.filter(told_at=None).exists() or _is_behind(at=at):
        return 0
    with transaction.atomic():
        lines = _claim()
        mails = [mail for theirs in _by_account(lines) if (mail := _digest(theirs, at=at))]
        outbox.put(mails)
        HeldBack.objects.filter(pk__in=[line.pk for line in lines]).update(told_at=at)
    return len(mails)


def _is_behind(*, at: datetime) -> bool:
    """Whether more of the outage is still to be rung or dealt with, by us or another worker."""
    oldest = HeldBack.objects.filter(told_at=None).order_by("pk").first()
    if oldest is None or at - oldest.at > PATIENCE:
        return False
    since = at - LATE
    if Alarm.objects.filter(handled_at=None, rang_at__lt=since).exists():
        return True
    return Clock.objects.filter(state=Clock.State.RUNNING, rings_at__lt=since).exists()


def _claim() -> list[HeldBack]:
    untold = HeldBack.objects.filter(told_at=None).order_by("account", "pk")
    related = ("account", "ticket__priority", "ticket__organisation", "ticket__requester")
    locked = untold.select_for_update(of=("self",))
    return list(locked.select_related(*related, "alarm__clock__calendar"))


def _by_account(lines: Sequence[HeldBack]) -> Iterable[list[HeldBack]]:
    return (list(theirs) for _, theirs in groupby(lines, key=lambda line: line.account_id))


def _digest(lines: Sequence[HeldBack], *, at: datetime) -> OutboundMessage | None:
    """One mail of all that still runs; none when everything was answered meanwhile, or they have left."""
    waiting = [line for line in lines if line.alarm.clock.state == Clock.State.RUNNING]
    account = lines[0].account
    if not waiting or not account.is_active:
        return None
    last_of_each = {line.ticket_id: line for line in sorted(waiting, key=lambda line: line.alarm.rang_at)}
    rang = [(line.ticket, line.alarm) for line in sorted(last_of_each.values(), key=_urgency)]
    return to_agents.digest(account, rang, at=at, send_after=_heard_at(waiting, at=at), number=lines[0].pk)


def _urgency(line: HeldBack) -> tuple[int, datetime, int]:
    """The most urgent first, then what was due first."""
    priority = line.ticket.priority
    return priority.rank if priority else LAST_RANK, line.alarm.due_at, line.ticket_id


def _heard_at(lines: Sequence[HeldBack], *, at: datetime) -> datetime:
    """At once when anything is urgent; else when the first of their calendars opens."""
    if any(line.ticket.is_urgent for line in lines):
        return at
    open_at = (
        calendars.next_opening(calendar, at=at) for calendar in {line.alarm.clock.calendar for line in lines}
    )
    return min((instant for instant in open_at if instant), default=at)
