"""The new words of a reply, in the ways and languages that mail programs quote."""

import time
from pathlib import Path

import pytest

from channels_inbound.email.visible import visible_text

FILE = Path(__file__).resolve().parents[2] / "samples" / "quotes.txt"
LETTERS = Path(__file__).resolve().parents[3] / "templates" / "mail"
QUOTES = dict(block.split("\n", 1) for block in FILE.read_text().split("=== ")[1:])


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_a_quote_below_is_left_out(quote):
    assert visible_text(f"Version 4.1.\n\nAna\n\n{quote}\n") == "Version 4.1.\n\nAna"


@pytest.mark.parametrize(
    "text",
    [
        "From: my side everything is fine.\nTo: be honest, it is slow.",
        "Route:\nFrom: Lisbon\nTo: Porto\nDate: 3 May\n\nPlease book it.",
        "On Monday I called you.\nOn Tuesday at 10:00 nobody answered:\nwhy?",
        "I use it since 2019,\nwrite me at ana@acme.example.\nMy questions:\n- one\n- two",
        "- first\n- second\n\nThanks,\nAna",
        "Kind regards are all I got on 3.5.2026.\nNo answer.",
        "The mail was sent from my iPhone app.\nIt arrived.",
        "a\n--\nb\n" + "more\n" * 40 + "end",
        "Column\n-----\n1\n-----\n2",
        "My colleague wrote:",
        "It fails at 10:30, see:\nhttps://acme.example/log",
    ],
)
def test_a_writers_own_words_stay(text):
    assert visible_text(text) == text.strip()


def test_answers_between_quotes_stay():
    attribution = "On 12 Jan 2026, at 10:07, Support wrote:"
    text = f"{attribution}\n> Which version?\n\n4.1\n\n> Which phone?\n\nA Pixel.\n\n> Support"

    assert visible_text(text) == "4.1\n\nA Pixel."


def test_a_signature_is_left_out_with_a_quote_below_it_or_not():
    quote = "On 12 Jan 2026, at 10:07, Support wrote:\n> Which version?"

    assert visible_text("4.1\n\n-- \nAna Gonçalves\nAcme") == "4.1"
    assert visible_text(f"4.1\n--\nAna\n\n{quote}") == "4.1"


@pytest.mark.parametrize(
    "footer",
    [
        "Sent from my iPhone",
        "Enviado do meu iPhone",
        "Enviado desde mi iPhone",
        "Envoyé de mon iPhone",
        "Gesendet von Outlook für iOS<https://aka.ms/x>",
        "Get Outlook for Android",
    ],
)
def test_a_devices_footer_is_left_out(footer):
    assert visible_text(f"4.1\n\n{footer}\n\nOn 12 Jan 2026 10:07, Support wrote:\n> Which?") == "4.1"


def test_only_what_stands_above_our_marker_counts():
    marker = "##- Please answer above this line -##"

    assert visible_text(f"4.1\n\n{marker}\n\nDear Ana,\nwhich version?") == "4.1"
    assert visible_text(f"4.1\n\nOn 12 Jan 2026 10:07, Support wrote:\n\n> {marker}\n> which?") == "4.1"


@pytest.mark.parametrize("letter", sorted(LETTERS.glob("*/reply.txt")), ids=lambda path: path.parent.name)
def test_the_marker_of_our_own_letters_is_known_even_when_it_is_wrapped(letter):
    marker = next(line for line in letter.read_text().splitlines() if line.startswith("##-"))
    middle = marker.index(" ", 30)

    assert visible_text(f"4.1\n\n{marker}\n\nDear Ana") == "4.1"
    assert visible_text(f"4.1\n\n> {marker[:middle]}\n> {marker[middle + 1 :]}\n\nDear Ana") == "4.1"


def test_an_answer_below_our_marker_is_not_lost():
    text = "##- Please answer above this line -##\nDear Ana\n\n4.1"

    assert visible_text(text) == text


def test_a_mail_that_is_all_quote_is_shown_whole():
    text = "On 12 Jan 2026 10:07, Support wrote:\n> Which version?"

    assert visible_text(text) == text


def test_what_is_forwarded_stays():
    header = "From: Rui <rui@acme.example>\nSent: 12 January 2026 09:00\nTo: Ana\nSubject: error"

    assert visible_text(f"See below.\n\n{header}\n\nIt fails.", "FW: error").endswith("It fails.")
    assert visible_text(f"See below.\n\n{header}\n\nIt fails.", "Re: error") == "See below."
    assert visible_text("Look.\n\nBegin forwarded message:\n\n> It fails.").endswith("> It fails.")


def test_blank_lines_are_collapsed_and_length_is_bounded():
    assert visible_text("a\n\n\n\n \n\nb") == "a\n\nb"
    assert len(visible_text("word " * 100_000)) <= 100_000


@pytest.mark.parametrize(
    "text",
    [
        "On " + "a b " * 25_000 + "wrote:",
        "On 1.1.2026 a wrote\n" * 5_000,
        "From: a@b\n" * 10_000,
        "x\n" + "--\n" * 33_000,
        "> " * 50_000,
        "-" * 100_000,
        "_-*= " * 20_000,
        "##- " * 25_000,
        "##- " + "x" * 90_000,
        "Sent from " * 10_000,
        " " * 100_000,
        ": " * 50_000,
        "1:" * 50_000,
        "a\nb:\n" * 20_000,
        "<" * 50_000 + "@" + ">" * 49_000 + ":",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_costs_no_more_than_its_length(text):
    start = time.process_time()
    visible_text(text)

    assert time.process_time() - start < 3
