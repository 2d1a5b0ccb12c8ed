"""What an organisation used of its quota: figures, entries, and a picture (CM-02)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from contracts import ledger
from contracts.ledger import Day
from contracts.models import Allotment, Person
from helpdesk import usage as used
from helpdesk.models import Ticket
from helpdesk.portal import zones
from helpdesk.usage import Line, Picture


@dataclass(frozen=True, slots=True)
class Share:
    """What the reader's organisation took of a quota that it shares, and what the others did."""

    own: int
    others: int


@dataclass(frozen=True, slots=True)
class Usage:
    """One period with a page of its entries."""

    period: Allotment
    units: int | None
    lines: Sequence[Line]
    before: int | None
    days: Sequence[Day]
    picture: Picture
    share: Share | None
    zone: str
    city: str


def usage(person: Person, period: Allotment, *, before: int | None) -> Usage:
    """The period as that person may read it."""
    page, days = ledger.page(period, before=before), ledger.course(period)
    zone = period.contract.zone
    return Usage(
        period=period,
        units=used.units_of(period),
        lines=used.lines(period, page.entries, among=tickets(person)),
        before=page.before,
        days=days,
        picture=used.picture(period, days),
        share=_share(person, period),
        zone=zone,
        city=zones.city(zone),
    )


def tickets(person: Person) -> QuerySet[Ticket]:
    """Whose tickets are named: of another organisation under the same contract none is."""
    return Ticket.objects.filter(organisation=person.organisation_id)


def _share(person: Person, period: Allotment) -> Share | None:
    """The others are one figure: whom a group consists of is the desk's to know."""
    parts = used.shares(period)
    own = [part for part in parts if part.organisation and part.organisation.pk == person.organisation_id]
    taken = sum(part.used + part.over for part in own)
    return Share(taken, sum(part.used + part.over for part in parts) - taken) if parts else None
