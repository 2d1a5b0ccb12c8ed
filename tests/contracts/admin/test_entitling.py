"""The desk writes down what was used besides tickets."""

import pytest

from contracts.models import EntitlementUse
from sla import timekeeping
from tests.cast import TUESDAY_10, rewrite
from tests.helpdesk.admin.conftest import console_of

SAID = [
    {"key": "training", "metric": "classes", "limit": 1, "period": "year", "over": "reject"},
    {"key": "engineer", "label": "A named engineer"},
]


@pytest.fixture
def here(contract, plus, owner, monkeypatch):
    monkeypatch.setattr(timekeeping, "now", lambda: TUESDAY_10)
    rewrite(plus, entitlements=SAID)
    browser = console_of(owner, "admin")
    address = f"/admin/contracts/contract/{contract.pk}/entitlements/"

    def here(**given):
        return browser.post(address, given, follow=True) if given else browser.get(address)

    return here


def test_used_up_refused_and_given_back(here):
    assert "A named engineer" in here().content.decode()
    use = {"key": "training", "units": "1", "reason": "Two days in Porto"}
    assert "1 of 1 classes used" in here(**use).content.decode()
    refused = here(**use)
    assert (refused.status_code, "0 classes are left" in refused.content.decode()) == (422, True)
    entry = EntitlementUse.objects.get()
    assert "Say for what" in here(back=entry.pk, why=" ").content.decode()
    assert "0 of 1 classes used" in here(back=entry.pk, why="Cancelled").content.decode()


@pytest.mark.parametrize(
    "given",
    [{"key": "engineer", "units": "1", "reason": "x"}, {"key": "training", "units": "-1", "reason": "x"}],
)
def test_what_cannot_be_used_is_said(here, given):
    assert here(**given).status_code == 422
    assert not EntitlementUse.objects.exists()
