"""What is in the outbox leaves once, or says why it did not."""

from datetime import timedelta

import pytest
from django.db import transaction

from contracts.models import Address
from helpdesk.models import OutboundMessage
from helpdesk.notifications import outbox
from helpdesk.notifications.outbox import Sent
from helpdesk.notifications.signals import delivery_failed
from helpdesk.notifications.transport import TransportError
from tests.cast import TUESDAY_10
from tests.helpdesk.notifications.conftest import away, busy, refused

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LATER = TUESDAY_10 + timedelta(hours=1)


@pytest.fixture
def failures():
    """What the rules above are told."""
    told = []

    def listen(outbound, at, reason, **_):
        told.append((outbound.pk, outbound.state, at, reason, transaction.get_connection().in_atomic_block))

    delivery_failed.connect(listen)
    yield told
    delivery_failed.disconnect(listen)


def state_of(outbound):
    outbound.refresh_from_db()
    return outbound.state, outbound.attempts, outbound.error


def test_what_is_due_leaves_oldest_first(queued, channel):
    second = queued(send_after=TUESDAY_10)
    first = queued(send_after=TUESDAY_10 - SECOND)
    queued(send_after=TUESDAY_10 + SECOND)

    assert outbox.send_due(at=TUESDAY_10) == Sent(sent=2)
    assert channel.heard == [first.pk, second.pk]
    first.refresh_from_db()
    assert (first.state, first.sent_at, first.provider_id) == ("sent", TUESDAY_10, "provider-1")
    assert (first.attempts, first.lease_until) == (1, None)


def test_it_leaves_once(queued, channel):
    queued()

    assert [outbox.send_due(at=TUESDAY_10).sent for _ in range(2)] == [1, 0]


def test_the_same_thing_is_said_once(queued):
    assert queued(dedupe_key="escalation:1:75") is not None
    assert queued(dedupe_key="escalation:1:75") is None
    assert OutboundMessage.objects.count() == 1


def test_a_page_is_not_more_than_was_asked_for(queued, channel):
    for _ in range(3):
        queued()

    assert [outbox.send_due(at=TUESDAY_10, limit=2).sent for _ in range(2)] == [2, 1]


def test_a_claim_inside_somebodys_transaction_is_refused_for_it_would_be_none(queued, channel):
    queued()

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        outbox.send_due(at=TUESDAY_10)
    assert channel.heard == []


# --- taking back --------------------------------------------------------------------------------


def test_what_was_taken_back_does_not_leave(queued, channel):
    outbound = queued(send_after=LATER)

    assert [outbox.cancel(outbound, at=TUESDAY_10) for _ in range(2)] == [True, True]
    assert outbox.send_due(at=LATER) == Sent()
    assert (outbound.state, channel.heard) == ("cancelled", [])


def test_what_has_left_cannot_be_taken_back(queued, channel):
    outbound = queued()
    outbox.send_due(at=TUESDAY_10)

    assert not outbox.cancel(outbound, at=TUESDAY_10)


def test_what_was_tried_cannot_be_taken_back_for_it_may_have_arrived(queued, channel):
    outbound = queued()
    channel.answer = busy()
    outbox.send_due(at=TUESDAY_10)

    assert not outbox.cancel(outbound, at=TUESDAY_10)


# --- trying again -------------------------------------------------------------------------------


def test_each_failure_doubles_the_pause_until_the_eighth_is_the_last(queued, channel, failures):
    outbound = queued()
    channel.answer = busy()
    at, pauses = TUESDAY_10, []

    while outbound.state == "queued":
        outbox.send_due(at=at)
        outbound.refresh_from_db()
        pauses.append((outbound.send_after - at).total_seconds())
        at = outbound.send_after

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 0]
    assert state_of(outbound) == ("failed", 8, "451 try later")
    assert failures == [(outbound.pk, "failed", at, "451 try later", True)]


def test_nothing_is_tried_during_its_pause(queued, channel):
    queued()
    channel.answer = busy()

    assert outbox.send_due(at=TUESDAY_10) == Sent(retried=1)
    assert outbox.send_due(at=TUESDAY_10 + 29 * SECOND) == Sent()
    assert outbox.send_due(at=TUESDAY_10 + 30 * SECOND) == Sent(retried=1)


def test_what_no_trying_can_mend_fails_at_once(queued, channel, failures):
    outbound = queued()
    channel.answer = refused()

    assert outbox.send_due(at=TUESDAY_10) == Sent(failed=1)
    assert state_of(outbound) == ("failed", 1, "550 no such user")
    assert outbound.failed_at == TUESDAY_10
    assert failures == [(outbound.pk, "failed", TUESDAY_10, "550 no such user", True)]
    assert outbox.send_due(at=LATER) == Sent()


def test_whatever_a_server_says_can_be_written_down(queued, channel, failures):
    outbound = queued()
    channel.answer = TransportError("550\x00 no\r\n" + "é" * 400, permanent=True)

    outbox.send_due(at=TUESDAY_10)

    assert state_of(outbound) == ("failed", 1, "550 no " + "é" * 293)


def test_an_address_with_nobody_is_marked(queued, channel, bruno):
    queued(to="bruno@azenha.example")
    channel.answer = refused()

    outbox.send_due(at=TUESDAY_10)

    assert Address.objects.get(value="bruno@azenha.example").bounced_at == TUESDAY_10


def test_a_server_that_is_away_is_asked_once_a_round_and_costs_no_try(queued, channel, failures):
    prober, waiting = queued(), queued()
    channel.answer = away()

    assert outbox.send_due(at=TUESDAY_10) == Sent(retried=1)
    assert channel.heard == [prober.pk]
    assert state_of(waiting) == ("queued", 0, "")

    at = TUESDAY_10
    for _ in range(40):  # more than three hours
        at += 5 * MINUTE
        outbox.send_due(at=at)
    channel.answer = "back"

    assert outbox.send_due(at=at + 5 * MINUTE) == Sent(sent=2)
    assert failures == []


def test_after_two_days_of_outage_a_message_has_failed(queued, channel, failures):
    outbound = queued()
    channel.answer = away()

    outbox.send_due(at=TUESDAY_10 + timedelta(days=2, seconds=1))

    assert state_of(outbound) == ("failed", 1, "connection refused")
    assert len(failures) == 1


def test_one_message_that_cannot_be_built_does_not_hold_up_the_next(queued, channel):
    bad, good = queued(), queued()

    def deliver(outbound):
        if outbound.pk == bad.pk:
            raise KeyError("template")
        return "provider-2"

    channel.deliver, heard = deliver, channel.heard
    assert outbox.send_due(at=TUESDAY_10) == Sent(sent=1, retried=1)
    assert state_of(bad) == ("queued", 1, "KeyError: 'template'")
    assert (state_of(good)[0], heard) == ("sent", [])


# --- leases -------------------------------------------------------------------------------------


def dies(_outbound):
    """As a worker does on SIGKILL: no handler runs."""
    raise SystemExit(137)


def test_a_dead_workers_message_is_taken_again_when_its_lease_ends(queued, channel):
    outbound = queued()
    channel.deliver = dies
    with pytest.raises(SystemExit):
        outbox.send_due(at=TUESDAY_10)
    assert state_of(outbound)[:2] == ("sending", 1)

    del channel.deliver
    assert outbox.send_due(at=TUESDAY_10 + outbox.LEASE - SECOND) == Sent()
    assert outbox.send_due(at=TUESDAY_10 + outbox.LEASE) == Sent(sent=1)


def test_a_message_that_kills_its_workers_is_given_up(queued, channel, failures):
    outbound = queued()
    channel.deliver = dies
    at = TUESDAY_10
    for _ in range(8):
        with pytest.raises(SystemExit):
            outbox.send_due(at=at)
        at += outbox.LEASE

    assert outbox.send_due(at=at) == Sent(failed=1)
    assert state_of(outbound) == ("failed", 9, "Its workers died while they sent it.")
    assert len(failures) == 1


def test_a_slow_worker_does_not_undo_what_another_has_done_meanwhile(queued, channel):
    outbound = queued()

    def slowly(ours):
        channel.deliver = lambda _: "the other's"
        outbox.send_due(at=TUESDAY_10 + outbox.LEASE)
        raise busy()

    channel.deliver = slowly
    outbox.send_due(at=TUESDAY_10)

    outbound.refresh_from_db()
    assert (outbound.state, outbound.provider_id) == ("sent", "the other's")


def test_the_rest_of_a_slow_page_is_given_back_untried(queued, channel, monkeypatch):
    first, second = queued(), queued()
    clock = iter([0, 0, outbox.LONGEST_TURN + 1])
    monkeypatch.setattr(outbox.time, "monotonic", lambda: next(clock))

    assert outbox.send_due(at=TUESDAY_10) == Sent(sent=1)
    assert (state_of(first)[0], state_of(second)) == ("sent", ("queued", 0, ""))


def test_when_the_rules_cannot_take_a_failure_it_is_not_recorded_but_comes_again(queued, channel):
    outbound, after = queued(), queued()
    calls = []

    def stumble(**_):
        calls.append(1)
        raise RuntimeError("the rules stumbled")

    delivery_failed.connect(stumble)
    channel.answer = refused()
    try:
        outbox.send_due(at=TUESDAY_10)
    finally:
        delivery_failed.disconnect(stumble)

    assert (state_of(outbound)[0], state_of(after)[0], len(calls)) == ("sending", "sending", 2)
    assert outbox.send_due(at=TUESDAY_10 + outbox.LEASE) == Sent(failed=2)


# --- what is not kept, and samples --------------------------------------------------------------


@pytest.mark.parametrize("answer", ["provider-1", refused()])
def test_a_code_to_sign_in_is_forgotten_once_it_left_or_failed(queued, channel, answer):
    outbound = queued(kind=OutboundMessage.Kind.SIGN_IN, text="1234-5678", html="<b>1234-5678</b>")
    channel.answer = answer

    outbox.send_due(at=TUESDAY_10)

    outbound.refresh_from_db()
    assert (outbound.text, outbound.html) == ("", "")


def test_samples_of_the_past_are_settled_without_a_word(queued, channel):
    past, future = queued(send_after=TUESDAY_10 - MINUTE), queued(send_after=LATER)

    assert outbox.settle(at=TUESDAY_10) == 1
    past.refresh_from_db()
    assert (past.state, past.sent_at, state_of(future)[0]) == ("sent", TUESDAY_10 - MINUTE, "queued")
    assert channel.heard == []


def test_a_round_with_nothing_due_costs_one_statement_and_its_transaction(
    queued, channel, django_assert_max_num_queries
):
    queued(send_after=LATER)

    with django_assert_max_num_queries(4):
        assert outbox.send_due(at=TUESDAY_10) == Sent()
