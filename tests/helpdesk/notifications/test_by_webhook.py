"""Events are posted signed, again and again until they are taken, and never to an address inside."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from helpdesk import escalation, handling
from helpdesk.models import OutboundMessage, Webhook
from helpdesk.notifications import by_webhook, outbox, outside
from helpdesk.notifications.outbox import TO_PROGRAMS, Sent
from helpdesk.notifications.transport import TransportError
from sla import alarms, timekeeping
from sla.models import LadderStep
from tests.cast import TUESDAY_10, by_portal, take_in, unfrozen

NOON = TUESDAY_10 + timedelta(hours=2)


class Receiver:
    """A program that keeps what it gets; `answers` holds the next statuses, then it takes everything."""

    def __init__(self):
        self.got, self.answers, self.location = [], [], ""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *_args):
                """Be quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings):
    receiver = Receiver()
    settings.WEBHOOK_TRUSTED_HOSTS = [receiver.place]
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def pager(db, receiver):
    return Webhook.objects.create(key="pager", name="Pager", url=f"http://{receiver.place}/in?from=prazo")


@pytest.fixture
def rang(desk, policy_version, bruno, rui, pager):
    """An urgent ticket whose clock reached a step that calls the pager."""
    unfrozen(LadderStep.objects.all().delete)
    step = {"metric": "first_response", "offset_minutes": -120, "webhook": "pager"}
    unfrozen(lambda: LadderStep.objects.create(version=policy_version, **step))
    ticket = take_in(by_portal(bruno, subject="A secret subject")).ticket
    handling.set_priority(ticket, priority="urgent", reason="Beds", by=rui, at=TUESDAY_10)
    alarms.ring_due(at=NOON)
    escalation.escalate(at=NOON)
    return ticket


def post(at=NOON):
    return outbox.send_due(at=at, channels=TO_PROGRAMS)


# --- what is posted ---------------------------------------------------------------------------------


def test_a_step_is_posted_with_facts_and_no_word_of_a_customer(rang, receiver):
    assert post() == Sent(sent=1)

    ((path, headers, body),) = receiver.got
    assert path == "/in?from=prazo"
    assert json.loads(body) == {
        "event": "clock.step_reached",
        "ticket": {"number": rang.pk, "uid": str(rang.uid)},
        "metric": "first_response",
        "step": "-120m",
        "reached_at": "2026-03-10T12:00:00+00:00",
        "due_at": "2026-03-10T14:00:00+00:00",
        "state": "running",
    }
    assert headers["Host"] == receiver.place
    assert headers["Content-Type"] == "application/json"
    assert rang.events.get(kind="webhook").facts["webhook"] == "pager"


def test_the_receiver_can_check_who_sent_it(rang, receiver, pager, capsys):
    post()
    call_command("webhook_secret", "pager")
    secret = capsys.readouterr().out.strip()

    ((_path, headers, body),) = receiver.got
    seconds, signed = (part.partition("=")[2] for part in headers["Prazo-Signature"].split(","))
    expected = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signed, expected)
    assert abs(int(seconds) - timekeeping.to_epoch(timezone.now())) < 60


def test_the_secret_is_each_webhooks_own_and_hangs_on_the_key(pager, settings):
    other = Webhook.objects.create(key="other", name="Other", url="https://other.example/")
    first = by_webhook.secret_of(pager)
    settings.WEBHOOK_SIGNING_KEY = "another key of at least 32 letters"

    assert len({first, by_webhook.secret_of(pager), by_webhook.secret_of(other)}) == 3
    assert first.startswith("whsec_")


def test_it_is_tried_again_with_the_same_name_and_a_new_signature(rang, receiver, monkeypatch):
    receiver.answers = [500]
    assert post() == Sent(retried=1)
    monkeypatch.setattr(timekeeping, "now", lambda: NOON + timedelta(days=365))
    assert post(NOON + timedelta(seconds=30)) == Sent(sent=1)

    first, second = (headers for _, headers, _ in receiver.got)
    assert first["Prazo-Event-Id"] == second["Prazo-Event-Id"]
    assert first["Prazo-Signature"] != second["Prazo-Signature"]


def test_it_is_tried_for_a_day_and_then_written_down(rang, receiver):
    receiver.answers = [503] * 50
    at, tries = NOON, []
    while OutboundMessage.objects.get(kind="event").state == "queued":
        at = max(at, OutboundMessage.objects.get(kind="event").send_after)
        tries.append(at)
        post(at)

    assert timedelta(hours=24) < tries[-1] - NOON < timedelta(hours=32)
    assert 10 <= len(tries) <= 14
    assert rang.events.get(kind="delivery_failed").facts["to"] == "pager"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Sent(sent=1)),
        (204, Sent(sent=1)),
        (302, Sent(retried=1)),
        (400, Sent(retried=1)),
        (404, Sent(retried=1)),
        (410, Sent(failed=1)),
        (429, Sent(retried=1)),
    ],
)
def test_what_the_receiver_answers(rang, receiver, status, outcome):
    receiver.answers, receiver.location = [status], f"http://{receiver.place}/elsewhere"

    assert post() == outcome
    assert [path for path, *_ in receiver.got] == ["/in?from=prazo"]  # no redirect is followed


def test_a_webhook_that_is_off_gets_nothing(rang, receiver, pager):
    Webhook.objects.update(is_active=False)

    assert post() == Sent(failed=1)
    assert receiver.got == []


def test_without_a_signing_key_nothing_is_sent(rang, receiver, settings):
    settings.WEBHOOK_SIGNING_KEY = ""

    assert post() == Sent(failed=1)
    assert receiver.got == []
    with pytest.raises(CommandError, match="WEBHOOK_SIGNING_KEY"):
        call_command("webhook_secret", "pager")


def test_there_is_no_secret_of_a_webhook_that_is_not(db):
    with pytest.raises(CommandError, match="no webhook 'x'"):
        call_command("webhook_secret", "x")


def test_mail_does_not_wait_for_programs(rang, receiver):
    assert outbox.send_due(at=NOON).sent > 0
    assert receiver.got == []


# --- where nothing is posted to -----------------------------------------------------------------------

INSIDE = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
]


@pytest.mark.parametrize("number", INSIDE)
def test_an_address_inside_is_refused_as_a_number_and_behind_a_name(number, monkeypatch):
    url = f"https://[{number}]/" if ":" in number else f"https://{number}/"
    with pytest.raises(outside.Unsafe, match="not a public address"):
        outside.target(url)

    monkeypatch.setattr(socket, "getaddrinfo", _resolving("93.184.216.34", number))
    monkeypatch.setattr(socket, "create_connection", _must_not_connect)
    with pytest.raises(outside.Unsafe, match="not a public address"):
        outside.post("https://pager.example/", b"{}", {})


@pytest.mark.parametrize("written", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost"])
def test_other_ways_to_write_this_machine_are_found_when_they_are_resolved(written, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", _must_not_connect)
    with pytest.raises((outside.Unsafe, outside.Unreachable)):
        outside.post(f"https://{written}/", b"{}", {})


@pytest.mark.parametrize("number", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_a_public_address_is_called(number):
    url = f"https://[{number}]/" if ":" in number else f"https://{number}/"
    assert outside.target(url).host == number


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pager.example",
        "http://pager.example/",
        "ftp://pager.example/",
        "file:///etc/passwd",
        "gopher://pager.example/",
        "https://",
        "https:///in",
        "https://name:word@pager.example/",
        "https://pager.example:99999/",
        "https://pager.example:x/",
        "https://[::1",
        "https://pager.example/\r\nHost: x",
        "https://pager.example/ x",
        "https://pag\u00e9r.example/",
        "https://pager.example/" + "x" * 500,
    ],
)
def test_what_is_no_https_address_is_refused(url):
    with pytest.raises(outside.Unsafe):
        outside.target(url)


def _resolving(*numbers):
    def getaddrinfo(_host, port, **_more):
        return [(None, None, None, "", (number, port)) for number in numbers]

    return getaddrinfo


def _must_not_connect(*_args, **_kwargs):
    raise AssertionError("it connected")


def test_a_name_is_resolved_once_and_the_checked_address_is_called(monkeypatch):
    """DNS rebinding: what the name means a moment later changes nothing."""
    asked, called = [], []

    def getaddrinfo(host, port, **_more):
        asked.append(host)
        return [(None, None, None, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", port))]

    def create_connection(place, timeout):
        called.append((place, timeout))
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(outside.Unreachable):
        outside.post("https://pager.example/", b"{}", {})

    assert (asked, called) == (["pager.example"], [(("93.184.216.34", 443), outside.CONNECT_SECONDS)])


def test_the_certificate_must_be_of_the_name_that_was_asked_for(monkeypatch):
    """The connection goes to a number, TLS is still of the name."""
    asked_for = []

    class Context:
        def wrap_socket(self, _line, server_hostname):
            asked_for.append(server_hostname)
            raise ssl.SSLCertVerificationError("not theirs")

    here, there = socket.socketpair()
    monkeypatch.setattr(socket, "getaddrinfo", _resolving("93.184.216.34"))
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: here)
    monkeypatch.setattr(ssl, "create_default_context", lambda **_more: Context())
    with pytest.raises(outside.Unreachable, match="SSLCertVerificationError"):
        outside.post("https://pager.example/", b"{}", {})
    there.close()

    assert asked_for == ["pager.example"]


def test_our_own_context_checks_name_and_certificate():
    context = ssl.create_default_context()
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_who_drips_is_cut_off(monkeypatch):
    """A byte every little while would keep a worker for hours."""
    monkeypatch.setattr(outside, "ANSWER_SECONDS", 0.5)
    server = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def drip():
        line, _ = server.accept()
        with line:
            line.sendall(b"HTTP/1.1 200 OK\r\n")
            while not is_over.wait(0.1):
                try:
                    line.sendall(b"X-Drip: 1\r\n")
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    place = f"127.0.0.1:{server.getsockname()[1]}"
    began = time.monotonic()
    with pytest.raises(outside.Unreachable):
        outside.post(f"http://{place}/", b"{}", {}, trusted=[place])
    is_over.set()
    server.close()

    assert time.monotonic() - began < 5


def test_nobody_there_is_no_crash():
    place = "127.0.0.1:9"
    with pytest.raises(outside.Unreachable, match="ConnectionRefusedError"):
        outside.post(f"http://{place}/", b"{}", {}, trusted=[place])


def test_an_address_that_turned_inside_fails_for_good(rang, receiver, pager):
    Webhook.objects.update(url="https://127.0.0.1/in")

    with pytest.raises(TransportError, match="not a public address") as refusal:
        by_webhook.deliver(OutboundMessage.objects.get(kind="event"))
    assert refusal.value.permanent
