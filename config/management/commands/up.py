"""`manage.py up`: prepare the database, then run web, worker and beat until Ctrl-C."""

import os
import socket
import sys
import tempfile
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from config import env, health
from contracts.models import Organisation


class Command(BaseCommand):
    """The supervisor's door."""

    help = "Prepare the database, then run web server, worker and beat as children until Ctrl-C."
    requires_system_checks = ()  # seconds count here; `check` has its own command

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Refuse early, prepare, then become the supervisor; never returns."""
        started = time.monotonic()
        _refuse_unwritable_folder()
        _refuse_busy_port()
        self._prepare_database()
        # The same process, without all that was imported to prepare: a third of what `up` holds in memory.
        os.execv(sys.executable, [sys.executable, "-m", "config.supervisor", str(started)])  # noqa: S606  no shell

    def _prepare_database(self) -> None:
        try:
            if not health.is_migrated():
                self._say("preparing the database")
                call_command("migrate", verbosity=0, interactive=False)
                call_command("createcachetable", verbosity=0)
            if settings.PRODUCTION:
                call_command("collectstatic", verbosity=0, interactive=False)
            if settings.DEMO and not Organisation.objects.exists():
                self._say("loading the sample desk")
                call_command("seed_sample")
        except DatabaseError as error:
            env.refuse("DATABASE_URL", f"names a database that does not work: {str(error).splitlines()[0]}")
        finally:
            connection.close()

    def _say(self, line: str) -> None:
        self.stdout.write(f"prazo: {line}")
        self.stdout.flush()


def _refuse_unwritable_folder() -> None:
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError as error:
        env.refuse("DATA_DIR", f"{settings.DATA_DIR} cannot be written: {error.strerror}")


def _refuse_busy_port() -> None:
    try:
        with socket.create_server((settings.BIND, settings.PORT)):
            pass
    except OSError as error:
        env.refuse(
            "PORT", f"{settings.PORT} on {settings.BIND} cannot be used: {os.strerror(error.errno or 0)}"
        )
