"""AM-03: schemes of service credits give what their vendors publish, and nonsense is no scheme."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from contracts import crediting, linter
from contracts.crediting import SchemeRefused
from contracts.models import ContractVersion
from tests.cast import TUESDAY_10, agreed, rewrite


def scheme(rule, **more):
    return {"basis": ["first_response"], "period": "month", "rule": rule, "of": "monthly fee"} | more


PER_BREACH = scheme({"type": "per_breach", "credit_percent": "5"}, cap_percent="100")
MORE_THAN_FOUR = scheme(
    {"type": "threshold", "more_than": 4, "credit_percent": 20}, period="quarter", claim_days=30
)
FROM_THREE = scheme(
    {"type": "tiers", "tiers": [{"from": 3, "credit_percent": 10}, {"from": 6, "credit_percent": 25}]}
)


@pytest.mark.parametrize(
    ("said", "misses", "percent"),
    [
        (PER_BREACH, 0, 0),
        (PER_BREACH, 2, 10),
        (PER_BREACH, 20, 100),
        (PER_BREACH, 21, 100),
        (MORE_THAN_FOUR, 4, 0),
        (MORE_THAN_FOUR, 5, 20),
        (MORE_THAN_FOUR, 50, 20),
        (FROM_THREE, 2, 0),
        (FROM_THREE, 3, 10),
        (FROM_THREE, 6, 25),
        (FROM_THREE | {"cap_percent": "12.5"}, 9, "12.5"),
        (PER_BREACH, -1, 0),
    ],
)
def test_a_scheme_gives_what_it_says_and_never_more_than_its_cap(said, misses, percent):
    assert crediting.owed(crediting.parse(said), misses) == Decimal(percent)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ([], "is an object"),
        ({**PER_BREACH, "bonus": 1}, "has no “bonus”"),
        ({**PER_BREACH, "basis": []}, "“basis”"),
        ({**PER_BREACH, "basis": "first_response"}, "“basis”"),
        ({**PER_BREACH, "basis": ["mood"]}, "“basis”"),
        ({**PER_BREACH, "period": "day"}, "“period”"),
        ({**PER_BREACH, "of": " "}, "“of”"),
        ({**PER_BREACH, "cap_percent": 1.5}, "“cap_percent”"),
        ({**PER_BREACH, "claim_days": 0}, "“claim_days”"),
        (scheme(None), "“rule” has a type"),
        (scheme({"type": "per_breach"}), "has just"),
        (scheme({"type": "per_breach", "credit_percent": "NaN"}), "percentage above 0"),
        (scheme({"type": "per_breach", "credit_percent": True}), "percentage above 0"),
        (scheme({"type": "per_breach", "credit_percent": "-5"}), "percentage above 0"),
        (scheme({"type": "threshold", "more_than": -1, "credit_percent": 5}), "whole numbers"),
        (scheme({"type": "tiers", "tiers": []}), "one to twenty"),
        (scheme({"type": "tiers", "tiers": [{"from": 1}]}), "just from"),
        (
            scheme(
                {
                    "type": "tiers",
                    "tiers": [{"from": 3, "credit_percent": 9}, {"from": 2, "credit_percent": 10}],
                }
            ),
            "later and gives more",
        ),
    ],
)
def test_nonsense_is_no_scheme(wrong, reason):
    with pytest.raises(SchemeRefused, match=reason):
        crediting.parse(wrong)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "20 % of the monthly fee from 5 misses in a quarter on, at most 100 %; claim within 30 days of",
        ),
        ("fr", "20\u00a0% du montant «\u00a0monthly fee\u00a0» à partir de 5 manquements dans un trimestre"),
        ("es", "20 % de «monthly fee» desde 5 incumplimientos en un trimestre"),
        ("pt-pt", "20 % de «monthly fee» a partir de 5 incumprimentos num trimestre"),
        ("pt-br", "20 % de «monthly fee» a partir de 5 descumprimentos em um trimestre"),
    ],
)
def test_a_customer_reads_it_as_a_sentence(language, words):
    with translation.override(language):
        assert words in crediting.in_words(crediting.parse(MORE_THAN_FOUR))


@pytest.mark.django_db
def test_only_a_binding_contract_gives_credits(contract, plus):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractVersion.objects.create(
            contract=contract, plan_version=plus, number=9, valid_from=TUESDAY_10, credit_scheme=PER_BREACH
        )
    rewrite(agreed(contract), credit_scheme=PER_BREACH, is_binding=True, agreement_reference="MSA 7")
    nonsense = ContractVersion(contract=contract, plan_version=plus, credit_scheme={"x": 1}, is_binding=True)
    with pytest.raises(ValidationError, match="has no “x”"):
        nonsense.clean()


@pytest.mark.django_db
def test_a_cap_above_all_of_it_is_warned_of(contract):
    said = PER_BREACH | {"cap_percent": "150"}
    rewrite(agreed(contract), credit_scheme=said, is_binding=True, agreement_reference="MSA 7")
    found = [one.code for one in linter.of_contract(agreed(contract), at=TUESDAY_10)]
    assert "W10" in found
