"""A WhatsApp message of ours, by Twilio's real client, against a Twilio of our own on loopback."""

import json
from datetime import timedelta

import pytest
from django.core import mail

from contracts.models import Account, Address
from helpdesk import delivery, escalation, handling
from helpdesk.models import OnCallShift, OutboundMessage
from helpdesk.notifications import by_whatsapp, outbox, replies
from helpdesk.notifications.transport import TransportError
from sla import alarms
from sla.models import LadderStep
from tests.cast import TUESDAY_10, by_portal, take_in, unfrozen
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


# --- whoever is on call ---------------------------------------------------------------------------

CONTENT = "HX" + "1" * 32
OLGA = "+351933333333"


@pytest.fixture
def on_call(settings, desk):
    """Olga answers alarms by WhatsApp, by the template that it has approved."""
    settings.TWILIO_ALARM_CONTENT_SID = CONTENT
    olga = Account.objects.create_user("olga@lumiar.example", name="Olga", is_staff=True, whatsapp=OLGA)
    month = timedelta(days=30)
    shift = {"starts_at": TUESDAY_10 - month, "ends_at": TUESDAY_10 + month, "channel": "whatsapp"}
    OnCallShift.objects.create(account=olga, **shift)
    return olga


@pytest.fixture
def rang(desk, policy_version, bruno, rui):
    """An hour before an urgent answer is due, whoever is on call is told."""

    def ring():
        unfrozen(LadderStep.objects.all().delete)
        step = {"metric": "first_response", "offset_minutes": -60, "tell": ["on_call"]}
        unfrozen(lambda: LadderStep.objects.create(version=policy_version, **step))
        ticket = take_in(by_portal(bruno)).ticket
        handling.set_priority(ticket, priority="urgent", reason="Beds", by=rui, at=TUESDAY_10)
        alarms.ring_due(at=ONE)
        escalation.escalate(at=ONE)
        return ticket

    return ring


ONE = TUESDAY_10 + timedelta(hours=3)


def alarm_rows():
    rows = OutboundMessage.objects.filter(kind="escalation").order_by("id")
    return [(row.channel, row.to, row.state) for row in rows]


def test_who_is_on_call_hears_an_alarm_by_the_approved_template(twilio, on_call, rang):
    ticket = rang()
    outbox.send_due(at=ONE)

    form = next(form for *_, form in twilio.requests if form["To"] == f"whatsapp:{OLGA}")
    assert "Body" not in form
    assert form["ContentSid"] == CONTENT
    assert json.loads(form["ContentVariables"]) == {
        "1": f"#{ticket.pk}",
        "2": "1\u00a0h before it is due",
        "3": "Tuesday 10 March 2026, 14:00, Lisbon time (WET/WEST)",
        "4": f"http://localhost:8000/admin/helpdesk/ticket/{ticket.pk}/change/",
    }
    assert alarm_rows() == [("whatsapp", OLGA, "sent")]


@pytest.mark.parametrize("lacking", ["template", "number", "account"])
def test_without_template_number_or_account_it_is_a_mail(settings, on_call, rang, lacking):
    if lacking == "template":
        settings.TWILIO_ALARM_CONTENT_SID = ""
    elif lacking == "account":
        settings.TWILIO_ACCOUNT_SID = ""
    else:
        Account.objects.update(whatsapp="")
    rang()

    assert alarm_rows() == [("email", "olga@lumiar.example", "queued")]


@pytest.mark.parametrize("code", [63016, 21211, 63003])
def test_what_whatsapp_refuses_for_good_goes_by_mail_once(twilio, on_call, rang, code):
    rang()
    twilio.answers.append((400, code, "no"))
    for _ in range(2):
        outbox.send_due(at=ONE)

    assert alarm_rows() == [("whatsapp", OLGA, "failed"), ("email", "olga@lumiar.example", "sent")]
    (sent,) = (each for each in mail.outbox if each.to == ["olga@lumiar.example"])
    assert sent.subject.replace("\u00a0", " ").startswith("1 h before it is due: [#")


def test_a_late_refusal_goes_by_mail_too(twilio, on_call, rang):
    rang()
    outbox.send_due(at=ONE)
    sent = OutboundMessage.objects.get(kind="escalation")
    delivery.progressed(provider_id=sent.provider_id, state="undelivered", error="63024", at=ONE)

    assert alarm_rows() == [("whatsapp", OLGA, "failed"), ("email", "olga@lumiar.example", "queued")]


def test_an_alarm_waits_ten_minutes_for_twilio_and_then_goes_by_mail(settings, on_call, rang):
    settings.TWILIO_BASE_URL = "http://127.0.0.1:9"
    rang()
    at = ONE
    while alarm_rows()[0][2] == "queued":
        at += timedelta(seconds=30)
        outbox.send_due(at=at)

    assert timedelta(minutes=10) < at - ONE < timedelta(minutes=16)
    assert alarm_rows()[1][:2] == ("email", "olga@lumiar.example")


def test_who_is_on_call_by_mail_gets_mail(settings, on_call, rang):
    OnCallShift.objects.update(channel="email")
    rang()

    assert alarm_rows() == [("email", "olga@lumiar.example", "queued")]
