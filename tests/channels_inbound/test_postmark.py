"""The mail door for Postmark."""

import base64
import json

import pytest

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from helpdesk.models import Ticket
from sla import timekeeping
from tests.channels_inbound.test_ingest import MAIL

pytestmark = pytest.mark.django_db

URL = "/anymail/postmark/inbound/"
SECRET = base64.b64encode(b"postmark:only-for-tests").decode()


def deliver(client, body, secret=SECRET):
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(
        URL, data, content_type="application/json", headers={"Authorization": f"Basic {secret}"}
    )


EVENT = {
    "MessageID": "pm-1",
    "OriginalRecipient": "support@desk.example",
    "RawEmail": MAIL.decode(),
    "Headers": [],
}


def test_a_delivery_is_kept_and_becomes_a_ticket(client, desk):
    assert deliver(client, EVENT).status_code == 200

    inbound = InboundMessage.objects.get()
    assert (inbound.source, inbound.provider_id, inbound.state) == ("postmark", "pm-1", "waiting")
    assert ingest.raw_bytes(inbound) == b"Delivered-To: support@desk.example\r\n" + MAIL
    ingest.sweep(at=timekeeping.now())
    assert Ticket.objects.get().subject == "Printer"


def test_fifty_deliveries_of_one_mail_are_one_row(client, desk):
    assert {deliver(client, EVENT).status_code for _ in range(50)} == {200}
    assert InboundMessage.objects.count() == 1


def test_without_raw_mail_the_parsed_one_is_kept(client, desk):
    event = {
        "MessageID": "pm-2",
        "FromFull": {"Email": "bruno@azenha.example", "Name": "Bruno"},
        "ToFull": [{"Email": "support@desk.example", "Name": ""}],
        "Subject": "Lift",
        "TextBody": "Stuck.",
        "Headers": [{"Name": "Message-ID", "Value": "<2@azenha.example>"}],
    }
    assert deliver(client, event).status_code == 200
    ingest.sweep(at=timekeeping.now())
    assert list(Ticket.objects.values_list("subject", "messages__text")) == [("Lift", "Stuck.")]


@pytest.mark.parametrize("secret", ["", "wrong", base64.b64encode(b"postmark:only-for-test").decode()])
def test_whoever_does_not_know_the_secret_is_refused(client, desk, secret):
    assert deliver(client, EVENT, secret).status_code == 400
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', b"\xff\xfe", "null"])
def test_what_postmark_would_never_send_is_refused(client, desk, body):
    assert deliver(client, body).status_code == 400


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"RawEmail": 7},
        {"RawEmail": ""},
        {"Headers": "x"},
        {"Headers": [1]},
        {"FromFull": "x", "Attachments": [{}]},
        {"RawEmail": "\x00" * 100, "OriginalRecipient": "a\r\nBcc: evil@x.example"},
    ],
)
def test_a_hostile_payload_is_kept_and_quarantined(client, desk, event):
    assert deliver(client, event).status_code == 200
    ingest.sweep(at=timekeeping.now())
    inbound = InboundMessage.objects.get()
    assert inbound.state == "quarantined"
    assert b"Bcc" not in ingest.raw_bytes(inbound)


def test_a_database_that_is_away_makes_postmark_try_again(client, desk, monkeypatch):
    from django.db import DatabaseError

    def away(**kwargs):
        raise DatabaseError

    client.raise_request_exception = False
    monkeypatch.setattr("channels_inbound.ingest.store", away)
    assert deliver(client, EVENT).status_code >= 500
