"""Sees what a request changes: each statement that writes, and whether any row differs afterwards."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WRITES = re.compile(
    r"\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE|TRUNCATE)\s+\"?(?P<table>\w+)", re.IGNORECASE
)
NOTED_AT_MOST_ONCE_A_MINUTE = {"helpdesk_apitoken": "last_used_at"}
"""A token says when it was last used: the one column that reading writes."""
NO_DATA = {"cache"}
"""What may be lost at any time is nobody's data; with Redis it is no table either."""


@contextmanager
def written() -> Iterator[list[str]]:
    """The tables that statements write to meanwhile, but for the one column."""
    tables: list[str] = []

    def watch(execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found["table"] not in NO_DATA and not _is_noted(found["table"], sql):
            tables.append(found["table"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


def _is_noted(table: str, sql: str) -> bool:
    column = NOTED_AT_MOST_ONCE_A_MINUTE.get(table)
    return column is not None and f'SET "{column}" =' in sql and sql.count("=") == 2


def snapshot() -> dict[str, tuple[int, str]]:
    """Of each table how many rows it has, and a digest of them all."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - NO_DATA
        return {table: _digest(cursor, table) for table in tables}


def _digest(cursor, table: str) -> tuple[int, str]:
    unread = NOTED_AT_MOST_ONCE_A_MINUTE.get(table)
    columns = connection.introspection.get_table_description(cursor, table)
    names = ", ".join(f'"{column.name}"' for column in columns if column.name != unread)
    cursor.execute(f'SELECT {names} FROM "{table}"')
    rows = sorted(repr(row) for row in cursor.fetchall())
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
