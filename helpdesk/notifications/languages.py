"""In which language somebody is spoken to (D20)."""

from typing import Final

from django.utils.translation import get_language

from contracts.models import Organisation, Person

FALLBACKS: Final = {
    "en": ("en",),
    "fr": ("fr", "en"),
    "es": ("es", "en"),
    "pt-pt": ("pt-pt", "en"),
    "pt-br": ("pt-br", "pt-pt", "en"),
}
"""Each language that we speak, and where its words are looked for."""


def closest(code: str) -> str:
    """The language of ours nearest to a code such as `pt_BR`, `fr-CA` or `pt`; English when none is."""
    wanted = code.strip().lower().replace("_", "-")
    if wanted in FALLBACKS:
        return wanted
    base = wanted.partition("-")[0]
    return "pt-pt" if base == "pt" else base if base in FALLBACKS else "en"


def active() -> str:
    """The language in which the present page is written; one of `FALLBACKS`."""
    return closest(get_language() or "")


def of_person(person: Person, *, otherwise: str = "") -> str:
    """Their own, else their organisation's, else `otherwise`."""
    return closest(person.language or _of(person.organisation) or otherwise)


def _of(organisation: Organisation | None) -> str:
    return organisation.language if organisation else ""
