"""The pump of the helpdesk: each task asks for the time and calls one rule."""

from celery import shared_task

from contracts.quoting import lapsing
from helpdesk import approving, backlogs, escalation, lifecycle, naming, noticeboard
from helpdesk.api import idempotency
from helpdesk.notifications import outbox
from sla import timekeeping


@shared_task
def send_due() -> int:
    """Send what is due to leave."""
    return outbox.send_due(at=timekeeping.now()).sent


@shared_task
def send_events() -> int:
    """Post to webhooks what is due."""
    return outbox.send_due(at=timekeeping.now(), channels=outbox.TO_PROGRAMS).sent


@shared_task
def escalate_alarms() -> int:
    """Tell agents and leads what rang, and do what their ladders say; gives how many alarms."""
    at = timekeeping.now()
    dealt_with = 0
    while page := escalation.escalate(at=at):
        dealt_with += page
    return dealt_with


@shared_task
def explain_misses() -> int:
    """Propose an excuse for what was missed in a backlog period."""
    return backlogs.explain_misses(at=timekeeping.now())


@shared_task
def speak_notices() -> int:
    """Tell managers and account owners what happened to their contracts."""
    return noticeboard.speak(at=timekeeping.now())


@shared_task
def settle_approvals() -> int:
    """Settle what no manager decided on in time."""
    return approving.time_out(at=timekeeping.now())


@shared_task
def take_up_named() -> int:
    """Take up what waited for its sender to be named."""
    return naming.take_up_named(at=timekeeping.now())


@shared_task
def lapse_quotes() -> int:
    """Remind of quotes that end soon, and expire those whose last day is over; gives how many."""
    at = timekeeping.now()
    return lapsing.remind_due(at=at) + lapsing.expire_due(at=at)


@shared_task
def close_solved() -> int:
    """Close what can no longer be reopened, and forget answers that need not be repeated any more."""
    at = timekeeping.now()
    idempotency.forget_old(at=at)
    return lifecycle.close_solved(at=at)
