"""Beat wakes, the worker claims; a broker that is away costs nobody their work."""

import logging
from datetime import UTC
from email import message_from_bytes
from email.policy import default

import pytest
from celery import current_app, shared_task
from celery.schedules import schedule
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from config.beat import SCHEDULE, PromptScheduler


def test_every_entry_names_a_task_that_exists():
    current_app.loader.import_default_modules()

    assert {entry["task"] for entry in SCHEDULE.values()} - set(current_app.tasks) == set()


def test_a_wake_up_call_expires_before_its_next_turn():
    intervals = {
        name: (entry["options"]["expires"], entry["schedule"].run_every.total_seconds())
        for name, entry in SCHEDULE.items()
        if isinstance(entry["schedule"], schedule)
    }

    assert [name for name, (expires, interval) in intervals.items() if expires >= interval] == []
    assert len(intervals) == 12


def test_a_restart_runs_every_interval_at_once_and_nothing_else():
    entries = PromptScheduler(current_app).schedule.values()

    due = {entry.task for entry in entries if entry.is_due().is_due}

    assert due == {entry["task"] for entry in SCHEDULE.values() if isinstance(entry["schedule"], schedule)}


@pytest.mark.django_db(transaction=True)
def test_a_nudge_that_cannot_be_published_does_not_reach_the_caller(monkeypatch, caplog):
    @shared_task(name="tests.nudged")
    def nudged():
        pass

    def away(*_args, **_kwargs):
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(nudged, "apply_async", away)
    with caplog.at_level(logging.ERROR, "django"), transaction.atomic():
        nudged.delay_on_commit()

    assert "the broker is away" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_beats_the_heart(celery_worker_process):
    from sla.models import Heartbeat
    from sla.tasks import heartbeat
    from tests.conftest import wait_until

    heartbeat.delay()

    wait_until(Heartbeat.objects.exists, seconds=10)
    assert Heartbeat.objects.get().at.tzinfo == UTC


def test_mail_goes_to_a_folder_one_file_a_message(settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    messages = [
        EmailMessage(f"Olá {number}", "Até já", "a@desk.example", ["b@x.example"]) for number in (1, 2)
    ]

    assert get_connection("config.mailbox.EmlFolder").send_messages(messages) == 2

    written = sorted(tmp_path.iterdir())
    assert [path.suffix for path in written] == [".eml", ".eml"]
    assert [message_from_bytes(path.read_bytes(), policy=default)["Subject"] for path in written] == [
        "Olá 1",
        "Olá 2",
    ]
