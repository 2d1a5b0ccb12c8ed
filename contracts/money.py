"""Money: exact decimals with the ISO 4217 code of their currency, rounded to its minor unit (never a float).

Rounding is per line, half up (AG-11): a line's net is quantity times unit price, its tax a percentage of that
net, each rounded; totals are sums of rounded lines, so that whoever adds the lines gets the total.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, Protocol

from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.formats import number_format

HUNDRED: Final = Decimal(100)
LOCALES: Final = {"en": "en_GB", "fr": "fr_FR", "es": "es_ES", "pt-pt": "pt_PT", "pt-br": "pt_BR"}


class Priced(Protocol):
    """What has a price: so many units, what one costs, and the tax on it in percent."""

    quantity: Decimal
    unit_price: Decimal
    tax_percent: Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    """A net amount, the tax on it, and both together."""

    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.tax


@cache
def known() -> frozenset[str]:
    """The codes of all currencies."""
    return frozenset(list_currencies())


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY, 0.001 for TND."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount in whole minor units, half up."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def of_line(line: Priced, currency: str) -> Amounts:
    """What a line comes to, each part rounded."""
    net = rounded(line.quantity * line.unit_price, currency)
    return Amounts(net, rounded(net * line.tax_percent / HUNDRED, currency))


def sum_of(lines: Iterable[Priced], currency: str) -> Amounts:
    """What all lines come to: the sum of what each does."""
    each = [of_line(line, currency) for line in lines]
    nothing = rounded(Decimal(0), currency)
    return Amounts(sum((one.net for one in each), nothing), sum((one.tax for one in each), nothing))


def said(amount: Decimal, currency: str, language: str) -> str:
    """An amount as a language writes it, with the code of its currency: "1,250.00 EUR", "1 250,00 EUR"."""
    words: str = format_currency(
        amount, currency, format="#,##0.00\u00a0¤¤", locale=LOCALES[language], currency_digits=True
    )
    return words


def price(line: Priced, currency: str, language: str) -> str:
    """A unit price may be finer than the currency's minor unit, and is shown as fine as it is."""
    if line.unit_price == rounded(line.unit_price, currency):
        return said(line.unit_price, currency, language)
    return f"{plain(line.unit_price)}\u00a0{currency}"


def plain(number: Decimal) -> str:
    """A number as the reader's language writes it, without zeros that say nothing."""
    digits = len(exact(number).partition(".")[2])
    return str(number_format(number, decimal_pos=digits))


def exact(number: Decimal) -> str:
    """A number as programs write it, without zeros that say nothing: "1.5", "100"."""
    return f"{number.normalize():f}"
