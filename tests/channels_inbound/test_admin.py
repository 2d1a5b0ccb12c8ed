"""What arrived, in the console: seen safely, tried again, discarded."""

import pytest
from django.contrib.messages import get_messages

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from helpdesk import roles
from tests.cast import TUESDAY_10
from tests.helpdesk.admin.conftest import console_of, statements

pytestmark = pytest.mark.django_db

LIST = "/admin/channels_inbound/inboundmessage/"
HOSTILE = (
    b"From: =?utf-8?q?<script>alert(1)</script>?= <x@y.example>\r\nTo: support@desk.example\r\n"
    b"Subject: <b>Printer</b>\r\n\r\n<script>alert(2)</script>\x00\xff end"
)


@pytest.fixture
def quarantined(db) -> InboundMessage:
    row, _is_new = ingest.store(
        source="pipe", provider_id="<1@y.example>", raw=HOSTILE, at=TUESDAY_10, sender="x@y.example"
    )
    row.state, row.reason, row.attempts = "quarantined", "failed 3 times: ValueError", 3
    row.save()
    return row


@pytest.fixture
def as_rui(rui):
    return console_of(rui, roles.AGENT)


@pytest.fixture
def as_marta(marta):
    return console_of(marta, roles.LEAD)


def told(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_the_raw_message_is_shown_as_text_that_does_nothing(quarantined, as_rui):
    page = as_rui.get(f"{LIST}{quarantined.pk}/change/").content.decode()

    assert "&lt;script&gt;alert(2)&lt;/script&gt;␀� end" in page
    assert "<script>alert" not in page
    assert "failed 3 times: ValueError" in page


def test_the_exact_bytes_are_saved_never_shown(quarantined, as_rui):
    answer = as_rui.get(f"{LIST}{quarantined.pk}/raw/")

    assert answer.content == HOSTILE
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="inbound-{quarantined.pk}.eml"'


def test_a_lead_tries_it_again(desk, quarantined, as_marta):
    quarantined.raw = ingest.zlib.compress(HOSTILE.replace(b"\x00\xff", b""))
    quarantined.save()

    answer = as_marta.post(f"{LIST}{quarantined.pk}/retry/")

    quarantined.refresh_from_db()
    assert (quarantined.state, quarantined.ticket is not None) == ("done", True)
    assert told(answer) == ["It is now done."]


def test_a_lead_discards_it_and_the_bytes_stay(quarantined, marta, as_marta):
    answer = as_marta.post(f"{LIST}{quarantined.pk}/discard/")

    quarantined.refresh_from_db()
    assert quarantined.state == "ignored"
    assert told(answer) == [f"It is now ignored. discarded by account:{marta.pk}"]
    assert ingest.raw_bytes(quarantined) == HOSTILE


@pytest.mark.parametrize("decision", ["retry", "discard"])
def test_an_agent_does_not_decide_and_a_get_decides_nothing(quarantined, as_rui, as_marta, decision):
    by_agent = as_rui.post(f"{LIST}{quarantined.pk}/{decision}/")
    by_get = as_marta.get(f"{LIST}{quarantined.pk}/{decision}/")

    quarantined.refresh_from_db()
    assert (by_agent.status_code, by_get.status_code) == (403, 405)
    assert quarantined.state == "quarantined"


@pytest.mark.parametrize("number", ["0", "999", "9" * 30, "abc"])
def test_what_is_not_there_is_not_found(quarantined, as_rui, number):
    assert as_rui.get(f"{LIST}{number}/change/").status_code == 404


def test_the_list_costs_the_same_for_thirty_as_for_one(quarantined, as_rui):
    for_one = statements(as_rui, LIST)
    for number in range(30):
        ingest.store(source="pipe", provider_id=f"<{number}@x>", raw=HOSTILE, at=TUESDAY_10)

    assert statements(as_rui, LIST) == for_one


def test_the_sidebar_says_how_much_is_quarantined(quarantined, as_rui):
    assert b"What arrived" in as_rui.get("/admin/").content
    assert as_rui.get(LIST, {"state__exact": "quarantined"}).status_code == 200
