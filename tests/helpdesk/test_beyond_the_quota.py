"""What becomes of a ticket beyond the quota, by what the contract says (D14, CM-04, CR-08)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracts import verifying
from contracts.models import Allotment, Approval, Charge, Notice
from helpdesk import approving, handling, merging, noticeboard
from helpdesk.approving import DecidedAlready, NotYours
from helpdesk.entitlement import QuotaUsedUp
from helpdesk.models import OutboundMessage, Ticket
from tests.cast import TUESDAY_10, agreed, by_mail, by_portal, by_whatsapp, person, rewrite, take_in

BRUNO = "bruno@azenha.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def says(desk, contract, plus):
    """Nothing is left, and the contract says what happens then."""
    rewrite(plus, units=0)

    def says(mode, **fields):
        rewrite(agreed(contract), over_quota=mode, **fields)

    return says


def state(ticket):
    ticket.refresh_from_db()
    return ticket.entitlement, ticket.clock_set is not None, Charge.objects.count()


def first_due(ticket):
    return ticket.clock_set.clocks.get(metric="first_response").due_at


# --- billed -----------------------------------------------------------------------------------------


def test_a_billed_ticket_has_its_targets_and_its_price_is_on_the_ledger(says):
    says("overage", overage_price=Decimal("35.5"), overage_currency="EUR")
    ticket = take_in(by_mail(BRUNO)).ticket
    debit = Charge.objects.get()
    assert (ticket.entitlement, ticket.next_due_metric) == ("overage", "first_response")
    assert (debit.is_over, debit.price, debit.currency) == (True, Decimal("35.5"), "EUR")


def test_the_price_is_the_one_of_the_day(says):
    says("overage", overage_price=Decimal("35.5"), overage_currency="EUR")
    take_in(by_mail(BRUNO))
    says("overage", overage_price=Decimal(40), overage_currency="EUR")
    take_in(by_mail(BRUNO, subject="Again"))
    assert list(Charge.objects.order_by("pk").values_list("price", flat=True)) == [
        Decimal("35.5"),
        Decimal(40),
    ]


def test_what_is_inside_is_not_billed(says, plus):
    says("overage", overage_price=Decimal("35.5"), overage_currency="EUR")
    rewrite(plus, units=1)
    take_in(by_mail(BRUNO))
    assert Charge.objects.values_list("price", "currency").get() == (None, "")


# --- refused ----------------------------------------------------------------------------------------


def test_the_portal_is_told_what_to_do_instead_and_nothing_is_stored(says, bruno):
    says("reject")
    with pytest.raises(QuotaUsedUp, match="If nobody can work"):
        take_in(by_portal(bruno))
    assert (Ticket.objects.count(), Charge.objects.count()) == (0, 0)


def test_whoever_cannot_work_at_all_is_taken_at_once(says, bruno):
    says("reject")
    ticket = take_in(by_portal(bruno, impact="all_blocked")).ticket
    assert state(ticket) == ("flagged", True, 1)


@pytest.mark.parametrize("incoming", [by_mail(BRUNO), by_whatsapp("+351912345678", "It does not print.")])
def test_mail_and_whatsapp_are_kept_and_answered_and_nobody_owes_anything(says, bruno, incoming):
    bruno.addresses.create(kind="whatsapp", value="+351912345678")
    says("reject")
    ticket = take_in(incoming).ticket
    assert state(ticket) == ("refused", False, 0)
    answer = OutboundMessage.objects.get(kind="acknowledgement")
    assert "Todos os tickets que o seu plano inclui neste período estão utilizados" in answer.text


def test_what_was_refused_and_becomes_urgent_is_taken_up(says, rui):
    says("reject")
    ticket = take_in(by_mail(BRUNO)).ticket
    at = TUESDAY_10 + HOUR
    handling.set_priority(ticket, priority="urgent", reason="Nobody can work.", by=rui, at=at)
    assert state(ticket) == ("flagged", True, 1)
    assert first_due(ticket) == at + 4 * HOUR
    assert [*verifying.verify()] == []


# --- waits ------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(says, bruno) -> Ticket:
    """A ticket that waits for Ana."""
    says("require_manager_approval", approval_hours=24)
    return take_in(by_portal(bruno)).ticket


def decide(ticket, who, *, is_approved=True, at=TUESDAY_10 + HOUR):
    return approving.decide(ticket, is_approved=is_approved, by=who, at=at)


def test_it_waits_without_clock_or_charge_and_the_manager_is_asked(waiting, ana):
    assert state(waiting) == ("awaiting_approval", False, 0)
    assert approving.waiting(ana) == [waiting]
    noticeboard.speak(at=TUESDAY_10)
    asked = OutboundMessage.objects.get(to="ana@azenha.example", kind="notice")
    assert "aguarda a sua decisão" in asked.subject
    assert f"/tickets/{waiting.pk}/" in asked.text


def test_approved_it_is_over_quota_with_its_goals_from_then_on(waiting, ana):
    decide(waiting, ana)
    assert state(waiting) == ("approved", True, 1)
    assert waiting.clock_set.started_at == TUESDAY_10 + HOUR
    assert Allotment.objects.values_list("used", "over").get() == (0, 1)
    told = OutboundMessage.objects.filter(kind="notification").get()
    assert "aprovou o ticket" in told.text


def test_refused_it_is_kept_and_the_writer_is_told(waiting, ana):
    decide(waiting, ana, is_approved=False)
    assert state(waiting) == ("refused", False, 0)
    assert "não foi aprovado" in OutboundMessage.objects.filter(kind="notification").get().text


def test_the_same_decision_again_changes_nothing_and_another_one_is_refused(waiting, ana):
    decide(waiting, ana)
    decide(waiting, ana)
    with pytest.raises(DecidedAlready):
        decide(waiting, ana, is_approved=False)
    assert state(waiting) == ("approved", True, 1)
    assert Approval.objects.values_list("decision", "decided_by").get() == ("approved", f"person:{ana.pk}")


def test_nobody_else_decides(waiting, bruno, chloe, azenha):
    stranger = person("Rita", "rita@elsewhere.example", None, is_manager=True)
    for who in (bruno, chloe, stranger):
        with pytest.raises(NotYours):
            decide(waiting, who)
        assert approving.waiting(who) == []


def test_a_former_manager_decides_nothing(waiting, ana):
    ana.is_manager = False
    with pytest.raises(NotYours):
        decide(waiting, ana)


@pytest.mark.parametrize(
    ("default", "becomes"), [("accept", ("flagged", True, 1)), ("refuse", ("refused", False, 0))]
)
def test_when_nobody_decides_in_time_the_contract_says_what_happens(says, bruno, ana, default, becomes):
    says("require_manager_approval", approval_hours=24, approval_default=default)
    ticket = take_in(by_portal(bruno)).ticket
    just_before = TUESDAY_10 + timedelta(hours=24) - timedelta(seconds=1)
    assert [approving.time_out(at=at) for at in (just_before, TUESDAY_10 + timedelta(hours=24))] == [0, 1]
    assert approving.time_out(at=TUESDAY_10 + timedelta(days=9)) == 0
    assert state(ticket) == becomes


def test_after_its_time_it_is_too_late_even_before_the_clock_comes(waiting, ana):
    with pytest.raises(DecidedAlready):
        decide(waiting, ana, at=TUESDAY_10 + timedelta(hours=24))


def test_what_becomes_urgent_waits_no_longer(waiting, ana, rui):
    handling.set_priority(waiting, priority="urgent", reason="Beds.", by=rui, at=TUESDAY_10 + HOUR)
    assert state(waiting) == ("flagged", True, 1)
    with pytest.raises(DecidedAlready):
        decide(waiting, ana)
    assert approving.time_out(at=TUESDAY_10 + timedelta(days=9)) == 0


def test_what_was_refused_by_the_manager_can_still_become_urgent(waiting, ana, rui):
    decide(waiting, ana, is_approved=False)
    handling.set_priority(waiting, priority="urgent", reason="Beds.", by=rui, at=TUESDAY_10 + 2 * HOUR)
    assert state(waiting) == ("flagged", True, 1)


# --- what takes none (D13) --------------------------------------------------------------------------


def test_spam_gives_its_unit_back(desk, rui):
    ticket = take_in(by_mail(BRUNO)).ticket
    handling.mark_spam(ticket, by=rui, at=TUESDAY_10 + HOUR)
    assert Allotment.objects.values_list("used", "over").get() == (0, 0)


@pytest.mark.parametrize(("days", "used"), [(6, 1), (8, 2)])
def test_a_duplicate_that_is_merged_within_seven_days_gives_its_unit_back(desk, rui, days, used):
    first, second = (take_in(by_mail(BRUNO, subject=word)).ticket for word in ("Printer", "Printer again"))
    merging.merge(second, into=first, by=rui, at=TUESDAY_10 + timedelta(days=days))
    assert Allotment.objects.get().used == used


def test_reopening_within_seven_days_takes_none_and_a_later_answer_takes_one(desk, bruno, rui):
    ticket = take_in(by_portal(bruno)).ticket
    handling.reply(ticket, text="Done.", then="solved", by=rui, at=TUESDAY_10 + HOUR)
    take_in(by_portal(bruno, ticket=ticket), TUESDAY_10 + timedelta(days=6))
    assert Charge.objects.count() == 1


def test_the_notice_of_a_billed_ticket_says_the_price(says):
    says("overage", overage_price=Decimal("35.5"), overage_currency="EUR")
    take_in(by_mail(BRUNO))
    noticeboard.speak(at=TUESDAY_10)
    assert Notice.objects.filter(handled_at=None).count() == 0
    texts = {row.to: row.text for row in OutboundMessage.objects.filter(kind="notice")}
    assert "faturado a 35,50\u00a0EUR" in texts["ana@azenha.example"]
    assert "billed at 35.50\u00a0EUR" in texts["vera@lumiar.example"]
