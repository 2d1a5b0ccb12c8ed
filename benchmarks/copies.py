"""Sets of clocks by the hundred thousand: some are started by the rules, and the database copies them."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.db.models import Model

SERIES: Final = {
    "postgresql": "generate_series(1, {times}) AS series(number)",
    "sqlite": (
        "(WITH RECURSIVE counted(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM counted"
        " WHERE number < {times}) SELECT number FROM counted) AS series"
    ),
}


def multiply(clock_sets: Collection[int], times: int) -> None:
    """Copy those sets of clocks so many times, with their events and clocks, a statement a table.

    No time is reckoned in SQL: a copy is due when its original is. The planner is told how much there is.
    """
    from django.db import transaction

    from sla.models import Clock, ClockEvent, ClockSet

    originals = sorted(clock_sets)
    newest = ClockSet.objects.latest("pk").pk
    with transaction.atomic():
        _copy(ClockSet, "id", originals, times, newest)
        for model in (ClockEvent, Clock):
            _copy(model, "clock_set_id", originals, times, newest)
    analyse()


def analyse() -> None:
    """Let the planner know what was loaded, as the database does by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if _can_vacuum() else "ANALYZE")


def _can_vacuum() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql" and not connection.in_atomic_block


def _copy(model: "type[Model]", key: str, originals: Sequence[int], times: int, newest: int) -> None:
    """Copy the rows whose `key` is an original's; the copies' sets are numbered on from the newest."""
    from django.core.management.color import no_style
    from django.db import connection

    quote, meta = connection.ops.quote_name, model._meta  # noqa: SLF001 - Django documents it
    table, copied = quote(meta.db_table), [field.column for field in meta.concrete_fields]
    copied = [name for name in copied if name not in {"id", key}]
    ranks = ", ".join(f"({int(original)}, {rank})" for rank, original in enumerate(originals, 1))
    source = SERIES[connection.vendor].format(times=int(times))
    number = f"{newest} + (series.number - 1) * {len(originals)} + originals.position"
    with connection.cursor() as cursor:
        cursor.execute(  # only names of our own tables and numbers go into the text
            f"WITH originals(original, position) AS (VALUES {ranks}) "  # noqa: S608
            f"INSERT INTO {table} ({', '.join(map(quote, [key, *copied]))}) "
            f"SELECT {', '.join([number, *map(quote, copied)])} FROM {source}, originals, {table} "
            f"WHERE {table}.{quote(key)} = originals.original ORDER BY series.number"
        )
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
