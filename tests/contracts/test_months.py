"""When a quota month begins and ends (D12)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.months import Month
from sla.hours import UnknownZone


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)


def test_a_month_begins_at_midnight_in_the_contracts_zone():
    lisbon = Month.at(utc(2026, 7, 15), zone="Europe/Lisbon")
    assert (lisbon.starts_at, lisbon.ends_at) == (utc(2026, 6, 30, 23), utc(2026, 7, 31, 23))

    sao_paulo = Month.at(utc(2026, 7, 1, 2, 59), zone="America/Sao_Paulo")
    assert str(sao_paulo) == "2026-06"


def test_a_month_is_half_open():
    just_before = Month.at(utc(2026, 1, 31, 23, 59, 59, 999_999), zone="Europe/Lisbon")
    at_midnight = Month.at(utc(2026, 2, 1), zone="Europe/Lisbon")
    assert (str(just_before), str(at_midnight)) == ("2026-01", "2026-02")
    assert just_before.ends_at == at_midnight.starts_at


def test_summer_time_shortens_march_and_lengthens_october():
    march, october = (Month.written(text, zone="Europe/Lisbon") for text in ("2026-03", "2026-10"))
    assert march.ends_at - march.starts_at == timedelta(days=31, hours=-1)
    assert october.ends_at - october.starts_at == timedelta(days=31, hours=1)


def test_december_is_followed_by_january():
    assert str(Month.written("2026-12", zone="UTC").next) == "2027-01"


def test_a_month_whose_midnight_is_skipped_begins_when_the_clock_goes_on():
    """Asunción, 1 October 2017: from 23:59:59 to 01:00."""
    october = Month.written("2017-10", zone="America/Asuncion")
    assert october.starts_at == utc(2017, 10, 1, 4)
    assert str(Month.at(utc(2017, 10, 1, 3, 59, 59), zone="America/Asuncion")) == "2017-09"
    assert str(Month.at(utc(2017, 10, 1, 4), zone="America/Asuncion")) == "2017-10"


def test_an_hour_that_is_read_again_stays_in_the_month_that_has_begun():
    """St John's, 1 November 2009: at 00:01 back to 23:01 of October, which has ended."""
    read_again = utc(2009, 11, 1, 2, 45)
    month = Month.at(read_again, zone="America/St_Johns")
    assert str(month) == "2009-11"
    assert month.starts_at <= read_again < month.ends_at


def test_wet_is_lisbons_time():
    assert Month.at(utc(2026, 7, 15), zone="WET").starts_at == utc(2026, 6, 30, 23)


def test_an_unknown_zone_is_refused_by_name():
    with pytest.raises(UnknownZone, match="Europe/Lisboa"):
        Month.at(utc(2026, 7, 15), zone="Europe/Lisboa")


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-3", "26-03", "2026-03-01", "", "9999-12", "１９９９-０１"]
)
def test_a_month_that_is_written_otherwise_is_refused(text):
    with pytest.raises(ValueError, match="A month is written like 2026-03"):
        Month.written(text, zone="UTC")


@given(
    at=st.integers(631_152_000, 2_208_988_800).map(lambda second: datetime.fromtimestamp(second, UTC)),
    zone=st.sampled_from(
        [
            "Europe/Lisbon",
            "America/St_Johns",
            "America/Asuncion",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "Africa/Cairo",
        ]
    ),
)
def test_every_instant_lies_in_exactly_its_month(at, zone):
    month = Month.at(at, zone=zone)
    assert month.starts_at <= at < month.ends_at
    assert Month.at(month.starts_at, zone=zone) == month
    assert Month.at(month.ends_at, zone=zone) == month.next
