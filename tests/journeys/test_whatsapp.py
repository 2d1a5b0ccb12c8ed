"""WhatsApp in to reply out: Twilio's webhook, the chat's one ticket, the window of 24 hours."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from channels_inbound.models import InboundMessage
from contracts.models import Address, Charge
from helpdesk.models import OutboundMessage, Ticket
from tests.doors import body_of, console, from_twilio

pytestmark = pytest.mark.django_db

NUMBER, BRUNO = "+351912345678", "bruno@azenha.example"
DOOR = "/hooks/whatsapp/twilio/"


def march(day, hour, minute=0, second=0):
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


def says(text, sid):
    """Bruno writes; the answer is Twilio's receipt."""
    form = {"MessageSid": sid, "From": f"whatsapp:{NUMBER}", "Body": text, "NumMedia": "0"}
    return from_twilio(DOOR, **form).status_code


@pytest.fixture
def heard(twilio):
    """What Twilio was given to deliver since somebody listened last: to whom, from whom, what."""
    known = []

    def listen() -> list[tuple[str, str, str]]:
        news = [form for _path, _credentials, form in twilio.requests[len(known) :]]
        known.extend(news)
        return [(form["To"], form["From"], form["Body"]) for form in news]

    return listen


@pytest.fixture
def phone(in_order, bruno, twilio):
    return Address.objects.create(person=bruno, kind="whatsapp", value=NUMBER)


@pytest.fixture
def asked(phone, beat) -> Ticket:
    assert says("The lift is stuck", "SM1") == 200
    beat()
    return Ticket.objects.get()


@pytest.fixture
def answered(asked, clock, beat, at_work, rui, heard) -> Ticket:
    heard()
    clock.at(march(10, 11))
    at_work(rui).get(console(asked)).send(console(asked, "reply"), press=("then", ""), text="Which floor?")
    clock.on(seconds=15)
    beat()
    asked.refresh_from_db()
    return asked


def test_a_message_is_kept_at_once_and_a_ticket_at_the_next_beat(phone, beat):
    assert says("The lift is stuck", "SM1") == 200
    assert (InboundMessage.objects.get().state, Ticket.objects.count()) == ("waiting", 0)

    beat()

    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject, ticket.entitlement) == ("whatsapp", "The lift is stuck", "inside")
    assert (ticket.whatsapp_until, ticket.next_due_at) == (march(11, 10), march(11, 21))
    assert Charge.objects.count() == 1


def test_it_is_acknowledged_in_the_chat(asked, heard):
    ((to, sender, text),) = heard()
    assert (to, sender) == (f"whatsapp:{NUMBER}", "whatsapp:+15005550006")
    assert f"#{asked.pk}" in text


def test_the_answer_goes_to_the_chat_after_the_undo_time_and_to_no_mailbox(answered, heard, mailbox):
    ((to, _sender, text),) = heard()
    assert (to, text) == (f"whatsapp:{NUMBER}", "Which floor?\n\nRui Costa")
    assert mailbox(BRUNO) == []
    assert answered.clock_set.clocks.get(metric="first_response").met_at == march(10, 11)


def test_twilio_reports_what_became_of_it_at_the_address_that_it_was_given(answered, twilio):
    (_path, credentials, form) = twilio.requests[-1]
    callback = urlsplit(form["StatusCallback"])
    outbound = OutboundMessage.objects.get(kind="reply")

    report = {"MessageSid": outbound.provider_id, "MessageStatus": "delivered"}
    statuses = [from_twilio(f"{callback.path}?{callback.query}", **report).status_code for _ in range(2)]

    outbound.refresh_from_db()
    assert credentials == f"AC{'0' * 32}:only-for-tests"
    assert parse_qs(callback.query) == {"outbound": [outbound.uid.hex]}
    assert (statuses, outbound.state, outbound.provider_state) == ([204, 204], "sent", "delivered")


def test_what_is_said_next_in_the_chat_is_on_the_same_ticket(answered, clock, beat):
    clock.at(march(10, 12))
    says("The fourth", "SM2")
    says("The fourth", "SM2")  # Twilio delivers twice
    beat()

    answered.refresh_from_db()
    assert list(answered.messages.values_list("text", flat=True)) == [
        "The lift is stuck",
        "Which floor?",
        "The fourth",
    ]
    assert answered.whatsapp_until == march(11, 12)
    assert (Ticket.objects.count(), Charge.objects.count()) == (1, 1)


def test_a_day_after_the_last_word_the_answer_goes_by_mail(
    answered, clock, beat, at_work, rui, heard, mailbox
):
    heard()
    clock.at(march(11, 10))
    page = at_work(rui).get(console(answered))
    page.send(console(answered, "reply"), press=("then", "solved"), text="It runs again.")
    clock.on(seconds=15)
    beat()

    (mail,) = mailbox(BRUNO)
    assert heard() == []
    assert "It runs again." in body_of(mail)


def test_a_message_that_whatsapp_could_not_deliver_takes_the_response_back(answered, beat, mailbox, rui):
    outbound = OutboundMessage.objects.get(kind="reply")
    report = {"MessageSid": outbound.provider_id, "MessageStatus": "undelivered", "ErrorCode": "63016"}
    from_twilio(f"{DOOR}status/", **report)
    beat()

    clock = answered.clock_set.clocks.get(metric="first_response")
    assert (clock.state, clock.due_at) == ("running", march(11, 21))
    (told,) = mailbox(rui.email)
    assert NUMBER in body_of(told)


def test_a_report_faster_than_twilios_own_answer_is_not_lost(answered):
    outbound = OutboundMessage.objects.get(kind="reply")
    OutboundMessage.objects.update(state="sending", provider_id="")
    report = {"MessageSid": "SMfast", "MessageStatus": "failed", "ErrorCode": "63016"}

    for named in ("nonsense", "0" * 32, outbound.uid.hex):
        from_twilio(f"{DOOR}status/?outbound={named}", **report)

    outbound.refresh_from_db()
    assert (outbound.state, outbound.error) == ("failed", "failed 63016")
    assert answered.events.filter(kind="delivery_failed").count() == 1
