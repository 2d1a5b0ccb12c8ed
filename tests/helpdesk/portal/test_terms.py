"""CM-07: a customer reads what applies to them, from where it comes, and whether it binds."""

from datetime import timedelta

import pytest
from django.test import Client

from contracts import coverage
from sla import timekeeping
from tests.cast import LONG_AGO, agree, agreed, contract_for, plan_like, rewrite

pytestmark = pytest.mark.django_db


def read(who, language="en") -> str:
    client = Client()
    client.force_login(who.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/my/terms/", {"lang": language})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def test_each_goal_has_its_source_and_is_a_goal(desk, bruno):
    page = read(bruno)
    assert "Plan Plus" in page
    assert "contract C-azenha, version 1" in page
    assert page.count("support policy, version 1, a goal") == 8
    assert "Goals, not guarantees." in page
    assert "15 tickets a month" in page
    assert "plan Plus, version 1" in page
    assert "accepted without a goal; what is urgent keeps its goal" in page


def test_what_the_agreement_says_is_marked_and_binding_where_it_binds(desk, bruno, contract, priorities):
    agree(contract, "first_response", priorities["high"], unit="business_hours", amount=2)
    rewrite(
        agreed(contract),
        is_binding=True,
        agreement_reference="MSA 7",
        allows_excuses=True,
        units_source="own",
        units=3,
        over_quota="reject",
        channels=["email"],
        named_contacts_max=2,
    )
    page = read(bruno)
    assert '2 business hours <span class="small soft source">agreement, binding</span>' in page
    assert page.count("support policy, version 1, binding") == 7
    assert "Binding under your agreement MSA 7." in page
    assert "a delay may be excused" in page
    assert "3 tickets a month" in page
    assert "not taken up; what is urgent always is" in page
    assert "e-mail" in page
    assert "2 people" in page


def test_null_is_unlimited_and_nought_is_none(desk, bruno, contract):
    rewrite(agreed(contract), units_source="own", units=None)
    assert ">unlimited" in read(bruno).replace("<dd>", ">")
    rewrite(agreed(contract), units_source="own", units=0)
    assert "<dd>none" in read(bruno)


def test_two_contracts_at_once_are_told_and_the_stricter_goal_is_shown(
    desk, bruno, azenha, plus, contract, priorities
):
    other = contract_for(azenha, plan_like(plus, "more", units=1), reference="C-more", starts_at=LONG_AGO)
    agree(other, "first_response", priorities["urgent"], unit="business_hours", amount=9)
    agree(other, "first_response", priorities["low"], unit="business_hours", amount=3)

    page = read(bruno)

    assert "C-azenha" in page
    assert "C-more" in page
    assert "Several contracts are in force at once" in page
    assert "4 business hours" in page
    assert "9 business hours" not in page
    assert "3 business hours" in page
    found = coverage.overlapping(azenha.pk, at=timekeeping.now())
    assert {one.contract.reference for one in found} == {"C-azenha", "C-more"}


def test_a_day_of_twelve_hours_is_stricter_than_twenty_hours(desk, bruno, azenha, plus, contract, priorities):
    other = contract_for(azenha, plan_like(plus, "more", units=1), reference="C-more", starts_at=LONG_AGO)
    agree(other, "first_response", priorities["medium"], unit="business_hours", amount=20)

    page = read(bruno)

    assert "1 business day" in page
    assert "20 business hours" not in page


def test_without_a_contract_it_says_so(desk, bruno, contract):
    type(contract).objects.filter(pk=contract.pk).update(ends_at=timekeeping.now() - timedelta(days=1))
    assert "No contract is in force for your organisation at the moment." in read(bruno)


def test_a_stranger_signed_in_has_no_terms(desk, bruno):
    type(bruno).objects.filter(pk=bruno.pk).update(organisation=None)
    assert "No contract is in force" in read(bruno)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "politique de support, version 1, un objectif"),
        ("es", "política de soporte, versión 1, un objetivo"),
        ("pt-pt", "política de suporte, versão 1, um objetivo"),
        ("pt-br", "política de suporte, versão 1, um objetivo"),
    ],
)
def test_it_is_read_in_every_language(desk, bruno, language, said):
    page = read(bruno, language)
    assert said in page
    assert "agreement" not in page
