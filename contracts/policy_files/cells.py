"""One target of a file as a cell, and back."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from contracts.policy_files.facts import CellFacts
from sla.models.policy import Cell

Said = Mapping[str, Any]

METRICS: Final[Mapping[str, str]] = {
    "first_response": Cell.Metric.FIRST_RESPONSE,
    "next_response": Cell.Metric.NEXT_RESPONSE,
    "ongoing_response": Cell.Metric.UPDATE_INTERVAL,
    "update_interval": Cell.Metric.UPDATE_INTERVAL,
    "resolution": Cell.Metric.RESOLUTION,
    "quote_delivery": Cell.Metric.QUOTE_DELIVERY,
}
"""By their names in a file; the first of several is written. What is missing here cannot be measured."""

KINDS: Final[Mapping[str, str]] = {
    "best_effort": Cell.Kind.BEST_EFFORT,
    "none": Cell.Kind.NONE,
    "as_agreed": Cell.Kind.AS_AGREED,
    "not_offered": Cell.Kind.NOT_OFFERED,
}
ON_A_CALENDAR: Final[Mapping[str, tuple[str, int]]] = {
    "minute": (Cell.Unit.MINUTES, 1),
    "hour": (Cell.Unit.HOURS, 60),
    "business_minute": (Cell.Unit.MINUTES, 1),
    "business_hour": (Cell.Unit.HOURS, 60),
    "business_day": (Cell.Unit.DAYS, 0),
    "next_business_day": (Cell.Unit.DAYS, 0),
    "calendar_day": (Cell.Unit.CALENDAR_DAYS, 0),
}
"""The unit of a cell, and its minutes where a fraction of it is a number of minutes."""
WHATEVER_THE_HOURS: Final[Mapping[str, tuple[str, int]]] = {
    "minute": (Cell.Unit.ELAPSED_MINUTES, 1),
    "hour": (Cell.Unit.ELAPSED_HOURS, 60),
}
"""An hour on no calendar is an hour of the clock on the wall."""
MINUTES_OF: Final[Mapping[str, str]] = {
    Cell.Unit.HOURS: Cell.Unit.MINUTES,
    Cell.Unit.ELAPSED_HOURS: Cell.Unit.ELAPSED_MINUTES,
}
WRITTEN: Final[Mapping[str, str]] = {
    Cell.Unit.MINUTES: "business_minute",
    Cell.Unit.HOURS: "business_hour",
    Cell.Unit.DAYS: "business_day",
    Cell.Unit.ELAPSED_MINUTES: "minute",
    Cell.Unit.ELAPSED_HOURS: "hour",
    Cell.Unit.CALENDAR_DAYS: "calendar_day",
}


class NotANumber(ValueError):
    """A length that no whole number of minutes or days is, with a sentence."""


def read(said: Said, *, metric: str, priority: str) -> CellFacts | None:
    """The cell; None where the source does not say, or says what no cell can (see `gaps`).

    Raises:
        NotANumber: half a day, or two thirds of a minute.
    """
    if metric not in METRICS or said.get("kind", "none") not in KINDS:
        return None
    cell = CellFacts(str(METRICS[metric]), priority, str(KINDS.get(said.get("kind", ""), Cell.Kind.TARGET)))
    if "kind" in said:
        return cell
    most, requires = said.get("cap", said), said.get("requires", {})
    unit, amount, lowest = _length(most)
    aim_unit, aim_amount, _lowest = _length(said["aim"]) if "aim" in said else ("", None, None)
    return cell._replace(
        unit=unit,
        amount=amount,
        from_amount=lowest,
        aim_unit=aim_unit,
        aim_amount=aim_amount,
        calendar=most.get("calendar", ""),
        channel=requires.get("channel", ""),
        named_contacts_only=bool(requires.get("named_contact", False)),
    )


def write(cell: CellFacts) -> dict[str, Any]:
    """A target of the file that reads as that cell."""
    if cell.kind != Cell.Kind.TARGET:
        return {"kind": str(cell.kind)}
    most: dict[str, Any] = {"unit": WRITTEN[cell.unit]}
    if cell.from_amount is None:
        most["value"] = cell.amount
    else:
        most |= {"min": cell.from_amount, "max": cell.amount}
    if cell.calendar:
        most["calendar"] = cell.calendar
    aim = {"value": cell.aim_amount, "unit": WRITTEN[cell.aim_unit]} if cell.aim_amount is not None else None
    said = {"aim": aim, "cap": most} if aim else most
    requires: dict[str, Any] = {"channel": cell.channel} if cell.channel else {}
    if cell.named_contacts_only:
        requires["named_contact"] = True
    return said | ({"requires": requires} if requires else {})


def _length(said: Said) -> tuple[str, int, int | None]:
    unit, minutes = _unit(said)
    highest = said.get("max", said.get("value"))
    if highest is None:
        raise NotANumber("A length has a value, or a range from min to max")
    if _is_whole(highest) and _is_whole(said.get("min", 0)):
        return unit, int(highest), int(said["min"]) if "min" in said else None
    return _in_minutes(said, unit, minutes, highest)


def _unit(said: Said) -> tuple[str, int]:
    if "calendar" not in said and said["unit"] in WHATEVER_THE_HOURS:
        return WHATEVER_THE_HOURS[said["unit"]]
    return ON_A_CALENDAR[said["unit"]]


def _in_minutes(said: Said, unit: str, minutes: int, highest: float) -> tuple[str, int, int | None]:
    """Half an hour is thirty minutes."""
    most, least = _times(highest, minutes), _times(said["min"], minutes) if "min" in said else None
    if most is None or unit not in MINUTES_OF or ("min" in said and least is None):
        raise NotANumber(f"{highest} {said['unit']} is no whole number of minutes or days")
    return MINUTES_OF[unit], most, least


def _times(value: float, minutes: int) -> int | None:
    exact = Fraction(str(value)) * minutes
    return int(exact) if exact.denominator == 1 and exact else None


def _is_whole(value: float) -> bool:
    return Fraction(str(value)).denominator == 1
