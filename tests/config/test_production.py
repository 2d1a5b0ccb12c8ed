"""`check --deploy` is silent about a machine that is set up, and names whatever is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SET_UP = {
    "PRODUCTION": "1",
    "SECRET_KEY": "MgmHRzZkHDTzKbzfQ0w8GqB6hfTJx2f3fDCqRzXGdXUOqhkQ8m5bK3rT1vYw",
    "SITE_URL": "https://support.desk.example",
    "DATABASE_URL": "postgresql://prazo@127.0.0.1/prazo",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.desk.example:587",
    "ANYMAIL_WEBHOOK_SECRET": "user:password",
}


def check(tmp_path, **variables):
    """Exit status and words of `check --deploy` in an environment of these variables alone."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **variables}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    ended = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_a_machine_that_is_set_up_gets_no_word(tmp_path):
    assert check(tmp_path, **SET_UP) == (0, "System check identified no issues (0 silenced).\n")


def test_an_open_demonstration_on_a_bare_machine_is_named_point_by_point(tmp_path):
    status, words = check(tmp_path, DEMO="1", TWILIO_ACCOUNT_SID="AC0")

    assert status == 1
    assert re.findall(r"prazo\.(E\d+)", words) == [f"E{number:03}" for number in range(1, 9)]


def test_a_demonstration_in_production_is_an_error(tmp_path):
    status, words = check(tmp_path, **SET_UP, DEMO="1")

    assert (status, re.findall(r"\((\S+\.[EW]\d+)\)", words)) == (1, ["prazo.E002"])
