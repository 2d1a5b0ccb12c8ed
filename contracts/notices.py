"""What happened to a contract that somebody should be told; helpdesk reads the rows and speaks.

The facts of a notice by its kind, all plain JSON:
- `threshold`: `percent`, `period` (first and last date in the contract's zone), `used`, `units`, `metric`,
  `mode` (D14), `price`, `currency`;
- `over_quota`: `ticket_uid`, `period`, `used`, `units`, `metric`, `over`, `mode`, `price`, `currency`;
- `approval`: `ticket_uid`, `period`, `used`, `units`, `metric`, `expires_at` (ISO, UTC);
- `quote_…`: `quote` (its uid), `ticket_uid`;
- `uncovered`: `ticket_number` (the first one of that day), `date` (ISO, in the organisation's zone).
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from contracts import money
from contracts.models import Approval, Contract, Notice, Organisation, Quote
from contracts.quota_terms import QuotaTerms
from contracts.tally import QuotaLine
from sla.hours.zone import zone

INSTANT: Final = timedelta(microseconds=1)

QUOTE_SENT: Final = Notice.Kind.QUOTE_SENT
QUOTE_EXPIRING: Final = Notice.Kind.QUOTE_EXPIRING
QUOTE_ACCEPTED: Final = Notice.Kind.QUOTE_ACCEPTED
QUOTE_DECLINED: Final = Notice.Kind.QUOTE_DECLINED
QUOTE_EXPIRED: Final = Notice.Kind.QUOTE_EXPIRED

Facts: TypeAlias = Mapping[str, str | int | list[str] | None]


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


def over_quota(
    contract: Contract, *, ticket_uid: uuid.UUID, line: QuotaLine, terms: QuotaTerms, at: datetime
) -> None:
    """Say that this ticket went beyond the quota (D14); once a ticket."""
    write(
        Notice.Kind.OVER_QUOTA,
        organisation_id=contract.organisation_id,
        contract=contract,
        key=str(ticket_uid),
        facts={"ticket_uid": str(ticket_uid), "over": line.over, **_beyond(terms), **use(line)},
        at=at,
    )


def approval(asked: Approval, *, line: QuotaLine) -> None:
    """Say that a ticket beyond the quota waits for a manager of the customer (D14); once a ticket."""
    write(
        Notice.Kind.APPROVAL,
        organisation_id=asked.contract.organisation_id,
        contract=asked.contract,
        key=str(asked.ticket_uid),
        facts={
            "ticket_uid": str(asked.ticket_uid),
            "expires_at": asked.expires_at.isoformat(),
            **use(line),
        },
        at=asked.asked_at,
    )


def quote(row: Quote, kind: Notice.Kind, *, at: datetime) -> None:
    """Say what happened to a quote; once a version and kind."""
    write(
        kind,
        organisation_id=row.organisation_id,
        contract=row.contract,
        key=row.uid.hex,
        facts={"quote": str(row.uid), "ticket_uid": str(row.ticket_uid)},
        at=at,
    )


def threshold(
    contract: Contract,
    *,
    allotment_id: int,
    terms: QuotaTerms,
    before: QuotaLine,
    after: QuotaLine,
    at: datetime,
) -> None:
    """Say that a charge took the period across a threshold of its terms (CM-03).

    Of several at once only the highest is told; once a threshold and period, and again when a reversal had
    taken the use below it. The caller holds the lock on the allotment, or two charges would count the same
    crossings.
    """
    percent = _crossed(before, after, terms.thresholds)
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
        facts={"percent": percent, **_beyond(terms), **use(after)},
        at=at,
    )


def _crossed(before: QuotaLine, after: QuotaLine, marks: Sequence[int]) -> int | None:
    """The highest threshold that lies between the two, if any; in whole numbers, so exactly."""
    units = after.units
    if units is None:
        return None
    crossed = [mark for mark in marks if before.used * 100 < mark * units <= after.used * 100]
    return max(crossed, default=None)


def _beyond(terms: QuotaTerms) -> Facts:
    """What the contract says of tickets beyond the quota."""
    price = money.exact(terms.overage_price) if terms.overage_price is not None else ""
    return {"mode": terms.over_quota, "price": price, "currency": terms.overage_currency}


def use(line: QuotaLine) -> Facts:
    """How a period stands, as facts."""
    here = zone(line.zone)
    first, last = line.starts_at.astimezone(here), (line.ends_at - INSTANT).astimezone(here)
    period = [first.date().isoformat(), last.date().isoformat()]
    return {"period": period, "used": line.used, "units": line.units, "metric": line.metric}
