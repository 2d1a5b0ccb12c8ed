"""What one version says otherwise than another (AM-01)."""

from datetime import timedelta

import pytest

from sla import comparing
from sla.models import PolicyVersion
from tests.cast import TUESDAY_10, agree, agreed

LATER = TUESDAY_10 + timedelta(days=1)


def said(older, newer):
    return [(one.name, one.before, one.after) for one in comparing.differences(older, newer)]


@pytest.fixture
def draft(policy_version, calendar, priorities):
    """Like the policy in force, save that urgent is answered in 2 to 3 hours and medium is as agreed."""
    version = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=LATER, calendar=calendar, grace_minutes=30,
        pausing_statuses=["waiting_customer"],
    )  # fmt: skip
    for cell in policy_version.cells.all():
        cell.pk, cell.version = None, version
        cell.save()
    cells = version.cells.filter(metric="first_response")
    cells.filter(priority=priorities["urgent"]).update(
        amount=3, from_amount=2, aim_amount=90, aim_unit="elapsed_minutes"
    )
    cells.filter(priority=priorities["medium"]).update(kind="as_agreed", amount=None, unit="")
    for step in policy_version.ladder.exclude(percent=150):
        step.pk, step.version = None, version
        step.save()
    return version


def test_fields_cells_and_steps_are_compared_in_words(policy_version, draft):
    assert said(policy_version, draft) == [
        ("Grace minutes", "0", "30"),
        ("Urgent: first response", "4 business hours", "2 – 3 business hours, aim 90 minutes"),
        ("Medium: first response", "1 business days", "as agreed"),
        ("Step at 150 %", "assignee, lead", ""),
    ]


def test_a_version_that_says_the_same_differs_in_nothing(policy_version):
    assert said(policy_version, policy_version) == []


def test_an_amendment_follows_the_version_before_it(contract, plus, priorities):
    agree(contract, "resolution", priorities["high"], unit="business_hours", amount=8, channel="whatsapp")
    first = agreed(contract)
    second = contract.versions.create(
        number=2, plan_version=plus, valid_from=LATER, is_binding=True, agreement_reference="A-7",
        channels=["email"], units_source="own", day_mode="full_days_24h",
    )  # fmt: skip
    assert comparing.before(first) is None
    assert comparing.before(second) == first
    assert {name: after for name, _before, after in said(first, second)} == {
        "Day mode": "N × 24 open hours",
        "Is binding": "yes",
        "Agreement reference": "A-7",
        "Channels": "email",
        "Units source": "the contract's own; empty is unlimited",
        "High: resolution (whatsapp)": "",
    }


def test_a_plan_is_compared_with_what_it_offers(plus, priorities):
    besides = [{"key": "training", "limit": 1}, {"key": "advice", "period": {"unit": "year"}}]
    later = plus.plan.versions.create(
        number=2, policy=plus.policy, valid_from=LATER, units=20, entitlements=besides
    )
    later.offered_priorities.set([priorities["low"]])
    assert ("Units", "15", "20") in said(plus, later)
    told = "key: training, limit: 1; key: advice, period: unit: year"
    assert ("Entitlements", "", told) in said(plus, later)
    assert ("Offered priorities", "Urgent, High, Medium, Low", "Low") in said(plus, later)
