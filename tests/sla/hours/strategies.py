"""Random calendars, zones, instants and lives, where clocks change more often than not."""

from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from sla.hours import WEEKDAYS, CalendarSpec, Event, EventKind, Hours
from sla.hours.zone import regimes
from tests.sla.hours.calendars import at

DAY = 86400
MINUTE = 60
MIDNIGHT = 24 * 60

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Boa_Vista",
    "America/Caracas",
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Etc/UTC",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Lisbon",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)
FROM, UNTIL = at("1990-01-01 00:00"), at("2036-01-01 00:00")


@cache
def changes(name):
    """The instants at which the zone changed its offset."""
    return [regime.starts_at for regime in regimes(ZoneInfo(name), FROM, UNTIL)][1:]


@st.composite
def hours_of_a_day(draw, turn):
    """Up to three disjoint intervals between `turn` minutes after midnight and the same a day later."""
    marks = draw(st.lists(st.integers(turn, turn + MIDNIGHT), max_size=6, unique=True).map(sorted))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Hours(opens * MINUTE, closes * MINUTE) for opens, closes in pairs if opens < MIDNIGHT)


def _round(minutes):
    return minutes // MINUTE * MINUTE


@st.composite
def calendars(draw, days=6, lo=None):
    """A calendar and the first instant of some days in its zone, often around a change of the clock."""
    zone = draw(st.sampled_from(ZONES))
    if lo is None:
        anywhere = st.integers(FROM, UNTIL)
        change = draw(st.sampled_from(changes(zone)) | anywhere if changes(zone) else anywhere)
        lo = _round(change) - draw(st.integers(1, days - 2)) * DAY + draw(st.integers(-600, 600)) * MINUTE
    hours = hours_of_a_day(draw(st.sampled_from((0, 0, 90, 360, 1320))))
    first = date.fromordinal(719163 + lo // DAY - 1)
    dates = st.sampled_from([first + timedelta(days=step) for step in range(days + 3)])
    spec = CalendarSpec(
        tz=zone,
        week={weekday: draw(hours) for weekday in WEEKDAYS},
        holidays=draw(st.frozensets(dates, max_size=2)),
        overrides=draw(st.dictionaries(dates, hours, max_size=2)),
    )
    return spec, lo


@st.composite
def histories(draw, days=6):
    """A calendar's versions, one to three of them, and the first instant of some days as above."""
    spec, lo = draw(calendars(days))
    begun = draw(st.lists(minutes_of(lo, days), max_size=2, unique=True).map(sorted))
    return [(0, spec), *((instant, draw(calendars(days, lo))[0]) for instant in begun)], lo


def minutes_of(lo, days):
    """A whole minute within some days from `lo`."""
    return st.integers(0, days * MIDNIGHT - 1).map(lambda number: lo + number * MINUTE)


PRIORITIES = ("low", "high")
priorities = st.sampled_from(PRIORITIES)

KINDS_OF_A_SIMPLE_LIFE = (
    EventKind.PAUSE,
    EventKind.RESUME,
    EventKind.EXCLUDE,
    EventKind.INCLUDE,
    EventKind.AGENT_REPLY,
    EventKind.CUSTOMER_REPLY,
    EventKind.BOT_REPLY,
    EventKind.SOLVE,
    EventKind.REOPEN,
)


@st.composite
def simple_lives(draw, lo, days):
    """A creation with a priority and up to eight things that happen later, on whole minutes."""
    anything = st.builds(Event, minutes_of(lo, days), st.sampled_from(KINDS_OF_A_SIMPLE_LIFE))
    another = st.builds(Event, minutes_of(lo, days), st.just(EventKind.PRIORITY), priority=priorities)
    happened = sorted(draw(st.lists(anything | another, max_size=8)), key=lambda event: event.at)
    born = draw(minutes_of(lo, 1))
    return [
        Event(born, EventKind.CREATED, priority=draw(priorities)),
        *(event for event in happened if event.at >= born),
    ]
