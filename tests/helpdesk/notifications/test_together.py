"""Several workers at once: each message leaves once, and no address is answered more than it may be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from helpdesk.models import OutboundMessage
from helpdesk.notifications import outbox
from tests.cast import TUESDAY_10, by_mail, take_in

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4
MESSAGES = 24


def all_at_once(work, number):
    """Run it so many times, each in a thread with a connection of its own, started together."""
    start = Barrier(number)

    def one(turn):
        try:
            start.wait(20)
            return work(turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def sent_by_workers():
    return sum(sent.sent for sent in all_at_once(lambda _: outbox.send_due(at=TUESDAY_10), WORKERS))


def test_workers_at_once_send_each_message_once(queued, channel):
    for _ in range(MESSAGES):
        queued()

    rounds = [
        sent_by_workers() for _ in range(3)
    ]  # on a locked page a worker may leave rows to the next round

    assert sum(rounds) == MESSAGES
    assert sorted(channel.heard) == sorted(OutboundMessage.objects.values_list("pk", flat=True))


def test_without_the_claim_they_would_send_them_several_times(queued, channel, monkeypatch):
    for _ in range(MESSAGES):
        queued()
    everybody_has_read = Barrier(WORKERS)

    def only_read(*, at, limit, channels):
        page = list(outbox._readable(outbox._due(at=at))[:limit])
        everybody_has_read.wait(20)
        return page

    monkeypatch.setattr(outbox, "_claim", only_read)
    sent_by_workers()

    assert len(channel.heard) == MESSAGES * WORKERS


def test_a_flood_from_one_address_is_answered_three_times_an_hour(desk):
    all_at_once(lambda turn: take_in(by_mail("victim@nowhere.example", subject=f"Mail {turn}")), 8)
    take_in(by_mail("victim@nowhere.example"), TUESDAY_10 + timedelta(minutes=59))
    acknowledged = OutboundMessage.objects.filter(to="victim@nowhere.example", kind="acknowledgement")

    assert acknowledged.count() == 3
