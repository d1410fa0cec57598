"""An index for searching by parts of words, for migrations: what it does is never changed, but followed by another.

On PostgreSQL alone, with its own and trusted extension pg_trgm: whoever may create in the database may add it. Where
that is refused, the migration says so and goes on: the search reads the table, as it does on SQLite.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, transaction
from django.db.migrations import RunPython

log = logging.getLogger(__name__)


def search_parts(table: str) -> RunPython:
    """The operation that indexes the ``search`` column (:class:`clea.text.SearchField`) of a table."""
    index = f"{table}_search_parts"

    def add(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                schema_editor.execute(f"CREATE INDEX {index} ON {table} USING gin (search gin_trgm_ops)")
        except DatabaseError as error:
            log.warning("No index for the search by parts of words: %s", error)

    def remove(_apps: Any, schema_editor: Any) -> None:
        """The extension stays: another index may rest on it."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {index}")

    return RunPython(add, remove)
