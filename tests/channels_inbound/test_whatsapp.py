"""The WhatsApp door: Twilio's signature, media, duplicates."""

import json
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from twilio.request_validator import RequestValidator

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from contracts.models import Address
from helpdesk import handling
from helpdesk.models import Attachment, OutboundMessage, Ticket
from sla import timekeeping
from tests.conftest import PROJECT

pytestmark = pytest.mark.django_db

URL = "/hooks/whatsapp/twilio/"
NUMBER = "+351912345678"
FORM = {
    "MessageSid": "SM1",
    "From": f"whatsapp:{NUMBER}",
    "To": "whatsapp:+15005550006",
    "ProfileName": "Bruno <b>",
    "Body": "The lift is stuck",
    "NumMedia": "0",
}


def signed(form, url=URL, token=None):
    validator = RequestValidator(token or settings.TWILIO_AUTH_TOKEN)
    return validator.compute_signature(f"{settings.SITE_URL}{url}", form)


def post(client, form=FORM, url=URL, signature=None):
    """Hand a form over as Twilio does, signed unless told otherwise."""
    signature = signed(form, url) if signature is None else signature
    urlencoded = "application/x-www-form-urlencoded"
    return client.post(url, urlencode(form), urlencoded, headers={"X-Twilio-Signature": signature})


def sweep():
    return ingest.sweep(at=timekeeping.now())


@pytest.fixture
def phone(desk, bruno):
    return Address.objects.create(person=bruno, kind="whatsapp", value=NUMBER)


def test_a_message_becomes_a_ticket(client, phone, bruno):
    answer = post(client)
    sweep()

    ticket = Ticket.objects.get()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml")
    assert (ticket.channel, ticket.requester, ticket.entitlement) == ("whatsapp", bruno, "inside")
    assert ticket.subject == "The lift is stuck"
    assert ticket.whatsapp_until is not None


def test_an_unknown_number_is_accepted_as_unverified(client, desk):
    post(client)
    sweep()
    assert Ticket.objects.get().entitlement == "unverified"


def test_a_duplicate_delivery_is_one_message(client, phone):
    for _ in range(3):
        post(client)
        sweep()
    post(client, FORM | {"SmsStatus": "received"})  # the same message, told otherwise
    sweep()
    assert Ticket.objects.get().messages.count() == 1


@pytest.mark.parametrize("signature", ["", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_a_forged_signature_is_refused(client, phone, signature):
    assert post(client, signature=signature).status_code == 403
    assert InboundMessage.objects.count() == 0


def test_a_signature_does_not_cover_another_form_or_address(client, phone):
    assert post(client, FORM | {"Body": "Pay me"}, signature=signed(FORM)).status_code == 403
    assert post(client, url=f"{URL}?a=1", signature=signed(FORM)).status_code == 403


def test_without_a_secret_the_door_is_closed(client, phone, settings):
    good = signed(FORM)
    settings.TWILIO_AUTH_TOKEN = ""
    assert post(client, signature=good).status_code == 403


def test_the_address_signed_is_ours_and_not_the_requests_host(phone):
    other = Client(headers={"host": "localhost"})
    assert post(other).status_code == 200


def test_real_signature_vectors_are_accepted_and_refused_with_any_character_changed(rf, settings):
    from channels_inbound.whatsapp.views import is_twilios

    path = PROJECT.parent / "shared" / "data" / "twilio_vectors.json"
    if not path.exists():
        pytest.skip("../shared is absent: the signature vectors are not here")
    vectors = json.loads(path.read_text())
    settings.SITE_URL, settings.TWILIO_AUTH_TOKEN = "https://mycompany.com", vectors["token"]

    def accepted(signature):
        request = rf.post(
            "/myapp.php?foo=1&bar=2", vectors["params"], headers={"X-Twilio-Signature": signature}
        )
        return is_twilios(request)

    good = vectors["signature"]
    assert accepted(good)
    for place in range(len(good)):
        changed = "A" if good[place] != "A" else "B"
        assert not accepted(good[:place] + changed + good[place + 1 :])


def test_media_is_kept(client, phone, settings, httpserver_of):
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    settings.TWILIO_BASE_URL = httpserver_of({"/media/1": (200, {}, picture)})
    media = {
        "NumMedia": "1",
        "MediaUrl0": f"{settings.TWILIO_BASE_URL}/media/1",
        "MediaContentType0": "image/png",
    }

    post(client, FORM | media)
    sweep()

    attachment = Attachment.objects.get()
    assert (attachment.name, attachment.size, attachment.content_type) == ("whatsapp.png", 108, "image/png")
    assert attachment.file.read() == picture


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/latest", "file:///etc/passwd", "https://evil.example/x", ""]
)
def test_media_is_never_fetched_from_elsewhere(client, phone, address):
    post(client, FORM | {"NumMedia": "1", "MediaUrl0": address, "MediaContentType0": "image/png"})
    sweep()
    assert "could not be kept" in Ticket.objects.get().messages.get().text
    assert Attachment.objects.count() == 0


def test_media_that_redirects_elsewhere_is_given_up_and_the_message_stays(
    client, phone, settings, httpserver_of
):
    settings.TWILIO_BASE_URL = httpserver_of({"/m": (302, {"Location": "http://127.0.0.1:1/"}, b"")})
    post(client, FORM | {"NumMedia": "1", "MediaUrl0": f"{settings.TWILIO_BASE_URL}/m"})
    sweep()
    assert Ticket.objects.get().messages.get().text.startswith("The lift is stuck")


@pytest.mark.parametrize(
    "form",
    [{"MessageSid": "SM9"}, {"From": "whatsapp:nonsense", "Body": "x"}, {"From": f"whatsapp:{NUMBER}"}],
)
def test_a_message_that_makes_no_sense_is_quarantined(client, phone, form):
    assert post(client, form).status_code == 200
    sweep()
    assert InboundMessage.objects.get().state == "quarantined"


def test_a_failed_delivery_takes_the_response_back_and_late_good_news_changes_nothing(client, phone, rui):
    post(client)
    sweep()
    ticket = Ticket.objects.get()
    handling.reply(ticket, text="On our way", by=rui, at=timekeeping.now())
    OutboundMessage.objects.filter(kind="reply").update(
        state="sent", sent_at=timekeeping.now(), provider_id="SMout", channel="whatsapp"
    )
    status = f"{URL}status/"
    for state in ("sent", "failed", "delivered"):
        form = {"MessageSid": "SMout", "MessageStatus": state, "ErrorCode": "63016"}
        assert post(client, form, url=status).status_code == 204

    assert OutboundMessage.objects.get(kind="reply").state == "failed"
    assert ticket.clock_set.clocks.get(metric="first_response").state == "running"
    assert ticket.events.filter(kind="delivery_failed").count() == 1
