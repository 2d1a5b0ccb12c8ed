"""What the columns of a file of contracts are, as they are written and as they are read.

Empty says nothing: the plan or policy is what holds. `units` is empty (the plan's), `unlimited` or a number;
`plan_version` a number or `latest`; lists are separated by semicolons; dates are those of the contract's
zone, and `ends_on` is its last day. `cells` says what the agreement promises otherwise, such as
`first_response/urgent = 2 business_hours; resolution/low = best_effort`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts import money
from contracts.words import tidied
from sla.hours.errors import UnknownZone
from sla.hours.zone import canonical
from sla.models.policy import Cell

PLACES: Final = (
    "reference", "organisation", "more_organisations", "plan", "plan_version", "policy_version", "calendar",
    "starts_on", "ends_on", "zone",
)  # fmt: skip
"""What names other rows, and when it holds; the rest of the columns are fields of a contract's version."""

DAY: Final = timedelta(days=1)
CELL: Final = re.compile(
    r"(?P<metric>[a-z_]+)/(?P<priority>[\w-]+)(?P<named>!)?(?:@(?P<channel>[\w-]+))?\s*=\s*(?P<said>[^;]+)"
)
NUMBER: Final = re.compile(
    r"(?:(?P<first>\d+)-)?(?P<amount>\d+) (?P<unit>[a-z_]+)"
    r"(?: aim (?P<aim>\d+) (?P<aim_unit>[a-z_]+))?(?: on (?P<calendar>[\w-]+))?"
)
LONGEST_NUMBER: Final = 9


class Wrong(ValueError):
    """A cell of a file that cannot be, with its column and a sentence for whoever wrote it."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(f"{column}: {sentence}")
        self.column, self.sentence = column, sentence


@dataclass(frozen=True, slots=True)
class Said:
    """A row as it was read: what it names by key, when it holds, and the version's own words."""

    reference: str
    organisation: str
    more: tuple[str, ...]
    plan: str
    plan_version: int | None
    """None follows the latest."""
    policy_version: tuple[str, int] | None
    calendar: str
    starts_at: datetime
    ends_at: datetime | None
    zone: str
    fields: Mapping[str, Any]
    cells: tuple[Mapping[str, Any], ...] = field(default=())


# --- one cell -----------------------------------------------------------------------------------


def _text(_column: str, words: str) -> str:
    return words


def _yes(column: str, words: str) -> bool:
    if words.casefold() not in {"", "yes", "no", "true", "false", "1", "0"}:
        raise Wrong(column, "Write yes or no.")
    return words.casefold() in {"yes", "true", "1"}


def _whole(column: str, words: str) -> int | None:
    if not words:
        return None
    if not (words.isascii() and words.isdecimal() and len(words) <= LONGEST_NUMBER):
        raise Wrong(column, "Write a whole number of 0 or more.")
    return int(words)


def _added(column: str, words: str) -> int:
    return _whole(column, words) or 0


def _exact(column: str, words: str) -> Decimal | None:
    if not words:
        return None
    try:
        number = Decimal(words)
    except InvalidOperation:
        raise Wrong(column, "Write an amount with a point, such as 12.50.") from None
    if not number.is_finite() or number < 0:
        raise Wrong(column, "An amount is 0 or more.")
    return number


def _list(_column: str, words: str) -> list[str] | None:
    return [part.strip() for part in words.split(";") if part.strip()] or None


def _numbers(column: str, words: str) -> list[int] | None:
    named = _list(column, words)
    return None if named is None else [_whole(column, part) or 0 for part in named]


def _json(column: str, words: str) -> Any:
    try:
        return json.loads(words) if words else None
    except ValueError:
        raise Wrong(column, "This is no JSON.") from None


FIELDS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "is_binding": _yes,
    "agreement_reference": _text,
    "allows_excuses": _yes,
    "document": _text,
    "day_mode": _text,
    "channels": _list,
    "units_added": _added,
    "quota_metric": _text,
    "quota_period": _text,
    "anchor_day": _whole,
    "anchor_month": _whole,
    "rollover_periods": _whole,
    "over_quota": _text,
    "overage_price": _exact,
    "overage_currency": _text,
    "approval_hours": _whole,
    "approval_default": _text,
    "thresholds": _numbers,
    "named_contacts_max": _whole,
    "credit_scheme": _json,
}
"""Columns that are fields of a contract's version, each with how it is read."""
COLUMNS: Final = (*PLACES, "units", *FIELDS, "cells")
NEEDED: Final = ("reference", "organisation", "plan", "starts_on")


def read(row: Mapping[str, Any]) -> Said:
    """A row as a contract would say it.

    Raises:
        Wrong: a cell that cannot be, an unknown column, or one that is needed and empty.
    """
    unknown = sorted({str(name) for name in row} - set(COLUMNS))
    if unknown:
        raise Wrong(unknown[0], "There is no such column.")
    words = {column: _words(row.get(column)) for column in COLUMNS}
    for column in NEEDED:
        if not words[column]:
            raise Wrong(column, "This is needed.")
    zone = _zone(words["zone"])
    return Said(
        reference=words["reference"],
        organisation=words["organisation"],
        more=tuple(_list("more_organisations", words["more_organisations"]) or ()),
        plan=words["plan"],
        plan_version=_version(words["plan_version"]),
        policy_version=_policy(words["policy_version"]),
        calendar=words["calendar"],
        starts_at=_midnight("starts_on", words["starts_on"], zone),
        ends_at=_midnight("ends_on", words["ends_on"], zone, days=1) if words["ends_on"] else None,
        zone=zone,
        fields=_units(words["units"]) | {name: parse(name, words[name]) for name, parse in FIELDS.items()},
        cells=tuple(_cells(words["cells"])),
    )


def _words(cell: Any) -> str:
    """A cell as text: spreadsheets give dates and numbers, and what we wrote as text stands after a quote."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    words = tidied(str(cell))
    return words.removeprefix("'")


def _zone(words: str) -> str:
    try:
        return canonical(words or "Europe/Lisbon")
    except UnknownZone:
        raise Wrong("zone", "There is no such time zone.") from None


def _version(words: str) -> int | None:
    if words.casefold() in {"", "latest"}:
        return None
    return _whole("plan_version", words)


def _policy(words: str) -> tuple[str, int] | None:
    if not words:
        return None
    key, _slash, number = words.rpartition("/")
    if not key or not number.isdecimal() or len(number) > LONGEST_NUMBER:
        raise Wrong("policy_version", "Write the policy's key and its version's number, such as support/2.")
    return key, int(number)


def _midnight(column: str, words: str, zone: str, *, days: int = 0) -> datetime:
    try:
        day = date.fromisoformat(words[:10])
        local = datetime.combine(day + days * DAY, time(), tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong(column, "Write a date such as 2026-12-31.") from None


def _units(words: str) -> dict[str, Any]:
    """Empty is the plan's; null is unlimited and 0 is none, so neither is an empty cell (D15)."""
    if not words:
        return {"units_source": "plan", "units": None}
    units = None if words.casefold() == "unlimited" else _whole("units", words)
    return {"units_source": "own", "units": units}


def _cells(words: str) -> list[Mapping[str, Any]]:
    return [_cell(part) for part in words.split(";") if part.strip()]


def _cell(words: str) -> Mapping[str, Any]:
    found = CELL.fullmatch(words.strip())
    if found is None or found["metric"] not in Cell.Metric.values:
        raise Wrong(
            "cells", f"“{words.strip()[:60]}” is no cell, such as resolution/high = 8 business_hours."
        )
    place = {
        "metric": found["metric"],
        "priority": found["priority"],
        "named_contacts_only": bool(found["named"]),
        "channel": found["channel"] or "",
    }
    said = found["said"].strip()
    if said in set(Cell.Kind.values) - {Cell.Kind.TARGET}:
        return {**place, "kind": said, "unit": "", "amount": None}
    return {**place, "kind": Cell.Kind.TARGET, **_number(said)}


def _number(words: str) -> dict[str, Any]:
    found = NUMBER.fullmatch(words)
    units = set() if found is None else {found["unit"], found["aim_unit"] or found["unit"]}
    if found is None or not units <= set(Cell.Unit.values):
        raise Wrong("cells", f"“{words[:60]}” is no target, such as 8 business_hours or best_effort.")
    amounts = {"amount": found["amount"], "from_amount": found["first"], "aim_amount": found["aim"]}
    return {
        "unit": found["unit"],
        "aim_unit": found["aim_unit"] or "",
        "calendar": found["calendar"] or "",
        **{name: _whole("cells", number) if number else None for name, number in amounts.items()},
    }


# --- as they are written ------------------------------------------------------------------------


def write(value: Any) -> str:
    """A field's value as its cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return money.exact(value)
        case list():
            return "; ".join(map(str, value))
        case dict():
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
        case _:
            return str(value)


def write_units(source: str, units: int | None) -> str:
    """The cell of a quota's number."""
    if source == "plan":
        return ""
    return "unlimited" if units is None else str(units)


def write_day(instant: datetime | None, zone: str, *, is_end: bool = False) -> str:
    """The cell of a day; of an end the last day that belongs to it."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone))
    return (local - DAY if is_end else local).date().isoformat()


def write_cell(cell: Any) -> str:
    """One cell of an agreement."""
    place = f"{cell.metric}/{cell.priority.key}{'!' if cell.named_contacts_only else ''}"
    place += f"@{cell.channel}" if cell.channel else ""
    if cell.kind != Cell.Kind.TARGET:
        return f"{place} = {cell.kind}"
    said = f"{cell.from_amount}-{cell.amount}" if cell.from_amount else str(cell.amount)
    said += f" {cell.unit}"
    said += f" aim {cell.aim_amount} {cell.aim_unit}" if cell.aim_amount else ""
    said += f" on {cell.calendar.key}" if cell.calendar else ""
    return f"{place} = {said}"
