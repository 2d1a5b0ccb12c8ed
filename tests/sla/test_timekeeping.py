from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.utils import timezone as django_timezone

from sla import timekeeping


@pytest.mark.django_db
def test_now_is_an_aware_instant_in_utc():
    before = django_timezone.now()
    now = timekeeping.now()

    assert now.tzinfo is UTC
    assert abs(now - before) < timedelta(minutes=1)


@pytest.mark.django_db
def test_now_is_the_databases_where_machines_share_one(django_assert_num_queries):
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 0):
        timekeeping.now()


def test_an_instant_goes_to_whole_seconds_and_back():
    lisbon_summer = timezone(timedelta(hours=1))
    moment = datetime(2026, 7, 1, 10, 0, 59, 999_999, tzinfo=lisbon_summer)

    assert timekeeping.to_epoch(moment) == 1782896459
    assert timekeeping.from_epoch(1782896459) == datetime(2026, 7, 1, 9, 0, 59, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        timekeeping.to_epoch(datetime(2026, 7, 1, 10, 0))  # noqa: DTZ001 - the very thing that is refused
