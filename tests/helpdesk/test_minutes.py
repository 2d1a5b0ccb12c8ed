"""A contract that counts minutes: a ticket takes them as they are worked."""

from datetime import timedelta

import pytest

from contracts import quota, verifying
from contracts.models import Allotment, Charge
from helpdesk import handling, minutes
from helpdesk.minutes import NotByTheMinute, NothingLogged, TooManyMinutes
from helpdesk.refusals import ReasonMissing, WrongStatus
from tests.cast import TUESDAY_10, agreed, by_mail, by_portal, rewrite, take_in

LATER = TUESDAY_10 + timedelta(hours=1)
BRUNO = "bruno@azenha.example"


@pytest.fixture
def two_hours(desk, contract):
    """Azenha's agreement counts two hours a month."""
    rewrite(agreed(contract), quota_metric="minutes", units_source="own", units=120)
    return contract


@pytest.fixture
def ticket(two_hours):
    return take_in(by_mail(BRUNO)).ticket


def log(ticket, many, who, reason="Looked at the printer", at=LATER):
    return minutes.log(ticket, minutes=many, reason=reason, by=who, at=at)


def use():
    return Allotment.objects.values_list("used", "over").get()


def test_a_ticket_takes_nothing_by_coming_in(ticket):
    assert (ticket.entitlement, Charge.objects.count()) == ("inside", 0)
    assert ticket.clock_set is not None


def test_minutes_are_taken_as_they_are_worked(ticket, rui):
    log(ticket, 100, rui)
    log(ticket, 45, rui, reason="Looked again")
    assert (use(), minutes.logged(ticket)) == ((120, 25), 145)
    assert list(Charge.objects.values_list("by", "reason")) == [
        (f"account:{rui.pk}", "Looked at the printer"),
        (f"account:{rui.pk}", "Looked again"),
        (f"account:{rui.pk}", "Looked again"),
    ]
    assert [*verifying.verify()] == []
    assert ticket.events.filter(kind="minutes_logged").count() == 2


def test_they_go_back_together(ticket, rui):
    log(ticket, 145, rui)
    minutes.give_back(ticket, reason="Of another ticket", by=rui, at=LATER)
    assert (use(), minutes.logged(ticket)) == ((0, 0), 0)
    with pytest.raises(NothingLogged):
        minutes.give_back(ticket, reason="Again", by=rui, at=LATER)


@pytest.mark.parametrize("many", [0, -5, 1441, 10**9])
def test_no_day_has_so_many_minutes(ticket, rui, many):
    with pytest.raises(TooManyMinutes):
        log(ticket, many, rui)
    assert not Charge.objects.exists()


def test_what_was_done_is_said(ticket, rui):
    with pytest.raises(ReasonMissing):
        log(ticket, 5, rui, reason="  ")


def test_spam_takes_none(ticket, rui):
    handling.mark_spam(ticket, by=rui, at=LATER)
    with pytest.raises(WrongStatus):
        log(ticket, 5, rui)


def test_where_tickets_are_counted_no_minutes_are(desk, rui):
    other = take_in(by_mail("chloe@bellecour.example")).ticket
    with pytest.raises(NotByTheMinute):
        log(other, 5, rui)
    with pytest.raises(NotByTheMinute):
        minutes.give_back(other, reason="Mine", by=rui, at=LATER)
    assert quota.quota_line(other.contract, at=LATER).used == 1


def test_without_a_minute_left_a_ticket_is_beyond_the_quota(ticket, bruno, rui, contract):
    log(ticket, 120, rui)
    beyond = take_in(by_portal(bruno), LATER).ticket
    assert (beyond.entitlement, Charge.objects.count()) == ("flagged", 1)
    rewrite(agreed(contract), over_quota="require_manager_approval")
    assert take_in(by_portal(bruno), LATER).ticket.entitlement == "awaiting_approval"
