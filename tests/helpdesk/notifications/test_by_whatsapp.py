"""A WhatsApp message of ours, by Twilio's real client, against a Twilio of our own on loopback."""

from datetime import timedelta

import pytest

from contracts.models import Address
from helpdesk import handling
from helpdesk.models import OutboundMessage
from helpdesk.notifications import by_whatsapp, outbox, replies
from helpdesk.notifications.transport import TransportError
from tests.cast import TUESDAY_10, take_in
from tests.cast import by_whatsapp as whatsapp
from tests.fakes.twilio import FakeTwilio

pytestmark = pytest.mark.django_db

NUMBER = "+351912345678"
LATER = TUESDAY_10 + timedelta(minutes=1)


@pytest.fixture
def twilio(settings):
    with FakeTwilio() as twilio:
        settings.TWILIO_BASE_URL = twilio.address
        yield twilio


@pytest.fixture
def said(queued):
    return queued(channel=OutboundMessage.Channel.WHATSAPP, to=NUMBER, text="Olá!")


def test_it_is_handed_to_twilio_with_its_words_and_where_to_report(twilio, said):
    assert outbox.send_due(at=TUESDAY_10).sent == 1

    said.refresh_from_db()
    assert said.provider_id == f"SM{1:032x}"
    assert twilio.requests == [
        (
            f"/2010-04-01/Accounts/AC{0:032d}/Messages.json",
            f"AC{0:032d}:only-for-tests",
            {
                "From": "whatsapp:+15005550006",
                "To": f"whatsapp:{NUMBER}",
                "Body": "Olá!",
                "StatusCallback": f"http://localhost:8000/hooks/whatsapp/twilio/status/?outbound={said.uid.hex}",
            },
        )
    ]


@pytest.mark.parametrize(
    ("status", "code", "permanent", "is_outage", "is_bad_address"),
    [
        (400, 63016, True, False, False),  # the window has closed
        (400, 21211, True, False, True),  # not a number
        (400, 63003, True, False, True),  # nobody there
        (400, 21617, True, False, False),  # too long
        (429, 20429, False, True, False),
        (401, 20003, False, True, False),
        (404, 20404, False, True, False),
        (500, 20500, False, True, False),
        (503, 20503, False, True, False),
    ],
)
def test_each_error_of_twilio_is_understood(twilio, said, status, code, permanent, is_outage, is_bad_address):
    twilio.answers.append((status, code, "words"))

    with pytest.raises(TransportError) as refusal:
        by_whatsapp.deliver(said)
    error = refusal.value
    assert (error.permanent, error.is_outage, error.is_bad_address) == (permanent, is_outage, is_bad_address)
    assert str(error) == f"Twilio {status}, {code}: Unable to create record: words"


def test_twilio_out_of_reach_is_an_outage(settings, said):
    settings.TWILIO_BASE_URL = "http://127.0.0.1:9"

    with pytest.raises(TransportError) as refusal:
        by_whatsapp.deliver(said)
    assert (refusal.value.permanent, refusal.value.is_outage) == (False, True)
    assert "only-for-tests" not in str(refusal.value)


def test_a_desk_without_whatsapp_says_so_at_once(settings, said):
    settings.TWILIO_ACCOUNT_SID = ""

    with pytest.raises(TransportError, match="not set up") as refusal:
        by_whatsapp.deliver(said)
    assert refusal.value.permanent


def test_a_number_that_nobody_has_is_marked(twilio, desk):
    take_in(whatsapp(NUMBER, "Ajuda!"))
    twilio.answers.append((400, 21211, "not a number"))
    outbox.send_due(at=TUESDAY_10)

    assert Address.objects.get(value=NUMBER).bounced_at == TUESDAY_10


def test_the_client_waits_for_twilio_no_longer_than_it_must():
    assert by_whatsapp._client().http_client.timeout == by_whatsapp.SECONDS


def test_a_long_answer_is_several_messages_in_order(twilio, desk, rui):
    ticket = take_in(whatsapp(NUMBER, "Ajuda!")).ticket
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(12))
    handling.reply(ticket, text=text, by=rui, at=TUESDAY_10)
    outbox.send_due(at=LATER)

    bodies = [form["Body"] for *_, form in twilio.requests[1:]]
    assert len(bodies) > 1
    assert max(map(len, bodies)) <= replies.LONGEST_WHATSAPP
    assert " ".join(" ".join(bodies).split()) == " ".join(f"{text} Rui Costa".split())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("short", ["short"]),
        ("x" * 25, ["x" * 10, "x" * 10, "x" * 5]),
        ("one two three", ["one two", "three"]),
        ("one two\nthree", ["one two", "three"]),
        ("exactly 10", ["exactly 10"]),
    ],
)
def test_a_text_is_cut_where_it_hurts_least(text, parts):
    assert replies.split(text, 10) == parts
