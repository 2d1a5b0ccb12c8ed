"""How late a clock is, and when the steps of its ladder are reached."""

import pytest

from sla.hours import Event, EventKind, Metric, Target, Terms, ladder_instant, overdue_seconds, replay
from tests.sla.hours.calendars import LISBON, at, calendar, shown, timeline

HOUR = 3600
OFFICE = timeline(LISBON)
LUNCH = timeline(calendar(["09:00", "13:00"], ["14:00", "18:00"]))
TERMS = Terms({Metric.RESOLUTION: {"urgent": Target.seconds(4 * HOUR)}})


def overdue(*happenings, now):
    """Open hours by which an urgent resolution, due at 14:00 on the 12th, is late."""
    events = [Event(at(f"2026-01-{when}"), EventKind(kind)) for kind, when in happenings]
    events.append(Event(at("2026-01-12 10:00"), EventKind.CREATED, priority="urgent"))
    then = at(f"2026-01-{now}")
    return overdue_seconds(replay(events, TERMS, OFFICE, then)[1], OFFICE, then) / HOUR


def test_lateness_is_open_time_since_the_due_time():
    """frappe/helpdesk PR #3297: "failed by 1 month"; chatwoot PR #15024: the miss kept growing."""
    assert [overdue(now=now) for now in ("12 11:00", "12 14:00", "12 16:00", "12 23:00", "13 10:00")] == [
        0,
        0,
        2,
        7,
        8,
    ]


def test_it_stands_still_while_the_clock_is_held():
    """frappe/helpdesk PR #3709."""
    waits = [("pause", "12 16:00")]
    assert [overdue(*waits, now=now) for now in ("12 15:00", "12 18:00", "20 18:00")] == [1, 2, 2]
    assert overdue(*waits, ("resume", "12 20:00"), now="12 20:30") == 2.5


def test_it_stands_still_when_the_clock_has_ended():
    assert overdue(("solve", "12 17:00"), now="20 10:00") == 3
    assert overdue(("solve", "12 17:00"), ("reopen", "13 09:00"), now="13 10:00") == 4
    assert overdue(("solve", "12 13:00"), now="20 10:00") == 0


def test_a_pause_before_the_due_time_is_in_the_due_time():
    assert overdue(("pause", "12 11:00"), ("resume", "12 13:00"), now="12 17:00") == 1


def test_nothing_is_late_without_a_due_time():
    assert overdue(("pause", "12 11:00"), now="20 10:00") == 0
    assert overdue(("merged", "12 16:00"), now="20 10:00") == 0


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (0, "2026-01-12 10:00"),
        (50, "2026-01-12 16:00"),
        (75, "2026-01-12 19:00"),
        (90, "2026-01-12 20:48"),
        (99, "2026-01-13 09:52:48"),
        (100, "2026-01-13 10:00"),
        (150, "2026-01-13 16:00"),
        (200, "2026-01-14 10:00"),
    ],
)
def test_the_steps_of_twelve_hours(percent, expected):
    start = at("2026-01-12 10:00")
    assert shown(ladder_instant(OFFICE, start, OFFICE.add(start, 12 * HOUR), percent)) == expected


def test_a_step_at_closing_is_reached_at_the_next_opening():
    start = at("2026-01-12 09:00")
    assert shown(ladder_instant(OFFICE, start, OFFICE.add(start, 24 * HOUR), 50)) == "2026-01-13 09:00"


def test_the_steps_of_a_day_target_follow_its_open_time():
    start = at("2026-01-12 20:00")
    assert shown(ladder_instant(OFFICE, start, OFFICE.close_of_nth_day(start, 1), 50)) == "2026-01-13 14:30"


def test_a_pause_moves_the_steps_with_the_due_time():
    """8 h from 9:00, paused 11:00-13:00: due at 19:00, three quarters are 6 h of work, at 17:00."""
    start, due = at("2026-01-12 09:00"), at("2026-01-12 19:00")
    assert shown(ladder_instant(OFFICE, start, due, 75, paused=2 * HOUR)) == "2026-01-12 17:00"
    assert shown(ladder_instant(OFFICE, start, due, 150, paused=2 * HOUR)) == "2026-01-13 11:00"


def test_a_warning_an_hour_before_stays_an_hour_before_over_lunch():
    """glpi PR #22678: set to midnight on calendars with a lunch break."""
    start = at("2026-01-12 10:30")
    due = LUNCH.add(start, 4 * HOUR)
    assert (shown(due), shown(ladder_instant(LUNCH, start, due, 75))) == (
        "2026-01-12 15:30",
        "2026-01-12 14:30",
    )
    assert LUNCH.between(LUNCH.subtract(due, 2 * HOUR), due) == 2 * HOUR


@pytest.mark.parametrize("percent", [1, 50, 100, 200])
def test_a_target_without_length_has_all_its_steps_at_once(percent):
    start = at("2026-01-12 22:00")
    assert ladder_instant(OFFICE, start, OFFICE.add(start, 0), percent) == at("2026-01-13 09:00")


def test_steps_are_rounded_up_to_the_second_at_which_they_are_reached():
    start = at("2026-01-12 10:00")
    steps = [ladder_instant(OFFICE, start, start + 10, percent) - start for percent in (1, 33, 99, 101, 133)]
    assert steps == [1, 4, 10, 11, 14]
