"""What people do to clocks by hand, and the facts that it leaves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sla import alarms, clocks, policies
from sla.hours import EventKind, Metric, Target
from sla.models import Calendar, LadderStep, PolicyVersion, TargetCell
from sla.rebuild import rebuild
from tests.sla.conftest import BY, RECEIVED, clock_of, march, stands

K = EventKind
WHY = {"by": BY, "reason": "the customer asked for it"}


def nothing_differs() -> bool:
    return rebuild(at=march(30, 10), is_dry=True).differences == []


def misses(clock_set) -> list[tuple]:
    told = clock_set.events.filter(kind="missed").order_by("id")
    return list(told.values_list("metric", "cycle", "at", "by"))


# --- due times ------------------------------------------------------------------------------------


def test_a_due_time_set_by_hand_is_flagged_and_keeps_its_reason(begin):
    clock_set = begin("high")

    clocks.set_due(clock_of(clock_set, "resolution"), due_at=march(16, 12), at=march(10, 11), **WHY)

    clock = clock_of(clock_set, "resolution")
    assert (clock.due_at, clock.is_manual, clock.is_plain) == (march(16, 12), True, False)
    event = clock_set.events.last()
    assert (event.kind, event.metric, event.reason, event.by) == (
        "manual_due",
        "resolution",
        "the customer asked for it",
        BY,
    )
    assert nothing_differs()


def test_it_survives_a_change_of_priority_and_can_be_given_back(begin):
    clock_set = begin("high")
    resolution = clock_of(clock_set, "resolution")
    clocks.set_due(resolution, due_at=march(16, 12), at=march(10, 11), **WHY)
    clocks.record(clock_set, K.PRIORITY, priority="urgent", at=march(10, 12), by=BY)
    assert stands(clock_set) == {
        "first_response": ("running", march(10, 14), None),
        "resolution": ("running", march(16, 12), None),
    }

    clocks.set_due(resolution, due_at=None, at=march(10, 13), **WHY)

    assert stands(clock_set)["resolution"] == ("running", march(12, 10), None)
    assert clock_of(clock_set, "resolution").is_manual is False
    assert nothing_differs()


def test_its_ladder_follows_it(begin):
    clock_set = begin("urgent")
    clocks.set_due(clock_of(clock_set, "first_response"), due_at=march(10, 18), at=march(10, 11), **WHY)

    while alarms.ring_due(at=march(10, 14)):
        pass

    assert [alarm.rang_at for alarm in clock_of(clock_set, "first_response").alarms.all()] == [march(10, 14)]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"due_at": march(10, 11)}, clocks.DueInThePast),
        ({"due_at": march(9, 11)}, clocks.DueInThePast),
        ({"reason": "  "}, clocks.ReasonMissing),
    ],
)
def test_a_due_time_that_cannot_be_is_refused(begin, changes, refusal):
    clock = clock_of(begin("high"), "resolution")
    with pytest.raises(refusal):
        clocks.set_due(clock, **({"due_at": march(16, 12), "at": march(10, 11)} | WHY | changes))


def test_a_clock_that_has_ended_takes_none(begin):
    clock_set = begin("high")
    clocks.record(clock_set, K.SOLVE, at=march(10, 11), by=BY)
    with pytest.raises(clocks.ClockEnded):
        clocks.set_due(clock_of(clock_set, "resolution"), due_at=march(16, 12), at=march(10, 12), **WHY)


def test_the_next_update_can_be_promised(begin):
    """AG-15: terms that promise none get a clock for this one."""
    clock_set = begin("high")

    clocks.promise_update(clock_set, due_at=march(10, 16), at=march(10, 11), **WHY)

    assert stands(clock_set)["update_interval"] == ("running", march(10, 16), None)
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 15), by=BY)
    assert stands(clock_set)["update_interval"] == ("met", march(10, 16), None)
    assert nothing_differs()
    with pytest.raises(clocks.DueInThePast):
        clocks.promise_update(clock_set, due_at=march(10, 16), at=march(10, 16), **WHY)


# --- corrections ----------------------------------------------------------------------------------


def test_a_wrong_event_is_compensated_and_stays(begin):
    clock_set = begin("high")
    clocks.record(clock_set, K.SOLVE, at=march(10, 11), by=BY)
    solved = clock_set.events.last()

    clocks.correct(solved, at=march(10, 12), **WHY)

    assert stands(clock_set)["resolution"] == ("running", march(12, 10), None)
    assert [(event.kind, event.facts) for event in clock_set.events.order_by("id")] == [
        ("created", {}),
        ("solve", {}),
        ("correct", {"corrects": solved.pk}),
    ]
    assert nothing_differs()


def test_an_event_can_have_happened_earlier(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 16), by=BY)
    assert stands(clock_set)["first_response"][2] == march(10, 14)

    clocks.correct(
        clock_set.events.get(kind="agent_reply"), happened_at=march(10, 12), at=march(10, 17), **WHY
    )

    clock = clock_of(clock_set, "first_response")
    assert (clock.state, clock.met_at, clock.breached_at) == ("met", march(10, 12), None)
    assert misses(clock_set) == [("first_response", 1, march(10, 14), "system:clock")]
    assert nothing_differs()


def test_what_cannot_be_corrected_is_refused(begin):
    clock_set = begin("urgent")
    created = clock_set.events.get()
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 16), by=BY)
    reply, missed = clock_set.events.get(kind="agent_reply"), clock_set.events.get(kind="missed")
    for event in (created, missed):
        with pytest.raises(clocks.NotCorrectable):
            clocks.correct(event, at=march(10, 17), **WHY)
    for instant in (RECEIVED - timedelta(seconds=1), march(10, 18)):
        with pytest.raises(clocks.OutsideItsLife):
            clocks.correct(reply, happened_at=instant, at=march(10, 17), **WHY)
    with pytest.raises(clocks.ReasonMissing):
        clocks.correct(reply, at=march(10, 17), by=BY, reason="")
    clocks.correct(reply, at=march(10, 17), **WHY)
    correction = clock_set.events.get(kind="correct")
    with pytest.raises(clocks.NotCorrectable):
        clocks.correct(correction, happened_at=march(10, 12), at=march(10, 18), **WHY)


# --- misses and excuses ---------------------------------------------------------------------------


def test_a_miss_is_told_once_whoever_finds_it_first(begin):
    clock_set = begin("urgent")
    for _ in range(2):
        alarms.ring_due(at=march(10, 14, 30))
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 15), by=BY)

    assert misses(clock_set) == [("first_response", 1, march(10, 14), "system:clock")]


def test_a_late_answer_tells_the_miss_before_any_sweep(begin):
    clock_set = begin("urgent")
    clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 15), by=BY)
    assert misses(clock_set) == [("first_response", 1, march(10, 14), "system:clock")]


def test_an_excuse_is_a_fact_beside_the_miss(begin):
    clock_set = begin("urgent")
    alarms.ring_due(at=march(10, 15))

    clocks.excuse(clock_of(clock_set, "first_response"), cause="backlog", at=march(10, 16), **WHY)

    clock = clock_of(clock_set, "first_response")
    assert (clock.breached_at, clock.excused_at, clock.excuse) == (march(10, 14), march(10, 16), "backlog")
    assert nothing_differs()
    clocks.correct(clock_set.events.get(kind="excuse"), at=march(10, 17), **WHY)
    assert clock_of(clock_set, "first_response").excused_at is None


def test_only_a_miss_can_be_excused(begin):
    with pytest.raises(clocks.NotMissed):
        clocks.excuse(clock_of(begin("high"), "resolution"), cause="backlog", at=march(10, 11), **WHY)


# --- other terms, one ticket less -----------------------------------------------------------------


def test_other_terms_rule_from_the_original_start(begin, terms):
    clock_set = begin("high")
    faster = replace(
        terms, targets={**terms.targets, Metric.FIRST_RESPONSE: {"high": Target.seconds(2 * 3600)}}
    )

    clocks.retarget(clock_set, terms=faster, at=march(10, 13), **WHY)

    assert stands(clock_set) == {
        "first_response": ("running", march(10, 12), march(10, 13)),
        "resolution": ("running", march(12, 10), None),
    }
    assert nothing_differs()


def test_a_survivor_owes_its_answer_since_the_earlier_start(begin):
    survivor, duplicate = begin("urgent", at=march(10, 12)), begin("urgent", at=march(10, 10))

    clocks.absorb(survivor, duplicate, at=march(10, 13), by=BY)

    assert stands(survivor)["first_response"] == ("running", march(10, 14), None)
    assert {state for state, _, _ in stands(duplicate).values()} == {"cancelled"}
    assert survivor.events.last().facts["clock_set"] == duplicate.pk
    assert nothing_differs()


def test_a_duplicate_that_was_answered_leaves_the_survivor_its_own_start(begin):
    survivor, duplicate = begin("urgent", at=march(10, 12)), begin("urgent", at=march(10, 10))
    clocks.record(duplicate, K.AGENT_REPLY, at=march(10, 11), by=BY)

    clocks.absorb(survivor, duplicate, at=march(10, 13), by=BY)

    assert stands(survivor)["first_response"] == ("running", march(10, 16), None)


# --- what a policy says ---------------------------------------------------------------------------


@pytest.fixture
def draft(policy_version, calendar) -> PolicyVersion:
    """A second version that nobody has published, with the same cells."""
    version = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(10, 0), calendar=calendar
    )
    for cell in policies.cells_of(policy_version):
        cell.pk, cell.version = None, version
        cell.save()
    return version


def test_a_policy_sets_grace_clamp_and_update_interval(draft, priorities):
    draft.grace_minutes, draft.clamps_first_response = 30, True
    TargetCell.objects.create(
        version=draft, metric="update_interval", priority=priorities["high"], unit="business_hours", amount=6
    )

    terms = policies.terms_of(draft)

    assert (terms.grace_seconds, terms.clamps_first_response) == (1800, True)
    assert terms.target(Metric.UPDATE_INTERVAL, "high") == Target.seconds(6 * 3600)


def test_a_cell_counts_on_the_calendar_that_it_names_with_its_standard_day(draft, begin):
    """D4b: the floor is N standard days of the cell's own calendar."""
    from sla import calendars, hours

    short = Calendar.objects.create(key="short", name="Ten to four")
    week = {day: [["10:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": week})
    calendars.publish_version(short, spec=spec, valid_from=march(1, 0))
    calendars.build(short, at=RECEIVED)
    TargetCell.objects.filter(version=draft, metric="first_response", priority__key="medium").update(
        calendar=short
    )

    terms = policies.terms_of(draft)
    clock_set = begin("medium", terms=terms)

    target = terms.target(Metric.FIRST_RESPONSE, "medium")
    assert (target.calendar, target.floor_seconds) == (short.pk, 6 * 3600)
    clock = clock_of(clock_set, "first_response")
    assert (clock.calendar, clock.due_at) == (short, march(11, 16))
    assert clock_of(clock_set, "resolution").calendar == clock_set.calendar
    assert nothing_differs()


def test_a_step_on_a_clock_of_another_calendar_counts_there(draft, policy_version, begin):
    from sla import calendars, hours

    always = Calendar.objects.create(key="always", name="Always")
    spec = hours.calendar_from_json(
        {"tz": "Europe/Lisbon", "week": {day: [["00:00", "24:00"]] for day in hours.WEEKDAYS}}
    )
    calendars.publish_version(always, spec=spec, valid_from=march(1, 0))
    calendars.build(always, at=RECEIVED)
    TargetCell.objects.filter(version=draft, metric="first_response", priority__key="urgent").update(
        calendar=always
    )
    assert LadderStep.objects.filter(version=policy_version, percent=50).exists()

    clock_set = begin("urgent", terms=policies.terms_of(draft), at=march(10, 20))
    alarms.ring_due(at=march(10, 22))

    (alarm,) = clock_of(clock_set, "first_response").alarms.all()
    assert (alarm.percent, alarm.rang_at) == (50, march(10, 22))


def test_terms_of_another_policy_bring_its_ladder_and_its_calendar(begin, terms, draft, calendar):
    """A set's own calendar never changes: terms of a policy on another one name it."""
    from sla import calendars, hours

    always = Calendar.objects.create(key="always", name="Always")
    week = {day: [["00:00", "24:00"]] for day in hours.WEEKDAYS}
    spec = hours.calendar_from_json({"tz": "Europe/Lisbon", "week": week})
    calendars.publish_version(always, spec=spec, valid_from=march(1, 0))
    calendars.build(always, at=RECEIVED)
    clock_set = begin("urgent", at=march(10, 20))

    clocks.retarget(
        clock_set,
        terms=clocks.terms_for(clock_set, terms, always),
        policy_version=draft,
        is_binding=True,
        at=march(10, 20, 30),
        **WHY,
    )

    clock_set.refresh_from_db()
    assert (clock_set.policy_version, clock_set.is_binding, clock_set.calendar) == (draft, True, calendar)
    clock = clock_of(clock_set, "first_response")
    assert (clock.calendar, clock.due_at) == (always, march(11, 0))
    assert clocks.terms_for(clock_set, terms, calendar) == terms
    facts = clock_set.events.get(kind="retarget").facts
    assert facts == {"policy_version_before": draft.policy.versions.get(number=1).pk, "was_binding": False}
    assert nothing_differs()
