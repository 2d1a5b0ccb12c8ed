"""The resolution, event by event."""

from sla.hours import Hold, Metric, State, Target, Terms, replay
from tests.sla.hours.calendars import LISBON, at, shown, timeline
from tests.sla.hours.lives import HOUR, clocks, created, first, happens, resolution


class TestPauses:
    """Resolution waits for the customer, and only open time counts (D8)."""

    def test_what_is_left_is_frozen_and_goes_on_from_the_resume(self):
        """frappe/helpdesk PR #2484 and #2449: hold time in calendar hours, or from creation."""
        waits = happens("pause", "12 20:00")
        assert resolution(created(), waits, now="30 12:00") == {"state": "paused", "left": 14}
        assert resolution(created(), waits, happens("resume", "13 10:00"), now="13 12:00") == {
            "state": "running",
            "due": "14 12:00",
        }

    def test_a_weekend_of_waiting_costs_the_open_hours_alone(self):
        """glpi #10594 and PR #14937."""
        events = [created(when="15 10:00"), happens("pause", "16 12:00"), happens("resume", "19 12:00")]
        assert resolution(*events, now="19 13:00")["due"] == "20 10:00"

    def test_a_customer_ends_the_wait(self):
        """zammad #1322."""
        events = [created(), happens("pause", "12 12:00"), happens("customer_reply", "12 15:00")]
        assert resolution(*events, now="12 16:00")["due"] == "14 13:00"

    def test_a_second_pause_and_a_resume_without_one_are_harmless(self):
        events = [
            created(),
            happens("resume", "12 11:00"),
            happens("pause", "12 12:00"),
            happens("pause", "12 14:00"),
            happens("resume", "12 15:00"),
            happens("resume", "12 16:00"),
        ]
        assert resolution(*events, now="12 17:00") == {"state": "running", "due": "14 13:00"}

    def test_a_missed_due_time_stays_while_it_waits(self):
        events = [created("urgent"), happens("pause", "12 18:00")]
        missed = {"due": "12 16:00", "breached": "12 16:00"}
        assert resolution(*events, now="12 19:00") == {"state": "paused", **missed, "left": 0}
        assert resolution(*events, happens("resume", "13 10:00"), now="13 11:00") == {
            "state": "running",
            **missed,
        }

    def test_a_pause_outside_hours_moves_nothing(self):
        """frappe/erpnext PR #52489."""
        events = [created(), happens("pause", "12 22:00"), happens("resume", "13 08:00")]
        assert resolution(*events, now="13 09:00")["due"] == "14 10:00"

    def test_a_pause_within_a_second_moves_nothing(self):
        """Not even a due time at closing, from which a resume would count to the next opening."""
        events = [created(when="12 09:00"), happens("pause", "13 21:00"), happens("resume", "13 21:00")]
        assert resolution(*events, now="13 21:00")["due"] == "13 21:00"

    def test_a_pause_never_makes_a_due_time_earlier(self):
        """The same clock time may fall on an opening, which no sum of open time ever does."""
        line, terms = timeline(LISBON), {"medium": Target("days", 1, "same_clock_time")}
        events = [created(when="12 08:00"), happens("pause", "12 22:00"), happens("resume", "12 23:00")]
        state = replay(events, Terms({Metric.RESOLUTION: terms}), line, at("2026-01-12 23:30"))[1]
        assert shown(state.due_at) == "2026-01-13 09:00"

    def test_what_it_paused_is_told(self):
        events = [
            created(),
            happens("pause", "12 12:00"),
            happens("exclude", "12 13:00"),
            happens("include", "12 14:00"),
            happens("resume", "12 20:00"),
            happens("pause", "13 09:00"),
        ]
        state = clocks(*events, now="13 11:00")[1]
        assert state.holds == (
            Hold(at("2026-01-12 12:00"), at("2026-01-12 13:00"), State.PAUSED),
            Hold(at("2026-01-12 13:00"), at("2026-01-12 14:00"), State.EXCLUDED),
            Hold(at("2026-01-12 14:00"), at("2026-01-12 20:00"), State.PAUSED),
        )
        assert (state.paused_seconds, state.stopped_at) == (10 * HOUR, at("2026-01-13 09:00"))
        assert (state.state, state.remaining) == (State.PAUSED, 21 * HOUR)


class TestSolvedAndReopened:
    """One clock, which the solved time does not run."""

    def test_the_solved_time_does_not_count(self):
        """glpi PR #9267 and #23359; zammad #188: wrong after closing and reopening."""
        events = [created(), happens("solve", "12 16:00"), happens("reopen", "15 10:00")]
        assert resolution(*events, now="15 11:00") == {"state": "running", "due": "16 16:00"}
        assert clocks(*events, now="15 11:00")[1].paused_seconds == (5 + 12 + 12 + 1) * HOUR

    def test_solved_straight_from_a_pause_the_pause_is_not_lost(self):
        """frappe/helpdesk PR #3776: 42 days reported."""
        events = [
            created(),
            happens("pause", "12 12:00"),
            happens("solve", "13 12:00"),
            happens("reopen", "15 10:00"),
        ]
        assert resolution(*events[:3]) == {"state": "met", "due": "15 10:00", "met": "13 12:00"}
        assert resolution(*events, now="15 11:00") == {"state": "running", "due": "16 20:00"}

    def test_a_solution_that_came_with_a_failed_reply_never_was(self):
        """D7: the customer never read it."""
        events = [
            created("urgent"),
            happens("agent_reply", "12 13:00", reference="m1"),
            happens("solve", "12 13:00", reference="m1"),
            happens("reply_revoked", "12 15:00", reference="m1"),
        ]
        assert resolution(*events, now="12 15:30") == {"state": "running", "due": "12 16:00"}
        answered = [*events, happens("solve", "12 15:30")]
        assert resolution(*answered) == {"state": "met", "due": "12 16:00", "met": "12 15:30"}

    def test_a_late_solution_is_met_and_missed(self):
        """zammad #2579 and #4777: statistics were missing until it was reopened."""
        assert resolution(created(), happens("solve", "15 10:00")) == {
            "state": "met",
            "due": "14 10:00",
            "met": "15 10:00",
            "breached": "14 10:00",
        }

    def test_reopened_after_a_miss_it_is_still_missed(self):
        """osTicket PR #5206."""
        events = [created(), happens("solve", "15 10:00"), happens("reopen", "19 10:00")]
        assert resolution(*events, now="19 11:00") == {
            "state": "running",
            "due": "14 10:00",
            "breached": "14 10:00",
        }

    def test_many_cycles_add_up(self):
        events = [created("urgent")]
        for hour in (11, 13, 15):
            events += [happens("solve", f"12 {hour}:00"), happens("reopen", f"12 {hour + 1}:00")]
        assert resolution(*events, now="12 17:00") == {"state": "running", "due": "12 19:00"}

    def test_solved_twice_and_reopened_twice_counts_once(self):
        events = [
            created(),
            happens("solve", "12 16:00"),
            happens("solve", "12 18:00"),
            happens("reopen", "13 10:00"),
            happens("reopen", "13 12:00"),
        ]
        assert resolution(*events[:3])["met"] == "12 16:00"
        assert resolution(*events, now="13 13:00")["due"] == "14 16:00"

    def test_a_priority_set_while_it_is_solved_counts_from_the_reopening(self):
        events = [
            created("low"),
            happens("solve", "12 18:00"),
            happens("priority", "12 19:00", priority="urgent"),
            happens("reopen", "12 20:00"),
        ]
        assert resolution(*events[:3])["due"] == "14 10:00"
        assert resolution(*events, now="12 21:00") == {
            "state": "running",
            "due": "12 16:00",
            "breached": "12 20:00",
        }

    def test_no_pause_begins_while_it_is_solved(self):
        events = [
            created(),
            happens("solve", "12 16:00"),
            happens("pause", "12 17:00"),
            happens("reopen", "13 09:00"),
        ]
        assert resolution(*events, now="13 10:00")["state"] == "running"


class TestExclusion:
    """Technical service has no targets; an undo goes on where it was."""

    def test_it_freezes_what_is_left_and_goes_on_when_undone(self):
        excluded = happens("exclude", "12 11:00")
        assert first(created("high"), excluded) == {"state": "excluded", "left": 11}
        assert resolution(created("high"), excluded) == {"state": "excluded", "left": 23}
        undone = happens("include", "13 11:00")
        assert first(created("high"), excluded, undone, now="13 12:00") == {
            "state": "running",
            "due": "14 10:00",
        }

    def test_a_day_target_goes_on_with_the_open_hours_it_had_left(self):
        events = [created(), happens("exclude", "12 12:00"), happens("include", "12 15:00")]
        assert first(*events, now="12 16:00") == {"state": "running", "due": "14 12:00"}

    def test_an_answer_meanwhile_counts_when_it_is_undone(self):
        events = [created("high"), happens("exclude", "12 11:00"), happens("agent_reply", "12 12:00")]
        assert first(*events, now="12 13:00") == {"state": "excluded", "left": 11}
        met = first(*events, happens("include", "12 14:00"), now="20 10:00")
        assert met == {"state": "met", "due": "13 13:00", "met": "12 12:00"}

    def test_a_wait_that_began_before_goes_on_after_it(self):
        events = [
            created(),
            happens("pause", "12 11:00"),
            happens("exclude", "12 12:00"),
            happens("include", "12 14:00"),
        ]
        assert resolution(*events, now="12 16:00") == {"state": "paused", "left": 23}

    def test_its_clocks_are_cancelled_when_the_quote_is_accepted(self):
        events = [created("high"), happens("exclude", "12 11:00"), happens("cancel", "12 15:00")]
        assert first(*events) == {"state": "cancelled"}
