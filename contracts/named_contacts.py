"""Whom a contract names as entitled to ask (CM-06)."""

from datetime import datetime

from django.db.models import Q

from contracts.models import Contract, NamedContact, Person


def is_named(person: Person, *, contract: Contract, at: datetime) -> bool:
    """Whether the contract named that person at that instant; removed ones were until then."""
    still = Q(removed_at__isnull=True) | Q(removed_at__gt=at)
    return NamedContact.objects.filter(still, contract=contract, person=person, added_at__lte=at).exists()
