"""What people change by hand: due times, wrong events, excuses; and targets with calendars of their own."""

from dataclasses import replace

import pytest

from sla.hours import DayMode, Metric, Target, Terms, replay
from tests.sla.hours.calendars import ALWAYS, at, timeline
from tests.sla.hours.lives import HOUR, OFFICE, TERMS, clock, clocks, created, first, happens, resolution


class TestADueTimeSetByHand:
    """Answer 33: allowed with a reason, flagged, kept through what would compute it anew."""

    SET = happens("manual_due", "12 11:00", metric=Metric.RESOLUTION, due=at("2026-01-20 12:00"))

    def test_it_stands_whatever_the_priority_becomes(self):
        life = [created("high"), self.SET, happens("priority", "12 12:00", priority="urgent")]
        assert resolution(*life, now="13 10:00") == {"state": "running", "due": "20 12:00"}
        assert [one.is_manual for one in clocks(*life)] == [False, True]
        assert first(*life, now="12 13:00") == {"state": "running", "due": "12 14:00"}

    def test_it_is_missed_when_it_passes(self):
        missed = {"state": "running", "due": "20 12:00", "breached": "20 12:00"}
        assert resolution(created("high"), self.SET, now="20 12:00:01") == missed

    def test_waiting_for_the_customer_moves_it_as_any(self):
        waits = [happens("pause", "19 12:00"), happens("resume", "19 14:00")]
        assert resolution(created("high"), self.SET, *waits, now="19 15:00")["due"] == "20 14:00"
        assert resolution(created("high"), self.SET, waits[0]) == {"state": "paused", "left": 12.0}

    def test_what_waited_before_moves_it_not(self):
        waits = [happens("pause", "12 10:30"), happens("resume", "12 10:45")]
        assert resolution(created("high"), *waits, self.SET, now="13 10:00")["due"] == "20 12:00"

    def test_given_back_the_computed_one_stands_again(self):
        back = happens("manual_due", "12 12:00", metric=Metric.RESOLUTION)
        assert resolution(created("high"), self.SET, back, now="12 13:00") == {
            "state": "running",
            "due": "14 10:00",
        }

    def test_it_gives_a_due_time_where_there_was_no_target(self):
        by_hand = happens("manual_due", "12 11:00", metric=Metric.FIRST_RESPONSE, due=at("2026-01-12 15:00"))
        assert first(created("bulk"), now="12 12:00") == {"state": "not_applicable"}
        assert first(created("bulk"), by_hand, now="12 12:00") == {"state": "running", "due": "12 15:00"}

    def test_the_next_update_can_be_promised_without_terms(self):
        """AG-15."""
        promised = happens(
            "manual_due", "12 11:00", metric=Metric.UPDATE_INTERVAL, due=at("2026-01-12 15:00")
        )
        running = clock(Metric.UPDATE_INTERVAL, created("high"), promised, now="12 12:00")
        assert running == {"state": "running", "due": "12 15:00"}
        met = clock(Metric.UPDATE_INTERVAL, created("high"), promised, happens("agent_reply", "12 14:00"))
        assert met == {"state": "met", "due": "12 15:00", "met": "12 14:00"}

    def test_a_clock_that_has_ended_takes_none(self):
        life = [created("high"), happens("solve", "12 10:30"), self.SET]
        assert resolution(*life) == {"state": "met", "due": "14 10:00", "met": "12 10:30"}


class TestACorrection:
    """TL-09: a compensating event; the wrong one stays where it is, and counts no more."""

    SOLVED = happens("solve", "13 10:00", key=2)

    def test_the_event_never_happened(self):
        wrong = happens("correct", "15 10:00", key=3, corrects=2)
        missed = {"state": "running", "due": "14 10:00", "breached": "14 10:00"}
        assert resolution(created("high"), self.SOLVED, wrong) == missed
        assert resolution(created("high"), self.SOLVED, wrong, now="14 12:00")["state"] == "met"

    def test_the_event_happened_at_another_instant(self):
        earlier = happens("correct", "15 10:00", key=3, corrects=2, happened_at=at("2026-01-12 15:00"))
        assert resolution(created("high"), self.SOLVED, earlier)["met"] == "12 15:00"

    def test_a_miss_that_a_wrong_event_caused_goes_with_it(self):
        life = [created("low"), happens("priority", "12 16:00", priority="urgent", key=2)]
        assert first(*life, now="12 17:00")["breached"] == "12 16:00"
        corrected = first(*life, happens("correct", "12 18:00", key=3, corrects=2), now="12 19:00")
        assert corrected == {"state": "running", "due": "14 21:00"}

    def test_the_last_correction_of_an_event_counts(self):
        life = [
            created("high"),
            self.SOLVED,
            happens("correct", "15 10:00", key=3, corrects=2),
            happens("correct", "15 11:00", key=4, corrects=2, happened_at=at("2026-01-12 15:00")),
        ]
        assert resolution(*life)["met"] == "12 15:00"

    def test_a_correction_can_be_corrected(self):
        life = [
            created("high"),
            self.SOLVED,
            happens("correct", "15 10:00", key=3, corrects=2),
            happens("correct", "15 11:00", key=4, corrects=3),
        ]
        assert resolution(*life)["met"] == "13 10:00"


class TestAnExcuse:
    """D11: a dated fact beside the miss; it moves nothing."""

    def test_the_miss_stays_and_says_why_it_is_excused(self):
        excused = happens("excuse", "15 10:00", metric=Metric.RESOLUTION, cycle=1, cause="backlog")
        without, with_it = clocks(created("high")), clocks(created("high"), excused)
        assert with_it == (
            without[0],
            replace(without[1], excused_at=at("2026-01-15 10:00"), excuse="backlog"),
        )

    def test_it_is_taken_back_by_a_correction(self):
        life = [
            created("high"),
            happens("excuse", "15 10:00", metric=Metric.RESOLUTION, cycle=1, cause="backlog", key=2),
            happens("correct", "16 10:00", key=3, corrects=2),
        ]
        assert clocks(*life) == clocks(created("high"))


class TestTerms:
    """Settings of a policy that are off by default."""

    def test_a_first_response_can_be_clamped_to_the_resolution(self):
        """D6: Low's two days end after the 24 hours; independent by default."""
        assert first(created("low"), now="12 11:00")["due"] == "14 21:00"
        clamped = replace(TERMS, clamps_first_response=True)
        assert first(created("low"), terms=clamped, now="12 11:00")["due"] == "14 10:00"
        assert first(created("urgent"), terms=clamped, now="12 11:00")["due"] == "12 14:00"

    def test_a_target_counts_on_the_calendar_that_it_names(self):
        night_and_day = Terms(
            {
                Metric.FIRST_RESPONSE: {"urgent": replace(Target.seconds(4 * HOUR), calendar=7)},
                Metric.RESOLUTION: {"urgent": Target.seconds(6 * HOUR)},
            }
        )
        life, now = [created("urgent", "10 10:00")], at("2026-01-10 11:00")
        told = replay(life, night_and_day, OFFICE, now, others={7: timeline(ALWAYS)})
        assert [one.due_at for one in told] == [at("2026-01-10 14:00"), at("2026-01-12 15:00")]
        assert [one.calendar for one in told] == [7, 0]

    def test_a_calendar_that_is_not_at_hand_is_an_error(self):
        elsewhere = Terms({Metric.RESOLUTION: {"high": replace(Target.seconds(HOUR), calendar=7)}})
        with pytest.raises(LookupError):
            clocks(created("high"), terms=elsewhere)

    def test_another_priority_can_mean_another_calendar(self):
        both = Terms(
            {
                Metric.RESOLUTION: {
                    "high": Target.days(1, DayMode.CLOSE_OF_NTH_DAY),
                    "urgent": replace(Target.seconds(6 * HOUR), calendar=7),
                }
            }
        )
        life = [created("high", "10 10:00"), happens("priority", "10 11:00", priority="urgent")]
        told = replay(life, both, OFFICE, at("2026-01-10 12:00"), others={7: timeline(ALWAYS)})
        assert told[-1].due_at == at("2026-01-10 16:00")
