"""Two workers at the same alarms: each action once, each told once, one digest each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from helpdesk import digest, escalation, handling, ladder_actions
from helpdesk.models import OutboundMessage, Team, Ticket
from sla import alarms
from sla.models import Alarm, LadderStep
from tests.cast import TUESDAY_10, by_portal, take_in, unfrozen

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="on SQLite a transaction that may write is alone"
    ),
]

WORKERS, TICKETS = 2, 8
SIX_LATER, THURSDAY_10 = TUESDAY_10 + timedelta(hours=6), TUESDAY_10 + timedelta(days=2)
EVERYTHING = {"tell": ["assignee", "lead"], "to_team": "care", "raises_priority": True, "tag": "late"}


@pytest.fixture
def rang(desk, policy_version, bruno, rui):
    """So many tickets of Rui, whose clocks rang at a step that does everything; gives when that is."""

    def ring(at):
        unfrozen(LadderStep.objects.all().delete)
        step = {"metric": "first_response", "percent": 50, "webhook": "pager"}
        unfrozen(lambda: LadderStep.objects.create(version=policy_version, **step, **EVERYTHING))
        for _ in range(TICKETS):
            ticket = take_in(by_portal(bruno)).ticket
            handling.set_priority(ticket, priority="high", reason="Beds", by=rui, at=TUESDAY_10)
            handling.assign(ticket, to=rui, by=rui, at=TUESDAY_10)
        while alarms.ring_due(at=at):
            pass

    return ring


def together(at, limit=3):
    """Work at the same time until nothing is left; what a worker stumbles over is raised here."""
    start = Barrier(WORKERS)

    def work(_worker):
        try:
            start.wait(20)
            while escalation.escalate(at=at, limit=limit):
                pass
            escalation.escalate(at=at, limit=limit)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


def done(kind):
    """How often something was done, by ticket."""
    return [
        ticket.events.filter(kind=kind).exclude(by__startswith="account").count() for ticket in _tickets()
    ]


def _tickets():
    return Ticket.objects.order_by("pk")


def messages(**which):
    return OutboundMessage.objects.filter(**which).count()


def test_two_workers_do_each_action_once(rang):
    rang(SIX_LATER)

    together(SIX_LATER)

    kinds = ("alarm", "team", "priority", "tagged", "webhook")
    assert {kind: done(kind) for kind in kinds} == dict.fromkeys(kinds, [1] * TICKETS)
    assert (messages(kind="event"), messages(kind="escalation")) == (TICKETS, 2 * TICKETS)
    assert {ticket.priority.key for ticket in _tickets()} == {"urgent"}
    assert not Alarm.objects.filter(handled_at=None).exists()


def test_two_workers_write_one_digest_each(rang):
    rang(THURSDAY_10)

    together(THURSDAY_10)

    said = OutboundMessage.objects.filter(kind="escalation").values_list("to", "subject").order_by("to")
    assert list(said) == [
        (f"{name}@lumiar.example", f"Alarms while nobody could be told: {TICKETS}")
        for name in ("marta", "rui")
    ]
    assert done("priority") == [1] * TICKETS


def test_without_the_lock_they_would_do_it_twice(rang, monkeypatch):
    """The negative control: the stories above can tell a lock from none."""
    rang(SIX_LATER)
    unfrozen(LadderStep.objects.all().delete)
    Alarm.objects.update(actions={"tell": ["lead"]})
    both = Barrier(WORKERS, timeout=20)

    def claim(limit):
        waiting = Alarm.objects.filter(handled_at=None).order_by("rang_at", "pk")
        page = list(waiting.select_related("clock__calendar"))
        if page:
            both.wait()
        return page

    monkeypatch.setattr(escalation, "_claim", claim)
    together(SIX_LATER)

    assert done("alarm") == [WORKERS] * TICKETS
    assert messages(kind="escalation") == TICKETS  # what is said is said once all the same, by its key


def test_without_the_lock_on_its_lines_a_digest_would_be_written_by_both(rang, monkeypatch):
    """And its key still lets one leave."""
    rang(THURSDAY_10)
    worded, both = [], Barrier(WORKERS, timeout=20)
    word = digest.to_agents.digest

    def claim_together():
        lines = list(digest.HeldBack.objects.filter(told_at=None).order_by("account", "pk"))
        both.wait()
        return lines

    def counted(account, *args, **more):
        worded.append(account.email)
        return word(account, *args, **more)

    monkeypatch.setattr(digest, "_claim", claim_together)
    monkeypatch.setattr(digest.to_agents, "digest", counted)
    monkeypatch.setattr(digest, "_is_behind", lambda at: True)
    while escalation.escalate(at=THURSDAY_10):
        pass
    monkeypatch.setattr(digest, "_is_behind", lambda at: False)

    def speak(_worker):
        try:
            digest.speak(at=THURSDAY_10)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(speak, range(WORKERS)))

    assert sorted(worded) == sorted(["marta@lumiar.example", "rui@lumiar.example"] * WORKERS)
    assert messages(kind="escalation") == 2


def test_an_agent_and_a_ladder_at_one_ticket_wait_for_one_another(rang, rui):
    """Both raise the same ticket's priority, and neither undoes the other."""
    rang(SIX_LATER)
    ticket = _tickets().first()
    start = Barrier(2)

    def agent():
        try:
            start.wait(20)
            handling.set_priority(ticket, priority="low", reason="Bearable", by=rui, at=SIX_LATER)
        finally:
            connection.close()

    def ladder():
        try:
            start.wait(20)
            while escalation.escalate(at=SIX_LATER):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for work in [pool.submit(agent), pool.submit(ladder)]:
            work.result(60)

    ticket.refresh_from_db()
    changes = ticket.events.filter(kind="priority", at=SIX_LATER).order_by("id")
    assert ticket.priority.key in {"low", "medium"}
    assert [change.facts["before"] for change in changes][1:] == [
        change.facts["after"] for change in changes
    ][:-1]
    assert Team.objects.get() == ticket.team
    assert ticket.events.filter(kind="team", by=ladder_actions.BY).count() == 1
