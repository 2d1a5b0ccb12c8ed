"""Every word that customers read, in every language (D20, PP-05, SA-08)."""

import gettext
import re
from collections import Counter
from functools import cache

import pytest
from django.utils import translation

from translating.source import ROOT, Said, everything, in_python, in_template

LANGUAGES = {"fr": ("fr",), "es": ("es",), "pt-pt": ("pt",), "pt-br": ("pt_BR", "pt")}
"""Each language with the catalogues in which its words are looked for."""

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")
MARKUP = re.compile(r"</?[a-z][^>]*>")
WORDS = everything()
COUNTS = (0, 1, 2, 12, 1_000_000)


@cache
def catalogue(name: str) -> gettext.GNUTranslations:
    with (ROOT / "locale" / name / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def keys(name: str) -> set[tuple[str, str]]:
    """Context and singular of each message of a catalogue, without its header."""
    found = {key[0] if isinstance(key, tuple) else key for key in catalogue(name)._catalog} - {""}
    return {tuple(key.split("\x04")) if "\x04" in key else ("", key) for key in found}


def strings(name: str) -> list[tuple[Said, str]]:
    """Each message with each of its translations in one catalogue."""
    return [
        (said, words)
        for said in WORDS
        if (said.context, said.singular) in keys(name)
        for words in {say(catalogue(name), said, count) for count in COUNTS}
    ]


def say(source, said: Said, count: int = 1) -> str:
    if said.plural and said.context:
        return source.npgettext(said.context, said.singular, said.plural, count)
    if said.plural:
        return source.ngettext(said.singular, said.plural, count)
    return source.pgettext(said.context, said.singular) if said.context else source.gettext(said.singular)


EVERY = pytest.mark.parametrize("name", ["fr", "es", "pt", "pt_BR"])


@pytest.mark.parametrize("name", ["fr", "es", "pt"])
def test_a_catalogue_says_everything_that_the_code_says_and_nothing_else(name):
    assert keys(name) == {(said.context, said.singular) for said in WORDS}


def test_brazil_says_only_what_it_says_differently():
    assert keys("pt_BR") < keys("pt")


@EVERY
def test_no_translation_is_empty(name):
    assert [said for said, words in strings(name) if not words.strip(" ,") and said.singular != ", "] == []


@EVERY
def test_a_translation_has_the_placeholders_and_the_markup_of_its_message(name):
    def parts(text):
        return Counter(PLACEHOLDER.findall(text)), MARKUP.findall(text)

    wrong = [words for said, words in strings(name) if parts(words) != parts(said.singular)]

    assert wrong == []


@pytest.mark.parametrize("language", [*LANGUAGES, "en"])
def test_the_product_speaks_from_these_catalogues_and_from_no_librarys(language):
    ours = gettext.NullTranslations()
    for name in reversed(LANGUAGES.get(language, ())):
        copy = gettext.GNUTranslations()
        copy._catalog, copy.plural = catalogue(name)._catalog, catalogue(name).plural
        copy.add_fallback(ours)
        ours = copy
    with translation.override(language):
        said = {(one, count): say(translation, one, count) for one in WORDS for count in COUNTS}

    assert said == {(one, count): say(ours, one, count) for one, count in said}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["0 business hours", "1 business hour", "2 business hours"]),
        ("fr", ["0 heure ouvrée", "1 heure ouvrée", "2 heures ouvrées"]),
        ("es", ["0 horas laborables", "1 hora laborable", "2 horas laborables"]),
        ("pt-pt", ["0 horas úteis", "1 hora útil", "2 horas úteis"]),
        ("pt-br", ["0 horas úteis", "1 hora útil", "2 horas úteis"]),
    ],
)
def test_each_language_counts_its_own_way(language, words):
    with translation.override(language):
        counted = [
            translation.ngettext("%(n)d business hour", "%(n)d business hours", n) % {"n": n}
            for n in range(3)
        ]

    assert counted == words


def test_french_speaks_of_jours_ouvrables_only_where_saturday_is_one():
    contexts = {said.context for said, words in strings("fr") if "ouvrable" in words.lower()}

    assert contexts == {"Saturday included"}
    for folder in ("mail", "whatsapp"):
        for letter in (ROOT / "templates" / folder / "fr").iterdir():
            assert "ouvrable" not in letter.read_text(encoding="utf-8"), letter


def test_french_keeps_its_marks_on_the_line():
    lonely = re.compile(r"(?:(?<!\u202f)[;!?]|(?<!\u00a0):|«(?!\u00a0)|(?<!\u00a0)»|')")
    wrong = [words for _said, words in strings("fr") if lonely.search(re.sub(r"<[^>]*>|%\(\w+\)", "", words))]

    assert wrong == []


@pytest.mark.parametrize(
    ("name", "familiar"),
    [
        ("fr", r"\b(tu|toi|ton|tes)\b"),
        ("es", r"\b(tú|tu|tus|te|contigo)\b"),
        ("pt", r"\b(tu|teu|tua|teus|tuas|você|vocês)\b"),
    ],
)
def test_customers_are_addressed_formally(name, familiar):
    assert [words for _said, words in strings(name) if re.search(familiar, words, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Un objectif, pas une garantie."),
        ("es", "Un objetivo, no una garantía."),
        ("pt-pt", "Um objetivo, não uma garantia."),
        ("pt-br", "Uma meta, não uma garantia."),
    ],
)
def test_a_goal_is_no_guarantee_in_any_language(language, words):
    with translation.override(language):
        assert translation.gettext("A goal, not a guarantee.") == words


def test_messages_are_found_in_modules():
    text = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _, npgettext
_("one" " piece"); npgettext("c", "a day", "days", n); translation.gettext("far"); other("no")
"""

    assert list(in_python(text, "some.py")) == [
        Said("one piece"),
        Said("a day", "days", "c"),
        Said("far"),
    ]


def test_words_that_are_put_together_cannot_be_translated():
    text = "from django.utils.translation import gettext as _\n_(f'Hello {name}')"

    with pytest.raises(ValueError, match=r"some\.py:2"):
        list(in_python(text, "some.py"))


def test_messages_are_found_in_templates():
    text = (
        '{% load i18n %}{% translate "It\'s (here)" %}{{ name|default:_("nobody") }}'
        '{% translate "May" context "month" %}'
        "{% blocktranslate trimmed count n=n %}\n {{ n }} day"
        "{% plural %}{{ n }} days\n{% endblocktranslate %}"
    )

    assert list(in_template(text, "some.html")) == [
        Said("It's (here)"),
        Said("nobody"),
        Said("May", context="month"),
        Said("%(n)s day", "%(n)s days"),
    ]
