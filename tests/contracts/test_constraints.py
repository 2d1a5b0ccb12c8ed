"""What the database itself refuses, and what it takes; and what a form refuses before."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contracts.models import (
    Account,
    Address,
    Allotment,
    Charge,
    Contract,
    ContractCell,
    ContractVersion,
    MailDomain,
    Notice,
    PlanVersion,
)
from sla.models import PolicyVersion
from tests.cast import LONG_AGO, TUESDAY_10, contract_for

MARCH = {"starts_at": datetime(2026, 3, 1, tzinfo=UTC), "ends_at": datetime(2026, 3, 31, 23, tzinfo=UTC)}


def refused(constraint, model, **fields):
    """The database refuses that row; SQLite names the columns of a unique constraint, not its name."""
    with pytest.raises(IntegrityError, match=f"{constraint}|UNIQUE constraint failed"), transaction.atomic():
        model.objects.create(**fields)
    return True


def test_an_account_has_its_address_alone_whatever_the_case(ana):
    assert refused("one_account_per_address_whatever_case", Account, email="ANA@azenha.example")
    Account.objects.create(email="ana@bellecour.example")


def test_an_address_belongs_to_one_person(ana, bruno):
    assert refused(
        "an_address_belongs_to_one_person", Address, person=bruno, kind="email", value="ana@azenha.example"
    )
    Address.objects.create(person=bruno, kind="whatsapp", value="ana@azenha.example")


def test_a_mail_domain_is_lower_case(azenha):
    assert refused("a_mail_domain_is_lower_case", MailDomain, organisation=azenha, domain="Azenha.pt")
    MailDomain.objects.create(organisation=azenha, domain="azenha.pt")


def test_a_contract_ends_after_it_begins(azenha, plus):
    fields = {"organisation": azenha, "starts_at": TUESDAY_10}
    name = "a_contract_ends_after_it_begins"
    assert refused(name, Contract, reference="C-1", ends_at=TUESDAY_10, **fields)
    Contract.objects.create(reference="C-1", ends_at=TUESDAY_10 + timedelta(microseconds=1), **fields)
    Contract.objects.create(reference="C-2", ends_at=None, **fields)


@pytest.fixture
def draft(contract, plus) -> ContractVersion:
    """An amendment that is being written."""
    return ContractVersion.objects.create(
        contract=contract, number=2, plan_version=plus, valid_from=TUESDAY_10
    )


def test_a_binding_contract_names_its_agreement(contract, plus):
    fields = {"contract": contract, "plan_version": plus, "valid_from": TUESDAY_10, "is_binding": True}
    assert refused("a_binding_contract_names_its_agreement", ContractVersion, number=2, **fields)
    ContractVersion.objects.create(number=2, agreement_reference="A-7", **fields)


def test_a_contract_says_each_cell_once(draft, priorities):
    cell = {"version": draft, "priority": priorities["low"], "kind": "best_effort"}
    ContractCell.objects.create(metric="resolution", **cell)
    assert refused("a_contract_says_each_cell_once", ContractCell, metric="resolution", **cell)
    ContractCell.objects.create(metric="first_response", **cell)


@pytest.mark.parametrize(
    "said",
    [
        {"unit": "business_hours"},
        {"unit": "business_hours", "amount": 0},
        {"unit": "business_hours", "amount": 10_000},
        {"amount": 4},
        {"kind": "none", "amount": 4},
        {"kind": "best_effort", "unit": "business_hours"},
    ],
)
def test_a_contract_cell_has_a_number_if_a_target_and_only_then(draft, priorities, said):
    name = "a_contract_cell_has_a_number_if_a_target"
    assert refused(name, ContractCell, version=draft, metric="resolution", priority=priorities["low"], **said)


def test_a_plan_version_has_its_own_number(plus):
    fields = {"plan": plus.plan, "policy": plus.policy, "valid_from": LONG_AGO}
    assert refused("a_plan_version_has_its_own_number", PlanVersion, number=1, **fields)
    PlanVersion.objects.create(number=2, **fields)


def test_a_contract_has_one_allotment_a_period(contract, other_contract):
    Allotment.objects.create(contract=contract, **MARCH)
    assert refused("a_contract_has_one_allotment_a_period", Allotment, contract=contract, **MARCH)
    Allotment.objects.create(contract=other_contract, **MARCH)


def test_a_period_has_a_length(contract):
    empty = {"starts_at": TUESDAY_10, "ends_at": TUESDAY_10}
    assert refused("a_period_has_a_length", Allotment, contract=contract, **empty)


def test_a_counter_is_never_negative(contract):
    allotment = Allotment.objects.create(contract=contract, **MARCH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allotment.objects.filter(pk=allotment.pk).update(used=-1)


@pytest.fixture
def entry(contract):
    """The fields of a debit."""
    return {
        "allotment": Allotment.objects.create(contract=contract, **MARCH),
        "kind": "debit",
        "units": -1,
        "ticket_uid": uuid.uuid4(),
        "at": TUESDAY_10,
        "by": "system:test",
    }


def test_a_debit_takes_from_the_quota_of_a_ticket(entry):
    assert refused("a_debit_takes", Charge, **entry | {"units": 0})
    assert refused("a_debit_names_its_ticket", Charge, **entry | {"ticket_uid": None})
    Charge.objects.create(**entry)


def test_a_reversal_names_its_debit_which_has_no_other(entry):
    debit = Charge.objects.create(**entry)
    reversal = entry | {"kind": "reversal", "units": 1}
    assert refused("a_reversal_names_its_debit", Charge, **reversal)
    assert refused("a_reversal_names_its_debit", Charge, **entry | {"turn": 1, "reverses": debit})
    Charge.objects.create(**reversal, reverses=debit)
    assert refused("charge_reverses_id", Charge, **reversal, reverses=debit)


def test_a_notice_is_given_once(azenha, bellecour):
    fields = {"kind": "uncovered", "key": "2026-03-10", "at": TUESDAY_10}
    Notice.objects.create(organisation=azenha, **fields)
    assert refused("a_notice_is_given_once", Notice, organisation=azenha, **fields)
    Notice.objects.create(organisation=bellecour, **fields)


# --- forms --------------------------------------------------------------------------------------

SPRING, SUMMER, AUTUMN = (datetime(2026, month, 1, tzinfo=UTC) for month in (4, 7, 10))


@pytest.mark.parametrize(
    ("starts_at", "ends_at"), [(SPRING, SUMMER), (SPRING, None), (LONG_AGO, None), (LONG_AGO, AUTUMN)]
)
def test_a_second_contract_in_the_same_time_is_refused_in_a_form(azenha, plus, starts_at, ends_at):
    contract_for(azenha, plus, starts_at=SPRING, ends_at=AUTUMN)
    second = Contract(reference="C-2", organisation=azenha, starts_at=starts_at, ends_at=ends_at)
    with pytest.raises(ValidationError, match="another contract in force"):
        second.full_clean()


def test_contracts_that_follow_one_another_are_welcome(azenha, bellecour, plus):
    running = contract_for(azenha, plus, starts_at=SPRING, ends_at=SUMMER)
    running.full_clean()
    for number, (organisation, starts_at, ends_at) in enumerate(
        ((azenha, SUMMER, None), (azenha, LONG_AGO, SPRING), (bellecour, SPRING, SUMMER))
    ):
        Contract(
            reference=f"D-{number}",
            organisation=organisation,
            starts_at=starts_at,
            ends_at=ends_at,
        ).full_clean()


def test_a_draft_cannot_be_pinned_in_a_form(draft, policy_version):
    draft.pinned_policy_version = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=TUESDAY_10, calendar=policy_version.calendar
    )
    with pytest.raises(ValidationError, match="A draft cannot be promised"):
        draft.full_clean()
    draft.pinned_policy_version = policy_version
    draft.full_clean()


def test_a_form_without_an_organisation_says_so_and_no_more():
    with pytest.raises(ValidationError) as refusal:
        Contract(reference="C-1").clean_fields()
    assert {"organisation", "starts_at"} == set(refusal.value.error_dict)
    Contract(reference="C-1").clean()
