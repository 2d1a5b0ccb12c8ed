"""Which of a customer's tickets a page of the list shows."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import pgettext_lazy

from contracts.models import Person
from helpdesk import visibility
from helpdesk.models import Message, Ticket
from helpdesk.portal.goals import Due, next_due

PAGE: Final = 20
LONGEST_SEARCH: Final = 100

S = Ticket.Status
STATUSES: Final = {
    "open": (S.NEW, S.OPEN, S.WAITING_CUSTOMER, S.WAITING_THIRD_PARTY),
    "waiting": (S.WAITING_CUSTOMER,),
    "solved": (S.SOLVED, S.CLOSED, S.MERGED),
    "all": (),
}


SHOWS: Final = (
    ("open", pgettext_lazy("tickets", "Open")),
    ("waiting", pgettext_lazy("tickets", "Waiting for you")),
    ("solved", pgettext_lazy("tickets", "Solved")),
    ("all", pgettext_lazy("tickets", "All")),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see; anything unknown is the usual."""

    show: str = "open"
    whose: str = "mine"
    words: str = ""
    page: str = "1"

    @classmethod
    def read(cls, query: QueryDict, person: Person) -> "Wanted":
        """Take it from an address; only a manager may ask for the whole organisation."""
        show = query.get("show", "open")
        is_all = (
            person.is_manager and person.organisation_id is not None and query.get("whose") == "organisation"
        )
        return cls(
            show=show if show in STATUSES else "open",
            whose="organisation" if is_all else "mine",
            words=" ".join(query.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
            page=query.get("page", "1"),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in the list, and what is due next on it."""

    ticket: Ticket
    due: Due | None


def tickets(person: Person, wanted: Wanted, *, at: datetime) -> QuerySet[Ticket]:
    """The tickets asked for, newest first."""
    rows = _whose(person, wanted)
    if STATUSES[wanted.show]:
        rows = rows.filter(status__in=STATUSES[wanted.show])
    if wanted.words:
        rows = rows.filter(_says(wanted.words, at=at))
    return rows.select_related("requester", "priority", "clock_set__calendar").order_by("-received_at", "-pk")


def waiting_for(person: Person, wanted: Wanted) -> int:
    """How many tickets wait for an answer of the customer's side."""
    return _whose(person, wanted).filter(status=S.WAITING_CUSTOMER).count()


def _whose(person: Person, wanted: Wanted) -> QuerySet[Ticket]:
    rows = visibility.tickets_of(person)
    if wanted.whose == "organisation":
        return rows
    return rows.filter(Q(requester=person) | Q(pk__in=person.watching.values("ticket")))


def _says(words: str, *, at: datetime) -> Q:
    """The words in the subject or in something the customer may read; a number is the ticket's."""
    readable = Message.objects.filter(
        ticket=OuterRef("pk"),
        kind__in=Message.PUBLIC,
        retracted_at=None,
        visible_at__lte=at,
        text__icontains=words,
    )
    says = [Q(subject__icontains=words), Q(Exists(readable))]
    number = words.removeprefix("#")
    if number.isascii() and number.isdecimal():
        says.append(Q(pk=int(number)))
    return reduce(or_, says)


def page_of(rows: QuerySet[Ticket], wanted: Wanted) -> Page[Ticket]:
    """One page; a number that is none, or too high, is the nearest there is."""
    return Paginator(rows, PAGE).get_page(wanted.page)


def lines(page: Page[Ticket], *, at: datetime) -> list[Line]:
    """The page's tickets with what is due."""
    return [Line(ticket, next_due(ticket, at=at)) for ticket in page]
