"""The mailboxes of a From, To, Cc or Reply-To field, as tolerant as the mail that arrives.

Own code, because `email.utils.getaddresses` recurses into comments, and has taken one address of a
hostile field for another (CVE-2023-27043). One pass over tokens, no recursion, no backtracking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from channels_inbound.email.mail import Mailbox
from channels_inbound.email.words import decode_words, shorten

MAX_BOXES = 500
MAX_NAME = 200
MAX_ADDRESS = 254
MAX_LOCAL = 64
# Each alternative takes what it began with even when it never closes, so a field is read once.
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)(?P<closed>"?)'
    r"|<(?P<angle>[^<>]*)>?"
    r"|\((?P<comment>(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)?"
    r"|(?P<mark>[,;:])"
    r'|(?P<plain>[^"<(,;:]+)',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)")
_ROUTE = re.compile(r"@[^:]*:|mailto:", re.IGNORECASE)
_AROUND_SIGNS = re.compile(r" ?([@.]) ?")
_NOT_LOCAL = re.compile(r"[\s<>,;:()\[\]\\\"@\x00-\x1f\x7f]")
_NOT_DOMAIN = re.compile(r"[\s<>,;()\\\"@\x00-\x1f\x7f]")


@dataclass(slots=True)
class _Draft:
    """One mailbox while its tokens go by."""

    phrase: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def read_mailboxes(raw: bytes, hint: str = "") -> tuple[Mailbox, ...]:
    """Return the mailboxes of a field; those without a usable address keep their name alone.

    `hint` is the charset of bare eight-bit names. At most 500 are read. Never fails.
    """
    # One character a byte: structure is ASCII, and names find back to their bytes to be decoded.
    drafts = _split(raw.decode("latin-1").replace("\n", " "))
    boxes = [box for draft in drafts[:MAX_BOXES] for box in _boxes(draft, hint)]
    return tuple(box for box in boxes if box.address or box.name)[:MAX_BOXES]


def is_address(text: str) -> bool:
    """Whether the text is one local part and one domain of lawful lengths (RFC 5321, 4.5.3)."""
    local, _, domain = text.rpartition("@")
    return bool(
        0 < len(local) <= MAX_LOCAL
        and len(text) <= MAX_ADDRESS
        and not _NOT_LOCAL.search(local)
        and domain.strip(".-[]")
        and not _NOT_DOMAIN.search(domain)
    )


def _split(text: str) -> list[_Draft]:
    """Split a field into drafts; when a quote never closes, no quote of it counts."""
    drafts = [_Draft()]
    for token in _TOKEN.finditer(text):
        if token["quoted"] is not None and not token["closed"]:
            return _split(text.replace('"', " "))
        if token["mark"]:
            _separate(drafts, token["mark"])
        else:
            _add(drafts[-1], token)
    return drafts


def _separate(drafts: list[_Draft], mark: str) -> None:
    """A comma or semicolon begins the next mailbox; a colon ends the name of a group."""
    phrase = drafts[-1].phrase
    if mark != ":":
        drafts.append(_Draft())
    elif any("@" in piece for piece in phrase):
        phrase.append(mark)
    else:
        phrase.clear()


def _add(draft: _Draft, token: re.Match[str]) -> None:
    if token["quoted"] is not None:
        draft.phrase.append(_ESCAPE.sub(r"\1", token["quoted"]))
    elif token["angle"] is not None:
        draft.angles.append(token["angle"])
    elif token["comment"] is not None:
        draft.comments.append(_ESCAPE.sub(r"\1", token["comment"]))
    else:
        after_quoted = bool(draft.phrase) and token["plain"].startswith("@")
        if after_quoted:
            # A quoted local part: kept with its quotes, so that nothing inside them is an address.
            draft.phrase[-1] = f'"{draft.phrase[-1]}"'
        draft.phrase.append(token["plain"])


def _boxes(draft: _Draft, hint: str) -> list[Mailbox]:
    """Return the mailboxes of a draft: usually one, several when it names several addresses."""
    phrase = "".join(draft.phrase).strip()
    comment = " ".join(draft.comments)
    angles = [address for angle in draft.angles if (address := _address(angle))]
    if angles or "@" not in phrase:
        name = _name(phrase or comment, hint)
        return [Mailbox(address, name) for address in angles] or [Mailbox("", name)]
    tokens = _without_blanks(phrase).split()
    bare = [address for token in tokens if (address := _address(token))]
    rest = " ".join(token for token in tokens if "@" not in token)
    if not bare:
        return [Mailbox("", _name(phrase, hint))]
    return [Mailbox(address, _name(comment or rest, hint)) for address in bare]


def _address(text: str) -> str:
    """Return an address without comments, blanks, route and quotes around it; "" when it is none."""
    bare = _without_blanks(_COMMENT.sub("", text))
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        bare = bare[1:-1]
    if _ROUTE.match(bare):
        bare = bare.rpartition(":")[2]
    address = bare.encode("latin-1").decode("utf-8", "replace").rstrip(".")
    return address if is_address(address) and "\ufffd" not in address else ""


def _without_blanks(text: str) -> str:
    """Return the text without the blanks that old mail may have around "@" and dots (RFC 5322, 4.4)."""
    return _AROUND_SIGNS.sub(r"\1", " ".join(text.split()))


def _name(text: str, hint: str) -> str:
    name = decode_words(text.encode("latin-1"), hint)
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1]
    return shorten(name.strip(), MAX_NAME)
