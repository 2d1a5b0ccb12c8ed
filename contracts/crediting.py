"""Service credits: what a binding agreement gives back when its times are missed, as data (AM-03).

A scheme is kept as JSON in a contract's version, for example
`{"basis": ["first_response"], "period": "month", "rule": {"type": "per_breach", "credit_percent": "5"},
"of": "monthly fee", "cap_percent": "100", "claim_days": 30}`. It is stored and shown; who claims is a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext, ngettext

from contracts import money

METRICS: Final = ("first_response", "next_response", "update_interval", "resolution")
PERIODS: Final = ("month", "quarter", "year")
KEYS: Final = frozenset({"basis", "period", "rule", "of", "cap_percent", "claim_days", "form"})
PER_BREACH, THRESHOLD, TIERS = "per_breach", "threshold", "tiers"
RULE_KEYS: Final = {
    PER_BREACH: frozenset({"type", "credit_percent"}),
    THRESHOLD: frozenset({"type", "credit_percent", "more_than"}),
    TIERS: frozenset({"type", "tiers"}),
}
MOST_TIERS: Final = 20
MOST_DAYS: Final = 366
LONGEST: Final = 200
ALL: Final = Decimal(100)
NOTHING: Final = Decimal(0)


class SchemeRefused(ValueError):
    """No scheme of credits, with a sentence for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Step:
    """From so many misses in a period on, so many percent are given back."""

    misses: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    """What is counted, in which period, and what it gives.

    Of `per_breach` each miss gives so many percent; else the highest of `steps` that is reached does. Never
    more than `cap` percent of `of`.
    """

    basis: tuple[str, ...]
    period: str
    per_breach: Decimal | None
    steps: tuple[Step, ...]
    of: str
    cap: Decimal
    claim_days: int | None
    form: str = ""


def parse(value: Any) -> Scheme:
    """A scheme as it is kept.

    Raises:
        SchemeRefused: an unknown member, no number, a tier that gives no more than the one before.
    """
    if not isinstance(value, Mapping):
        raise SchemeRefused("A scheme of credits is an object.")
    unknown = sorted(set(map(str, value)) - KEYS)
    if unknown:
        raise SchemeRefused(f"A scheme has no “{unknown[0][:40]}”.")
    basis = tuple(value.get("basis") or ())
    if not basis or not set(basis) <= set(METRICS) or isinstance(value.get("basis"), str):
        raise SchemeRefused(f"“basis” lists what is counted, of {', '.join(METRICS)}.")
    if value.get("period") not in PERIODS:
        raise SchemeRefused(f"“period” is one of {', '.join(PERIODS)}.")
    per_breach, steps = _rule(value.get("rule"))
    return Scheme(
        basis=basis,
        period=value["period"],
        per_breach=per_breach,
        steps=steps,
        of=_text(value, "of"),
        cap=_percent(value["cap_percent"], "cap_percent") if "cap_percent" in value else ALL,
        claim_days=_days(value.get("claim_days")),
        form=_text(value, "form") if "form" in value else "",
    )


def _rule(rule: Any) -> tuple[Decimal | None, tuple[Step, ...]]:
    kind = rule.get("type") if isinstance(rule, Mapping) else None
    if kind not in RULE_KEYS:
        raise SchemeRefused(f"“rule” has a type, one of {', '.join(RULE_KEYS)}.")
    if set(rule) != RULE_KEYS[kind]:
        raise SchemeRefused(f"A rule of type {kind} has just {', '.join(sorted(RULE_KEYS[kind]))}.")
    if kind == PER_BREACH:
        return _percent(rule["credit_percent"], "credit_percent"), ()
    if kind == THRESHOLD:
        step = Step(_count(rule["more_than"]) + 1, _percent(rule["credit_percent"], "credit_percent"))
        return None, (step,)
    return None, _tiers(rule["tiers"])


def _tiers(tiers: Any) -> tuple[Step, ...]:
    if not isinstance(tiers, list) or not 0 < len(tiers) <= MOST_TIERS:
        raise SchemeRefused("“tiers” is a list of one to twenty.")
    if not all(isinstance(tier, Mapping) and set(tier) == {"from", "credit_percent"} for tier in tiers):
        raise SchemeRefused("A tier has just from and credit_percent.")
    steps = tuple(
        Step(_count(tier["from"]), _percent(tier["credit_percent"], "credit_percent")) for tier in tiers
    )
    rises = all(
        one.misses < next_one.misses and one.percent < next_one.percent for one, next_one in pairwise(steps)
    )
    if not rises or steps[0].misses < 1:
        raise SchemeRefused("Each tier begins later and gives more than the one before.")
    return steps


def _percent(value: Any, name: str) -> Decimal:
    """A percentage, written as text or a whole number: a float would not be exact."""
    try:
        number = Decimal(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number <= 0:
        raise SchemeRefused(f'“{name}” is a percentage above 0, such as 5 or "2.5".')
    return number


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 10_000:  # noqa: PLR2004 - misses in a period
        raise SchemeRefused("Misses are counted in whole numbers.")
    return value


def _days(value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 < value <= MOST_DAYS:
        raise SchemeRefused("“claim_days” is a number of days of at most a year.")
    return value


def _text(value: Mapping[str, Any], name: str) -> str:
    words = value.get(name)
    if not isinstance(words, str) or not words.strip() or len(words) > LONGEST:
        raise SchemeRefused(f"“{name}” says in a few words of what, such as the monthly fee.")
    return words.strip()


def owed(scheme: Scheme, misses: int) -> Decimal:
    """Percent that so many misses in one period give back: 0 for none, never more than the cap."""
    if misses <= 0:
        return NOTHING
    if scheme.per_breach is not None:
        return min(scheme.per_breach * misses, scheme.cap)
    reached = [step.percent for step in scheme.steps if misses >= step.misses]
    return min(max(reached, default=NOTHING), scheme.cap)


def in_words(scheme: Scheme) -> str:
    """The scheme as a customer reads it, in the active language."""
    facts = {"of": scheme.of, "period": WITHIN[scheme.period](), "cap": money.exact(scheme.cap)}
    if scheme.per_breach is not None:
        said = gettext("%(percent)s %% of the %(of)s for each miss %(period)s") % {
            **facts, "percent": money.exact(scheme.per_breach),
        }  # fmt: skip
    else:
        said = gettext("; ").join(_step(step, facts) for step in scheme.steps)
    said += gettext(", at most %(cap)s %%") % facts
    if scheme.claim_days is not None:
        days = ngettext(
            "; claim within %(n)d day of the end of the period",
            "; claim within %(n)d days of the end of the period",
            scheme.claim_days,
        )
        said += days % {"n": scheme.claim_days}
    return said


def _step(step: Step, facts: Mapping[str, str]) -> str:
    words = ngettext(
        "%(percent)s %% of the %(of)s from %(n)d miss %(period)s on",
        "%(percent)s %% of the %(of)s from %(n)d misses %(period)s on",
        step.misses,
    )
    return words % {**facts, "percent": money.exact(step.percent), "n": step.misses}


WITHIN: Final = {
    "month": lambda: gettext("in a month"),
    "quarter": lambda: gettext("in a quarter"),
    "year": lambda: gettext("in a year"),
}
