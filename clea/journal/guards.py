"""The database's own refusal to change the journal, for whoever goes round the ORM.

UPDATE is refused on both databases. DELETE is refused on PostgreSQL only: on SQLite the test
runner empties tables with DELETE, and whoever holds the file holds everything anyway; there,
``verify_journal`` is what tells.

SQLite drops a table's triggers when a migration rebuilds the table: a later migration of this
app that alters ``entry`` or ``actorsnapshot`` ends with ``RunPython(guards.install, …)``.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_ERASING = (
    "NEW.label = '' AND NEW.salt = '' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL "
    "AND NEW.digest = OLD.digest AND NEW.role = OLD.role AND NEW.id = OLD.id AND NEW.user_uuid = OLD.user_uuid"
)

SQLITE = {
    "journal_entry_no_update": """
        CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    "journal_actor_no_update": f"""
        CREATE TRIGGER journal_actor_no_update BEFORE UPDATE ON journal_actorsnapshot
        WHEN ({_ERASING}) IS NOT TRUE
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
}

POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
    END $$
"""
POSTGRESQL = {
    "journal_entry_no_update": """
        CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()
    """,
    "journal_entry_no_delete": """
        CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()
    """,
    "journal_actor_no_update": f"""
        CREATE TRIGGER journal_actor_no_update BEFORE UPDATE ON journal_actorsnapshot
        FOR EACH ROW WHEN (({_ERASING}) IS NOT TRUE) EXECUTE FUNCTION journal_refuse()
    """,
    "journal_actor_no_delete": """
        CREATE TRIGGER journal_actor_no_delete BEFORE DELETE ON journal_actorsnapshot
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()
    """,
}
_TABLE = {"entry": "journal_entry", "actor": "journal_actorsnapshot"}


def triggers(vendor: str) -> dict[str, str]:
    """The triggers of this database, by name; none for one that CLEA does not run on."""
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(vendor, {})


def install(apps: Any, schema_editor: Any) -> None:
    """Put the triggers in place. Idempotent; for ``RunPython``."""
    remove(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION)
    for statement in triggers(schema_editor.connection.vendor).values():
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away. Idempotent; the reverse of :func:`install`."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for name in triggers(schema_editor.connection.vendor):
        table = f" ON {_TABLE[name.split('_')[1]]}" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS journal_refuse()")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should stand and do not. One query."""
    wanted = triggers(connection.vendor)
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return sorted(set(wanted) - present)
