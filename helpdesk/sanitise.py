"""Customers' HTML, made harmless: an allow-list by nh3, in bounded time and memory.

What a sender controls runs nothing, loads nothing from elsewhere, and looks like nothing of ours. The
page that shows it puts it into a sandboxed frame all the same.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import nh3
from lxml import etree, html

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_HTML: Final = 512 * 1024
MAX_FORMATTING: Final = 8
"""How deep formatting may nest: HTML repeats what is open in every paragraph, so that 60 kB of hostile
`<font>` and `<p>` become 4 GB in any browser's parser, and in nh3's."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRUCTURE: Final = _names(
    "address article aside blockquote br caption center col colgroup dd div dl dt figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr li main ol p pre section span table tbody td tfoot th thead tr ul wbr"
)
_WORDS: Final = _names(
    "a abbr b big cite code del dfn em i img ins kbd mark q s samp small strike strong sub sup tt u var"
)
_DROPPED_WHOLE: Final = _names(
    "script style title template noscript iframe frame frameset object embed applet svg math select textarea "
    "button"
)
_FORMATTING: Final = _names("a b big code em font i nobr s small strike strong tt u")
_ATTRIBUTES: Final = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "img": {"src", "data-blocked-src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "ol": {"start", "type"},
    "li": {"value"},
}
# One for each tag: nh3 writes several in another order every time.
_SET_ATTRIBUTES: Final = {"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer"}}
_SCHEMES: Final = {"http", "https", "mailto", "tel", "cid"}
_LINK: Final = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_REMOTE: Final = re.compile(r"https?:", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,4}%?")
_NUMBERS: Final = frozenset({"width", "height", "colspan", "rowspan", "start", "value"})
# libxml2 compares each attribute of a tag with each other one; 50,000 of them take it 9 seconds.
_HUGE_TAG: Final = re.compile(r"<([a-zA-Z!?/][a-zA-Z]{0,20})[^<>]{4000,}>?")
_BLOCKED_SOURCE: Final = ' src="blocked:'
_BLOCKED_ATTRIBUTE: Final = "data-blocked-src"


def sanitise_html(
    source: str, *, remote_images: bool = False, cid_url: Callable[[str], str | None] | None = None
) -> str:
    """Return HTML that may be shown, of very long HTML the beginning. Never fails; clean HTML stays as it is.

    A remote image is put aside as `data-blocked-src`, and brought back from there (or left in place) with
    `remote_images`. `cid_url` gives the address of an image that came along, by its Content-ID, or
    None for one that is not there; without it `cid:` addresses stay, to be mapped when shown.
    """
    tidy = _tidied(_HUGE_TAG.sub(r"<\1>", source[:MAX_HTML].replace("\x00", "")))
    clean = nh3.clean(
        tidy,
        tags=set(_STRUCTURE | _WORDS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_attribute, remote_images, cid_url),
        url_schemes=set(_SCHEMES),
        url_relative="pass_through",  # `_attribute` lets none in but those of `cid_url`
        set_tag_attribute_values=_SET_ATTRIBUTES,
        link_rel="noopener noreferrer nofollow",
    )
    if remote_images:
        return clean.replace(f'{_BLOCKED_ATTRIBUTE}="', 'src="')
    return clean.replace(_BLOCKED_SOURCE, f' {_BLOCKED_ATTRIBUTE}="')


def _tidied(source: str) -> str:
    """Return the HTML balanced, with depth and formatting bounded, before a browser's parser sees it."""
    try:
        root = html.document_fromstring(source.encode("utf-8", "replace"), parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    depth = 0
    too_deep = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=_FORMATTING):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > MAX_FORMATTING:
            too_deep.append(element)
    for element in too_deep:
        element.attrib.clear()
        element.tag = "span"
    return str(html.tostring(root, encoding="unicode"))


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _attribute(
    remote_images: bool, cid_url: Callable[[str], str | None] | None, tag: str, name: str, value: str
) -> str | None:
    """Return what an attribute may say, or None for nothing."""
    value = value.strip()
    if name in _NUMBERS:
        return value if _NUMBER.fullmatch(value) else None
    if name == "href":
        return value if _LINK.match(value) else None
    if name == _BLOCKED_ATTRIBUTE:
        return value if _REMOTE.match(value) else None
    if tag == "img" and name == "src":
        return _image(value, remote_images, cid_url)
    return value


def _image(value: str, remote_images: bool, cid_url: Callable[[str], str | None] | None) -> str | None:
    if _REMOTE.match(value):
        return value if remote_images else f"blocked:{value}"
    if not value.lower().startswith("cid:"):
        return None
    return cid_url(unquote(value[4:]).strip(" <>")) if cid_url is not None else value
