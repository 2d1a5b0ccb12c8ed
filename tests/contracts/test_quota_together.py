"""Tickets that arrive together: exactly as many are inside as units are left, and once is once (P4, P5).

On SQLite and PostgreSQL alike, with real rows and a connection for each of twenty threads.
"""

import time
import uuid
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from contracts import people, quota, tally
from contracts.models import Address, Allotment, Charge, Notice, Person
from tests.cast import TUESDAY_10

pytestmark = pytest.mark.usefixtures("committed")


def charge(contract, uid=None):
    with transaction.atomic():
        return quota.charge(contract, ticket_uid=uid or uuid.uuid4(), at=TUESDAY_10, by="system:test")


def give_back(uid):
    with transaction.atomic():
        return quota.give_back(ticket_uid=uid, at=TUESDAY_10, by="system:test", reason="spam")


def use():
    return Allotment.objects.values_list("used", "over").get()


def test_of_two_hundred_at_once_exactly_as_many_are_inside_as_there_are_units(contract, limit, crowd):
    limit(60)
    answers = crowd([partial(charge, contract)] * 200)
    assert sum(not answer.is_over for answer in answers) == 60
    assert Charge.objects.filter(is_over=False).count() == 60
    assert (use(), quota.verify()) == ((60, 140), [])


def test_each_threshold_is_told_once_and_each_ticket_over_quota_too(contract, limit, crowd):
    limit(10)
    crowd([partial(charge, contract)] * 40)
    told = Notice.objects.filter(kind="threshold").values_list("facts__percent", flat=True)
    assert sorted(told) == [50, 80, 100]
    assert Notice.objects.filter(kind="over_quota").count() == 30


def test_the_month_is_opened_once_by_twenty_first_tickets(contract, crowd):
    crowd([partial(charge, contract)] * 20)
    assert (Allotment.objects.count(), use()) == (1, (15, 5))


def test_a_ticket_that_is_charged_fifty_times_at_once_takes_one_unit(contract, crowd):
    uid = uuid.uuid4()
    answers = crowd([partial(charge, contract, uid)] * 50)
    assert {answer.used for answer in answers} == {1}
    assert (Charge.objects.count(), use()) == (1, (1, 0))


def test_a_unit_given_back_fifty_times_at_once_comes_back_once(contract, crowd):
    charge(contract, uid := uuid.uuid4())
    answers = crowd([partial(give_back, uid)] * 50)
    assert (sum(answers), use(), quota.verify()) == (1, (0, 0), [])


def test_charges_and_returns_that_cross_leave_counters_equal_to_the_ledger(contract, limit, crowd):
    limit(10)
    uids = [uuid.uuid4() for _ in range(40)]
    for uid in uids[:20]:
        charge(contract, uid)
    crowd(
        [partial(give_back, uid) for uid in uids[:20]] + [partial(charge, contract, uid) for uid in uids[20:]]
    )
    assert (sum(use()), quota.verify()) == (20, [])


def test_first_mails_that_come_together_make_one_person(azenha, crowd):
    write = partial(people.person_for, "email", "Nuno@Azenha.example", name="Nuno")
    assert len({person.pk for person in crowd([write] * 40)}) == 1
    assert (Person.objects.count(), Address.objects.count()) == (1, 1)


def test_without_the_lock_more_would_be_inside_than_there_are_units(contract, limit, crowd, monkeypatch):
    """The negative control: the stories above can tell a lock from none."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks to take away: a transaction that writes is alone.")
    limit(5)
    charge(contract)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr(quota.tally, "locked", _slowly(tally.locked))
    answers = crowd([partial(charge, contract)] * 20)
    assert sum(not answer.is_over for answer in answers) > 4


def test_with_the_lock_slowness_changes_nothing(contract, limit, crowd, monkeypatch):
    """The same slowness as in the control."""
    limit(5)
    charge(contract)
    monkeypatch.setattr(quota.tally, "locked", _slowly(tally.locked))
    answers = crowd([partial(charge, contract)] * 20)
    assert sum(not answer.is_over for answer in answers) == 4


def _slowly(rule):
    def slow(*args, **kwargs):
        answer = rule(*args, **kwargs)
        time.sleep(0.05)
        return answer

    return slow
