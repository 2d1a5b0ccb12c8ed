"""The new words of a mail, without the quote below and the signature.

Rules of our own, over lines of which each is looked at a bounded number of times. mail-parser-reply,
tried first, costs the cube of a line's length (one line "On …" of 8 kB takes 1.5 s), and takes every
"- item" and "Thanks," for a signature.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from channels_inbound.email.quotes import Line, announcement, is_footer, is_forward_subject

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_VISIBLE = 100_000
MAX_SIGNATURE_LINES = 30
_MARKER = re.compile(r"##- .{1,200} -##")
"""The line above which customers reply, as our own mails write it; the words in it in any language."""
_BLANK_RUNS = re.compile(r"\n(?:[ \t]*\n){2,}")
_KEPT = {Line.WORDS, Line.SIGNATURE, Line.ORIGINAL}
_RULE = re.compile(r"[-_=*\s]*")


def visible_text(text: str, subject: str = "") -> str:
    """Return what the writer of a mail added: above our marker, without quote and signature.

    Words between quotes stay, for they are answers; what is forwarded stays, for it is what the mail
    is about. When nothing is left, the full text is returned. At most 100,000 characters, blank
    lines collapsed; linear in the length of the text; never fails.
    """
    whole = _BLANK_RUNS.sub("\n\n", text[:MAX_VISIBLE]).strip("\n")
    lines = _above_marker(whole.split("\n"))
    kept = _without_footer(_without_quotes(lines, forwards=is_forward_subject(subject)))
    return _BLANK_RUNS.sub("\n\n", "\n".join(kept)).strip() or whole.strip()


def _above_marker(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        # A mail program that quotes it may have wrapped it.
        if "##- " in line and _MARKER.search(" ".join(lines[at : at + 2])):
            return lines[:at]
    return lines


def _without_quotes(lines: list[str], *, forwards: bool) -> list[str]:
    """Leave out quotes and what announces them; where a quote is not marked, all below it."""
    look = cache(partial(announcement, lines))
    kept: list[str] = []
    at = 0
    while at < len(lines):
        kind, after = look(at)
        if kind is Line.FORWARDING:
            return kept + lines[at:]
        if kind is Line.UNMARKED_QUOTE or (kind is Line.ORIGINAL and not forwards):
            return _without_rules_below(kept)
        signature_end = _signature_end(look, at, lines, kept) if kind is Line.SIGNATURE else None
        if signature_end is None and kind in _KEPT:
            kept.append(lines[at])
        at = signature_end or after
    return kept


def _signature_end(
    look: Callable[[int], tuple[Line, int]], at: int, lines: list[str], above: list[str]
) -> int | None:
    """Return where the signature that begins at `at` ends, or None where none does (RFC 3676, 4.3).

    One that goes on for more than 30 lines, or with nothing above it, is not a signature.
    """
    if not any(line.strip() for line in above):
        return None
    for end in range(at + 1, min(len(lines), at + MAX_SIGNATURE_LINES)):
        if look(end)[0] not in {Line.WORDS, Line.SIGNATURE}:
            return end
    return len(lines) if len(lines) - at <= MAX_SIGNATURE_LINES else None


def _without_rules_below(lines: list[str]) -> list[str]:
    """Leave out the lines of dashes that stood between the new words and the quote."""
    end = len(lines)
    while end and _RULE.fullmatch(lines[end - 1][:80]):
        end -= 1
    return lines[:end]


def _without_footer(lines: list[str]) -> list[str]:
    """Leave out "Sent from my phone" at the end, when a blank line sets it apart."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if end > 1 and is_footer(lines[end - 1]) and not lines[end - 2].strip():
        return lines[: end - 1]
    return lines
