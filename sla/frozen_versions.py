"""What a published version says stays said, and no two of one whole rule at once: held by the database (R2).

Like tables that only grow (`sla.append_only`), and with the same warning: Django rebuilds a table on SQLite
when one of its columns changes, and the triggers are lost with the old table. A later migration that alters
such a table ends with its guards again.
"""

from collections.abc import Sequence
from typing import ClassVar

from sla.append_only import Guard
from sla.frozen_columns import CHANGED

MAY_CHANGE = ("status", "valid_until")
"""All that happens to a version once it is published."""

VERSIONS = {
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS "published_{table}_update" BEFORE UPDATE ON "{table}"
           WHEN OLD."{status}" <> 'draft' AND (NEW."{status}" = 'draft' OR {changed})
           BEGIN SELECT RAISE(ABORT, '{table} is frozen once published'); END""",
        """CREATE TRIGGER IF NOT EXISTS "published_{table}_delete" BEFORE DELETE ON "{table}"
           WHEN OLD."{status}" <> 'draft'
           BEGIN SELECT RAISE(ABORT, '{table} is frozen once published'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION "published_{table}"() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
             RAISE EXCEPTION '{table} is frozen once published'
               USING ERRCODE = 'integrity_constraint_violation';
           END $$""",
        """CREATE OR REPLACE TRIGGER "published_update" BEFORE UPDATE ON "{table}" FOR EACH ROW
           WHEN (OLD."{status}" <> 'draft' AND (NEW."{status}" = 'draft' OR {changed}))
           EXECUTE FUNCTION "published_{table}"()""",
        """CREATE OR REPLACE TRIGGER "published_delete" BEFORE DELETE ON "{table}" FOR EACH ROW
           WHEN (OLD."{status}" <> 'draft') EXECUTE FUNCTION "published_{table}"()""",
    ),
}
VERSIONS_DROP = {
    "sqlite": (
        'DROP TRIGGER IF EXISTS "published_{table}_update"',
        'DROP TRIGGER IF EXISTS "published_{table}_delete"',
    ),
    "postgresql": ('DROP FUNCTION IF EXISTS "published_{table}"() CASCADE',),
}
PARTS = {
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS "part_of_published_{table}_insert" BEFORE INSERT ON "{table}"
           WHEN {new} BEGIN SELECT RAISE(ABORT, '{table} is frozen once published'); END""",
        """CREATE TRIGGER IF NOT EXISTS "part_of_published_{table}_update" BEFORE UPDATE ON "{table}"
           WHEN {old} OR {new} BEGIN SELECT RAISE(ABORT, '{table} is frozen once published'); END""",
        """CREATE TRIGGER IF NOT EXISTS "part_of_published_{table}_delete" BEFORE DELETE ON "{table}"
           WHEN {old} BEGIN SELECT RAISE(ABORT, '{table} is frozen once published'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION "part_of_published_{table}"() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
             IF (TG_OP <> 'INSERT' AND {old}) OR (TG_OP <> 'DELETE' AND {new}) THEN
               RAISE EXCEPTION '{table} is frozen once published'
                 USING ERRCODE = 'integrity_constraint_violation';
             END IF;
             RETURN COALESCE(NEW, OLD);
           END $$""",
        """CREATE OR REPLACE TRIGGER "part_of_published" BEFORE INSERT OR UPDATE OR DELETE ON "{table}"
           FOR EACH ROW EXECUTE FUNCTION "part_of_published_{table}"()""",
    ),
}
PARTS_DROP = {
    "sqlite": (
        'DROP TRIGGER IF EXISTS "part_of_published_{table}_insert"',
        'DROP TRIGGER IF EXISTS "part_of_published_{table}_update"',
        'DROP TRIGGER IF EXISTS "part_of_published_{table}_delete"',
    ),
    "postgresql": ('DROP FUNCTION IF EXISTS "part_of_published_{table}"() CASCADE',),
}
IS_PUBLISHED = (
    """COALESCE((SELECT "{status}" FROM "{versions}" WHERE "id" = {row}."{column}"), 'draft') <> 'draft'"""
)

OVERLAPS = """NEW."status" <> 'draft' AND EXISTS (
    SELECT 1 FROM "{table}" AS "other"
    WHERE "other"."{whole}" = NEW."{whole}" AND "other"."id" IS NOT NEW."id" AND "other"."status" <> 'draft'
      AND "other"."valid_from" < COALESCE(NEW."valid_until", '9999-12-31')
      AND NEW."valid_from" < COALESCE("other"."valid_until", '9999-12-31'))"""
"""SQLite takes a text that is a number for one when it is compared with a date: so no bare year."""
ONE_IN_FORCE = {
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS "one_in_force_{table}_insert" BEFORE INSERT ON "{table}"
           WHEN {overlaps} BEGIN SELECT RAISE(ABORT, 'one_in_force_{table}'); END""",
        """CREATE TRIGGER IF NOT EXISTS "one_in_force_{table}_update" BEFORE UPDATE ON "{table}"
           WHEN {overlaps} BEGIN SELECT RAISE(ABORT, 'one_in_force_{table}'); END""",
    ),
    # A range of one number stands for the number: so the index needs no extension.
    "postgresql": (
        """DO $$ BEGIN
             IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'one_in_force_{table}') THEN
               ALTER TABLE "{table}" ADD CONSTRAINT "one_in_force_{table}" EXCLUDE USING gist (
                 int8range("{whole}", "{whole}", '[]') WITH &&,
                 tstzrange("valid_from", "valid_until", '[)') WITH &&
               ) WHERE ("status" <> 'draft');
             END IF;
           END $$""",
    ),
}
ONE_IN_FORCE_DROP = {
    "sqlite": (
        'DROP TRIGGER IF EXISTS "one_in_force_{table}_insert"',
        'DROP TRIGGER IF EXISTS "one_in_force_{table}_update"',
    ),
    "postgresql": ('ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "one_in_force_{table}"',),
}


class FrozenOncePublished(Guard):
    """Refuses to change `columns` of a version that is no draft, to make it one again, or to delete it.

    `status` is the column that says whether it is one.
    """

    def __init__(self, table: str, columns: Sequence[str], status: str = "status") -> None:
        self.table, self.columns, self.status = table, tuple(columns), status

    def creating(self, vendor: str) -> list[str]:
        """Refuse what rewrites a published version."""
        changed = " OR ".join(CHANGED[vendor].format(column=column) for column in self.columns)
        return [
            statement.format(table=self.table, status=self.status, changed=changed)
            for statement in VERSIONS[vendor]
        ]

    def dropping(self, vendor: str) -> list[str]:
        """Refuse nothing."""
        return [statement.format(table=self.table) for statement in VERSIONS_DROP[vendor]]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse to change published rows of {self.table}"


class PartOfPublished(Guard):
    """Refuses to add, change or delete rows that belong, by `column`, to a published row of `versions`."""

    def __init__(self, table: str, column: str, versions: str, status: str = "status") -> None:
        self.table, self.column, self.versions, self.status = table, column, versions, status

    def creating(self, vendor: str) -> list[str]:
        """Refuse what rewrites a part of a published version."""
        return [
            statement.format(table=self.table, old=self._of("OLD"), new=self._of("NEW"))
            for statement in PARTS[vendor]
        ]

    def dropping(self, vendor: str) -> list[str]:
        """Refuse nothing."""
        return [statement.format(table=self.table) for statement in PARTS_DROP[vendor]]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse to change rows of {self.table} that belong to a published version"

    def _of(self, row: str) -> str:
        return IS_PUBLISHED.format(versions=self.versions, row=row, column=self.column, status=self.status)


class OneInForce(Guard):
    """Refuses two published versions of one `whole` that rule at the same instant."""

    is_lifted: ClassVar[bool] = False

    def __init__(self, table: str, whole: str) -> None:
        self.table, self.whole = table, whole

    def creating(self, vendor: str) -> list[str]:
        """Refuse overlaps: an exclusion constraint, or triggers where there is none."""
        overlaps = OVERLAPS.format(table=self.table, whole=self.whole)
        return [
            statement.format(table=self.table, whole=self.whole, overlaps=overlaps)
            for statement in ONE_IN_FORCE[vendor]
        ]

    def dropping(self, vendor: str) -> list[str]:
        """Refuse nothing."""
        return [statement.format(table=self.table) for statement in ONE_IN_FORCE_DROP[vendor]]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse two versions of {self.table} in force at once"


def frozen_policy_versions() -> list[Guard]:
    """Give the operations that freeze published policy versions, their cells and their ladders."""
    table = "sla_policyversion"
    columns = (
        "policy_id", "number", "label", "valid_from", "calendar_id", "day_mode", "day_floor",
        "pausing_statuses", "reopen_days", "grace_minutes", "clamps_first_response", "is_binding",
    )  # fmt: skip
    return [
        FrozenOncePublished(table, columns),
        OneInForce(table, "policy_id"),
        PartOfPublished("sla_targetcell", "version_id", table),
        PartOfPublished("sla_ladderstep", "version_id", table),
    ]
