"""Reports of other desks: waiting, reopening and being late, counted wrongly. With rows, as they are kept."""

import pytest
from django.utils import timezone

from sla import calendars, clocks, hours, projection
from sla.hours import EventKind, Metric, Target, Terms
from sla.models import Clock
from sla.timekeeping import to_epoch
from tests.sla.conftest import BY, clock_of, march, stands
from tests.sla.hours.calendars import at
from tests.sla.hours.lives import OFFICE, created, first, happens

pytestmark = pytest.mark.django_db

K = EventKind
HOUR = 3600


@pytest.fixture
def resolution(begin):
    """The resolution clock of an urgent ticket of Tuesday the 10th, ten o'clock, after what happened."""

    def live(*happenings, start=None, **facts):
        clock_set = begin("urgent", **({"at": start} if start else {}))
        for kind, when in happenings:
            clocks.record(clock_set, kind, at=when, by=BY, **facts)
        return clock_of(clock_set, "resolution")

    return live


def told(clock: Clock) -> tuple:
    return clock.state, clock.due_at, clock.breached_at


def overdue(clock: Clock, now) -> float:
    """Open hours by which a clock is late at that moment."""
    (work,) = projection.load([clock.clock_set], clocks=[])
    states = projection.states_of(work, at=now)
    state = next(state for state in states if (state.metric, state.cycle) == (clock.metric, clock.cycle))
    late = calendars.reckon(
        clock.calendar, lambda open_time: hours.overdue_seconds(state, open_time, to_epoch(now)), at=now
    )
    return late / HOUR


# --- waiting for the customer ---------------------------------------------------------------------


def test_waiting_moves_the_due_time_and_not_the_receipt(resolution):
    """frappe/helpdesk#2449: the hold was added to the creation, so everything started later."""
    clock = resolution((K.PAUSE, march(10, 12)), (K.CUSTOMER_REPLY, march(10, 15)))

    assert told(clock) == ("running", march(12, 13), None)
    assert (clock.started_at, clock.clock_set.started_at) == (march(10, 10), march(10, 10))
    assert clock_of(clock.clock_set, "first_response").due_at == march(10, 14)


def test_a_night_of_waiting_costs_its_open_hours(resolution):
    """frappe/helpdesk#2484: the hold counted the night too."""
    clock = resolution((K.PAUSE, march(10, 20)), (K.RESUME, march(11, 10)))

    assert told(clock) == ("running", march(12, 12), None)


def test_waiting_outside_hours_moves_nothing(resolution):
    """frappe/erpnext#52489: a hold of the night extended the due time."""
    clock = resolution((K.PAUSE, march(10, 21)), (K.RESUME, march(11, 9)))

    assert told(clock) == ("running", march(12, 10), None)


def test_waiting_twice_at_once_counts_once(resolution):
    """frappe/erpnext#49414: from pending to on hold, the hold was counted twice."""
    clock = resolution(
        (K.PAUSE, march(10, 12)),
        (K.PAUSE, march(10, 13)),
        (K.RESUME, march(10, 15)),
        (K.RESUME, march(10, 16)),
    )

    assert told(clock) == ("running", march(12, 13), None)


def test_a_weekend_of_waiting_costs_its_open_hours(resolution):
    """glpi-project/glpi#10594: a pending weekend counted around the clock."""
    friday = march(13, 10)
    clock = resolution((K.PAUSE, march(13, 20)), (K.RESUME, march(16, 10)), start=friday)

    # Ten hours on Friday, then fourteen from Monday at ten.
    assert told(clock) == ("running", march(17, 12), None)


def test_a_weekend_of_exclusion_moves_a_day_target_by_its_open_hours():
    """glpi-project/glpi#14937: the same for a target in days."""
    held = [happens("exclude", "16 20:00"), happens("include", "19 10:00")]

    assert first(created("medium", "16 10:00"), *held, now="19 11:00") == {
        "state": "running",
        "due": "20 11:00",
    }


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Asia/Kolkata", "America/Sao_Paulo"])
def test_solved_straight_from_waiting_the_wait_is_kept_in_any_agents_zone(resolution, zone):
    """frappe/helpdesk#3776: solved while on hold, 42 days of waiting counted; and the agent's zone ruled."""
    with timezone.override(zone):
        clock = resolution((K.PAUSE, march(10, 12)), (K.SOLVE, march(27, 12)))
        assert (clock.state, clock.met_at, clock.breached_at) == ("met", march(27, 12), None)

        clocks.record(clock.clock_set, K.REOPEN, at=march(30, 9), by=BY)
        clock.refresh_from_db()

    # 22 hours are left; from Sunday the 29th on Lisbon opens at eight UTC.
    assert told(clock) == ("running", march(31, 19), None)


def test_the_wait_is_known_when_the_solution_is_judged():
    """frappe set_resolution_date ran before set_hold_time: the verdict came before the wait was added."""
    waited = [happens("pause", "12 12:00"), happens("solve", "15 12:00")]
    terms = Terms({Metric.RESOLUTION: {"low": Target.seconds(2 * HOUR + 1)}})
    state = hours.replay([created("low"), *waited], terms, OFFICE, at("2026-01-30 10:00"))[1]

    assert (state.state, state.breached_at) == ("met", None)
    assert [(hold.starts_at, hold.ends_at) for hold in state.holds] == [
        (at("2026-01-12 12:00"), at("2026-01-15 12:00"))
    ]


def test_a_change_of_priority_keeps_the_wait(resolution):
    """glpi-project/glpi#6902, glpi-project/glpi#16383: another target lost what had been waited."""
    waited = ((K.PAUSE, march(10, 12)), (K.CUSTOMER_REPLY, march(10, 15)))
    clock = resolution(*waited)
    clocks.record(clock.clock_set, K.PRIORITY, at=march(10, 16), by=BY, priority="high", reason="calmer")
    clock.refresh_from_db()

    assert told(clock) == ("running", march(12, 13), None)


def test_new_terms_keep_the_wait(resolution):
    """glpi-project/glpi#15605: so did another agreement."""
    clock = resolution((K.PAUSE, march(10, 12)), (K.CUSTOMER_REPLY, march(10, 15)))
    terms = Terms({Metric.RESOLUTION: {"urgent": Target.seconds(12 * HOUR)}})
    clocks.record(clock.clock_set, K.RETARGET, at=march(10, 16), by=BY, terms=terms, reason="a new contract")
    clock.refresh_from_db()

    assert told(clock) == ("running", march(11, 13), None)


# --- reopened -------------------------------------------------------------------------------------


def test_the_time_it_was_solved_does_not_count(resolution):
    """glpi-project/glpi#9267, glpi-project/glpi#23359: reopened, the closed time had been used up."""
    clock = resolution((K.SOLVE, march(10, 16)), (K.REOPEN, march(13, 10)))

    # Six hours were used; eighteen are left from Friday at ten.
    assert told(clock) == ("running", march(16, 16), None)


def test_closing_and_reopening_again_and_again_adds_up(resolution):
    """zammad/zammad#188: after a few cycles the due time was wrong."""
    clock = resolution(
        (K.SOLVE, march(10, 12)),
        (K.REOPEN, march(11, 10)),
        (K.SOLVE, march(11, 12)),
        (K.REOPEN, march(12, 10)),
    )

    assert told(clock) == ("running", march(13, 18), None)


def test_a_reopened_ticket_goes_on_with_what_was_left_of_it(resolution):
    """osTicket/osTicket#5206: it kept the due time that had passed while it was solved."""
    clock = resolution((K.SOLVE, march(10, 11)), (K.REOPEN, march(16, 9)))
    assert told(clock) == ("running", march(17, 20), None)

    missed = resolution((K.SOLVE, march(13, 10)), (K.REOPEN, march(16, 9)))
    assert told(missed) == ("running", march(12, 10), march(12, 10)), "what was missed stays missed"


@pytest.mark.parametrize("kind", [K.CUSTOMER_REPLY, K.INTERNAL_NOTE, None])
def test_when_it_was_solved_is_known_at_once(resolution, kind):
    """zammad/zammad#2579, zammad/zammad#4777: the time of closing was missing until something else came."""
    happened = [(K.SOLVE, march(12, 12)), *([(kind, march(12, 13))] if kind else [])]
    clock = resolution(*happened)

    assert (clock.state, clock.met_at, clock.breached_at) == ("met", march(12, 12), march(12, 10))


# --- late -----------------------------------------------------------------------------------------


def test_being_late_is_counted_in_open_time(resolution):
    """frappe/helpdesk#3297: a miss of hours was "failed by 1 month"."""
    clock = resolution()

    assert [overdue(clock, now) for now in (march(12, 10), march(12, 23), march(16, 9), march(16, 12))] == [
        0,
        11,
        23,
        26,
    ]


def test_being_late_stands_still_while_the_customer_is_waited_for(resolution):
    """frappe/helpdesk#3709: the miss grew while the ticket was on hold."""
    clock = resolution((K.PAUSE, march(12, 12)))

    assert [overdue(clock, now) for now in (march(12, 11), march(12, 13), march(20, 13))] == [1, 2, 2]


def test_being_late_ends_with_the_answer(resolution):
    """chatwoot/chatwoot#15024: a miss that had been answered kept growing."""
    clock = resolution((K.SOLVE, march(12, 14)))

    assert [overdue(clock, now) for now in (march(12, 14), march(13, 14), march(28, 14))] == [4, 4, 4]
    assert stands(clock.clock_set)["resolution"][2] == march(12, 10)
