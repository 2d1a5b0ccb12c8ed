"""Calendars and instants for the stories of business time."""

from sla.hours import CalendarSpec, Timeline, calendar_from_json
from sla.hours.instants import epoch, iso

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WEEKDAYS, "sat", "sun")


def calendar(*hours, days=WEEKDAYS, tz="Europe/Lisbon", **more) -> CalendarSpec:
    """The same hours on each of the days."""
    return calendar_from_json({"tz": tz, "week": {day: list(hours) for day in days}, **more})


LISBON = calendar(["09:00", "21:00"])
ALWAYS = calendar(["00:00", "24:00"], days=ALL_DAYS)
NIGHTS = calendar(["22:00", "06:00"])
PORTUGAL_2026 = calendar(
    ["09:00", "21:00"],
    holidays=["2026-04-03", "2026-06-04", "2026-06-10", "2026-12-01", "2026-12-08", "2026-12-25"],
    overrides={"2026-12-24": [["09:00", "13:00"]], "2026-12-31": []},
)


def at(text: str) -> int:
    """UTC epoch seconds of `2026-01-12 10:00`, with an offset when it is not UTC's."""
    return epoch(text if text[-6] in "+-" and text[-3] == ":" else f"{text}+00:00")


def timeline(*versions, lo="2025-01-01 00:00", hi="2028-01-01 00:00") -> Timeline:
    """The timeline of one calendar, or of `(instant, calendar)` versions."""
    dated = [version if isinstance(version, tuple) else (0, version) for version in versions]
    return Timeline.build(dated, at(lo), at(hi))


def shown(instant: int) -> str:
    """The instant as `2026-01-12 10:00`, with seconds when it has them."""
    return iso(instant).replace("T", " ").removesuffix("Z").removesuffix(":00")
