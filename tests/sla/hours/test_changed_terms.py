"""Targets that change, come late or are missing."""

from dataclasses import replace

from sla.hours import Terms
from tests.sla.hours.lives import HOUR, TERMS, UPGRADE, clocks, created, first, happens, resolution, words


class TestPriorityAndPlan:
    """The new target from the original start (D9)."""

    def test_a_higher_priority_counts_from_the_original_start(self):
        """LanternOps/breeze #6691: the target was never computed again."""
        raised = happens("priority", "12 12:00", priority="urgent")
        assert first(created("low"), raised, now="12 13:00") == {"state": "running", "due": "12 14:00"}

    def test_what_a_change_puts_into_the_past_is_missed_at_the_change(self):
        raised = happens("priority", "12 16:00", priority="urgent")
        missed = {"state": "running", "due": "12 14:00", "breached": "12 16:00"}
        assert first(created("low"), raised, now="12 16:30") == missed
        assert first(created("low"), raised, now="20 16:30") == missed

    def test_a_miss_stays_a_miss(self):
        """osTicket-1.7 #686."""
        lowered = happens("priority", "12 15:00", priority="low")
        assert first(created("urgent"), lowered, now="12 16:00") == {
            "state": "running",
            "due": "14 21:00",
            "breached": "12 14:00",
        }

    def test_pauses_are_kept(self):
        """glpi #6902, #15605, PR #16383: a change lost the pause."""
        waits = [happens("pause", "12 11:00"), happens("resume", "12 14:00")]
        raised = happens("priority", "12 15:00", priority="urgent")
        assert resolution(created("low"), *waits, raised, now="12 15:30")["due"] == "12 19:00"

    def test_a_change_during_a_pause_keeps_what_is_left_of_the_new_target(self):
        events = [
            created("low"),
            happens("pause", "12 12:00"),
            happens("priority", "12 17:00", priority="urgent"),
        ]
        assert resolution(*events, now="12 18:00") == {"state": "paused", "left": 4}
        assert resolution(*events, happens("resume", "12 19:00"), now="12 20:00")["due"] == "13 11:00"

    def test_a_change_during_a_pause_misses_what_had_been_used_up_before_it(self):
        events = [
            created("low"),
            happens("pause", "12 17:00"),
            happens("priority", "12 19:00", priority="urgent"),
        ]
        missed = {"due": "12 16:00", "breached": "12 19:00"}
        assert resolution(*events, now="12 20:00") == {"state": "paused", **missed, "left": 0}
        assert resolution(*events, happens("resume", "12 20:00")) == {"state": "running", **missed}

    def test_a_pause_after_a_missed_due_time_counts_for_a_later_one(self):
        events = [
            created("urgent"),
            happens("pause", "12 18:00"),
            happens("resume", "12 20:00"),
            happens("priority", "12 20:30", priority="low"),
        ]
        assert resolution(*events, now="12 20:45") == {
            "state": "running",
            "due": "14 12:00",
            "breached": "12 16:00",
        }

    def test_an_upgraded_plan_counts_from_the_original_start(self):
        upgraded = happens("retarget", "12 11:00", terms=UPGRADE)
        assert first(created(), upgraded, now="12 12:00") == {"state": "running", "due": "12 13:00"}
        assert resolution(created(), upgraded, now="12 12:00") == {"state": "running", "due": "12 14:00"}

    def test_plan_and_priority_may_change_together(self):
        changed = happens("retarget", "12 11:00", terms=UPGRADE, priority="medium")
        assert first(created("urgent"), changed, now="12 12:00") == {"state": "running", "due": "12 13:00"}

    def test_a_change_to_the_same_target_changes_nothing(self):
        same = happens("retarget", "12 15:00", terms=replace(TERMS))
        assert first(created("urgent"), same, now="12 15:00") == first(created("urgent"), now="12 15:00")

    def test_a_grace_may_be_left_when_a_change_comes_too_late(self):
        terms = replace(TERMS, grace_seconds=HOUR)
        raised = happens("priority", "12 20:30", priority="urgent")
        assert first(created("low"), raised, now="12 20:45", terms=terms) == {
            "state": "running",
            "due": "13 09:30",
        }
        early = happens("priority", "12 11:00", priority="urgent")
        assert first(created("low"), early, now="12 12:00", terms=terms)["due"] == "12 14:00"

    def test_a_grace_during_a_pause_is_what_is_left_after_it(self):
        terms = replace(TERMS, grace_seconds=HOUR)
        events = [
            created("low"),
            happens("pause", "12 17:00"),
            happens("priority", "12 19:00", priority="urgent"),
            happens("resume", "13 10:00"),
        ]
        assert resolution(*events[:3], now="12 20:00", terms=terms) == {"state": "paused", "left": 1}
        assert resolution(*events, now="13 10:30", terms=terms) == {"state": "running", "due": "13 11:00"}


class TestWithoutTarget:
    """A cell that nobody defines is not applicable, never a guess (R1)."""

    def test_no_target_is_neither_met_nor_missed(self):
        """frappe/helpdesk #1643: shown as failed."""
        for priority in ("bulk", "unheard-of", None):
            events = [created(priority), happens("agent_reply", "20 10:00"), happens("solve", "20 11:00")]
            for one in clocks(*events):
                assert words(one) == {"state": "not_applicable"}

    def test_a_target_that_comes_later_counts_from_the_original_start_and_keeps_pauses(self):
        """D17: linked to its contract later, and then clocked from its receipt."""
        events = [
            created("medium"),
            happens("pause", "12 11:00"),
            happens("resume", "12 13:00"),
            happens("retarget", "12 13:30", terms=UPGRADE),
        ]
        assert resolution(*events, now="12 14:00", terms=Terms()) == {"state": "running", "due": "12 16:00"}
        assert first(*events, now="12 14:00", terms=Terms()) == {
            "state": "running",
            "due": "12 13:00",
            "breached": "12 13:30",
        }

    def test_a_target_that_is_taken_away_leaves_the_miss_on_record(self):
        events = [created("urgent"), happens("priority", "12 15:00", priority="bulk")]
        assert first(*events) == {"state": "not_applicable", "breached": "12 14:00"}

    def test_what_was_answered_without_a_target_stays_so(self):
        events = [
            created("bulk"),
            happens("agent_reply", "12 11:00"),
            happens("priority", "12 12:00", priority="high"),
        ]
        assert first(*events) == {"state": "not_applicable"}
