"""An archive back into an empty installation, on either database.

The whole archive is read first: one that is damaged, cut short or foreign writes nothing. Then the tables of its time,
its rows in one transaction that is compared with what the archive says, its files, and the migrations since. A
marker stands in the database meanwhile, so that a restore that was interrupted can be started again.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader

from clea.documents.services.storage import ROOT
from clea.errors import Refused
from clea.journal import services as journal
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from clea.upkeep import age, archive, checks
from clea.upkeep.tables import LEFT_OUT, NOT_MODELS, Migration, Schema, Table, digests, empty, give_numbers_after
from clea.upkeep.tables import insert as insert_rows

MARKER = "clea_restoring"
VERB = "backup.restored"
#: What migrations, a cache, a first visit and a clock put in a database that holds nothing yet.
NOTHING_YET = LEFT_OUT | NOT_MODELS | {MARKER, "auth_permission", "django_content_type", "upkeep_passage"}
SPOOL = 8 * 1024 * 1024

Say = Callable[[str], None]


@dataclass
class Restored:
    """What came back, and what ``verify`` says of it."""

    rows: int = 0
    files: int = 0
    file_bytes: int = 0
    seconds: float = 0.0
    migrated: int = 0
    waiting_mails: int = 0
    manifest: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def examine(path: Path, *, passphrase: str | None = None) -> dict[str, Any]:
    """Read an archive from end to end, check every hash, write nothing; its manifest. Raises ``Refused``."""
    with tempfile.TemporaryDirectory(prefix="clea-restore-") as folder:
        return archive.read(path, passphrase, Path(folder)).manifest


def run(path: Path, *, passphrase: str | None = None, say: Say = lambda text: None) -> Restored:
    """Restore an archive. Raises ``Refused`` before anything is written when it cannot be done."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="clea-restore-") as folder:
        contents = archive.read(path, passphrase, Path(folder))
        say("Archive entière : ses empreintes sont justes.")
        schema = _schema(contents)
        _require_empty(contents)
        done = Restored(manifest=contents.manifest)
        _mark()
        _make_tables(schema)
        done.rows = _load(schema, contents)
        say(f"{done.rows} ligne(s) relues, identiques à celles de l'archive.")
        for size in _put_files(path, passphrase, contents.files):
            done.files += 1
            done.file_bytes += size
        say(f"{done.files} fichier(s) à leur place.")
    done.migrated = _go_forward()
    call_command("createcachetable", verbosity=0)
    ContentType.objects.clear_cache()
    done.waiting_mails = OutgoingMail.objects.filter(state=MailState.APPROVED).count()
    _note(done)
    _unmark()
    for result in checks.run(checks.Options(quick=True)):
        done.faults += [f"{result.label} : {finding.sentence}, {finding.what}" for finding in result.faults]
    done.seconds = time.monotonic() - started
    return done


def _schema(contents: archive.Contents) -> Schema:
    """The tables of the archive's time, when this program knows how to make them."""
    wanted: set[Migration] = {(app, name) for app, name in contents.manifest["migrations"]}
    loader = MigrationLoader(connection)
    unknown = sorted(f"{app}.{name}" for app, name in wanted - set(loader.graph.nodes))
    if unknown:
        raise Refused(
            f"Cette archive vient d'une autre version de CLEA (migration {unknown[0]} inconnue ici) : installez la "
            "version qui l'a faite, restaurez, puis mettez à jour.",
            code="version",
        )
    schema = Schema(loader, wanted)
    # An older archive may hold what is left out now.
    if {table.name for table in schema.kept} != set(contents.manifest["tables"]) - LEFT_OUT:
        raise Refused(age.BROKEN, code="broken")
    return schema


# An empty installation --------------------------------------------------------------------------------


def _require_empty(contents: archive.Contents) -> None:
    """Raises ``Refused`` where anything already is, but what an interrupted restore of this archive left."""
    present = set(connection.introspection.table_names())
    if MARKER in present:
        if not _is_untouched(present, contents.manifest["journal"]):
            raise Refused(
                "Une restauration interrompue a laissé cette base à moitié faite, et elle a servi depuis, ou l'archive "
                "n'est pas la même : rien n'a été écrit. Donnez une base neuve dans DATABASE_URL, puis recommencez.",
                code="not_empty",
            )
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in sorted(present - NOTHING_YET):
            cursor.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                raise Refused(
                    f"Cette base n'est pas vide (table {table}) : une sauvegarde se restaure dans une installation "
                    "vide. Donnez une base neuve dans DATABASE_URL, puis recommencez.",
                    code="not_empty",
                )
    if _any_file(ROOT):
        raise Refused(
            "Des fichiers sont déjà enregistrés ici : une sauvegarde se restaure dans une installation vide. Donnez un "
            "autre dossier (VAR_DIR, ou STORAGE_URL), puis recommencez.",
            code="not_empty",
        )


def _is_untouched(present: set[str], head: dict[str, Any]) -> bool:
    """Whether the journal is empty, or ends as the archive's does, but for the line of the restore itself."""
    if not {"journal_chainhead", "journal_entry"} <= present:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM journal_chainhead")
        seq, found = cursor.fetchone() or (0, "")
        if seq == 0 or (seq, found) == (head["seq"], head["hash"]):
            return True
        cursor.execute("SELECT verb FROM journal_entry WHERE seq = %s", [seq])
        return bool(seq == head["seq"] + 1 and cursor.fetchone() == (VERB,))


def _any_file(folder: str) -> bool:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return False
    return bool(files) or any(_any_file(f"{folder}/{child}") for child in folders)


def _mark() -> None:
    with connection.cursor() as cursor:
        if MARKER not in connection.introspection.table_names(cursor):
            cursor.execute(f"CREATE TABLE {MARKER} (started varchar(40))")


def _unmark() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {MARKER}")


def _make_tables(schema: Schema) -> None:
    """Tables as the archive's migrations make them. Those that already stand so are kept."""
    present = set(connection.introspection.table_names())
    applied = set(MigrationLoader(connection).applied_migrations or {})
    if applied == set(schema.migrations):
        return
    known = {table.name for table in schema.tables} | {table.name for table in Schema.applied(connection).tables}
    _drop(sorted(present & (known | NOT_MODELS - {"sqlite_sequence"})))
    executor = MigrationExecutor(connection)
    wanted, graph = set(schema.migrations), executor.loader.graph
    if unknown := wanted - set(graph.nodes):
        raise RuntimeError(f"migrations lost on the way: {sorted(unknown)}")
    # The last of each app: what they need comes with them.
    executor.migrate([key for key in schema.migrations if not _followers(graph, key) & wanted])


def _followers(graph: MigrationGraph, key: Migration) -> set[Migration]:
    return {child.key for child in graph.node_map[key].children if child.key[0] == key[0]}


def _drop(names: list[str]) -> None:
    quote = connection.ops.quote_name
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"DROP TABLE {quote(name)} CASCADE")
        return
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TABLE {quote(name)}")


# What the archive holds -------------------------------------------------------------------------------


def _load(schema: Schema, contents: archive.Contents) -> int:
    """Every row, in one transaction, its links checked and its content compared before it is committed."""
    said = contents.manifest["tables"]
    with transaction.atomic():
        empty(connection, schema.tables)
        count = sum(insert_rows(connection, table, _rows(table, contents)) for table in schema.kept)
        connection.check_constraints()
        for table in schema.kept:
            give_numbers_after(connection, table, said[table.name]["last_number"])
        found = digests(connection, schema.kept)
        for name, (rows, digest) in found.items():
            if (rows, digest) != (said[name]["rows"], said[name]["digest"]):
                raise Refused(
                    f"La table {name} ne se relit pas comme l'archive la donne : rien n'a été gardé.",
                    code="differs",
                )
    return count


def _rows(table: Table, contents: archive.Contents) -> Iterator[list[Any]]:
    """The rows in the order of the table's own columns."""
    lines = contents.rows(table.name)
    columns = next(lines, [])
    if sorted(columns) != sorted(table.column_names):
        raise Refused(
            f"Les colonnes de la table {table.name} ne sont pas celles de ses migrations : rien n'a été gardé.",
            code="broken",
        )
    order = [columns.index(name) for name in table.column_names]
    if order == sorted(order):
        yield from lines
        return
    for row in lines:
        yield [row[place] for place in order]


def _put_files(path: Path, passphrase: str | None, listed: dict[str, tuple[int, str]]) -> Iterator[int]:
    """Each listed file under its own name; one that already lies there whole is left."""
    with archive.members(path, passphrase) as each:
        for name, content in each:
            if name not in listed:
                continue
            size, sha256 = listed[name]
            with tempfile.SpooledTemporaryFile(SPOOL) as spool:
                reading = archive.Hashing(content)
                while data := reading.read(archive.CHUNK):
                    spool.write(data)
                if (reading.size, reading.hexdigest()) != (size, sha256):
                    raise Refused(age.BROKEN, code="broken")
                if not _lies_there(name, size, sha256):
                    spool.seek(0)
                    kept = default_storage.save(name, File(spool, name))
                    if kept != name:
                        default_storage.delete(kept)
                        raise Refused(f"Le fichier {name} n'a pas pu prendre sa place : recommencez.", code="busy")
            yield size


def _lies_there(name: str, size: int, sha256: str) -> bool:
    """Whether an interrupted restore already wrote it. What it wrote in part is removed."""
    if not default_storage.exists(name):
        return False
    if default_storage.size(name) == size:
        with default_storage.open(name, "rb") as file:
            found = hashlib.sha256()
            while data := file.read(archive.CHUNK):
                found.update(data)
        if found.hexdigest() == sha256:
            return True
    default_storage.delete(name)
    return False


def _go_forward() -> int:
    """The migrations that came after the archive; how many."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", verbosity=0, interactive=False)
    return len(plan)


def _note(done: Restored) -> None:
    head = done.manifest["journal"]
    data = {"made_at": done.manifest["made_at"], "rows": done.rows, "files": done.files, "after_line": head["seq"]}
    with transaction.atomic():
        journal.record(by=None, verb=VERB, data=data)
