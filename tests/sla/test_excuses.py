"""D11, AG-16, TL-04: a miss is explained by one and excused by another, and nothing moves by it."""

import pytest
from django.db import IntegrityError, connection, transaction

from sla import alarms, clocks, excuses, rebuild
from sla.excuses import (
    AlreadyDecided,
    AlreadyProposed,
    BindingPromise,
    MetInTime,
    NothingPromised,
    NothingSaid,
    NotMissedYet,
    OwnProposal,
    UnknownCause,
)
from sla.hours import EventKind
from sla.models import Clock, Excuse
from sla.outcomes import Outcome, outcome_of
from tests.sla.conftest import BY, clock_of, march

LEAD = "account:2"
K = EventKind


def resolution(clock_set) -> Clock:
    """Due on Thursday the 12th at ten."""
    return clock_of(clock_set, "resolution")


def swept(clock_set, *, at) -> Clock:
    while alarms.ring_due(at=at):
        pass
    return resolution(clock_set)


def propose(clock, *, at, cause="complexity", **more) -> Excuse:
    given = {"text": "Three vendors.", "by": BY}
    return excuses.propose(clock, cause=cause, at=at, **(given | more))


# --- proposed -------------------------------------------------------------------------------------


def test_a_proposal_before_the_miss_is_kept_as_it_was_said(begin):
    excuse = propose(resolution(begin()), at=march(11, 10))

    assert (excuse.state, excuse.cause, excuse.text, excuse.is_after_the_fact) == (
        "proposed",
        "complexity",
        "Three vendors.",
        False,
    )


@pytest.mark.parametrize("is_swept", [True, False])
def test_one_after_the_miss_is_marked_whether_a_sweep_has_seen_the_miss_or_not(begin, is_swept):
    clock_set = begin()
    if is_swept:
        swept(clock_set, at=march(13, 10))

    assert propose(resolution(clock_set), at=march(13, 10)).is_after_the_fact


def test_at_the_due_time_itself_nothing_is_missed(begin):
    assert not propose(resolution(begin()), at=march(12, 10)).is_after_the_fact


@pytest.mark.parametrize("cause", ["", "weather", "COMPLEXITY", "\x00"])
def test_only_causes_of_the_list_are_taken(begin, cause):
    with pytest.raises(UnknownCause):
        propose(resolution(begin()), at=march(11, 10), cause=cause)


def test_an_excuse_says_what_happened(begin):
    with pytest.raises(NothingSaid):
        propose(resolution(begin()), at=march(11, 10), text=" ")


def test_a_clock_has_one_open_proposal(begin):
    clock = resolution(begin())
    propose(clock, at=march(11, 10))

    with pytest.raises(AlreadyProposed):
        propose(clock, at=march(11, 11), cause="third_party")

    with pytest.raises(IntegrityError, match=r"a_clock_has_one_open_proposal|clock_id"), transaction.atomic():
        Excuse.objects.create(
            clock=clock, cause="backlog", proposed_by=BY, proposed_at=march(11, 12), is_after_the_fact=False
        )


def test_a_refused_one_may_be_followed_by_another(begin):
    clock = swept(begin(), at=march(13, 10))
    excuses.refuse(propose(clock, at=march(13, 10)), text="No.", by=LEAD, at=march(13, 11))

    assert propose(clock, at=march(13, 12), cause="third_party").state == "proposed"


def test_what_binds_cannot_be_excused(begin):
    with pytest.raises(BindingPromise):
        propose(resolution(begin(is_binding=True)), at=march(11, 10))


def test_what_was_met_in_time_or_is_not_promised_needs_no_excuse(begin):
    solved, spam = begin(), begin()
    clocks.record(solved, K.SOLVE, at=march(11, 10), by=BY)
    clocks.record(spam, K.CANCEL, at=march(11, 10), by=BY)

    for clock_set, refusal in ((solved, MetInTime), (spam, NothingPromised)):
        with pytest.raises(refusal):
            propose(resolution(clock_set), at=march(11, 11))


# --- decided --------------------------------------------------------------------------------------


def test_an_approved_excuse_is_counted_apart_and_moves_nothing(begin):
    clock_set = begin()
    clock = swept(clock_set, at=march(13, 10))
    before = (clock.state, clock.due_at, clock.breached_at, clock.met_at)
    excuse = propose(clock, at=march(13, 10))

    excuses.approve(excuse, text="True.", by=LEAD, at=march(13, 11))

    clock = resolution(clock_set)
    assert (clock.state, clock.due_at, clock.breached_at, clock.met_at) == before
    assert (clock.excused_at, clock.excuse, outcome_of(clock)) == (
        march(13, 11),
        "complexity",
        Outcome.MISSED_EXCUSED,
    )
    assert (excuse.state, excuse.decided_by, excuse.decided_at, excuse.decision) == (
        "approved",
        LEAD,
        march(13, 11),
        "True.",
    )
    assert rebuild.rebuild_sets([clock_set.pk], at=march(13, 12)) == []


def test_a_refused_one_leaves_a_miss_a_miss(begin):
    clock_set = begin()
    excuse = propose(swept(clock_set, at=march(13, 10)), at=march(13, 10))

    excuses.refuse(excuse, text="Too thin.", by=LEAD, at=march(13, 11))

    assert (excuse.state, excuse.decision) == ("refused", "Too thin.")
    assert outcome_of(resolution(clock_set)) is Outcome.MISSED


def test_a_proposal_before_the_miss_can_be_approved_once_it_is_missed(begin):
    clock_set = begin()
    excuse = propose(resolution(clock_set), at=march(11, 10))
    with pytest.raises(NotMissedYet):
        excuses.approve(excuse, by=LEAD, at=march(12, 10))
    assert Excuse.objects.get().state == "proposed"

    swept(clock_set, at=march(12, 10, 0, 1))
    excuses.approve(excuse, by=LEAD, at=march(12, 10, 1))

    assert (excuse.state, excuse.is_after_the_fact) == ("approved", False)
    assert outcome_of(resolution(clock_set)) is Outcome.MISSED_EXCUSED


def test_a_clock_that_was_solved_late_can_be_excused(begin):
    clock_set = begin()
    clocks.record(clock_set, K.SOLVE, at=march(16, 10), by=BY)

    excuses.approve(propose(resolution(clock_set), at=march(16, 11)), by=LEAD, at=march(16, 12))

    assert outcome_of(resolution(clock_set)) is Outcome.MISSED_EXCUSED


def test_nobody_decides_on_what_they_proposed(begin):
    excuse = propose(swept(begin(), at=march(13, 10)), at=march(13, 10))

    for decide in (excuses.approve, excuses.refuse):
        with pytest.raises(OwnProposal):
            decide(excuse, by=BY, at=march(13, 11))

    with pytest.raises(IntegrityError, match="nobody_decides_their_own_excuse"), transaction.atomic():
        Excuse.objects.update(state="approved", decided_by=BY, decided_at=march(13, 11))


def test_of_two_who_decide_the_second_is_told(begin):
    clock_set = begin()
    excuse = propose(swept(clock_set, at=march(13, 10)), at=march(13, 10))
    excuses.approve(excuse, by=LEAD, at=march(13, 11))

    for decide in (excuses.approve, excuses.refuse):
        with pytest.raises(AlreadyDecided):
            decide(Excuse.objects.get(), by="account:3", at=march(13, 12))

    assert clock_set.events.filter(kind="excuse").count() == 1


# --- words ----------------------------------------------------------------------------------------


def test_each_clock_ends_with_one_word(begin):
    running, met, late = begin(), begin(), begin()
    clocks.record(met, K.SOLVE, at=march(12, 10), by=BY)
    clocks.record(late, K.SOLVE, at=march(12, 10, 0, 1), by=BY)

    words = [outcome_of(resolution(one)) for one in (running, met, late)]
    assert words == [None, Outcome.MET, Outcome.MISSED]


# --- history --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: Excuse.objects.update(text="Something else"),
        lambda: Excuse.objects.update(proposed_by="account:9"),
        lambda: Excuse.objects.update(is_after_the_fact=False),
        lambda: Excuse.objects.update(state="refused"),
        lambda: Excuse.objects.update(decision="Otherwise"),
        lambda: Excuse.objects.all().delete(),
    ],
)
def test_what_was_said_and_decided_cannot_be_rewritten(begin, rewrite):
    clock = swept(begin(), at=march(13, 10))
    excuses.refuse(propose(clock, at=march(13, 10)), text="No.", by=LEAD, at=march(13, 11))
    before = list(Excuse.objects.values())

    with pytest.raises(IntegrityError, match="sla_excuse is closed once"), transaction.atomic():
        rewrite()

    assert list(Excuse.objects.values()) == before


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_nobody_can_purge_the_list(begin):
    propose(resolution(begin()), at=march(11, 10))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="sla_excuse is closed once"), transaction.atomic():
            cursor.execute("TRUNCATE sla_excuse")
