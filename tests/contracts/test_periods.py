"""Periods of a quota: months, quarters and years from any day on, in the contract's zone (D12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.periods import Period, period_after, period_at, period_before
from contracts.quota_terms import QuotaTerms

TERMS = QuotaTerms(10, "tickets", "month", 1, 1, 0, "accept_and_flag", None, "", 48, "accept", (50, 80, 100))
LISBON = "Europe/Lisbon"


def begins(*dates, zone=LISBON):
    return [datetime(*map(int, day.split("-")), tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in dates]


def at(day, terms=TERMS, *, zone=LISBON, hour=12):
    moment = datetime(*map(int, day.split("-")), hour, tzinfo=ZoneInfo(zone))
    return period_at(moment, terms, zone=zone)


@pytest.mark.parametrize(
    ("unit", "day", "month", "asked", "starts", "ends"),
    [
        ("month", 1, 1, "2026-03-15", "2026-03-01", "2026-04-01"),
        ("month", 15, 1, "2026-03-15", "2026-03-15", "2026-04-15"),
        ("month", 15, 1, "2026-03-14", "2026-02-15", "2026-03-15"),
        ("month", 31, 1, "2026-02-27", "2026-01-31", "2026-02-28"),
        ("month", 31, 1, "2026-02-28", "2026-02-28", "2026-03-31"),
        ("month", 31, 1, "2026-03-31", "2026-03-31", "2026-04-30"),
        ("quarter", 1, 1, "2026-03-31", "2026-01-01", "2026-04-01"),
        ("quarter", 1, 2, "2026-03-31", "2026-02-01", "2026-05-01"),
        ("quarter", 30, 11, "2026-02-27", "2025-11-30", "2026-02-28"),
        ("year", 1, 1, "2026-12-31", "2026-01-01", "2027-01-01"),
        ("year", 29, 2, "2026-03-15", "2026-02-28", "2027-02-28"),
        ("year", 29, 2, "2028-02-28", "2027-02-28", "2028-02-29"),
        ("year", 6, 4, "2026-04-05", "2025-04-06", "2026-04-06"),
    ],
)
def test_a_period_begins_on_the_day_that_was_agreed(unit, day, month, asked, starts, ends):
    terms = replace(TERMS, period=unit, anchor_day=day, anchor_month=month)
    assert at(asked, terms) == Period(*begins(starts, ends))


def test_the_first_instant_is_in_and_the_last_is_not():
    march = at("2026-03-15")
    assert period_at(march.starts_at, TERMS, zone=LISBON) == march
    assert period_at(march.ends_at - timedelta(microseconds=1), TERMS, zone=LISBON) == march
    assert period_at(march.ends_at, TERMS, zone=LISBON) == period_after(march, TERMS, zone=LISBON)


def test_summer_time_makes_a_month_an_hour_shorter():
    march = at("2026-03-15")
    assert march.ends_at - march.starts_at == timedelta(days=31, hours=-1)


def test_where_midnight_is_skipped_the_period_begins_with_the_instant_in_its_place():
    # Clocks in Asuncion went from 0:00 to 1:00 on 1 October 2023.
    october = at("2023-10-15", zone="America/Asuncion")
    assert october.starts_at == datetime(2023, 10, 1, 4, tzinfo=UTC)


def test_before_and_after_lead_back_to_the_same():
    terms = replace(TERMS, period="quarter", anchor_day=31)
    here = at("2026-03-15", terms)
    there = period_after(here, terms, zone=LISBON, further=5)
    for _ in range(5):
        there = period_before(there, terms, zone=LISBON)
    assert there == here


@given(
    st.integers(631_152_000, 4_102_444_800),
    st.sampled_from(["month", "quarter", "year"]),
    st.integers(1, 31),
    st.integers(1, 12),
    st.sampled_from([LISBON, "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Etc/UTC"]),
)
def test_every_instant_lies_in_its_period_and_periods_leave_no_gap(epoch, unit, day, month, zone):
    terms = replace(TERMS, period=unit, anchor_day=day, anchor_month=month)
    instant = datetime.fromtimestamp(epoch, UTC)
    period = period_at(instant, terms, zone=zone)
    assert period.starts_at <= instant < period.ends_at
    assert period_before(period, terms, zone=zone).ends_at == period.starts_at
