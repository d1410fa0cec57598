"""Indexes for the desk's list of dossiers. On PostgreSQL, its search by parts of words has one too.

The extension pg_trgm is PostgreSQL's own and trusted: whoever may create in the database may add it. Where that is
refused, the migration says so and goes on: the search reads the table, as it does on SQLite.
"""

import logging
from typing import Any

from django.db import DatabaseError, migrations, models, transaction

log = logging.getLogger(__name__)

INDEX = "application_search_parts"
FILED = models.Q(last_deposit__isnull=False)


def add(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute(f"CREATE INDEX {INDEX} ON candidatures_application USING gin (search gin_trgm_ops)")
    except DatabaseError as error:
        log.warning("No index for the search by parts of words: %s", error)


def remove(_apps: Any, schema_editor: Any) -> None:
    """The extension stays: another index may rest on it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("candidatures", "0005_retention")]

    operations = [
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["call", "state", "country", "postal_code", "applicant_kind", "keep_in_touch"],
                condition=FILED,
                name="application_filed_choices",
            ),
        ),
        migrations.AddIndex(
            "application",
            models.Index(fields=["state", "-last_deposit"], condition=FILED, name="application_filed_states"),
        ),
        migrations.AddIndex(
            "application", models.Index(fields=["artist_name"], condition=FILED, name="application_filed_names")
        ),
        migrations.AddIndex(
            "application",
            models.Index(fields=["city", "-last_deposit"], condition=FILED, name="application_filed_cities"),
        ),
        migrations.AddIndex("deposit", models.Index(fields=["-received_at"], name="deposit_received")),
        migrations.RunPython(add, remove),
    ]
