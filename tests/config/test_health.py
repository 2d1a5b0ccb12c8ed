"""Alive means that the process answers; ready means that the work gets done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config import health
from sla.models import Heartbeat


def test_being_alive_asks_nothing_of_the_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.fixture
def beating(db):
    return Heartbeat.objects.create(name="beat", at=timezone.now())


def ready(client):
    answer = client.get("/readyz")
    outcome = answer.json()
    return (
        answer.status_code,
        outcome["ready"],
        [name for name, check in outcome["checks"].items() if not check["ok"]],
    )


def test_the_desk_is_ready_when_everything_holds(client, beating):
    assert ready(client) == (200, True, [])


def test_without_any_heartbeat_it_is_not_ready(client, db):
    assert ready(client) == (503, False, ["beat"])


def test_an_old_heartbeat_means_that_beat_or_worker_stopped(client, beating, settings):
    beating.at = timezone.now() - settings.HEARTBEAT_LIMIT - timedelta(seconds=2)
    beating.save()

    assert ready(client) == (503, False, ["beat"])


def test_a_missing_migration_is_seen(client, beating):
    health.is_migrated.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sla'")

    assert ready(client) == (503, False, ["migrations"])


def test_a_message_that_waits_too_long_is_a_backlog(client, beating, settings):
    from channels_inbound.models import InboundMessage

    InboundMessage.objects.create(
        source="pipe",
        provider_id="late@desk.example",
        digest="0" * 64,
        raw=b"",
        size=0,
        received_at=timezone.now() - settings.BACKLOG_LIMIT - timedelta(seconds=2),
    )

    assert ready(client) == (503, False, ["backlog"])
    assert client.get("/readyz").json()["checks"]["backlog"]["inbound_age_seconds"] > 300


def test_only_reading_is_allowed(client):
    assert client.post("/readyz").status_code == client.post("/healthz").status_code == 405
