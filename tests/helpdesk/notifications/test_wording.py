"""Everything we say exists in five languages, says the same in each, and cannot be bent by a customer."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.conf import settings as project
from django.template import Engine
from hypothesis import given
from hypothesis import settings as often
from hypothesis import strategies as st

from channels_inbound.email.visible import visible_text
from helpdesk.notifications import languages, letters, wording

TEMPLATES = project.BASE_DIR / "templates"
LANGUAGES = tuple(languages.FALLBACKS)
LETTERS = [
    (channel, name)
    for channel in ("mail", "whatsapp", "words")
    for name in sorted({path.stem for path in (TEMPLATES / channel).glob("*/*.txt")})
]
ALL_MAIL = [name for channel, name in LETTERS if channel == "mail"]
TAG = re.compile(r"\{\{\s*([\w.]+)\s*\}\}|\{%\s*(.+?)\s*%\}")

VALUES = re.compile(r"\w+").findall("""
    after agent assignee backlog before category code contract count customer decision digest due files
    first_response giver goal left_out link minutes number opens organisation over percent price priority
    quote reason recipient reference reopens_until resolution site step subject text thread total units until
    used when who
""")
FACTS = (
    "gave_back",
    "has_no_hours",
    "has_target",
    "is_all",
    "is_approved",
    "is_billed",
    "is_first_response",
    "is_new",
    "is_next_response",
    "is_over",
    "is_overdue",
    "is_refused",
    "is_not_named",
    "is_uncovered",
    "is_update",
    "is_upheld",
    "waits",
)
EVERYTHING = {name: f"«{name}»" for name in VALUES} | dict.fromkeys(FACTS, True)


def source_of(channel, language, name):
    return (TEMPLATES / channel / language / f"{name}.txt").read_text()


def placeholders(source):
    """Each value and each tag, and how often."""
    return Counter(match.group(1) or match.group(2) for match in TAG.finditer(source))


def kinds(source):
    return [part.kind for part in letters.read(source, Engine.get_default()).paragraphs]


def test_there_are_the_letters_that_we_need():
    assert LETTERS == [
        ("mail", "acknowledgement"),
        ("mail", "acknowledgement_neutral"),
        ("mail", "appeal_decided"),
        ("mail", "approval"),
        ("mail", "approval_decided"),
        ("mail", "assigned"),
        ("mail", "digest"),
        ("mail", "escalation"),
        ("mail", "over_quota"),
        ("mail", "quote_accepted"),
        ("mail", "quote_declined"),
        ("mail", "quote_expired"),
        ("mail", "quote_expiring"),
        ("mail", "quote_sent"),
        ("mail", "reply"),
        ("mail", "reply_failed"),
        ("mail", "sign_in"),
        ("mail", "solved"),
        ("mail", "support_again"),
        ("mail", "technical_service"),
        ("mail", "threshold"),
        ("mail", "uncovered"),
        ("whatsapp", "acknowledgement"),
        ("whatsapp", "acknowledgement_neutral"),
        ("whatsapp", "appeal_decided"),
        ("whatsapp", "approval_decided"),
        ("whatsapp", "reply"),
        ("whatsapp", "solved"),
        ("whatsapp", "support_again"),
        ("whatsapp", "technical_service"),
        ("words", "goal"),
        ("words", "step"),
    ]
    assert tuple(code for code, _ in project.LANGUAGES) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("channel", "name"), LETTERS)
def test_every_language_has_the_letter_with_the_same_values_and_the_same_build(channel, name, language):
    ours, english = source_of(channel, language, name), source_of(channel, "en", name)

    assert placeholders(ours) == placeholders(english)
    assert kinds(ours) == kinds(english)
    assert ours.startswith("Subject: ") == (channel == "mail")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("channel", "name"), LETTERS)
def test_no_value_of_a_letter_is_unknown_or_left_as_a_placeholder(channel, name, language):
    known = EVERYTHING.keys() | {"if", "elif", "else", "endif", "not"}
    words = " ".join(placeholders(source_of(channel, language, name)))

    assert set(words.split()) <= known
    if channel == "mail":
        said = wording.mail(name, language=language, **EVERYTHING)
        whole = said.subject + said.text + said.html
        assert said.subject
    else:
        say = wording.whatsapp if channel == "whatsapp" else wording.phrase
        whole = say(name, language=language, **EVERYTHING)
    assert not re.search(r"\{\{|\}\}|\{%|%\}|None", whole)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["acknowledgement", "reply", "assigned", "escalation"])
def test_wherever_a_target_is_told_so_is_what_kind_of_promise_it_is(name, language):
    """R7."""
    goal = wording.mail(name, language=language, **EVERYTHING | {"reference": ""}).text
    binding = wording.mail(name, language=language, **EVERYTHING).text
    not_a_guarantee = {
        "en": "not a guarantee",
        "fr": "non une garantie",
        "es": "no una garantía",
        "pt-pt": "não uma garantia",
        "pt-br": "não uma garantia",
    }[language]

    assert not_a_guarantee in goal
    assert not_a_guarantee not in binding
    assert "«reference»" in binding


STEPS = {
    "in_time": {"percent": 75, "before": "", "after": "", "is_overdue": False},
    "before": {"percent": None, "before": "1 h", "after": "", "is_overdue": False},
    "due": {"percent": None, "before": "", "after": "", "is_overdue": True},
    "after": {"percent": None, "before": "", "after": "2 h", "is_overdue": True},
    "before, and missed": {"percent": None, "before": "1 h", "after": "", "is_overdue": True},
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["75 % used", "1 h before it is due", "Overdue", "2 h overdue", "Overdue"]),
        ("fr", ["75 % écoulés", "1 h avant l’échéance", "En retard", "2 h de retard", "En retard"]),
        ("es", ["75 % transcurrido", "1 h antes del vencimiento", "Vencido", "2 h de retraso", "Vencido"]),
        (
            "pt-pt",
            [
                "75 % decorridos",
                "1 h antes do fim do prazo",
                "Fora do prazo",
                "2 h de atraso",
                "Fora do prazo",
            ],
        ),
        (
            "pt-br",
            [
                "75 % decorridos",
                "1 h antes do fim do prazo",
                "Fora do prazo",
                "2 h de atraso",
                "Fora do prazo",
            ],
        ),
    ],
)
def test_a_step_is_named_in_words(language, said):
    heard = [wording.phrase("step", language=language, **facts) for facts in STEPS.values()]
    assert [words.replace("\u00a0", " ") for words in heard] == said


def test_french_knows_no_jours_ouvrables():
    """D20: ouvrable counts Saturday."""
    french = [path.read_text() for path in TEMPLATES.glob("*/fr/*.txt")]

    assert french
    assert not any("ouvrable" in text for text in french)


def test_brazil_falls_back_to_portugal_and_portugal_to_english():
    assert languages.FALLBACKS["pt-br"] == ("pt-br", "pt-pt", "en")
    assert all(chain[-1] == "en" for chain in languages.FALLBACKS.values())


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("pt", "pt-pt"),
        ("pt_BR", "pt-br"),
        ("pt-AO", "pt-pt"),
        ("EN-gb", "en"),
        ("ja", "en"),
        ("", "en"),
        ("../../etc", "en"),
    ],
)
def test_the_nearest_language_is_spoken(code, language):
    assert languages.closest(code) == language


# --- text and HTML ------------------------------------------------------------------------------


class Reader(HTMLParser):
    """What a person sees of a mail, and every tag of it."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.hidden = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.hidden = tag in {"style", "title"} or "display:none" in (dict(attrs).get("style") or "")

    def handle_endtag(self, _tag):
        self.hidden = False

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def seen(html):
    return " ".join(" ".join(Reader(html).words).split())


@pytest.mark.parametrize("name", ALL_MAIL)
def test_text_and_html_say_the_same_words(name):
    said = wording.mail(name, language="en", **EVERYTHING)
    links = [attrs["href"] for tag, attrs in Reader(said.html).tags if tag == "a"]

    in_html = Counter(re.findall(r"\w+", seen(said.html)))
    in_text = Counter(re.findall(r"\w+", said.text))
    assert in_text + Counter(["Support"]) == in_html + Counter(link.strip("«»") for link in links)


def test_nothing_in_a_mail_is_fetched_from_anywhere():
    said = wording.mail("reply", language="en", **EVERYTHING | {"link": "https://desk.example/"})

    assert not {"img", "link", "script", "iframe"} & {tag for tag, _ in Reader(said.html).tags}
    assert "url(" not in said.html


def test_it_reads_in_the_dark_and_aloud():
    html = wording.mail("acknowledgement", language="pt-br", **EVERYTHING).html
    tags = Reader(html).tags

    assert "prefers-color-scheme: dark" in html
    assert ("html", {"lang": "pt-br", "xmlns": "http://www.w3.org/1999/xhtml"}) in tags
    assert all(attrs.get("role") == "presentation" for tag, attrs in tags if tag == "table")


def test_the_preview_is_the_answer_not_the_marker():
    html = wording.mail("reply", language="en", **EVERYTHING | {"text": "Please restart it."}).html

    hidden = re.search(r"display:none[^>]*>([^<]*)<", html)
    assert hidden.group(1) == "Please restart it."


@given(st.text(alphabet=st.sampled_from("<>&\"'=~|#\n {}%-abc"), max_size=60))
@often(max_examples=200, deadline=None)
def test_no_words_of_a_customer_become_markup_a_button_or_a_placeholder(words):
    plain = wording.mail("acknowledgement", language="en", **EVERYTHING | {"subject": "x"})
    bent = wording.mail("acknowledgement", language="en", **EVERYTHING | {"subject": words})
    tags = [tag for tag, _ in Reader(plain.html).tags]

    if words.strip():
        assert [tag for tag, _ in Reader(bent.html).tags] == tags
    assert [attrs.get("href") for tag, attrs in Reader(bent.html).tags if tag == "a"] == ["«link»"]


def test_an_agents_words_keep_their_lines_and_only_web_addresses_become_links():
    text = "One <b>two</b>\n\n  three javascript:alert(1) https://help.example/?a=1&b=2"
    said = wording.mail("reply", language="en", **EVERYTHING | {"text": text})

    assert text in said.text
    assert "One &lt;b&gt;two&lt;/b&gt;\n\n  three javascript:alert(1) <a href=" in said.html


# --- how a letter is written --------------------------------------------------------------------


def shown(source, **facts):
    letter = letters.read(source, Engine.get_default())
    return [
        (part.kind, [(line.label, line.text) for line in part.lines]) for part in letters.show(letter, facts)
    ]


def test_each_kind_of_paragraph_is_known_by_how_it_begins():
    source = """Subject: About {{ it }}

##- Above -##

Hello,
there

| One: {{ it }}
| Two : {{ it }}

> {{ it }}

= {{ it }}

=> Go: {{ it }}

~ small
"""
    assert shown(source, it="this") == [
        ("marker", [("", "##- Above -##")]),
        ("words", [("", "Hello, there")]),
        ("facts", [("One", "this"), ("Two", "this")]),
        ("quote", [("", "this")]),
        ("code", [("", "this")]),
        ("button", [("Go", "this")]),
        ("small", [("", "small")]),
    ]


def test_french_keeps_the_space_before_its_colon_in_text_alone():
    letter = letters.read("| Objet\u00a0: {{ it }}", Engine.get_default())
    (part,) = letters.show(letter, {"it": "x"})

    assert (letters.as_text([part]), part.lines[0].label) == ("Objet\u00a0: x\n", "Objet")


def test_what_comes_out_empty_is_left_out():
    source = "Hello\n\n{% if it %}There{% endif %}\n\n| One: {{ it }}\n| Two: 2\n\n| Three: {{ it }}"

    assert shown(source, it="") == [("words", [("", "Hello")]), ("facts", [("Two", "2")])]


def test_a_fact_without_a_label_is_refused():
    with pytest.raises(ValueError, match="needs a label"):
        letters.read("| {{ it }}", Engine.get_default())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in ALL_MAIL if "##-" in source_of("mail", "en", name)])
def test_what_is_written_above_our_marker_is_read_without_what_is_below(name, language):
    ours = wording.mail(name, language=language, **EVERYTHING).text

    assert visible_text(f"It works again.\n\n{ours}") == "It works again."
