"""Figures of the desk as a whole: what waits, since when, and what comes next."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Min

from channels_inbound.models import InboundMessage
from helpdesk.models import OutboundMessage, Ticket
from sla.models import Alarm, Heartbeat

BEAT_LATE_AFTER: Final = timedelta(seconds=60)


def of_the_desk(*, at: datetime) -> dict[str, Any]:
    """Counts, ages in seconds, and instants (UTC); None where there is nothing."""
    inbox = InboundMessage.objects.filter(state__in=("waiting", "leased"))
    outbox = OutboundMessage.objects.filter(state__in=("queued", "sending"), send_after__lte=at)
    live = Ticket.objects.filter(status__in=Ticket.LIVE)
    beat = Heartbeat.objects.filter(name="beat").first()
    return {
        "inbox_waiting": inbox.count(),
        "inbox_oldest_seconds": _age(inbox.aggregate(oldest=Min("received_at"))["oldest"], at),
        "inbox_quarantined": InboundMessage.objects.filter(state="quarantined").count(),
        "outbox_due": outbox.count(),
        "outbox_oldest_seconds": _age(outbox.aggregate(oldest=Min("send_after"))["oldest"], at),
        "outbox_failed": OutboundMessage.objects.filter(state="failed").count(),
        "alarms_waiting": Alarm.objects.filter(handled_at=None).count(),
        "tickets_live": live.count(),
        "tickets_unassigned": live.filter(assignee=None).count(),
        "tickets_overdue": live.filter(next_due_at__lt=at).count(),
        "next_due_at": live.filter(next_due_at__gte=at).aggregate(next=Min("next_due_at"))["next"],
        "beat_seconds_ago": _age(beat.at if beat else None, at),
        "beat_alive": beat is not None and at - beat.at < BEAT_LATE_AFTER,
    }


def _age(since: datetime | None, at: datetime) -> int | None:
    return None if since is None else max(0, int((at - since).total_seconds()))
