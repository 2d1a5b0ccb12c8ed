"""The header block of a mail or a part: fields, their parameters, dates and message ids."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from channels_inbound.email.charsets import codec_name, decode
from channels_inbound.email.words import decode_words, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BLOCK = 512 * 1024
MAX_FIELDS = 1000
MAX_VALUE = 64 * 1024
MAX_REFERENCES = 100
MAX_PARAMS = 100
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_FOLD = re.compile(rb"\r?\n[ \t]*")
_PARAM = re.compile(rb'([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_ESCAPE = re.compile(rb'\\(["\\])')
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_MESSAGE_ID = re.compile(r"<([^<>]{1,990})>")


class Fields:
    """The fields of one header block in their order, values still as bytes and unfolded."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, bytes]]) -> None:
        self.pairs = pairs

    def raw(self, name: str) -> bytes:
        """Return the first field called `name` (lower case), or b""."""
        return next((value for key, value in self.pairs if key == name), b"")

    def raw_all(self, name: str) -> list[bytes]:
        return [value for key, value in self.pairs if key == name]

    def text(self, name: str, hint: str = "") -> str:
        """Return the first field called `name` as a person would see it."""
        return decode_words(self.raw(name), hint)

    def main_value(self, name: str) -> str:
        """Return what stands before the parameters: "text/plain" of `text/plain; charset=utf-8`."""
        words = self.raw(name).replace(b";", b" ; ").split(None, 1)
        return words[0].decode("ascii", "replace") if words and words[0] != b";" else ""

    def param_bytes(self, field: str, name: str) -> bytes:
        return next((value for key, value in _params(self.raw(field)) if key == name), b"")

    def param(self, field: str, name: str) -> str:
        """Return a parameter as text: plain, RFC 2231 in sections and charsets, or RFC 2047 words."""
        value = self.raw(field)
        if name.encode() not in value.lower():
            return ""
        plain = b""
        sections: dict[int, tuple[bytes, bool]] = {}
        for key, given in _params(value):
            found = _SECTION.fullmatch(key)
            if found is None or found[1] != name:
                continue
            if found[2] is None and found[3] is None:
                plain = plain or given
            else:
                sections.setdefault(int(found[2] or 0), (given, found[3] is not None))
        return _joined(sections) or decode_words(plain)


def read_fields(raw: bytes, start: int, end: int, *, top: bool) -> tuple[Fields, int]:
    """Read a header block; returns its fields and where the body begins.

    Tolerates what mail brings: an mbox "From " line, blank lines before the first field of the
    mail (`top`), blanks before the colon, stray lines between fields. Never fails.
    """
    pairs: list[tuple[str, bytes]] = []
    limit = min(end, start + MAX_BLOCK)
    for line_start, line_end, following in _lines(raw, start, limit):
        line = raw[line_start : min(line_end, line_start + MAX_VALUE)]
        if line_start == line_end and (pairs or not top):
            return Fields(pairs), following
        if line[:1] in {b"", b" ", b"\t"}:
            _continue(pairs, line)
        elif (found := _FIELD.match(line)) is not None:
            pairs.append((found[1].decode("ascii").lower(), line[found.end() :].strip()))
        elif _ends_the_block(raw, line, following):
            return Fields(pairs), line_start
        if len(pairs) == MAX_FIELDS:
            return Fields(pairs), following
    return Fields(pairs), limit


def _lines(raw: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield each line as (start, end without the line break, start of the next)."""
    while at < end:
        line_break = raw.find(b"\n", at, end)
        if line_break < 0:
            yield at, end, end
            return
        yield at, line_break - (raw[line_break - 1 : line_break] == b"\r"), line_break + 1
        at = line_break + 1


def _continue(pairs: list[tuple[str, bytes]], line: bytes) -> None:
    if pairs and len(pairs[-1][1]) < MAX_VALUE:
        name, value = pairs[-1]
        pairs[-1] = (name, value + b"\n " + line.strip())


def _ends_the_block(raw: bytes, line: bytes, following: int) -> bool:
    """Whether a line that is no field begins the body, its blank line forgotten, or only strayed in."""
    if line.startswith(b"--"):
        return True
    upcoming = raw[following : following + 200]
    return not (upcoming[:1] in b" \t\r\n" or _FIELD.match(upcoming))


def _params(value: bytes) -> list[tuple[str, bytes]]:
    """Return the parameters of a field: names in lower case, values without quotes."""
    start = min((at for at in (value.find(b";"), value.find(b"\n"), value.find(b" ")) if at >= 0), default=-1)
    if start < 0:
        return []
    pairs = []
    for found in _PARAM.finditer(value, start):
        given = _ESCAPE.sub(rb"\1", found[2]) if found[2] is not None else found[3].strip()
        pairs.append((found[1].decode("ascii", "replace").lower(), _FOLD.sub(b" ", given)))
        if len(pairs) == MAX_PARAMS:
            break
    return pairs


def _joined(sections: dict[int, tuple[bytes, bool]]) -> str:
    """Put the sections of an RFC 2231 value together, and decode it by the charset of the first."""
    if not sections:
        return ""
    given, encoded = sections[min(sections)]
    charset = b""
    if encoded and given.count(b"'") > 1:
        charset, _, given = given.split(b"'", 2)
        sections = sections | {min(sections): (given, True)}
    in_order = (sections[number] for number in sorted(sections))
    whole = b"".join(unquote_to_bytes(text) if coded else text for text, coded in in_order)
    return one_line(decode(whole, charset.decode("ascii", "replace"))[0])


def header_charset(fields: Fields) -> str:
    """Return the body's charset, for bare eight-bit bytes in the headers; "" when it tells nothing."""
    charset = fields.param("content-type", "charset")
    return charset if codec_name(charset) not in {"", "ascii"} else ""


def read_date(text: str) -> datetime | None:
    """Return a Date field in UTC, or None when no date can be read from it (RFC 5322, 3.3)."""
    try:
        date = parsedate_to_datetime(text[:100])
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def read_message_ids(text: str) -> tuple[str, ...]:
    """Return the ids of a Message-ID, In-Reply-To or References field, without brackets or doubles.

    Keeps the last 100, for the newest stand last. A lone id without brackets is taken as it is.
    """
    found = ["".join(part.split()) for part in _MESSAGE_ID.findall(_COMMENT.sub("", text))]
    if not found and "@" in text and not any(char in text for char in "<>"):
        found = text.split()
    return tuple(dict.fromkeys(found))[-MAX_REFERENCES:]
