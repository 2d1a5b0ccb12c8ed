"""Managers and account owners hear what happened to their contract."""

from datetime import timedelta

import pytest

from contracts.models import Address, Notice
from helpdesk.models import OutboundMessage
from helpdesk.notifications import notices
from tests.cast import TUESDAY_10, by_mail, rewrite, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
ANA = "ana@azenha.example"
VERA = "vera@lumiar.example"


def speak():
    return [notices.speak(notice, at=TUESDAY_10) for notice in Notice.objects.order_by("pk")]


def told():
    rows = OutboundMessage.objects.filter(kind="notice").order_by("to")
    return {row.to: row for row in rows}


def test_a_crossed_threshold_is_told_to_manager_and_owner(desk, plus, azenha):
    rewrite(plus, units=2)
    take_in(by_mail(BRUNO))

    assert speak() == [2]
    assert {to: row.language for to, row in told().items()} == {ANA: "pt-pt", VERA: "en"}
    assert told()[ANA].subject == "Azenha Hotels: 1 de 2 tickets utilizados em março de 2026"
    assert told()[VERA].text == (
        "Hello,\n\n"
        "Azenha Hotels has used 1 of the 2 tickets that the plan includes in March 2026 (50 % or more).\n\n"
        "Contract: C-azenha\nTickets used: 1\nTickets included: 2\n\n"
        f"See the tickets: http://localhost:8000/admin/contracts/organisation/{azenha.pk}/change/\n"
    )
    assert "http://localhost:8000/my/usage/" in told()[ANA].text


def test_the_last_unit_says_what_happens_to_further_tickets(desk, plus):
    rewrite(plus, units=1)
    take_in(by_mail(BRUNO))
    speak()

    assert "without a target time, unless they are urgent" in told()[VERA].text


def test_a_ticket_beyond_the_quota_is_told_to_manager_and_owner(desk, plus):
    rewrite(plus, units=0)
    ticket = take_in(by_mail(BRUNO, subject="Printer")).ticket

    assert speak() == [2]
    assert told()[VERA].subject == f"Azenha Hotels: ticket #{ticket.pk} goes beyond the plan in March 2026"
    assert "Tickets beyond the plan in this period: 1" in told()[VERA].text
    assert f"http://localhost:8000/admin/helpdesk/ticket/{ticket.pk}/change/" in told()[VERA].text
    assert f"http://localhost:8000/tickets/{ticket.pk}/" in told()[ANA].text
    assert "/admin/" not in told()[ANA].text


def test_that_no_contract_is_in_force_is_told_to_the_owner_alone(desk, contract):
    contract.ends_at = TUESDAY_10 - timedelta(days=1)
    contract.save()
    ticket = take_in(by_mail(BRUNO)).ticket

    assert speak() == [1]
    assert list(told()) == [VERA]
    assert f"First ticket of the day: #{ticket.pk}" in told()[VERA].text


def test_each_notice_is_told_once(desk, plus):
    rewrite(plus, units=2)
    take_in(by_mail(BRUNO))
    speak()
    speak()

    assert len(told()) == 2


def test_a_customer_without_manager_or_owner_leaves_nobody_to_tell(desk, plus, azenha):
    rewrite(plus, units=2)
    azenha.account_owner = None
    azenha.save()
    Address.objects.filter(value=ANA).update(bounced_at=TUESDAY_10)
    take_in(by_mail(BRUNO))

    assert speak() == [0]


def test_another_customers_manager_hears_nothing(desk, plus, chloe):
    rewrite(plus, units=0)
    take_in(by_mail(BRUNO))
    speak()

    assert "chloe@bellecour.example" not in told()


def test_a_notice_of_a_ticket_that_is_gone_is_passed_over(azenha):
    notice = Notice.objects.create(
        organisation=azenha, kind="uncovered", key="2026-03-10", facts={"ticket_number": 404}, at=TUESDAY_10
    )

    assert notices.speak(notice, at=TUESDAY_10) == 0
