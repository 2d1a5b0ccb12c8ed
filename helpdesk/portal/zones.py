"""Time zones as people read them."""

import zoneinfo

from helpdesk.notifications import languages, moments


def known_zone(name: str) -> zoneinfo.ZoneInfo | None:
    """The zone of that IANA name, or none when there is no such zone."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_name(zone: str) -> str:
    """A zone spelled out in the reader's language: "Lisbon time (WET/WEST)" (D2)."""
    return moments.zone_said(zone, languages.active())


def city(zone: str) -> str:
    """The place that gives a zone its name: "Lisbon"."""
    place = zone.rpartition("/")[2].replace("_", " ")
    return moments.CITIES.get(languages.active(), {}).get(place, place)
