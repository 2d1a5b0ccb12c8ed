"""The targets as they are read: value, source, binding or not (R7, CM-07)."""

from contracts.coverage import Coverage, Standing, cover
from contracts.terms import CellShown, Source, cells_shown
from tests.cast import TUESDAY_10, agree, agreed, rewrite


def line(cell):
    return f"{cell.metric} {cell.priority}: {cell.amount} {cell.unit}, {cell.source}"


def test_a_published_policy_is_shown_by_metric_and_urgency(policy_version):
    assert [line(cell) for cell in cells_shown(policy_version)] == [
        "first_response urgent: 4 business_hours, policy",
        "first_response high: 12 business_hours, policy",
        "first_response medium: 1 business_days, policy",
        "first_response low: 2 business_days, policy",
        "resolution urgent: 24 business_hours, policy",
        "resolution high: 24 business_hours, policy",
        "resolution medium: 24 business_hours, policy",
        "resolution low: 24 business_hours, policy",
    ]


def test_a_customer_sees_what_their_plan_offers_and_what_their_agreement_says(
    contract, essential, ana, priorities
):
    rewrite(agreed(contract), plan_version=essential, is_binding=True, agreement_reference="A-7")
    agree(contract, "resolution", priorities["medium"], unit="business_days", amount=2)
    agree(contract, "next_response", priorities["low"], kind="best_effort")
    agree(contract, "resolution", priorities["urgent"], unit="business_hours", amount=1)
    shown = cells_shown(cover(ana, at=TUESDAY_10))
    assert [line(cell) for cell in shown] == [
        "first_response medium: 1 business_days, policy",
        "first_response low: 2 business_days, policy",
        "next_response low: None , agreement",
        "resolution medium: 2 business_days, agreement",
        "resolution low: 24 business_hours, policy",
    ]
    assert {cell.is_binding for cell in shown} == {True}
    assert shown[3] == CellShown(
        metric="resolution",
        priority="medium",
        priority_name="Medium",
        kind="target",
        unit="business_days",
        amount=2,
        source=Source.AGREEMENT,
        is_binding=True,
    )


def test_goals_are_shown_as_goals(contract, ana):
    assert {cell.is_binding for cell in cells_shown(cover(ana, at=TUESDAY_10))} == {False}


def test_without_a_contract_there_is_nothing_to_show(azenha):
    assert cells_shown(Coverage(Standing.UNVERIFIED)) == []
    assert cells_shown(Coverage(Standing.UNCOVERED, organisation=azenha)) == []
