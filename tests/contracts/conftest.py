"""What the stories of contracts need beside the cast."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from contracts import quota
from contracts.models import PlanVersion
from sla.append_only import create_triggers, drop_triggers
from tests.cast import TUESDAY_10, agreed, plan_like, rewrite

CROWD = 20


@pytest.fixture
def essential(plus) -> PlanVersion:
    """Five tickets a month; medium and low only."""
    return plan_like(plus, "essential", offered=("medium", "low"), units=5)


@pytest.fixture
def take(contract):
    """Charge so many new tickets, and say of each whether it was over."""

    def take(times=1, *, of=contract, at=TUESDAY_10):
        charged = [quota.charge(of, ticket_uid=uuid.uuid4(), at=at, by="system:test") for _ in range(times)]
        return [one.is_over for one in charged]

    return take


@pytest.fixture
def ticket_uid() -> uuid.UUID:
    """Some ticket's."""
    return uuid.uuid4()


@pytest.fixture
def limit(contract):
    """Set the units of the contract's plan; None is unlimited."""

    def limit(units):
        rewrite(agreed(contract).plan_version, units=units)

    return limit


@pytest.fixture
def _triggers_again(django_db_setup, django_db_blocker):
    """Torn down after the flush: the history is append-only again for the next test."""
    yield
    with django_db_blocker.unblock():
        create_triggers(connection)


@pytest.fixture
def committed(_triggers_again, transactional_db):
    """Rows are committed, so that others see them; the database is flushed at the end.

    Ask for it by `usefixtures`, so that it comes before the cast.
    """
    yield
    drop_triggers(connection)


@pytest.fixture
def crowd():
    """Do something many times, by twenty at once, each with a connection of its own."""
    together = Barrier(CROWD)

    def in_one_of_twenty(jobs):
        connection.ensure_connection()
        together.wait(30)
        try:
            return [job() for job in jobs]
        finally:
            connection.close()

    def crowd(jobs):
        with ThreadPoolExecutor(CROWD) as threads:
            answers = threads.map(in_one_of_twenty, [jobs[start::CROWD] for start in range(CROWD)])
            return [answer for some in answers for answer in some]

    return crowd
