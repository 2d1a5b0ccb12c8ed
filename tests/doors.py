"""The doors of the product, as stories go through them, and the clock by which they happen."""

import json
import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlencode

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from config.beat import SCHEDULE
from helpdesk import roles
from sla import timekeeping
from tests.cast import TUESDAY_10
from tests.fakes.twilio import FakeTwilio
from tests.visitor import Visitor

PASSWORD = "a horse that nobody knows"


class Clock:
    """The time of the story; every door reads it, on either database."""

    def __init__(self, traveller):
        self.traveller = traveller

    def at(self, instant: datetime) -> None:
        self.traveller.move_to(instant, tick=False)

    def on(self, **later) -> datetime:
        """Let time pass; gives the new instant."""
        self.at(timezone.now() + timedelta(**later))
        return timezone.now()


@pytest.fixture
def clock(monkeypatch):
    """Tuesday, ten o'clock."""
    monkeypatch.setattr(timekeeping, "_database_now", timezone.now)
    with time_machine.travel(TUESDAY_10, tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture
def beat():
    """What beat and worker do: every task of the heartbeat, twice, so that each takes up what others left."""

    def beat() -> None:
        for entry in [*SCHEDULE.values()] * 2:
            current_app.tasks[entry["task"]]()

    current_app.loader.import_default_modules()
    return beat


@pytest.fixture
def in_order(desk, clock, rui, settings):
    """The desk, with Rui at work: he has his role and a password."""
    settings.SIGN_IN_SECONDS = 0
    roles.establish()
    roles.give(rui, roles.AGENT)
    rui.set_password(PASSWORD)
    rui.save()


# --- mail ---------------------------------------------------------------------------------------


def written(
    sender: str, text: str, *, subject="Printer", to="support@desk.example", **headers
) -> EmailMessage:
    """A mail as a mail program writes it; an underscore in a header's name is a hyphen."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def answering(received: EmailMessage, sender: str, text: str, *, message_id: str) -> EmailMessage:
    """What a mail program makes of "Reply": to whom and what it answers, with the old text below."""
    quoted = "\n".join(f"> {line}" for line in body_of(received).splitlines())
    return written(
        sender,
        f"{text}\n\nOn Tue, 10 Mar 2026 at 11:00, {received['From']} wrote:\n\n{quoted}\n",
        subject=received["Subject"],
        to=received["Reply-To"],
        Message_ID=message_id,
        In_Reply_To=received["Message-ID"],
        References=f"{received['References'] or ''} {received['Message-ID']}".strip(),
    )


def body_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    return message.get_body(("plain",)).get_content()


@pytest.fixture
def pipe(tmp_path, capsys):
    """What the mail server does with a mail for us: `manage.py receive_email FILE`; gives its line."""

    def receive(message: EmailMessage) -> dict:
        file = tmp_path / "mail.eml"
        file.write_bytes(message.as_bytes())
        call_command("receive_email", str(file))
        (line,) = capsys.readouterr().out.splitlines()
        return json.loads(line)

    return receive


@pytest.fixture
def mailbox(mailoutbox):
    """The mails that reached an address since somebody looked last, as a mail program reads them."""

    def look(address: str) -> list[EmailMessage]:
        found = [message for message in mail.outbox if message.to == [address]]
        mail.outbox[:] = [message for message in mail.outbox if message.to != [address]]
        return [message_from_bytes(one.message().as_bytes(), policy=policy.default) for one in found]

    return look


# --- WhatsApp -----------------------------------------------------------------------------------


@pytest.fixture
def twilio(settings):
    """Twilio, on loopback."""
    with FakeTwilio() as fake:
        settings.TWILIO_BASE_URL = fake.address
        yield fake


def from_twilio(path: str, **form: str):
    """Hand a form over as Twilio does, signed."""
    address = f"{settings.SITE_URL}{path}"
    signature = RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(address, form)
    return Client().post(
        path,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )


# --- pages --------------------------------------------------------------------------------------


def sign_in_to_the_console(agent) -> Visitor:
    visitor = Visitor().get("/admin/")
    visitor.send(visitor.address, login=agent.email, password=PASSWORD)
    assert (visitor.status, visitor.address) == (200, "/admin/")
    return visitor


@pytest.fixture
def at_work(in_order):
    """An agent in the console, signed in by password."""
    return sign_in_to_the_console


@pytest.fixture
def at_home(in_order, beat, mailbox):
    """A customer in the portal, signed in by the code that a mail brought."""

    def sign_in(address: str) -> Visitor:
        visitor = Visitor().get("/accounts/login/code/")
        visitor.send("/accounts/login/code/", email=address)
        beat()
        code = re.search(r"\b\d{4}-\d{4}\b", body_of(mailbox(address)[-1]))
        visitor.send("/accounts/login/code/confirm/", code=code[0])
        assert (visitor.status, visitor.address) == (200, "/tickets/")
        return visitor

    return sign_in


def console(ticket, verb: str = "change") -> str:
    """Where the console has a ticket, or a verb of it."""
    return f"/admin/helpdesk/ticket/{ticket.pk}/{verb}/"
