"""When support opens next, as it is told to whoever writes while it is closed (D26, CR-06)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import structlog

from helpdesk.models import Ticket
from sla import calendars
from sla.models import Calendar, PolicyVersion

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Closure:
    """Support is closed; `opens_at` is None when it never opens again."""

    opens_at: datetime | None


def calendar_of(ticket: Ticket) -> Calendar | None:
    """The calendar that rules a ticket; without a promise, the published policy's. At most one statement."""
    if ticket.clock_set is not None:
        return ticket.clock_set.calendar
    published = PolicyVersion.objects.filter(status=PolicyVersion.Status.ACTIVE)
    version = published.select_related("calendar").order_by("policy").first()
    return version.calendar if version else None


def closure(calendar: Calendar | None, *, at: datetime) -> Closure | None:
    """The closure in which `at` lies; None while support is open, or when nothing says when it is.

    Two instants lie in the same closure when this is equal for both. That support never opens again is
    logged as an error, for somebody has to publish hours.
    """
    if calendar is None:
        return None
    try:
        if calendars.is_open(calendar, at=at):
            return None
    except calendars.NoVersion:
        return None
    opens_at = calendars.next_opening(calendar, at=at)
    if opens_at is None:
        log.error("support never opens again", calendar=calendar.key)
    return Closure(opens_at)


def zone_of(calendar: Calendar | None, *, at: datetime) -> str:
    """The zone in which a calendar's hours are read at that instant; UTC without one."""
    zones = _zones(calendar.pk, calendar.revision) if calendar else ()
    ruling = [zone for valid_from, zone in zones if valid_from <= at]
    return ruling[-1] if ruling else zones[0][1] if zones else "UTC"


@lru_cache(maxsize=64)
def _zones(calendar_id: int, revision: int) -> tuple[tuple[datetime, str], ...]:  # noqa: ARG001 - a key
    """The zones of a calendar's versions, read once a process and revision."""
    calendar = Calendar(pk=calendar_id)
    return tuple(calendar.versions.order_by("valid_from").values_list("valid_from", "zone"))
