"""What ``manage.py verify`` looks at: each check reads, changes nothing, and tells what does not hold.

The ground brings its own; a domain app adds what it knows of (the digests of deposits, the series of their numbers)
with :func:`register` from its ``AppConfig.ready``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models
from django.db.migrations.executor import MigrationExecutor

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.journal import services as journal

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Options:
    """``quick``: sizes and not hashes. ``anchors``: lines of the journal and the hash they were seen with."""

    quick: bool = False
    anchors: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What does not hold. ``what`` names it; a ``remark`` is to be known, and makes nothing fail."""

    sentence: str
    what: str = ""
    remark: bool = False


class Tally:
    """How many things a check looked at."""

    def __init__(self) -> None:
        self.seen = 0


Check = Callable[[Options, Tally], Iterator[Finding]]


@dataclass(frozen=True)
class Result:
    """One check: how many things it saw, and what it found."""

    name: str
    label: str
    seen: int
    findings: list[Finding]

    @property
    def faults(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.remark]

    def as_json(self) -> dict[str, Any]:
        return {
            "check": self.name,
            "seen": self.seen,
            "ok": not self.faults,
            "findings": [
                {"sentence": finding.sentence, "what": finding.what, "remark": finding.remark}
                for finding in self.findings
            ],
        }


_checks: dict[str, tuple[str, Check]] = {}


def register(name: str, label: str, check: Check) -> None:
    """Add a check; ``label`` is how the operator reads it. The same name replaces."""
    _checks[name] = (label, check)


def run(options: Options | None = None) -> Iterator[Result]:
    """Every check, in the order they were added."""
    for name, (label, check) in list(_checks.items()):
        tally = Tally()
        try:
            findings = list(check(options or Options(), tally))
        except DatabaseError as error:
            findings = [Finding("Contrôle impossible", " ".join(str(error).split())[:300])]
        yield Result(name, label, tally.seen, findings)


# The ground's own -------------------------------------------------------------------------------------


def migrations(options: Options, tally: Tally) -> Iterator[Finding]:
    """Tables are those that the program expects."""
    executor = MigrationExecutor(connection)
    tally.seen = len(executor.loader.applied_migrations)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        name = f"{migration.app_label}.{migration.name}"
        yield Finding("Migration à appliquer (manage.py migrate)", name)


def chain(options: Options, tally: Tally) -> Iterator[Finding]:
    """The journal holds from its first line to its last, and the database still refuses to change it."""
    result = journal.verify(anchors=options.anchors)
    tally.seen = result.count
    if not result.ok:
        yield Finding(f"Journal rompu à la ligne {result.broken_seq}", result.reason)
    for name in journal.missing_guards():
        yield Finding("Verrou du journal absent de la base (manage.py migrate journal 0001, puis migrate)", name)


def files(options: Options, tally: Tally) -> Iterator[Finding]:
    """Every row has its file, with the size and the SHA-256 that the row says. One query, each file read once."""
    rows = StoredFile.objects.order_by("pk").only("uuid", "file", "original", "size", "sha256")
    for row in rows.iterator(chunk_size=500):
        tally.seen += 1
        for stored in (row.file, row.original):
            if stored and (sentence := _wrong(row, stored, whole=not options.quick)):
                yield Finding(sentence, stored.name or "")


def _wrong(row: StoredFile, stored: Any, *, whole: bool) -> str:
    try:
        if stored.name != row.file.name:
            return "" if default_storage.exists(stored.name) else "Fichier absent"
        if default_storage.size(stored.name) != row.size:
            return "Fichier d'une autre taille que celle enregistrée"
        if whole and _sha256(stored.name) != row.sha256:
            return "Fichier dont l'empreinte n'est plus celle enregistrée"
    except FileNotFoundError:
        return "Fichier absent"
    return ""


def _sha256(name: str) -> str:
    found = hashlib.sha256()
    with default_storage.open(name, "rb") as file:
        while data := file.read(CHUNK):
            found.update(data)
    return found.hexdigest()


def unowned(options: Options, tally: Tally) -> Iterator[Finding]:
    """Files that no row names, for a day: left by a crash, ``manage.py menage`` removes them."""
    for name in documents.remove_unowned_files(older_than=timedelta(days=1), dry_run=True):
        tally.seen += 1
        yield Finding("Fichier que rien ne désigne (manage.py menage le supprime)", name, remark=True)


def references(options: Options, tally: Tally) -> Iterator[Finding]:
    """What a row points to exists. One query on SQLite, one a foreign key on PostgreSQL."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_key_check")
            for table, rowid, parent, _index in cursor.fetchall():
                yield Finding(f"Ligne qui désigne une ligne absente de {parent}", f"{table} {rowid}")
    for model in apps.get_models(include_auto_created=True):
        for key in model._meta.local_concrete_fields:
            if isinstance(key, models.ForeignKey) and getattr(key, "db_constraint", True):
                tally.seen += 1
                if connection.vendor != "sqlite":
                    yield from _dangling(model, key)


def _dangling(model: type[models.Model], key: models.ForeignKey[Any, Any]) -> Iterator[Finding]:
    parent = key.related_model
    assert isinstance(parent, type)
    quote = connection.ops.quote_name
    table, other = quote(model._meta.db_table), quote(parent._meta.db_table)
    mine, theirs = quote(str(key.column)), quote(str(key.target_field.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {mine} FROM {table} a WHERE {mine} IS NOT NULL "  # noqa: S608
            f"AND NOT EXISTS (SELECT 1 FROM {other} b WHERE b.{theirs} = a.{mine}) LIMIT 20"
        )
        for (value,) in cursor.fetchall():
            yield Finding(
                f"Ligne qui désigne une ligne absente de {parent._meta.db_table}", f"{model._meta.db_table} → {value}"
            )


def bring() -> None:
    """The ground's checks, first. Called once the apps are ready."""
    register("migrations", "tables à jour", migrations)
    register("journal", "journal", chain)
    register("files", "fichiers enregistrés", files)
    register("unowned", "fichiers sans propriétaire", unowned)
    register("references", "liens entre les lignes", references)
