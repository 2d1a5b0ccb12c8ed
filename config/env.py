"""The environment, read loudly: a bad value ends the start with one line that names its variable.

Each reader takes the variable's name and its default; an empty value counts as unset. `NAME_FILE` may name a
file that holds the value of any variable, which is how secrets are handed over by systemd or containers.
"""

import re
import sys
from collections.abc import Callable
from email.utils import parseaddr
from importlib import import_module
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

EX_CONFIG = 78  # sysexits.h: something was found in an unconfigured or misconfigured state

DATABASES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
ON = ("1", "true", "yes", "on")
SWITCHES = (*ON, "0", "false", "no", "off")

asked: set[str] = set()
"""Every variable that was asked for; docs/configuration.md lists them all."""

_variables = environ.FileAwareEnv.ENVIRON


def refuse(name: str, why: str) -> NoReturn:
    """End the process with one line about the variable `name` and exit status 78 (EX_CONFIG)."""
    sys.stderr.write(f"prazo: {name} {why}\n")
    raise SystemExit(EX_CONFIG)


def _raw(name: str) -> str:
    asked.add(name)
    try:
        return str(_variables.get(name) or "").strip()
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{name}_FILE", f"cannot be read: {error}")


def _read(name: str, cast: Callable[[str], T], default: T, expected: str, *, is_secret: bool = False) -> T:
    raw = _raw(name)
    if not raw:
        return default
    try:
        return cast(raw)
    except (ValueError, TypeError, KeyError, ImproperlyConfigured):
        refuse(name, f"must be {expected}" + ("" if is_secret else f", not {raw!r}"))


def text(name: str, default: str = "") -> str:
    """Any text."""
    return _read(name, str, default, "text")


def secret(name: str, *, least: int) -> str:
    """Read a secret of at least so many characters; empty when it is not set, never shown when refused."""

    def long_enough(raw: str) -> str:
        if len(raw) < least:
            raise ValueError
        return raw

    return _read(name, long_enough, "", f"at least {least} characters", is_secret=True)


def switch(name: str) -> bool:
    """On or off; off when unset."""
    return _read(name, _switch, default=False, expected="1 or 0")


def _switch(raw: str) -> bool:
    return SWITCHES.index(raw.lower()) < len(ON)


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    allowed = range(least, most + 1)
    expected = f"a whole number from {least} to {most}"
    return _read(name, lambda raw: allowed[allowed.index(int(raw))], default, expected)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of the words `allowed`, whatever its case."""
    return _read(
        name, lambda raw: allowed[allowed.index(raw.upper())], default, "one of " + ", ".join(allowed)
    )


def words(name: str) -> list[str]:
    """Words separated by commas."""
    return _read(name, lambda raw: [word.strip() for word in raw.split(",") if word.strip()], [], "words")


def rate(name: str, default: str) -> str:
    """How many in which time, as the API's throttles read it: `1200/min`."""
    return _read(name, _rate, default, "a rate such as 1200/min")


def _rate(raw: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,8}/(s|sec|min|hour|day)", raw):
        raise ValueError(raw)
    return raw


def folder(name: str, default: Path) -> Path:
    """A folder, made absolute; whether it can be written is found out by who writes."""
    return _read(name, lambda raw: Path(raw).expanduser().resolve(), default.resolve(), "a folder")


LONGEST_SUPPORT_NAME = 21  # a signed reply address adds 43 characters, and RFC 5321 allows 64 before the @


def mail_address(name: str, default: str) -> str:
    """One e-mail address without a display name, in lower case."""
    return _read(
        name, _mail_address, default, "an e-mail address such as support@desk.example, 21 characters before @"
    )


def _mail_address(raw: str) -> str:
    local, at, domain = parseaddr(raw)[1].rpartition("@")
    if not (local and at and domain) or f"{local}@{domain}" != raw or len(local) > LONGEST_SUPPORT_NAME:
        raise ValueError(raw)
    return raw.lower()


def domain(name: str, default: str) -> str:
    """A mail domain, in lower case."""
    return _read(name, lambda raw: _mail_address(f"x@{raw}")[2:], default, "a domain such as desk.example")


def web_address(name: str, default: str) -> str:
    """An http or https address without a trailing slash, query or fragment."""
    return _read(name, _web_address, default, "an address such as https://support.desk.example")


def _web_address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(raw)
    return raw.rstrip("/")


def zone(name: str, default: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    return _read(name, _zone, ZoneInfo(default), "a time zone such as Europe/Lisbon")


def _zone(raw: str) -> ZoneInfo:
    try:
        return ZoneInfo(raw)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(raw) from error


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """IP addresses or networks separated by commas."""
    split = [part.strip() for part in _raw(name).split(",") if part.strip()]
    expected = "IP addresses or networks such as 127.0.0.1, 10.0.0.0/8"
    return _read(name, lambda _raw_text: [ip_network(part) for part in split], [], expected)


def database(name: str, default: dict[str, Any]) -> dict[str, Any]:
    """Django's description of an SQLite or PostgreSQL database from its URL."""
    expected = "an address such as postgresql://user:password@host/name or sqlite:////folder/file"
    return _read(name, _database, default, expected, is_secret=True)


def _database(raw: str) -> dict[str, Any]:
    config: dict[str, Any] = environ.Env.db_url_config(raw)
    if config.get("ENGINE") not in DATABASES or not config.get("NAME"):
        raise ValueError(raw)
    return config


def redis(name: str) -> str:
    """A Redis address, or empty."""
    return _read(name, _redis, "", "an address such as redis://127.0.0.1:6379/0", is_secret=True)


def _redis(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.port == 0:
        raise ValueError(raw)
    return raw


def mail_transport(name: str, default: dict[str, Any]) -> dict[str, Any]:
    """Django's EMAIL_* settings from a URL such as smtp+tls://user:password@host:587."""
    expected = "an address such as smtp+tls://user:password@host:587"
    return _read(name, _mail_transport, default, expected, is_secret=True)


def _mail_transport(raw: str) -> dict[str, Any]:
    config: dict[str, Any] = environ.Env.email_url_config(raw)
    if config["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not config["EMAIL_HOST"]:
        raise ValueError(raw)
    options = config.pop("OPTIONS", {})
    if options:
        raise ValueError(options)
    return {key: value for key, value in config.items() if value not in {None, ""}}


def prefixed(prefix: str) -> dict[str, str]:
    """Every variable that begins with `prefix`, the prefix taken off."""
    asked.add(f"{prefix}*")
    names = sorted(name for name in _variables if name.startswith(prefix) and not name.endswith("_FILE"))
    return {name.removeprefix(prefix): _raw(name) for name in names}


def provider(name: str) -> str:
    """The e-mail backend of a provider that Anymail knows, by its short name; empty when unset."""
    return _read(name, _provider, "", "a provider that Anymail knows, such as postmark")


def _provider(raw: str) -> str:
    module = f"anymail.backends.{raw.lower()}"
    try:
        import_module(module)
    except ImportError as error:
        raise ValueError(raw) from error
    return f"{module}.EmailBackend"
