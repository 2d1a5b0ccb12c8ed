"""Who writes to us, and to which customer they belong."""

import unicodedata

from django.db import IntegrityError, transaction

from contracts.addresses import UNSEEN, BadAddress, normalise_email, normalise_phone
from contracts.models import Address, Organisation, Person
from contracts.public_domains import is_public

__all__ = [
    "BadAddress",
    "normalise",
    "normalise_email",
    "normalise_phone",
    "organisation_of",
    "person_for",
]


def normalise(kind: str, value: str) -> str:
    """Give an address of that kind (`email` or `whatsapp`) in the form under which it is stored.

    Raises:
        BadAddress: nobody can be reached there.
        ValueError: there is no such kind.
    """
    if kind == Address.Kind.EMAIL:
        return normalise_email(value)
    if kind == Address.Kind.WHATSAPP:
        return normalise_phone(value)
    raise ValueError(f"There are no addresses of kind {kind!r}.")


def person_for(kind: str, value: str, *, name: str, language: str = "") -> Person:
    """Find whoever has that address, or make them; two first messages at once make one person.

    A person who belongs nowhere yet is given the organisation of their mail domain. `name` and `language`
    are only claims: they describe a new person, and a name replaces the address that stands in for one.
    The person comes with their organisation loaded.

    Raises:
        BadAddress: nobody can be reached there.
        ValueError: there is no such kind.
    """
    address = normalise(kind, value)
    known = _known(kind, address)
    if known is None:
        return _new(kind, address, name=_clean(name), language=language[:10])
    _complete(known, kind, address, name=_clean(name))
    return known


def organisation_of(email: str) -> Organisation | None:
    """The customer of an e-mail address, already normalised, by its mail domain.

    Only the very domain counts: `desk.acme.example` belongs to a customer when that name is entered, never
    because `acme.example` is. Subdomains are let to others (`customer.host.example`), and whoever is wrongly
    taken for a customer's spends that customer's quota; who is not recognised is linked by an agent (D17).
    A public provider's domain is nobody's, whatever the rows say.
    """
    domain = email.rpartition("@")[2]
    if is_public(domain):
        return None
    return next(iter(Organisation.objects.filter(mail_domains__domain=domain)), None)  # a domain is unique


def _known(kind: str, address: str) -> Person | None:
    known = Address.objects.select_related("person__organisation").filter(kind=kind, value=address)
    found = next(iter(known), None)  # an address is unique
    if found is None:
        return None
    if found.bounced_at is not None:  # whoever writes from it can be reached there again
        found.bounced_at = None
        found.save(update_fields=["bounced_at"])
    return found.person


def _new(kind: str, address: str, *, name: str, language: str) -> Person:
    """Make a person with that address; whoever lost a race takes the winner's."""
    organisation = _organisation(kind, address)
    try:
        with transaction.atomic():
            person = Person.objects.create(
                name=name or address[:160], language=language, organisation=organisation
            )
            Address.objects.create(person=person, kind=kind, value=address)
    except IntegrityError:
        known = _known(kind, address)
        if known is None:
            raise
        return known
    return person


def _complete(person: Person, kind: str, address: str, *, name: str) -> None:
    """Fill what is empty, and write no more than was filled."""
    is_named = person.name not in {"", address}
    found: dict[str, str | Organisation | None] = {"name": "" if is_named else name}
    if person.organisation_id is None:
        found["organisation"] = _organisation(kind, address)
    filled = {field: value for field, value in found.items() if value}
    for field, value in filled.items():
        setattr(person, field, value)
    if filled:
        person.save(update_fields=filled)


def _organisation(kind: str, address: str) -> Organisation | None:
    return organisation_of(address) if kind == Address.Kind.EMAIL else None


def _clean(name: str) -> str:
    """A name as one line of what can be seen, as long as its column."""
    words = " ".join(name[:1_000].split())
    seen = (character for character in words if unicodedata.category(character) not in UNSEEN)
    return "".join(seen)[:160].strip()
