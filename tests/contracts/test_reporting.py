"""What was used of a quota, and the command that prints it (CM-02)."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from contracts import quota, reporting
from contracts.models import Allotment, Organisation
from contracts.reporting import Usage
from sla.timekeeping import now
from tests.cast import TUESDAY_10, contract_for, plan_like

APRIL_2 = datetime(2026, 4, 2, 10, tzinfo=UTC)


@pytest.fixture
def march(contract, other_contract, limit, take):
    """Azenha took five of three, and one came back in April; Bellecour took none."""
    limit(3)
    returned = uuid.uuid4()
    quota.charge(contract, ticket_uid=returned, at=TUESDAY_10, by="system:intake")
    take(4)
    quota.give_back(ticket_uid=returned, at=APRIL_2, by="account:7", reason="duplicate [of 7]")
    return returned


AZENHA = Usage(
    organisation="azenha",
    name="Azenha Hotels",
    month="2026-03",
    contracts=("C-azenha",),
    units=3,
    used=2,
    over=2,
    reversals=1,
)
BELLECOUR = Usage(
    organisation="bellecour",
    name="Clinique Bellecour",
    month="2026-03",
    contracts=("C-bellecour",),
    units=3,
    used=0,
    over=0,
    reversals=0,
)


def test_a_month_is_told_by_organisation_unused_ones_too(march):
    assert reporting.usage("2026-03") == [AZENHA, BELLECOUR]
    assert [(row.remaining) for row in reporting.usage("2026-03")] == [1, 3]


def test_one_organisation_can_be_asked_for(march, bellecour):
    assert reporting.usage("2026-03", organisation=bellecour) == [BELLECOUR]


def test_a_past_month_keeps_its_limit_when_the_plan_changes(march, limit):
    limit(99)
    assert reporting.usage("2026-03")[0].units == 3


def test_an_upgrade_in_the_middle_of_a_month_is_one_line(contract, plus, limit, take):
    limit(2)
    take(3)
    contract.ends_at = TUESDAY_10 + timedelta(days=1)
    contract.save()
    larger = plan_like(plus, units=5)
    renewed = contract_for(
        contract.organisation, larger, reference="C-2", starts_at=contract.ends_at, zone="Europe/Madrid"
    )
    take(4, of=renewed, at=contract.ends_at)
    (row,) = reporting.usage("2026-03")
    assert (row.contracts, row.units, row.used, row.over, row.remaining) == (("C-azenha", "C-2"), 5, 5, 2, 0)


def test_a_contract_that_ended_before_the_month_in_its_own_zone_is_not_listed(contract):
    contract.ends_at = datetime(2026, 3, 31, 23, tzinfo=UTC)
    contract.save()
    assert [len(reporting.usage(month)) for month in ("2026-03", "2026-04")] == [1, 0]


def test_the_ledger_of_a_month_shows_a_later_return_dated(march, azenha):
    entries = reporting.entries("2026-03", organisation=azenha)
    told = [(entry.kind, entry.units, entry.is_over, entry.is_late) for entry in entries]
    assert told == [
        ("debit", -1, False, False),
        ("debit", -1, False, False),
        ("debit", -1, False, False),
        ("debit", -1, True, False),
        ("debit", -1, True, False),
        ("reversal", 1, False, True),
    ]
    last = entries[-1]
    assert (last.at, last.ticket_uid, last.by, last.reason, last.contract) == (
        APRIL_2,
        march,
        "account:7",
        "duplicate [of 7]",
        "C-azenha",
    )


def test_a_return_is_late_from_the_instant_at_which_the_month_ends(contract, azenha):
    month_end = datetime(2026, 3, 31, 23, tzinfo=UTC)
    for at in (month_end - timedelta(microseconds=1), month_end):
        uid = uuid.uuid4()
        quota.charge(contract, ticket_uid=uid, at=TUESDAY_10, by="system:intake")
        quota.give_back(ticket_uid=uid, at=at, by="account:7", reason="spam")
    entries = reporting.entries("2026-03", organisation=azenha)
    assert [entry.is_late for entry in entries if entry.kind == "reversal"] == [False, True]


def test_the_sum_of_the_ledger_is_the_counter(march, azenha):
    entries = reporting.entries("2026-03", organisation=azenha)
    assert -sum(entry.units for entry in entries if not entry.is_over) == AZENHA.used
    assert -sum(entry.units for entry in entries if entry.is_over) == AZENHA.over


def test_the_report_costs_the_same_for_one_organisation_as_for_thirty(march, plus, django_assert_num_queries):
    for number in range(30):
        customer = Organisation.objects.create(name=f"Customer {number}", slug=f"c{number}")
        contract_for(customer, plus)
    with django_assert_num_queries(3):
        assert len(reporting.usage("2026-03")) == 32


# --- the command --------------------------------------------------------------------------------


def run(capsys, *arguments):
    call_command("usage_report", *arguments)
    return capsys.readouterr().out


def test_the_command_gives_json_to_programs(march, capsys):
    report = json.loads(run(capsys, "--month", "2026-03", "--json"))
    assert report == {
        "month": "2026-03",
        "usage": [
            {
                "organisation": "azenha",
                "name": "Azenha Hotels",
                "month": "2026-03",
                "contracts": ["C-azenha"],
                "units": 3,
                "used": 2,
                "over": 2,
                "reversals": 1,
                "remaining": 1,
            },
            {
                "organisation": "bellecour",
                "name": "Clinique Bellecour",
                "month": "2026-03",
                "contracts": ["C-bellecour"],
                "units": 3,
                "used": 0,
                "over": 0,
                "reversals": 0,
                "remaining": 3,
            },
        ],
        "entries": [],
        "differences": [],
    }


def test_the_command_lists_the_ledger_of_one_organisation(march, capsys):
    report = json.loads(run(capsys, "--month", "2026-03", "--organisation", "azenha", "--json"))
    assert len(report["entries"]) == 6
    assert report["entries"][-1] == {
        "at": "2026-04-02T10:00:00Z",
        "contract": "C-azenha",
        "kind": "reversal",
        "units": 1,
        "is_over": False,
        "is_late": True,
        "ticket_uid": str(march),
        "by": "account:7",
        "reason": "duplicate [of 7]",
    }


def test_the_command_prints_tables_to_people(march, capsys):
    printed = run(capsys, "--month", "2026-03", "--organisation", "azenha")
    assert "Azenha Hotels" in printed
    assert "duplicate [of 7]" in printed
    assert "reversal, after the month" in printed


def test_unlimited_is_spelt_out(contract, limit, capsys):
    limit(None)
    assert run(capsys, "--month", "2026-03").count("unlimited") == 2


def test_a_name_is_no_markup(contract, azenha, capsys):
    azenha.name = "[/red] :boom:"
    azenha.save()
    assert "[/red] :boom:" in run(capsys, "--month", "2026-03")


def test_without_a_month_the_present_one_is_told(contract, capsys):
    before = now()
    month = json.loads(run(capsys, "--json"))["month"]
    assert month in {f"{before:%Y-%m}", f"{now():%Y-%m}"}


def test_a_counter_that_is_not_its_ledgers_sum_fails_the_command(march, capsys):
    Allotment.objects.filter(contract__reference="C-azenha").update(used=9)
    with pytest.raises(SystemExit) as left:
        run(capsys, "--month", "2026-03")
    assert left.value.code == 1
    assert "C-azenha from 2026-03-01 00:00 UTC: used 9, by the ledger 2; over 2, by the ledger 2" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--month", "March"), "A month is written like 2026-03"),
        (("--month", "2026-13"), "A month is written like 2026-03"),
        (("--organisation", "nobody"), "There is no organisation 'nobody'"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(db, capsys, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(capsys, *arguments)
