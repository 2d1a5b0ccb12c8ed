"""A plan that somebody may have bought is retired instead of deleted (SA-05)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from contracts import plans, publishing
from contracts.models import ContractVersion, Plan, PlanVersion
from contracts.publishing import NotReady
from sla import timekeeping
from tests.cast import TUESDAY_10, contract_for
from tests.helpdesk.admin.conftest import console_of

LATER = TUESDAY_10 + timedelta(days=1)


def amendment(contract, plan_version):
    return ContractVersion(contract=contract, number=2, plan_version=plan_version, valid_from=LATER)


def test_what_was_published_is_retired_once(contract, plus):
    assert not plans.remove(plus.plan, at=TUESDAY_10)
    assert not plans.remove(plus.plan, at=LATER)
    assert Plan.objects.get(pk=plus.plan_id).retired_at == TUESDAY_10


def test_a_draft_that_nobody_could_buy_is_gone(plus):
    plan = Plan.objects.create(key="idea", name="Idea")
    PlanVersion.objects.create(plan=plan, number=1, policy=plus.policy, valid_from=LATER)
    assert plans.remove(plan, at=TUESDAY_10)
    assert not Plan.objects.filter(key="idea").exists()


def test_whoever_has_a_retired_plan_keeps_it_and_nobody_else_buys_it(contract, bellecour, plus, essential):
    other = contract_for(bellecour, essential)
    plans.remove(plus.plan, at=TUESDAY_10)
    plus.plan.refresh_from_db()
    amendment(contract, plus).clean()
    with pytest.raises(ValidationError, match="retired"):
        amendment(other, plus).clean()


def test_a_draft_on_a_plan_that_was_retired_meanwhile_is_not_published(contract, plus, essential):
    draft = amendment(contract, essential)
    draft.save()
    plans.remove(essential.plan, at=TUESDAY_10)
    with pytest.raises(NotReady, match="retired"):
        publishing.publish(ContractVersion.objects.get(pk=draft.pk), typed="publish", at=TUESDAY_10)


def test_the_console_retires_a_plan_where_others_are_deleted(contract, plus, owner, monkeypatch):
    monkeypatch.setattr(timekeeping, "now", lambda: TUESDAY_10)
    browser = console_of(owner, "admin")
    address = f"/admin/contracts/plan/{plus.plan_id}/delete/"
    assert browser.get(address).status_code == 200
    assert "it is retired" in browser.post(address, {"post": "yes"}, follow=True).content.decode()
    assert Plan.objects.get(pk=plus.plan_id).retired_at == TUESDAY_10
