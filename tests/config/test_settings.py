"""A bad setting ends the start with one line that names it."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import env

PROJECT = Path(__file__).resolve().parents[2]


def read_settings(tmp_path, code="", **variables):
    """Import the settings in a process of its own that knows these variables alone."""
    known = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **variables}
    command = [sys.executable, "-c", f"from config import settings; {code}"]
    return subprocess.run(
        command, cwd=PROJECT, env=known, capture_output=True, text=True, check=False, timeout=60
    )


BAD = [
    ("PORT", "eighty"),
    ("PORT", "70000"),
    ("PRODUCTION", "perhaps"),
    ("SITE_URL", "support.desk.example"),
    ("DATABASE_URL", "mysql://user:secret-word@host/name"),
    ("REDIS_URL", "127.0.0.1:6379"),
    ("EMAIL_URL", "pigeon://user:secret-word@host"),
    ("SUPPORT_ADDRESS", "Support <support@desk.example>"),
    ("REPLY_DOMAIN", "desk example"),
    ("MAIL_PROVIDER", "pigeon"),
    ("TRUSTED_PROXIES", "127.0.0.1, localhost"),
    ("LOG_LEVEL", "LOUD"),
    ("MAX_REQUEST_MB", "0"),
    ("API_RATE", "fast"),
    ("DESK_ZONE", "Lisbon"),
    ("TWILIO_BASE_URL", "twilio"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_line_that_names_its_variable(tmp_path, name, value):
    ended = read_settings(tmp_path, **{name: value})

    assert (ended.returncode, ended.stdout) == (env.EX_CONFIG, "")
    assert re.fullmatch(rf"prazo: {name} must be .+\n", ended.stderr)
    assert "secret-word" not in ended.stderr


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("kept-in-a-file\n")

    ended = read_settings(tmp_path, "print(settings.SECRET_KEY)", SECRET_KEY_FILE=str(tmp_path / "key"))

    assert ended.stdout == "kept-in-a-file\n"


def test_a_secret_file_that_is_not_there_is_named(tmp_path):
    ended = read_settings(tmp_path, SECRET_KEY_FILE=str(tmp_path / "none"))

    assert ended.returncode == env.EX_CONFIG
    assert ended.stderr.startswith("prazo: SECRET_KEY_FILE cannot be read: ")
    assert ended.stderr.count("\n") == 1


def test_a_missing_key_is_made_once_and_kept_for_the_owner_alone(tmp_path):
    first = read_settings(tmp_path, "print(settings.SECRET_KEY)")
    second = read_settings(tmp_path, "print(settings.SECRET_KEY)")

    assert len(first.stdout) > 64
    assert second.stdout == first.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_in_production_a_missing_key_is_refused(tmp_path):
    ended = read_settings(tmp_path, PRODUCTION="1")

    assert ended.returncode == env.EX_CONFIG
    assert ended.stderr == "prazo: SECRET_KEY is not set, and with PRODUCTION=1 it is never generated\n"
    assert list(tmp_path.iterdir()) == []


def test_zones_come_from_the_locked_package_and_not_from_the_machine(tmp_path):
    code = "import os, zoneinfo; print(zoneinfo.TZPATH, repr(os.environ['PYTHONTZPATH']))"

    ended = read_settings(tmp_path, code, PYTHONTZPATH="/usr/share/zoneinfo")

    assert ended.stdout == "() ''\n"


def test_debug_is_off_whatever_the_environment_says(tmp_path):
    assert read_settings(tmp_path, "print(settings.DEBUG)", DEBUG="1").stdout == "False\n"


def test_a_provider_is_chosen_by_its_short_name(tmp_path):
    code = "print(settings.EMAIL_BACKEND, settings.ANYMAIL['POSTMARK_SERVER_TOKEN'])"

    ended = read_settings(tmp_path, code, MAIL_PROVIDER="postmark", ANYMAIL_POSTMARK_SERVER_TOKEN="token")

    assert ended.stdout == "anymail.backends.postmark.EmailBackend token\n"


def test_every_variable_stands_in_the_documentation(settings):
    table = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([A-Z][A-Z_*]+)`", table))

    assert settings.BASE_DIR == PROJECT
    assert env.asked - documented - {"ANYMAIL_WEBHOOK_SECRET"} == set()
