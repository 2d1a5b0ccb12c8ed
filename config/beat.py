"""The whole heartbeat.

Every entry is idempotent and claims rows, so a beat too many or too few changes nothing but the delay. Each
expires before its next turn: a worker that was away does not find a heap of the same wake-up call.
"""

from datetime import timedelta
from typing import Any

from celery.beat import Scheduler
from celery.schedules import BaseSchedule, crontab, schedule


def every(seconds: int, task: str) -> dict[str, Any]:
    """Run `task` every so many seconds."""
    return _entry(task, schedule(seconds), expires=seconds * 0.9)


def at(clock: crontab, task: str) -> dict[str, Any]:
    """Run `task` at the times of `clock` (UTC); a wake-up call older than 50 minutes is dropped."""
    return _entry(task, clock, expires=3000)


def _entry(task: str, when: BaseSchedule, expires: float) -> dict[str, Any]:
    return {"task": task, "schedule": when, "options": {"expires": expires}}


SCHEDULE = {
    "turn what arrived into tickets": every(5, "channels_inbound.tasks.sweep_inbox"),
    "send what is due": every(5, "helpdesk.tasks.send_due"),
    "post what webhooks wait for": every(5, "helpdesk.tasks.send_events"),
    "show that beat and worker live": every(10, "sla.tasks.heartbeat"),
    "ring the clocks": every(15, "sla.tasks.ring_due_clocks"),
    "escalate what rang": every(15, "helpdesk.tasks.escalate_alarms"),
    "explain what a backlog made late": every(60, "helpdesk.tasks.explain_misses"),
    "settle what nobody approved": every(60, "helpdesk.tasks.settle_approvals"),
    "take up what waited for a name": every(60, "helpdesk.tasks.take_up_named"),
    "remind of quotes and let them expire": every(60, "helpdesk.tasks.lapse_quotes"),
    "tell of quotas and quotes": every(60, "helpdesk.tasks.speak_notices"),
    "let versions begin and end": every(60, "sla.tasks.turn_versions_over"),
    "close what was solved": at(crontab(minute="7"), "helpdesk.tasks.close_solved"),
    "derive every due time again": at(crontab(minute="23", hour="1"), "sla.tasks.recompute_deadlines"),
}


class PromptScheduler(Scheduler):
    """Keeps no file, and runs what has an interval once at start, so that a restart catches up at once."""

    def setup_schedule(self) -> None:
        """Put the last run of each interval into the past."""
        super().setup_schedule()
        for entry in self.schedule.values():
            if isinstance(entry.schedule, schedule) and entry.last_run_at:
                entry.last_run_at -= timedelta(days=1)
