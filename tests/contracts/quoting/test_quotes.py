"""R6, AG-11, AG-12, CM-05, AM-07: a quote from its draft to the work done, and what is refused on the way."""

import hashlib
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracts import money, services
from contracts.models import Authorisation, Notice, Quote, QuoteDocument, ServiceCategory
from contracts.quoting import deciding, drafting, lapsing, refusals, sending, working
from contracts.quoting.deciding import Answerer
from contracts.quoting.drafting import LineDraft
from tests.cast import TUESDAY_10
from tests.contracts.quoting.conftest import LINES, NOON, RUI

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 4, 9, 22, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 4, 9, 23, 0, tzinfo=UTC)
"""In Lisbon, in summer."""


def accept(quote, by, *, at=NOON, name="Ana Azevedo", document=None):
    seen = quote.document.sha256 if document is None else document
    answerer = Answerer(by, by.account, "192.0.2.7")
    return deciding.accept(quote, name_typed=name, document=seen, by=answerer, at=at)


def decline(quote, by, *, at=NOON, reason="Too dear."):
    answerer = Answerer(by, by.account, None)
    return deciding.decline(quote, reason=reason, document=quote.document.sha256, by=answerer, at=at)


def told() -> list[str]:
    return list(Notice.objects.filter(kind__startswith="quote").order_by("id").values_list("kind", flat=True))


def states() -> list[str]:
    return list(Quote.objects.order_by("id").values_list("state", flat=True))


# --- money --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "price", "tax", "currency", "net", "tax_amount"),
    [
        ("2", "95.00", "23", "EUR", "190.00", "43.70"),
        ("1", "33.335", "23", "EUR", "33.34", "7.67"),
        ("3", "0.005", "0", "EUR", "0.02", "0.00"),
        ("1.5", "333", "10", "JPY", "500", "50"),
        ("1", "1.0005", "19", "TND", "1.001", "0.190"),
    ],
)
def test_a_line_is_rounded_half_up_to_the_currencys_smallest_unit(
    quantity, price, tax, currency, net, tax_amount
):
    line = LineDraft("Work", Decimal(quantity), Decimal(price), "hour", Decimal(tax))
    assert money.of_line(line, currency) == money.Amounts(Decimal(net), Decimal(tax_amount))


def test_the_total_is_the_sum_of_what_stands_on_the_lines():
    third = LineDraft("Work", Decimal(1), Decimal("0.333"), "hour", Decimal(23))
    assert money.sum_of([third] * 3, "EUR") == money.Amounts(Decimal("0.99"), Decimal("0.24"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "1,234.50\u00a0EUR"),
        ("fr", "1\u202f234,50\u00a0EUR"),
        ("es", "1.234,50\u00a0EUR"),
        ("pt-pt", "1\u00a0234,50\u00a0EUR"),
        ("pt-br", "1.234,50\u00a0EUR"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(language, said):
    assert money.said(Decimal("1234.5"), "EUR", language) == said


# --- drafted and sent ---------------------------------------------------------------------------


def test_a_draft_has_no_number_and_one_is_opened_a_ticket(draft):
    uid = uuid.uuid4()
    first = draft(uid)
    assert (first.number, first.state, first.sent_at) == ("", "draft", None)
    assert draft(uid).pk == first.pk
    assert (states(), told()) == (["draft"], [])


def test_sent_it_has_number_amounts_end_and_document(sent):
    assert (sent.state, sent.number, sent.version) == ("sent", "Q2026-00001", 1)
    assert (sent.net, sent.tax, sent.total) == (Decimal("223.34"), Decimal("51.37"), Decimal("274.71"))
    assert sent.expires_at == MIDNIGHT
    assert sent.document.sha256 == hashlib.sha256(sent.document.content).hexdigest()
    assert [(step.state, step.by) for step in sent.steps.all()] == [("draft", RUI), ("sent", RUI)]
    assert told() == ["quote_sent"]


def test_numbers_follow_one_another_and_begin_anew_each_year(draft):
    numbers = [sending.send(draft(), by=RUI, at=TUESDAY_10).number for _ in range(3)]
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    later = sending.send(draft(valid_until=date(2027, 2, 1)), by=RUI, at=new_year)
    assert numbers == ["Q2026-00001", "Q2026-00002", "Q2026-00003"]
    assert later.number == "Q2027-00001"


def test_what_cannot_be_sent_takes_no_number(draft):
    with pytest.raises(refusals.NoLines):
        sending.send(draft(lines=()), by=RUI, at=TUESDAY_10)
    with pytest.raises(refusals.NoValidity):
        sending.send(draft(valid_until=None), by=RUI, at=TUESDAY_10)
    with pytest.raises(refusals.ValidInThePast):
        sending.send(draft(valid_until=date(2026, 3, 9)), by=RUI, at=TUESDAY_10)
    assert sending.send(draft(), by=RUI, at=TUESDAY_10).number == "Q2026-00001"


def test_it_may_be_valid_to_the_end_of_the_very_day(draft):
    assert sending.send(draft(valid_until=date(2026, 3, 10)), by=RUI, at=TUESDAY_10).state == "sent"


@pytest.mark.parametrize(
    "line",
    [
        LineDraft(" ", Decimal(1), Decimal(1)),
        LineDraft("Work", Decimal(0), Decimal(1)),
        LineDraft("Work", Decimal(-1), Decimal(1)),
        LineDraft("Work", Decimal(1), Decimal(-1)),
        LineDraft("Work", Decimal(1), Decimal(1), "hour", Decimal(101)),
        LineDraft("Work", Decimal(1), Decimal(1), "hour", Decimal(-1)),
        LineDraft("Work", Decimal(1), Decimal(1), "fortnight"),
        LineDraft("Work", Decimal("NaN"), Decimal(1)),
        LineDraft("Work", Decimal(1), Decimal("Infinity")),
        LineDraft("Work", Decimal(10) ** 9, Decimal(1)),
    ],
)
def test_a_line_that_nobody_could_pay_is_refused(draft, line):
    with pytest.raises(refusals.BadLine):
        draft(lines=(line,))


def test_a_currency_is_a_real_one(draft):
    with pytest.raises(refusals.BadCurrency):
        draft(currency="EUX")


def test_who_wrote_at_the_same_time_is_told(draft):
    quote = draft()
    drafting.write(quote, lines=LINES, currency="EUR", valid_until=None, edition=quote.edition)
    with pytest.raises(refusals.EditedMeanwhile):
        drafting.write(quote, lines=(), currency="EUR", valid_until=None, edition=quote.edition)


# --- frozen -------------------------------------------------------------------------------------


def test_what_was_sent_is_written_no_more(sent):
    with pytest.raises(refusals.NotADraft):
        drafting.write(sent, lines=(), currency="USD", valid_until=None)
    with pytest.raises(refusals.NotADraft):
        sending.send(sent, by=RUI, at=NOON)


@pytest.mark.parametrize(
    "change",
    [
        lambda quote: Quote.objects.filter(pk=quote.pk).update(total=1),
        lambda quote: Quote.objects.filter(pk=quote.pk).update(state="draft", sent_at=None),
        lambda quote: Quote.objects.filter(pk=quote.pk).update(valid_until=date(2030, 1, 1)),
        lambda quote: quote.lines.update(unit_price=1),
        lambda quote: quote.lines.all().delete(),
        lambda quote: quote.lines.create(description="More", quantity=1, unit_price=1),
        lambda _quote: QuoteDocument.objects.update(content=b"another"),
        lambda _quote: QuoteDocument.objects.all().delete(),
        lambda quote: quote.steps.all().delete(),
    ],
)
def test_the_database_refuses_to_change_what_was_sent(sent, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        change(sent)


def test_a_draft_may_be_rewritten_and_its_lines_too(draft):
    quote = drafting.write(draft(), lines=LINES[:1], currency="USD", valid_until=None, conditions=" None. ")
    assert (quote.currency, quote.conditions, quote.lines.count()) == ("USD", "None.", 1)


# --- versions -----------------------------------------------------------------------------------


def test_a_change_is_a_new_version_and_the_old_one_stands_until_it_is_sent(sent, ana):
    second = drafting.revise(sent, by=RUI, at=NOON)
    assert drafting.revise(sent, by=RUI, at=NOON) == second
    assert (second.number, second.version, second.state, second.lines.count()) == (
        "Q2026-00001",
        2,
        "draft",
        2,
    )
    drafting.write(second, lines=LINES[:1], currency="EUR", valid_until=date(2026, 5, 1))

    second = sending.send(second, by=RUI, at=NOON)

    assert states() == ["superseded", "sent"]
    assert second.number == sent.number
    with pytest.raises(refusals.AnotherVersion):
        accept(sent, ana)
    assert accept(second, ana) is True


def test_the_document_of_another_version_is_not_accepted(sent, ana):
    with pytest.raises(refusals.AnotherVersion):
        accept(sent, ana, document="0" * 64)
    assert states() == ["sent"]


def test_a_draft_has_no_versions_and_what_is_done_neither(draft):
    with pytest.raises(refusals.NotSent):
        drafting.revise(draft(), by=RUI, at=NOON)


# --- decided ------------------------------------------------------------------------------------


def test_a_manager_accepts_and_the_evidence_is_kept(sent, ana):
    assert accept(sent, ana, name="  Ana\x00  Azevedo ") is True

    decision = sent.decision
    assert (decision.name_typed, decision.person, decision.account) == ("Ana Azevedo", ana, ana.account)
    assert (decision.at, decision.ip) == (NOON, "192.0.2.7")
    assert decision.document_sha256 == hashlib.sha256(sent.document.content).hexdigest()
    assert (states(), told()) == (["accepted"], ["quote_sent", "quote_accepted"])


def test_accepted_twice_is_accepted_once(sent, ana):
    assert [accept(sent, ana), accept(sent, ana)] == [True, False]
    assert told() == ["quote_sent", "quote_accepted"]


def test_only_a_manager_of_theirs_decides(sent, bruno, chloe):
    for somebody in (bruno, chloe):
        with pytest.raises(refusals.NotYoursToDecide):
            accept(sent, somebody)
        with pytest.raises(refusals.NotYoursToDecide):
            decline(sent, somebody)
    assert states() == ["sent"]


def test_accepting_needs_a_name_and_declining_a_reason(sent, ana):
    with pytest.raises(refusals.NameMissing):
        accept(sent, ana, name=" \x00 ")
    with pytest.raises(refusals.ReasonMissing):
        decline(sent, ana, reason=" ")
    assert states() == ["sent"]


def test_declined_it_cannot_be_accepted_any_more(sent, ana):
    assert [decline(sent, ana), decline(sent, ana)] == [True, False]
    with pytest.raises(refusals.IsDecided):
        accept(sent, ana)
    assert (states(), sent.decision.reason, told()) == (
        ["declined"],
        "Too dear.",
        ["quote_sent", "quote_declined"],
    )


def test_accepted_it_cannot_be_declined_or_withdrawn(sent, ana):
    accept(sent, ana)
    with pytest.raises(refusals.IsDecided):
        decline(sent, ana)
    with pytest.raises(refusals.IsDecided):
        drafting.withdraw(sent, by=RUI, at=NOON)


def test_withdrawn_it_is_over(sent, ana):
    assert [drafting.withdraw(sent, by=RUI, at=NOON), drafting.withdraw(sent, by=RUI, at=NOON)] == [
        True,
        False,
    ]
    with pytest.raises(refusals.IsDecided):
        accept(sent, ana)


# --- time ---------------------------------------------------------------------------------------


def test_it_can_be_accepted_to_the_last_second_of_its_last_day_in_lisbon(sent, ana):
    with pytest.raises(refusals.HasExpired):
        accept(sent, ana, at=MIDNIGHT)
    assert accept(sent, ana, at=EVENING) is True


def test_it_expires_once_at_the_end_of_that_day(sent):
    assert lapsing.expire_due(at=EVENING) == 0
    assert [lapsing.expire_due(at=MIDNIGHT), lapsing.expire_due(at=MIDNIGHT)] == [1, 0]
    assert (states(), told()) == (["expired"], ["quote_sent", "quote_expired"])


def test_its_reader_is_reminded_once_three_days_before(sent):
    before = MIDNIGHT - timedelta(days=3, seconds=1)
    assert lapsing.remind_due(at=before) == 0
    due = before + timedelta(seconds=1)
    assert [lapsing.remind_due(at=due), lapsing.remind_due(at=due)] == [1, 0]
    assert told() == ["quote_sent", "quote_expiring"]


def test_nobody_is_reminded_of_what_was_decided_or_is_short(draft, sent, ana):
    accept(sent, ana)
    short = sending.send(draft(valid_until=date(2026, 3, 11)), by=RUI, at=TUESDAY_10)
    assert (short.reminds_at, lapsing.remind_due(at=MIDNIGHT - timedelta(days=2))) == (None, 0)


# --- work ---------------------------------------------------------------------------------------


@pytest.fixture
def plain(category):
    """A category that needs no leave."""
    ServiceCategory.objects.filter(pk=category.pk).update(needs_authorisation=False)


def log(quote, hours, *, note="Restored.", unit="hour"):
    return working.log(quote, quantity=Decimal(hours), unit=unit, note=note, by=RUI, at=NOON)


def test_work_is_only_done_on_what_was_accepted(plain, sent, ana):
    with pytest.raises(refusals.NotAgreed):
        working.begin(sent, by=RUI, at=NOON)
    accept(sent, ana)
    with pytest.raises(refusals.NotAgreed):
        log(sent, 1)
    working.begin(sent, by=RUI, at=NOON)
    log(sent, 1)
    assert working.finish(working.begin(sent, by=RUI, at=NOON), by=RUI, at=NOON).state == "done"
    with pytest.raises(refusals.NotAgreed):
        log(sent, 1)


def test_work_on_what_was_declined_is_refused(plain, sent, ana):
    decline(sent, ana)
    with pytest.raises(refusals.NotAgreed):
        working.begin(sent, by=RUI, at=NOON)


def test_more_than_ten_percent_over_needs_a_new_version(plain, sent, ana):
    accept(sent, ana)
    working.begin(sent, by=RUI, at=NOON)
    log(sent, "2.2")
    with pytest.raises(refusals.TooMuchWork):
        log(sent, "0.001")
    log(sent, "-0.2", note="A slip.")
    log(sent, "0.2")
    with pytest.raises(refusals.TooMuchWork):
        log(sent, 1, unit="day")

    second = drafting.revise(sent, by=RUI, at=NOON)
    drafting.write(
        second,
        lines=(LineDraft("Restore", Decimal(4), Decimal(95)),),
        currency="EUR",
        valid_until=date(2026, 5, 1),
    )
    second = sending.send(second, by=RUI, at=NOON)
    assert states() == ["in_work", "sent"]
    accept(second, ana)
    assert states() == ["superseded", "in_work"]
    log(second, "2.2")
    with pytest.raises(refusals.TooMuchWork):
        log(second, "0.1")


@pytest.mark.parametrize(("hours", "note"), [("0", "Work."), ("1", " "), ("NaN", "Work."), ("1e9", "Work.")])
def test_logged_work_is_something(plain, sent, ana, hours, note):
    accept(sent, ana)
    working.begin(sent, by=RUI, at=NOON)
    with pytest.raises(refusals.NothingLogged):
        log(sent, hours, note=note)


def test_work_on_their_data_waits_for_leave(sent, ana, bruno):
    accept(sent, ana)
    with pytest.raises(refusals.NotAuthorised):
        working.begin(sent, by=RUI, at=NOON)
    with pytest.raises(refusals.ReasonMissing):
        working.ask_leave(sent, purpose=" ", scope="Rooms", by=RUI, at=NOON)
    asked = working.ask_leave(sent, purpose="New prices", scope="Rooms 1-20", by=RUI, at=NOON)
    with pytest.raises(refusals.NotAuthorised):
        working.begin(sent, by=RUI, at=NOON)
    with pytest.raises(refusals.NotYoursToDecide):
        working.give_leave(asked, by=Answerer(bruno, bruno.account, None), at=NOON)

    given = working.give_leave(asked, by=Answerer(ana, ana.account, "192.0.2.7"), at=NOON)

    assert (given.approver, given.approved_at, given.ip) == (ana, NOON, "192.0.2.7")
    assert working.begin(sent, by=RUI, at=NOON).state == "in_work"
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorisation.objects.update(scope="Everything")


# --- categories ---------------------------------------------------------------------------------


def test_a_used_category_is_archived_and_an_unused_one_goes(sent, category):
    unused = ServiceCategory.objects.get(key="file_uploads")
    assert services.remove(category, at=NOON) is False
    assert services.remove(unused, at=NOON) is True
    assert [one.key for one in services.offered()] == [
        "recover_deleted_items",
        "consult_logs",
        "bulk_actions",
    ]
    services.establish()
    category.refresh_from_db()
    assert category.archived_at == NOON


def test_what_a_desk_has_changed_is_not_changed_back(category):
    ServiceCategory.objects.filter(pk=category.pk).update(names={"en": "Ours"})
    services.establish()
    category.refresh_from_db()
    assert str(category) == "Ours"
