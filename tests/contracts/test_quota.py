"""The month's units: what a ticket takes, what comes back, what is left (D12-D15, AM-05)."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts import coverage, quota, quota_terms
from contracts.models import Allotment, Charge, Contract, Notice
from contracts.quota import Charged, Difference, QuotaLine
from tests.cast import TUESDAY_10, agree, contract_for, plan_like, rewrite

MARCH = {"starts_at": datetime(2026, 3, 1, tzinfo=UTC), "ends_at": datetime(2026, 3, 31, 23, tzinfo=UTC)}
MARCH_IN_LISBON = {**MARCH, "zone": "Europe/Lisbon"}
APRIL_2 = datetime(2026, 4, 2, 10, tzinfo=UTC)


def charge(contract, uid=None, *, at=TUESDAY_10, terms=None):
    return quota.charge(contract, ticket_uid=uid or uuid.uuid4(), at=at, by="system:test", terms=terms)


def give_back(uid, *, at=TUESDAY_10):
    return quota.give_back(ticket_uid=uid, at=at, by="account:1", reason="spam")


def counters():
    return list(Allotment.objects.order_by("starts_at", "id").values_list("units", "used", "over"))


# --- inside and over ----------------------------------------------------------------------------


def test_a_ticket_takes_a_unit_of_the_month_of_its_receipt(contract):
    assert charge(contract) == Charged(
        is_over=False, used=1, units=15, remaining=14, ends_at=datetime(2026, 3, 31, 23, tzinfo=UTC)
    )
    assert quota.quota_line(contract, at=TUESDAY_10) == QuotaLine(used=1, units=15, over=0, **MARCH_IN_LISBON)


def test_the_ticket_after_the_last_unit_is_over(contract, limit, take):
    limit(2)
    assert take(4) == [False, False, True, True]
    line = quota.quota_line(contract, at=TUESDAY_10)
    assert line == QuotaLine(used=2, units=2, over=2, **MARCH_IN_LISBON)
    assert (line.remaining, line.is_used_up) == (0, True)


def test_null_is_unlimited(contract, limit, take):
    limit(None)
    assert take(30) == [False] * 30
    line = quota.quota_line(contract, at=TUESDAY_10)
    assert (line.used, line.units, line.remaining, line.is_used_up) == (30, None, None, False)


def test_zero_is_none(contract, limit, take):
    limit(0)
    assert take(2) == [True, True]
    line = quota.quota_line(contract, at=TUESDAY_10)
    assert (line.used, line.units, line.remaining, line.over) == (0, 0, 0, 2)


def test_the_ledger_tells_who_took_what_and_when(contract):
    uid = uuid.uuid4()
    charge(contract, uid)
    entry = Charge.objects.get()
    assert (entry.kind, entry.units, entry.is_over, entry.ticket_uid, entry.turn, entry.at, entry.by) == (
        "debit",
        -1,
        False,
        uid,
        0,
        TUESDAY_10,
        "system:test",
    )


# --- once ---------------------------------------------------------------------------------------


def test_the_same_ticket_is_charged_once(contract):
    uid = uuid.uuid4()
    assert charge(contract, uid) == charge(contract, uid)
    assert (Charge.objects.count(), counters()) == (1, [(15, 1, 0)])


def test_a_ticket_over_quota_stays_over_however_often_it_is_asked(contract, limit, take):
    limit(1)
    uid, inside = uuid.uuid4(), uuid.uuid4()
    charge(contract, inside)
    assert charge(contract, uid).is_over
    give_back(inside)
    assert charge(contract, uid).is_over
    assert counters() == [(1, 0, 1)]


def test_a_ticket_charged_in_march_is_not_charged_in_april_too(contract):
    uid = uuid.uuid4()
    first = charge(contract, uid)
    assert charge(contract, uid, at=APRIL_2) == first
    assert Charge.objects.count() == 1


def test_two_live_debits_of_a_ticket_are_refused_by_the_database(contract):
    charge(contract, uid := uuid.uuid4())
    entry = Charge.objects.get()
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)
    assert Charge.objects.filter(ticket_uid=uid).count() == 1


# --- giving back --------------------------------------------------------------------------------


def test_a_unit_given_back_can_be_taken_by_the_next_ticket(contract, limit, take):
    limit(1)
    charge(contract, uid := uuid.uuid4())
    assert give_back(uid)
    assert take(2) == [False, True]


def test_a_unit_is_given_back_once(contract):
    charge(contract, uid := uuid.uuid4())
    assert [give_back(uid), give_back(uid)] == [True, False]
    assert counters() == [(15, 0, 0)]


def test_what_was_never_charged_cannot_be_given_back(contract, take):
    take()
    assert give_back(uuid.uuid4()) is False
    assert counters() == [(15, 1, 0)]


def test_a_unit_goes_back_to_the_month_it_was_taken_from(contract, take):
    charge(contract, uid := uuid.uuid4())
    take(at=APRIL_2)
    give_back(uid, at=APRIL_2)
    assert counters() == [(15, 0, 0), (15, 1, 0)]
    reversal = Charge.objects.get(kind="reversal")
    assert (reversal.allotment.starts_at, reversal.at) == (MARCH["starts_at"], APRIL_2)


def test_a_unit_given_back_promotes_no_other_ticket(contract, limit, take):
    limit(1)
    charge(contract, inside := uuid.uuid4())
    charge(contract, over := uuid.uuid4())
    give_back(inside)
    assert Charge.objects.get(ticket_uid=over, kind="debit").is_over
    assert counters() == [(1, 0, 1)]


def test_giving_back_a_ticket_that_was_over_frees_no_unit(contract, limit, take):
    limit(1)
    take()
    charge(contract, over := uuid.uuid4())
    give_back(over)
    assert counters() == [(1, 1, 0)]
    assert take() == [True]


def test_a_ticket_may_be_charged_again_after_it_was_given_back(contract):
    uid = uuid.uuid4()
    for _ in range(3):
        charge(contract, uid)
        give_back(uid)
    charge(contract, uid)
    turns = Charge.objects.filter(ticket_uid=uid, kind="debit").order_by("id").values_list("turn", flat=True)
    assert (list(turns), counters()) == ([0, 1, 2, 3], [(15, 1, 0)])


def test_a_long_reason_is_kept_as_far_as_there_is_room(contract):
    charge(contract, uid := uuid.uuid4())
    quota.give_back(ticket_uid=uid, at=TUESDAY_10, by="account:1", reason="x" * 1_000)
    assert Charge.objects.get(kind="reversal").reason == "x" * 200


# --- the month ----------------------------------------------------------------------------------


def test_a_new_month_begins_in_the_contracts_zone_and_not_in_utc(contract, limit, take):
    limit(1)
    in_march = datetime(2026, 3, 31, 22, 59, 59, 999_999, tzinfo=UTC)
    in_april = datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert take(2, at=in_march) == [False, True]
    assert take(2, at=in_april) == [False, True]
    months = Allotment.objects.order_by("starts_at").values_list("starts_at", "ends_at")
    assert list(months) == [
        (datetime(2026, 3, 1, tzinfo=UTC), in_april),
        (in_april, datetime(2026, 4, 30, 23, tzinfo=UTC)),
    ]


def test_a_ticket_that_is_late_is_charged_to_the_month_of_its_receipt(contract, take):
    take(at=APRIL_2)
    take(at=TUESDAY_10)
    assert [line.used for line in (_line(contract, TUESDAY_10), _line(contract, APRIL_2))] == [1, 1]


def test_asking_how_it_stands_writes_nothing(contract):
    assert _line(contract, TUESDAY_10) == QuotaLine(used=0, units=15, over=0, **MARCH_IN_LISBON)
    assert not Allotment.objects.exists()


def test_another_zone_in_the_middle_of_a_month_opens_no_second_month(contract, limit, take):
    limit(1)
    take()
    contract.zone = "America/Sao_Paulo"
    contract.save()
    assert take() == [True]
    assert counters() == [(1, 1, 1)]


def _line(contract, at):
    return quota.quota_line(contract, at=at)


# --- renewal and upgrade (AM-05) ----------------------------------------------------------------


@pytest.fixture
def upgraded(contract, plus) -> tuple[Contract, Contract]:
    """Azenha goes from one ticket a month to three, on Tuesday at ten."""
    return _switch(contract, plus, before=1, after=3)


def _switch(contract, plus, *, before, after):
    larger = plan_like(plus, units=after)
    rewrite(plus, units=before)
    contract.ends_at = TUESDAY_10
    contract.save()
    return contract, contract_for(contract.organisation, larger, reference="C-2", starts_at=TUESDAY_10)


def test_the_limit_in_force_at_receipt_holds_to_the_instant(upgraded, ana):
    """One microsecond before the switch the old limit holds, at the switch the new one."""
    just_before = TUESDAY_10 - timedelta(microseconds=1)
    answers = [
        charge(coverage.cover(ana, at=at).contract, at=at)
        for at in (just_before, just_before, TUESDAY_10, TUESDAY_10, TUESDAY_10)
    ]
    assert [(one.is_over, one.units) for one in answers] == [
        (False, 1),
        (True, 1),
        (False, 3),
        (False, 3),
        (True, 3),
    ]


def test_use_carries_over_into_the_new_contract(upgraded, take):
    old, new = upgraded
    take(2, of=old, at=TUESDAY_10 - timedelta(days=1))
    assert _line(new, TUESDAY_10) == QuotaLine(used=1, units=3, over=1, **MARCH_IN_LISBON)


def test_a_late_ticket_of_the_old_contract_is_held_to_the_old_limit(upgraded, take):
    old, new = upgraded
    assert take(2, of=new, at=TUESDAY_10) == [False, False]
    assert take(2, of=old, at=TUESDAY_10 - timedelta(days=1)) == [False, True]
    assert _line(new, TUESDAY_10).remaining == 0


def test_a_downgrade_below_use_leaves_nothing_and_never_less(contract, plus, take):
    old, new = _switch(contract, plus, before=5, after=2)
    take(4, of=old, at=TUESDAY_10 - timedelta(days=1))
    line = _line(new, TUESDAY_10)
    assert (line.used, line.units, line.remaining, line.is_used_up) == (4, 2, 0, True)
    assert take(of=new) == [True]


def test_use_of_the_old_contract_ends_with_its_month(upgraded, take):
    old, new = upgraded
    take(of=old, at=TUESDAY_10 - timedelta(days=1))
    assert _line(new, APRIL_2).used == 0


def test_a_renewal_at_the_turn_of_the_month_into_another_zone_carries_nothing(contract, plus, take):
    """Madrid's April began an hour before Lisbon's March ended."""
    end_of_march = datetime(2026, 3, 31, 23, tzinfo=UTC)
    contract.ends_at = end_of_march
    contract.save()
    renewed = contract_for(
        contract.organisation, plus, reference="C-2", starts_at=end_of_march, zone="Europe/Madrid"
    )
    take(at=TUESDAY_10)
    assert _line(renewed, end_of_march).used == 0


def test_what_another_organisation_used_is_its_own(contract, other_contract, take):
    take(3)
    assert _line(other_contract, TUESDAY_10).used == 0


# --- the ledger is the truth --------------------------------------------------------------------


def test_ledger_and_counters_agree_after_everything(contract, other_contract, limit, take):
    limit(3)
    uids = [uuid.uuid4() for _ in range(6)]
    for uid in uids:
        charge(contract, uid)
    for uid in uids[1::2]:
        give_back(uid, at=APRIL_2)
    take(2, at=APRIL_2)
    charge(other_contract)
    assert quota.verify() == []


def test_a_counter_that_was_tampered_with_is_found(contract, other_contract, take):
    take(2)
    charge(other_contract)
    mine = Allotment.objects.get(contract=contract)
    Allotment.objects.filter(pk=mine.pk).update(used=1, over=4)
    difference = Difference(
        allotment_id=mine.pk,
        contract="C-azenha",
        starts_at=MARCH["starts_at"],
        used=1,
        ledger_used=2,
        over=4,
        ledger_over=0,
        granted=0,
        ledger_granted=0,
    )
    assert quota.verify() == [difference]
    assert quota.verify(Contract.objects.filter(pk=other_contract.pk)) == []


def test_an_allotment_without_entries_that_counts_something_is_found(contract):
    Allotment.objects.create(contract=contract, **MARCH, units=15, over=1)
    assert [(row.over, row.ledger_over) for row in quota.verify()] == [(1, 0)]


@pytest.mark.parametrize("change", [{"units": -2}, {"is_over": True}, {"reason": "mistake"}])
def test_the_ledger_cannot_be_rewritten(contract, take, change):
    take()
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.all().delete()


def test_nothing_is_left_of_a_charge_whose_transaction_fails(contract):
    with transaction.atomic():
        charge(contract)
        transaction.set_rollback(True)
    assert not any(model.objects.exists() for model in (Allotment, Charge, Notice))


# --- what it costs ------------------------------------------------------------------------------


def test_cover_and_charge_cost_eight_statements_however_busy_the_month(contract, ana, limit, take):
    limit(None)
    take()
    assert _cost(ana) == 8
    take(200)
    assert _cost(ana) == 8


def test_a_contract_that_says_cells_of_its_own_costs_one_more(contract, priorities, ana, take):
    agree(contract, "resolution", priorities["low"], unit="business_hours", amount=48)
    take()
    assert _cost(ana) == 9


def test_the_first_ticket_of_a_month_costs_three_more(contract, ana):
    """What came before it, the month itself, and the month again under its lock."""
    assert _cost(ana) == 11


def _cost(person):
    coverage.cover(person, at=TUESDAY_10)  # the calendar's hours are known from now on
    person.refresh_from_db()
    with CaptureQueriesContext(connection) as statements:
        agreed = coverage.cover(person, at=TUESDAY_10).contract_version
        terms = quota_terms.merged(agreed, agreed.plan_version)
        charge(agreed.contract, terms=terms)
    return len(statements)
