"""Keeps the queue's sort column true whenever due times move."""

from collections.abc import Collection
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.dispatch import receiver

from helpdesk.models import Ticket
from sla import rows
from sla.models import Clock
from sla.signals import due_times_moved


@receiver(due_times_moved)
def follow(*, clock_set_ids: Collection[int], **_: Any) -> None:
    """One set-based update, in the transaction in which the due times moved."""
    Ticket.objects.filter(clock_set__in=rows.among(clock_set_ids)).update(
        next_due_at=Subquery(_running().values("due_at")[:1], output_field=DateTimeField()),
        next_due_metric=Coalesce(Subquery(_running().values("metric")[:1]), Value("")),
        is_breached=Exists(_clocks().filter(breached_at__isnull=False)),
    )


def _clocks() -> QuerySet[Clock]:
    return Clock.objects.filter(clock_set=OuterRef("clock_set"))


def _running() -> QuerySet[Clock]:
    return _clocks().filter(state=Clock.State.RUNNING).order_by("due_at")
