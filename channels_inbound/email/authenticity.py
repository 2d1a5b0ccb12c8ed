"""Whether a mail is from the domain that its From names, by the verdict of the border mail server.

RFC 8601 (Authentication-Results), RFC 7489, 3.1 (alignment). Only the topmost field of the configured
authserv-id is believed: the border writes it above whatever the sender brought along.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from channels_inbound.email.mail import Mail

# In comments and quotes stand words of the sender (the local part of an address): they are taken out first.
_ASIDE = re.compile(r'[()"\\]')
_RESULT = re.compile(r"\s*([\w.-]{1,40})(?:/\d{1,3})?\s*=\s*([A-Za-z]{1,20})(?![\w.])")
_PROPERTY = re.compile(r"(?<![\w.-])([\w-]{1,40}\.[\w-]{1,40})\s*=\s*([^\s;]+)")
_NOT_CHECKED = "none"
_DOMAIN_PROPERTIES = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mfrom"),
    "dmarc": ("header.from",),
}


@dataclass(frozen=True, slots=True)
class Authenticity:
    """Verdicts in the words of RFC 8601 ("pass", "fail", "none" …), and what they mean together.

    `authenticated` is whether DMARC passed, or a passing DKIM or SPF domain vouches for the domain of From.
    """

    dkim: str = _NOT_CHECKED
    spf: str = _NOT_CHECKED
    dmarc: str = _NOT_CHECKED
    authenticated: bool = False


class _Result(NamedTuple):
    method: str
    verdict: str
    domain: str


def read(mail: Mail, *, authserv_id: str) -> Authenticity:
    """Read the border's verdict on a mail; nothing is authenticated when `authserv_id` is ""."""
    results = _results(mail, authserv_id.strip().lower())
    sender = mail.sender.address.rpartition("@")[2].lower()
    dmarc = _strictest(results)
    vouched = any(_vouches(result, sender) for result in results if result.verdict == "pass")
    return Authenticity(
        dkim=_best(results, "dkim"),
        spf=_best(results, "spf"),
        dmarc=dmarc,
        authenticated=vouched and dmarc in {"pass", _NOT_CHECKED},
    )


def _results(mail: Mail, authserv_id: str) -> list[_Result]:
    """Return the results of the topmost field that the border wrote; none when there is none."""
    for value in mail.header_values("authentication-results"):
        said = _without_asides(value)
        named = said.partition(";")[0].split()
        if authserv_id and named and named[0].lower() == authserv_id:
            return [result for part in said.split(";")[1:] if (result := _result(part)) is not None]
    return []


def _result(text: str) -> _Result | None:
    found = _RESULT.match(text)
    if found is None:
        return None
    method = found[1].lower()
    properties = {name.lower(): value for name, value in _PROPERTY.findall(text[found.end() :])}
    values = (properties[name] for name in _DOMAIN_PROPERTIES.get(method, ()) if name in properties)
    domain = next(values, "").rpartition("@")[2].lower().rstrip(".")
    return _Result(method, found[2].lower(), domain)


def _without_asides(value: str) -> str:
    """Return the field without comments, and with "_" for what is quoted; "" when one never closes."""
    kept: list[str] = []
    depth, quoted, at = 0, False, 0
    for mark in _ASIDE.finditer(value):
        if mark.start() < at:
            continue
        if not depth and not quoted:
            kept.append(value[at : mark.start()])
        at = mark.end()
        if mark[0] == "\\":
            at += 1
        elif mark[0] == '"' and not depth:
            quoted = not quoted
            kept.append("_" if quoted else "")
        elif not quoted and mark[0] != '"':
            depth = max(0, depth + (1 if mark[0] == "(" else -1))
    return "" if depth or quoted else "".join(kept) + value[at:]


def _vouches(result: _Result, sender: str) -> bool:
    """Whether a passing result speaks for the sender's domain: the same, or one above it.

    A domain below it may be another's (anyone gets a name under a hosting provider's), and telling
    which needs the public suffix list; where the border judges DMARC, it has done so.
    """
    if not sender or not result.domain or result.method not in _DOMAIN_PROPERTIES:
        return False
    if result.method == "dmarc":
        return result.domain == sender
    return sender == result.domain or ("." in result.domain and sender.endswith(f".{result.domain}"))


def _best(results: list[_Result], method: str) -> str:
    verdicts = [result.verdict for result in results if result.method == method]
    return "pass" if "pass" in verdicts else next(iter(verdicts), _NOT_CHECKED)


def _strictest(results: list[_Result]) -> str:
    """Return DMARC's verdict; of several, which no honest border writes, one that did not pass."""
    verdicts = [result.verdict for result in results if result.method == "dmarc"]
    return next((verdict for verdict in verdicts if verdict != "pass"), "pass" if verdicts else _NOT_CHECKED)
