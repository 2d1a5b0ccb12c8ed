"""Finds tickets by their number, their subject, who asked, and for which customer.

Three statements find the customers that are meant, however many words are asked for; then indexes alone find
the tickets (that of the subject is made by a migration, on PostgreSQL).
"""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q, QuerySet

from contracts.models import Address, Organisation, Person
from helpdesk.models import Ticket

NUMBER: Final = re.compile(r"#?(\d{1,12})")
MOST_WORDS: Final = 6
MOST_CUSTOMERS: Final = 400
"""Enough for a name; whoever means more of them must say more."""

Named = Sequence[tuple[int, str]]
"""Rows as their key and what they are called."""


def among(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Those of `tickets` in which every word is found: in the subject, or in a customer's name or address.

    A number alone, such as `#123`, is the ticket of that number too.
    """
    asked = words.replace("\x00", "").split()[:MOST_WORDS]
    found = _every_word(asked)
    number = NUMBER.fullmatch(" ".join(asked))
    return tickets.filter(found | Q(pk=int(number[1])) if number else found)


def _every_word(asked: Sequence[str]) -> Q:
    people = _named(Person.objects.all(), "pk", "name", "name__icontains", asked)
    reached = _named(Address.objects.all(), "person", "value", "value__istartswith", asked)
    customers = _named(Organisation.objects.all(), "pk", "name", "name__icontains", asked)
    found = Q()
    for word in asked:
        of_people = {*_having(people, word), *_having(reached, word)}
        found &= (
            Q(subject__icontains=word)
            | _of(of_people, "requester")
            | _of(_having(customers, word), "organisation")
        )
    return found


def _named(rows: QuerySet[Any], key: str, name: str, lookup: str, asked: Iterable[str]) -> Named:
    """Rows that have any of the words."""
    any_word = reduce(or_, (Q(**{lookup: word}) for word in asked), Q(pk__in=()))
    return list(rows.filter(any_word).order_by().values_list(key, name)[:MOST_CUSTOMERS])


def _having(rows: Named, word: str) -> set[int]:
    return {key for key, name in rows if word.casefold() in name.casefold()}


def _of(keys: Iterable[int], field: str) -> Q:
    return Q(**{f"{field}__in": sorted(keys)})
