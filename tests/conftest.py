"""What every test stands on, beside tests/settings.py; the cast of the stories lives in tests/cast.py."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.cast", "tests.doors", "tests.flushing"]


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(settings):
    """No rate limit and no cached page outlives its test."""
    from django.core.cache import cache

    cache.key_prefix = f"{settings.REDIS_PREFIX}{secrets.token_hex(4)}"


def child_environment() -> dict[str, str]:
    """The environment for a process that shall work on this test's database and broker."""
    from django.conf import settings
    from django.db import connection

    database = connection.settings_dict
    address = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        address = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "LOG_LEVEL": "INFO",
    }


@pytest.fixture
def celery_worker_process(transactional_db, tmp_path):
    """A real worker, in a process of its own, on this test's database and broker; stopped at the end."""
    log = tmp_path / "worker.log"
    command = ["-m", "celery", "-A", "config", "worker", "-P", "threads", "-c", "2", "-l", "INFO"]
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, *command], cwd=PROJECT, env=child_environment(), stdout=out, stderr=out
        )
    try:
        wait_until(lambda: b" ready." in log.read_bytes(), seconds=60, or_say=log.read_text)
        yield worker
    finally:
        worker.terminate()
        worker.wait(20)


def wait_until(condition, *, seconds, or_say=str, every=0.05):
    """Ask every 50 ms until true; fail after so many seconds with what `or_say` answers."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {or_say()}")
        time.sleep(every)
