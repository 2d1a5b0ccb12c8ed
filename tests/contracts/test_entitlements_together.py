"""Entitlements that are used at once: never more than the plan includes (AM-09)."""

import time
from functools import partial

import pytest
from django.db import connection
from django.db.models import QuerySet

from contracts import entitlements
from contracts.entitlements import UsedUp
from contracts.models import EntitlementUse
from tests.cast import TUESDAY_10, rewrite

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def five_classes(contract, plus):
    """Five a month, and no more."""
    rewrite(plus, entitlements=[{"key": "training", "metric": "classes", "limit": 5, "over": "reject"}])
    return contract


def use(contract):
    try:
        return entitlements.use(contract, "training", units=1, reason="Porto", at=TUESDAY_10, by="account:1")
    except UsedUp:
        return None


def test_of_twenty_at_once_five_are_taken(five_classes, crowd):
    answers = crowd([partial(use, five_classes)] * 20)
    assert sum(answer is not None for answer in answers) == EntitlementUse.objects.count() == 5


def test_without_the_lock_more_would_be(five_classes, crowd, monkeypatch):
    """The negative control: the story above fails if the contract's row is not locked."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks")
    sums = QuerySet.aggregate

    def sum_late(rows, **which):
        summed = sums(rows, **which)
        time.sleep(0.2)
        return summed

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(QuerySet, "aggregate", sum_late)
    crowd([partial(use, five_classes)] * 20)
    monkeypatch.undo()
    assert EntitlementUse.objects.count() > 5
