from datetime import UTC, datetime

import pytest
from django.db import connection

from sla import calendars, hours, policies, versions
from sla.append_only import triggers_lifted
from sla.hours import DayMode, Metric, Target
from sla.models import Calendar, PolicyVersion, TargetCell
from sla.policies import CountedOn
from tests.sla.conftest import march

HOUR = 3600
STANDARD_DAY = 12 * HOUR
ON_ITS_OWN = CountedOn(0, STANDARD_DAY)


def draft(policy, calendar, number, valid_from) -> PolicyVersion:
    return PolicyVersion.objects.create(
        policy=policy, number=number, valid_from=valid_from, calendar=calendar
    )


def statuses(policy) -> list[tuple]:
    return list(policy.versions.order_by("number").values_list("number", "status", "valid_until"))


@pytest.fixture
def policy(policy_version):
    return policy_version.policy


# --- publishing -----------------------------------------------------------------------------------


def test_a_draft_is_in_force_at_once_and_ends_the_one_before(policy, calendar):
    second = draft(policy, calendar, 2, march(10, 10))

    policies.publish(second, at=march(10, 10))

    assert second.status == "active"
    assert statuses(policy) == [(1, "superseded", march(10, 10)), (2, "active", None)]


def test_a_draft_for_later_waits_for_its_day(policy, calendar):
    second = draft(policy, calendar, 2, march(20, 0))

    policies.publish(second, at=march(10, 10))
    assert statuses(policy) == [(1, "active", march(20, 0)), (2, "scheduled", None)]

    assert [versions.turn_over(PolicyVersion, at=march(day, 0)) for day in (19, 20, 21)] == [0, 1, 0]
    assert statuses(policy) == [(1, "superseded", march(20, 0)), (2, "active", None)]


def test_the_version_in_force_goes_by_the_dates_not_by_who_turned_the_page(policy, calendar):
    policies.publish(draft(policy, calendar, 2, march(20, 0)), at=march(10, 10))
    draft(policy, calendar, 3, march(21, 0))

    asked = [datetime(2024, 1, 1, tzinfo=UTC), march(1, 0), march(19, 23), march(20, 0), march(30, 0)]
    found = [policies.active_version(policy, at=at) for at in asked]

    assert [version and version.number for version in found] == [None, 1, 1, 2, 2]


def test_what_was_published_is_not_published_again(policy_version):
    with pytest.raises(policies.NotADraft, match="a change is a new version"):
        policies.publish(policy_version, at=march(10, 10))


def test_a_version_does_not_reach_behind_the_one_in_force(policy, policy_version, calendar):
    late = draft(policy, calendar, 2, policy_version.valid_from)

    with pytest.raises(policies.NotLater):
        policies.publish(late, at=march(10, 10))

    assert statuses(policy) == [(1, "active", None), (2, "draft", None)]


# --- cells to terms -------------------------------------------------------------------------------


def test_cells_come_by_metric_and_urgency(policy_version):
    cells = policies.cells_of(policy_version)

    assert [(cell.metric, cell.priority.key) for cell in cells] == [
        (metric, key)
        for metric in ("first_response", "resolution")
        for key in ("urgent", "high", "medium", "low")
    ]


@pytest.mark.parametrize(
    ("unit", "amount", "target"),
    [
        ("business_minutes", 30, Target.seconds(30 * 60)),
        ("business_hours", 12, Target.seconds(12 * HOUR)),
        ("business_days", 2, Target.days(2).floored(STANDARD_DAY)),
    ],
)
def test_a_cell_counts_in_its_unit(policy_version, unit, amount, target):
    cell = TargetCell(kind="target", unit=unit, amount=amount)

    assert policies.target_of(cell, policy_version, ON_ITS_OWN) == target


def test_the_floor_can_be_off_and_a_day_can_mean_something_else(policy_version):
    policy_version.day_floor, policy_version.day_mode = False, "from_next_opening"
    cell = TargetCell(kind="target", unit="business_days", amount=2)

    assert policies.target_of(cell, policy_version, ON_ITS_OWN) == Target.days(2, DayMode.FROM_NEXT_OPENING)


@pytest.mark.parametrize("kind", ["best_effort", "none", "not_offered"])
def test_a_cell_without_a_number_has_no_target(policy_version, kind):
    assert policies.target_of(TargetCell(kind=kind), policy_version, ON_ITS_OWN) is None


def test_the_published_numbers_become_terms(policy_version):
    day = Target.days(1).floored(STANDARD_DAY)

    assert policies.terms_of(policy_version).targets == {
        Metric.FIRST_RESPONSE: {
            "urgent": Target.seconds(4 * HOUR),
            "high": Target.seconds(12 * HOUR),
            "medium": day,
            "low": Target.days(2).floored(STANDARD_DAY),
        },
        Metric.RESOLUTION: dict.fromkeys(("urgent", "high", "medium", "low"), Target.seconds(24 * HOUR)),
    }


def test_terms_cost_two_statements(policy_version, django_assert_num_queries):
    version = PolicyVersion.objects.select_related("calendar").get()

    with django_assert_num_queries(2):
        policies.terms_of(version)


def test_a_contracts_cell_wins_over_the_policys(policy_version, priorities):
    faster = TargetCell(metric="first_response", priority=priorities["low"], unit="business_hours", amount=2)

    terms = policies.terms_of(policy_version, overrides=[faster])

    assert terms.target(Metric.FIRST_RESPONSE, "low") == Target.seconds(2 * HOUR)
    assert terms.target(Metric.FIRST_RESPONSE, "urgent") == Target.seconds(4 * HOUR)


def test_a_contract_may_promise_a_next_response(policy_version, priorities):
    cell = TargetCell(metric="next_response", priority=priorities["high"], unit="business_hours", amount=2)

    terms = policies.terms_of(policy_version, overrides=[cell])

    assert terms.targets[Metric.NEXT_RESPONSE] == {"high": Target.seconds(2 * HOUR)}


def test_a_cell_that_nobody_defines_is_an_alert_and_no_target(policy_version, caplog):
    with triggers_lifted(connection):
        policy_version.cells.get(metric="resolution", priority__key="low").delete()

    terms = policies.terms_of(policy_version)

    assert terms.target(Metric.RESOLUTION, "low") is None
    (alert,) = caplog.records
    assert alert.levelname == "ERROR"
    assert "target undefined" in str(alert.msg)


def test_a_standard_day_is_that_of_the_customers_calendar(policy_version):
    short = Calendar.objects.create(key="short", name="Short")
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    spec = hours.calendar_from_json({"tz": "Europe/Paris", "week": week})
    calendars.publish_version(short, spec=spec, valid_from=march(1, 0))

    terms = policies.terms_of(policy_version, calendar=short, at=march(10, 10))

    assert terms.target(Metric.FIRST_RESPONSE, "medium") == Target.days(1).floored(8 * HOUR)
