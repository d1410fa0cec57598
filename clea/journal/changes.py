"""What everyone may read has changed: one mark that moves with every write, but those that show nobody anything.

Who keeps a public page for the next visitor (``clea.ui.kept``) reads the mark before making it: a page is shown again
while the mark stands. Every statement that writes is watched, whichever service, command or admin page sends it, and a
table moves the mark until its app says that it shows nothing (:func:`unseen`): forgetting costs a page made once more,
never a page out of date.

The mark is a word drawn at random on the chain's last row, which every act of the house writes: moving it costs an act
nothing, and it is committed with what it tells. A write that records nothing moves it just after its commit, by one
more statement; were the machine to stop between the two, pages would be late until their minute ends.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import DatabaseError, InterfaceError, connection, models, transaction
from django.db.backends.base.base import NO_DB_ALIAS, BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from clea.journal.models import ChainHead

#: How a line of the journal and the chain's end are written in one (``services.record``).
LINES = 'WITH lines AS (INSERT INTO "journal_entry"'
#: What only reads, or belongs to the transaction, or is the journal's own: how nearly every statement begins.
_READS = (LINES, "SELECT", "(SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "SET ", "PRAGMA", "EXPLAIN")
_WITH_WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE)
_WRITE = re.compile(
    r'(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:"?public"?\.)?"?(\w+)"?(?=[\s(]|$)', re.IGNORECASE
)
#: The ground's own applications: accounts, mail, work and trace. Nothing of theirs is on a public page.
_APPS = frozenset(
    {
        "account", "accounts", "admin", "auth", "contenttypes", "django_tasks_database", "jobs", "journal", "mail",
        "mfa", "privacy", "sessions", "upkeep",
    }
)  # fmt: skip
#: Tables of which a write is not seen, with the words of a statement that is seen all the same.
_unseen: dict[str, re.Pattern[str] | None] = {"clea_cache": None, "django_migrations": None, "django_session": None}


def unseen(*tables: type[models.Model], but: str = "") -> None:
    """Say from ``AppConfig.ready`` that writing these shows the public nothing, ``but`` a statement that matches."""
    for table in tables:
        _unseen[table._meta.db_table] = re.compile(but, re.IGNORECASE) if but else None


def settle() -> None:
    """Watch every connection to come; what the ground's own applications keep shows nothing."""
    unseen(*(model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in _APPS))
    connection_created.connect(watch, dispatch_uid="clea.journal.changes")


def unseen_tables() -> set[str]:
    """Tables that no public page may read."""
    return {table for table, but in _unseen.items() if but is None}


def is_seen(sql: str) -> bool:
    """Whether this statement writes something that the public may read. One in words of nobody's is taken to."""
    if sql.startswith(_READS):
        return False
    words = sql.lstrip()
    if (found := _WRITE.match(words)) is None:
        reads = words[:10].upper().startswith(_READS)
        with_only = words[:5].upper() == "WITH " and _WITH_WRITES.search(words) is None
        return not (reads or with_only)
    if (table := found[1].lower()) not in _unseen:
        return True
    but = _unseen[table]
    return but is not None and but.search(words) is not None


def watch(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Watch the statements of a connection that opens."""
    # One that is in no database makes or drops them.
    if connection.alias != NO_DB_ALIAS and _note not in connection.execute_wrappers:
        connection.execute_wrappers.append(_note)


def _note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    done = execute(sql, params, many, context)
    if is_seen(str(sql)):
        writer = context["connection"]
        # One a transaction. A savepoint that is rolled back takes its own with it.
        if not any(entry[1] is _move for entry in writer.run_on_commit):
            transaction.on_commit(_move, using=writer.alias, robust=True)
            # Before whatever else waits for the commit: it may take long, or fail and stop what follows it.
            if writer.in_atomic_block:
                writer.run_on_commit.insert(0, writer.run_on_commit.pop())
    return done


def _move() -> None:
    """After the commit of what no line of the journal told."""
    # Before the first line of the journal there is no such row, and no page is kept; nor is there a table while the
    # first migrations run. Making the row here would leave a database that a backup no longer takes for empty.
    with suppress(DatabaseError):
        ChainHead.objects.filter(pk=1).update(public=new_mark())


def new_mark() -> str:
    """Drawn and not counted: a mark of before a restoration never comes back for another content."""
    return secrets.token_hex(8)


def taken() -> bool:
    """Whether this transaction wrote something seen that the line about to be recorded may tell, once.

    Not what a savepoint around this very line would leave standing if it were rolled back.
    """
    around, waiting = set(connection.savepoint_ids), connection.run_on_commit
    told = [at for at, entry in enumerate(waiting) if entry[1] is _move and around <= entry[0]]
    for at in told:
        waiting[at] = (waiting[at][0], _stay, True)  # type: ignore[assignment] # the stubs forget "robust"
    return bool(told)


def wrote() -> bool:
    """Whether this transaction wrote something seen: what it reads is not yet what others read."""
    return any(entry[1] in (_move, _stay) for entry in connection.run_on_commit)


def _stay() -> None:
    """After a commit that a line of the journal told."""


def mark() -> str | None:
    """Where everything public stands; ``None`` when nothing was ever written. One query, and no object made of it.

    Asked for a page that needs nothing else, it tells by itself whether a connection kept from an earlier request
    still stands, in place of the question that Django would ask before it: one that fell is opened again.
    """
    if connection.in_atomic_block:
        return _read()
    connection.health_check_done = True  # type: ignore[attr-defined] # the stubs forget it
    try:
        return _read()
    except (DatabaseError, InterfaceError):
        connection.close()
        return _read()


def _read() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public FROM journal_chainhead WHERE id = 1")
        found = cursor.fetchone()
    return str(found[0]) if found else None
