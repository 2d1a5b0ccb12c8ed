"""Tables that only grow: the database itself refuses UPDATE, DELETE and TRUNCATE on them (R3, R4).

A decision is a row that is closed once: the columns that say what was proposed are frozen from the start,
the others may be written until the row is closed, and after that none (`CLOSE`, `closed_once`).

Django rebuilds a table on SQLite when one of its columns changes, and a trigger is lost with the
old table: a later migration that alters such a table ends with `append_only(table)` again.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

CREATE = {
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS "append_only_{table}_update" BEFORE UPDATE ON "{table}"
           BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
        """CREATE TRIGGER IF NOT EXISTS "append_only_{table}_delete" BEFORE DELETE ON "{table}"
           BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION "append_only_{table}"() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
             RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
           END $$""",
        """CREATE OR REPLACE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "{table}"
           FOR EACH ROW EXECUTE FUNCTION "append_only_{table}"()""",
        """CREATE OR REPLACE TRIGGER "append_only_table" BEFORE TRUNCATE ON "{table}"
           FOR EACH STATEMENT EXECUTE FUNCTION "append_only_{table}"()""",
    ),
}
DROP = {
    "sqlite": (
        'DROP TRIGGER IF EXISTS "append_only_{table}_update"',
        'DROP TRIGGER IF EXISTS "append_only_{table}_delete"',
    ),
    "postgresql": ('DROP FUNCTION IF EXISTS "append_only_{table}"() CASCADE',),
}
CLOSE = {
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS "closed_once_{table}_frozen" BEFORE UPDATE OF {frozen} ON "{table}"
           BEGIN SELECT RAISE(ABORT, '{table} is closed once'); END""",
        """CREATE TRIGGER IF NOT EXISTS "closed_once_{table}_again" BEFORE UPDATE ON "{table}"
           WHEN OLD."{closing}" IS NOT NULL
           BEGIN SELECT RAISE(ABORT, '{table} is closed once'); END""",
        """CREATE TRIGGER IF NOT EXISTS "closed_once_{table}_delete" BEFORE DELETE ON "{table}"
           BEGIN SELECT RAISE(ABORT, '{table} is closed once'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION "closed_once_{table}"() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
             RAISE EXCEPTION '{table} is closed once' USING ERRCODE = 'integrity_constraint_violation';
           END $$""",
        """CREATE OR REPLACE TRIGGER "closed_once_frozen" BEFORE UPDATE OF {frozen} ON "{table}"
           FOR EACH ROW EXECUTE FUNCTION "closed_once_{table}"()""",
        """CREATE OR REPLACE TRIGGER "closed_once_again" BEFORE UPDATE ON "{table}"
           FOR EACH ROW WHEN (OLD."{closing}" IS NOT NULL) EXECUTE FUNCTION "closed_once_{table}"()""",
        """CREATE OR REPLACE TRIGGER "closed_once_row" BEFORE DELETE ON "{table}"
           FOR EACH ROW EXECUTE FUNCTION "closed_once_{table}"()""",
        """CREATE OR REPLACE TRIGGER "closed_once_table" BEFORE TRUNCATE ON "{table}"
           FOR EACH STATEMENT EXECUTE FUNCTION "closed_once_{table}"()""",
    ),
}
OPEN = {
    "sqlite": (
        'DROP TRIGGER IF EXISTS "closed_once_{table}_frozen"',
        'DROP TRIGGER IF EXISTS "closed_once_{table}_again"',
        'DROP TRIGGER IF EXISTS "closed_once_{table}_delete"',
    ),
    "postgresql": ('DROP FUNCTION IF EXISTS "closed_once_{table}"() CASCADE',),
}


class Guard(Operation):
    """Creates triggers of one table; the refusal is an `IntegrityError` on both databases."""

    reduces_to_sql = True
    reversible = True
    table: str
    is_lifted: ClassVar[bool] = True
    """Whether a test that rewrites history must take it away."""

    @abstractmethod
    def creating(self, vendor: str) -> list[str]:
        """The statements that put the triggers in place; harmless when they are there."""

    @abstractmethod
    def dropping(self, vendor: str) -> list[str]:
        """The statements that take them away."""

    def state_forwards(self, app_label: str, state: "ProjectState") -> None:
        """Models do not change."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",  # noqa: ARG002 - Django's signature
        to_state: "ProjectState",  # noqa: ARG002 - Django's signature
    ) -> None:
        """Create the table's triggers."""
        for statement in self.creating(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",  # noqa: ARG002 - Django's signature
        to_state: "ProjectState",  # noqa: ARG002 - Django's signature
    ) -> None:
        """Drop the table's triggers."""
        for statement in self.dropping(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)


class AppendOnly(Guard):
    """Makes a table append-only."""

    def __init__(self, table: str) -> None:
        self.table = table

    def creating(self, vendor: str) -> list[str]:
        """Refuse UPDATE, DELETE and TRUNCATE."""
        return [statement.format(table=self.table) for statement in CREATE[vendor]]

    def dropping(self, vendor: str) -> list[str]:
        """Refuse nothing."""
        return [statement.format(table=self.table) for statement in DROP[vendor]]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse UPDATE and DELETE on {self.table}"


class ClosedOnce(Guard):
    """Makes the rows of a table decisions: `frozen` columns never change, and none once `closing` is set."""

    def __init__(self, table: str, frozen: Sequence[str], closing: str) -> None:
        self.table, self.frozen, self.closing = table, tuple(frozen), closing

    def creating(self, vendor: str) -> list[str]:
        """Refuse DELETE, TRUNCATE and the UPDATEs that are none of closing the row."""
        frozen = ", ".join(f'"{column}"' for column in self.frozen)
        return [
            statement.format(table=self.table, frozen=frozen, closing=self.closing)
            for statement in CLOSE[vendor]
        ]

    def dropping(self, vendor: str) -> list[str]:
        """Refuse nothing."""
        return [statement.format(table=self.table) for statement in OPEN[vendor]]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse to rewrite or DELETE rows of {self.table}"


def append_only(table: str) -> AppendOnly:
    """Give the migration operation that makes `table` append-only."""
    return AppendOnly(table)


def closed_once(table: str, *, frozen: Sequence[str], closing: str) -> ClosedOnce:
    """Give the migration operation that lets a row of `table` be closed once, by setting `closing`."""
    return ClosedOnce(table, frozen, closing)


@cache
def _guards() -> dict[tuple[type[Guard], str], Guard]:
    """The last guard of each sort that a migration of the project gives each table."""
    return {
        (type(step), step.table): step
        for _, migration in sorted(MigrationLoader(None).disk_migrations.items())
        for step in migration.operations
        if isinstance(step, Guard)
    }


def append_only_tables() -> list[str]:
    """Name every table that a migration of the project makes append-only."""
    return sorted(table for sort, table in _guards() if sort is AppendOnly)


def closed_once_tables() -> list[str]:
    """Name every table whose rows a migration of the project lets be closed once."""
    return sorted(table for sort, table in _guards() if sort is ClosedOnce)


def create_triggers(connection: "BaseDatabaseWrapper") -> None:
    """Put the refusals (back) in place; harmless when they are there."""
    _execute(connection, (line for guard in _guards().values() for line in guard.creating(connection.vendor)))


def drop_triggers(connection: "BaseDatabaseWrapper") -> None:
    """Take the refusals away: for a test database that is to be flushed, nothing else."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        # No table can be altered while a check of it is put off to the end of the transaction.
        _execute(connection, ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"))
    lifted = (guard for guard in _guards().values() if guard.is_lifted)
    _execute(connection, (line for guard in lifted for line in guard.dropping(connection.vendor)))


@contextmanager
def triggers_lifted(connection: "BaseDatabaseWrapper") -> Iterator[None]:
    """Let a block delete from the append-only tables: for a test database, nothing else."""
    drop_triggers(connection)
    try:
        yield
    finally:
        create_triggers(connection)


def _execute(connection: "BaseDatabaseWrapper", statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
