"""Whom a contract names as entitled to ask (CM-06)."""

from datetime import timedelta
from functools import partial

import pytest

from contracts import coverage, named_contacts
from contracts.models import Address, NamedContact, Person
from contracts.named_contacts import NobodyThere, NoMoreContacts, NotOfTheirs
from tests.cast import TUESDAY_10, agreed, person, rewrite

LATER = TUESDAY_10 + timedelta(days=1)


@pytest.fixture
def contract_of_two(contract):
    """Azenha's, which may name two."""
    rewrite(agreed(contract), named_contacts_max=2)
    return contract


def name(contract, person, at=TUESDAY_10):
    return named_contacts.add(contract, person, at=at, by="account:1")


def may_ask(person, at=TUESDAY_10):
    return coverage.cover(person, at=at).may_ask


def test_until_somebody_is_named_everybody_may_ask(contract_of_two, ana, bruno):
    assert may_ask(bruno)
    name(contract_of_two, person("Carla", "carla@azenha.example", bruno.organisation))
    assert (may_ask(bruno), may_ask(ana)) == (False, True), "a manager may always ask"


def test_without_a_maximum_naming_shuts_nobody_out(contract, ana, bruno):
    name(contract, ana)
    assert may_ask(bruno)


def test_none_is_none(contract, ana, bruno):
    rewrite(agreed(contract), named_contacts_max=0)
    assert (may_ask(bruno), may_ask(ana)) == (False, True)
    with pytest.raises(NoMoreContacts, match="includes no named contacts"):
        name(contract, bruno)


def test_the_third_of_two_is_refused_and_the_limit_is_said(contract_of_two, ana, bruno, azenha):
    for one in (ana, bruno):
        name(contract_of_two, one)
    with pytest.raises(NoMoreContacts, match="names at most 2 contacts"):
        name(contract_of_two, person("Carla", "carla@azenha.example", azenha))
    assert NamedContact.objects.count() == 2


def test_the_plans_maximum_holds_where_the_contract_says_none(contract, plus, ana, bruno):
    rewrite(plus, named_contacts_max=1)
    name(contract, ana)
    with pytest.raises(NoMoreContacts, match="at most 1 contact;"):
        name(contract, bruno)


def test_whoever_is_named_already_stays_so(contract_of_two, bruno):
    assert name(contract_of_two, bruno) == name(contract_of_two, bruno, at=LATER)


def test_removed_makes_room_and_stays_in_the_history(contract_of_two, ana, bruno):
    first = name(contract_of_two, bruno)
    name(contract_of_two, ana)
    remove = partial(named_contacts.remove, first, at=LATER, by="account:1")
    assert [remove(), remove()] == [True, False]
    assert (may_ask(bruno), may_ask(bruno, at=LATER)) == (True, False)
    assert name(contract_of_two, bruno, at=LATER) != first


def add_address(contract, email, organisation, **given):
    words = {"name": "", "at": TUESDAY_10, "by": "person:1"} | given
    return named_contacts.add_address(contract, organisation, email, **words)


def test_an_address_in_other_letters_is_the_same_person(contract_of_two, bruno, azenha):
    assert add_address(contract_of_two, " Bruno@AZENHA.example ", azenha).person == bruno
    assert add_address(contract_of_two, "bruno@azenha.example", azenha).person == bruno
    assert NamedContact.objects.count() == 1


def test_a_new_colleague_of_the_mail_domain_becomes_a_person(contract_of_two, azenha):
    new = add_address(contract_of_two, "carla@azenha.example", azenha, name="Carla").person
    assert (new.name, new.organisation) == ("Carla", azenha)


@pytest.mark.parametrize("email", ["chloe@bellecour.example", "somebody@gmail.com", "x@sub.azenha.example"])
def test_a_manager_names_nobody_elsewhere(desk, contract_of_two, azenha, email):
    """Whoever could, would read what the owner of that address writes next."""
    before = Person.objects.count(), Address.objects.count()
    with pytest.raises(NotOfTheirs):
        add_address(contract_of_two, email, azenha)
    assert (Person.objects.count(), Address.objects.count()) == before


@pytest.mark.parametrize("email", ["", "bruno", "a@b@c.example", "bruno@azenha.example\x00"])
def test_what_is_no_address_is_said_to_be_none(contract_of_two, azenha, email):
    with pytest.raises(NobodyThere):
        add_address(contract_of_two, email, azenha)


def test_people_of_every_organisation_that_it_covers_count_together(
    contract_of_two, other_contract, bellecour, ana, bruno, chloe
):
    contract_of_two.shares.create(organisation=bellecour, is_default=True)
    given = {"name": "", "at": TUESDAY_10, "by": "account:1"}
    named_contacts.add_known(contract_of_two, email="chloe@bellecour.example", **given)
    name(contract_of_two, ana)
    with pytest.raises(NoMoreContacts):
        name(contract_of_two, bruno)
