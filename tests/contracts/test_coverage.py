"""Which agreement covers a person at an instant, and what it promises (R1, D17, D22, D25)."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from contracts.coverage import Coverage, Standing, contract_in_force, cover
from contracts.models import Person
from sla import calendars, policies, versions
from sla.hours import Metric, Target, calendar_from_json
from sla.models import Calendar, PolicyVersion, Priority, TargetCell
from tests.cast import LONG_AGO, TUESDAY_10, agree, agreed, contract_for, offer, rewrite

FOUR_HOURS = Target.seconds(4 * 3600)
A_DAY = Target.days(1).floored(12 * 3600)


def first_responses(found):
    return dict(found.terms.targets[Metric.FIRST_RESPONSE])


def test_a_customers_person_is_covered_by_the_contract_with_all_that_a_ticket_keeps(
    contract, plus, policy_version, calendar, azenha, ana
):
    found = cover(ana, at=TUESDAY_10)
    assert found == Coverage(
        standing=Standing.COVERED,
        organisation=azenha,
        contract=contract,
        contract_version=agreed(contract),
        plan_version=plus,
        policy_version=policy_version,
        calendar=calendar,
        terms=policies.terms_of(policy_version, at=TUESDAY_10),
        offered=("urgent", "high", "medium", "low"),
        is_binding=False,
        first_priority="medium",
    )


def test_whoever_belongs_nowhere_is_unverified(contract):
    assert cover(Person.objects.create(name="Somebody"), at=TUESDAY_10) == Coverage(Standing.UNVERIFIED)


@pytest.mark.parametrize("at", [LONG_AGO - timedelta(microseconds=1), datetime(2026, 3, 31, tzinfo=UTC)])
def test_before_it_begins_and_from_its_end_on_a_contract_covers_nothing(contract, azenha, ana, at):
    contract.ends_at = datetime(2026, 3, 31, tzinfo=UTC)
    contract.save()
    assert cover(ana, at=at) == Coverage(Standing.UNCOVERED, organisation=azenha)


def test_a_contract_covers_from_its_first_instant_to_the_last_before_its_end(contract, azenha):
    contract.ends_at = datetime(2026, 3, 31, tzinfo=UTC)
    contract.save()
    for at in (LONG_AGO, contract.ends_at - timedelta(microseconds=1)):
        assert contract_in_force(azenha.pk, at=at) == contract


def test_another_organisations_contract_covers_nobody_else(other_contract, azenha, ana):
    assert cover(ana, at=TUESDAY_10) == Coverage(Standing.UNCOVERED, organisation=azenha)


def test_of_two_contracts_in_force_the_one_that_began_last_holds_and_admins_are_alerted(
    contract, plus, azenha, ana
):
    newer = contract_for(azenha, plus, reference="C-2", starts_at=TUESDAY_10 - timedelta(days=1))
    with capture_logs() as logs:
        assert cover(ana, at=TUESDAY_10).contract == newer
    assert logs == [
        {
            "event": "contracts_overlap",
            "log_level": "error",
            "organisation": azenha.pk,
            "contracts": ["C-2", "C-azenha"],
            "taken": "C-2",
        }
    ]


def test_of_two_contracts_that_began_together_the_later_entry_holds(contract, plus, azenha):
    later = contract_for(azenha, plus, reference="C-2")
    assert [contract_in_force(azenha.pk, at=TUESDAY_10) for _ in range(3)] == [later] * 3


# --- which policy version -----------------------------------------------------------------------


@pytest.fixture
def next_version(policy_version) -> PolicyVersion:
    """From Tuesday at ten, medium is answered within four hours."""
    return _version(policy_version, number=2, valid_from=TUESDAY_10, hours=4)


def _version(first, *, number, valid_from, hours, publish_at=LONG_AGO):
    version = PolicyVersion.objects.create(
        policy=first.policy, number=number, valid_from=valid_from, calendar=first.calendar
    )
    for priority in Priority.objects.all():
        for metric in ("first_response", "resolution"):
            TargetCell.objects.create(
                version=version, metric=metric, priority=priority, unit="business_hours", amount=hours
            )
    if publish_at:
        policies.publish(version, at=publish_at)
    return version


def test_the_published_version_in_force_at_receipt_holds_to_the_instant(
    contract, ana, policy_version, next_version
):
    just_before = cover(ana, at=TUESDAY_10 - timedelta(microseconds=1))
    from_then_on = cover(ana, at=TUESDAY_10)
    assert (just_before.policy_version, from_then_on.policy_version) == (policy_version, next_version)
    assert (first_responses(just_before)["medium"], first_responses(from_then_on)["medium"]) == (
        A_DAY,
        FOUR_HOURS,
    )


def test_a_superseded_version_still_rules_what_was_received_under_it(
    contract, ana, policy_version, next_version
):
    versions.turn_over(PolicyVersion, at=TUESDAY_10)
    policy_version.refresh_from_db()
    assert policy_version.status == "superseded"
    assert cover(ana, at=TUESDAY_10 - timedelta(days=1)).policy_version == policy_version


def test_a_draft_never_rules(contract, ana, policy_version):
    _version(policy_version, number=2, valid_from=LONG_AGO, hours=1, publish_at=None)
    assert cover(ana, at=TUESDAY_10).policy_version == policy_version


def test_the_version_that_the_contract_pins_comes_before_the_one_in_force(
    contract, ana, policy_version, next_version
):
    rewrite(agreed(contract), pinned_policy_version=policy_version)
    found = cover(ana, at=TUESDAY_10 + timedelta(days=30))
    assert (found.policy_version, first_responses(found)["medium"]) == (policy_version, A_DAY)


def test_a_pinned_draft_is_passed_over_with_an_alert(contract, ana, policy_version):
    draft = _version(policy_version, number=2, valid_from=LONG_AGO, hours=1, publish_at=None)
    rewrite(agreed(contract), pinned_policy_version=draft)
    with capture_logs() as logs:
        assert cover(ana, at=TUESDAY_10).policy_version == policy_version
    assert [line["event"] for line in logs] == ["pinned_policy_is_a_draft"]


def test_without_a_published_policy_there_is_a_contract_but_no_promise(contract, ana, policy_version):
    rewrite(policy_version, status="draft")
    with capture_logs() as logs:
        found = cover(ana, at=TUESDAY_10)
    assert (found.contract, found.policy_version, found.calendar, found.terms) == (contract, None, None, None)
    assert (found.offered, found.first_priority) == (("urgent", "high", "medium", "low"), "medium")
    assert [line["event"] for line in logs] == ["no_policy_in_force"]


def test_a_calendar_without_hours_is_alerted_and_promises_nothing(contract, ana, policy_version):
    rewrite(policy_version, calendar=Calendar.objects.create(key="empty", name="Empty"))
    with capture_logs() as logs:
        assert cover(ana, at=TUESDAY_10).terms is None
    assert [line["event"] for line in logs] == ["calendar_has_no_hours"]


# --- cells --------------------------------------------------------------------------------------


def test_the_contracts_cell_comes_before_the_policys(contract, ana, priorities):
    _agree(contract, priorities["medium"], unit="business_hours", amount=4)
    assert first_responses(cover(ana, at=TUESDAY_10)) == {
        "urgent": FOUR_HOURS,
        "high": Target.seconds(12 * 3600),
        "medium": FOUR_HOURS,
        "low": Target.days(2).floored(12 * 3600),
    }


def test_a_contract_may_say_that_there_is_no_target(contract, ana, priorities):
    _agree(contract, priorities["medium"], kind="best_effort")
    assert first_responses(cover(ana, at=TUESDAY_10))["medium"] is None


def test_a_priority_that_the_plan_does_not_offer_has_no_target_whatever_the_cells_say(
    contract, essential, ana, priorities
):
    _agree(contract, priorities["urgent"], unit="business_hours", amount=1)
    rewrite(agreed(contract), plan_version=essential)
    with capture_logs() as logs:
        found = cover(ana, at=TUESDAY_10)
    assert found.offered == ("medium", "low")
    for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
        have = {key for key, target in found.terms.targets[metric].items() if target is not None}
        assert have == {"medium", "low"}
    assert logs == []


def _agree(contract, priority, **said):
    agree(contract, "first_response", priority, **said)


@pytest.mark.parametrize(
    ("contract_binds", "policy_binds", "binds"),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_what_binds_is_said(contract, ana, policy_version, contract_binds, policy_binds, binds):
    rewrite(agreed(contract), is_binding=contract_binds, agreement_reference="Agreement 7, section 3")
    rewrite(policy_version, is_binding=policy_binds)
    assert cover(ana, at=TUESDAY_10).is_binding is binds


def test_a_business_day_is_as_long_as_the_calendar_says_at_receipt(contract, ana, calendar):
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    shorter = calendar_from_json({"tz": "Europe/Lisbon", "week": week})
    calendars.publish_version(calendar, spec=shorter, valid_from=TUESDAY_10)
    before, after = (first_responses(cover(ana, at=at))["medium"] for at in (LONG_AGO, TUESDAY_10))
    assert (before.floor_seconds, after.floor_seconds) == (12 * 3600, 8 * 3600)


# --- first priority (D22) -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offered", "first"),
    [
        (("urgent", "high", "medium", "low"), "medium"),
        (("medium",), "medium"),
        (("urgent", "low"), "low"),
        (("high", "low"), "low"),
        (("urgent", "high"), "high"),
        (("urgent",), "urgent"),
        ((), ""),
    ],
)
def test_the_first_priority_is_medium_or_the_nearest_lower_or_the_lowest(
    contract, plus, ana, priorities, offered, first
):
    offer(plus, [priorities[key] for key in offered])
    found = cover(ana, at=TUESDAY_10)
    assert (found.offered, found.first_priority) == (offered, first)


def test_of_two_lower_ones_the_nearest_is_taken(contract, plus, ana, priorities):
    lowest = Priority.objects.create(key="someday", name="Some day", rank=9)
    offer(plus, [priorities["low"], lowest])
    assert cover(ana, at=TUESDAY_10).first_priority == "low"


def test_a_desk_without_medium_begins_with_the_lowest(contract, ana, priorities):
    Priority.objects.filter(key="medium").update(key="normal")
    assert cover(ana, at=TUESDAY_10).first_priority == "low"


# --- what it costs ------------------------------------------------------------------------------


def test_cover_costs_five_statements(contract, other_contract, ana, django_assert_num_queries):
    with django_assert_num_queries(5):
        found = cover(ana, at=TUESDAY_10)
        assert (found.organisation.slug, found.calendar.key, found.plan_version.plan.key) == (
            "azenha",
            "lisbon",
            "plus",
        )


def test_agreed_cells_cost_one_more_and_a_pinned_version_nothing(
    contract, ana, priorities, policy_version, django_assert_num_queries
):
    _agree(contract, priorities["medium"], unit="business_hours", amount=4)
    _agree(contract, priorities["low"], unit="business_hours", amount=9)
    cover(ana, at=TUESDAY_10)  # the calendar's hours are known from now on
    with django_assert_num_queries(5):
        cover(ana, at=TUESDAY_10)
    rewrite(agreed(contract), pinned_policy_version=policy_version)
    with django_assert_num_queries(5):
        assert cover(ana, at=TUESDAY_10).calendar.key == "lisbon"
