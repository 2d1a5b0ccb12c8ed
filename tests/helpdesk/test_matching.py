"""Which ticket a mail is for, and who may add to it (D18)."""

from datetime import timedelta

import pytest

from helpdesk import handling
from helpdesk.intake import Outcome
from helpdesk.models import Message, OutboundMessage, Ticket
from helpdesk.notifications import reply_address
from tests.cast import TUESDAY_10, by_mail, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
LATER = TUESDAY_10 + timedelta(hours=1)


@pytest.fixture
def ticket(desk) -> Ticket:
    """Bruno's, known by mail."""
    return take_in(by_mail(BRUNO, message_id="bruno-1@azenha.example")).ticket


@pytest.fixture
def our_message_id(ticket, rui) -> str:
    """The Message-ID of an answer of ours."""
    handling.reply(ticket, text="Which printer?", by=rui, at=TUESDAY_10)
    return reply_address.message_id_for(OutboundMessage.objects.get(kind="reply"))


def test_the_signed_reply_address_leads_to_its_ticket(ticket):
    address = reply_address.make(ticket, BRUNO)
    receipt = take_in(by_mail(BRUNO, recipients=(address,)), LATER)
    assert (receipt.outcome, receipt.ticket) == (Outcome.ADDED, ticket)


def test_the_signed_reply_address_in_a_strangers_hands_opens_a_linked_ticket(ticket):
    address = reply_address.make(ticket, BRUNO)
    receipt = take_in(by_mail("chloe@bellecour.example", recipients=(address,)), LATER)
    assert (receipt.outcome, receipt.ticket.follows) == (Outcome.OPENED_LINKED, ticket)
    assert ticket.messages.count() == 1


def test_our_message_id_counts_for_a_participant(ticket, our_message_id):
    receipt = take_in(by_mail(BRUNO, thread_ids=(our_message_id,)), LATER)
    assert (receipt.outcome, receipt.ticket) == (Outcome.ADDED, ticket)


def test_our_message_id_from_a_stranger_opens_a_linked_ticket(ticket, our_message_id):
    receipt = take_in(by_mail("chloe@bellecour.example", thread_ids=(our_message_id,)), LATER)
    assert (receipt.outcome, receipt.ticket.follows) == (Outcome.OPENED_LINKED, ticket)


def test_a_number_in_the_subject_counts_only_with_an_authenticated_sender(ticket):
    subject = f"Re: Printer [#{ticket.pk}]"
    trusted = take_in(by_mail(BRUNO, subject=subject, is_authenticated=True), LATER)
    doubtful = take_in(by_mail(BRUNO, subject=subject), LATER)
    assert (trusted.outcome, trusted.ticket) == (Outcome.ADDED, ticket)
    assert (doubtful.outcome, doubtful.ticket.follows) == (Outcome.OPENED_LINKED, ticket)


def test_the_customers_own_message_id_counts_only_with_an_authenticated_sender(ticket):
    known = ("bruno-1@azenha.example",)
    trusted = take_in(by_mail(BRUNO, thread_ids=known, is_authenticated=True), LATER)
    doubtful = take_in(by_mail(BRUNO, thread_ids=known), LATER)
    assert (trusted.outcome, doubtful.outcome) == (Outcome.ADDED, Outcome.OPENED_LINKED)


def test_an_agents_from_line_proves_nothing(ticket, rui, our_message_id):
    receipt = take_in(by_mail(rui.email, thread_ids=(our_message_id,), is_authenticated=True), LATER)
    assert receipt.outcome is Outcome.OPENED_LINKED
    assert list(ticket.messages.filter(kind="agent").values_list("text", flat=True)) == ["Which printer?"]


def test_an_agent_answers_from_their_mailbox_by_the_address_signed_for_them(ticket, rui):
    address = reply_address.make(ticket, rui.email)
    receipt = take_in(by_mail(rui.email, text="Try again.", recipients=(address,)), LATER)
    assert (receipt.outcome, receipt.message.kind, receipt.message.account) == (
        Outcome.ADDED,
        Message.Kind.AGENT,
        rui,
    )


def test_a_watcher_takes_part(ticket, ana):
    ticket.watchers.create(person=ana)
    address = reply_address.make(ticket, "ana@azenha.example")
    assert take_in(by_mail("ana@azenha.example", recipients=(address,)), LATER).ticket == ticket


def test_a_forged_address_is_just_an_address(ticket):
    good = reply_address.make(ticket, BRUNO)
    local, _, domain = good.partition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    assert take_in(by_mail(BRUNO, recipients=(forged,)), LATER).outcome is Outcome.OPENED
