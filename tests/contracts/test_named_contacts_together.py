"""People who are named at once: never more than the agreement allows (CM-06)."""

import time
from functools import partial

import pytest
from django.db import connection
from django.db.models import QuerySet

from contracts import named_contacts
from contracts.models import NamedContact
from contracts.named_contacts import NoMoreContacts
from tests.cast import TUESDAY_10, agreed, person, rewrite

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def twenty(contract, azenha):
    """Colleagues, of whom five may be named."""
    rewrite(agreed(contract), named_contacts_max=5)
    return [person(f"Colleague {n}", f"colleague{n}@azenha.example", azenha) for n in range(20)]


def name(contract, who):
    try:
        return named_contacts.add(contract, who, at=TUESDAY_10, by="account:1")
    except NoMoreContacts:
        return None


def test_of_twenty_at_once_five_are_named(contract, twenty, crowd):
    answers = crowd([partial(name, contract, who) for who in twenty])
    assert sum(answer is not None for answer in answers) == NamedContact.objects.count() == 5


def test_without_the_lock_more_would_be(contract, twenty, crowd, monkeypatch):
    """The negative control: the story above fails if the contract's row is not locked."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks")

    def count_late(rows):
        counted = len(rows)
        time.sleep(0.2)
        return counted

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(QuerySet, "count", count_late)
    crowd([partial(name, contract, who) for who in twenty])
    monkeypatch.undo()
    assert NamedContact.objects.count() > 5
