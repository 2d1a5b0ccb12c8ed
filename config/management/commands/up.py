"""`manage.py up`: prepare the database, then run web, worker and beat until Ctrl-C."""

import http.client
import json
import os
import socket
import tempfile
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from config import env, health
from config.supervisor import PartFailed, Supervisor
from contracts.models import Organisation

ASK_EVERY = 0.2
COMPLAIN_AFTER = 30.0
PAGES = {"Portal": "/", "Console": "/admin/", "Support policy": "/support-policy/", "API": "/api/v1/schema/"}
DEMO_PAGES = {"Write as a customer": "/demo/write/"}


class Command(BaseCommand):
    """The supervisor's door."""

    help = "Prepare the database, then run web server, worker and beat as children until Ctrl-C."
    requires_system_checks = ()  # seconds count here; `check` has its own command

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Refuse early, prepare, run; exit status 0 when asked to stop."""
        started = time.monotonic()
        _refuse_unwritable_folder()
        _refuse_busy_port()
        self._prepare_database()
        welcome = Welcome(self, started)
        with Supervisor(self._say) as supervisor:
            try:
                supervisor.run(welcome.tick)
            except PartFailed as error:
                raise CommandError(str(error)) from error
            self._say("stopping")
        self._say("stopped")

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


class Welcome:
    """Asks /readyz until it says yes, then greets once."""

    def __init__(self, command: Command, started: float) -> None:
        self.command = command
        self.started = started
        self.next_ask = 0.0
        self.next_complaint = started + COMPLAIN_AFTER
        self.is_said = False

    def tick(self) -> None:
        """Called by the supervisor several times a second."""
        now = time.monotonic()
        if self.is_said or now < self.next_ask:
            return
        self.next_ask = now + ASK_EVERY
        missing = _what_is_missing()
        if not missing:
            self.is_said = True
            self.command.stdout.write(_greeting(time.monotonic() - self.started))
            self.command.stdout.flush()
        elif now > self.next_complaint:
            self.next_complaint = now + COMPLAIN_AFTER
            self.command._say(f"not ready yet: {', '.join(missing)}")  # noqa: SLF001  its own command


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


def _what_is_missing() -> list[str]:
    """Names of the checks that /readyz does not pass; `web` when it does not answer."""
    host = "127.0.0.1" if settings.BIND in {"0.0.0.0", "::"} else settings.BIND  # noqa: S104  compared, not bound
    try:
        server = http.client.HTTPConnection(host, settings.PORT, timeout=5)
        server.request("GET", "/readyz", headers={"Host": settings.SITE_HOST})
        checks = json.loads(server.getresponse().read())["checks"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return ["web"]
    return [name for name, outcome in checks.items() if not outcome["ok"]]


def _greeting(seconds: float) -> str:
    pages = PAGES | DEMO_PAGES if settings.DEMO else PAGES
    lines = [f"prazo: ready in {seconds:.1f} s", ""]
    lines += [f"  {name:<21}{settings.SITE_URL}{path}" for name, path in pages.items()]
    lines += [f"  {'Data':<21}{settings.DATA_DIR}", ""]
    return "\n".join([*lines, *_sample_logins(), "  Ctrl-C stops everything.", ""])


def _sample_logins() -> list[str]:
    path = settings.DATA_DIR / "sample-logins.json"
    if not (settings.DEMO and path.exists()):
        return []
    logins = json.loads(path.read_text(encoding="utf-8"))
    rows = [(login["where"], login["email"], login["password"], login["who"]) for login in logins]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"  Sample logins (kept in {path}):"]
    lines += ["    " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return [*lines, ""]
