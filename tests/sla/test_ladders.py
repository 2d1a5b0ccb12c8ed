"""Steps of a ladder by open time around the due time, by metric, and what they may name."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from sla import alarms, clocks, ladders, policies
from sla.hours import EventKind
from sla.models import Alarm, LadderStep, Policy, PolicyVersion
from tests.cast import unfrozen
from tests.sla.conftest import BY, clock_of, march

K = EventKind


@pytest.fixture
def ladder(policy_version):
    """In the place of the cast's ladder: these steps, each as the fields of a row."""

    def put(*steps):
        unfrozen(LadderStep.objects.all().delete)
        return unfrozen(lambda: [LadderStep.objects.create(version=policy_version, **step) for step in steps])

    return put


def rang(clock_set, metric="first_response"):
    return list(clock_of(clock_set, metric).alarms.order_by("pk").values_list("step", "rang_at"))


def test_steps_are_named_by_share_or_offset(ladder):
    steps = ladder({"percent": 75}, {"offset_minutes": -60}, {"offset_minutes": 0}, {"offset_minutes": 90})

    assert [step.key for step in steps] == ["75%", "-60m", "+0m", "+90m"]
    said = [ladders.said(step.percent, step.offset_minutes).replace("\u00a0", " ") for step in steps]
    assert said == ["at 75 %", "1 h before due", "when due", "1 h 30 min after due"]


def test_an_hour_before_and_after_is_an_hour_of_support(begin, ladder):
    """Two hours until closing, due at eleven the next day."""
    ladder({"offset_minutes": -180}, {"offset_minutes": -60}, {"offset_minutes": 0}, {"offset_minutes": 600})
    clock_set = begin("urgent", at=march(10, 19))

    alarms.ring_due(at=march(12, 12))

    assert rang(clock_set) == [
        ("-180m", march(10, 20)),
        ("-60m", march(11, 10)),
        ("+0m", march(11, 11)),
        ("+600m", march(11, 21)),
    ]


def test_the_clock_is_looked_at_when_its_next_step_is_reached(begin, ladder):
    ladder({"offset_minutes": -60}, {"percent": 50})
    clock_set = begin("urgent")

    assert clock_of(clock_set, "first_response").rings_at == march(10, 12)
    alarms.ring_due(at=march(10, 12))
    assert clock_of(clock_set, "first_response").rings_at == march(10, 13)


def test_a_pause_moves_a_step_with_the_due_time(begin, ladder):
    ladder({"offset_minutes": -60}, {"offset_minutes": 60})
    clock_set = begin("urgent")
    clocks.record(clock_set, K.PAUSE, at=march(10, 11), by=BY)
    clocks.record(clock_set, K.CUSTOMER_REPLY, at=march(10, 12), by=BY)

    alarms.ring_due(at=march(13, 12))

    # 24 hours from Tuesday at ten, one of them held: due on Thursday at eleven.
    assert rang(clock_set, "resolution") == [("-60m", march(12, 10)), ("+60m", march(12, 12))]


def test_what_is_held_after_the_due_time_does_not_count_for_a_step_after_it(begin, ladder):
    ladder({"offset_minutes": 120})
    clock_set = begin("urgent")
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 11), by=BY)
    clocks.record(clock_set, K.PAUSE, at=march(12, 11), by=BY)
    clocks.record(clock_set, K.CUSTOMER_REPLY, at=march(12, 15), by=BY)

    alarms.ring_due(at=march(13, 12))

    assert rang(clock_set, "resolution") == [("+120m", march(12, 16))]


def test_a_target_shorter_than_the_sweeps_interval_still_alerts(begin, ladder):
    """Due four hours after its start; a step a day before lies before there was a clock."""
    ladder({"offset_minutes": -24 * 60}, {"percent": 1}, {"offset_minutes": 0})
    clock_set = begin("urgent")

    alarms.ring_due(at=march(11, 10))

    assert rang(clock_set) == [
        ("-1440m", march(10, 10)),
        ("1%", march(10, 10) + timedelta(seconds=144)),
        ("+0m", march(10, 14)),
    ]


def test_retargeting_moves_what_has_not_rung_and_rings_nothing_twice(begin, ladder):
    ladder({"offset_minutes": -60}, {"offset_minutes": 60})
    clock_set = begin("urgent")
    alarms.ring_due(at=march(10, 13))

    clocks.record(clock_set, K.PRIORITY, at=march(10, 13, 30), by=BY, priority="high", reason="bearable")
    alarms.ring_due(at=march(11, 9))
    assert rang(clock_set) == [("-60m", march(10, 13))]

    alarms.ring_due(at=march(11, 12))
    # Twelve hours from ten are due at ten the next day.
    assert rang(clock_set) == [("-60m", march(10, 13)), ("+60m", march(11, 11))]


def test_a_step_of_one_metric_stands_for_the_same_one_of_all(begin, ladder):
    ladder(
        {"percent": 50, "tell": ["assignee"]},
        {"percent": 50, "metric": "resolution", "tell": ["manager"]},
        {"offset_minutes": 0, "metric": "first_response", "tell": ["lead"]},
    )
    begin("urgent")

    alarms.ring_due(at=march(11, 12))

    found = Alarm.objects.order_by("clock__metric", "pk").values_list("clock__metric", "step", "actions")
    assert list(found) == [
        ("first_response", "50%", {"tell": ["assignee"]}),
        ("first_response", "+0m", {"tell": ["lead"]}),
        ("resolution", "50%", {"tell": ["manager"]}),
    ]


def test_an_alarm_keeps_all_that_its_step_said(begin, ladder):
    everything = {
        "tell": ["assignee", "on_call"],
        "to_team": "night",
        "raises_priority": True,
        "tag": "late",
        "webhook": "pager",
    }
    ladder({"offset_minutes": -60, **everything})
    begin("urgent")

    alarms.ring_due(at=march(10, 13))

    assert Alarm.objects.get().actions == everything


@pytest.fixture
def on_draft(policy_version):
    """The steps of a version that is being written."""
    draft = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(12, 0), calendar=policy_version.calendar
    )
    return lambda *steps: [LadderStep.objects.create(version=draft, **step) for step in steps]


@pytest.mark.parametrize(
    ("step", "constraint"),
    [
        ({}, "a_ladder_step_has_either"),
        ({"percent": 75, "offset_minutes": 0}, "a_ladder_step_has_either"),
        ({"percent": 0}, "a_ladder_step_is_a_sensible_percentage"),
        ({"percent": 1001}, "a_ladder_step_is_a_sensible_percentage"),
        ({"offset_minutes": 43_201}, "a_ladder_step_is_within_thirty_days"),
        ({"offset_minutes": -43_201}, "a_ladder_step_is_within_thirty_days"),
    ],
)
def test_the_database_refuses_a_step_that_is_none(on_draft, step, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        on_draft(step)


@pytest.mark.parametrize("step", [{"percent": 75}, {"offset_minutes": -60}])
def test_the_database_refuses_a_step_that_is_there(on_draft, step):
    with pytest.raises(IntegrityError), transaction.atomic():
        on_draft(step, step)
    assert len(on_draft(step, {**step, "metric": "resolution"})) == 2


# --- what may be named ----------------------------------------------------------------------------


@pytest.fixture
def draft(policy_version) -> PolicyVersion:
    policy = Policy.objects.create(key="night", name="Night policy")
    return PolicyVersion.objects.create(
        policy=policy, number=1, valid_from=march(1, 0), calendar=policy_version.calendar
    )


def test_what_nobody_knows_is_not_published(draft):
    LadderStep.objects.create(version=draft, percent=50, tell=["assignee", "boss"], to_team="moon")
    LadderStep.objects.create(version=draft, percent=90, tell=["boss"], webhook="pager")

    with pytest.raises(policies.UnknownNames) as refusal:
        policies.publish(draft, at=march(10, 10))

    assert str(refusal.value) == (
        'The ladder names what there is not: role "boss", team "moon", webhook "pager".'
    )
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_step_that_does_nothing_is_not_published(draft):
    LadderStep.objects.create(version=draft, offset_minutes=-60)

    with pytest.raises(policies.IdleStep, match="does nothing: 1\u00a0h before due"):
        policies.publish(draft, at=march(10, 10))


def test_what_the_desk_knows_is_published(draft, team):
    LadderStep.objects.create(version=draft, percent=50, tell=["on_call"], to_team=team.key, tag="late")

    policies.publish(draft, at=march(10, 10))

    assert draft.status == "active"
