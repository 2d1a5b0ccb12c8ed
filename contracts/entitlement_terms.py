"""What a plan includes besides tickets, as data: hours of advice, trainings, reviews (AM-09).

A plan's version says it as JSON, for example `[{"key": "training", "metric": "classes", "limit": 1,
"period": {"unit": "year"}}]`. Without a `limit` it is unlimited, and without a `metric` nothing is counted:
it is only told. A period begins on the plan's own day. `over` says what happens beyond the limit: `accept`
(the default), `reject`, or `overage` at a `price` in a `currency`. `label` is its name for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contracts.validators import validate_currency

KEYS: Final = frozenset({"key", "metric", "limit", "period", "over", "price", "currency", "label"})
ACCEPT, REJECT, OVERAGE = "accept", "reject", "overage"
PERIODS: Final = ("month", "quarter", "year")
MOST: Final = 100_000
MOST_ENTITLEMENTS: Final = 50
LONGEST: Final = 60
DECIMALS: Final = 4
"""Of a price, as its column keeps it."""


class BadEntitlements(ValueError):
    """What a plan's version says is none; the text is a sentence for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One thing that a plan includes; `limit` is None when unlimited, `metric` is empty when only told."""

    key: str
    metric: str = ""
    limit: int | None = None
    period: str = PERIODS[0]
    over: str = ACCEPT
    price: Decimal | None = None
    currency: str = ""
    label: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.label or self.key.replace("_", " ").replace("-", " ").capitalize()


def parse(value: Any) -> tuple[Entitlement, ...]:
    """The entitlements of a plan's version.

    Raises:
        BadEntitlements.
    """
    if not isinstance(value, list) or len(value) > MOST_ENTITLEMENTS:
        raise BadEntitlements(_("Entitlements are a list, such as [{“key”: “training”, “limit”: 1}]."))
    found = tuple(map(_one, value))
    if len({one.key for one in found}) != len(found):
        raise BadEntitlements(_("Each entitlement has a key of its own."))
    return found


def _one(said: Any) -> Entitlement:
    if not isinstance(said, Mapping) or not set(said) <= KEYS:
        unknown = ", ".join(sorted(set(said) - KEYS)) if isinstance(said, Mapping) else str(said)[:LONGEST]
        raise BadEntitlements(_("An entitlement knows no %s.") % unknown)
    key = _text(said, "key")
    if not key.replace("_", "").replace("-", "").isalnum():
        raise BadEntitlements(_("An entitlement has a key of letters and digits."))
    return Entitlement(
        key=key,
        metric=_text(said, "metric"),
        limit=_limit(said.get("limit")),
        period=_period(said.get("period")),
        label=_text(said, "label"),
        **_beyond(said),
    )


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST:
        raise BadEntitlements(_("The %s of an entitlement is a short text.") % name)
    return value.strip()


def _limit(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise BadEntitlements(_("The limit of an entitlement is a whole number, or nothing for unlimited."))
    return value


def _period(value: Any) -> str:
    unit = value.get("unit") if isinstance(value, Mapping) else value
    if unit is None:
        return PERIODS[0]
    if unit not in PERIODS:
        raise BadEntitlements(_("An entitlement's period is a month, a quarter or a year."))
    return str(unit)


def _beyond(said: Mapping[str, Any]) -> dict[str, Any]:
    over = said.get("over", ACCEPT)
    if over not in {ACCEPT, REJECT, OVERAGE}:
        raise BadEntitlements(_("Beyond an entitlement is accept, reject or overage."))
    if over != OVERAGE:
        return {"over": over}
    try:
        price, currency = Decimal(str(said["price"])), str(said["currency"])
        validate_currency(currency)
    except (KeyError, InvalidOperation, ValidationError) as error:
        raise BadEntitlements(_("Billed overage needs a price and a currency.")) from error
    if not (price.is_finite() and 0 <= price < MOST and price == round(price, DECIMALS)):
        raise BadEntitlements(_("Billed overage needs a price of up to four decimals, and a currency."))
    return {"over": over, "price": price, "currency": currency}
