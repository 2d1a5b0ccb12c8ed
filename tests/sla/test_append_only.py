import pytest
from django.db import IntegrityError, connection, transaction

from sla import append_only
from sla.hours import EventKind
from sla.models import ClockEvent
from tests.sla.conftest import BY, RECEIVED


@pytest.fixture
def event(begin) -> ClockEvent:
    return begin().events.get()


def changed(event: ClockEvent) -> None:
    event.by = "account:666"
    event.save()


def deleted(event: ClockEvent) -> None:
    event.delete()


def emptied(event: ClockEvent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sla_clockevent")


@pytest.mark.parametrize("rewrite", [changed, deleted, emptied])
def test_what_happened_stays_as_it_was_written(event, rewrite):
    before = list(ClockEvent.objects.values())

    with pytest.raises(IntegrityError, match="sla_clockevent is append-only"), transaction.atomic():
        rewrite(event)

    assert list(ClockEvent.objects.values()) == before


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_a_table_of_history_is_not_truncated(event):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # PostgreSQL checks pending ones first
        with pytest.raises(IntegrityError, match="sla_clockevent is append-only"), transaction.atomic():
            cursor.execute("TRUNCATE sla_clockevent")

    assert ClockEvent.objects.get() == event


def test_history_grows(event):
    ClockEvent.objects.create(
        clock_set=event.clock_set, at=RECEIVED, kind=str(EventKind.INTERNAL_NOTE), by=BY
    )

    assert ClockEvent.objects.count() == 2


HISTORY = [
    "contracts_charge",
    "contracts_entitlementuse",
    "contracts_erasure",
    "contracts_quotedecision",
    "contracts_quotedocument",
    "contracts_quotestep",
    "contracts_worklog",
    "helpdesk_ticketevent",
    "sla_clockevent",
]
DECISIONS = [
    "contracts_approval",
    "contracts_authorisation",
    "contracts_restorecheck",
    "sla_backlogperiod",
    "sla_excuse",
]


def test_these_tables_are_history():
    assert append_only.append_only_tables() == HISTORY


def test_the_rows_of_these_tables_are_closed_once():
    assert append_only.closed_once_tables() == DECISIONS


TRIGGERS_OF = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
}


@pytest.mark.django_db
@pytest.mark.parametrize("table", HISTORY)
def test_each_of_them_has_its_triggers(table):
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS_OF[connection.vendor], [table])
        triggers = {name for (name,) in cursor.fetchall()}

    by_vendor = {
        "sqlite": {f"append_only_{table}_delete", f"append_only_{table}_update"},
        "postgresql": {"append_only_row", "append_only_table"},
    }
    assert triggers == by_vendor[connection.vendor]


@pytest.mark.django_db
@pytest.mark.parametrize("table", DECISIONS)
def test_each_of_those_has_its_triggers_too(table):
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS_OF[connection.vendor], [table])
        triggers = {name for (name,) in cursor.fetchall()}

    by_vendor = {
        "sqlite": {f"closed_once_{table}_{what}" for what in ("frozen", "again", "delete")},
        "postgresql": {f"closed_once_{what}" for what in ("frozen", "again", "row", "table")},
    }
    assert triggers == by_vendor[connection.vendor]


def test_a_test_database_may_be_flushed_and_is_guarded_again(event):
    with append_only.triggers_lifted(connection):
        emptied(event)
    assert not ClockEvent.objects.exists()

    again = ClockEvent.objects.create(
        clock_set=event.clock_set, at=RECEIVED, kind=str(EventKind.CREATED), by=BY
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        deleted(again)


def test_the_operation_says_what_it_does():
    assert append_only.append_only("ledger").describe() == "Refuse UPDATE and DELETE on ledger"
    closing = append_only.closed_once("decisions", frozen=["text"], closing="decided_at")
    assert closing.describe() == "Refuse to rewrite or DELETE rows of decisions"
