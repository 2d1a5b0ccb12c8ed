"""What a cell can say: open time, time as it passes, ranges, aims, conditions, and no number at all."""

from datetime import UTC, datetime

import pytest

from sla import calendars, policies
from sla.conditions import Asked
from sla.hours import Metric
from sla.models import Calendar, PolicyVersion, TargetCell
from sla.models.policy import Cell
from sla.timekeeping import from_epoch, to_epoch
from tests.cast import LONG_AGO

SATURDAY_BEFORE_SUMMER_TIME = datetime(2026, 3, 28, 10, 30, tzinfo=UTC)


@pytest.fixture
def draft(policy_version) -> PolicyVersion:
    """A version that says nothing yet."""
    return PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=LONG_AGO, calendar=policy_version.calendar
    )


@pytest.fixture
def say(draft, priorities):
    """Write a cell of a first response for high tickets, and give its target."""

    def say(*, asked=Asked(), **said):  # noqa: B008 - it never changes
        fields = {"metric": "first_response", "priority": priorities["high"]} | said
        TargetCell.objects.create(version=draft, **fields)
        return policies.terms_of(draft, asked=asked).target(Metric.FIRST_RESPONSE, "high")

    return say


def due(target, calendar, at):
    on = Calendar.objects.get(pk=target.calendar) if target.calendar else calendar
    return from_epoch(calendars.reckon(on, lambda line: line.due(to_epoch(at), target), at=at))


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        ("elapsed_minutes", 30, datetime(2026, 3, 28, 11, 0, tzinfo=UTC)),
        ("elapsed_hours", 48, datetime(2026, 3, 30, 10, 30, tzinfo=UTC)),
        ("calendar_days", 2, datetime(2026, 3, 30, 9, 30, tzinfo=UTC)),
        ("business_hours", 2, datetime(2026, 3, 30, 10, 0, tzinfo=UTC)),
        ("business_days", 1, datetime(2026, 3, 30, 20, 0, tzinfo=UTC)),
    ],
)
def test_time_passes_on_a_weekend_and_a_calendar_day_ends_at_the_same_reading(
    say, calendar, unit, amount, expected
):
    assert due(say(unit=unit, amount=amount), calendar, SATURDAY_BEFORE_SUMMER_TIME) == expected


def test_of_a_range_the_upper_end_is_due_and_of_an_aim_what_it_takes_at_most(say):
    ranged = say(unit="business_hours", from_amount=2, amount=3)
    assert ranged.amount == 3 * 3600
    aimed = say(
        metric="first_response", channel="email", unit="business_hours", amount=8, aim_amount=1,
        aim_unit="elapsed_hours", asked=Asked("email"),
    )  # fmt: skip
    assert aimed.amount == 8 * 3600


@pytest.mark.parametrize("kind", [kind for kind in Cell.Kind if kind != Cell.Kind.TARGET])
def test_without_a_number_there_is_no_clock(say, kind):
    assert say(kind=kind) is None


# --- conditions -----------------------------------------------------------------------------------


@pytest.fixture
def conditional(say):
    """Eight hours for everybody, four by WhatsApp, two for named contacts, one for these by WhatsApp."""
    hours = {"unit": "business_hours"}
    say(amount=8, **hours)
    say(amount=4, channel="whatsapp", **hours)
    say(amount=2, named_contacts_only=True, **hours)
    say(amount=1, channel="whatsapp", named_contacts_only=True, **hours)


@pytest.mark.parametrize(
    ("asked", "hours"),
    [
        (Asked(), 8),
        (Asked("email"), 8),
        (Asked("whatsapp"), 4),
        (Asked("email", "", lambda: True), 2),
        (Asked("whatsapp", "", lambda: True), 1),
    ],
)
def test_the_narrowest_cell_that_applies_holds(conditional, draft, asked, hours):
    terms = policies.terms_of(draft, asked=asked)
    assert terms.target(Metric.FIRST_RESPONSE, "high").amount == hours * 3600


def test_where_no_condition_is_fulfilled_there_is_no_target_and_no_alert(say, draft, priorities, caplog):
    TargetCell.objects.create(version=draft, metric="resolution", priority=priorities["high"], kind="none")
    assert say(unit="business_hours", amount=4, channel="phone") is None
    assert caplog.records == []


def test_whether_somebody_is_named_is_asked_only_where_a_target_depends_on_it(say):
    def never():
        raise AssertionError("asked for nothing")

    assert say(unit="business_hours", amount=4, asked=Asked("email", "", never)).amount == 4 * 3600
