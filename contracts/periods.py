"""The period in which a quota is counted: a month, quarter or year from any day on, in one zone (D12)."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.quota_terms import QuotaTerms
from sla.hours.zone import zone as zone_named

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """`[starts_at, ends_at)` in UTC."""

    starts_at: datetime
    ends_at: datetime


def period_at(instant: datetime, terms: QuotaTerms, *, zone: str) -> Period:
    """The period of those terms that the zone's calendar shows at that aware instant.

    It begins on `anchor_day` of its month, or on the last day of a shorter one: each time clamped from the
    day that was agreed, so that 31 January is followed by 28 February and that by 31 March.

    Raises:
        UnknownZone.
    """
    where, step = zone_named(zone), MONTHS[terms.period]
    local = instant.astimezone(where)
    number = local.year * 12 + local.month - 1
    number -= (number - (terms.anchor_month - 1)) % step
    while instant < _begins(number, terms.anchor_day, where):
        number -= step
    # Where clocks went back over midnight the old period is read once more.
    while instant >= _begins(number + step, terms.anchor_day, where):
        number += step
    return Period(_begins(number, terms.anchor_day, where), _begins(number + step, terms.anchor_day, where))


def period_after(period: Period, terms: QuotaTerms, *, zone: str, further: int = 1) -> Period:
    """The period so many later."""
    for _ in range(further):
        period = period_at(period.ends_at, terms, zone=zone)
    return period


def period_before(period: Period, terms: QuotaTerms, *, zone: str) -> Period:
    """The one before."""
    return period_at(period.starts_at - INSTANT, terms, zone=zone)


def _begins(number: int, anchor_day: int, where: ZoneInfo) -> datetime:
    """Midnight of that day of the month; where it is skipped, the instant that comes in its place."""
    year, month = divmod(number, 12)
    day = min(anchor_day, calendar.monthrange(year, month + 1)[1])
    return datetime(year, month + 1, day, tzinfo=where).astimezone(UTC)
