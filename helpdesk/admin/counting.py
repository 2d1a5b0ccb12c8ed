"""Counts many things in one statement, none of them further than a badge can show."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

MOST: Final = 100


def count_together(rows: Mapping[str, QuerySet[Any]], *, most: int = MOST) -> dict[str, int]:
    """Count each set of rows up to `most`; what it costs does not grow with what is there."""
    selects: list[str] = []
    values: list[Any] = []
    for queryset in rows.values():
        sql, parameters = queryset.order_by().values("pk")[:most].query.sql_with_params()
        selects.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608  Django wrote the SQL inside
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(selects), values)
        return dict(zip(rows, cursor.fetchone(), strict=True))


def in_words(count: int, *, most: int = MOST) -> str:
    """What a badge says: nothing for none, "99+" for more than were counted."""
    if not count:
        return ""
    return str(count) if count < most else f"{most - 1}+"
