"""A mail's bytes as a tree of parts, in bounded time and memory.

Not `email.parser`: on hostile bytes it costs depth times lines, one string object a line (25 MB of
empty lines are 25 million lines) and the interpreter's stack for nesting. Here a part is two offsets
into the one buffer, delimiters are found by one search, and depth and number of parts are limited
before anything is built. RFC 2045, RFC 2046.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from channels_inbound.email.fields import Fields, read_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 20
MAX_PARTS = 200
MAX_BOUNDARY = 200
MAX_UU_LINES = 600_000
_TYPE = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,80}", re.ASCII)
_GUESSABLE = re.compile(rb"^--(?=\S)([^\r\n]{1,199}?)[ \t]*\r?\nContent-", re.MULTILINE | re.IGNORECASE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_LINE = re.compile(rb"[^\r\n]+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


@dataclass(slots=True)
class Part:
    """One MIME entity: its fields, and where its body lies in the buffer of the whole mail."""

    fields: Fields
    raw: bytes = field(repr=False)
    start: int
    end: int
    default_type: str = "text/plain"
    children: list[Part] = field(default_factory=list)

    @property
    def content_type(self) -> str:
        """The type in lower case; the default where none or nonsense is given (RFC 2045, 5.2)."""
        given = self.fields.main_value("content-type").lower()
        if _TYPE.fullmatch(given):
            return given
        return "application/octet-stream" if given and self.filename else self.default_type

    @property
    def disposition(self) -> str:
        return self.fields.main_value("content-disposition").lower()

    @property
    def filename(self) -> str:
        disposed = self.fields.param("content-disposition", "filename")
        return disposed or self.fields.param("content-type", "name")

    @property
    def cid(self) -> str:
        return self.fields.text("content-id").strip(" <>")

    @property
    def undecoded(self) -> bytes:
        return self.raw[self.start : self.end]


@dataclass(slots=True)
class _Reading:
    """What one reading may still spend, and what it had to repair."""

    raw: bytes
    problems: list[str]
    parts_left: int = MAX_PARTS


def read_tree(raw: bytes, problems: list[str]) -> Part:
    """Split a mail into its parts; never fails. What was repaired is added to `problems`."""
    if b"\n" not in raw[:65536] and b"\r" in raw[:65536]:
        raw = raw.replace(b"\r", b"\n")
    return _read_part(_Reading(raw, problems), 0, len(raw), "text/plain", depth=0)


def _read_part(reading: _Reading, start: int, end: int, default_type: str, *, depth: int) -> Part:
    fields, body = read_fields(reading.raw, start, end, top=depth == 0)
    part = Part(fields, reading.raw, body, end, default_type)
    if part.content_type.startswith("multipart/"):
        _read_children(reading, part, depth)
    return part


def _read_children(reading: _Reading, part: Part, depth: int) -> None:
    """Fill the children of a multipart; without any it stays childless and is read as text or file."""
    if depth >= MAX_DEPTH:
        reading.problems.append("nested too deeply")
        return
    inner_default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for start, end in _bodies(reading, part):
        if reading.parts_left <= 0:
            reading.problems.append("too many parts")
            return
        reading.parts_left -= 1
        part.children.append(_read_part(reading, start, end, inner_default, depth=depth + 1))


def _bodies(reading: _Reading, part: Part) -> Iterator[tuple[int, int]]:
    """Yield where each body part of a multipart begins and ends."""
    boundary = part.fields.param_bytes("content-type", "boundary").rstrip()[:MAX_BOUNDARY]
    if not boundary or part.raw.find(b"--" + boundary, part.start, part.end) < 0:
        boundary = _guess_boundary(part)
        reading.problems.append("wrong or missing boundary")
    if not boundary:
        return
    opened = -1
    for line_start, line_end, closes in _delimiters(part, boundary):
        if opened >= 0:
            yield opened, max(opened, _before_line_break(part.raw, line_start))
        opened = -1 if closes else line_end
        if closes:
            return
    if opened >= 0:
        reading.problems.append("missing closing boundary")
        yield opened, part.end


def _guess_boundary(part: Part) -> bytes:
    found = _GUESSABLE.search(part.raw, part.start, part.end)
    return found[1] if found else b""


def _delimiters(part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield each delimiter line as (its start, the start of the next line, whether it closes)."""
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]{0,80}\r?(?=\n|\Z)")
    # The line break before a part's first line ends its header block.
    for found in line.finditer(part.raw, max(0, part.start - 1), part.end):
        yield found.start() + 1, min(found.end() + 1, part.end), found[1] is not None


def _before_line_break(raw: bytes, at: int) -> int:
    """The line break before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if raw[at - 1 : at] == b"\n" else at


def decoded(part: Part, problems: list[str]) -> bytes:
    """Return the body of a part without its transfer encoding (RFC 2045, 6), as far as it goes."""
    encoding = part.fields.main_value("content-transfer-encoding").lower()
    body = part.undecoded
    if encoding in {"base64", "b"}:
        return _from_base64(body, problems)
    if encoding in {"quoted-printable", "q"}:
        return binascii.a2b_qp(body)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _from_uu(body, problems)
    return body


def _from_base64(body: bytes, problems: list[str]) -> bytes:
    """Decode base64 with any noise in it; what plainly is not base64 is returned as it is."""
    if len(_NOT_BASE64.findall(body[:2000])) * 10 > len(body[:2000]):
        problems.append("not really base64")
        return body
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(body + padding)
        except binascii.Error:
            continue
    problems.append("base64 cut short")
    return binascii.a2b_base64(_without_last_digit(body))


def _without_last_digit(body: bytes) -> bytes:
    digits = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    return digits[: len(digits) // 4 * 4]


def _from_uu(body: bytes, problems: list[str]) -> bytes:
    """Decode uuencoded lines up to `end`; broken lines are left out."""
    begin = _UU_BEGIN.search(body)
    out, broken = bytearray(), False
    for line in islice(_LINE.finditer(body, begin.end() if begin else 0), MAX_UU_LINES):
        if line[0].strip() in {b"end", b"`"}:
            break
        try:
            out += binascii.a2b_uu(line[0])
        except binascii.Error:
            broken = True
    if broken:
        problems.append("broken uuencoding")
    return bytes(out)
