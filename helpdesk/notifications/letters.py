"""Reads a letter: one file of words in one language, from which both text and HTML are made.

A letter is written in paragraphs, between empty lines. Its first line is `Subject: …` (WhatsApp's has none).
How the lines of a paragraph begin says what it is:

    ##- Answer above this line -##      the marker above which customers answer
    Hello {{ name }},                   words; their lines are joined
    | Subject: {{ subject }}            facts, one a line, each a label and a value
    > {{ text }}                        what a person wrote, kept line by line
    = {{ code }}                        a code, large
    => Open the ticket: {{ link }}      a button
    ~ Ticket {{ number }}               small print

Values are put in by Django's template language, into paragraphs that already have their kind: nothing that
a customer writes can become a button or markup. What comes out empty is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.template import Context, Engine, Template

SUBJECT: Final = "Subject:"
LABEL: Final = re.compile(r"(?P<label>[^:{]+?)(?P<colon>\s?: )(?P<value>.+)")
KINDS: Final = {"=>": "button", "=": "code", "|": "facts", ">": "quote", "~": "small", "##-": "marker"}
LABELLED: Final = frozenset({"button", "facts"})


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of a paragraph: a value, perhaps a label, and the colon as the language writes it."""

    value: Template
    label: str = ""
    colon: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Pieces of one kind."""

    kind: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, read once and rendered often."""

    subject: Template
    paragraphs: Sequence[Paragraph]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A piece of a paragraph with its values."""

    text: str
    label: str = ""
    colon: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A paragraph with its values."""

    kind: str
    lines: Sequence[ShownLine]


def read(source: str, engine: Engine) -> Letter:
    """Read a letter's file.

    Raises:
        TemplateSyntaxError: a tag is wrong.
        ValueError: a fact or a button has no label.
    """
    head, _, rest = source.strip().partition("\n")
    has_subject = head.startswith(SUBJECT)
    subject = head.removeprefix(SUBJECT).strip() if has_subject else ""
    pieces = re.split(r"\n\s*\n", (rest if has_subject else source).strip())
    return Letter(Template(subject, engine=engine), [_paragraph(piece, engine) for piece in pieces])


def _paragraph(piece: str, engine: Engine) -> Paragraph:
    sign = next((sign for sign in KINDS if piece.startswith(sign)), "")
    kind = KINDS.get(sign, "words")
    if kind == "marker":
        return Paragraph(kind, [Line(Template(piece, engine=engine))])
    lines = [line.strip().removeprefix(sign).strip() for line in piece.splitlines()]
    if kind in LABELLED:
        return Paragraph(kind, [_labelled(line, engine) for line in lines])
    return Paragraph(kind, [Line(Template(" ".join(lines), engine=engine))])


def _labelled(line: str, engine: Engine) -> Line:
    found = LABEL.fullmatch(line)
    if found is None:
        raise ValueError(f"A fact or a button needs a label: {line!r}")
    return Line(Template(found["value"], engine=engine), found["label"], found["colon"])


# --- putting the values in ----------------------------------------------------------------------


def subject(letter: Letter, facts: Mapping[str, Any]) -> str:
    """The subject with its values, on one line."""
    return " ".join(_filled(letter.subject, _plain(facts)).split())


def show(letter: Letter, facts: Mapping[str, Any]) -> list[Shown]:
    """Put the values in; lines and paragraphs that come out empty are left out."""
    context = _plain(facts)
    shown = (Shown(part.kind, _lines(part, context)) for part in letter.paragraphs)
    return [part for part in shown if part.lines]


def as_text(paragraphs: Sequence[Shown]) -> str:
    """The whole letter in plain text: nothing is in the HTML that is not here."""
    return "\n\n".join(_as_text(part) for part in paragraphs) + "\n"


def _plain(facts: Mapping[str, Any]) -> Context:
    """Words are plain text; whoever makes HTML of them escapes them."""
    return Context(dict(facts), autoescape=False)


def _lines(part: Paragraph, context: Context) -> list[ShownLine]:
    filled = (ShownLine(_filled(line.value, context), line.label, line.colon) for line in part.lines)
    return [line for line in filled if line.text]


def _filled(template: Template, context: Context) -> str:
    return str(template.render(context)).strip()


def _as_text(part: Shown) -> str:
    return "\n".join(f"{line.label}{line.colon}{line.text}" for line in part.lines)
