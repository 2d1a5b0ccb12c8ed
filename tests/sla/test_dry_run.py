"""What an edit would move, told before anybody makes it, and then compared with what it did move."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sla import calendars, clocks, dry_run, hours, policies, recompute
from sla.dry_run import Move
from sla.hours import EventKind, Metric, Target, Terms
from sla.models import Calendar, CalendarVersion, Clock, ClockEvent, PolicyVersion, TargetCell
from tests.cast import LONG_AGO, unfrozen
from tests.sla.conftest import BY, clock_of, march

pytestmark = pytest.mark.django_db

K = EventKind
HOUR = 3600
AT = march(10, 12)
TOMORROW = march(11, 0)


def shorter(calendar, **changes):
    """The calendar's hours with something else instead."""
    return hours.calendar_from_json(
        hours.calendar_to_json(calendars.spec_of(calendar.versions.get())) | changes
    )


@pytest.fixture
def until_six(calendar):
    """From tomorrow on support would close at six."""
    days = ("mon", "tue", "wed", "thu", "fri")
    return shorter(calendar, week={day: [["09:00", "18:00"]] for day in days})


def told(moves) -> list[tuple]:
    return [(move.metric, move.due_at, move.would_be_due_at) for move in moves.moves]


# --- new hours --------------------------------------------------------------------------------------


def test_what_is_due_after_the_new_hours_begin_would_move(calendar, begin, until_six):
    clock_set = begin("medium")

    moves = dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT)

    first, resolution = clock_of(clock_set, "first_response"), clock_of(clock_set, "resolution")
    assert moves.moves == (
        Move(first.pk, clock_set.pk, "first_response", march(11, 21), march(11, 18)),
        Move(resolution.pk, clock_set.pk, "resolution", march(12, 10), march(12, 13)),
    )
    assert (moves.total, moves.looked_at, moves.underivable) == (2, 2, 0)


def test_what_is_due_before_stays(calendar, begin, until_six):
    begin("urgent")  # due today at two, resolved the day after tomorrow

    moves = dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT)

    assert told(moves) == [("resolution", march(12, 10), march(12, 13))]


def test_the_same_hours_move_nothing(calendar, begin):
    begin("low")
    same = shorter(calendar)

    assert told(dry_run.calendar_edit(calendar, spec=same, valid_from=TOMORROW, at=AT)) == []


def live_work(begin):
    """All that can have happened to something that still runs."""
    for priority in ("urgent", "high", "medium", "low"):
        begin(priority)
    paused, resumed, excluded, reopened, hurried, revoked, answered = (begin("low") for _ in range(7))
    for clock_set in (paused, resumed):
        clocks.record(clock_set, K.AGENT_REPLY, at=march(10, 11), by=BY, reference="a")
        clocks.record(clock_set, K.PAUSE, at=march(10, 11), by=BY)
    clocks.record(resumed, K.CUSTOMER_REPLY, at=march(10, 11, 30), by=BY)
    clocks.record(excluded, K.EXCLUDE, at=march(10, 11), by=BY)
    clocks.record(excluded, K.INCLUDE, at=march(10, 11, 45), by=BY)
    clocks.record(reopened, K.SOLVE, at=march(10, 10, 30), by=BY)
    clocks.record(reopened, K.REOPEN, at=march(10, 11, 30), by=BY)
    clocks.record(hurried, K.PRIORITY, at=march(10, 11), by=BY, priority="high")
    clocks.record(revoked, K.AGENT_REPLY, at=march(10, 11), by=BY, reference="b")
    clocks.record(revoked, K.REPLY_REVOKED, at=march(10, 11, 1), by=BY, reference="b")
    clocks.record(answered, K.AGENT_REPLY, at=march(10, 11), by=BY, reference="c")
    by_hand = clock_of(begin("low"), "resolution")
    clocks.set_due(by_hand, due_at=march(13, 10), at=march(10, 11), by=BY, reason="Promised")
    event = hurried.events.get(kind="priority")
    clocks.correct(event, at=march(10, 11, 30), by=BY, reason="Wrong ticket")


def stored() -> dict[int, tuple]:
    return {clock.pk: (clock.clock_set_id, clock.metric, clock.due_at) for clock in Clock.objects.all()}


def test_it_tells_exactly_what_publishing_then_moves(calendar, begin, until_six):
    live_work(begin)
    moves = dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT)
    before = stored()

    calendars.publish_version(calendar, spec=until_six, valid_from=TOMORROW)
    recompute.recompute(at=AT, calendar=calendar)

    after = stored()
    moved = {
        Move(pk, *before[pk][:2], before[pk][2], after[pk][2]) for pk in before if before[pk] != after[pk]
    }
    assert set(moves.moves) == moved
    assert len(moved) > 10


def test_a_target_on_a_calendar_of_its_own_follows_that_calendar(calendar, policy_version, begin, until_six):
    always = Calendar.objects.create(key="always", name="Always")
    week = {day: [["00:00", "24:00"]] for day in hours.WEEKDAYS}
    spec = hours.calendar_from_json({"tz": "UTC", "week": week})
    calendars.publish_version(always, spec=spec, valid_from=LONG_AGO)
    calendars.build(always, at=AT)
    unfrozen(lambda: TargetCell.objects.filter(metric="first_response").update(calendar=always))
    clock_set = begin("low", terms=policies.terms_of(policy_version))
    clocks.record(clock_set, K.PRIORITY, at=march(10, 11), by=BY, priority="medium")

    moves = dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT)
    on_its_own = dry_run.calendar_edit(always, spec=until_six, valid_from=TOMORROW, at=AT)

    assert told(moves) == [("resolution", march(12, 10), march(12, 13))]
    assert [move.metric for move in on_its_own.moves] == ["first_response"]


def test_it_writes_nothing(calendar, begin, until_six):
    live_work(begin)
    begun = list(Clock.objects.values()), list(ClockEvent.objects.values()), calendar.intervals.count()

    with CaptureQueriesContext(connection) as asked:
        dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT)

    now = list(Clock.objects.values()), list(ClockEvent.objects.values()), calendar.intervals.count()
    assert (now, CalendarVersion.objects.count()) == (begun, 1)
    # PostgreSQL reads long answers by a cursor, which it declares.
    assert {query["sql"].split()[0] for query in asked} - {"DECLARE"} == {"SELECT"}


def test_it_asks_no_more_of_the_database_for_thirty_than_for_three(calendar, begin, until_six):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT)
        return len(asked)

    for _ in range(3):
        begin("low")
    few = statements()
    for _ in range(27):
        begin("low")
    assert statements() == few


def test_only_the_first_are_named_and_all_are_counted(calendar, begin, until_six):
    for _ in range(4):
        begin("low")

    moves = dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT, limit=3)

    assert (moves.total, len(moves.moves)) == (8, 3)


def test_hours_that_end_make_it_never_due(calendar, begin):
    begin("low")
    last = shorter(calendar, week={"mon": [["09:00", "10:00"]]}, holidays=[])
    CalendarVersion.objects.create(  # one that no door would publish
        calendar=calendar, valid_from=march(12, 0), zone="Europe/Lisbon", week={}
    )

    moves = dry_run.calendar_edit(calendar, spec=last, valid_from=march(12, 1), at=AT)
    assert march(16, 10) in {move.would_be_due_at for move in moves.moves}


def test_hours_that_cannot_be_published_are_refused(calendar, begin, until_six):
    with pytest.raises(hours.NoOpeningHours):
        dry_run.calendar_edit(calendar, spec=shorter(calendar, week={}), valid_from=TOMORROW, at=AT)
    with pytest.raises(calendars.NotLater):
        dry_run.calendar_edit(calendar, spec=until_six, valid_from=calendar.versions.get().valid_from, at=AT)


def test_broken_events_are_counted_and_do_not_stop_it(calendar, begin, until_six):
    begin("low")
    broken = begin("low")
    type(broken).objects.filter(pk=broken.pk).update(terms={})
    broken.clocks.update(is_plain=False)  # so that it is replayed

    moves = dry_run.calendar_edit(calendar, spec=until_six, valid_from=TOMORROW, at=AT)

    assert (moves.looked_at, moves.total, moves.underivable) == (4, 2, 2)


# --- new numbers ------------------------------------------------------------------------------------


@pytest.fixture
def draft(policy_version, calendar, priorities) -> PolicyVersion:
    """Everything within two business hours."""
    version = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(20, 0), calendar=calendar
    )
    for priority in priorities.values():
        for metric in ("first_response", "resolution"):
            TargetCell.objects.create(
                version=version, metric=metric, priority=priority, unit="business_hours", amount=2
            )
    return version


def test_a_policys_new_numbers_would_count_from_the_original_start(begin, draft):
    clock_set = begin("urgent")
    terms = policies.terms_of(draft)

    moves = dry_run.policy_edit(draft, terms_for=lambda _set: terms, at=AT)

    assert told(moves) == [
        ("first_response", march(10, 14), march(10, 12)),
        ("resolution", march(12, 10), march(10, 12)),
    ]
    assert {move.clock_set_id for move in moves.moves} == {clock_set.pk}


def test_it_tells_exactly_what_retargeting_then_moves(begin, draft):
    live_work(begin)
    terms = policies.terms_of(draft)
    moves = dry_run.policy_edit(draft, terms_for=lambda _set: terms, at=AT)
    before = stored()

    for clock_set in draft.policy.versions.get(number=1).clock_sets.all():
        clocks.record(clock_set, K.RETARGET, at=AT, by=BY, terms=terms)

    after = stored()
    moved = {
        Move(pk, *before[pk][:2], before[pk][2], after[pk][2]) for pk in before if before[pk] != after[pk]
    }
    assert set(moves.moves) == moved
    assert len(moved) > 10


def test_a_grace_is_left_to_what_it_would_put_into_the_past(begin, draft):
    begin("low")
    hour = Target.seconds(HOUR)
    terms = Terms({Metric.FIRST_RESPONSE: {"low": hour}, Metric.RESOLUTION: {"low": hour}}, HOUR)

    moves = dry_run.policy_edit(draft, terms_for=lambda _set: terms, at=AT)

    assert {move.would_be_due_at for move in moves.moves} == {march(10, 13)}


def test_a_target_that_goes_and_one_that_comes_are_moves(begin, draft):
    none = Terms({Metric.FIRST_RESPONSE: {"low": None}, Metric.RESOLUTION: {"low": Target.seconds(HOUR)}})
    begin("low", terms=none)
    other = Terms({Metric.FIRST_RESPONSE: {"low": Target.seconds(HOUR)}, Metric.RESOLUTION: {"low": None}})

    moves = dry_run.policy_edit(draft, terms_for=lambda _set: other, at=AT)

    assert sorted(told(moves)) == [
        ("first_response", None, march(10, 11)),
        ("resolution", march(10, 11), None),
    ]


def test_what_another_version_is_pinned_for_is_left_out(begin, draft):
    begin("low")

    moves = dry_run.policy_edit(draft, terms_for=lambda _set: None, at=AT)

    assert (moves.total, moves.looked_at) == (0, 0)
