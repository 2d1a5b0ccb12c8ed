"""The inbox keeps everything, once, and never waits for a bad message."""

from datetime import timedelta

import pytest

from channels_inbound import ingest
from channels_inbound.email.parsing import read_mail
from channels_inbound.models import InboundMessage
from channels_inbound.readers import READERS
from helpdesk.models import Message, Ticket
from tests.cast import TUESDAY_10

pytestmark = pytest.mark.django_db

MAIL = b"""From: Bruno Braga <bruno@azenha.example>\r
To: support@desk.example\r
Subject: Printer\r
Message-ID: <1@azenha.example>\r
\r
It does not print.\r
"""


def arrive(raw=MAIL, source="pipe", provider_id="", at=TUESDAY_10) -> InboundMessage:
    return ingest.store(source=source, provider_id=provider_id, raw=raw, at=at)[0]


def processed(raw=MAIL, at=TUESDAY_10, **fields) -> InboundMessage:
    return ingest.process(arrive(raw, **fields).pk, at=at)


def test_the_bytes_are_kept_as_they_came(desk):
    raw = b"\x00\xff not a mail \r\n\n\r"
    assert ingest.raw_bytes(arrive(raw)) == raw


def test_the_same_delivery_is_kept_once(desk):
    rows = [ingest.store(source="pipe", provider_id="x", raw=MAIL, at=TUESDAY_10) for _ in range(3)]
    assert [created for _, created in rows] == [True, False, False]
    assert InboundMessage.objects.count() == 1


def test_a_reused_message_id_with_another_body_does_not_vanish(desk):
    first, second = processed(), processed(MAIL.replace(b"print", b"scan"))
    assert [first.state, second.state] == ["done", "done"]
    assert Ticket.objects.count() == 2


def test_the_same_mail_by_two_routes_is_one_ticket(desk):
    first = processed()
    second = processed(b"Received: by another.example\r\n" + MAIL, source="postmark", provider_id="pm-1")
    assert (second.state, second.reason, second.ticket) == ("ignored", "delivered before", first.ticket)
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)


def test_processing_twice_is_processing_once(desk):
    inbound = arrive()
    assert [ingest.process(inbound.pk, at=TUESDAY_10) is not None for _ in range(2)] == [True, False]
    assert Ticket.objects.count() == 1


def test_a_killed_workers_row_is_taken_up_when_its_lease_has_run_out(desk):
    inbound = arrive()
    InboundMessage.objects.update(state="leased", lease_until=TUESDAY_10 + ingest.LEASE, attempts=1)

    assert ingest.sweep(at=TUESDAY_10 + timedelta(minutes=4)) == 0
    assert ingest.sweep(at=TUESDAY_10 + timedelta(minutes=5)) == 1
    inbound.refresh_from_db()
    assert inbound.state == "done"


def test_three_failures_quarantine_a_message_and_the_next_one_does_not_wait(desk, monkeypatch):
    def explode(inbound, raw):
        raise RuntimeError("poison")

    poison = arrive(MAIL.replace(b"print", b"poison"), source="demo")
    good = arrive()
    monkeypatch.setattr("channels_inbound.readers.READERS", {**READERS, "demo": explode})

    for minutes in (0, 1, 3, 10):
        ingest.sweep(at=TUESDAY_10 + timedelta(minutes=minutes))

    poison.refresh_from_db()
    good.refresh_from_db()
    assert (poison.state, poison.attempts, poison.reason) == (
        "quarantined",
        3,
        "failed 3 times: RuntimeError",
    )
    assert (good.state, good.processed_at) == ("done", TUESDAY_10)


def test_a_failure_in_the_middle_leaves_nothing_behind(desk, monkeypatch):
    inbound = arrive()

    def stumble(*args, **kwargs):
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr("helpdesk.notifications.acknowledgement.acknowledge", stumble)
        ingest.process(inbound.pk, at=TUESDAY_10)
    assert (Ticket.objects.count(), Message.objects.count()) == (0, 0)

    ingest.sweep(at=TUESDAY_10 + timedelta(minutes=1))
    inbound.refresh_from_db()
    assert (inbound.state, Ticket.objects.count()) == ("done", 1)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "The mail has no content at all."),
        (MAIL.replace(b"From: Bruno Braga <bruno@azenha.example>\r\n", b""), "whom it is from"),
        (MAIL.replace(b"From: Bruno", b"From: x@y.example, Bruno"), "several senders"),
        (b"x" * (41 * 1024 * 1024), "larger than the limit"),
    ],
    ids=["0 bytes", "no From", "several From", "41 MB"],
)
def test_what_nobody_could_read_is_quarantined_with_the_reason(desk, raw, reason):
    inbound = processed(raw)
    assert inbound.state == "quarantined"
    assert reason in inbound.reason
    assert Ticket.objects.count() == 0


def test_a_quarantined_row_can_be_tried_again_or_discarded(desk, monkeypatch):
    first, second = processed(b""), processed(b" ")
    monkeypatch.setattr("channels_inbound.email.receiver.read_mail", lambda raw: read_mail(MAIL))

    assert ingest.retry(first, at=TUESDAY_10).state == "done"
    discarded = ingest.discard(second, by="account:1", at=TUESDAY_10)
    assert (discarded.state, discarded.reason) == ("ignored", "discarded by account:1")
    assert ingest.retry(first, at=TUESDAY_10).state == "done"
    assert Ticket.objects.count() == 1


def test_a_bounce_is_noted_on_its_ticket_and_answered_by_nobody(desk, rui):
    from helpdesk import handling
    from helpdesk.models import OutboundMessage
    from helpdesk.notifications import reply_address

    ticket = processed().ticket
    handling.reply(ticket, text="Try again", by=rui, at=TUESDAY_10)
    outbound = OutboundMessage.objects.get(kind="reply")
    OutboundMessage.objects.filter(pk=outbound.pk).update(state="sent", sent_at=TUESDAY_10)
    message_id = reply_address.message_id_for(outbound).strip("<>").encode()
    bounce = (
        b"From: MAILER-DAEMON@azenha.example\r\nTo: support@desk.example\r\nReturn-Path: <>\r\n"
        b"Subject: Undelivered\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; azenha.example\r\n\r\n"
        b"Final-Recipient: rfc822; bruno@azenha.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + message_id + b">\r\n--b--\r\n"
    )
    rows = OutboundMessage.objects.count()

    result = processed(bounce, at=TUESDAY_10 + timedelta(hours=1))

    ticket.refresh_from_db()
    assert (result.state, result.ticket) == ("ignored", ticket)
    assert ticket.events.filter(kind="delivery_failed").count() == 1
    assert ticket.clock_set.clocks.get(metric="first_response").state == "running"
    assert ticket.messages.count() == 2
    assert OutboundMessage.objects.exclude(to="rui@lumiar.example").count() == rows


def test_an_invented_bounce_marks_nothing(desk, bruno):
    processed()
    bounce = (
        b"From: MAILER-DAEMON@evil.example\r\nReturn-Path: <>\r\nSubject: Undelivered mail\r\n"
        b"X-Failed-Recipients: bruno@azenha.example\r\n\r\nMessage-ID: <1.2.3@desk.example>\r\n"
    )
    assert processed(bounce).state == "ignored"
    assert bruno.addresses.get().bounced_at is None
