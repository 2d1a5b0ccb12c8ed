"""A whole desk, started as everybody starts it, and a real browser that looks at it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PATIENCE = 240
SCREENS = PROJECT / "build" / "screens"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Desk:
    """The running product: its address and its folder."""

    url: str
    folder: Path

    def password(self, email: str) -> str:
        """The random password that the sample desk gave."""
        logins = json.loads((self.folder / "sample-logins.json").read_text())
        return next(login["password"] for login in logins if login["email"] == email)

    def mails_to(self, address: str) -> list:
        """What left for an address, oldest first."""
        paths = sorted((self.folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [mail for mail in mails if address in mail["To"]]

    def code_for(self, address: str, known: int) -> str:
        """The sign-in code in the mail that comes after `known` others."""
        wait_until(lambda: len(self.mails_to(address)) > known)
        words = self.mails_to(address)[-1].get_body(("plain",)).get_content()
        return re.search(r"^\s*(\d{4}-?\d{4})\s*$", words, re.MULTILINE)[1]


def wait_until(question, seconds=30):
    """Ask until the answer is yes."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """`manage.py up` with the sample desk, on SQLite and files, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("desk")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    environment |= {"DATA_DIR": str(folder), "PORT": str(port), "DEMO": "1", "REPLY_UNDO_SECONDS": "3"}
    environment |= {"SITE_URL": f"http://localhost:{port}", "DJANGO_SETTINGS_MODULE": "config.settings"}
    log = folder / "log"
    with log.open("wb") as out:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=PROJECT, env=environment, stdout=out, stderr=out
        )
        try:
            wait_until(lambda: up.poll() is not None or b"ready in" in log.read_bytes(), PATIENCE)
            assert up.poll() is None, log.read_text()
            yield Desk(f"http://localhost:{port}", folder)
        finally:
            up.terminate()
            up.wait(30)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's Chromium, which talks to nobody by itself."""
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": ARGUMENTS}


@pytest.fixture
def visit(browser, desk):
    """Open a window of a size and scheme; at the end, nothing may have gone wrong in it."""
    windows, trouble = [], []

    def open_window(width=1280, height=900, scheme="light", **fields):
        window = browser.new_context(
            base_url=desk.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            reduced_motion="reduce",
            **fields,
        )
        window.set_default_timeout(20_000)
        page = window.new_page()
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda asked: _elsewhere(asked.url, desk.url, trouble))
        windows.append(window)
        return page

    yield open_window
    for window in windows:
        window.close()
    assert trouble == []


def _elsewhere(asked, home, trouble):
    if not asked.startswith((home, "data:", "blob:", "about:")):
        trouble.append(f"asked {asked}")


@pytest.fixture(scope="session")
def keep():
    """Keep a screenshot to look at, in build/screens."""
    SCREENS.mkdir(parents=True, exist_ok=True)

    def keep(page, name, *, whole=True):
        page.screenshot(path=SCREENS / f"{name}.png", full_page=whole)

    return keep
