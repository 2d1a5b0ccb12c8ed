"""What was used of a quota, for reading: entries with their tickets, a picture, a file (CM-02, AM-10)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracts import ledger, spreadsheets
from contracts.ledger import Day
from contracts.models import Allotment, Charge, Organisation
from helpdesk.models import Ticket
from sla.hours.zone import zone as zone_named

WIDTH: Final = 600
HEIGHT: Final = 180

COLUMNS: Final = ("at (UTC)", "entry", "units", "beyond the quota", "ticket", "after the period")

SAID: Final = {
    Charge.Kind.DEBIT: _("taken"),
    Charge.Kind.REVERSAL: _("given back"),
    Charge.Kind.GRANT: _("granted"),
    Charge.Kind.ADJUSTMENT: _("adjusted"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ledger, with its ticket where the reader may open that."""

    entry: Charge
    kind: Promise
    ticket: int | None
    is_late: bool
    """Written after its period had ended."""

    @property
    def cells(self) -> list[int | str]:
        """The same for a spreadsheet, under `COLUMNS`."""
        return [
            f"{self.entry.at:%Y-%m-%d %H:%M:%S}",
            spreadsheets.safe(self.entry.kind),
            self.entry.units,
            "yes" if self.entry.is_over else "",
            self.ticket or "",
            "yes" if self.is_late else "",
        ]


@dataclass(frozen=True, slots=True)
class Picture:
    """How the units went down, as points of a line in a box; `limit` is the height of the limit's line."""

    points: str
    limit: int | None
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Share:
    """What one of a contract's organisations took of a period; none is that of tickets without one."""

    organisation: Organisation | None
    used: int
    over: int


def lines(period: Allotment, entries: Iterable[Charge], *, among: QuerySet[Ticket]) -> list[Line]:
    """Entries for reading; a ticket that is not among the reader's is not named."""
    entries = list(entries)
    uids = {entry.ticket_uid for entry in entries if entry.ticket_uid}
    numbers = dict(among.filter(uid__in=uids).values_list("uid", "pk"))
    return [
        Line(
            entry,
            SAID[Charge.Kind(entry.kind)],
            numbers.get(entry.ticket_uid) if entry.ticket_uid else None,
            entry.at >= period.ends_at,
        )
        for entry in entries
    ]


def all_lines(period: Allotment, *, among: QuerySet[Ticket]) -> Iterator[Line]:
    """The whole ledger of a period in the order of time, however long."""
    for page in ledger.pages(period):
        yield from lines(period, page, among=among)


def units_of(period: Allotment) -> int | None:
    """The limit with what was granted on top; None is unlimited (D15)."""
    return None if period.units is None else max(0, period.units + period.granted)


def picture(period: Allotment, days: Sequence[Day]) -> Picture:
    """From the left, where nothing is used, a step down for each day; what is beyond goes on below."""
    units, zone = units_of(period), zone_named(period.contract.zone)
    first, last = (moment.astimezone(zone).date() for moment in (period.starts_at, period.ends_at))
    length = max(1, (last - first) // timedelta(days=1))
    used = [(day.day, day.used + day.over) for day in days]
    most = max([units or 0, *(count for _day, count in used), 1])
    points, height = ["0,0"], 0
    for day, count in used:
        x = min(WIDTH, max(0, (day - first) // timedelta(days=1) * WIDTH // length))
        points += [f"{x},{height}", f"{x},{count * HEIGHT // most}"]
        height = count * HEIGHT // most
    points.append(f"{WIDTH},{height}")
    return Picture(" ".join(points), None if units is None else units * HEIGHT // most)


def shares(period: Allotment) -> list[Share]:
    """One counter, split by the organisations whose tickets took of it, the largest part first (AM-10).

    Nothing where the contract covers one organisation alone: it is the whole.
    """
    if not period.contract.shares.exists():
        return []
    whose = Ticket.objects.filter(uid=OuterRef("ticket_uid")).values("organisation")[:1]
    moved = period.charges.filter(kind__in=(Charge.Kind.DEBIT, Charge.Kind.REVERSAL))
    rows = moved.annotate(whose=Subquery(whose)).values("whose", "is_over").annotate(units=Sum("units"))
    taken: dict[int | None, list[int]] = {}
    for row in rows:
        taken.setdefault(row["whose"], [0, 0])[row["is_over"]] -= row["units"]
    known = Organisation.objects.in_bulk([key for key in taken if key is not None])
    parts = [Share(known.get(key) if key else None, *counts) for key, counts in taken.items()]
    return sorted(parts, key=lambda part: (-part.used - part.over, str(part.organisation)))
