"""Units on top of a plan: grants, adjustments, and what a period leaves to the next (AM-04)."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts import granting, quota, verifying
from contracts.granting import GrantRefused
from contracts.models import Allotment, Charge
from sla.models.version import VersionStatus
from tests.cast import TUESDAY_10, agreed, rewrite

APRIL, MAY, JUNE = (datetime(2026, month, 8, 10, tzinfo=UTC) for month in (4, 5, 6))
BY = {"by": "account:1"}


def give(contract, units, *, at=TUESDAY_10, **given):
    return granting.grant(contract, units=units, reason="Sorry for March.", at=at, **BY, **given)


def line(contract, at=TUESDAY_10):
    found = quota.quota_line(contract, at=at)
    return found.used, found.units, found.granted


def test_a_grant_is_on_top_of_the_plan_and_in_the_ledger(contract, limit, take):
    limit(2)
    take(2)
    give(contract, 1)
    assert line(contract) == (2, 3, 1)
    assert take(2) == [False, True]
    assert [*verifying.verify()] == []


def test_it_is_gone_with_the_period_unless_it_lasts_longer(contract, limit):
    limit(2)
    give(contract, 1)
    give(contract, 5, expires_at=datetime(2026, 5, 2, tzinfo=UTC))
    assert [line(contract, at) for at in (TUESDAY_10, APRIL, MAY, JUNE)] == [
        (0, 8, 6),
        (0, 7, 5),
        (0, 7, 5),
        (0, 2, 0),
    ]


def test_what_expires_first_is_used_first(contract, limit, take):
    limit(2)
    give(contract, 5, expires_at=datetime(2026, 5, 2, tzinfo=UTC))
    take(4)  # the plan's two, which are gone with March, and two of the five
    assert line(contract, APRIL) == (0, 5, 3)
    take(1, at=APRIL)
    assert Charge.objects.filter(kind="grant", by="system:rollover").values_list(
        "units", "expires_at"
    ).get() == (
        3,
        datetime(2026, 5, 2, tzinfo=UTC),
    )
    assert (line(contract, APRIL), [*verifying.verify()]) == ((1, 5, 3), [])


def test_an_adjustment_corrects_up_and_down_but_never_below_nothing(contract, limit):
    limit(2)
    granting.adjust(contract, units=3, reason="Counted wrongly.", at=TUESDAY_10, **BY)
    granting.adjust(contract, units=-9, reason="Counted wrongly again.", at=TUESDAY_10, **BY)
    found = quota.quota_line(contract, at=TUESDAY_10)
    assert (found.units, found.remaining, found.is_used_up) == (0, 0, True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"units": 0}, "at least one"),
        ({"units": -3}, "at least one"),
        ({"units": 1_000_000}, "hundred thousand"),
        ({"units": 1, "reason": " \x00 "}, "Say why"),
        ({"units": 1, "expires_at": TUESDAY_10}, "has expired"),
    ],
)
def test_a_grant_that_gives_nothing_is_refused(contract, given, words):
    with pytest.raises(GrantRefused, match=words):
        granting.grant(contract, **{"reason": "Sorry.", "at": TUESDAY_10, **BY, **given})
    assert Charge.objects.count() == 0


def test_a_unit_that_was_granted_and_used_stays_used_when_it_is_given_back_late(contract, limit, take):
    limit(0)
    give(contract, 1)
    take(1)
    uid = Charge.objects.get(kind="debit").ticket_uid
    quota.give_back(ticket_uid=uid, at=APRIL, by="account:1", reason="spam")
    assert (line(contract), line(contract, APRIL)) == ((0, 1, 1), (0, 0, 0))


# --- rollover ---------------------------------------------------------------------------------------


@pytest.fixture
def rolling(contract, limit):
    """Ten tickets a month; what is not used lasts two further months."""
    limit(10)
    rewrite(contract, starts_at=datetime(2026, 3, 1, tzinfo=UTC))
    rewrite(agreed(contract), rollover_periods=2)
    return contract


def test_unused_units_last_so_many_further_periods(rolling, take):
    take(4)
    assert [line(rolling, at) for at in (APRIL, MAY, JUNE)] == [
        (0, 16, 6),
        (0, 26, 16),
        (0, 30, 20),  # March's six are gone
    ]


def test_the_oldest_are_used_first_and_the_ledger_says_where_they_came_from(rolling, take):
    take(4)
    take(8, at=APRIL)  # six of March and two of April
    assert line(rolling, MAY) == (0, 18, 8)
    take(1, at=MAY)
    carried = Charge.objects.filter(by="system:rollover").order_by("pk")
    assert list(carried.values_list("allotment__used", "units")) == [(8, 6), (1, 8)]
    assert [*verifying.verify()] == []


def test_a_period_is_opened_with_what_was_left_once(rolling, take):
    take(4)
    take(3, at=APRIL)
    assert Charge.objects.filter(by="system:rollover").count() == 1
    assert Allotment.objects.order_by("-starts_at").values_list("granted", "used").first() == (6, 3)


def test_units_of_before_the_contract_are_nobodys(rolling):
    assert line(rolling, TUESDAY_10) == (0, 10, 0)


# --- the period itself changes ----------------------------------------------------------------------


def test_a_period_that_has_begun_goes_on_to_its_end_when_another_day_is_agreed(contract, limit, take):
    limit(10)
    take(3)
    rewrite(agreed(contract), anchor_day=15)
    take(1, at=TUESDAY_10 + timedelta(days=10))
    assert Allotment.objects.values_list("used", "ends_at").get() == (
        4,
        datetime(2026, 3, 31, 23, tzinfo=UTC),
    )
    take(1, at=APRIL)
    latest = Allotment.objects.latest("starts_at")
    assert (latest.starts_at, latest.ends_at) == (
        datetime(2026, 3, 31, 23, tzinfo=UTC),
        datetime(2026, 4, 14, 23, tzinfo=UTC),
    )


def test_an_amendment_holds_from_its_first_instant(contract, plus, limit, take):
    limit(1)
    later = contract.versions.create(
        number=2, plan_version=plus, valid_from=TUESDAY_10, units_source="own", units=3
    )
    rewrite(agreed(contract).contract.versions.get(number=1), valid_until=TUESDAY_10)
    rewrite(later, status=VersionStatus.ACTIVE)
    just_before = TUESDAY_10 - timedelta(microseconds=1)
    assert take(2, at=just_before) == [False, True]
    assert take(3) == [False, False, True]


# --- minutes ----------------------------------------------------------------------------------------


@pytest.fixture
def by_the_minute(contract, limit):
    """Two hours a month."""
    limit(120)
    rewrite(agreed(contract), quota_metric="minutes")
    return contract


def minutes(contract, uid, many):
    return quota.charge_minutes(contract, ticket_uid=uid, minutes=many, at=TUESDAY_10, by="account:1")


def test_minutes_are_taken_as_they_are_worked_and_what_is_beyond_is_over(by_the_minute, ticket_uid):
    assert (
        minutes(by_the_minute, ticket_uid, 100).remaining,
        minutes(by_the_minute, ticket_uid, 45).over,
    ) == (20, 25)
    debits = Charge.objects.order_by("pk").values_list("units", "is_over", "turn")
    assert list(debits) == [(-100, False, 0), (-20, False, 1), (-25, True, 2)]
    assert [*verifying.verify()] == []


def test_all_of_a_tickets_minutes_are_given_back_together(by_the_minute, ticket_uid):
    minutes(by_the_minute, ticket_uid, 100)
    minutes(by_the_minute, ticket_uid, 45)
    assert quota.give_back(ticket_uid=ticket_uid, at=APRIL, by="account:1", reason="bug")
    assert not quota.give_back(ticket_uid=ticket_uid, at=APRIL, by="account:1", reason="bug")
    assert Allotment.objects.values_list("used", "over").get() == (0, 0)


def test_no_minutes_are_none(by_the_minute, ticket_uid):
    with pytest.raises(ValueError, match="counted forward"):
        minutes(by_the_minute, ticket_uid, 0)


# --- taken again ------------------------------------------------------------------------------------


def test_what_was_given_back_is_taken_again_in_its_own_period(contract, limit, ticket_uid):
    limit(1)
    given = {"ticket_uid": ticket_uid, "by": "account:1"}
    quota.charge(contract, at=TUESDAY_10, **given)
    quota.give_back(at=APRIL, reason="technical", **given)
    assert [quota.take_again(at=MAY, reason="undone", **given) for _ in range(2)] == [True, False]
    assert Allotment.objects.values_list("starts_at__month", "used", "over").get() == (3, 1, 0)
    assert [*verifying.verify()] == []


def test_if_its_place_was_taken_meanwhile_it_is_over(contract, limit, take, ticket_uid):
    limit(1)
    given = {"ticket_uid": ticket_uid, "by": "account:1"}
    quota.charge(contract, at=TUESDAY_10, **given)
    quota.give_back(at=TUESDAY_10, reason="technical", **given)
    take(1)
    assert quota.take_again(at=APRIL, reason="undone", **given)
    assert Allotment.objects.values_list("used", "over").get() == (1, 1)


def test_what_was_never_given_back_is_not_taken_again(contract, ticket_uid):
    assert not quota.take_again(ticket_uid=ticket_uid, at=TUESDAY_10, by="account:1", reason="undone")
