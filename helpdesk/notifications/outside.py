"""The one way to an address that somebody typed in: nothing of ours is reached through it (SSRF).

The name is resolved once, every address that it has is checked, and the connection goes to a checked one:
a name that means something else a moment later (DNS rebinding) changes nothing. No redirect is followed, no
proxy of the environment is used, and time and size of the answer are bounded.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import SplitResult, urlsplit

import requests

CONNECT_SECONDS: Final = 4
ANSWER_SECONDS: Final = 10
"""For everything after the connection: TLS, the question, and the head of the answer."""
LONGEST_URL: Final = 500
PORTS: Final = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

EMBEDDING: Final = tuple(
    ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 that stands for any IPv4 address: NAT64, 6to4, Teredo."""
SPECIAL: Final = tuple(ipaddress.ip_network(each) for each in ("192.0.0.0/24", "168.63.129.16/32"))
"""IANA's protocol assignments, where older Pythons know only some, and the address at which a cloud talks to
its own machines; the others of that kind are link-local, shared or private."""


class Unsafe(ValueError):
    """The address is not one to be called; the sentence is for whoever typed it."""


class Unreachable(Exception):
    """Nobody answered, or not in time."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart and checked, but for what its name means."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_standard(self) -> bool:
        """Whether the port goes without saying."""
        return self.port == PORTS[self.scheme]

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.is_standard else f"{host}:{self.port}"


def target(url: str, *, trusted: Collection[str] = ()) -> Target:
    """Read an address; `trusted` are the `host:port` that may be plain http and inside our own network.

    Raises:
        Unsafe: no https, credentials in it, no host, or a number that is no public address.
    """
    parts = _split(url)
    if parts.username is not None or parts.password is not None:
        raise Unsafe("An address must not hold a name or a password.")
    read = Target(parts.scheme, parts.hostname or "", _port(parts), parts.path or "/")
    if parts.query:
        read = Target(read.scheme, read.host, read.port, f"{read.path}?{parts.query}")
    if f"{read.host}:{read.port}" in trusted:
        return read
    if read.scheme != "https":
        raise Unsafe("The address must begin with https://.")
    _refuse_inside_numbers(read.host)
    return read


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unsafe("That is not a web address.") from error
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if parts.scheme not in PORTS or not parts.hostname or not is_plain:
        raise Unsafe("That is not a web address.")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise Unsafe("The port is none.") from error


def _refuse_inside_numbers(host: str) -> None:
    """What is written as a number is checked when it is typed; what a name means, when it is called."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return
    if not is_outside(number):
        raise Unsafe(f"{host} is not a public address.")


def is_outside(address: Address) -> bool:
    """Whether an address is a public one, of nobody's inner network.

    Not private, loopback, link-local, shared (CGNAT), multicast, reserved or a cloud's metadata, in neither
    notation: `::ffff:127.0.0.1` is 127.0.0.1.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_outside(address.ipv4_mapped)
        if address.is_site_local or any(address in network for network in EMBEDDING):
            return False
    is_special = any(address in network for network in SPECIAL)
    return address.is_global and not address.is_multicast and not is_special


# --- calling ------------------------------------------------------------------------------------


def post(url: str, body: bytes, headers: Mapping[str, str], *, trusted: Collection[str] = ()) -> int:
    """Post a body; gives the status of the answer, of which nothing else is read.

    Raises:
        Unsafe: the address, or what its name means now, is not to be called.
        Unreachable: nobody answered in time, or in words that are not HTTP.
    """
    to = target(url, trusted=trusted)
    address = _resolve(to, is_trusted=f"{to.host}:{to.port}" in trusted)
    try:
        with socket.create_connection((str(address), to.port), timeout=CONNECT_SECONDS) as line:
            return _ask(line, to, body, headers)
    except (OSError, HTTPException) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:200]) from error


def _resolve(to: Target, *, is_trusted: bool) -> Address:
    """The first address of a name, when all that it has may be called."""
    try:
        found = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The name {to.host} is not known.") from error
    addresses = [ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    inside = [address for address in addresses if not is_outside(address)]
    if inside and not is_trusted:
        raise Unsafe(f"{to.host} leads to {inside[0]}, which is not a public address.")
    return addresses[0]


def _ask(line: socket.socket, to: Target, body: bytes, headers: Mapping[str, str]) -> int:
    """Speak on an open line, which is cut when the time is up, however slowly the other side drips."""
    is_cut = threading.Event()
    alarm = threading.Timer(ANSWER_SECONDS, _cut, [line, is_cut])
    alarm.daemon = True
    alarm.start()
    try:
        line.settimeout(ANSWER_SECONDS)
        connection = HTTPConnection(to.host, to.port)
        connection.sock = _sealed(line, to) if to.scheme == "https" else line
        connection.request("POST", to.path, body, {**headers, "Host": to.authority, "Connection": "close"})
        status = connection.getresponse().status
    finally:
        alarm.cancel()
    if is_cut.is_set():
        raise TimeoutError("The answer did not end in time.")
    return status


def _sealed(line: socket.socket, to: Target) -> ssl.SSLSocket:
    """TLS with the name that was asked for, which the other side's certificate must have."""
    context = ssl.create_default_context(cafile=requests.utils.DEFAULT_CA_BUNDLE_PATH)
    return context.wrap_socket(line, server_hostname=to.host)


def _cut(line: socket.socket, is_cut: threading.Event) -> None:
    is_cut.set()
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
