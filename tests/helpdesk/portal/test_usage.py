"""What an organisation's manager reads of the quota, and decides about it (CM-02, CM-04)."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts import entitlements, granting
from contracts.models import Allotment, Charge
from helpdesk import handling
from helpdesk.models import Ticket
from tests.cast import TUESDAY_10, agreed, by_mail, by_portal, rewrite, take_in

BRUNO = "bruno@azenha.example"
HERE = "/my/usage/?lang=en"
BILLED = {"over_quota": "overage", "overage_price": "35.50", "overage_currency": "EUR"}


@pytest.fixture
def now(monkeypatch):
    """Tuesday at ten, for every door."""
    monkeypatch.setattr("sla.timekeeping.now", lambda: TUESDAY_10)


@pytest.fixture
def manager(desk, now, as_person, ana):
    return as_person(ana)


def rows(answer):
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_every_debit_and_reversal_is_there_with_its_ticket(manager, rui):
    kept, spam = (take_in(by_mail(BRUNO, subject=word)).ticket for word in ("Printer", "Buy now"))
    handling.mark_spam(spam, by=rui, at=TUESDAY_10)

    page = manager.get(HERE).content.decode()

    assert "1 of 15 used" in page
    assert [f'href="/tickets/{ticket.pk}/"' in page for ticket in (kept, spam)] == [True, True]
    assert [page.count(f"<span>{word}") for word in ("taken", "given back")] == [2, 1]


def test_the_sum_of_the_file_is_the_counter(manager, contract, rui):
    take_in(by_mail(BRUNO))
    granting.grant(contract, units=2, reason="=1+1", at=TUESDAY_10, by="account:1")
    first, *entries = rows(manager.get(f"/my/usage/{Allotment.objects.get().pk}/"))
    assert first == ["at (UTC)", "entry", "units", "beyond the quota", "ticket", "after the period"]
    number = str(Ticket.objects.get().pk)
    assert entries == [
        ["2026-03-10 10:00:00", "debit", "-1", "", number, ""],
        ["2026-03-10 10:00:00", "grant", "2", "", "", ""],
    ]
    assert sum(int(row[2]) for row in entries if row[1] != "grant") == -Allotment.objects.get().used


def test_what_comes_back_after_the_period_is_dated_and_said_so(manager, rui):
    ticket = take_in(by_mail(BRUNO)).ticket
    handling.mark_spam(ticket, by=rui, at=TUESDAY_10 + timedelta(days=40))
    assert "after the period" in manager.get(HERE).content.decode()


def test_neither_who_wrote_an_entry_nor_why_is_told(manager, contract):
    granting.grant(contract, units=2, reason="Between us: they are angry.", at=TUESDAY_10, by="account:1")
    page = manager.get(HERE).content.decode()
    assert "granted" in page
    assert "angry" not in page
    assert "account:1" not in page


def test_only_a_manager_of_the_organisation_reads_it(desk, now, as_person, bruno, chloe):
    take_in(by_mail(BRUNO))
    period = Allotment.objects.get().pk
    assert as_person(bruno).get(HERE).status_code == 404
    assert as_person(chloe).get(f"/my/usage/{period}/").status_code == 404
    assert as_person(chloe).get(f"/my/usage/?period={period}").status_code == 404


@pytest.mark.parametrize(
    "wrong", ["period=0", "period=999999999999999999", "before=-1", "before=x", "period=%00"]
)
def test_garbage_in_the_address_is_no_error(manager, wrong):
    take_in(by_mail(BRUNO))
    assert manager.get(f"/my/usage/?{wrong}").status_code in {200, 404}


def test_a_shared_contract_names_no_ticket_of_the_other_organisation(
    manager, contract, bellecour, other_contract, chloe
):
    contract.shares.create(organisation=bellecour, is_default=True)
    chloe.refresh_from_db()
    theirs = take_in(by_portal(chloe, subject="Secret")).ticket
    page = manager.get(HERE).content.decode()
    assert theirs.contract == contract
    assert (f"/tickets/{theirs.pk}/" in page, "1 of 15 used" in page) == (False, True)


def test_unlimited_says_so_and_nothing_yet_says_so(manager, plus):
    assert "No period has begun yet." in manager.get(HERE).content.decode()
    rewrite(plus, units=None)
    take_in(by_mail(BRUNO))
    assert "1 used, unlimited" in manager.get(HERE).content.decode()


def test_long_ledgers_are_read_by_the_page_at_the_same_cost(manager, contract):
    take_in(by_mail(BRUNO))
    period = Allotment.objects.get()

    def cost(address):
        with CaptureQueriesContext(connection) as statements:
            assert manager.get(address).status_code == 200
        return len(statements)

    short = cost(HERE)
    debit = Charge.objects.get()
    for number in range(120):
        debit.pk, debit.turn = None, number + 1
        debit.save(force_insert=True)
    assert cost(HERE) == short
    page = manager.get(HERE)
    assert len(page.context["shown"].lines) == 50
    older = manager.get(f"{HERE}&period={period.pk}&before={page.context['shown'].before}")
    assert len(older.context["shown"].lines) == 50


def test_the_picture_goes_down_day_by_day_and_says_so_in_words(manager, limit_of):
    limit_of(4)
    for day in (0, 2):
        take_in(by_mail(BRUNO, subject=f"Day {day}"), TUESDAY_10 + timedelta(days=day))
    shown = manager.get(HERE).context["shown"]
    assert [(str(day.day), day.used, day.over) for day in shown.days] == [
        ("2026-03-10", 1, 0),
        ("2026-03-12", 2, 0),
    ]
    assert shown.picture.points == "0,0 174,0 174,45 212,45 212,90 600,90"
    assert shown.picture.limit == 180


@pytest.fixture
def limit_of(plus):
    return lambda units: rewrite(plus, units=units)


# --- decisions --------------------------------------------------------------------------------------


@pytest.fixture
def waiting(desk, contract, plus, bruno):
    rewrite(plus, units=0)
    rewrite(agreed(contract), over_quota="require_manager_approval")
    return take_in(by_portal(bruno)).ticket


def test_one_click_approves_and_a_second_changes_nothing(manager, waiting):
    assert "Waiting for your decision" in manager.get(HERE).content.decode()
    for _ in range(2):
        assert manager.post(f"/tickets/{waiting.pk}/decide/", {"decision": "approve"}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.entitlement, Charge.objects.count()) == ("approved", 1)


def test_the_writer_reads_that_it_waits_and_cannot_decide(manager, waiting, as_person, bruno):
    browser = as_person(bruno)
    page = browser.get(f"/tickets/{waiting.pk}/?lang=en").content.decode()
    assert "waits for a manager of your organisation" in page
    assert "/decide/" not in page
    browser.post(f"/tickets/{waiting.pk}/decide/", {"decision": "approve"})
    waiting.refresh_from_db()
    assert waiting.entitlement == "awaiting_approval"


def test_another_customers_manager_finds_nothing_there(manager, waiting, as_person, chloe):
    assert as_person(chloe).post(f"/tickets/{waiting.pk}/decide/", {"decision": "approve"}).status_code == 404


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (
            {"over_quota": "overage", "overage_price": "35.50", "overage_currency": "EUR"},
            "billed at 35.50\u00a0EUR",
        ),
        (
            {"over_quota": "require_manager_approval"},
            "waits until a manager of your organisation approves",
        ),
        ({"over_quota": "reject"}, "Your plan includes no further tickets in this period"),
        ({"over_quota": "accept_and_flag"}, "accepted and flagged"),
    ],
)
def test_it_is_said_before_a_ticket_is_written_what_happens(manager, contract, plus, mode, words):
    rewrite(plus, units=0)
    rewrite(agreed(contract), **mode)
    assert words in manager.get("/tickets/new/?lang=en").content.decode()


def test_a_refused_form_keeps_what_was_typed(manager, contract, plus):
    rewrite(plus, units=0)
    rewrite(agreed(contract), over_quota="reject")
    typed = {"subject": "Printer", "text": "It does not print.", "key": "k1"}
    answer = manager.post("/tickets/new/?lang=en", typed)
    page = answer.content.decode()
    assert (answer.status_code, "If nobody can work, say so" in page, "It does not print." in page) == (
        422,
        True,
        True,
    )
    assert Ticket.objects.count() == 0


def test_a_shared_quota_says_how_much_of_it_others_took_and_not_who(manager, contract, bellecour):
    contract.shares.create(organisation=bellecour, is_default=True)
    for writer in (BRUNO, BRUNO, "chloe@bellecour.example"):
        take_in(by_mail(writer))
    page = manager.get(HERE).content.decode()
    assert "Of these 2 by your organisation, 1 by others" in page
    assert bellecour.name not in page


def test_what_the_plan_includes_besides_tickets_is_shown_with_what_is_left(manager, contract, plus):
    rewrite(plus, entitlements=[{"key": "advice", "metric": "hours", "limit": 12, "period": "quarter"}])
    entitlements.use(contract, "advice", units=3, reason="Between us", at=TUESDAY_10, by="account:1")
    page = manager.get(HERE).content.decode()
    assert "3 of 12 hours used" in page
    assert "Between us" not in page
