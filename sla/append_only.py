"""Tables that only grow: the database itself refuses UPDATE, DELETE and TRUNCATE on them (R3, R4).

Django rebuilds a table on SQLite when one of its columns changes, and a trigger is lost with the
old table: a later migration that alters such a table ends with `append_only(table)` again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

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


class AppendOnly(Operation):
    """Makes a table append-only; the refusal is an `IntegrityError` on both databases."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

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
        for statement in CREATE[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=self.table), params=None)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",  # noqa: ARG002 - Django's signature
        to_state: "ProjectState",  # noqa: ARG002 - Django's signature
    ) -> None:
        """Drop the table's triggers."""
        for statement in DROP[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=self.table), params=None)

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse UPDATE and DELETE on {self.table}"


def append_only(table: str) -> AppendOnly:
    """Give the migration operation that makes `table` append-only."""
    return AppendOnly(table)


@cache
def append_only_tables() -> list[str]:
    """Name every table that a migration of the project makes append-only."""
    migrations = MigrationLoader(None).disk_migrations.values()
    return sorted(
        {
            step.table
            for migration in migrations
            for step in migration.operations
            if isinstance(step, AppendOnly)
        }
    )


def create_triggers(connection: "BaseDatabaseWrapper") -> None:
    """Put the refusals (back) in place; harmless when they are there."""
    _execute(connection, CREATE[connection.vendor])


def drop_triggers(connection: "BaseDatabaseWrapper") -> None:
    """Take the refusals away: for a test database that is to be flushed, nothing else."""
    _execute(connection, DROP[connection.vendor])


@contextmanager
def triggers_lifted(connection: "BaseDatabaseWrapper") -> Iterator[None]:
    """Let a block delete from the append-only tables: for a test database, nothing else."""
    drop_triggers(connection)
    try:
        yield
    finally:
        create_triggers(connection)


def _execute(connection: "BaseDatabaseWrapper", statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for table in append_only_tables():
            for statement in statements:
                cursor.execute(statement.format(table=table))
