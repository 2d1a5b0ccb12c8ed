"""Tickets of every channel that arrive together at the boundary: exactly as many are inside (P4).

On SQLite and PostgreSQL alike, with real rows and a connection for each of twenty threads. Once in the suite,
twenty times when tortured. The negative control takes the lock away.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import QuerySet

from contracts import tally, verifying
from contracts.models import Allotment, Charge
from helpdesk import handling, intake
from helpdesk.incoming import Incoming
from helpdesk.models import Ticket
from sla.hours.zone import zone
from tests.cast import by_mail, by_portal, by_whatsapp, rewrite

pytestmark = pytest.mark.django_db(transaction=True)

ENDS = datetime(2026, 4, 1, tzinfo=zone("Europe/Lisbon")).astimezone(UTC)
"""When March ends in Lisbon."""
INSIDE = 30
CROWD = 20
TIMES = 20 if os.environ.get("TORTURE") else 1
NUMBER = "+351912345678"


@pytest.fixture
def boundary(desk, plus, bruno):
    """Thirty tickets a month, and a writer whom every door knows."""
    bruno.addresses.create(kind="whatsapp", value=NUMBER)
    rewrite(plus, units=INSIDE)
    return plus


def together(jobs) -> list:
    """By twenty at once, each with a connection of its own."""
    start = Barrier(CROWD)

    def some(jobs):
        connection.ensure_connection()
        start.wait(30)
        try:
            return [job() for job in jobs]
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        answers = pool.map(some, [jobs[first::CROWD] for first in range(CROWD)])
        return [answer for each in answers for answer in each]


def incoming(bruno, number) -> Incoming:
    """What the four doors give to the one rule, by turns."""
    words = {"subject": f"Printer {number}", "text": "It does not print."}
    match number % 4:
        case 0:
            return by_mail("bruno@azenha.example", **words)
        case 1:
            return by_whatsapp(NUMBER, f"It does not print: {number}")
        case 2:
            return by_portal(bruno, **words)
        case _:
            return Incoming(channel=Ticket.Channel.API, person=bruno, **words)


def receive(bruno, number, *, at=None) -> Ticket:
    """Within the two seconds around the period's end, four before and four after it by turns."""
    at = at or ENDS + timedelta(seconds=-1 if number % 8 < 4 else 1)
    message = incoming(bruno, number)
    taken = intake.receive(message, at=at, by="system:test").ticket
    assert taken is not None
    return taken


@pytest.mark.torture
@pytest.mark.parametrize("turn", range(TIMES))
def test_of_two_hundred_over_all_channels_exactly_as_many_are_inside_in_each_month(
    boundary, bruno, rui, turn
):
    before = [receive(bruno, number) for number in range(16)]
    returns = [partial(handling.mark_spam, ticket, by=rui, at=ENDS) for ticket in before[::2]]
    together([partial(receive, bruno, number) for number in range(16, 216)] + returns)

    months = Allotment.objects.order_by("starts_at")
    assert [(month.starts_at == ENDS, month.ends_at == ENDS) for month in months] == [
        (False, True),
        (True, False),
    ]
    for month in months:
        inside = month.charges.filter(kind="debit", is_over=False)
        live = inside.filter(reversed_by=None).count()
        given_back = inside.exclude(reversed_by=None).count()
        assert (month.used, month.used <= INSIDE) == (live, True)
        assert INSIDE <= live + given_back <= INSIDE + given_back
    # What comes by WhatsApp joins the ticket that is open there.
    assert Charge.objects.filter(kind="debit").count() == Ticket.objects.count() > 150
    assert [*verifying.verify()] == []


def test_without_the_lock_more_would_be_inside(boundary, bruno, monkeypatch):
    """The negative control: the story above can tell a lock from none."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks to take away: a transaction that writes is alone.")
    rewrite(boundary, units=5)
    early = ENDS - timedelta(days=1)
    receive(bruno, 0, at=early)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr(tally, "locked", _slowly(tally.locked))
    together([partial(receive, bruno, 4 * number, at=early) for number in range(1, 41)])
    assert Charge.objects.filter(kind="debit", is_over=False).count() > 5


def _slowly(rule):
    def slow(*args, **kwargs):
        answer = rule(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
        return answer

    return slow
