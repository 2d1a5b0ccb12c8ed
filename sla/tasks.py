"""The pump of the clocks."""

import structlog
from celery import shared_task

from sla import alarms, calendars, rebuild, timekeeping, versions
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


@shared_task(time_limit=3_000)
def recompute_deadlines() -> None:
    """Let calendars reach ahead; derive every live clock again from its events.

    What differed is in the log.
    """
    at = timekeeping.now()
    calendars.extend_horizon(at=at)
    report = rebuild.rebuild(at=at, is_live_only=True)
    say = log.error if report.drifted else log.info
    say(
        "due times derived again",
        sets=report.sets,
        clocks=report.clocks,
        drifted=report.drifted,
        moved=report.moved,
    )


@shared_task
def turn_versions_over() -> int:
    """Let what was published for this minute be called active, and what it follows superseded."""
    return versions.turn_all_over(at=timekeeping.now())


@shared_task
def heartbeat() -> None:
    """Show that beat asked and a worker answered; `/readyz` reads the age of it."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="beat", at=timekeeping.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
