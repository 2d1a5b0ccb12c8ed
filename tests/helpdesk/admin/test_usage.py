"""What a contract used, as the desk reads it (CM-02, AM-10)."""

import csv
import io

import pytest

from contracts import granting
from contracts.models import Allotment
from helpdesk import handling
from tests.cast import TUESDAY_10, by_mail, take_in
from tests.helpdesk.admin.conftest import console_of

BRUNO, CHLOE = "bruno@azenha.example", "chloe@bellecour.example"


@pytest.fixture
def shared(desk, contract, bellecour, rui):
    """Azenha's contract covers Bellecour too: three tickets of one, one of the other, one given back."""
    contract.shares.create(organisation=bellecour, is_default=True)
    for word in ("Printer", "Wifi", "=1+1"):
        take_in(by_mail(BRUNO, subject=word))
    take_in(by_mail(CHLOE, subject="Scanner"))
    spam = take_in(by_mail(CHLOE, subject="Buy now")).ticket
    handling.mark_spam(spam, by=rui, at=TUESDAY_10)
    granting.grant(contract, units=2, reason="=goodwill", at=TUESDAY_10, by="account:1")
    return contract


def here(contract):
    return f"/admin/helpdesk/ticket/usage/{contract.pk}/"


def test_one_counter_is_split_by_organisation(shared, as_rui, azenha, bellecour):
    page = as_rui.get(here(shared)).content.decode()
    assert "4 of 17 used" in page
    words = " ".join(page.split())
    assert f">{azenha}</a>: 3" in words
    assert f">{bellecour}</a>: 1" in words
    assert "pz-burn-down" in page


def test_each_entry_has_its_ticket_and_the_file_says_who_and_why(shared, as_rui):
    period = Allotment.objects.get()
    answer = as_rui.get(f"{here(shared)}{period.pk}/")
    first, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert first[-2:] == ["by", "reason"]
    assert [row[1] for row in rows] == ["debit"] * 5 + ["reversal", "grant"]
    assert rows[-1][-2:] == ["account:1", "'=goodwill"]
    assert sum(int(row[2]) for row in rows if row[1] != "grant") == -period.used


def test_a_period_of_another_contract_is_none_of_this_one(shared, other_contract, as_rui):
    period = Allotment.objects.get()
    assert as_rui.get(f"{here(other_contract)}{period.pk}/").status_code == 404
    assert as_rui.get(here(other_contract), {"period": period.pk}).status_code == 404
    assert "Nothing was written" in as_rui.get(here(other_contract)).content.decode()


@pytest.mark.parametrize("query", ["?before=x", "?before=" + "9" * 40])
def test_a_place_in_the_ledger_that_is_none_is_its_beginning(shared, as_rui, query):
    assert "given back" in as_rui.get(here(shared) + query).content.decode()


def test_without_the_right_to_read_contracts_nothing_is_shown(shared, ines):
    assert console_of(ines).get(here(shared)).status_code == 403
