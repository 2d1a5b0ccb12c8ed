"""Only we can make an address or a Message-ID that leads into a ticket."""

import string

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contracts.models import Address
from helpdesk.models import OutboundMessage
from helpdesk.notifications import outbox, reply_address
from helpdesk.notifications.reply_address import SignedRef
from tests.cast import TUESDAY_10, by_mail, take_in

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " \x00é"
often = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def ticket(desk):
    return take_in(by_mail(BRUNO)).ticket


def changed(text, position, character):
    """The text with another character somewhere; None when it would read the same."""
    position %= len(text)
    result = text[:position] + character + text[position + 1 :]
    return None if result.lower() == text.lower() else result


def test_it_names_the_ticket_and_whom_it_was_given_to(ticket, rui):
    for_bruno = reply_address.make(ticket, "Bruno@Azenha.example")
    for_rui = reply_address.make(ticket, "rui@lumiar.example")

    assert reply_address.read(for_bruno) == SignedRef(ticket.pk, BRUNO)
    assert reply_address.read(for_rui) == SignedRef(ticket.pk, "rui@lumiar.example")


def test_mail_servers_may_change_its_case(ticket):
    assert reply_address.read(reply_address.make(ticket, BRUNO).upper()) == SignedRef(ticket.pk, BRUNO)


def test_it_fits_into_a_mail_address_and_carries_128_bits(ticket):
    local, _, domain = reply_address.make(ticket, BRUNO).rpartition("@")

    assert (domain, local.split("+")[0], len(local) <= 64) == ("desk.example", "support", True)
    assert reply_address.MAC_BYTES * 8 >= 128


def test_a_support_address_that_leaves_no_room_is_said_aloud(ticket, settings):
    settings.SUPPORT_ADDRESS = "customer-care-and-support@desk.example"

    with pytest.raises(ValueError, match="21 characters"):
        reply_address.make(ticket, BRUNO)


@often
@given(position=st.integers(0, 200), character=st.sampled_from(PRINTABLE))
def test_any_changed_character_is_refused(ticket, position, character):
    other = changed(reply_address.make(ticket, BRUNO), position, character)

    assert other is None or reply_address.read(other) is None


@pytest.mark.parametrize("cut", [1, 8, 16, 26, 41])
def test_a_shortened_or_lengthened_token_is_refused(ticket, cut):
    local, _, domain = reply_address.make(ticket, BRUNO).rpartition("@")

    assert reply_address.read(f"{local[:-cut]}@{domain}") is None
    assert reply_address.read(f"{local}{'a' * cut}@{domain}") is None


@often
@given(st.text(max_size=80))
@example("")
@example("support+@desk.example")
@example("support+" + "a" * 42 + "@desk.example")
@example("support+" + "7" * 42 + "@desk.example")
def test_no_text_at_all_is_taken_for_ours_or_fails(ticket, text):
    assert reply_address.read(text) is None
    assert reply_address.read_message_id(text) is None
    assert reply_address.read_outbound_id(text) is None


def test_a_token_of_one_ticket_does_not_open_another(ticket):
    other = take_in(by_mail(BRUNO)).ticket
    token, other_token = (
        reply_address.make(each, BRUNO).partition("+")[2].partition("@")[0] for each in (ticket, other)
    )

    mixed = f"support+{other_token[:16]}{token[16:]}@desk.example"

    assert reply_address.read(mixed) is None


def test_an_address_that_changed_hands_no_longer_counts(ticket, bruno):
    address = reply_address.make(ticket, BRUNO)
    Address.objects.filter(value=BRUNO).update(value="b.braga@azenha.example")

    assert reply_address.read(address) is None


def test_whoever_we_do_not_know_gets_the_plain_address(ticket):
    assert reply_address.make(ticket, "nobody@nowhere.example") == "support@desk.example"


def test_another_key_another_address(ticket, settings):
    address = reply_address.make(ticket, BRUNO)
    message_id = reply_address.message_id_for(outbound_for(ticket))
    settings.SECRET_KEY = "another key " + "y" * 40

    assert (reply_address.read(address), reply_address.read_message_id(message_id)) == (None, None)


def test_what_was_signed_before_the_key_was_rotated_still_counts(ticket, settings):
    address = reply_address.make(ticket, BRUNO)
    message_id = reply_address.message_id_for(outbound_for(ticket))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " + "y" * 40

    assert reply_address.read(address) == SignedRef(ticket.pk, BRUNO)
    assert reply_address.read_message_id(message_id) == ticket.pk


def outbound_for(ticket):
    return outbox.queue(
        kind=OutboundMessage.Kind.NOTIFICATION,
        channel=OutboundMessage.Channel.EMAIL,
        to=BRUNO,
        text="",
        language="en",
        at=TUESDAY_10,
        ticket=ticket,
        dedupe_key=f"test:{OutboundMessage.objects.count()}",
    )


def test_a_message_id_of_ours_names_its_ticket_and_its_mail(ticket):
    outbound = outbound_for(ticket)
    message_id = reply_address.message_id_for(outbound)

    assert message_id == reply_address.message_id_for(OutboundMessage.objects.get(pk=outbound.pk))
    assert reply_address.read_message_id(message_id) == ticket.pk
    assert reply_address.read_message_id(message_id.strip("<>").upper()) == ticket.pk
    assert reply_address.read_outbound_id(message_id) == outbound.pk


def test_a_mail_without_a_ticket_leads_to_none(db):
    outbound = outbound_for(None)
    message_id = reply_address.message_id_for(outbound)

    assert reply_address.read_message_id(message_id) is None
    assert reply_address.read_outbound_id(message_id) == outbound.pk


@often
@given(position=st.integers(0, 100), character=st.sampled_from(PRINTABLE))
def test_any_changed_character_of_a_message_id_is_refused(ticket, position, character):
    outbound = OutboundMessage.objects.get(kind="acknowledgement")
    signed, _, domain = reply_address.message_id_for(outbound).partition("@")
    position = 1 + position % (len(signed) - 1)  # the angle bracket is no part of it
    other = changed(signed, position, character)

    assert other is None or reply_address.read_message_id(f"{other}@{domain}") is None


def test_a_token_for_one_purpose_is_worth_nothing_for_the_other(ticket):
    outbound = outbound_for(ticket)
    token = reply_address.make(ticket, BRUNO).partition("+")[2].partition("@")[0]
    message_token = reply_address.message_id_for(outbound).strip("<").partition("@")[0]

    assert reply_address.read_message_id(f"<{token}@desk.example>") is None
    assert reply_address.read(f"support+{message_token}@desk.example") is None


def test_a_message_id_fits_on_one_line(ticket):
    """Some mail programs lose a Message-ID that is folded to the next line."""
    outbound = OutboundMessage(pk=10**9, ticket_id=10**9)

    assert len(f"Message-ID: {reply_address.message_id_for(outbound)}") <= 78
