"""Zones: names, offsets, and the stretches of time during which an offset does not change."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sla.hours.errors import UnknownZone
from sla.hours.instants import DAY

EPOCH_ORDINAL: Final = datetime(1970, 1, 1, tzinfo=UTC).toordinal()

_ALIASES: Final = {"WET": "Europe/Lisbon"}
_SECOND: Final = timedelta(seconds=1)


class Regime(NamedTuple):
    """A stretch of time with one offset from UTC, in seconds."""

    starts_at: int
    ends_at: int
    offset: int


def canonical(name: str) -> str:
    """The name under which a zone is stored: `WET` means Lisbon's time (D2). Raises UnknownZone."""
    name = _ALIASES.get(name, name)
    if name not in _known_zones():
        raise UnknownZone(f"There is no time zone {name!r}; names are like Europe/Lisbon.")
    return name


def zone(name: str) -> ZoneInfo:
    """The zone of that name or alias. Raises UnknownZone."""
    return ZoneInfo(canonical(name))


def offset_at(tz: ZoneInfo, instant: int) -> int:
    """Seconds to add to UTC at that instant."""
    offset = datetime.fromtimestamp(instant, tz).utcoffset() or timedelta()
    return offset // _SECOND


def regimes(tz: ZoneInfo, lo: int, hi: int) -> list[Regime]:
    """The constant-offset regimes that cover `[lo, hi)`, in order.

    Found by looking once a day and halving between: since 1970 no zone has kept an offset for less than
    six days (Boa Vista, October 2000), so that none is stepped over.
    """
    found: list[Regime] = []
    starts_at, offset, looked_at = lo, offset_at(tz, lo), lo
    while looked_at < hi:
        before, looked_at = looked_at, min(looked_at + DAY, hi)
        changed = offset_at(tz, looked_at)
        if changed != offset:
            ends_at = _change_between(tz, before, looked_at)
            found.append(Regime(starts_at, ends_at, offset))
            starts_at, offset = ends_at, changed
    return [*found, Regime(starts_at, hi, offset)] if starts_at < hi else found


def local_date(tz: ZoneInfo, instant: int) -> int:
    """The ordinal of the date that the zone's calendar shows at that instant."""
    return (instant + offset_at(tz, instant)) // DAY + EPOCH_ORDINAL


def local_second(tz: ZoneInfo, instant: int) -> int:
    """Seconds since local midnight, as read from the zone's clock."""
    return (instant + offset_at(tz, instant)) % DAY


def instant_of(tz: ZoneInfo, date: int, second: int) -> int:
    """When the clock reads `second` seconds after midnight of the date with that ordinal.

    Of a time that comes twice the first; a time that is skipped moves on by what was skipped.
    """
    wall = datetime.fromordinal(date).replace(tzinfo=tz) + timedelta(seconds=second)
    return int(wall.timestamp())


def is_read(tz: ZoneInfo, date: int, second: int) -> bool:
    """Whether the zone's clock ever reads that time on that date."""
    wall = (date - EPOCH_ORDINAL) * DAY + second
    offsets = {offset_at(tz, wall - DAY), offset_at(tz, wall + DAY)}
    return any(offset_at(tz, wall - offset) == offset for offset in offsets)


@lru_cache(maxsize=1)
def zone_data_version() -> str:
    """The release of the zone data in use, like `2026a`; empty when it does not say.

    Part of every due time: the data of the system wins over the package's unless PYTHONTZPATH is empty.
    """
    for folder in zoneinfo.TZPATH:
        listed = Path(folder, "tzdata.zi")
        if listed.is_file():
            return _release(listed)
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except ImportError:
        return ""


def _release(listed: Path) -> str:
    with listed.open(encoding="ascii", errors="replace") as lines:
        return next(lines, "").removeprefix("# version ").strip()


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _change_between(tz: ZoneInfo, lo: int, hi: int) -> int:
    """The first instant after `lo` with another offset than at `lo`; at `hi` it is another."""
    offset = offset_at(tz, lo)
    while hi - lo > 1:
        middle = (lo + hi) // 2
        if offset_at(tz, middle) == offset:
            lo = middle
        else:
            hi = middle
    return hi
