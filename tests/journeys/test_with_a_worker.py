"""The same journey with nothing in place of anything: a real worker on the real broker and database.

A mail comes in by Postmark's webhook, which wakes the worker; what beat would ask for is asked for here. Mail
that leaves is a file in the worker's mail folder.
"""

import base64
import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.test import Client

from channels_inbound.models import InboundMessage
from helpdesk import roles
from helpdesk.models import OutboundMessage, Ticket
from helpdesk.tasks import send_due
from tests.conftest import wait_until
from tests.doors import PASSWORD, answering, body_of, console, sign_in_to_the_console, written

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

BRUNO = "bruno@azenha.example"
SECRET = base64.b64encode(b"postmark:only-for-tests").decode()


@pytest.fixture
def postmark(celery_worker_process):
    """What Postmark does with a mail for us."""

    def deliver(message, provider_id: str) -> int:
        event = {"MessageID": provider_id, "RawEmail": message.as_string(), "Headers": []}
        return (
            Client()
            .post(
                "/anymail/postmark/inbound/",
                json.dumps(event),
                content_type="application/json",
                headers={"Authorization": f"Basic {SECRET}"},
            )
            .status_code
        )

    return deliver


@pytest.fixture
def mails(settings):
    """The files of the mails that left to an address, as a mail program reads them."""
    known = set(Path(settings.MAIL_DIR).glob("*.eml"))

    def look(address: str) -> list:
        files = sorted(set(Path(settings.MAIL_DIR).glob("*.eml")) - known)
        read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [mail for mail in read if mail["To"] == address]

    return look


def beat_until(condition, *, or_say):
    """Ask for what is due to leave, as beat does, until it has."""

    def nudged() -> bool:
        send_due.delay()
        return condition()

    wait_until(nudged, seconds=20, or_say=or_say)


def test_a_mail_comes_in_and_the_answer_leaves_through_a_real_worker(
    desk, rui, settings, postmark, mails, celery_worker_process
):
    settings.REPLY_UNDO_SECONDS = 1
    roles.establish()
    roles.give(rui, roles.AGENT)
    rui.set_password(PASSWORD)
    rui.save()

    first = written(f"Bruno <{BRUNO}>", "It smokes.", Message_ID="<1@azenha.example>")
    assert [postmark(first, "pm-1") for _ in range(3)] == [200, 200, 200]
    wait_until(Ticket.objects.exists, seconds=20, or_say=lambda: list(InboundMessage.objects.values()))
    ticket = Ticket.objects.get()
    beat_until(lambda: len(mails(BRUNO)) == 1, or_say=lambda: list(OutboundMessage.objects.values()))

    page = sign_in_to_the_console(rui).get(console(ticket))
    page.send(console(ticket, "reply"), press=("then", "waiting_customer"), text="Which one?")
    beat_until(lambda: len(mails(BRUNO)) == 2, or_say=lambda: list(OutboundMessage.objects.values()))
    answer = mails(BRUNO)[-1]
    assert "Which one?" in body_of(answer)

    assert postmark(answering(answer, BRUNO, "The big one.", message_id="<2@azenha.example>"), "pm-2") == 200
    wait_until(lambda: ticket.messages.count() == 3, seconds=20, or_say=InboundMessage.objects.values)
    ticket.refresh_from_db()
    assert (ticket.status, Ticket.objects.count()) == ("open", 1)
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"done"}
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"sent"}
    assert ticket.clock_set.clocks.get(metric="first_response").state == "met"
