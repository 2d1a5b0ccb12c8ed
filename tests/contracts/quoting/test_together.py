"""P5, AM-07, AG-11: fifty acceptances have one effect, one of two races wins, and numbers have no gap."""

import time
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models import QuerySet

from contracts.models import Notice, Quote, QuoteDecision, QuoteSeries
from contracts.quoting import deciding, lapsing, sending
from contracts.quoting.deciding import Answerer
from contracts.quoting.refusals import QuoteRefused
from tests.cast import TUESDAY_10
from tests.contracts.quoting.conftest import NOON, RUI

pytestmark = pytest.mark.usefixtures("committed")


def accept(quote, ana, at=NOON):
    try:
        by = Answerer(ana, ana.account, None)
        return deciding.accept(quote, name_typed="Ana", document=quote.document.sha256, by=by, at=at)
    except QuoteRefused as refusal:
        return type(refusal).__name__


def send(quote):
    return sending.send(quote, by=RUI, at=TUESDAY_10).number


def test_fifty_acceptances_at_once_have_one_effect(sent, ana, crowd):
    answers = crowd([partial(accept, sent, ana)] * 50)
    assert sorted(answers) == [False] * 49 + [True]
    assert QuoteDecision.objects.count() == 1
    assert Notice.objects.filter(kind="quote_accepted").count() == 1


def test_of_acceptance_and_expiry_exactly_one_wins(draft, ana, crowd):
    quotes = [sending.send(draft(), by=RUI, at=TUESDAY_10) for _ in range(10)]
    last = quotes[0].expires_at - timedelta(microseconds=1)
    expire = partial(lapsing.expire_due, at=quotes[0].expires_at)
    jobs = [job for quote in quotes for job in (partial(accept, quote, ana, last), expire)]
    answers = crowd(jobs)

    accepted = Quote.objects.filter(state="accepted").count()
    expired = Quote.objects.filter(state="expired").count()
    assert accepted + expired == 10
    assert QuoteDecision.objects.count() == accepted == answers.count(True) - answers[1::2].count(True)
    assert Notice.objects.filter(kind="quote_expired").count() == expired


def test_forty_are_numbered_at_once_without_gap_or_double(draft, crowd):
    numbers = crowd([partial(send, draft()) for _ in range(40)])
    assert sorted(numbers) == [f"Q2026-{number:05d}" for number in range(1, 41)]
    assert QuoteSeries.objects.get().last_number == 40


def test_without_the_lock_a_number_would_be_given_twice(draft, crowd, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("a database without row locks lets one writer in at a time")
    drafts = [draft() for _ in range(40)]
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *_args, **_kwargs: self)
    real = sending.drafting.draft

    def slowly(quote, **given):
        row = real(quote, **given)
        time.sleep(0.01)
        return row

    monkeypatch.setattr(sending.drafting, "draft", slowly)

    def try_to_send(quote):
        try:
            return send(quote)
        except Exception as error:  # noqa: BLE001 - whatever the database says is what the lock prevents
            return type(error).__name__

    numbers = crowd([partial(try_to_send, quote) for quote in drafts])
    assert sorted(numbers) != [f"Q2026-{number:05d}" for number in range(1, 41)]
