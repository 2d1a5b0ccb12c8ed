"""What agents and leads do to clocks by hand (AG-16, TL-04, TL-09, D9, D11)."""

from datetime import timedelta

import pytest

from contracts.models import Contract
from helpdesk import actors, clockwork, escalation, handling, roles
from helpdesk.clockwork import (
    ClocksRefused,
    DueInThePast,
    LeadsOnly,
    NoClocks,
    NoSuchClock,
    NoSuchEvent,
    NotBefore,
    NoTermsNow,
    NothingWouldChange,
    OwnTicket,
)
from helpdesk.models import Ticket
from helpdesk.refusals import ChangedMeanwhile, ReasonMissing
from sla import alarms, rebuild
from sla.models import Clock, Excuse
from sla.outcomes import Outcome, outcome_of
from tests.cast import TUESDAY_10, agree, agreed, by_mail, by_portal, contract_for, rewrite, take_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOON = TUESDAY_10 + 2 * HOUR
FRIDAY = TUESDAY_10 + timedelta(days=3)
"""A day after the resolution of what came on Tuesday at ten was due."""


@pytest.fixture(autouse=True)
def _roles(db, rui, ines, marta, owner):
    roles.establish()
    roles.give(rui, roles.AGENT)
    roles.give(ines, roles.AGENT)
    roles.give(marta, roles.LEAD)
    roles.give(owner, roles.ADMIN)


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    """Bruno's printer, received at ten: first response due tomorrow at 21, resolution on Thursday at ten."""
    return take_in(by_portal(bruno)).ticket


@pytest.fixture
def missed(ticket) -> Ticket:
    """The same on Friday: both were missed."""
    while alarms.ring_due(at=FRIDAY):
        pass
    while escalation.escalate(at=FRIDAY):
        pass
    ticket.refresh_from_db()
    return ticket


def clock(ticket: Ticket, metric: str = "resolution") -> Clock:
    return Clock.objects.get(clock_set=ticket.clock_set_id, metric=metric)


def last(ticket: Ticket) -> tuple:
    return ticket.events.order_by("id").values_list("kind", "by", "facts").last()


# --- a due time by hand ---------------------------------------------------------------------------


def set_due(ticket, by, due_at, *, reason="They asked for Friday.", at=NOON, **more):
    return clockwork.set_due(
        ticket, clock=clock(ticket).pk, due_at=due_at, reason=reason, by=by, at=at, **more
    )


def test_a_due_time_is_set_by_hand_with_a_reason(ticket, rui):
    set_due(ticket, rui, FRIDAY)

    row = clock(ticket)
    assert (row.due_at, row.is_manual) == (FRIDAY, True)
    facts = {"metric": "resolution", "due_at": FRIDAY.isoformat(), "reason": "They asked for Friday."}
    assert last(ticket) == ("due_set", actors.account(rui), facts)


def test_it_stands_whatever_the_priority_and_comes_back_to_the_terms(ticket, rui):
    derived = clock(ticket).due_at
    set_due(ticket, rui, FRIDAY)
    handling.set_priority(ticket, priority="urgent", reason="Beds", by=rui, at=NOON)
    assert clock(ticket).due_at == FRIDAY

    set_due(ticket, rui, None, reason="A mistake.")

    assert (clock(ticket).due_at, clock(ticket).is_manual) == (derived, False)
    assert last(ticket)[0] == "due_derived"
    assert rebuild.rebuild_sets([ticket.clock_set.pk], at=NOON) == []


def test_the_queue_follows(ticket, rui):
    clockwork.set_due(
        ticket,
        clock=clock(ticket, "first_response").pk,
        due_at=NOON + HOUR,
        reason="They called.",
        by=rui,
        at=NOON,
    )

    assert (ticket.next_due_at, ticket.next_due_metric) == (NOON + HOUR, "first_response")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"due_at": NOON}, DueInThePast),
        ({"clock": 0}, NoSuchClock),
        ({"version": 0}, ChangedMeanwhile),
    ],
)
def test_a_due_time_is_refused_by_name(ticket, rui, change, refusal):
    given = {"clock": clock(ticket).pk, "due_at": FRIDAY, "reason": "So.", "by": rui, "at": NOON}
    before = clock(ticket).due_at
    with pytest.raises(refusal):
        clockwork.set_due(ticket, **(given | change))
    assert clock(ticket).due_at == before


def test_the_next_update_is_promised_and_met_by_the_next_answer(ticket, rui):
    """AG-15: the terms promise none."""
    clockwork.promise_update(ticket, due_at=NOON + HOUR, reason="With development.", by=rui, at=NOON)

    promised = clock(ticket, "update_interval")
    assert (promised.state, promised.due_at, promised.is_manual) == ("running", NOON + HOUR, True)
    assert (ticket.next_due_at, ticket.next_due_metric) == (NOON + HOUR, "update_interval")
    handling.reply(ticket, text="It goes on.", by=rui, at=NOON + HOUR / 2)
    promised.refresh_from_db()
    assert (promised.state, promised.met_at) == ("met", NOON + HOUR / 2)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [({"due_at": NOON}, DueInThePast), ({"reason": " "}, ReasonMissing), ({"version": 1}, ChangedMeanwhile)],
)
def test_a_promise_that_cannot_be_is_refused(ticket, rui, change, refusal):
    handling.assign(ticket, to=rui, by=rui, at=TUESDAY_10)
    with pytest.raises(refusal):
        clockwork.promise_update(
            ticket, **({"due_at": NOON + HOUR, "reason": "Soon.", "by": rui, "at": NOON} | change)
        )


def test_nothing_is_promised_on_what_is_over(ticket, rui):
    handling.reply(ticket, text="Done.", by=rui, at=TUESDAY_10, then="solved")
    with pytest.raises(NoClocks):
        clockwork.promise_update(ticket, due_at=NOON + HOUR, reason="Soon.", by=rui, at=NOON)


def test_a_clock_of_another_ticket_is_none_of_this_one(ticket, bruno, rui):
    other = take_in(by_portal(bruno), NOON).ticket
    with pytest.raises(NoSuchClock):
        clockwork.set_due(ticket, clock=clock(other).pk, due_at=FRIDAY, reason="So.", by=rui, at=NOON)


def test_a_ticket_without_a_promise_has_nothing_to_set(desk, rui):
    stranger = take_in(by_mail("x@gmail.com")).ticket
    with pytest.raises(NoClocks):
        clockwork.set_due(stranger, clock=1, due_at=FRIDAY, reason="So.", by=rui, at=NOON)


# --- excuses --------------------------------------------------------------------------------------


def propose(ticket, by, *, at=FRIDAY, cause="third_party", text="The vendor is closed.", **more) -> Excuse:
    return clockwork.propose_excuse(
        ticket, clock=clock(ticket).pk, cause=cause, text=text, by=by, at=at, **more
    )


def decide(ticket, excuse, by, *, approve=True, text="So it was.", at=FRIDAY + HOUR, **more) -> Excuse:
    return clockwork.decide_excuse(ticket, excuse=excuse.pk, approve=approve, text=text, by=by, at=at, **more)


def test_an_agent_proposes_and_a_lead_excuses(missed, rui, marta):
    excuse = propose(missed, rui)
    assert last(missed)[0] == "excuse_proposed"

    decide(missed, excuse, marta)

    assert outcome_of(clock(missed)) is Outcome.MISSED_EXCUSED
    facts = {"metric": "resolution", "cause": "third_party", "reason": "So it was."}
    assert last(missed) == ("excuse_approved", actors.account(marta), facts)
    assert missed.is_breached


def test_an_agent_decides_nothing(missed, rui, ines):
    excuse = propose(missed, rui)
    for approve in (True, False):
        with pytest.raises(LeadsOnly):
            decide(missed, excuse, ines, approve=approve)
    assert Excuse.objects.get().state == "proposed"


def test_a_lead_decides_on_no_proposal_and_no_ticket_of_their_own(missed, rui, marta):
    own = propose(missed, marta)
    with pytest.raises(ClocksRefused, match="Somebody else must decide on an excuse that you proposed"):
        decide(missed, own, marta)

    handling.assign(missed, to=marta, by=rui, at=FRIDAY)
    with pytest.raises(OwnTicket):
        decide(missed, own, marta)


def test_an_admin_is_a_lead_too(missed, marta, owner):
    decide(missed, propose(missed, marta), owner)
    assert outcome_of(clock(missed)) is Outcome.MISSED_EXCUSED


def test_a_refusal_says_why(missed, rui, marta):
    excuse = propose(missed, rui)
    with pytest.raises(ReasonMissing):
        decide(missed, excuse, marta, approve=False, text=" ")

    decide(missed, excuse, marta, approve=False, text="They were not.")
    assert (last(missed)[0], outcome_of(clock(missed))) == ("excuse_refused", Outcome.MISSED)


def test_what_the_engine_refuses_is_refused_in_its_words(ticket, rui, marta):
    with pytest.raises(ClocksRefused, match="Choose a cause from the list"):
        propose(ticket, rui, at=NOON, cause="weather")
    excuse = propose(ticket, rui, at=NOON)
    with pytest.raises(ClocksRefused, match="has not been missed"):
        decide(ticket, excuse, marta, at=NOON + HOUR)
    with pytest.raises(ClocksRefused, match="already proposed"):
        propose(ticket, rui, at=NOON + HOUR)


def test_what_binds_is_not_excused(desk, bruno, rui):
    rewrite(agreed(bruno.organisation.contracts.get()), is_binding=True, agreement_reference="A-7")
    bound = take_in(by_portal(bruno)).ticket
    with pytest.raises(ClocksRefused, match="binding promise cannot be excused"):
        propose(bound, rui, at=NOON)


def test_an_excuse_of_another_ticket_is_none_of_this_one(missed, bruno, rui, marta):
    other = take_in(by_portal(bruno), FRIDAY).ticket
    with pytest.raises(NoSuchClock):
        decide(other, propose(missed, rui), marta)


def test_proposals_and_decisions_look_at_the_version(missed, rui, marta):
    seen = missed.version
    excuse = propose(missed, rui, version=seen)
    with pytest.raises(ChangedMeanwhile):
        decide(missed, excuse, marta, version=seen)


# --- corrections ----------------------------------------------------------------------------------


def event(ticket: Ticket, kind: str):
    return ticket.clock_set.events.filter(kind=kind).order_by("id").last()


def correct(ticket, wrong, by, happened_at=None, *, reason="A slip.", at=FRIDAY, **more):
    return clockwork.correct(
        ticket, event=wrong.pk, happened_at=happened_at, reason=reason, by=by, at=at, **more
    )


@pytest.fixture
def paused(ticket, rui) -> Ticket:
    """Answered at noon, and set to wait for the customer by mistake until Friday."""
    handling.reply(ticket, text="Try this.", by=rui, at=NOON, then="waiting_customer")
    handling.set_status(ticket, status="open", by=rui, at=FRIDAY)
    return ticket


def test_a_pause_that_never_was_gives_its_time_back(paused, marta):
    correct(paused, event(paused, "pause"), marta)

    row = clock(paused)
    assert (row.due_at, row.breached_at) == (TUESDAY_10 + timedelta(days=2), TUESDAY_10 + timedelta(days=2))
    assert last(paused) == (
        "corrected",
        actors.account(marta),
        {"event": "pause", "was_at": NOON.isoformat(), "happened_at": "", "reason": "A slip."},
    )


def test_a_solution_that_came_at_another_time_counts_at_that_time(ticket, rui, marta):
    handling.reply(ticket, text="Done.", by=rui, at=FRIDAY, then="solved")
    assert outcome_of(clock(ticket)) is Outcome.MISSED

    correct(ticket, event(ticket, "solve"), marta, NOON + HOUR)

    row = clock(ticket)
    assert (row.met_at, outcome_of(row)) == (NOON + HOUR, Outcome.MET)
    assert rebuild.rebuild_sets([ticket.clock_set.pk], at=FRIDAY + HOUR) == []


def test_the_wrong_event_stays_on_record(paused, marta):
    wrong = event(paused, "pause")
    before = paused.clock_set.events.count()

    correct(paused, wrong, marta)

    assert event(paused, "pause") == wrong
    assert paused.clock_set.events.count() > before
    assert event(paused, "correct").reason == "A slip."


def test_only_a_lead_corrects(paused, rui):
    with pytest.raises(LeadsOnly):
        correct(paused, event(paused, "pause"), rui)


@pytest.mark.parametrize("happened_at", [TUESDAY_10 - timedelta(seconds=1), FRIDAY + timedelta(seconds=1)])
def test_nothing_happened_before_the_ticket_or_in_the_future(paused, marta, happened_at):
    with pytest.raises(NotBefore):
        correct(paused, event(paused, "pause"), marta, happened_at)


def test_what_can_be_no_slip_is_not_corrected(paused, bruno, marta):
    other = take_in(by_portal(bruno), FRIDAY).ticket
    handling.reply(other, text="Hello", by=marta, at=FRIDAY)
    for wrong in (event(paused, "created"), event(other, "agent_reply")):
        with pytest.raises(NoSuchEvent):
            correct(paused, wrong, marta)


def test_a_correction_says_why(paused, marta):
    with pytest.raises(ReasonMissing):
        correct(paused, event(paused, "pause"), marta, reason="")


# --- other terms ----------------------------------------------------------------------------------


@pytest.fixture
def faster(contract, priorities):
    """From noon on Azenha's contract promises a resolution within 8 business hours."""

    def faster(amount=8):
        agree(contract, "resolution", priorities["medium"], unit="business_hours", amount=amount)

    return faster


def apply(ticket, by, *, at=NOON, reason="They upgraded.", **more):
    return clockwork.apply_present_terms(ticket, reason=reason, by=by, at=at, **more)


def test_what_would_change_is_shown_first_and_changes_nothing(ticket, faster):
    faster()
    before = clock(ticket).due_at

    (moved,) = clockwork.what_present_terms_change(ticket, at=NOON)

    assert (str(moved.metric), moved.due_before, moved.due_after, moved.is_missed_by_it) == (
        "resolution",
        before,
        TUESDAY_10 + 8 * HOUR,
        False,
    )
    assert clock(ticket).due_at == before
    assert not ticket.clock_set.events.filter(kind="retarget").exists()


def test_present_terms_count_from_the_original_start(ticket, faster, marta):
    faster()

    apply(ticket, marta)

    assert (clock(ticket).due_at, clock(ticket).started_at) == (TUESDAY_10 + 8 * HOUR, TUESDAY_10)
    assert last(ticket)[:2] == ("retargeted", actors.account(marta))


def test_what_they_put_into_the_past_is_missed_at_that_instant(ticket, faster, marta):
    faster(amount=1)
    (moved,) = clockwork.what_present_terms_change(ticket, at=NOON)
    assert moved.is_missed_by_it

    apply(ticket, marta)

    assert (clock(ticket).due_at, clock(ticket).breached_at) == (TUESDAY_10 + HOUR, NOON)


def test_a_new_plan_is_kept_with_the_ticket(ticket, bruno, plus, priorities, marta):
    Contract.objects.filter(pk=ticket.contract_id).update(ends_at=TUESDAY_10 + HOUR)
    contract_for(bruno.organisation, plus, reference="C-new", starts_at=TUESDAY_10 + HOUR)
    agree(
        Contract.objects.get(reference="C-new"),
        "resolution",
        priorities["medium"],
        unit="business_hours",
        amount=12,
    )

    apply(ticket, marta)

    assert (ticket.contract.reference, clock(ticket).due_at) == (
        "C-new",
        TUESDAY_10 + timedelta(days=1),
    )


def test_terms_that_change_nothing_are_not_applied(ticket, marta):
    with pytest.raises(NothingWouldChange):
        apply(ticket, marta)


def test_without_a_contract_there_are_no_terms(ticket, marta):
    Contract.objects.update(ends_at=TUESDAY_10 + HOUR)
    with pytest.raises(NoTermsNow):
        apply(ticket, marta)


def test_only_a_lead_applies_terms_and_says_why(ticket, faster, rui, marta):
    faster()
    with pytest.raises(LeadsOnly):
        apply(ticket, rui)
    with pytest.raises(ReasonMissing):
        apply(ticket, marta, reason="")
    with pytest.raises(ChangedMeanwhile):
        apply(ticket, marta, version=0)
