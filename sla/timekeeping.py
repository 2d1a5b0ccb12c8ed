"""The present, read in one place: doors ask for it once and hand it down as `at`."""

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """Give the present instant, aware, in UTC.

    On PostgreSQL it is the database's `statement_timestamp()`, so that the clocks of several
    machines are never compared with one another; on SQLite the database is this machine.
    """
    if connection.vendor == "postgresql":
        return _database_now()
    return timezone.now()


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


def to_epoch(moment: datetime) -> int:
    """Give the whole UTC epoch seconds of an aware instant; a part of a second is dropped.

    Raises:
        ValueError: the instant has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant without a zone is not an instant")
    return int(moment.timestamp() // 1)


def from_epoch(seconds: int) -> datetime:
    """Give the aware instant, in UTC, of whole epoch seconds."""
    return datetime.fromtimestamp(seconds, tz=UTC)
