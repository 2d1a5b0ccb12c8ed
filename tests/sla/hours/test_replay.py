"""The fold from events to clocks: what holds for all of them."""

from sla.hours import ClockState, Metric, State, Target
from tests.sla.hours.calendars import ALWAYS, LISBON, at, calendar, timeline
from tests.sla.hours.lives import HOUR, UPGRADE, clocks, created, first, following, happens, resolution


def test_two_clocks_start_when_the_work_is_created():
    assert clocks(created("high"), now="12 11:00") == (
        ClockState(
            metric=Metric.FIRST_RESPONSE,
            cycle=1,
            state=State.RUNNING,
            started_at=at("2026-01-12 10:00"),
            target=Target.seconds(12 * HOUR),
            due_at=at("2026-01-13 10:00"),
            remaining=None,
            met_at=None,
            breached_at=None,
            stopped_at=None,
            paused_seconds=0,
            late_paused_seconds=0,
            is_plain=True,
        ),
        ClockState(
            metric=Metric.RESOLUTION,
            cycle=1,
            state=State.RUNNING,
            started_at=at("2026-01-12 10:00"),
            target=Target.seconds(24 * HOUR),
            due_at=at("2026-01-14 10:00"),
            remaining=None,
            met_at=None,
            breached_at=None,
            stopped_at=None,
            paused_seconds=0,
            late_paused_seconds=0,
            is_plain=True,
        ),
    )


def test_the_clocks_are_independent():
    """D6: low's first response falls after the goal for the resolution, and nothing is clamped."""
    assert first(created("low"), now="12 11:00")["due"] == "14 21:00"
    assert resolution(created("low"), now="12 11:00")["due"] == "14 10:00"


class TestOrder:
    """Events as they come: late, twice, too early."""

    EVENTS = (
        created(),
        happens("agent_reply", "12 11:00"),
        happens("pause", "12 12:00"),
        happens("customer_reply", "12 15:00"),
        happens("solve", "12 16:00"),
        happens("reopen", "15 10:00"),
    )

    def test_the_order_in_which_they_are_handed_over_does_not_matter(self):
        assert clocks(*reversed(self.EVENTS), now="15 11:00") == clocks(*self.EVENTS, now="15 11:00")

    def test_what_has_not_happened_yet_does_not_count(self):
        assert clocks(*self.EVENTS, now="12 15:30") == clocks(*self.EVENTS[:4], now="12 15:30")

    def test_nothing_is_timed_before_the_creation(self):
        assert clocks(*self.EVENTS[1:]) == ()
        assert clocks(*self.EVENTS, now="12 09:59") == ()
        early = [happens("exclude", "12 08:00"), happens("solve", "12 09:00")]
        assert clocks(*early, *self.EVENTS) == clocks(*self.EVENTS)

    def test_what_happens_in_the_second_of_the_creation_happens_after_it(self):
        assert first(happens("exclude", "12 10:00"), created("high")) == {"state": "excluded", "left": 12}

    def test_a_second_creation_changes_nothing(self):
        assert clocks(created("urgent"), created("low", when="12 12:00")) == clocks(created("urgent"))


class TestMergedAndCancelled:
    """What is merged into another is timed there."""

    def test_the_clocks_of_a_merged_ticket_are_cancelled_for_good(self):
        """zammad #904: merged tickets escalated."""
        events = [created("high"), happens("merged", "12 11:00"), happens("reopen", "12 12:00")]
        assert (first(*events), resolution(*events)) == ({"state": "cancelled"}, {"state": "cancelled"})
        assert (
            following(*events, happens("agent_reply", "13 10:00"), happens("customer_reply", "13 11:00"))
            is None
        )

    def test_spam_that_is_none_goes_on_without_the_time_it_was_away(self):
        """zammad #534: deactivation was not propagated."""
        events = [created("high"), happens("cancel", "12 12:00")]
        assert first(*events) == {"state": "cancelled"}
        assert first(*events, happens("reopen", "12 18:00"), now="12 19:00") == {
            "state": "running",
            "due": "13 16:00",
        }

    def test_a_miss_before_the_end_stays_on_record(self):
        events = [created("urgent"), happens("merged", "12 16:00")]
        assert first(*events) == {"state": "cancelled", "breached": "12 14:00"}

    def test_the_survivor_owes_its_first_response_since_the_earlier_receipt(self):
        """Answer 30."""
        events = [
            created("high", when="12 15:00"),
            happens("absorb", "12 16:00", since=at("2026-01-12 10:00")),
        ]
        assert first(*events, now="12 17:00") == {"state": "running", "due": "13 10:00"}
        assert resolution(*events, now="12 17:00")["due"] == "14 15:00"

    def test_what_the_earlier_receipt_puts_into_the_past_is_missed_at_the_merge(self):
        events = [
            created("urgent", when="12 15:00"),
            happens("absorb", "12 16:00", since=at("2026-01-12 10:00")),
        ]
        assert first(*events, now="12 17:00") == {
            "state": "running",
            "due": "12 14:00",
            "breached": "12 16:00",
        }

    def test_a_later_or_missing_start_changes_nothing(self):
        for since in (at("2026-01-12 15:30"), None):
            events = [created("high", when="12 15:00"), happens("absorb", "12 16:00", since=since)]
            assert first(*events, now="12 17:00")["due"] == "13 15:00"

    def test_an_answered_survivor_owes_a_next_response_since_the_earlier_message(self):
        events = [
            created("high"),
            happens("agent_reply", "12 11:00"),
            happens("absorb", "12 16:00", since=at("2026-01-12 15:00")),
        ]
        assert following(*events, now="12 16:30") == {"state": "running", "due": "12 17:00"}
        asked = [happens("customer_reply", "12 15:30"), events[2]]
        assert following(*events[:2], *asked, now="12 16:30") == {"state": "running", "due": "12 17:00"}

    def test_an_answered_survivor_without_such_a_target_remembers_the_earlier_message(self):
        events = [
            created(),
            happens("agent_reply", "12 11:00"),
            happens("customer_reply", "12 15:30"),
            happens("absorb", "12 16:00", since=at("2026-01-12 15:00")),
            happens("retarget", "12 16:30", terms=UPGRADE),
        ]
        assert following(*events, now="12 16:45") == {"state": "running", "due": "12 17:00"}


class TestCalendarEditedInFlight:
    """Used time stays, time left counts against the new hours."""

    def test_the_hours_of_a_new_version_hold_for_what_is_left(self):
        """zammad #534 and #4353."""
        shorter = timeline(LISBON, (at("2026-01-13 09:00"), calendar(["09:00", "12:00"])))
        assert resolution(created(), now="12 11:00", line=shorter)["due"] == "19 10:00"
        rounds = timeline(LISBON, (at("2026-01-13 00:00"), ALWAYS))
        assert resolution(created(), now="12 11:00", line=rounds)["due"] == "13 13:00"

    def test_a_miss_before_the_new_version_is_not_rewritten(self):
        rounds = timeline(LISBON, (at("2026-01-15 00:00"), ALWAYS))
        assert resolution(created(), line=rounds) == resolution(created())
