"""What an organisation used of its quota: figures, entries, and a picture (CM-02)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from contracts import ledger
from contracts.ledger import Day
from contracts.models import Allotment, Charge, Person
from helpdesk.models import Ticket
from helpdesk.portal import zones
from sla.hours.zone import zone as zone_named

WIDTH: Final = 600
HEIGHT: Final = 180

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
    kind: object
    ticket: int | None
    is_late: bool
    """Written after its period had ended."""


@dataclass(frozen=True, slots=True)
class Picture:
    """How the units went down, as points of a line in a box; `limit` is the height of the limit's line."""

    points: str
    limit: int | None
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Usage:
    """One period with a page of its entries."""

    period: Allotment
    units: int | None
    lines: Sequence[Line]
    before: int | None
    days: Sequence[Day]
    picture: Picture
    zone: str
    city: str


def usage(person: Person, period: Allotment, *, before: int | None) -> Usage:
    """The period as that person may read it."""
    page, days = ledger.page(period, before=before), ledger.course(period)
    units = None if period.units is None else max(0, period.units + period.granted)
    zone = period.contract.zone
    return Usage(
        period=period,
        units=units,
        lines=lines(person, period, page.entries),
        before=page.before,
        days=days,
        picture=_picture(period, days, units),
        zone=zone,
        city=zones.city(zone),
    )


def lines(person: Person, period: Allotment, entries: Iterable[Charge]) -> list[Line]:
    """Entries for reading; a ticket of another organisation under the same contract is not named."""
    entries = list(entries)
    uids = {entry.ticket_uid for entry in entries if entry.ticket_uid}
    theirs = Ticket.objects.filter(uid__in=uids, organisation=person.organisation_id)
    numbers = dict(theirs.values_list("uid", "pk"))
    return [
        Line(
            entry,
            SAID[Charge.Kind(entry.kind)],
            numbers.get(entry.ticket_uid) if entry.ticket_uid else None,
            entry.at >= period.ends_at,
        )
        for entry in entries
    ]


def _picture(period: Allotment, days: Sequence[Day], units: int | None) -> Picture:
    """From the left, where nothing is used, a step down for each day; what is beyond goes on below."""
    zone = zone_named(period.contract.zone)
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
