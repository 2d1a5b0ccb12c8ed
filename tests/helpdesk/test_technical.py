"""AG-06, AG-07, TL-07: one switch makes a ticket a technical service, and nobody loses by it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracts import quota
from contracts.models import Charge, Quote, ServiceCategory, UsualLine
from contracts.quoting import drafting, sending
from helpdesk import approving, clockwork, handling, quotes, roles, technical
from helpdesk.models import OutboundMessage, TechnicalService, Ticket
from helpdesk.portal import goals
from helpdesk.refusals import ChangedMeanwhile, ReasonMissing, TextMissing, WrongStatus
from sla.models import Clock
from tests.cast import TUESDAY_10, agree, agreed, by_mail, by_portal, rewrite, take_in

pytestmark = pytest.mark.django_db

LATER = TUESDAY_10 + timedelta(hours=1)
NOON = TUESDAY_10 + timedelta(hours=2)
APRIL = TUESDAY_10 + timedelta(days=40)


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    """Bruno deleted a list and wants it back."""
    return take_in(by_portal(bruno, subject="Deleted list")).ticket


@pytest.fixture
def recovery(db) -> ServiceCategory:
    """Recovery of deleted items, at 95 euros an hour."""
    category = ServiceCategory.objects.get(key="recover_deleted_items")
    UsualLine.objects.filter(category=category).update(unit_price=Decimal(95), tax_percent=Decimal(23))
    return category


@pytest.fixture
def lead(marta):
    roles.establish()
    roles.give(marta, roles.LEAD)
    return marta


def clocks_of(ticket) -> dict[str, str]:
    return dict(Clock.objects.filter(clock_set=ticket.clock_set_id).values_list("metric", "state"))


def ledger(ticket) -> list[tuple]:
    return list(
        Charge.objects.filter(ticket_uid=ticket.uid).order_by("id").values_list("kind", "units", "is_over")
    )


def letters(ticket, start="") -> list[str]:
    told = OutboundMessage.objects.filter(ticket=ticket, dedupe_key__startswith=start).order_by("id")
    return list(told.values_list("to", flat=True))


def due(ticket) -> dict:
    return dict(Clock.objects.filter(clock_set=ticket.clock_set_id).values_list("metric", "due_at"))


# --- the switch ---------------------------------------------------------------------------------


def test_there_are_five_reasons_from_the_first_migration_on():
    assert list(ServiceCategory.objects.values_list("key", flat=True)) == [
        "recover_deleted_items",
        "consult_logs",
        "bulk_actions",
        "bulk_updates",
        "file_uploads",
    ]


def test_in_one_step_type_clocks_quota_and_quote_follow(ticket, recovery, rui):
    assert clocks_of(ticket) == {"first_response": "running", "resolution": "running"}

    service = technical.reclassify(ticket, category=recovery, by=rui, at=LATER)

    assert ticket.request_type.kind == "technical"
    assert clocks_of(ticket) == {"first_response": "excluded", "resolution": "excluded"}
    assert (ticket.next_due_at, ticket.entitlement) == (None, "inside")
    assert ledger(ticket) == [("debit", -1, False), ("reversal", 1, False)]
    assert quota.verify() == []
    quote = Quote.objects.get()
    assert (quote.state, quote.ticket_uid, quote.category, quote.currency, quote.language) == (
        "draft",
        ticket.uid,
        recovery,
        "EUR",
        "pt-pt",
    )
    assert [(line.description, line.quantity, line.unit_price) for line in quote.lines.all()] == [
        ("Recuperação de itens eliminados", Decimal(1), Decimal(95))
    ]
    assert (service.category, service.was_type.key, service.gave_back) == (recovery, "support", True)
    assert [event.kind for event in ticket.events.order_by("id")][-1] == "converted"


def test_the_customer_is_told_why_what_it_means_and_how_to_appeal(ticket, recovery, rui):
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)

    told = OutboundMessage.objects.get(dedupe_key__startswith="technical_service")
    assert (told.to, told.language) == ("bruno@azenha.example", "pt-pt")
    for words in (
        "Recuperação de itens eliminados",
        "a unidade retirada da sua quota é devolvida",
        "os prazos que temos como objetivo no suporte deixam de se aplicar",
        "reclame na página do ticket",
        f"/tickets/{ticket.pk}/",
    ):
        assert words in told.text
    assert "{{" not in told.text + told.html


def test_a_category_without_a_text_in_the_language_is_told_in_english(ticket, recovery, rui):
    ServiceCategory.objects.filter(pk=recovery.pk).update(names={"en": "Recovery"}, examples={})
    recovery.refresh_from_db()

    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)

    assert (
        "serviço técnico: Recovery." in OutboundMessage.objects.get(dedupe_key__startswith="technical").text
    )


def test_twice_changes_nothing(ticket, recovery, rui, ines):
    first = technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    before = (ticket.version, ledger(ticket), letters(ticket))

    other = ServiceCategory.objects.get(key="bulk_actions")
    assert technical.reclassify(ticket, category=other, by=ines, at=NOON) == first

    assert (ticket.version, ledger(ticket), letters(ticket)) == before
    assert (Quote.objects.count(), TechnicalService.objects.count()) == (1, 1)


def test_the_unit_goes_back_to_its_own_period_however_late(ticket, recovery, rui):
    technical.reclassify(ticket, category=recovery, by=rui, at=APRIL)

    debit, reversal = Charge.objects.filter(ticket_uid=ticket.uid).order_by("id")
    assert reversal.allotment == debit.allotment
    assert (reversal.at, debit.allotment.starts_at <= TUESDAY_10 < debit.allotment.ends_at) == (APRIL, True)


def test_what_was_over_quota_is_so_no_longer(ticket, recovery, rui, contract, bruno):
    rewrite(agreed(contract), units_source="own", units=1)
    second = take_in(by_portal(bruno, subject="Second"), LATER).ticket
    assert second.entitlement == "flagged"

    technical.reclassify(second, category=recovery, by=rui, at=NOON)

    assert second.entitlement == "inside"
    assert ledger(second) == [("debit", -1, True), ("reversal", 1, True)]


def test_a_question_to_the_manager_is_over(ticket, recovery, rui, contract, bruno, ana):
    rewrite(agreed(contract), units_source="own", units=1, over_quota="require_manager_approval")
    waiting = take_in(by_portal(bruno, subject="Second"), LATER).ticket
    assert waiting.entitlement == "awaiting_approval"

    technical.reclassify(waiting, category=recovery, by=rui, at=NOON)

    assert (waiting.entitlement, ledger(waiting)) == ("inside", [])
    assert approving.waiting(ana) == []
    with pytest.raises(approving.DecidedAlready):
        approving.decide(waiting, is_approved=True, by=ana, at=NOON)
    told = OutboundMessage.objects.get(ticket=waiting, dedupe_key__startswith="technical_service")
    assert "devolvida" not in told.text, "nothing was taken, so nothing goes back"


@pytest.mark.parametrize("status", ["solved", "closed", "spam"])
def test_what_is_over_is_not_reclassified(ticket, recovery, rui, status):
    handling.set_status(ticket, status="solved" if status == "closed" else status, by=rui, at=LATER)
    if status == "closed":
        Ticket.objects.filter(pk=ticket.pk).update(status="closed", closed_at=LATER)

    with pytest.raises(WrongStatus):
        technical.reclassify(ticket, category=recovery, by=rui, at=NOON)


def test_a_reason_is_needed_and_an_archived_one_is_none(ticket, recovery, rui):
    with pytest.raises(technical.NoSuchService):
        technical.reclassify(ticket, category=None, by=rui, at=LATER)
    recovery.archived_at = LATER
    with pytest.raises(technical.NoSuchService):
        technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    assert clocks_of(ticket)["resolution"] == "running"


def test_a_strangers_ticket_first_needs_an_organisation(desk, recovery, rui):
    stranger = take_in(by_mail("who@nowhere.example")).ticket

    with pytest.raises(technical.NobodysTicket):
        technical.reclassify(stranger, category=recovery, by=rui, at=LATER)


def test_who_looked_at_an_older_version_is_told(ticket, recovery, rui):
    with pytest.raises(ChangedMeanwhile):
        technical.reclassify(ticket, category=recovery, by=rui, at=LATER, version=ticket.version - 1)


def test_the_database_knows_one_technical_service_a_ticket(ticket, recovery, rui):
    service = technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    service.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        service.save(force_insert=True)


# --- and back -----------------------------------------------------------------------------------


def test_undone_it_is_support_again_with_what_was_left(ticket, recovery, rui):
    before = due(ticket)
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)

    technical.undo(ticket, reason="A setting was wrong.", by=rui, at=NOON)

    assert (ticket.request_type.kind, ticket.entitlement) == ("support", "inside")
    assert clocks_of(ticket) == {"first_response": "running", "resolution": "running"}
    assert due(ticket)["resolution"] == before["resolution"] + (NOON - LATER)
    assert ledger(ticket) == [("debit", -1, False), ("reversal", 1, False), ("debit", -1, False)]
    assert quota.verify() == []
    assert Quote.objects.get().state == "withdrawn"
    assert letters(ticket, "support_again") == ["bruno@azenha.example"]


def test_a_unit_is_taken_again_from_its_own_period(ticket, recovery, rui):
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    technical.undo(ticket, reason="Wrong.", by=rui, at=APRIL)

    assert Charge.objects.filter(ticket_uid=ticket.uid).values("allotment").distinct().count() == 1


def test_where_the_unit_is_gone_meanwhile_it_is_over(ticket, recovery, rui, contract, bruno):
    rewrite(agreed(contract), units_source="own", units=1)
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    taken = take_in(by_portal(bruno, subject="Takes the unit"), LATER).ticket
    assert taken.entitlement == "inside"

    technical.undo(ticket, reason="Wrong.", by=rui, at=NOON)

    assert ticket.entitlement == "flagged"


def test_what_waited_for_a_manager_is_taken_up_flagged(desk, recovery, rui, contract, bruno):
    rewrite(agreed(contract), units_source="own", units=0, over_quota="require_manager_approval")
    waiting = take_in(by_portal(bruno)).ticket
    technical.reclassify(waiting, category=recovery, by=rui, at=LATER)

    technical.undo(waiting, reason="Wrong.", by=rui, at=NOON)

    assert (waiting.entitlement, ledger(waiting)) == ("flagged", [("debit", -1, True)])


def test_what_was_sent_can_be_undone_and_what_was_decided_cannot(ticket, recovery, rui):
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    quote = sending.send(Quote.objects.get(), by="account:1", at=LATER)
    Quote.objects.filter(pk=quote.pk).update(state="accepted")

    with pytest.raises(technical.QuoteWasDecided):
        technical.undo(ticket, reason="Wrong.", by=rui, at=NOON)
    assert ticket.request_type.kind == "technical"

    Quote.objects.filter(pk=quote.pk).update(state="sent")
    technical.undo(ticket, reason="Wrong.", by=rui, at=NOON)
    assert ticket.request_type.kind == "support"


def test_undoing_says_why_and_only_what_is_one(ticket, recovery, rui):
    with pytest.raises(technical.NotTechnical):
        technical.undo(ticket, reason="Wrong.", by=rui, at=NOON)
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    with pytest.raises(ReasonMissing):
        technical.undo(ticket, reason=" \x00", by=rui, at=NOON)


def test_again_it_opens_another_quote(ticket, recovery, rui):
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    technical.undo(ticket, reason="Wrong.", by=rui, at=LATER)
    technical.reclassify(ticket, category=recovery, by=rui, at=NOON)

    assert list(Quote.objects.order_by("id").values_list("state", flat=True)) == ["withdrawn", "draft"]
    assert ledger(ticket)[-1] == ("reversal", 1, False)


# --- until when a quote is owed --------------------------------------------------------------------


@pytest.fixture
def promised(ticket, contract, policy_version, bruno):
    """Another ticket, under a contract by which a quote is made within eight hours."""
    priority = ticket.priority
    agree(contract, "quote_delivery", priority, unit="business_hours", amount=8)
    return take_in(by_portal(bruno, subject="Deleted rooms")).ticket


def test_the_desk_owes_itself_a_quote_in_time_and_no_customer_reads_of_it(promised, recovery, rui):
    technical.reclassify(promised, category=recovery, by=rui, at=LATER)

    due_at = TUESDAY_10 + timedelta(hours=9)
    assert (promised.next_due_metric, promised.next_due_at) == ("quote_delivery", due_at)
    assert (promised.next_goal_at, goals.next_due(promised, at=LATER)) == (None, None)
    assert [goal.name for goal in goals.goals_of(promised, at=LATER)] == ["first response", "resolution"]

    quotes.send(drafting.of_ticket(promised.uid), by=rui, at=NOON)
    assert clocks_of(promised)["quote_delivery"] == "met"


def test_undone_or_withdrawn_no_quote_is_owed(promised, recovery, rui):
    technical.reclassify(promised, category=recovery, by=rui, at=LATER)
    technical.undo(promised, reason="A bug", by=rui, at=NOON)
    assert clocks_of(promised)["quote_delivery"] == "cancelled"

    technical.reclassify(promised, category=recovery, by=rui, at=NOON)
    quote = drafting.of_ticket(promised.uid)
    assert [quotes.withdraw(quote, by=rui, at=NOON) for _ in range(2)] == [True, False]
    states = Clock.objects.filter(clock_set=promised.clock_set_id, metric="quote_delivery")
    assert list(states.values_list("cycle", "state")) == [(1, "cancelled"), (2, "cancelled")]
    assert promised.events.filter(kind="quote_withdrawn").count() == 1


# --- the customer's say -------------------------------------------------------------------------


def test_a_customer_appeals_once_and_a_lead_agrees(ticket, recovery, rui, bruno, lead):
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    technical.appeal(ticket, text="It is a bug of yours.", by=bruno, at=LATER)
    with pytest.raises(technical.AppealedAlready):
        technical.appeal(ticket, text="I said so.", by=bruno, at=LATER)
    assert [*Ticket.objects.filter(technical.appealed())] == [ticket]

    with pytest.raises(clockwork.LeadsOnly):
        technical.decide_appeal(ticket, is_upheld=True, text="", by=rui, at=NOON)
    technical.decide_appeal(ticket, is_upheld=True, text="", by=lead, at=NOON)

    assert (ticket.request_type.kind, clocks_of(ticket)["resolution"]) == ("support", "running")
    assert not Ticket.objects.filter(technical.appealed()).exists()
    assert letters(ticket, "appeal_decided") == ["bruno@azenha.example"]
    with pytest.raises(technical.WasUpheld):
        technical.reclassify(ticket, category=recovery, by=rui, at=NOON)
    technical.reclassify(ticket, category=recovery, by=lead, at=NOON)


def test_a_lead_refuses_and_says_why(ticket, recovery, rui, bruno, lead):
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    technical.appeal(ticket, text="It is a bug of yours.", by=bruno, at=LATER)

    with pytest.raises(ReasonMissing):
        technical.decide_appeal(ticket, is_upheld=False, text=" ", by=lead, at=NOON)
    technical.decide_appeal(ticket, is_upheld=False, text="You deleted it.", by=lead, at=NOON)

    assert (ticket.request_type.kind, Quote.objects.get().state) == ("technical", "draft")
    assert "You deleted it." in OutboundMessage.objects.get(dedupe_key__startswith="appeal_decided").text
    with pytest.raises(technical.AppealedAlready):
        technical.appeal(ticket, text="Again.", by=bruno, at=NOON)
    with pytest.raises(technical.NotAppealed):
        technical.decide_appeal(ticket, is_upheld=True, text="", by=lead, at=NOON)


def test_an_appeal_says_something_about_a_technical_service(ticket, recovery, rui, bruno):
    with pytest.raises(technical.NotTechnical):
        technical.appeal(ticket, text="But no.", by=bruno, at=LATER)
    technical.reclassify(ticket, category=recovery, by=rui, at=LATER)
    with pytest.raises(TextMissing):
        technical.appeal(ticket, text="  ", by=bruno, at=LATER)
