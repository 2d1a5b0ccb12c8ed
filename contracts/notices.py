"""What happened to a contract that somebody should be told; helpdesk reads the rows and speaks.

The facts of a notice by its kind, all plain JSON:
- `threshold`: `percent`, `month` (`2026-03`), `used`, `units`;
- `over_quota`: `ticket_uid`, `month`, `used`, `units`, `over`;
- `uncovered`: `ticket_number` (the first one of that day), `date` (ISO, in the organisation's zone).
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias

from contracts.models import Contract, Notice, Organisation
from contracts.tally import QuotaLine
from sla.hours.zone import zone

THRESHOLDS: Final = (50, 80, 100)
"""Percent of the month's units at which the customer is warned (CM-03)."""

Facts: TypeAlias = Mapping[str, str | int | None]


def write(
    kind: Notice.Kind,
    *,
    organisation_id: int,
    key: str,
    facts: Facts,
    at: datetime,
    contract: Contract | None = None,
) -> None:
    """Leave a notice for helpdesk, once: a second of the same organisation, kind and key is not written."""
    notice = Notice(
        organisation_id=organisation_id, contract=contract, kind=kind, key=key, facts=dict(facts), at=at
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def uncovered(organisation: Organisation, *, ticket_number: int, at: datetime) -> None:
    """Say that a customer without a contract in force asked for help; once a day of theirs (D25)."""
    date = at.astimezone(zone(organisation.zone)).date().isoformat()
    write(
        Notice.Kind.UNCOVERED,
        organisation_id=organisation.pk,
        key=date,
        facts={"ticket_number": ticket_number, "date": date},
        at=at,
    )


def over_quota(contract: Contract, *, ticket_uid: uuid.UUID, line: QuotaLine, at: datetime) -> None:
    """Say that this ticket went beyond the quota (D14); once a ticket."""
    write(
        Notice.Kind.OVER_QUOTA,
        organisation_id=contract.organisation_id,
        contract=contract,
        key=str(ticket_uid),
        facts={"ticket_uid": str(ticket_uid), "over": line.over, **_use(line)},
        at=at,
    )


def threshold(
    contract: Contract, *, allotment_id: int, before: QuotaLine, after: QuotaLine, at: datetime
) -> None:
    """Say that a charge took the month across a threshold; of several at once only the highest is told.

    Once a threshold and month, and again when a reversal had taken the use below it (CM-03). The caller
    holds the lock on the allotment, or two charges would count the same crossings.
    """
    percent = _crossed(before, after)
    if percent is None:
        return
    told = Notice.objects.filter(
        organisation=contract.organisation_id,
        kind=Notice.Kind.THRESHOLD,
        key__startswith=f"{allotment_id}:{percent}:",
    )
    write(
        Notice.Kind.THRESHOLD,
        organisation_id=contract.organisation_id,
        contract=contract,
        key=f"{allotment_id}:{percent}:{told.count() + 1}",
        facts={"percent": percent, **_use(after)},
        at=at,
    )


def _crossed(before: QuotaLine, after: QuotaLine) -> int | None:
    """The highest threshold that lies between the two, if any; in whole numbers, so exactly."""
    units = after.units
    if units is None:
        return None
    crossed = [mark for mark in THRESHOLDS if before.used * 100 < mark * units <= after.used * 100]
    return max(crossed, default=None)


def _use(line: QuotaLine) -> Facts:
    return {"month": line.month, "used": line.used, "units": line.units}
