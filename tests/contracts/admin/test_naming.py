"""The desk names a contract's contacts in the console."""

import pytest

from contracts.models import NamedContact
from sla import timekeeping
from tests.cast import TUESDAY_10, agreed, rewrite
from tests.helpdesk.admin.conftest import console_of


@pytest.fixture
def here(desk, contract, owner, monkeypatch):
    """Post to Azenha's list, which may hold one."""
    monkeypatch.setattr(timekeeping, "now", lambda: TUESDAY_10)
    rewrite(agreed(contract), named_contacts_max=1)
    browser = console_of(owner, "admin")
    address = f"/admin/contracts/contract/{contract.pk}/contacts/"

    def here(**given):
        return browser.post(address, given, follow=True) if given else browser.get(address)

    return here


def test_naming_removing_and_the_limit(here, bruno, ana):
    assert "Until somebody is named" in here().content.decode()
    assert "Bruno Braga is named." in here(email="bruno@azenha.example").content.decode()
    refused = here(email="ana@azenha.example")
    assert (refused.status_code, "at most 1 contact" in refused.content.decode()) == (422, True)
    contact = NamedContact.objects.get()
    assert "no longer named" in here(remove=contact.pk).content.decode()
    assert here(remove="9" * 40).status_code == 200
    assert [str(one.person) for one in NamedContact.objects.filter(removed_at=None)] == []


def test_somebody_of_another_customer_is_refused(here, chloe):
    assert here(email="chloe@bellecour.example").status_code == 422
    assert not NamedContact.objects.exists()
