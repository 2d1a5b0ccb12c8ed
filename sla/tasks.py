"""The pump of the clocks."""

import structlog
from celery import shared_task

from sla import alarms, recompute, timekeeping
from sla.models import Heartbeat

log = structlog.get_logger(__name__)


@shared_task
def ring_due_clocks() -> int:
    """Ring every clock that is due to; gives how many."""
    at = timekeeping.now()
    rung = 0
    while page := alarms.ring_due(at=at):
        rung += page
    return rung


@shared_task
def recompute_deadlines() -> None:
    """Derive every due time again; what differed is in the log."""
    report = recompute.recompute(at=timekeeping.now())
    say = log.error if report.drifted else log.info
    say(
        "due times derived again",
        sets=report.sets,
        clocks=report.clocks,
        drifted=report.drifted,
        moved=report.moved,
    )


@shared_task
def heartbeat() -> None:
    """Show that beat asked and a worker answered; `/readyz` reads the age of it."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="beat", at=timekeeping.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
