"""A mail of ours: exactly our headers, text and HTML, and what a mail server may say to it."""

import socket
from email import message_from_bytes, policy

import pytest
from django.core import mail

from contracts.models import Person
from helpdesk import handling
from helpdesk.files import LARGEST
from helpdesk.incoming import IncomingFile
from helpdesk.models import Attachment, Message, OutboundMessage, Ticket, Watcher
from helpdesk.notifications import by_email, enclosures, outbox, reply_address
from helpdesk.notifications.transport import TransportError
from tests.cast import TUESDAY_10, by_mail, person, take_in
from tests.fakes.smtp import FakeSmtp

pytestmark = pytest.mark.django_db

BRUNO = "bruno@azenha.example"
LATER = TUESDAY_10.replace(hour=11)

ALWAYS = {"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "X-Prazo-Loop"}
ANSWERABLE = {"Reply-To", "In-Reply-To", "References"}
AUTOMATIC = {"Auto-Submitted", "X-Auto-Response-Suppress"}


def sent(number=-1):
    """A mail as its reader's program parses it."""
    return message_from_bytes(mail.outbox[number].message().as_bytes(), policy=policy.default)


@pytest.fixture
def ticket(desk) -> Ticket:
    return take_in(by_mail(BRUNO, subject="Printer on fire", message_id="<one@azenha.example>")).ticket


@pytest.fixture
def answered(ticket, rui) -> Message:
    message = handling.reply(
        ticket, text="Is it plugged in?\nhttps://help.example/plug", by=rui, at=TUESDAY_10
    )
    outbox.send_due(at=LATER)
    return message


def test_an_answer_has_these_headers_and_no_other(ticket, answered):
    reply, outbound = sent(), answered.outbound.get()

    assert set(reply.keys()) == ALWAYS | ANSWERABLE
    assert str(reply["Subject"]) == f"Re: Printer on fire [#{ticket.pk}]"
    assert str(reply["From"]) == "Rui Costa – Support <support@desk.example>"
    assert str(reply["To"]) == BRUNO
    assert reply["Message-ID"] == reply_address.message_id_for(outbound)
    assert reply["X-Prazo-Loop"] == "support@desk.example"


def test_an_answer_to_it_finds_its_ticket_by_the_address(ticket, answered):
    (reply_to,) = sent()["Reply-To"].addresses

    assert reply_address.read(reply_to.addr_spec) == reply_address.SignedRef(ticket.pk, BRUNO)


def test_the_conversation_is_one_thread(ticket, answered):
    acknowledgement, reply = sent(0), sent(1)

    assert acknowledgement["In-Reply-To"] == "<one@azenha.example>"
    assert reply["References"] == f"<one@azenha.example> {acknowledgement['Message-ID']}"
    assert reply["In-Reply-To"] == acknowledgement["Message-ID"]


def test_text_and_html_say_the_same(answered):
    reply = sent()
    text = reply.get_body(("plain",)).get_content()
    html = reply.get_body(("html",)).get_content()

    assert reply.get_content_type() == "multipart/alternative"
    assert "Is it plugged in?\nhttps://help.example/plug" in text
    assert '<a href="https://help.example/plug"' in html
    assert "Is it plugged in?" in html


def test_only_a_persons_words_are_not_marked_as_automatic(ticket, answered):
    acknowledgement, reply = sent(0), sent(1)

    assert set(acknowledgement.keys()) == ALWAYS | ANSWERABLE | AUTOMATIC
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert acknowledgement["X-Auto-Response-Suppress"] == "All"
    assert reply["Auto-Submitted"] is None


def test_what_nobody_asked_for_says_so_and_gives_no_address_into_a_ticket(ticket, queued):
    queued(ticket=ticket, kind=OutboundMessage.Kind.ESCALATION)
    outbox.send_due(at=TUESDAY_10)

    assert sent()["Auto-Submitted"] == "auto-generated"
    assert sent()["Reply-To"] is None


def test_a_mail_sent_twice_is_read_once(ticket, answered):
    OutboundMessage.objects.filter(kind="reply").update(state="sending", lease_until=TUESDAY_10)
    outbox.send_due(at=LATER)

    assert sent(1)["Message-ID"] == sent(2)["Message-ID"]


# --- hostile input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\r\nBcc: all@azenha.example",
        "Hello\nBcc: all@azenha.example",
        "Hello\u2028Bcc: all@azenha.example",
        "Hello\x0b\x0c\x1c\x85Bcc: x",
        "=?utf-8?q?Hello=0D=0ABcc:_all@azenha.example?=",
        "=?utf-8?b?SGVsbG8NCkJjYzogYWxs?=",
        "",
        "é" * 300,
        "x" * 5000,
        "Hello\x01\x7f",
    ],
)
def test_no_subject_adds_a_header(ticket, rui, subject):
    Ticket.objects.update(subject=subject[:255])
    ticket.refresh_from_db()
    handling.reply(ticket, text="Yes.", by=rui, at=TUESDAY_10)
    outbox.send_due(at=LATER)

    assert set(sent().keys()) == ALWAYS | ANSWERABLE
    assert str(sent()["Subject"]).strip().startswith("Re:")
    assert str(sent()["Subject"]).endswith(f"[#{ticket.pk}]")
    assert "\n" not in sent()["Subject"]


def test_no_agents_or_files_name_adds_a_header(ticket, rui):
    rui.name = "Rui\r\nBcc: all@azenha.example"
    rui.save()
    file = IncomingFile("a\r\nBcc: x.txt", "text/plain\r\nBcc: y", b"hello")
    handling.reply(ticket, text="Yes.", by=rui, at=TUESDAY_10, attached=[file])
    outbox.send_due(at=LATER)

    assert set(sent().keys()) == ALWAYS | ANSWERABLE
    (attached,) = sent().iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("a Bcc: x.txt", enclosures.UNKNOWN_TYPE)


@pytest.mark.parametrize(
    "message_id",
    [
        "<a b@c>",
        "no at sign",
        "<x@y>\r\nBcc: z",
        "<é@azenha.example>",
        "<" + "x" * 240 + "@y>",
        "<<x@y>>,<z@w>",
    ],
)
def test_a_message_id_that_is_none_is_not_repeated(desk, message_id):
    take_in(by_mail(BRUNO, message_id=message_id))
    outbox.send_due(at=TUESDAY_10)

    assert set(sent().keys()) == (ALWAYS | {"Reply-To"} | AUTOMATIC)


def test_an_agent_without_a_name_stays_nameless(ticket, rui):
    rui.name = ""
    rui.save()
    handling.reply(ticket, text="Yes.", by=rui, at=TUESDAY_10)
    outbox.send_due(at=LATER)

    assert str(sent()["From"]) == "Support <support@desk.example>"
    assert b"rui@lumiar" not in mail.outbox[-1].message().as_bytes()


def test_an_agents_own_mailbox_appears_in_no_header(ticket, rui, azenha):
    """Their answer by mail has a Message-ID of their own mail server, which customers need not know (R9)."""
    message = handling.reply(ticket, text="Yes.", by=rui, at=TUESDAY_10)
    Message.objects.filter(pk=message.pk).update(message_id="<secret@rui-at-home.example>")
    handling.reply(ticket, text="And more.", by=rui, at=TUESDAY_10)
    outbox.send_due(at=LATER)

    assert not any(b"rui-at-home" in each.message().as_bytes() for each in mail.outbox)


def test_a_watcher_learns_no_other_address(ticket, rui, azenha):
    dora = person("Dora Dias", "dora@azenha.example", azenha)
    Watcher.objects.create(ticket=ticket, person=dora)
    handling.reply(ticket, text="Yes.", by=rui, at=TUESDAY_10)
    outbox.send_due(at=LATER)

    theirs = next(each for each in mail.outbox if each.to == ["dora@azenha.example"])
    assert BRUNO.encode() not in theirs.message().as_bytes()


# --- files --------------------------------------------------------------------------------------


def test_files_go_along_with_an_answer(ticket, rui):
    files = [
        IncomingFile("map.png", "image/png", b"png"),
        IncomingFile("mail.eml", "message/rfc822", b"From: x"),
    ]
    handling.reply(ticket, text="Here.", by=rui, at=TUESDAY_10, attached=files)
    outbox.send_due(at=LATER)

    attached = [(part.get_filename(), part.get_content_type()) for part in sent().iter_attachments()]
    assert attached == [("map.png", "image/png"), ("mail.eml", "application/octet-stream")]


def test_a_file_too_large_for_mail_waits_in_the_ticket(ticket, rui):
    files = [
        IncomingFile("big.zip", "application/zip", b"x" * (enclosures.MOST_BYTES + 1)),
        IncomingFile("small.txt", "text/plain", b"x"),
    ]
    assert len(files[0].content) <= LARGEST
    handling.reply(ticket, text="Here.", by=rui, at=TUESDAY_10, attached=files)
    outbox.send_due(at=LATER)

    assert [part.get_filename() for part in sent().iter_attachments()] == ["small.txt"]
    assert "wait" not in sent().get_body(("plain",)).get_content()
    assert "no ticket: big.zip." in sent().get_body(("plain",)).get_content()


def test_an_infected_file_goes_nowhere(ticket, rui):
    file = IncomingFile("eicar.com.txt", "text/plain", b"x")
    handling.reply(ticket, text="Here.", by=rui, at=TUESDAY_10, attached=[file])
    Attachment.objects.update(scan=Attachment.Scan.INFECTED)
    outbox.send_due(at=LATER)

    assert list(sent().iter_attachments()) == []


# --- what a mail server says --------------------------------------------------------------------


@pytest.fixture
def server(settings):
    with FakeSmtp() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


def test_a_page_of_mail_is_one_connection(server, queued):
    for _ in range(5):
        queued()

    assert outbox.send_due(at=TUESDAY_10).sent == 5
    assert (len(server.mails), server.connections) == (5, 1)


@pytest.mark.parametrize(
    ("verb", "answer", "permanent", "is_outage", "is_bad_address"),
    [
        ("RCPT", "550 5.1.1 no such user", True, False, True),
        ("RCPT", "552 5.2.2 mailbox full", True, False, False),
        ("RCPT", "450 4.2.1 greylisted", False, False, False),
        ("MAIL", "552 5.3.4 too large", True, False, False),
        ("MAIL", "451 4.7.1 not now", False, True, False),
        ("DATA", "554 5.7.1 spam", True, False, False),
        (".", "554 5.7.1 spam", True, False, False),
        (".", "451 4.3.0 disk full", False, False, False),
        (".", "hang up", False, True, False),
        ("EHLO", "hang up", False, True, False),
        ("MAIL", "421 4.3.2 shutting down", False, True, False),
    ],
)
def test_each_refusal_is_understood(server, queued, verb, answer, permanent, is_outage, is_bad_address):
    server.refusals[verb] = answer

    with pytest.raises(TransportError) as refusal:
        by_email.deliver(queued())
    error = refusal.value
    assert (error.permanent, error.is_outage, error.is_bad_address) == (permanent, is_outage, is_bad_address)


def test_no_server_at_all_is_an_outage(settings, queued):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused.getsockname()[1]

        with pytest.raises(TransportError) as refusal:
            by_email.deliver(queued())
    assert (refusal.value.permanent, refusal.value.is_outage) == (False, True)


def test_after_a_hang_up_the_next_mail_opens_a_new_connection(server, queued):
    first, second = queued(), queued()
    server.refusals["RCPT"] = "550 no such user"
    with by_email.line() as deliver:
        with pytest.raises(TransportError):
            deliver(first)
        server.refusals.clear()
        deliver(second)

    assert (len(server.mails), server.connections) == (1, 2)


@pytest.fixture
def provider(settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "only-for-tests"}
    import responses

    with responses.RequestsMock() as provider:
        yield provider


POSTMARK = "https://api.postmarkapp.com/email"
INACTIVE = (
    "You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: "
    "x@y.example.\nInactive recipients are ones that have generated a hard bounce or a spam complaint."
)


def test_a_providers_id_is_kept_for_its_reports(provider, queued):
    provider.post(
        POSTMARK,
        json={"ErrorCode": 0, "Message": "OK", "MessageID": "pm-77", "To": "x@y.example", "SubmittedAt": "z"},
    )
    outbound = queued(to="x@y.example")

    assert outbox.send_due(at=TUESDAY_10).sent == 1
    outbound.refresh_from_db()
    assert outbound.provider_id == "pm-77"


@pytest.mark.parametrize(
    ("status", "answer", "permanent", "is_outage", "is_bad_address"),
    [
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'x@y.example'."}, True, False, True),
        (422, {"ErrorCode": 406, "Message": INACTIVE}, True, False, True),
        (422, {"ErrorCode": 402, "Message": "Invalid JSON"}, True, False, False),
        (401, {"ErrorCode": 10, "Message": "Bad or missing API token"}, False, True, False),
        (429, {"ErrorCode": 429, "Message": "slow down"}, False, True, False),
        (500, {"ErrorCode": 0, "Message": "oops"}, False, True, False),
    ],
)
def test_each_answer_of_a_provider_is_understood(
    provider, queued, status, answer, permanent, is_outage, is_bad_address
):
    provider.post(POSTMARK, json=answer, status=status)

    with pytest.raises(TransportError) as refusal:
        by_email.deliver(queued(to="x@y.example"))
    error = refusal.value
    assert (error.permanent, error.is_outage, error.is_bad_address) == (permanent, is_outage, is_bad_address)
    assert "only-for-tests" not in str(error)


def test_people_have_addresses_not_names_in_to(ticket):
    """A sender's name is their claim: it would be quoted to whoever owns the address."""
    Person.objects.update(name="Win a prize at evil.example")
    outbox.send_due(at=TUESDAY_10)

    assert str(sent()["To"]) == BRUNO
    assert b"evil.example" not in mail.outbox[-1].message().as_bytes()
