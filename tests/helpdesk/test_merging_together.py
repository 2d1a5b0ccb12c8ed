"""Merges that cross: none waits for the other for ever, and no cycle arises (AG-09)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from helpdesk import lifecycle, merging
from helpdesk.merging import CannotBeMerged, NotGoingOn
from helpdesk.models import Message, Ticket
from tests.cast import TUESDAY_10, by_portal, take_in

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = 8
NOON = TUESDAY_10 + timedelta(hours=2)


def together(*jobs) -> list:
    """Each in a thread with a connection of its own; gives what came back, or the name of what was raised."""
    start = Barrier(len(jobs))

    def one(job):
        connection.ensure_connection()
        try:
            start.wait(30)
            return job()
        except (CannotBeMerged, NotGoingOn, OperationalError) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


@pytest.fixture
def pair(desk, bruno):
    def pair() -> tuple[Ticket, Ticket]:
        return take_in(by_portal(bruno)).ticket, take_in(by_portal(bruno)).ticket

    return pair


def crossing(one: Ticket, other: Ticket, by) -> list:
    def into(ticket: Ticket, master: Ticket):
        return lambda: merging.merge(ticket, into=master, by=by, at=NOON) and "merged"

    return together(into(one, other), into(other, one))


def test_of_two_merges_that_cross_one_is_done_and_the_other_is_told(pair, rui):
    pairs = [pair() for _ in range(PAIRS)]

    for one, other in pairs:
        first, second = sorted(crossing(one, other, rui), key="merged".__ne__)
        assert (first, second in {"CannotBeMerged", "NotGoingOn"}) == ("merged", True)

    assert Ticket.objects.filter(status="merged").count() == PAIRS
    assert {merging.survivor_of(ticket).status for ticket in Ticket.objects.all()} == {"new"}


def test_a_message_that_arrives_meanwhile_is_on_one_of_them(pair, bruno, rui):
    for turn in range(PAIRS):
        one, other = pair()
        said = by_portal(bruno, ticket=other, text=f"Any news, {turn}?")
        together(
            lambda one=one, other=other: merging.merge(other, into=one, by=rui, at=NOON) and "merged",
            lambda said=said: take_in(said, NOON),
        )
        assert Message.objects.get(text=f"Any news, {turn}?").ticket_id in {one.pk, other.pk}
        other.refresh_from_db()
        assert other.status == "merged"


def test_without_the_order_they_would_wait_for_each_other(pair, rui, monkeypatch):
    """The negative control: the stories above can tell an order of locks from none."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks: a transaction that writes is alone.")
    both_hold_one = Barrier(2)

    @contextmanager
    def as_given(ticket, into):
        with transaction.atomic():
            row = lifecycle.locked(ticket.pk)
            both_hold_one.wait(20)
            yield row, lifecycle.locked(into.pk)

    monkeypatch.setattr(merging, "_both", as_given)

    assert "OperationalError" in crossing(*pair(), rui)
