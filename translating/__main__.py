"""Brings `locale/` in step with the code: `python -m translating`, or `--check` to be told what is not.

New messages enter each catalogue untranslated, messages that nobody says any more leave it, and every
`django.mo` is compiled anew. Brazil's catalogue gains nothing by itself: it holds only what Brazil says
differently from Portugal. Needs Babel.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from translating.source import ROOT, Said, everything

WHOLE: Final = ("fr", "es", "pt")
PARTIAL: Final = ("pt_BR",)
WIDTH: Final = 110


class Dateless(Catalog):
    """A catalogue whose header says only what programs need, so that nothing but words makes a difference."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """Character set, language and rule for plurals."""
        return [
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
        ]


def catalogue(locale: str, said: dict[Said, list[str]]) -> Catalog:
    """A locale's catalogue with exactly the messages of the code, translated as far as they are."""
    kept = read_po(BytesIO(_path(locale, "po").read_bytes()), locale=locale)
    fresh = Dateless(locale, domain="django", fuzzy=False)
    fresh.header_comment = f"# {locale}: kept by `make messages`; docs/translations.md has the glossary."
    for message in sorted(said, key=lambda message: (said[message], message)):
        before = kept.get(_id(message), message.context or None)
        if before or locale in WHOLE:
            _add(fresh, message, before, said[message])
    return fresh


def _path(locale: str, ending: str) -> Path:
    return ROOT / "locale" / locale / "LC_MESSAGES" / f"django.{ending}"


def _id(message: Said) -> str | tuple[str, str]:
    return (message.singular, message.plural) if message.plural else message.singular


def _add(catalog: Catalog, message: Said, before: Message | None, files: list[str]) -> None:
    catalog.add(
        _id(message),
        before.string if before else None,
        [(file, None) for file in files],
        user_comments=before.user_comments if before else (),
        context=message.context or None,
    )


def _written(catalog: Catalog, locale: str) -> dict[Path, bytes]:
    words, compiled = BytesIO(), BytesIO()
    write_po(words, catalog, width=WIDTH, include_lineno=False)
    write_mo(compiled, catalog)
    return {_path(locale, "po"): words.getvalue(), _path(locale, "mo"): compiled.getvalue()}


def _complaints(catalog: Catalog, locale: str) -> Iterator[str]:
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(strings):
            yield f"{locale}: not translated: {message.id!r}"
        yield from (f"{locale}: {error}: {message.id!r}" for error in message.check(catalog))


def main(*, is_check: bool) -> int:
    """Write what differs, or only name it; 1 when something is missing, wrong or out of step."""
    said, complaints = everything(), list[str]()
    for locale in (*WHOLE, *PARTIAL):
        catalog = catalogue(locale, said)
        complaints += _complaints(catalog, locale)
        for path, content in _written(catalog, locale).items():
            if path.exists() and path.read_bytes() == content:
                continue
            if is_check:
                complaints.append(f"{path.relative_to(ROOT)}: out of step, run `make messages`")
            else:
                path.write_bytes(content)
    sys.stdout.write("".join(f"{complaint}\n" for complaint in complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main(is_check="--check" in sys.argv))
