"""What is promised: a target, and the terms that say which target holds for which metric and priority."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self


class Unit(StrEnum):
    """What a target's amount counts, always in open time."""

    SECONDS = "seconds"
    DAYS = "days"


class DayMode(StrEnum):
    """What "N business days" means (D4)."""

    CLOSE_OF_NTH_DAY = "close_of_nth_day"
    FROM_NEXT_OPENING = "from_next_opening"
    SCHEDULE_HOURS = "schedule_hours"
    SAME_CLOCK_TIME = "same_clock_time"
    FULL_DAYS_24H = "full_days_24h"


class Metric(StrEnum):
    """What is measured, in the order in which it is shown."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE_INTERVAL = "update_interval"
    RESOLUTION = "resolution"
    QUOTE_DELIVERY = "quote_delivery"


@dataclass(frozen=True, slots=True)
class Target:
    """So many open seconds, or so many business days. Raises ValueError on a negative number."""

    unit: Unit
    amount: int
    day_mode: DayMode = DayMode.CLOSE_OF_NTH_DAY
    floor_seconds: int = 0
    """Open seconds before which a day target is never due (D4b); 0 is off."""
    day_seconds: int = 0
    """Length of a day under `schedule_hours`; 0 is the calendar's standard day."""
    calendar: int = 0
    """The number of the calendar on which it counts; 0 is that of the work."""

    def __post_init__(self) -> None:
        if min(self.amount, self.floor_seconds, self.day_seconds) < 0:
            raise ValueError(f"A target counts forward: {self}")

    @classmethod
    def seconds(cls, amount: int) -> Self:
        """That many open seconds."""
        return cls(Unit.SECONDS, amount)

    @classmethod
    def days(cls, amount: int, mode: DayMode = DayMode.CLOSE_OF_NTH_DAY) -> Self:
        """That many business days, without a floor."""
        return cls(Unit.DAYS, amount, mode)

    def floored(self, standard_day_seconds: int) -> Self:
        """The same with the floor of D4b: N standard days in open time; hour targets have none."""
        if self.unit is Unit.SECONDS:
            return self
        return replace(self, floor_seconds=self.amount * standard_day_seconds)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            unit=Unit(data["unit"]),
            amount=int(data["amount"]),
            day_mode=DayMode(data.get("day_mode", DayMode.CLOSE_OF_NTH_DAY)),
            floor_seconds=int(data.get("floor_seconds", 0)),
            day_seconds=int(data.get("day_seconds", 0)),
            calendar=int(data.get("calendar", 0)),
        )

    def to_json(self) -> dict[str, str | int]:
        """Plain values for a JSON column; an hour target needs only its amount."""
        written: dict[str, str | int] = {"unit": str(self.unit), "amount": self.amount}
        if self.unit is not Unit.SECONDS:
            written |= {
                "day_mode": str(self.day_mode),
                "floor_seconds": self.floor_seconds,
                "day_seconds": self.day_seconds,
            }
        return written | ({"calendar": self.calendar} if self.calendar else {})


@dataclass(frozen=True, slots=True)
class Terms:
    """Every target by metric and priority, as snapshot at receipt (R2); None is "no target"."""

    targets: Mapping[Metric, Mapping[str, Target | None]] = field(default_factory=dict)
    grace_seconds: int = 0
    """Open seconds that a change leaves when it would put a due time into the past (D9); 0 is none."""
    clamps_first_response: bool = False
    """Whether a first response is due no later than the resolution (D6); else the clocks are independent."""

    @property
    def calendars(self) -> frozenset[int]:
        """The numbers of the calendars that single targets name."""
        cells = (target for cells in self.targets.values() for target in cells.values())
        return frozenset(target.calendar for target in cells if target is not None and target.calendar)

    def counted_on(self, calendar: int) -> "Terms":
        """The same, with every target that names no calendar on that one."""
        return replace(
            self,
            targets={
                metric: {key: _counted_on(calendar, target) for key, target in cells.items()}
                for metric, cells in self.targets.items()
            },
        )

    def target(self, metric: Metric, priority: str) -> Target | None:
        """The target of that cell; None too when nobody defined it (R1)."""
        return self.targets.get(metric, {}).get(priority)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        targets = {Metric(metric): _cells(cells) for metric, cells in data["targets"].items()}
        return cls(targets, int(data.get("grace_seconds", 0)), bool(data.get("clamps_first_response", False)))

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return {
            "targets": {str(metric): _cells_to_json(cells) for metric, cells in self.targets.items()},
            "grace_seconds": self.grace_seconds,
            "clamps_first_response": self.clamps_first_response,
        }


def _counted_on(calendar: int, target: Target | None) -> Target | None:
    return replace(target, calendar=calendar) if target is not None and not target.calendar else target


def _cells(data: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Target | None]:
    return {priority: Target.from_json(cell) if cell is not None else None for priority, cell in data.items()}


def _cells_to_json(cells: Mapping[str, Target | None]) -> dict[str, dict[str, str | int] | None]:
    return {priority: cell.to_json() if cell else None for priority, cell in cells.items()}
