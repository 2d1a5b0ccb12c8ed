"""Plans and contracts in the console: drafts are published, units are given by hand."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError

from contracts.admin.fields import ListOf
from contracts.models import Charge, ContractVersion, PlanVersion
from sla import timekeeping
from tests.cast import LONG_AGO, TUESDAY_10, agree, agreed
from tests.helpdesk.admin.conftest import console_of

VERSION = "/admin/contracts/contractversion/"


@pytest.fixture
def as_vera(owner, monkeypatch):
    monkeypatch.setattr(timekeeping, "now", lambda: TUESDAY_10)
    return console_of(owner, "admin")


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def amend(contract, plan_version, **said):
    given = {"number": 2, "valid_from": TUESDAY_10 + timedelta(days=1)} | said
    return ContractVersion.objects.create(contract=contract, plan_version=plan_version, **given)


def publish(browser, version):
    kind = version._meta.model_name
    answer = browser.post(f"/admin/contracts/{kind}/{version.pk}/publish/", {"confirm": "publish"})
    version.refresh_from_db()
    return told(answer)[-1:], version.status


def test_an_amendment_is_published_after_a_page_that_says_what_follows(as_vera, contract, plus):
    draft = amend(contract, plus, units_source="own", units=40)
    asked = as_vera.get(f"{VERSION}{draft.pk}/publish/").content.decode()
    assert "the version before it ends" in asked
    assert publish(as_vera, draft) == (["C-azenha v2 is published."], "scheduled")
    assert agreed(contract) == draft
    first = contract.versions.get(number=1)
    assert (first.status, first.valid_until) == ("active", draft.valid_from)


def test_what_is_published_has_no_button_any_more(as_vera, contract, plus):
    draft = amend(contract, plus)
    publish(as_vera, draft)
    assert as_vera.post(f"{VERSION}{draft.pk}/publish/").status_code == 404


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"valid_from": TUESDAY_10 - timedelta(minutes=1)}, "the past is never rewritten"),
        ({"valid_from": LONG_AGO - timedelta(days=1)}, "the past is never rewritten"),
    ],
)
def test_an_amendment_does_not_begin_in_the_past(as_vera, contract, plus, said, words):
    (refusal,), status = publish(as_vera, amend(contract, plus, **said))
    assert (words in refusal, status) == (True, "draft")


def test_a_cell_of_a_priority_that_the_plan_does_not_offer_is_refused(
    as_vera, contract, essential, priorities
):
    draft = amend(contract, essential)
    draft.cells.create(metric="resolution", priority=priorities["urgent"], unit="business_hours", amount=1)
    (refusal,), status = publish(as_vera, draft)
    assert (refusal, status) == ("It says something of Urgent, which the plan does not offer.", "draft")


def test_a_plan_without_priorities_promises_nothing(as_vera, plus):
    draft = PlanVersion.objects.create(
        plan=plus.plan, number=2, policy=plus.policy, valid_from=TUESDAY_10 + timedelta(days=1)
    )
    assert publish(as_vera, draft) == (["The plan offers no priority."], "draft")
    draft.offered_priorities.set(plus.offered_priorities.all())
    assert publish(as_vera, draft) == (["Plus v2 is published."], "scheduled")


def test_the_next_number_is_proposed(as_vera, contract):
    page = as_vera.get(f"{VERSION}add/?contract={contract.pk}").content.decode()
    assert 'name="number" value="2"' in page


def test_what_is_published_is_shown_and_not_changed(as_vera, contract):
    version = agreed(contract)
    shown = as_vera.get(f"{VERSION}{version.pk}/change/")
    posted = as_vera.post(f"{VERSION}{version.pk}/change/", {"units": "1"})
    assert (shown.status_code, posted.status_code) == (200, 403)
    assert "Publish…" not in shown.content.decode()


# --- units by hand ----------------------------------------------------------------------------------


def give(browser, contract, **typed):
    address = f"/admin/contracts/contract/{contract.pk}/give/"
    return browser.post(address, {"kind": "grant", "units": "3", "reason": "Sorry for March."} | typed)


def test_a_grant_is_written_with_the_name_of_who_gave_it(as_vera, contract, owner):
    answer = give(as_vera, contract, until="2026-05-31")
    row = Charge.objects.get()
    assert (told(answer), row.kind, row.units, row.by) == (
        ["Written into the ledger."], "grant", 3, f"account:{owner.pk}"
    )  # fmt: skip
    assert row.expires_at.isoformat() == "2026-05-31T23:00:00+00:00"


def test_an_adjustment_takes_too(as_vera, contract):
    give(as_vera, contract, kind="adjustment", units="-2")
    assert Charge.objects.values_list("kind", "units").get() == ("adjustment", -2)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"units": "-3"}, "at least one unit"),
        ({"units": "many"}, "Enter a whole number"),
        ({"units": "9" * 40}, "less than or equal"),
        ({"reason": ""}, "required"),
        ({"until": "2026-03-01"}, "has expired"),
        ({"until": "soon"}, "valid date"),
        ({"kind": "debit"}, "valid choice"),
    ],
)
def test_what_gives_nothing_is_refused_in_the_form(as_vera, contract, typed, words):
    answer = give(as_vera, contract, **typed)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Charge.objects.count() == 0


def test_an_agent_gives_nothing(contract, rui):
    assert give(console_of(rui, "agent"), contract).status_code == 404


# --- what is typed as words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"), [("30, 90", [30, 90]), ("", None), (" 100 ", [100]), ("1,2,3,", [1, 2, 3])]
)
def test_thresholds_are_typed_between_commas(typed, kept):
    assert ListOf(of_numbers=True).clean(typed) == kept


@pytest.mark.parametrize("typed", ["half", "-5", "5.5", "=1+1", "٣"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValidationError, match="cannot stand here"):
        ListOf(of_numbers=True).clean(typed)


def test_channels_are_words_and_an_empty_line_is_an_empty_list():
    assert ListOf(empty=[]).clean("portal, email") == ["portal", "email"]
    assert ListOf(empty=[]).clean(" ") == []
    assert ListOf().prepare_value(["portal", "email"]) == "portal, email"
    with pytest.raises(ValidationError):
        ListOf().clean("<script>")


def test_an_amendment_is_written_in_the_form(as_vera, contract, plus):
    page = as_vera.get(f"{VERSION}add/?contract={contract.pk}")
    fields = {
        name: field.initial if field.initial is not None else ""
        for name, field in page.context["adminform"].form.fields.items()
    }
    typed = fields | {
        "contract": contract.pk, "number": 2, "plan_version": plus.pk, "thresholds": "60, 90", "units": "",
        "valid_from_0": "2026-04-01", "valid_from_1": "00:00", "units_added": "5", "units_source": "plan",
        "cells-TOTAL_FORMS": "0", "cells-INITIAL_FORMS": "0", "credit_scheme": "",
    }  # fmt: skip
    typed.pop("valid_from")
    answer = as_vera.post(
        f"{VERSION}add/", {name: value for name, value in typed.items() if value is not False}
    )
    assert answer.status_code == 302, answer.context["errors"]
    made = contract.versions.get(number=2)
    assert (made.thresholds, made.channels, made.units_added, made.status) == ([60, 90], None, 5, "draft")


# --- what differs, and what held when ---------------------------------------------------------------


def test_a_versions_page_says_what_it_changes_also_against_another(as_vera, contract, plus):
    second = amend(contract, plus, units_source="own", units=40)
    publish(as_vera, second)
    third = amend(contract, plus, number=3, valid_from=TUESDAY_10 + timedelta(days=9), units_added=5)
    page = as_vera.get(f"{VERSION}{third.pk}/change/").content.decode()
    assert "What it says otherwise than version 2" in page
    assert "<td>40</td><td>–</td>" in page
    other = as_vera.get(f"{VERSION}{third.pk}/change/", {"against": "1"}).content.decode()
    assert "What it says otherwise than version 1" in other
    assert "<td>40</td>" not in other
    assert "What it says otherwise" in as_vera.get(f"{VERSION}{third.pk}/publish/").content.decode()


def as_of(browser, contract, on=None):
    address = f"/admin/contracts/contract/{contract.pk}/as-of/"
    return browser.get(address, {} if on is None else {"on": on})


def test_what_held_is_shown_as_of_any_instant(as_vera, contract, plus, priorities):
    agree(contract, "resolution", priorities["high"], unit="business_hours", amount=8)
    publish(as_vera, amend(contract, plus, units_source="own", units=40))
    now, later = (as_of(as_vera, contract, on).content.decode() for on in (None, "2026-03-11T10:00"))
    assert "C-azenha v1" in now
    assert "8 business hours" in now
    assert "15 tickets" in now
    assert "C-azenha v2" in later
    assert "40 tickets" in later
    assert "8 business hours" not in later


def test_the_switch_is_exact_and_before_the_contract_nothing_held(as_vera, contract, plus):
    publish(as_vera, amend(contract, plus, units_source="own", units=40))
    assert "C-azenha v1" in as_of(as_vera, contract, "2026-03-11T09:59").content.decode()
    nothing = as_of(as_vera, contract, "2019-01-01T00:00").content.decode()
    assert "No version of this contract was in force" in nothing


@pytest.mark.parametrize("on", ["", "x", "2026-13-01T00:00", "99999-01-01T00:00"])
def test_an_instant_that_is_none_is_said_to_be_none(as_vera, contract, on):
    answer = as_of(as_vera, contract, on)
    assert answer.status_code == 422
    assert "C-azenha v1" in answer.content.decode()
