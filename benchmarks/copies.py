"""Sets of clocks by the hundred thousand: some are started by the rules, and the database copies them."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

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

    with transaction.atomic():
        stride = _largest(ClockSet) + 1
        _copy(ClockSet, "id", clock_sets, times, {"id": stride})
        for model in (ClockEvent, Clock):
            _copy(
                model, "clock_set_id", clock_sets, times, {"id": _largest(model) + 1, "clock_set_id": stride}
            )
    analyse()


def analyse() -> None:
    """Let the planner know what was loaded, as the database does by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if _can_vacuum() else "ANALYZE")


def _can_vacuum() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql" and not connection.in_atomic_block


def _largest(model: "type[Model]") -> int:
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()  # noqa: SLF001
    return newest or 0


def _copy(
    model: "type[Model]", key: str, originals: Collection[int], times: int, strides: dict[str, int]
) -> None:
    """Copy the rows whose `key` is one of the originals; copy n moves each column by n strides."""
    from django.core.management.color import no_style
    from django.db import connection

    quote, meta = connection.ops.quote_name, model._meta  # noqa: SLF001 - Django documents it
    columns: Sequence[Any] = [field.column for field in meta.concrete_fields]
    taken = [f"{quote(name)} + series.number * {strides.get(name, 0)}" if name in strides else quote(name)
             for name in columns]  # fmt: skip
    table = quote(meta.db_table)
    source = SERIES[connection.vendor].format(times=int(times))
    wanted = ", ".join(str(int(original)) for original in originals)
    with connection.cursor() as cursor:
        cursor.execute(  # only names of our own tables and numbers go into the text
            f"INSERT INTO {table} ({', '.join(map(quote, columns))}) "  # noqa: S608
            f"SELECT {', '.join(taken)} FROM {source}, {table} WHERE {quote(key)} IN ({wanted})"
        )
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
