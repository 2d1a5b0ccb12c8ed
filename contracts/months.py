"""The calendar month in which a quota is counted (D12)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self
from zoneinfo import ZoneInfo

from sla.hours.zone import zone as zone_named

DECEMBER: Final = 12
WRITTEN: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in one zone: `[starts_at, ends_at)` in UTC, whatever summer time does inside."""

    year: int
    number: int
    zone: str

    @classmethod
    def at(cls, instant: datetime, *, zone: str) -> Self:
        """The month that the zone's calendar shows at that aware instant.

        Raises:
            UnknownZone.
        """
        local = instant.astimezone(zone_named(zone))
        month = cls(local.year, local.month, zone)
        # Where clocks went back over midnight (St John's, November 2009) the old month is read once more.
        return month if instant < month.ends_at else month.next

    @classmethod
    def written(cls, text: str, *, zone: str) -> Self:
        """The month that is written `2026-03`.

        Raises:
            ValueError: it is written otherwise, or the year cannot be reckoned with.
            UnknownZone.
        """
        match = WRITTEN.fullmatch(text)
        if match is None or not 1970 <= int(match[1]) <= 9000:  # noqa: PLR2004 - zones know no more
            raise ValueError(f"A month is written like 2026-03, not {text[:20]!r}.")
        return cls(int(match[1]), int(match[2]), zone)

    @property
    def starts_at(self) -> datetime:
        """The first instant; where midnight is skipped, the instant that comes in its place."""
        return _midnight(self.year, self.number, zone_named(self.zone))

    @property
    def ends_at(self) -> datetime:
        """The first instant of the next month."""
        return self.next.starts_at

    @property
    def next(self) -> Self:
        """The month after."""
        if self.number == DECEMBER:
            return type(self)(self.year + 1, 1, self.zone)
        return type(self)(self.year, self.number + 1, self.zone)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def _midnight(year: int, month: int, zone: ZoneInfo) -> datetime:
    return datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
