"""Finds tickets by their number, their subject, who asked, and for which customer."""

import re
from typing import Final

from django.db.models import Q, QuerySet

from contracts.models import Address, Organisation, Person
from helpdesk.models import Ticket

NUMBER: Final = re.compile(r"#?(\d{1,12})")
MOST_WORDS: Final = 6
MOST_CUSTOMERS: Final = 200
"""Enough for a name; whoever means more of them must say more."""


def among(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Those of `tickets` in which every word is found: in the subject, or in a customer's name or address.

    A number alone, such as `#123`, is the ticket of that number too.
    """
    found = Q()
    for word in words.split()[:MOST_WORDS]:
        found &= _has(word)
    number = NUMBER.fullmatch(words.strip())
    if number:
        found |= Q(pk=int(number[1]))
    return tickets.filter(found)


def _has(word: str) -> Q:
    return Q(subject__icontains=word) | Q(requester__in=_people(word)) | Q(organisation__in=_customers(word))


def _people(word: str) -> list[int]:
    named = Person.objects.filter(name__icontains=word).order_by().values_list("pk", flat=True)
    reached = Address.objects.filter(value__istartswith=word).order_by().values_list("person", flat=True)
    return [*named[:MOST_CUSTOMERS], *reached[:MOST_CUSTOMERS]]


def _customers(word: str) -> list[int]:
    named = Organisation.objects.filter(name__icontains=word).order_by().values_list("pk", flat=True)
    return list(named[:MOST_CUSTOMERS])
