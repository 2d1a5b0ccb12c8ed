"""What a plan includes besides tickets, by the period (AM-09)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from contracts import entitlement_terms, entitlements
from contracts.entitlement_terms import BadEntitlements
from contracts.entitlements import NoSuchEntitlement, ReasonMissing, UsedUp, WrongAmount
from contracts.models import EntitlementUse
from tests.cast import TUESDAY_10, rewrite

PRICE = {"price": "400.50", "currency": "EUR"}
SAID = [
    {"key": "advisory_hours", "metric": "hours", "limit": 12, "period": {"unit": "quarter"}},
    {"key": "training", "metric": "classes", "limit": 1, "period": "year", "over": "reject"},
    {"key": "review", "metric": "reviews", "limit": 0, "over": "overage"} | PRICE,
    {"key": "screen_share", "metric": "sessions", "limit": None, "label": "Shared screens"},
    {"key": "csm_named_engineer"},
]


@pytest.fixture
def contract(contract, plus):
    rewrite(plus, entitlements=SAID)
    return contract


def use(contract, key, units=1, reason="On site", at=TUESDAY_10):
    return entitlements.use(contract, key, units=units, reason=reason, at=at, by="account:1")


def stand(contract, at=TUESDAY_10):
    told = entitlements.standings(contract, at=at)
    return {one.entitlement.key: (one.used, one.over, one.remaining) for one in told}


def test_each_is_counted_in_a_period_of_its_own(contract):
    use(contract, "advisory_hours", 5)
    use(contract, "training")
    assert stand(contract) == {
        "advisory_hours": (5, 0, 7),
        "training": (1, 0, 0),
        "review": (0, 0, 0),
        "screen_share": (0, 0, None),
    }
    april = TUESDAY_10 + timedelta(days=40)
    assert stand(contract, april)["advisory_hours"] == (0, 0, 12)
    assert stand(contract, april)["training"] == (1, 0, 0)


def test_a_period_begins_on_the_contracts_own_clock(contract):
    """1 April begins in Lisbon at 23:00 UTC of 31 March."""
    quarter = entitlements.standings(contract, at=TUESDAY_10)[0].period
    assert quarter.ends_at == datetime(2026, 3, 31, 23, tzinfo=UTC)
    use(contract, "advisory_hours", at=quarter.ends_at - timedelta(microseconds=1))
    assert stand(contract, quarter.ends_at)["advisory_hours"] == (0, 0, 12)


def test_beyond_it_is_accepted_refused_or_billed_as_the_plan_says(contract):
    use(contract, "advisory_hours", 15)
    assert stand(contract)["advisory_hours"] == (12, 3, 0)
    use(contract, "training")
    with pytest.raises(UsedUp, match="Training: 0 classes are left"):
        use(contract, "training")
    (billed,) = use(contract, "review", 2)
    assert (billed.is_over, billed.units) == (True, -2)
    assert (billed.price, billed.currency) == (Decimal("400.50"), "EUR")
    assert EntitlementUse.objects.filter(key="training").count() == 1


def test_what_was_used_is_given_back_into_its_own_period_once(contract):
    (entry,) = use(contract, "training")
    later = TUESDAY_10 + timedelta(days=400)
    back = partial(entitlements.give_back, entry, reason="Cancelled", at=later, by="account:1")
    assert [back(), back()] == [True, False]
    assert stand(contract)["training"] == (0, 0, 1)
    use(contract, "training")
    reversal = EntitlementUse.objects.get(reverses=entry)
    assert not entitlements.give_back(reversal, reason="Again", at=later, by="account:1")


@pytest.mark.parametrize("key", ["csm_named_engineer", "nothing", ""])
def test_what_is_only_told_or_not_said_is_not_used(contract, key):
    with pytest.raises(NoSuchEntitlement):
        use(contract, key)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [({"units": 0}, WrongAmount), ({"units": -1}, WrongAmount), ({"units": 10**6}, WrongAmount),
     ({"reason": " \n"}, ReasonMissing)],
)  # fmt: skip
def test_a_use_is_something_and_says_for_what(contract, said, refusal):
    with pytest.raises(refusal):
        use(contract, "training", **said)
    assert not EntitlementUse.objects.exists()


def test_the_ledger_is_append_only(contract):
    (entry,) = use(contract, "training")
    for change in (partial(EntitlementUse.objects.update, units=-5), entry.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "said",
    [
        "training", [1], [{"key": ""}], [{"key": "a b"}], [{"key": "a"}, {"key": "a"}], [{"kye": "a"}],
        [{"key": "a", "limit": -1}], [{"key": "a", "limit": True}], [{"key": "a", "limit": 1.5}],
        [{"key": "a", "period": {"unit": "week"}}], [{"key": "a", "over": "ask"}],
        [{"key": "a", "over": "overage"}], [{"key": "a", "over": "overage"} | PRICE | {"price": "NaN"}],
        [{"key": "a", "over": "overage"} | PRICE | {"price": "-1"}],
        [{"key": "a", "over": "overage"} | PRICE | {"price": "0.00001"}],
        [{"key": "a", "over": "overage"} | PRICE | {"currency": "euro"}], [{"key": "x" * 61}],
        [{"key": "a", "metric": 5}], [{"key": str(number)} for number in range(51)],
    ],
)  # fmt: skip
def test_a_plan_that_says_nonsense_is_refused_in_its_form(plus, said):
    with pytest.raises(BadEntitlements):
        entitlement_terms.parse(said)
    plus.entitlements = said
    with pytest.raises(ValidationError) as refused:
        plus.clean()
    assert list(refused.value.message_dict) == ["entitlements"]


def test_what_an_old_version_says_unreadably_is_nothing_and_breaks_no_page(contract, plus):
    rewrite(plus, entitlements=[{"key": "a", "limit": "many"}])
    assert entitlements.included(contract, at=TUESDAY_10) == ()
    assert entitlements.standings(contract, at=TUESDAY_10) == []


GOOD = {"units": -1, "reason": "Porto", "starts_at": TUESDAY_10, "ends_at": TUESDAY_10 + timedelta(days=1)}


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"units": 0}, "a_use_of_an_entitlement_is_something|names_what_was_used"),
        ({"reason": ""}, "a_use_of_an_entitlement_says_for_what"),
        ({"units": 1}, "what_is_given_back_names_what_was_used"),
        ({"ends_at": TUESDAY_10}, "an_entitlements_period_has_a_length"),
        ({"price": 5, "currency": "EUR"}, "only_a_use_beyond_the_entitlement_is_billed"),
        ({"is_over": True, "price": 5}, "only_a_use_beyond_the_entitlement_is_billed"),
    ],
)
def test_the_database_keeps_the_ledger_sensible(contract, wrong, constraint):
    given = {"contract": contract, "key": "training", "at": TUESDAY_10, "by": "account:1"}
    EntitlementUse.objects.create(**given, **GOOD)
    EntitlementUse.objects.create(**given, **GOOD, is_over=True, price=5, currency="EUR")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EntitlementUse.objects.create(**given, **(GOOD | wrong))
