"""Wakes the pump, so that what a door just put into the outbox leaves within a second."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def send_soon() -> None:
    """Ask for a round of sending once everything is committed; a broker that is away costs one beat."""
    transaction.on_commit(_call)


def _call() -> None:
    try:
        current_app.send_task("helpdesk.tasks.send_due", retry=False, expires=60)
    except (OperationalError, OSError) as error:
        log.warning("the pump could not be woken", error=str(error))
