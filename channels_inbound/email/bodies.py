"""Which parts of a mail are what a person reads, and their text and HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from channels_inbound.email.charsets import decode
from channels_inbound.email.html_text import MAX_TEXT, html_to_text
from channels_inbound.email.mime import Part, decoded

# A second rendering of the same words that no reader of ours shows.
_IGNORED_ALTERNATIVES = {"text/x-amp-html", "text/watch-html"}
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
MAX_TEXT_BYTES = 1024 * 1024
"""Of a longer text part the beginning is read; the raw mail keeps the rest."""
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")


@dataclass(slots=True)
class Choice:
    """The leaves of a mail, sorted by what they are for."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


def choose(root: Part) -> Choice:
    """Sort the parts of a mail into text to read, HTML to read, and files (RFC 8621, 4.1.4).

    Unlike there, images are always files: a reader of text sees them beside it.
    """
    choice = Choice()
    _sort([root], "mixed", choice.text, choice.html, choice.files)
    return choice


def _sort(
    parts: list[Part], kind: str, text: list[Part] | None, html: list[Part] | None, files: list[Part]
) -> None:
    """Sort one level; `text` or `html` is None inside the other rendering of an alternative."""
    had_text, had_html = len(text or ()), len(html or ())
    in_alternative = kind.startswith("alternative")
    for at, part in enumerate(parts):
        if part.children:
            _sort(_in_order(part), _kind_within(part, kind), text, html, files)
        elif not _is_read(part, kind, first=at == 0):
            _keep_file(part, files)
        elif kind == "alternative":
            _append(html if _is_html(part) else text, part)
        else:
            if in_alternative:
                text, html = (None, html) if _is_html(part) else (text, None)
            _append(text, part)
            _append(html, part)
    if kind == "alternative" and text is not None and html is not None:
        _fill_in(text, had_text, html, had_html)


def _append(target: list[Part] | None, part: Part) -> None:
    if target is not None:
        target.append(part)


def _fill_in(text: list[Part], had_text: int, html: list[Part], had_html: int) -> None:
    """Where an alternative brought one rendering only, it serves for both; a blank one counts as none."""
    new_text, new_html = text[had_text:], html[had_html:]
    if new_html and all(not part.undecoded.strip() for part in new_text):
        text[had_text:] = new_html
    elif new_text and not new_html:
        html += new_text


def _kind_within(part: Part, outside: str) -> str:
    """Name the subtype of a multipart; marked when an alternative is somewhere around it."""
    subtype = part.content_type.removeprefix("multipart/")
    if subtype == "alternative" or not outside.startswith("alternative"):
        return subtype
    return f"alternative/{subtype}"


def _in_order(part: Part) -> list[Part]:
    """Put the root of a multipart/related first, when `start` names it (RFC 2387, 3.2)."""
    root = part.fields.param("content-type", "start").strip("<> ")
    if not root or part.content_type != "multipart/related":
        return part.children
    return sorted(part.children, key=lambda child: child.cid != root)


def _is_read(part: Part, kind: str, *, first: bool) -> bool:
    """Whether a leaf is part of the body and not a file beside it."""
    if part.disposition == "attachment" or not (_is_html(part) or _is_plain(part)):
        return False
    return first or (not kind.endswith("related") and not part.filename)


def _is_html(part: Part) -> bool:
    return part.content_type == "text/html"


def _is_plain(part: Part) -> bool:
    """A multipart without parts is a broken one: what stands in it is read as text."""
    return part.content_type == "text/plain" or part.content_type.startswith("multipart/")


def _keep_file(part: Part, files: list[Part]) -> None:
    if part.content_type not in _IGNORED_ALTERNATIVES:
        files.append(part)


def read_text(parts: list[Part], problems: list[str]) -> str:
    """Return the plain text of the body: text as it is, HTML as a person reads it."""
    texts = (
        html_to_text(_decoded_text(part, problems)) if _is_html(part) else _plain(part, problems)
        for part in parts
    )
    return "\n".join(text for text in texts if text)[:MAX_TEXT]


def read_html(parts: list[Part], problems: list[str]) -> str:
    """Return the HTML of the body as it came, not yet sanitised; "" when no part of it is HTML."""
    if not any(_is_html(part) for part in parts):
        return ""
    return "\n".join(_html(part, problems) for part in parts)[:MAX_TEXT]


def _html(part: Part, problems: list[str]) -> str:
    if _is_html(part):
        return _decoded_text(part, problems)
    return f"<pre>{html.escape(_plain(part, problems))}</pre>"


def _plain(part: Part, problems: list[str]) -> str:
    text = _decoded_text(part, problems)
    if part.fields.param("content-type", "format").lower() == "flowed":
        text = _unflowed(text, delete_space=part.fields.param("content-type", "delsp").lower() == "yes")
    return _BLANK_LINES.sub("\n\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")


def _decoded_text(part: Part, problems: list[str]) -> str:
    raw = _beginning(decoded(part, problems), problems)
    charset = part.fields.param("content-type", "charset")
    if not charset and _is_html(part) and (meta := _META_CHARSET.search(raw[:4096])):
        charset = meta[1].decode("ascii")
    text, problem = decode(raw, charset)
    if problem:
        problems.append(problem)
    return text


def _beginning(raw: bytes, problems: list[str]) -> bytes:
    if len(raw) <= MAX_TEXT_BYTES:
        return raw
    problems.append("text cut after 1 MB")
    return raw[: raw.rfind(b"\n", MAX_TEXT_BYTES // 2, MAX_TEXT_BYTES) + 1 or MAX_TEXT_BYTES]


def _unflowed(text: str, *, delete_space: bool) -> str:
    """Join the lines that the sender's program wrapped (RFC 3676, 4): those that end in a blank."""
    pieces: list[str] = []
    flowing_depth = -1
    for line in text.split("\n"):
        said = line.lstrip(">")
        depth = len(line) - len(said)
        said = said.removeprefix(" ")
        if depth != flowing_depth:
            pieces.append(f"\n{'>' * depth} " if depth else "\n")
        flows = said.endswith(" ") and said != "-- "
        pieces.append(said[:-1] if flows and delete_space else said)
        flowing_depth = depth if flows else -1
    return "".join(pieces).removeprefix("\n")
