import pytest

from sla import tasks, timekeeping
from sla.models import Clock, Heartbeat
from tests.sla.conftest import clock_of, march, rang


@pytest.fixture
def at(monkeypatch):
    """Set the clock that doors read."""

    def at(moment):
        monkeypatch.setattr(timekeeping, "now", lambda: moment)

    return at


def test_beat_rings_page_after_page_until_none_is_left(begin, at, monkeypatch):
    monkeypatch.setattr("sla.alarms.ring_due.__kwdefaults__", {"limit": 2})
    clock_sets = [begin("urgent") for _ in range(5)]
    at(march(10, 12))

    assert [tasks.ring_due_clocks() for _ in range(2)] == [5, 0]

    assert [rang(clock_set, "first_response") for clock_set in clock_sets] == [[(50, march(10, 12))]] * 5


def test_the_night_sets_right_what_drifted_and_says_so(begin, at, caplog):
    clock_set = begin("urgent")
    Clock.objects.filter(metric="first_response").update(due_at=march(19, 10))
    at(march(10, 12))

    tasks.recompute_deadlines()

    assert clock_of(clock_set, "first_response").due_at == march(10, 14)
    (line,) = (record for record in caplog.records if "due times derived again" in str(record.msg))
    assert line.levelname == "ERROR"


@pytest.mark.django_db
def test_a_heart_beats_in_one_row(at, django_assert_num_queries):
    at(march(10, 12))
    tasks.heartbeat()
    at(march(10, 13))
    with django_assert_num_queries(1):
        tasks.heartbeat()

    assert list(Heartbeat.objects.values_list("name", "at")) == [("beat", march(10, 13))]
