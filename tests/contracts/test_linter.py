"""SA-03, AM-02, PP-02: contradictions are found before they are promised, and confirmed or put right."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from contracts import linter as of_contracts
from contracts import publishing
from contracts.models import Contract, ContractVersion, PlanVersion, ServiceCategory
from sla import linter
from sla import publishing as of_policies
from sla.linter import HasErrors, NotConfirmed
from sla.models import Calendar, PolicyVersion, TargetCell
from tests.cast import TUESDAY_10, agree, agreed, contract_for, rewrite

pytestmark = pytest.mark.django_db

TOMORROW = TUESDAY_10 + timedelta(days=1)


def codes(findings) -> list[str]:
    return sorted(one.code for one in findings)


def sentences(findings, code) -> list[str]:
    return [one.sentence for one in findings if one.code == code]


@pytest.fixture
def draft(policy_version, priorities) -> PolicyVersion:
    """Version 2: four different numbers that contradict nothing."""
    version = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=TOMORROW, calendar=policy_version.calendar
    )
    for hours, key in enumerate(("urgent", "high", "medium", "low"), start=1):
        for metric, amount in (("first_response", hours), ("resolution", 24)):
            TargetCell.objects.create(
                version=version, metric=metric, priority=priorities[key], unit="business_hours", amount=amount
            )
    return version


def lint(version):
    return linter.of_policy(version, at=TUESDAY_10)


# --- the warnings of a policy -------------------------------------------------------------------


def test_what_contradicts_nothing_has_no_finding(draft):
    assert lint(draft) == []


def test_w1_medium_equals_high_on_a_day_of_twelve_hours(policy_version):
    assert sentences(lint(policy_version), "W1") == [
        "High and Medium have the same first response: 12 business hours is 1 business days on this calendar."
    ]


def test_w1_is_not_found_where_the_day_is_longer(policy_version, priorities):
    longer = Calendar.objects.get()
    version = longer.versions.get()
    rewrite(version, week={day: [["08:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})
    Calendar.objects.update(revision=0)
    policy_version.calendar.refresh_from_db()
    assert "W1" not in codes(lint(policy_version))


def test_w2_a_first_response_that_can_come_after_the_resolution(policy_version, draft, priorities):
    assert sentences(lint(policy_version), "W2") == [
        "The first response of Low (2 business days) can be due after its resolution (24 business hours)."
    ]
    draft.cells.filter(metric="first_response", priority=priorities["urgent"]).update(amount=25)
    assert codes(lint(draft)) == ["W2"]


def test_w3_jours_ouvrables_unless_saturday_is_open(draft):
    draft.label = "Réponse en 2 jours ouvrables"
    assert codes(lint(draft)) == ["W3"]
    version = Calendar.objects.get().versions.get()
    rewrite(version, week={**version.week, "sat": [["09:00", "13:00"]]})
    assert codes(lint(draft)) == []


def test_w5_a_calendar_without_holidays(draft):
    rewrite(Calendar.objects.get().versions.get(), holidays=[], holiday_names={}, holiday_origins={})
    assert codes(lint(draft)) == ["W5"]


def test_a_calendar_that_is_never_open_is_an_error_that_names_it(draft):
    rewrite(Calendar.objects.get().versions.get(), week={})
    found = [one for one in lint(draft) if one.level == "error"]
    assert [one.sentence for one in found] == ["The calendar Lisbon 9-21 has no days on which it is open."]


def test_a_policy_that_says_nothing_is_an_error(draft):
    draft.cells.all().delete()
    assert codes(lint(draft)) == ["E1"]


# --- of plans and contracts ---------------------------------------------------------------------


def test_w6_w7_and_w8_of_a_plan(plus):
    draft = PlanVersion(
        plan=plus.plan, number=2, policy=plus.policy, valid_from=TOMORROW, units=15, channels=["email"]
    )
    draft.save()
    assert of_contracts.of_plan(draft, at=TUESDAY_10) == []
    draft.channels, draft.units, draft.over_quota = [], None, "reject"
    ServiceCategory.objects.filter(key="bulk_actions").update(names={"en": "Bulk actions", "fr": "En masse"})
    assert codes(of_contracts.of_plan(draft, at=TUESDAY_10)) == ["W6", "W7", "W7", "W8"]
    draft.units = 0
    assert sentences(of_contracts.of_plan(draft, at=TUESDAY_10), "W7") == [
        "Plus v2 has a quota of 0: every ticket is beyond it."
    ]


def test_a_number_that_each_contract_says_is_not_taken_for_unlimited(plus):
    rewrite(plus, units=None, units_per_contract=True)
    assert "W7" not in codes(of_contracts.of_plan(plus, at=TUESDAY_10))


def test_a_plan_whose_policy_is_not_in_force_is_an_error(plus, policy_version):
    rewrite(policy_version, valid_from=TOMORROW + timedelta(days=9))
    assert "E3" in codes(of_contracts.of_plan(plus, at=TUESDAY_10))


def test_a_contract_is_linted_as_it_holds_together(contract, priorities):
    """The agreement's High of 2 hours is no longer Medium's, its Urgent of 9 is looser than the policy's."""
    agree(contract, "first_response", priorities["high"], unit="business_hours", amount=2)
    agree(contract, "first_response", priorities["urgent"], unit="business_hours", amount=9)
    found = of_contracts.of_contract(agreed(contract), at=TUESDAY_10)
    assert codes(found) == ["W2", "W9"]
    (looser,) = sentences(found, "W9")
    assert looser.startswith("The first response of Urgent is looser than the policy's: 9 business hours")


def test_what_holds_for_one_channel_takes_nothing_from_the_others(contract, priorities):
    """The policy's High of 12 hours still holds for mail, and still equals Medium's."""
    agree(
        contract, "first_response", priorities["high"], unit="business_hours", amount=20, channel="whatsapp"
    )
    found = of_contracts.of_contract(agreed(contract), at=TUESDAY_10)
    assert len(sentences(found, "W1")) == 1
    assert sentences(found, "W9") == []


def test_w4_days_that_come_from_the_policy_count_on_the_contracts_calendar(contract, calendar):
    other = Calendar.objects.create(key="porto", name="Porto")
    said = calendar.versions.get()
    said.pk, said.calendar = None, other
    said.save(force_insert=True)
    rewrite(agreed(contract), calendar=other)
    assert sentences(of_contracts.of_contract(agreed(contract), at=TUESDAY_10), "W4") == [
        "The business days of Low, Medium are the policy's, and count on the contract's own calendar."
    ]


# --- before publishing --------------------------------------------------------------------------


def test_errors_block_whatever_is_typed(draft):
    draft.cells.all().delete()
    with pytest.raises(HasErrors):
        of_policies.publish(draft, typed="publish", at=TUESDAY_10)
    assert PolicyVersion.objects.get(pk=draft.pk).is_draft


def test_warnings_want_to_be_confirmed_in_a_word(draft, priorities):
    draft.cells.filter(metric="first_response", priority=priorities["low"]).update(amount=25)
    for typed in ("", "yes", "publis"):
        with pytest.raises(NotConfirmed):
            of_policies.publish(draft, typed=typed, at=TUESDAY_10)
    of_policies.publish(draft, typed=" Publish ", at=TUESDAY_10)
    assert draft.status == "scheduled"


def test_what_has_no_finding_needs_no_word(draft):
    of_policies.publish(draft, typed="", at=TUESDAY_10)
    assert draft.status == "scheduled"


def test_a_contract_is_held_to_the_same(contract, plus):
    second = ContractVersion.objects.create(
        contract=contract, number=2, plan_version=plus, valid_from=TOMORROW, channels=[]
    )
    with pytest.raises(NotConfirmed):
        publishing.publish(second, typed="", at=TUESDAY_10)
    publishing.publish(second, typed="publish", at=TUESDAY_10)


# --- the command --------------------------------------------------------------------------------


def test_the_command_lists_them_and_its_status_tells_errors(contract, capsys):
    call_command("lint_policies", "--json")
    found = json.loads(capsys.readouterr().out)
    assert sorted({one["code"] for one in found}) == ["W1", "W2"]
    assert {one["level"] for one in found} == {"warning"}

    PolicyVersion.objects.create(
        policy=PolicyVersion.objects.get().policy,
        number=2,
        valid_from=TOMORROW,
        calendar=Calendar.objects.get(),
    )
    with pytest.raises(SystemExit) as ended:
        call_command("lint_policies", "--drafts")
    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert "E1" in out
    assert out.splitlines()[-1] == "1 errors, 0 warnings"


def test_w11_a_gap_between_two_contracts_of_a_customer(contract, plus, azenha):
    Contract.objects.filter(pk=contract.pk).update(ends_at=TUESDAY_10)
    seamless = contract_for(azenha, plus, reference="C-2", starts_at=TUESDAY_10)
    assert "W11" not in codes(of_contracts.of_contract(agreed(seamless), at=TUESDAY_10))
    Contract.objects.filter(pk=seamless.pk).update(starts_at=TOMORROW)
    seamless.refresh_from_db()
    rewrite(agreed(seamless), valid_from=TOMORROW)
    assert sentences(of_contracts.of_contract(agreed(seamless), at=TUESDAY_10), "W11") == [
        "Nothing governs from the end of C-azenha, 2026-03-10, to its beginning."
    ]
