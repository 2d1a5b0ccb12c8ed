from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import Account
from helpdesk import roles
from helpdesk.models import Ticket
from sla import timekeeping
from tests.cast import TUESDAY_10, by_portal, take_in


class Clock:
    """The time of the story."""

    def __init__(self, traveller):
        self.traveller = traveller

    def on(self, **later):
        """Let time pass; gives the new instant."""
        self.traveller.move_to(timezone.now() + timedelta(**later), tick=False)
        return timezone.now()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Tuesday, ten o'clock, in every story, on either database."""
    monkeypatch.setattr(timekeeping, "_database_now", timezone.now)
    with time_machine.travel(TUESDAY_10, tick=False) as traveller:
        yield Clock(traveller)


def console_of(account: Account, *given: str) -> Client:
    """A browser in which somebody of the desk is signed in."""
    for role in given:
        roles.give(account, role)
    browser = Client()
    browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def as_rui(rui) -> Client:
    """An agent at work."""
    return console_of(rui, roles.AGENT)


@pytest.fixture
def as_ines(ines) -> Client:
    """A colleague at work."""
    return console_of(ines, roles.AGENT)


@pytest.fixture
def as_marta(marta) -> Client:
    """The lead."""
    return console_of(marta, roles.LEAD)


@pytest.fixture
def as_vera(owner) -> Client:
    """Who makes contracts and policies."""
    return console_of(owner, roles.ADMIN)


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    """Bruno's printer, received at ten."""
    return take_in(by_portal(bruno)).ticket


@pytest.fixture
def tickets(desk, bruno):
    """As many more as are asked for, a minute apart."""

    def receive(number: int) -> list[Ticket]:
        begin = TUESDAY_10 - timedelta(hours=8)
        return [
            take_in(by_portal(bruno, subject=f"Printer {i}"), begin + timedelta(minutes=i)).ticket
            for i in range(number)
        ]

    return receive


def statements(browser: Client, address: str) -> int:
    """How many SQL statements a page takes, once the process is warm."""
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(address)
    assert answer.status_code == 200
    return len(asked)
