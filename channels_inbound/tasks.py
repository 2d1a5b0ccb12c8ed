"""The pump of the inbox."""

import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from helpdesk import pump
from sla import timekeeping

log = structlog.get_logger(__name__)


@shared_task
def sweep_inbox() -> int:
    """Take up whatever waits in the inbox."""
    return ingest.sweep(at=timekeeping.now())


@shared_task
def process_one(pk: int) -> None:
    """Take up one row."""
    ingest.process(pk, at=timekeeping.now())
    pump.send_soon()


def nudge(inbound: InboundMessage) -> None:
    """Wake the pump once the row is committed; a broker that is away costs only the next beat."""
    transaction.on_commit(lambda: _call(inbound.pk))


def _call(pk: int) -> None:
    try:
        process_one.apply_async((pk,), retry=False, expires=60)
    except (OperationalError, OSError) as error:
        log.warning("the pump could not be woken", inbound=pk, error=str(error))
