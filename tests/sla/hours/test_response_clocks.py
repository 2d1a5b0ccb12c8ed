"""First and next response, event by event."""

import pytest

from sla.hours import Metric
from tests.sla.hours.lives import UPGRADE, clocks, created, first, following, happens


class TestFirstResponse:
    """From receipt to the first public answer of a human."""

    def test_a_reply_at_the_due_time_meets_it_and_a_second_later_misses_it(self):
        """chatwoot compared with < here and <= there; answer 31."""
        assert first(created("urgent"), happens("agent_reply", "12 14:00")) == {
            "state": "met",
            "due": "12 14:00",
            "met": "12 14:00",
        }
        assert first(created("urgent"), happens("agent_reply", "12 14:00:01")) == {
            "state": "met",
            "due": "12 14:00",
            "met": "12 14:00:01",
            "breached": "12 14:00",
        }

    def test_it_is_missed_a_second_after_its_due_time(self):
        assert first(created("urgent"), now="12 14:00") == {"state": "running", "due": "12 14:00"}
        missed = {"state": "running", "due": "12 14:00", "breached": "12 14:00"}
        assert first(created("urgent"), now="12 14:00:01") == missed
        assert first(created("urgent"), now="20 14:00") == missed

    def test_bots_notes_and_customers_do_not_answer(self):
        """zammad #1620 and #3140."""
        said = [happens(kind, "12 11:00") for kind in ("bot_reply", "internal_note", "customer_reply")]
        assert first(created("urgent"), *said, now="12 12:00") == {"state": "running", "due": "12 14:00"}

    def test_waiting_for_the_customer_does_not_hold_it(self):
        waits = [happens("pause", "12 11:00"), happens("resume", "12 13:00")]
        assert first(created("urgent"), *waits, now="12 13:30") == {"state": "running", "due": "12 14:00"}

    def test_solving_answers_it(self):
        assert first(created("urgent"), happens("solve", "12 12:00"))["met"] == "12 12:00"

    def test_it_stays_met_whatever_follows(self):
        met = {"state": "met", "due": "12 14:00", "met": "12 11:00"}
        after = [
            happens("priority", "12 12:00", priority="low"),
            happens("retarget", "12 13:00", terms=UPGRADE),
            happens("exclude", "12 14:00"),
            happens("solve", "12 15:00"),
            happens("reopen", "12 16:00"),
            happens("cancel", "12 17:00"),
            happens("merged", "12 18:00"),
        ]
        assert first(created("urgent"), happens("agent_reply", "12 11:00"), *after) == met

    def test_a_reply_that_failed_never_was_and_the_old_due_time_stands(self):
        """D7."""
        reply = happens("agent_reply", "12 13:00", reference="m1")
        bounce = happens("reply_revoked", "12 16:00", reference="m1")
        assert first(created("urgent"), reply, now="12 15:00")["state"] == "met"
        assert first(created("urgent"), reply, bounce, now="12 17:00") == {
            "state": "running",
            "due": "12 14:00",
            "breached": "12 14:00",
        }

    def test_a_second_reply_meets_it_when_the_first_one_failed(self):
        events = [
            created("urgent"),
            happens("agent_reply", "12 11:00", reference="m1"),
            happens("agent_reply", "12 13:00", reference="m2"),
            happens("reply_revoked", "12 16:00", reference="m1"),
        ]
        assert first(*events) == {"state": "met", "due": "12 14:00", "met": "12 13:00"}

    @pytest.mark.parametrize("reference", ["", "m9"])
    def test_taking_back_what_was_not_said_changes_nothing(self, reference):
        reply = happens("agent_reply", "12 11:00")
        bounce = happens("reply_revoked", "12 16:00", reference=reference)
        assert first(created("urgent"), reply, bounce)["met"] == "12 11:00"


class TestNextResponse:
    """From the oldest unanswered customer message to the next answer."""

    ANSWERED = (created("high"), happens("agent_reply", "12 11:00"))

    def test_there_is_none_before_the_first_response(self):
        """zammad #5177: the update time overruled the first response."""
        assert following(created("high"), happens("customer_reply", "12 10:30"), now="12 20:00") is None

    def test_it_counts_from_the_oldest_unanswered_message(self):
        """chatwoot: waiting_since moved."""
        asked = [happens("customer_reply", f"12 {hour}:00") for hour in (12, 13)]
        assert following(*self.ANSWERED, *asked, now="12 13:30") == {"state": "running", "due": "12 14:00"}

    def test_an_answer_meets_it_and_the_next_message_starts_another(self):
        """zammad #3140: escalated although the agent had answered."""
        events = [
            *self.ANSWERED,
            happens("customer_reply", "12 12:00"),
            happens("agent_reply", "12 13:00"),
            happens("agent_reply", "12 13:30"),
            happens("customer_reply", "12 15:00"),
        ]
        assert following(*events, now="12 16:00") == {"state": "met", "due": "12 14:00", "met": "12 13:00"}
        assert following(*events, cycle=2, now="12 16:00") == {"state": "running", "due": "12 17:00"}
        assert [(one.metric, one.cycle) for one in clocks(*events)] == [
            (Metric.FIRST_RESPONSE, 1),
            (Metric.NEXT_RESPONSE, 1),
            (Metric.NEXT_RESPONSE, 2),
            (Metric.RESOLUTION, 1),
        ]

    def test_solving_cancels_it_and_thanks_afterwards_start_none(self):
        """chatwoot #10178."""
        events = [*self.ANSWERED, happens("customer_reply", "12 12:00"), happens("solve", "12 13:00")]
        assert following(*events) == {"state": "cancelled"}
        assert following(*events, happens("customer_reply", "12 14:00"), cycle=2) is None

    def test_a_message_that_reopens_is_owed_an_answer(self):
        events = [
            *self.ANSWERED,
            happens("solve", "12 12:00"),
            happens("customer_reply", "12 14:00"),
            happens("reopen", "12 14:00"),
        ]
        assert following(*events, now="12 15:00") == {"state": "running", "due": "12 16:00"}

    def test_waiting_for_the_customer_does_not_hold_it(self):
        events = [*self.ANSWERED, happens("customer_reply", "12 12:00"), happens("pause", "12 13:00")]
        assert following(*events, now="12 13:30") == {"state": "running", "due": "12 14:00"}

    def test_exclusion_holds_it_from_its_start(self):
        events = [*self.ANSWERED, happens("exclude", "12 12:00"), happens("customer_reply", "12 13:00")]
        assert following(*events) == {"state": "excluded", "left": 2}
        assert following(*events, happens("include", "12 15:00"), now="12 16:00")["due"] == "12 17:00"

    def test_terms_without_one_start_none_and_new_terms_start_it_from_the_message(self):
        events = [created(), happens("agent_reply", "12 11:00"), happens("customer_reply", "12 12:00")]
        assert following(*events) is None
        upgraded = happens("retarget", "12 15:00", terms=UPGRADE)
        assert following(*events, upgraded, now="12 16:00") == {
            "state": "running",
            "due": "12 14:00",
            "breached": "12 15:00",
        }

    def test_a_reply_taken_back_leaves_the_older_message_unanswered(self):
        events = [
            *self.ANSWERED,
            happens("customer_reply", "12 12:00"),
            happens("agent_reply", "12 12:30", reference="m2"),
            happens("customer_reply", "12 13:00"),
            happens("reply_revoked", "12 13:30", reference="m2"),
        ]
        assert following(*events, now="12 13:45") == {"state": "running", "due": "12 14:00"}
        assert following(*events, cycle=2) is None
