"""Reads the notices that contracts leave, and has them told."""

from datetime import datetime
from typing import Final

from django.db import transaction

from contracts.models import Notice
from helpdesk.notifications import notices

PAGE: Final = 100


def speak(*, at: datetime, limit: int = PAGE) -> int:
    """Tell one page of what nobody was told yet; gives how many notices that were.

    A second worker passes over what another one holds; each is told once.
    """
    with transaction.atomic():
        page = _claim(limit)
        for notice in page:
            notices.speak(notice, at=at)
        Notice.objects.filter(pk__in=[notice.pk for notice in page]).update(handled_at=at)
    return len(page)


def _claim(limit: int) -> list[Notice]:
    waiting = Notice.objects.filter(handled_at=None).order_by("at", "pk")
    locked = waiting.select_for_update(of=("self",), skip_locked=True)
    return list(locked.select_related("organisation__account_owner", "contract")[:limit])
