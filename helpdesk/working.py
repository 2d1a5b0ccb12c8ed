"""How a rule holds a ticket while it works on it: one row, one lock, one version."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from helpdesk import lifecycle
from helpdesk.models import Ticket
from helpdesk.refusals import ChangedMeanwhile


@contextmanager
def working_on(ticket: Ticket, version: int | None = None) -> Iterator[Ticket]:
    """The ticket's row, locked; the caller's copy is brought up to date afterwards.

    Raises:
        ChangedMeanwhile: when the caller looked at an older version.
    """
    with transaction.atomic():
        row = lifecycle.locked(ticket.pk)
        if version is not None and row.version != version:
            raise ChangedMeanwhile
        yield row
    ticket.refresh_from_db()


def touch(row: Ticket, *fields: str, at: datetime) -> None:
    """Save those columns of a locked ticket, and that it has changed."""
    row.updated_at = at
    row.version += 1
    row.save(update_fields=[*fields, "updated_at", "version"])
