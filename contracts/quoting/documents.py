"""The document of a quote: a PDF in the customer's language, drawn by us, that fetches nothing (D21, AG-11).

Its text is given to the library as plain words: what looks like markup in a description is shown as it was
typed. The same quote gives the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import reportlab
from babel.dates import format_date, get_timezone_location
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from contracts import money
from contracts.models import Quote, QuoteLine
from contracts.money import Amounts
from sla.hours.zone import zone as zone_named

REGULAR, BOLD = "Vera", "VeraBd"
INK: Final = colors.HexColor("#1c2733")
SOFT: Final = colors.HexColor("#5b6875")
RULE: Final = colors.HexColor("#c9d1d9")
MARGIN: Final = 20 * mm
PADDING: Final = 6
"""Points that the library leaves inside a page's frame."""
WIDTHS: Final = (72 * mm, 22 * mm, 28 * mm, 16 * mm, 32 * mm)


def pdf(quote: Quote) -> bytes:
    """The document of a quote whose number and amounts are set, lines in their order."""
    _fonts()
    out = io.BytesIO()
    with translation.override(quote.language):
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=MARGIN - PADDING,
            rightMargin=MARGIN - PADDING,
            topMargin=MARGIN,
            bottomMargin=MARGIN,
            title=f"{_('Estimate')} {quote.number}",
            author=settings.DESK_NAME,
            lang=quote.language,
            invariant=1,
        )
        foot = _Foot(quote)
        document.build(_story(quote), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


@cache
def _fonts() -> None:
    """The library's own free fonts, embedded: every letter of our five languages is in them."""
    for name in (REGULAR, BOLD):
        file = Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(file)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def _style(name: str, **given: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, **{"fontName": REGULAR, "fontSize": 9, "leading": 13, "textColor": INK, **given}
    )


BODY: Final = _style("body")
QUIET: Final = _style("quiet", textColor=SOFT, fontSize=8, leading=11)
TITLE: Final = _style("title", fontName=BOLD, fontSize=18, leading=23)
WARNING: Final = _style("warning", fontName=BOLD, fontSize=10, leading=14)
HEAD: Final = _style("head", fontName=BOLD, fontSize=8, leading=11)
HEAD_RIGHT: Final = _style("head_right", fontName=BOLD, fontSize=8, leading=11, alignment=TA_RIGHT)
NUMBER: Final = _style("number", alignment=TA_RIGHT)
TOTAL: Final = _style("total", fontName=BOLD, alignment=TA_RIGHT)


def _words(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _story(quote: Quote) -> list[Flowable]:
    lines = list(quote.lines.all())
    return [
        _words(_("Estimate"), TITLE),
        _words(_("Estimate, not a fiscal document"), WARNING),
        Spacer(1, 6 * mm),
        _facts(quote),
        Spacer(1, 8 * mm),
        _table(quote, lines),
        Spacer(1, 4 * mm),
        _totals(quote),
        Spacer(1, 8 * mm),
        *_terms(quote),
    ]


def _facts(quote: Quote) -> Table:
    here = zone_named(quote.zone)
    sent = quote.sent_at.astimezone(here).date() if quote.sent_at else None
    until = _("%(date)s, end of the day, %(city)s time") % {
        "date": _date(quote.valid_until, quote), "city": _city(quote),
    }  # fmt: skip
    rows = (
        (
            _("Number"),
            _("%(number)s, version %(version)d") % {"number": quote.number, "version": quote.version},
        ),
        (_("Date"), _date(sent, quote)),
        (_("From"), settings.DESK_NAME),
        (_("For"), quote.organisation.name),
        (_("Contract"), quote.contract.reference if quote.contract else "–"),
        (_("Service"), quote.category.name_in(quote.language)),
        (_("Valid until"), until),
    )
    table = Table(
        [[_words(name, QUIET), _words(words)] for name, words in rows], colWidths=(34 * mm, 136 * mm)
    )
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def _city(quote: Quote) -> str:
    """The place that gives the zone its name, as the reader's language calls it."""
    locale = money.LOCALES[quote.language]
    return str(get_timezone_location(zone_named(quote.zone), locale=locale, return_city=True))


def _date(day: date | None, quote: Quote) -> str:
    return str(format_date(day, format="long", locale=money.LOCALES[quote.language])) if day else "–"


def _table(quote: Quote, lines: Sequence[QuoteLine]) -> Table:
    heads = (_("Description"), _("Quantity"), _("Unit price"), _("Tax"), _("Net"))
    rows = [[_words(head, HEAD if column == 0 else HEAD_RIGHT) for column, head in enumerate(heads)]]
    rows += [_row(quote, line) for line in lines]
    table = Table(rows, colWidths=WIDTHS, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ]
        )
    )
    return table


def _row(quote: Quote, line: QuoteLine) -> list[Paragraph]:
    net = money.of_line(line, quote.currency).net
    return [
        _words(line.description),
        _words(f"{money.plain(line.quantity)} {line.get_unit_display()}", NUMBER),
        _words(money.price(line, quote.currency, quote.language), NUMBER),
        _words(f"{money.plain(line.tax_percent)}\u00a0%", NUMBER),
        _words(money.said(net, quote.currency, quote.language), NUMBER),
    ]


def _totals(quote: Quote) -> Table:
    amounts = Amounts(quote.net or Decimal(0), quote.tax or Decimal(0))
    rows = (
        (_("Net"), amounts.net, NUMBER),
        (_("Tax"), amounts.tax, NUMBER),
        (_("Total"), amounts.total, TOTAL),
    )
    cells = [
        [_words(name, style), _words(money.said(amount, quote.currency, quote.language), style)]
        for name, amount, style in rows
    ]
    table = Table(cells, colWidths=(sum(WIDTHS[:-1]), WIDTHS[-1]))
    table.setStyle(
        TableStyle([("LINEABOVE", (1, -1), (1, -1), 0.8, INK), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)])
    )
    return table


def _terms(quote: Quote) -> list[Flowable]:
    said = [
        _words(
            _(
                "Each line is rounded to the smallest unit of the currency, halves up: its net amount, and "
                "its tax on that. The totals are the sums of the lines."
            ),
            QUIET,
        ),
        _words(
            _(
                "Work may exceed the quantity by up to %(percent)d percent; beyond that you get a new "
                "version to decide on."
            )
            % {"percent": quote.overrun_percent},
            QUIET,
        ),
    ]
    if quote.conditions:
        said = [_words(_("Conditions"), HEAD), _words(quote.conditions), Spacer(1, 4 * mm), *said]
    return said


class _Foot:
    """Draws the foot of a page: which document it is, and which page of it."""

    def __init__(self, quote: Quote) -> None:
        self.words = f"{quote} · {_('Estimate, not a fiscal document')}"

    def __call__(self, canvas: Any, document: Any) -> None:
        """Draw it on a page."""
        canvas.saveState()
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 10 * mm, self.words)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))
        canvas.restoreState()
