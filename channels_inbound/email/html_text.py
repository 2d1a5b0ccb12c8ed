"""HTML mail as text, with quotes marked by ">" as in plain mail, in bounded time and memory.

inscriptis does the work. What it must be kept from, each seen to explode: tags with tens of thousands
of attributes (9 s), paddings from the sender's style (8 kB become 20 MB), tables padded to one long
cell (50 kB become 25 MB), `style="style:style:…"` (the interpreter's stack).
"""

from __future__ import annotations

import html
import re
from functools import partial
from typing import TYPE_CHECKING

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_properties import Display, WhiteSpace
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping

from channels_inbound.email.charsets import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_HTML = 512 * 1024
MAX_TABLES = 16 * 1024
"""Longer HTML gets its tables as lines instead of columns."""
MAX_TEXT = 1024 * 1024
# Private-use characters: removed from what arrives, so that they can only be ours.
_OPEN, _CLOSE = "\ue000", "\ue001"
_OURS = re.compile(f"[{_OPEN}{_CLOSE}]")
_HUGE_TAG = re.compile(r"<([a-zA-Z!?/][a-zA-Z]{0,20})[^<>]{4000,}>?")
_BLOCKQUOTE = re.compile(r"<(/?)blockquote\b([^<>]{0,4000})>", re.IGNORECASE)
# What Gmail and Apple Mail write for "increase indent": the writer's own words, not a quote.
_INDENT = re.compile(r"webkit-indent|border(?:-width)?:\s*(?:none|0)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_INVISIBLE = re.compile(r"<(script|style|title)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"display:\s*none|mso-hide:\s*all", re.IGNORECASE)
_KEPT_BLANKS = re.compile(r"white-space:\s*pre", re.IGNORECASE)


def html_to_text(source: str) -> str:
    """Return what a person reads in the HTML; of very long HTML the beginning. Never fails."""
    bounded = _HUGE_TAG.sub(r"<\1>", _OURS.sub("", source[:MAX_HTML]))
    marked = _BLOCKQUOTE.sub(partial(_mark_quote, []), bounded)
    text = _rendered(marked) or _without_tags(bounded)
    return _with_quote_signs(clean(text.replace("\xa0", " "))[:MAX_TEXT])


def _mark_quote(are_quotes: list[bool], tag: re.Match[str]) -> str:
    """Put a mark of our own inside each blockquote's ends; `are_quotes` is the stack of open ones."""
    if tag[1]:
        closes_quote = are_quotes.pop() if are_quotes else False
        return f"<div>{_CLOSE}</div></blockquote>" if closes_quote else tag[0]
    are_quotes.append(not _INDENT.search(tag[2]))
    return f"{tag[0]}<div>{_OPEN}</div>" if are_quotes[-1] else tag[0]


def _rendered(source: str) -> str:
    config = _WITH_TABLES if len(source) <= MAX_TABLES else _WITHOUT_TABLES
    try:
        return str(get_text(source, config)).strip()
    except Exception:  # noqa: BLE001 - hostile attributes reach int() and recursion inside inscriptis and lxml
        return ""


def _without_tags(source: str) -> str:
    """The way out when rendering fails or loses all, as libxml2 does with what lies nested too deeply."""
    return html.unescape(_TAG.sub(" ", _INVISIBLE.sub(" ", source))).strip()


def _with_quote_signs(text: str) -> str:
    """Turn our marks into ">" before each quoted line, and leave out blank lines in a row."""
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        depth = max(0, depth + line.count(_OPEN) - line.count(_CLOSE))
        said = _OURS.sub("", line).rstrip()
        if said != line.rstrip() and not said.strip():
            continue
        quoted = f"{'>' * min(depth, 5)} {said.lstrip()}".rstrip() if depth else said
        if said.strip() or (lines and lines[-1].strip("> ")):
            lines.append(quoted)
    return "\n".join(lines).strip("\n")


def _apply_style(style: str, element: HtmlElement) -> None:
    """Read of a style only what hides text or keeps its blanks; never its measures."""
    if _HIDDEN.search(style):
        element.display = Display.none
    elif _KEPT_BLANKS.search(style):
        element.whitespace = WhiteSpace.pre


def _config(css: Mapping[str, HtmlElement], *, tables: bool) -> ParserConfig:
    unhandled = dict.fromkeys(("table", "tr", "td", "th"))
    mapping = None if tables else CustomHtmlTagHandlerMapping(unhandled, unhandled)
    config = ParserConfig(css=dict(css), custom_html_tag_handler_mapping=mapping)
    config.attribute_handler.attribute_mapping = {"style": _apply_style}
    return config


_CSS = CSS_PROFILES["strict"] | {
    "ul": HtmlElement(display=Display.block, padding_inline=2),
    "ol": HtmlElement(display=Display.block, padding_inline=2),
}
_LINES = {
    "table": HtmlElement(display=Display.block),
    "tr": HtmlElement(display=Display.block),
    "td": HtmlElement(display=Display.inline, suffix="  "),
    "th": HtmlElement(display=Display.inline, suffix="  "),
}
_WITH_TABLES = _config(_CSS, tables=True)
_WITHOUT_TABLES = _config(_CSS | _LINES, tables=False)
