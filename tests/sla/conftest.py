"""What the stories of the clocks share: March 2026 in Lisbon, where it is UTC until the 29th."""

from datetime import UTC, datetime

import pytest

from sla import clocks, policies
from sla.models import Clock, ClockSet

BY = "account:1"


def march(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of March 2026, in Lisbon as in UTC; the 10th is a Tuesday."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


RECEIVED = march(10, 10)


@pytest.fixture
def terms(policy_version):
    """The published numbers."""
    return policies.terms_of(policy_version)


@pytest.fixture
def begin(calendar, policy_version, terms):
    """Start the clocks of something received on Tuesday the 10th at ten."""

    def begin(priority: str = "urgent", *, at: datetime = RECEIVED, **changes) -> ClockSet:
        given = {"terms": terms, "calendar": calendar, "policy_version": policy_version}
        return clocks.start(**(given | changes), priority=priority, at=at, by="system:intake")

    return begin


def clock_of(clock_set: ClockSet, metric: str, cycle: int = 1) -> Clock:
    return clock_set.clocks.get(metric=metric, cycle=cycle)


def stands(clock_set: ClockSet) -> dict[str, tuple]:
    """Every clock of a set: its state, due time and miss."""
    return {
        clock.metric if clock.cycle == 1 else f"{clock.metric} {clock.cycle}": (
            clock.state,
            clock.due_at,
            clock.breached_at,
        )
        for clock in clock_set.clocks.order_by("id")
    }


def rang(clock_set: ClockSet, metric: str) -> list[tuple[int, datetime]]:
    """At which percentages a clock rang, and when it reached them."""
    alarms = clock_of(clock_set, metric).alarms.order_by("percent")
    return list(alarms.values_list("percent", "rang_at"))
