"""AM-01, issue: contracts from and to files; wrong rows are told with their column, and the rest goes in."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import tablib
from django.core.management import CommandError, call_command
from django.test import Client

from contracts import agreements, quota_terms
from contracts.exchange import files
from contracts.exchange.columns import COLUMNS
from contracts.exchange.files import Unreadable
from contracts.models import Contract, ContractVersion
from sla import timekeeping
from tests.cast import LONG_AGO, TUESDAY_10, agree, agreed, contract_for, rewrite
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db

NEW = {"reference": "C-7", "organisation": "bellecour", "plan": "plus", "starts_on": "2026-01-01"}


def data(*rows) -> tablib.Dataset:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return tablib.Dataset(*[[row.get(name, "") for name in names] for row in rows], headers=names)


def put(*rows, at=TUESDAY_10, **how):
    report = files.put(data(*rows), by=None, at=at, **how)
    return [row.outcome for row in report.rows]


def reasons(*rows) -> list[str]:
    return [row.reason for row in files.put(data(*rows), by=None, at=TUESDAY_10).rows]


@pytest.fixture(autouse=True)
def _customers(azenha, bellecour, plus):
    """Two customers and a plan."""


# --- in -----------------------------------------------------------------------------------------


def test_a_row_becomes_a_contract_that_rules(bellecour, plus, priorities):
    row = NEW | {
        "ends_on": "2026-12-31",
        "zone": "Europe/Paris",
        "plan_version": "1",
        "units": "40",
        "over_quota": "overage",
        "overage_price": "12.50",
        "overage_currency": "EUR",
        "is_binding": "yes",
        "agreement_reference": "MSA 7",
        "channels": "email; portal",
        "thresholds": "60; 90",
        "cells": "first_response/urgent = 2 business_hours; resolution/low = best_effort",
    }
    assert put(row) == ["new"]

    contract = Contract.objects.get(reference="C-7")
    said = agreed(contract)
    assert (contract.organisation, contract.starts_at, contract.ends_at) == (
        bellecour,
        datetime(2025, 12, 31, 23, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    )
    assert (said.status, said.plan_version, said.follows_latest) == ("active", plus, False)
    terms = quota_terms.merged(said, plus)
    assert (terms.units, terms.over_quota, terms.overage_price, terms.thresholds) == (
        40,
        "overage",
        Decimal("12.50"),
        (60, 90),
    )
    assert [
        (cell.metric, cell.priority.key, cell.kind, cell.amount) for cell in said.cells.order_by("metric")
    ] == [
        ("first_response", "urgent", "target", 2),
        ("resolution", "low", "best_effort", None),
    ]


def test_put_in_again_nothing_changes():
    row = NEW | {
        "units": "unlimited",
        "cells": "first_response/high = 2-3 business_days aim 8 business_hours",
    }
    assert [put(row), put(row), put(row)] == [["new"], ["skip"], ["skip"]]
    assert ContractVersion.objects.count() == 1


def test_what_says_something_else_is_an_amendment_from_now_on():
    put(NEW | {"units": "10"})
    assert put(NEW | {"units": "20"}, at=TUESDAY_10 + timedelta(days=1)) == ["update"]

    contract = Contract.objects.get(reference="C-7")
    before = agreements.version_in_force(contract, at=TUESDAY_10)
    after = agreements.version_in_force(contract, at=TUESDAY_10 + timedelta(days=1))
    assert ((before.number, before.units), (after.number, after.units)) == ((1, 10), (2, 20))


def test_null_and_nought_and_the_plans_are_three_things():
    years = {2011: "0", 2012: "unlimited", 2013: ""}
    rows = [
        NEW | {"reference": f"C-{y}", "starts_on": f"{y}-01-01", "ends_on": f"{y}-02-01", "units": units}
        for y, units in years.items()
    ]
    assert put(*rows) == ["new", "new", "new"]
    rows = ContractVersion.objects.order_by("contract__reference")
    assert list(rows.values_list("units_source", "units")) == [("own", 0), ("own", None), ("plan", None)]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"reference": ""}, "reference: This is needed."),
        ({"organisation": "nobody"}, "organisation: There is no organisation “nobody”."),
        ({"plan": "nothing"}, "plan: There is no published plan “nothing”."),
        ({"plan_version": "9"}, "plan_version: plus has no published version 9."),
        ({"starts_on": "yesterday"}, "starts_on: Write a date such as 2026-12-31."),
        ({"ends_on": "2025-12-30"}, "ends"),
        ({"zone": "Mars/Base"}, "zone: There is no such time zone."),
        ({"units": "-1"}, "units: Write a whole number of 0 or more."),
        ({"is_binding": "perhaps"}, "is_binding: Write yes or no."),
        ({"is_binding": "yes"}, "agreement_reference: A binding contract names its agreement."),
        ({"over_quota": "overage"}, "overage_price: Billed overage needs a price and a currency."),
        ({"over_quota": "shrug"}, "over_quota: "),
        ({"overage_price": "NaN"}, "overage_price: An amount is 0 or more."),
        ({"thresholds": "90; 50"}, "thresholds: "),
        ({"anchor_day": "32"}, "day"),
        ({"cells": "first_response/urgent"}, "cells: “first_response/urgent” is no cell"),
        ({"cells": "first_response/asap = 2 business_hours"}, "cells: There is no priority “asap”."),
        ({"cells": "first_response/urgent = 2 moons"}, "cells: “2 moons” is no target"),
        ({"credit_scheme": "{"}, "credit_scheme: This is no JSON."),
        ({"policy_version": "support/9"}, "policy_version: There is no such published version."),
        ({"calendar": "none"}, "calendar: There is no calendar “none”."),
        ({"more_organisations": "azenha; nobody"}, "more_organisations: There is no organisation “nobody”."),
    ],
)
def test_a_wrong_row_is_told_with_its_column_and_the_rest_goes_in(wrong, reason):
    (told, other) = reasons(NEW | wrong, NEW | {"reference": "C-8", "organisation": "azenha"})
    assert reason.casefold() in told.casefold()
    assert other == ""
    assert list(Contract.objects.values_list("reference", flat=True)) == ["C-8"]


def test_all_or_nothing_is_nothing_where_a_row_is_wrong():
    report = files.put(
        data(NEW, NEW | {"reference": "C-8", "plan": "x"}), by=None, at=TUESDAY_10, all_or_nothing=True
    )
    assert ([row.outcome for row in report.rows], report.is_written) == (["new", "invalid"], False)
    assert Contract.objects.count() == 0


def test_a_dry_run_says_the_same_and_writes_nothing():
    assert put(NEW, NEW | {"plan": "x"}, dry_run=True) == ["new", "invalid"]
    assert Contract.objects.count() == 0


def test_an_organisation_is_in_one_contract_at_a_time_unless_one_is_its_default(contract):
    assert reasons(NEW | {"organisation": "azenha"}) == [
        "organisation: Azenha Hotels has another contract in force in this time: C-azenha."
    ]
    assert "another contract" in reasons(NEW | {"more_organisations": "azenha"})[0]
    Contract.objects.filter(pk=contract.pk).update(ends_at=datetime(2025, 6, 1, tzinfo=UTC))
    assert reasons(NEW | {"organisation": "azenha"}) == [""]


def test_nor_does_it_come_into_two_by_an_amendment(contract, azenha):
    put(NEW)
    refusal = "Azenha Hotels has another contract in force in this time: C-azenha."
    assert reasons(NEW | {"more_organisations": "azenha"}) == [f"organisation: {refusal}"]
    assert list(Contract.objects.get(reference="C-7").organisations.all()) == []

    Contract.objects.filter(pk=contract.pk).update(starts_at=datetime(2027, 1, 1, tzinfo=UTC))
    until = NEW | {"more_organisations": "azenha", "ends_on": "2026-12-31"}
    assert put(until) == ["update"]
    assert reasons(until | {"ends_on": "2027-02-01"}) == [f"organisation: {refusal}"]


def test_what_a_contract_is_for_is_not_changed():
    put(NEW)
    assert "never changed" in reasons(NEW | {"starts_on": "2026-02-01"})[0]
    assert "never changed" in reasons(NEW | {"organisation": "azenha"})[0]


def test_more_organisations_are_covered_and_let_go(azenha):
    put(NEW | {"more_organisations": "azenha"})
    contract = Contract.objects.get(reference="C-7")
    assert list(contract.organisations.all()) == [azenha]
    assert put(NEW) == ["update"]
    assert list(contract.organisations.all()) == []


# --- out, and in again --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_written_comes_in_as_the_same(
    contract, other_contract, priorities, calendar, policy_version, kind
):
    agree(
        contract, "first_response", priorities["urgent"], unit="business_hours", amount=2, calendar=calendar
    )
    agree(contract, "resolution", priorities["low"], kind="as_agreed")
    agree(
        contract,
        "resolution",
        priorities["high"],
        unit="business_days",
        amount=3,
        from_amount=2,
        channel="email",
    )
    rewrite(
        agreed(contract),
        units_source="own",
        units=7,
        is_binding=True,
        agreement_reference="=SUM(A1)",
        credit_scheme={
            "basis": ["resolution"],
            "period": "month",
            "rule": {"type": "per_breach", "credit_percent": "5"},
            "of": "fee",
        },
        pinned_policy_version=policy_version,
        calendar=calendar,
        overage_price=Decimal("1.5000"),
        overage_currency="EUR",
    )
    before = list(ContractVersion.objects.order_by("pk").values())

    content = files.write(Contract.objects.all(), kind=kind)
    if kind == "csv":
        assert b"'=SUM(A1)" in content
    report = files.put(files.read(content, kind=kind), by=None, at=TUESDAY_10)

    assert [row.outcome for row in report.rows] == ["skip", "skip"], report.rows
    assert list(ContractVersion.objects.order_by("pk").values()) == before


def test_a_file_of_many_takes_no_more_statements_than_one_of_few(
    contract, azenha, bellecour, plus, priorities, django_assert_max_num_queries
):
    for number in range(8):
        begins = datetime(2010 + number, 1, 1, tzinfo=UTC)
        one = contract_for(bellecour, plus, reference=f"C-{number}", starts_at=begins)
        agree(one, "resolution", priorities["low"], kind="as_agreed")
        one.organisations.add(azenha)
    with django_assert_max_num_queries(4):
        content = files.write(Contract.objects.all(), kind="csv").decode()
    assert content.count("azenha") == 2 + 8
    assert content.count("resolution/low = as_agreed") == 8


def test_every_column_is_written(contract):
    header = files.write(Contract.objects.all(), kind="csv").decode().splitlines()[0]
    assert header.split(",") == list(COLUMNS)


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"", "csv", "first line"),
        (b"\xff\xfe\x00", "csv", "cannot be read"),
        (b"name,plan\n1,2\n", "csv", "first line"),
        (b"reference,colour\n1,2\n", "csv", "no column “colour”"),
        (b"PK\x03\x04 broken", "xlsx", "cannot be read"),
        (b"x", "pdf", "ends in .csv"),
        (b"x" * (files.MOST_BYTES + 1), "csv", "larger than"),
    ],
)
def test_what_is_no_file_of_contracts_is_refused(content, kind, reason):
    with pytest.raises(Unreadable, match=reason):
        files.read(content, kind=kind)


def test_a_spreadsheet_that_would_unpack_into_a_heap_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_UNPACKED", 1000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 100_000)
    with pytest.raises(Unreadable, match="too large"):
        files.read(packed.getvalue(), kind="xlsx")


# --- doors --------------------------------------------------------------------------------------


def test_the_commands_go_out_and_in(contract, tmp_path, capsys):
    file = tmp_path / "contracts.csv"
    call_command("export_contracts", str(file))
    assert "1 contracts written" in capsys.readouterr().out
    call_command("import_contracts", str(file), "--json")
    assert json.loads(capsys.readouterr().out) == {
        "new": 0, "update": 0, "skip": 1, "invalid": 0, "written": True, "wrong": [],
    }  # fmt: skip

    file.write_text("reference,organisation,plan,starts_on\nC-1,nobody,plus,2026-01-01\n")
    with pytest.raises(SystemExit):
        call_command("import_contracts", str(file), "--dry-run")
    assert capsys.readouterr().out.splitlines() == [
        "line 2: C-1: organisation: There is no organisation “nobody”.",
        "0 new, 0 amended, 0 as they were, 1 wrong; nothing was written",
    ]
    for wrong in ("absent.csv", "contracts.pdf"):
        with pytest.raises(CommandError):
            call_command("import_contracts", str(tmp_path / wrong))
    with pytest.raises(CommandError):
        call_command("import_contracts", str(file), "--by", "who@nowhere.example")
    with pytest.raises(CommandError):
        call_command("export_contracts", str(tmp_path / "contracts.pdf"))


@pytest.fixture
def as_vera(owner, monkeypatch) -> Client:
    monkeypatch.setattr(timekeeping, "now", lambda: TUESDAY_10)
    return console_of(owner, "admin")


def upload(browser, words, name="contracts.csv"):
    file = io.BytesIO(words.encode())
    file.name = name
    return browser.post("/admin/contracts/contract/import/", {"file": file})


def test_in_the_console_a_file_is_previewed_and_then_put_in_once(as_vera, owner):
    words = (
        "reference,organisation,plan,starts_on\nC-7,bellecour,plus,2026-01-01\nC-8,nobody,plus,2026-01-01\n"
    )
    shown = upload(as_vera, words)
    page = shown.content.decode()
    assert "1 new, 0 amended, 0 as they were, 1 wrong." in page
    assert "There is no organisation “nobody”." in page
    assert Contract.objects.count() == 0

    token = shown.context["token"]
    for _ in range(2):
        as_vera.post("/admin/contracts/contract/import/", {"token": token})
    assert Contract.objects.get().reference == "C-7"
    assert agreed(Contract.objects.get()).author == owner


def test_in_the_console_all_or_nothing_is_nothing(as_vera):
    shown = upload(
        as_vera, "reference,organisation,plan,starts_on\nC-7,bellecour,plus,2026-01-01\nC-8,x,y,z\n"
    )
    form = {"token": shown.context["token"], "all_or_nothing": "yes"}
    as_vera.post("/admin/contracts/contract/import/", form)
    assert Contract.objects.count() == 0


@pytest.mark.parametrize("name", ["contracts.exe", "contracts", "contracts.xlsx"])
def test_in_the_console_nonsense_is_told(as_vera, name):
    assert upload(as_vera, "nonsense", name).status_code == 422


def test_another_agents_file_is_not_found(as_vera, marta):
    token = upload(as_vera, "reference,organisation,plan,starts_on\nC-7,bellecour,plus,2026-01-01\n").context[
        "token"
    ]
    console_of(marta, "admin").post("/admin/contracts/contract/import/", {"token": token})
    assert Contract.objects.count() == 0


def test_the_console_exports_both(as_vera, azenha, plus):
    contract_for(azenha, plus, starts_at=LONG_AGO)
    for kind in ("csv", "xlsx"):
        answer = as_vera.get(f"/admin/contracts/contract/export/{kind}/")
        assert len(files.read(answer.content, kind=kind)) == 1
    assert as_vera.get("/admin/contracts/contract/export/pdf/").status_code == 404
