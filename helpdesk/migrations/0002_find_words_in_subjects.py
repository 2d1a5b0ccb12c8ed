"""An index that finds words inside subjects, where the database has one: PostgreSQL's trigrams.

The extension comes with PostgreSQL and its owner may create it (it is trusted). Where it is not installed or not
allowed, searching works all the same, only slower; SQLite reads the subjects one by one.
"""

import sys

from django.db import DatabaseError, migrations, transaction


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        sys.stderr.write(f"prazo: searching will be slower, there is no pg_trgm: {error}\n")
        return
    schema_editor.execute(
        'CREATE INDEX words_of_subjects ON helpdesk_ticket USING gin (UPPER(subject::text) gin_trgm_ops)'
    )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS words_of_subjects")


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
