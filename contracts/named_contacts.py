"""Whom a contract names as entitled to ask, and how many it may name (CM-06).

A contract with a maximum is for those whom it names, and for the managers who name them; until somebody is
named everybody of its organisations may ask, so that a new customer is not shut out by an empty list. Whom a
contract named stays in its history.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contracts import agreements, people
from contracts.addresses import BadAddress
from contracts.models import (
    Address,
    Contract,
    ContractVersion,
    MailDomain,
    NamedContact,
    Organisation,
    Person,
    PlanVersion,
)
from sla.refusing import Refusal


class NamingRefused(Refusal):
    """Nobody was named."""


class NoMoreContacts(NamingRefused):
    """As many are named as the agreement allows."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def __str__(self) -> str:
        if not self.limit:
            return str(_("Your agreement includes no named contacts."))
        said = ngettext(
            "Your agreement names at most %(n)d contact; take one off the list first.",
            "Your agreement names at most %(n)d contacts; take one off the list first.",
            self.limit,
        )
        return said % {"n": self.limit}


class NotOfTheirs(NamingRefused):
    sentence = _(
        "This address is of nobody in your organisation, nor of its mail domains. "
        "Ask us to add the person first."
    )


class NobodyThere(NamingRefused):
    sentence = _("That is not an e-mail address.")


# --- who may ask --------------------------------------------------------------------------------


def is_named(person: Person, *, contract: Contract, at: datetime) -> bool:
    """Whether the contract named that person at that instant; removed ones were until then."""
    return named(contract, at=at).filter(person=person).exists()


def may_ask(person: Person, *, agreed: ContractVersion, plan: PlanVersion, at: datetime) -> bool:
    """Whether that person of a covered organisation may open tickets under the contract."""
    limit = limit_under(agreed, plan)
    if limit is None or person.is_manager:
        return True
    if not limit:
        return False
    return is_named(person, contract=agreed.contract, at=at) or not named(agreed.contract, at=at).exists()


def named(contract: Contract, *, at: datetime) -> QuerySet[NamedContact]:
    """Whom the contract names at that instant, also a past one, with their person."""
    still = Q(removed_at__isnull=True) | Q(removed_at__gt=at)
    rows = NamedContact.objects.filter(still, contract=contract, added_at__lte=at)
    return rows.select_related("person__organisation")


def limit_under(agreed: ContractVersion, plan: PlanVersion) -> int | None:
    """How many the contract may name, or else its plan; None: any number, and everybody may ask."""
    return plan.named_contacts_max if agreed.named_contacts_max is None else agreed.named_contacts_max


def limit_of(contract: Contract, *, at: datetime) -> int | None:
    """The same under what governs at `at`; beyond the contract's life, what governed last."""
    agreed = agreements.version_in_force(contract, at=at) or agreements.latest_version(contract)
    return limit_under(agreed, agreements.plan_version_of(agreed, at=at)) if agreed else None


# --- naming and removing ------------------------------------------------------------------------


def add(contract: Contract, person: Person, *, at: datetime, by: str) -> NamedContact:
    """Name a person from `at` on; who is named already stays so. Of two at the limit one is refused.

    Raises:
        NoMoreContacts.
        NotOfTheirs: the person is of no organisation that the contract covers.
    """
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=contract.pk)
        current = NamedContact.objects.filter(contract=contract, removed_at=None)
        known = current.filter(person=person).first()
        if known is not None:
            return known
        if person.organisation_id not in _covered(contract):
            raise NotOfTheirs
        limit = limit_of(contract, at=at)
        if limit is not None and current.count() >= limit:
            raise NoMoreContacts(limit)
        return NamedContact.objects.create(contract=contract, person=person, added_at=at, added_by=by)


def add_address(
    contract: Contract, organisation: Organisation, email: str, *, name: str, at: datetime, by: str
) -> NamedContact:
    """Name whoever has that address, whatever its case, for a manager of `organisation`.

    A manager names only who is known to be of the organisation, or whose mail domain is its own: whoever
    could name any address would read what its owner writes to us next.

    Raises:
        NobodyThere: that is no address.
        NotOfTheirs, NoMoreContacts.
    """
    address = _address(email)
    with transaction.atomic():
        return add(contract, _theirs(address, organisation, name=name), at=at, by=by)


def add_known(contract: Contract, *, email: str, name: str, at: datetime, by: str) -> NamedContact:
    """The same for the desk, which may name people of every organisation that the contract covers.

    Raises:
        NobodyThere, NotOfTheirs, NoMoreContacts.
    """
    known = _person_at(_address(email))
    organisation = known.organisation if known and known.organisation_id in _covered(contract) else None
    return add_address(contract, organisation or contract.organisation, email, name=name, at=at, by=by)


def remove(contact: NamedContact, *, at: datetime, by: str) -> bool:
    """Name somebody no longer, from `at` on; the row stays. False: that had happened already."""
    open_rows = NamedContact.objects.filter(pk=contact.pk, removed_at=None)
    return bool(open_rows.update(removed_at=at, removed_by=by))


def _covered(contract: Contract) -> set[int | None]:
    return {contract.organisation_id, *contract.shares.values_list("organisation_id", flat=True)}


def _address(email: str) -> str:
    try:
        return people.normalise_email(email)
    except BadAddress as refusal:
        raise NobodyThere from refusal


def _person_at(address: str) -> Person | None:
    rows = Address.objects.filter(kind=Address.Kind.EMAIL, value=address)
    known = rows.select_related("person__organisation").first()
    return known.person if known else None


def _theirs(address: str, organisation: Organisation, *, name: str) -> Person:
    known = _person_at(address)
    belongs_to = known.organisation_id if known else None
    if known is not None and belongs_to == organisation.pk:
        return known
    domain = address.rpartition("@")[2]
    is_theirs = MailDomain.objects.filter(organisation=organisation, domain=domain).exists()
    if belongs_to is not None or not is_theirs:
        raise NotOfTheirs
    return people.person_for(Address.Kind.EMAIL, address, name=name)
