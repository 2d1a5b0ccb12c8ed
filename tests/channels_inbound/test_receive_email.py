"""The pipe: what an MTA hands over is kept, and the exit status says so."""

import json
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from channels_inbound.models import InboundMessage
from helpdesk.models import Ticket
from tests.channels_inbound.test_ingest import MAIL
from tests.conftest import PROJECT, child_environment

pytestmark = pytest.mark.django_db


def received(capsys, *files):
    """The command's exit status and its JSON lines."""
    status = 0
    try:
        call_command("receive_email", *map(str, files))
    except SystemExit as stop:
        status = stop.code
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_file_gives_one_line(desk, tmp_path, capsys):
    good, empty = tmp_path / "good.eml", tmp_path / "empty.eml"
    good.write_bytes(MAIL)
    empty.write_bytes(b"")

    status, lines = received(capsys, good, empty)

    ticket = Ticket.objects.get()
    ids = list(InboundMessage.objects.order_by("pk").values_list("pk", flat=True))
    assert status == 0
    assert lines == [
        {"inbound": ids[0], "state": "done", "ticket": ticket.pk, "reason": ""},
        {
            "inbound": ids[1],
            "state": "quarantined",
            "ticket": None,
            "reason": "The mail has no content at all.",
        },
    ]


def test_a_file_that_cannot_be_read_is_a_temporary_failure_and_the_others_are_kept(desk, tmp_path, capsys):
    good = tmp_path / "good.eml"
    good.write_bytes(MAIL)

    status, lines = received(capsys, tmp_path / "absent.eml", good)

    assert status == 75
    assert [line["state"] for line in lines] == ["failed", "done"]


def test_a_database_that_is_away_is_a_temporary_failure(desk, tmp_path, capsys, monkeypatch):
    def away(**kwargs):
        raise DatabaseError("connection refused")

    monkeypatch.setattr("channels_inbound.ingest.store", away)
    mail = tmp_path / "mail.eml"
    mail.write_bytes(MAIL)

    assert received(capsys, mail)[0] == 75


def test_a_mail_that_cannot_be_processed_now_waits(desk, tmp_path, capsys, monkeypatch):
    def explode(*args):
        raise RuntimeError("poison")

    monkeypatch.setattr("channels_inbound.readers.READERS", {"pipe": explode})
    mail = tmp_path / "mail.eml"
    mail.write_bytes(MAIL)

    status, lines = received(capsys, mail)
    assert (status, lines[0]["state"]) == (0, "waiting")


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_piped_in_through_a_real_process(desk):
    done = subprocess.run(
        [sys.executable, "manage.py", "receive_email"],
        input=MAIL,
        capture_output=True,
        cwd=PROJECT,
        env=child_environment(),
        timeout=60,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "done")
    assert Ticket.objects.count() == 1


def test_replay_tries_the_quarantine_again(desk, tmp_path, capsys):
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"")
    received(capsys, mail)

    call_command("replay_inbound", "--json")

    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert (line["state"], line["ticket"]) == ("quarantined", None)


def test_every_real_mail_goes_in_and_none_is_lost(desk, capsys):
    folder = PROJECT.parent / "shared" / "data" / "mail"
    if not folder.exists():
        pytest.skip("../shared is absent: the real mails are not here")
    files = sorted(path for kind in ("messages", "automatic") for path in (folder / kind).iterdir())

    status, lines = received(capsys, *files)

    states = [line["state"] for line in lines]
    with capsys.disabled():
        counts = {state: states.count(state) for state in sorted(set(states))}
        print(f"\n{len(files)} real mails: {counts}")
    assert status == 0
    assert len(lines) == len(files)
    assert set(states) <= {"done", "ignored", "quarantined"}
    assert InboundMessage.objects.count() == len({line["inbound"] for line in lines})
