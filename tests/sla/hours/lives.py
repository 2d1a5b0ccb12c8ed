"""Short ways to tell the life of clocks: Lisbon 9-21, the published targets, January 2026."""

from sla.hours import Event, EventKind, Metric, Target, Terms, replay
from tests.sla.hours.calendars import LISBON, at, shown, timeline

HOUR = 3600
OFFICE = timeline(LISBON)

TERMS = Terms(
    {
        Metric.FIRST_RESPONSE: {
            "low": Target.days(2),
            "medium": Target.days(1),
            "high": Target.seconds(12 * HOUR),
            "urgent": Target.seconds(4 * HOUR),
            "bulk": None,
        },
        Metric.NEXT_RESPONSE: {"high": Target.seconds(2 * HOUR), "urgent": Target.seconds(HOUR)},
        Metric.RESOLUTION: {
            "low": Target.seconds(24 * HOUR),
            "medium": Target.seconds(24 * HOUR),
            "high": Target.seconds(24 * HOUR),
            "urgent": Target.seconds(6 * HOUR),
        },
    }
)
UPGRADE = Terms(
    {
        Metric.FIRST_RESPONSE: {"medium": Target.seconds(3 * HOUR)},
        Metric.NEXT_RESPONSE: {"medium": Target.seconds(2 * HOUR)},
        Metric.RESOLUTION: {"medium": Target.seconds(4 * HOUR)},
    }
)


def created(priority="medium", when="12 10:00"):
    return happens("created", when, priority=priority)


def happens(kind, when, **facts):
    """Something on a day of January 2026, `12 10:00` being Monday morning."""
    return Event(at(f"2026-01-{when}"), EventKind(kind), **facts)


def clocks(*events, now="30 20:00", terms=TERMS, line=OFFICE):
    return replay(events, terms, line, at(f"2026-01-{now}"))


def clock(metric, *events, cycle=1, **settings):
    """One clock as words: its state and whatever is dated or counted about it."""
    found = [one for one in clocks(*events, **settings) if (one.metric, one.cycle) == (metric, cycle)]
    return words(found[0]) if found else None


def words(one):
    dated = {
        "due": one.due_at,
        "met": one.met_at,
        "breached": one.breached_at,
    }
    counted = {} if one.remaining is None else {"left": one.remaining / HOUR}
    told = {name: shown(when).removeprefix("2026-01-") for name, when in dated.items() if when is not None}
    return {"state": str(one.state), **told, **counted}


def first(*events, **settings):
    return clock(Metric.FIRST_RESPONSE, *events, **settings)


def following(*events, **settings):
    return clock(Metric.NEXT_RESPONSE, *events, **settings)


def resolution(*events, **settings):
    return clock(Metric.RESOLUTION, *events, **settings)
