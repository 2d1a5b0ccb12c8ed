"""What somebody should be told of a contract: each once (D14, D25, CM-03)."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from contracts import granting, notices, quota
from contracts.models import Allotment, Notice
from contracts.validators import validate_thresholds
from tests.cast import TUESDAY_10, agreed, rewrite

NEXT_MONTH = TUESDAY_10 + timedelta(days=31)
BEYOND = {"mode": "accept_and_flag", "price": "", "currency": ""}
IN_MARCH = {"period": ["2026-03-01", "2026-03-31"], "metric": "tickets"}


def told(kind):
    return list(Notice.objects.filter(kind=kind).order_by("id").values_list("facts", flat=True))


def percents():
    return [facts["percent"] for facts in told("threshold")]


def test_half_four_fifths_and_all_of_the_units_are_told_with_the_ticket_that_reaches_them(
    contract, limit, take
):
    limit(10)
    seen = []
    for _ in range(11):
        take()
        seen.append(percents())
    assert seen == [[]] * 4 + [[50]] * 3 + [[50, 80]] * 2 + [[50, 80, 100]] * 2


def test_a_threshold_tells_the_customer_the_contract_and_the_figures(contract, azenha, limit, take):
    limit(10)
    take(5)
    notice = Notice.objects.get()
    assert (notice.kind, notice.organisation, notice.contract, notice.at, notice.handled_at) == (
        "threshold",
        azenha,
        contract,
        TUESDAY_10,
        None,
    )
    assert notice.facts == {"percent": 50, "used": 5, "units": 10, **BEYOND, **IN_MARCH}


def test_a_mark_between_two_tickets_is_reached_by_the_second(contract, limit, take):
    """Half of five is two and a half."""
    limit(5)
    take(2)
    assert percents() == []
    take()
    assert percents() == [50]


def test_of_several_marks_that_one_ticket_crosses_the_highest_is_told(contract, limit, take):
    limit(1)
    take()
    assert percents() == [100]


@pytest.mark.parametrize("units", [None, 0])
def test_unlimited_and_none_have_no_thresholds(contract, limit, take, units):
    limit(units)
    take(20)
    assert percents() == []


def test_a_mark_is_told_again_when_a_return_took_the_use_below_it(contract, limit, take):
    limit(2)
    uid = uuid.uuid4()
    for _ in range(3):
        quota.charge(contract, ticket_uid=uid, at=TUESDAY_10, by="system:test")
        quota.give_back(ticket_uid=uid, at=TUESDAY_10, by="system:test", reason="spam")
    allotment = Allotment.objects.get().pk
    keys = Notice.objects.order_by("id").values_list("key", flat=True)
    assert list(keys) == [f"{allotment}:50:1", f"{allotment}:50:2", f"{allotment}:50:3"]


def test_a_return_that_stays_above_the_mark_is_not_told_again(contract, limit, take):
    limit(10)
    take(6)
    uid = uuid.uuid4()
    quota.charge(contract, ticket_uid=uid, at=TUESDAY_10, by="system:test")
    quota.give_back(ticket_uid=uid, at=TUESDAY_10, by="system:test", reason="spam")
    take()
    assert percents() == [50]


def test_each_month_has_its_own_thresholds(contract, limit, take):
    limit(2)
    take(2)
    take(2, at=NEXT_MONTH)
    assert [(facts["period"][0], facts["percent"]) for facts in told("threshold")] == [
        ("2026-03-01", 50),
        ("2026-03-01", 100),
        ("2026-04-01", 50),
        ("2026-04-01", 100),
    ]


def test_every_ticket_over_quota_is_told_once(contract, limit):
    limit(0)
    uids = [uuid.uuid4(), uuid.uuid4()]
    for uid in (*uids, *uids):
        quota.charge(contract, ticket_uid=uid, at=TUESDAY_10, by="system:test")
    assert told("over_quota") == [
        {"ticket_uid": str(uid), "used": 0, "units": 0, "over": over, **BEYOND, **IN_MARCH}
        for over, uid in enumerate(uids, start=1)
    ]


def test_a_customer_without_a_contract_is_told_of_once_a_day_of_theirs(azenha, bellecour):
    """Lisbon's second of July begins at 23:00 UTC."""
    first = datetime(2026, 7, 1, 9, tzinfo=UTC)
    for number, at in enumerate(
        (first, first + timedelta(hours=13, minutes=59), first + timedelta(hours=14)), start=1
    ):
        notices.uncovered(azenha, ticket_number=number, at=at)
    notices.uncovered(bellecour, ticket_number=4, at=first)
    rows = Notice.objects.order_by("id").values_list("organisation__slug", "facts")
    assert list(rows) == [
        ("azenha", {"ticket_number": 1, "date": "2026-07-01"}),
        ("azenha", {"ticket_number": 3, "date": "2026-07-02"}),
        ("bellecour", {"ticket_number": 4, "date": "2026-07-01"}),
    ]


def test_a_notice_that_was_handled_is_not_given_again(azenha):
    notices.uncovered(azenha, ticket_number=1, at=TUESDAY_10)
    Notice.objects.update(handled_at=TUESDAY_10)
    notices.uncovered(azenha, ticket_number=2, at=TUESDAY_10)
    assert Notice.objects.filter(handled_at=None).count() == 0


@pytest.mark.parametrize(("marks", "seen"), [([30, 90], [30, 90]), ([100], [100]), ([], [])])
def test_a_contract_has_thresholds_of_its_own(contract, limit, take, marks, seen):
    limit(10)
    rewrite(agreed(contract), thresholds=marks)
    take(10)
    assert percents() == seen


def test_what_was_granted_moves_the_marks(contract, limit, take):
    limit(2)
    granting.grant(contract, units=8, reason="Sorry.", at=TUESDAY_10, by="account:1")
    take(4)
    assert percents() == []
    take()
    assert percents() == [50]


@pytest.mark.parametrize("marks", [[0, 50], [50, 101], [80, 50], [50, 50], "50", [50.5], [True], None])
def test_marks_that_are_none_are_refused(marks):
    with pytest.raises(ValidationError):
        validate_thresholds(marks)
