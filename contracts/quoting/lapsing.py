"""What time does to quotes: a reminder before the end, and the end (AM-07). Beat calls; each happens once."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from contracts import notices
from contracts.models import Quote
from contracts.quoting import drafting

State = Quote.State

PAGE: Final = 100
BY_TIME: Final = "system:beat"


def remind_due(*, at: datetime, limit: int = PAGE) -> int:
    """Leave a reminder of each quote whose time for it has come; gives how many."""
    due = Quote.objects.filter(state=State.SENT, reminds_at__lte=at, expires_at__gt=at)
    with transaction.atomic():
        rows = _claimed(due.order_by("reminds_at", "pk"), limit)
        for row in rows:
            row.reminds_at = None
            row.save(update_fields=["reminds_at"])
            notices.quote(row, notices.QUOTE_EXPIRING, at=at)
    return len(rows)


def expire_due(*, at: datetime, limit: int = PAGE) -> int:
    """Expire each sent quote whose last day is over; gives how many.

    An acceptance holds the same row's lock: one of the two comes first, the other finds the quote decided.
    """
    due = Quote.objects.filter(state=State.SENT, expires_at__lte=at)
    with transaction.atomic():
        rows = _claimed(due.order_by("expires_at", "pk"), limit)
        for row in rows:
            drafting.end(row, State.EXPIRED, by=BY_TIME, at=at)
            notices.quote(row, notices.QUOTE_EXPIRED, at=at)
    return len(rows)


def _claimed(due: QuerySet[Quote], limit: int) -> list[Quote]:
    return list(due.select_for_update(of=("self",), skip_locked=True)[:limit])
