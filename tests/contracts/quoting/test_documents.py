"""AG-11, D21, AU-04: the document says what the quote says, in its reader's language, and stays as it is."""

import io
from decimal import Decimal

import pypdf
import pytest

from contracts.models import Quote
from contracts.quoting import documents, drafting, sending
from contracts.quoting.drafting import LineDraft
from tests.cast import TUESDAY_10
from tests.contracts.quoting.conftest import RUI

pytestmark = pytest.mark.django_db

HEADS = {
    "en": "Estimate, not a fiscal document",
    "fr": "Devis, sans valeur fiscale",
    "es": "Presupuesto, no es un documento fiscal",
    "pt-pt": "Orçamento, não é um documento fiscal",
    "pt-br": "Orçamento, não é um documento fiscal",
}


def words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def test_it_says_every_line_the_totals_and_that_it_is_no_fiscal_document(sent):
    said = words(bytes(sent.document.content))
    for part in (
        "Estimate, not a fiscal document",
        "Q2026-00001, version 1",
        "Azenha Hotels",
        "C-azenha",
        "Bulk updates",
        "9 April 2026, end of the day, Lisbon time",
        "Restore the list 2 hours 95.00 EUR 23 % 190.00 EUR",
        "Report 1 flat rate 33.335 EUR 23 % 33.34 EUR",
        "223.34 EUR",
        "51.37 EUR",
        "274.71 EUR",
        "halves up",
        "up to 10 percent",
    ):
        assert part in said, part


@pytest.mark.parametrize("language", HEADS)
def test_it_is_in_the_customers_language(draft, language):
    quote = draft()
    Quote.objects.filter(pk=quote.pk).update(language=language)
    said = words(bytes(sending.send(quote, by=RUI, at=TUESDAY_10).document.content))
    assert HEADS[language] in said
    assert quote.category.name_in(language).replace("\u00a0", " ") in said
    if language != "en":
        assert "Valid until" not in said


def test_what_looks_like_markup_is_text_and_fetches_nothing(draft):
    trick = '<img src="https://evil.example/x.png"/> <b>5</b> & "6" <para>'
    quote = draft(
        lines=(LineDraft(trick, Decimal(1), Decimal(1)),), conditions="<a href='file:///etc/passwd'>x</a>"
    )
    sent = sending.send(quote, by=RUI, at=TUESDAY_10)
    said = words(bytes(sent.document.content))
    assert trick in said
    assert "<a href='file:///etc/passwd'>x</a>" in said
    assert b"/URI" not in bytes(sent.document.content)


def test_the_letters_of_our_languages_are_there(draft):
    quote = draft(lines=(LineDraft("Œuvre naïve à Évora, señal ¿ç? ãõ €", Decimal(1), Decimal(1)),))
    assert "Œuvre naïve à Évora, señal ¿ç? ãõ €" in words(
        bytes(sending.send(quote, by=RUI, at=TUESDAY_10).document.content)
    )


def test_a_hundred_long_lines_take_more_pages(draft):
    lines = [LineDraft(f"Line {number} " + "word " * 50, Decimal(1), Decimal(1)) for number in range(100)]
    content = bytes(sending.send(draft(lines=lines), by=RUI, at=TUESDAY_10).document.content)
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 3
    assert "Line 99" in words(content)


def test_made_again_it_is_the_same_bytes_and_never_replaces_what_was_sent(sent):
    kept = bytes(sent.document.content)
    assert documents.pdf(Quote.objects.get(pk=sent.pk)) == kept
    sent.organisation.name = "Azenha Hotels & Spa"
    sent.organisation.save()
    assert documents.pdf(Quote.objects.get(pk=sent.pk)) != kept
    sent.document.refresh_from_db()
    assert bytes(sent.document.content) == kept


def test_a_draft_reads_as_one(draft):
    assert drafting.of_ticket(draft().ticket_uid).state == "draft"
