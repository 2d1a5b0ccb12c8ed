"""Who of an organisation may ask, as its manager reads it (CM-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from contracts import coverage, named_contacts
from contracts.models import Address, Contract, NamedContact, Person
from helpdesk import naming
from helpdesk.models import Ticket


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts that a contract names, of the reader's organisation; those of others are only counted."""

    contract: Contract
    limit: int | None
    count: int
    named: Sequence[NamedContact]
    removed: Sequence[NamedContact]
    unnamed: Sequence[Address]
    """Addresses of the organisation's people who could be named."""
    waiting: Sequence[Ticket]

    @property
    def are_all_named(self) -> bool:
        """Whether nobody more can be named."""
        return self.limit is not None and self.count >= self.limit


def contacts_of(person: Person, *, at: datetime) -> Contacts | None:
    """What a manager reads; nothing where no contract is in force."""
    if person.organisation_id is None:
        return None
    contract = coverage.contract_in_force(person.organisation_id, at=at)
    if contract is None:
        return None
    current = named_contacts.named(contract, at=at)
    theirs = list(_theirs(contract, person).prefetch_related("person__addresses"))
    named = [one for one in theirs if one.removed_at is None]
    return Contacts(
        contract=contract,
        limit=named_contacts.limit_of(contract, at=at),
        count=current.count(),
        named=named,
        removed=[one for one in theirs if one.removed_at is not None],
        unnamed=_unnamed(person, named),
        waiting=naming.waiting(person),
    )


def _theirs(contract: Contract, person: Person) -> QuerySet[NamedContact]:
    rows = NamedContact.objects.filter(contract=contract, person__organisation=person.organisation_id)
    return rows.select_related("person")


def _unnamed(person: Person, named: Sequence[NamedContact]) -> list[Address]:
    rows = Address.objects.filter(kind=Address.Kind.EMAIL, person__organisation=person.organisation_id)
    known = [one.person_id for one in named]
    return list(rows.exclude(person__in=known).select_related("person").order_by("person__name", "value"))
