"""A manager names who may open tickets (CM-06)."""

from datetime import timedelta

import pytest

from contracts import named_contacts
from contracts.models import NamedContact
from helpdesk import naming
from tests.cast import TUESDAY_10, agreed, by_mail, rewrite, take_in

HERE = "/my/contacts/"
BRUNO = "bruno@azenha.example"


@pytest.fixture
def manager(desk, contract, as_person, ana, monkeypatch):
    monkeypatch.setattr("sla.timekeeping.now", lambda: TUESDAY_10)
    rewrite(agreed(contract), named_contacts_max=2)
    return as_person(ana)


def page_of(browser):
    return browser.get(f"{HERE}?lang=en").content.decode()


def name(browser, email, **given):
    return browser.post(f"{HERE}add/?lang=en", {"email": email, "name": ""} | given)


def test_naming_and_taking_off_again(manager, contract):
    assert "Nobody is named yet" in page_of(manager)
    assert name(manager, "BRUNO@azenha.example").status_code == 302
    assert "1 of 2 named" in page_of(manager)
    contact = NamedContact.objects.get()
    manager.post(f"{HERE}{contact.pk}/remove/")
    page = page_of(manager)
    assert "0 of 2 named" in page
    assert "Named before" in page
    contact.refresh_from_db()
    assert contact.removed_at == TUESDAY_10


def test_the_same_person_twice_is_one(manager):
    for email in (BRUNO, "Bruno@Azenha.example", BRUNO):
        name(manager, email)
    assert NamedContact.objects.count() == 1


def test_the_third_of_two_is_told_the_limit_and_nothing_typed_is_lost(manager):
    for who in ("one", "two"):
        name(manager, f"{who}@azenha.example")
    answer = name(manager, "three@azenha.example", name="Three")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "names at most 2 contacts" in page
    assert 'value="three@azenha.example"' in page


@pytest.mark.parametrize(
    "email", ["chloe@bellecour.example", "nobody", "<script>@x", "a" * 300 + "@azenha.example"]
)
def test_what_cannot_be_named_is_said(manager, email):
    answer = name(manager, email)
    assert answer.status_code == 422
    assert "<script>@x" not in answer.content.decode()
    assert not NamedContact.objects.exists()


def test_who_waits_is_shown_and_taken_up(manager, contract, ana, bruno):
    named_contacts.add(contract, ana, at=TUESDAY_10 - timedelta(days=1), by="account:1")
    ticket = take_in(by_mail(BRUNO)).ticket
    assert f"#{ticket.pk} Printer" in page_of(manager)
    name(manager, BRUNO)
    naming.take_up_named(at=TUESDAY_10)
    page = page_of(manager)
    assert f"#{ticket.pk} Printer" not in page
    assert "2 of 2 named" in page


def test_nobody_else_reads_or_changes_the_list(manager, contract, ana, bruno, chloe, as_person):
    contact = named_contacts.add(contract, ana, at=TUESDAY_10, by="account:1")
    for who in (bruno, chloe):
        assert as_person(who).post(f"{HERE}{contact.pk}/remove/").status_code == 404
    assert as_person(bruno).get(HERE).status_code == 404
    assert name(as_person(bruno), BRUNO).status_code == 404
    assert "Ana Azevedo" not in page_of(as_person(chloe))
    contact.refresh_from_db()
    assert contact.removed_at is None


def test_whoever_is_not_named_reads_it_before_writing(manager, contract, ana, bruno, as_person):
    named_contacts.add(contract, ana, at=TUESDAY_10 - timedelta(days=1), by="account:1")
    here = as_person(bruno)
    assert "you are not among them" in here.get("/tickets/new/?lang=en").content.decode()
    words = {"subject": "Printer", "text": "It does not print."}
    refused = here.post("/tickets/new/?lang=en", words)
    assert refused.status_code == 422
    assert "Ask a manager of your organisation" in refused.content.decode()
    assert "It does not print." in refused.content.decode()
    assert here.post("/tickets/new/", words | {"impact": "all_blocked"}).status_code == 302
