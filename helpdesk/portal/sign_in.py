"""Whom a code is sent to, so that they can sign in."""

from django.db import IntegrityError, transaction

from contracts import people
from contracts.models import Account, Address, Person


def account_for(address: str) -> Account | None:
    """The account that a code sent to this mail address opens, or none.

    A person of a known organisation gets an account at the first request; a stranger never does, and agents
    sign in to the console with a password instead.
    """
    person = _person_at(address)
    if person is None or person.organisation_id is None:
        return _customers_account(Account.objects.filter(email=_normal(address)).first())
    return _customers_account(person.account or _open_account(person, address))


def _person_at(address: str) -> Person | None:
    known = Address.objects.filter(kind=Address.Kind.EMAIL, value=_normal(address))
    found = known.select_related("person__account").first()
    return found.person if found else None


def _normal(address: str) -> str:
    try:
        return people.normalise_email(address)
    except people.BadAddress:
        return ""


def _customers_account(account: Account | None) -> Account | None:
    if account is None or account.is_staff or not account.is_active:
        return None
    return account


def _open_account(person: Person, address: str) -> Account:
    """Make and link it; whoever asks at the same moment gets the same one."""
    try:
        with transaction.atomic():
            account = Account.objects.create_user(_normal(address), name=person.name)
    except IntegrityError:
        account = Account.objects.get(email=_normal(address))
    Person.objects.filter(pk=person.pk, account=None).update(account=account)
    return account
