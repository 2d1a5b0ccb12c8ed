"""Rows that are published by being written: the database itself refuses to change them (R2).

Like a table that only grows (`sla.append_only`), and with the same warning: Django rebuilds a table on SQLite
when one of its columns changes, and the trigger is lost with the old table. A later migration that alters
calendar versions ends with `frozen_calendar_versions()` again.
"""

from collections.abc import Sequence

from sla.append_only import Guard

CREATE = {
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS "frozen_{table}" BEFORE UPDATE ON "{table}" WHEN {broken}
           BEGIN SELECT RAISE(ABORT, '{table} is frozen'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION "frozen_{table}"() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
             IF {broken} THEN
               RAISE EXCEPTION '{table} is frozen' USING ERRCODE = 'integrity_constraint_violation';
             END IF;
             RETURN NEW;
           END $$""",
        """CREATE OR REPLACE TRIGGER "frozen_row" BEFORE UPDATE ON "{table}"
           FOR EACH ROW EXECUTE FUNCTION "frozen_{table}"()""",
    ),
}
DROP = {
    "sqlite": ('DROP TRIGGER IF EXISTS "frozen_{table}"',),
    "postgresql": ('DROP FUNCTION IF EXISTS "frozen_{table}"() CASCADE',),
}
CHANGED = {
    "sqlite": 'OLD."{column}" IS NOT NEW."{column}"',
    "postgresql": 'OLD."{column}" IS DISTINCT FROM NEW."{column}"',
}
LOST = {
    "sqlite": """EXISTS (
        SELECT 1 FROM json_each(OLD."{column}") AS was WHERE NOT EXISTS (
          SELECT 1 FROM json_each(NEW."{column}") AS is_now
          WHERE is_now.value = was.value
            AND (is_now.key = was.key OR json_type(OLD."{column}") = 'array')))""",
    "postgresql": 'NOT NEW."{column}" @> OLD."{column}"',
}


class FrozenColumns(Guard):
    """Refuses a change of some columns, and a loss from JSON columns that may grow: an `IntegrityError`."""

    def __init__(
        self,
        table: str,
        columns: Sequence[str],
        growing: Sequence[str] = (),
        broken: dict[str, str] | None = None,
    ) -> None:
        self.table, self.columns, self.growing, self.broken = table, columns, growing, broken or {}

    def creating(self, vendor: str) -> list[str]:
        """Refuse the UPDATEs that change what was said, or lose some of it."""
        broken = " OR ".join(self._broken(vendor))
        return [statement.format(table=self.table, broken=broken) for statement in CREATE[vendor]]

    def dropping(self, vendor: str) -> list[str]:
        """Refuse nothing."""
        return [statement.format(table=self.table) for statement in DROP[vendor]]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse to change what {self.table} says"

    def _broken(self, vendor: str) -> list[str]:
        changed = [CHANGED[vendor].format(column=column) for column in self.columns]
        lost = [LOST[vendor].format(column=column) for column in self.growing]
        return [*changed, *lost, *([self.broken[vendor]] if vendor in self.broken else [])]


STRUCK_STAYS_OPEN = {
    "sqlite": """EXISTS (
        SELECT 1 FROM json_each(NEW.holidays) AS closed
        WHERE closed.value IN (SELECT key FROM json_each(OLD.holiday_origins))
          AND closed.value NOT IN (SELECT value FROM json_each(OLD.holidays)))""",
    "postgresql": """EXISTS (
        SELECT 1 FROM jsonb_array_elements_text(NEW.holidays) AS closed(day)
        WHERE OLD.holiday_origins ? closed.day AND NOT OLD.holidays ? closed.day)""",
}


def frozen_calendar_versions() -> FrozenColumns:
    """Give the operation that freezes calendar versions: only holidays of further dates may be added."""
    return FrozenColumns(
        "sla_calendarversion",
        columns=(
            "calendar_id", "valid_from", "zone", "week", "overrides",
            "holiday_country", "holiday_subdivision", "holiday_categories",
        ),
        growing=("holidays", "holiday_names", "holiday_origins"),
        broken=STRUCK_STAYS_OPEN,
    )  # fmt: skip
