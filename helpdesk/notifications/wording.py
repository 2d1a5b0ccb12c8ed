"""The words of everything we say, in five languages (D20, CR-14).

They stand in `templates/mail/<language>/<name>.txt` and `templates/whatsapp/<language>/<name>.txt`, one file
a letter and language, so that somebody who speaks the language can read and correct them; `letters` says
how they are written. The HTML of a mail is the same words in `templates/mail/layout.html`. Phrases that
several letters say stand in `templates/words/<language>/<name>.txt`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.template import Engine
from django.template.loader import render_to_string

from helpdesk.notifications import languages, letters
from helpdesk.notifications.letters import Letter, Shown

PREVIEW_LENGTH: Final = 140


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said: `html` has the same words as `text`, and is empty where the channel knows only text."""

    subject: str
    text: str
    html: str = ""


def mail(name: str, *, language: str, **facts: Any) -> Wording:
    """Word a mail; `language` is one of `languages.FALLBACKS`."""
    letter = _letter("mail", name, language)
    paragraphs = letters.show(letter, facts)
    subject = letters.subject(letter, facts)
    return Wording(subject, letters.as_text(paragraphs), _html(subject, paragraphs, language))


def whatsapp(name: str, *, language: str, **facts: Any) -> str:
    """Word a WhatsApp message."""
    return letters.as_text(letters.show(_letter("whatsapp", name, language), facts)).strip()


def phrase(name: str, *, language: str, **facts: Any) -> str:
    """Word a part of a sentence, on one line."""
    return letters.as_text(letters.show(_letter("words", name, language), facts)).strip()


def _html(subject: str, paragraphs: list[Shown], language: str) -> str:
    facts = {
        "subject": subject,
        "paragraphs": paragraphs,
        "preview": _preview(paragraphs),
        "language": language,
        "desk": settings.DESK_NAME,
    }
    return render_to_string("mail/layout.html", facts)


def _preview(paragraphs: list[Shown]) -> str:
    """What a mail program shows beside the subject: the words themselves, not marker and greeting."""
    said = [part.lines[0].text for part in paragraphs if part.kind in {"quote", "words"}]
    quoted = [part.lines[0].text for part in paragraphs if part.kind == "quote"]
    return " ".join((quoted or said[1:] or said or [""])[0].split())[:PREVIEW_LENGTH]


@lru_cache(maxsize=256)
def _letter(channel: str, name: str, language: str) -> Letter:
    """A letter in the nearest language that has it, read once a process."""
    engine = Engine.get_default()
    places = (f"{channel}/{each}/{name}.txt" for each in languages.FALLBACKS[language])
    return letters.read(engine.select_template(list(places)).source, engine)
