"""What was said, as its receivers see it."""

import pytest
from lxml import html

from helpdesk import handling
from helpdesk.models import OutboundMessage
from tests.cast import TUESDAY_10
from tests.helpdesk.admin.conftest import statements

pytestmark = pytest.mark.django_db

SENT = "/admin/helpdesk/outboundmessage/"


def test_an_answer_is_shown_as_it_leaves(ticket, rui, as_rui):
    handling.reply(ticket, text="Turn it <b>off</b>.", by=rui, at=TUESDAY_10)
    row = OutboundMessage.objects.get(kind="reply")

    page = html.fromstring(as_rui.get(f"{SENT}{row.pk}/change/").content.decode())
    frame = page.xpath("//iframe")[0]
    body = as_rui.get(frame.get("src"))

    assert "Turn it <b>off</b>." in page.xpath("string(//div[@class='pz-text'])")
    assert body.content.decode() == row.html
    assert "allow-scripts" not in frame.get("sandbox")
    assert "script-src 'none'" in body["Content-Security-Policy"]
    assert body["X-Frame-Options"] == "SAMEORIGIN"


def test_the_list_costs_the_same_for_thirty_as_for_one(ticket, rui, as_rui):
    for_one = statements(as_rui, SENT)
    for i in range(30):
        handling.reply(ticket, text=f"Off {i}", by=rui, at=TUESDAY_10)

    assert OutboundMessage.objects.count() == 31
    assert statements(as_rui, SENT) == for_one


def test_codes_to_sign_in_are_shown_in_the_demonstration_alone(ticket, as_rui, settings):
    code = OutboundMessage.objects.create(
        kind="sign_in",
        channel="email",
        to="ana@azenha.example",
        subject="1234-5678",
        text="1234-5678",
        created_at=TUESDAY_10,
        send_after=TUESDAY_10,
        dedupe_key="code",
    )

    def seen():
        there = as_rui.get(f"{SENT}{code.pk}/change/").status_code
        return "1234-5678" in as_rui.get(SENT).content.decode(), there

    settings.DEMO = True
    in_demonstration = seen()
    settings.DEMO = False

    assert (in_demonstration, seen()) == ((True, 200), (False, 404))


def test_nothing_of_it_can_be_changed(ticket, as_vera):
    row = OutboundMessage.objects.first()

    posted = as_vera.post(f"{SENT}{row.pk}/change/", {"to": "me@elsewhere.example"})

    assert as_vera.get(f"{SENT}add/").status_code == 403
    assert as_vera.get(f"{SENT}{row.pk}/delete/").status_code == 403
    assert posted.status_code == 405
