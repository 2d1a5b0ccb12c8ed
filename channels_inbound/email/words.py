"""Header text as people see it: encoded words in all shapes, and bare eight-bit bytes."""

from __future__ import annotations

import binascii
import re

from channels_inbound.email.charsets import clean, decode

# Payloads are taken as mailers write them: with blanks, bare eight-bit bytes, or longer than RFC 2047 allows.
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]{0,8000})\?=")
_Q_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_BLANKS = re.compile(r"\s+")
# Direction overrides make "gpj.exe" read as "exe.jpg"; zero-width characters make two names look alike.
_MISLEADING = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def decode_words(raw: bytes, hint: str = "") -> str:
    """Return a header's value as text: RFC 2047 words decoded, other bytes by `hint`, one line.

    `hint` is the charset of the body, for mailers that write eight-bit headers. Never fails.
    """
    if b"=?" not in raw:
        return one_line(bare(raw, hint))
    pieces: list[str] = []
    at, pending = 0, _Run()
    for word in _WORD.finditer(raw):
        between = raw[at : word.start()]
        charset = word[1].partition(b"*")[0].decode("ascii", "replace").lower()
        if between.strip() or charset != pending.charset:
            pieces.append(pending.text())
            pending = _Run(charset)
        if between.strip():
            pieces.append(bare(between, hint))
        pending.add(_payload(word[2], word[3]))
        at = word.end()
    pieces += [pending.text(), bare(raw[at:], hint)]
    return one_line("".join(pieces))


class _Run:
    """Neighbouring words of one charset: their bytes belong together, for words may split a character."""

    def __init__(self, charset: str = "") -> None:
        self.charset = charset
        self.bytes = bytearray()

    def add(self, payload: bytes) -> None:
        self.bytes += payload

    def text(self) -> str:
        return decode(bytes(self.bytes), self.charset)[0] if self.bytes else ""


def _payload(encoding: bytes, payload: bytes) -> bytes:
    if encoding in b"qQ":
        spaced = payload.replace(b"_", b" ")
        return _Q_ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), spaced)
    digits = _NOT_BASE64.sub(b"", payload)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def bare(raw: bytes, hint: str) -> str:
    """Decode bytes that no encoded word covers: UTF-8 (RFC 6532), else the body's charset, else a guess."""
    try:
        return clean(raw.decode("utf-8"))
    except ValueError:
        return decode(raw, hint)[0]


def one_line(text: str) -> str:
    """Return the text on one line, unfolded, without characters that mislead the eye."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _BLANKS.sub(" ", _MISLEADING.sub("", text)).strip()


def shorten(text: str, length: int) -> str:
    """Cut the text for display, with an ellipsis in the place of what is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
