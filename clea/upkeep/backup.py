"""One archive of everything, while the site runs.

The files are written once and never changed: those that exist are copied first, then an instant of the database is
held, the few files that came meanwhile are copied, and the rows are read. A file that was discarded in between makes
another instant be taken: in the end every file that a row of the archive names is in the archive.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import django
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from clea.errors import Refused
from clea.journal import services as journal
from clea.upkeep import age, archive
from clea.upkeep.tables import LEFT_OUT, NOT_MODELS, Digest, Schema, Table, frozen, last_number, line, rows

#: Another instant is taken at most so often when files keep being discarded under our hand.
ATTEMPTS = 50
STORED = "documents_storedfile"
PREFIX = "clea-"
VERB = "backup.made"


@dataclass
class Made:
    """What an archive holds. ``missing`` and ``damaged`` name files that were already so in the installation."""

    rows: int = 0
    files: int = 0
    file_bytes: int = 0
    size: int = 0
    seconds: float = 0.0
    attempts: int = 0
    sha256: str = ""
    path: Path | None = None
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.missing and not self.damaged


@dataclass(frozen=True)
class _Snapshot:
    """The rows of one instant, gzipped one table after the other in ``spool``, and the files that they name."""

    tables: dict[str, dict[str, Any]]
    places: dict[str, tuple[int, int]]
    files: set[str]
    said: dict[str, tuple[int, str]]
    head: tuple[int, str]
    migrations: list[tuple[str, str]]
    strangers: list[str]


def write(out: IO[bytes], *, passphrase: str | None = None) -> Made:
    """Write the archive into ``out``, which stays open. Raises ``Refused`` when it cannot be whole."""
    started = time.monotonic()
    counting = _Counting(out)
    sealed = age.SealedWriter(cast(IO[bytes], counting), passphrase) if passphrase else None
    try:
        made = _write(cast(IO[bytes], sealed or counting))
    except BaseException:
        if sealed is not None:
            sealed.abandon()
        raise
    if sealed is not None:
        sealed.close()
    out.flush()
    made.size, made.seconds = counting.count, time.monotonic() - started
    return made


def _write(out: IO[bytes]) -> Made:
    writer = archive.Writer(out)
    try:
        made = _fill(writer)
    except BaseException:
        writer.abandon()
        raise
    writer.close()
    return made


def _fill(writer: archive.Writer) -> Made:
    made = Made()
    schema = Schema.applied(connection)
    for name in _named(connection, schema):
        _copy(writer, name)
    with tempfile.TemporaryFile(prefix="clea-backup-") as spool:
        snapshot = _settled(schema, writer, spool, made)
        for table, (start, size) in snapshot.places.items():
            spool.seek(start)
            writer.add(f"tables/{table}.jsonl.gz", spool, size)
    listed = {name: writer.members[name] for name in sorted(snapshot.files - set(made.missing))}
    made.damaged = [name for name, found in listed.items() if snapshot.said.get(name, found) != found]
    made.files, made.file_bytes = len(listed), sum(size for size, _sha in listed.values())
    made.rows = sum(table["rows"] for table in snapshot.tables.values())
    writer.add_bytes(
        archive.LISTING, gzip.compress(b"".join(line([name, *found]) for name, found in listed.items()), mtime=0)
    )
    manifest = _manifest(writer, snapshot, made)
    made.sha256 = hashlib.sha256(manifest).hexdigest()
    writer.add_bytes(archive.MANIFEST, manifest)
    writer.add_bytes(archive.SEAL, made.sha256.encode() + b"\n")
    return made


def _named(database: BaseDatabaseWrapper, schema: Schema) -> Iterator[str]:
    """The files that rows name. One query a column of files."""
    quote = database.ops.quote_name
    for table in schema.kept:
        for column in table.columns:
            if column.is_file:
                name = quote(column.name)
                with database.cursor() as cursor:
                    cursor.execute(f"SELECT {name} FROM {quote(table.name)} WHERE {name} <> ''")  # noqa: S608
                    names = [row[0] for row in cursor.fetchall()]
                yield from names


def _copy(writer: archive.Writer, name: str) -> bool:
    """Put a stored file in the archive, once; whether it is there. A file that is gone is not."""
    if name in writer.members:
        return True
    if not archive.is_safe(name):
        raise Refused(f"Le nom de fichier {name!r} n'a pas sa place dans une archive.", code="name")
    try:
        file = default_storage.open(name, "rb")
    except FileNotFoundError:
        return False
    with file:
        writer.add(name, file, file.size)
    return True


def _settled(schema: Schema, writer: archive.Writer, spool: IO[bytes], made: Made) -> _Snapshot:
    """The rows of one instant, once every file that they name is in the archive, or was lost long before.

    The files come first, within milliseconds of the instant: few are discarded so quickly.
    """
    for attempt in range(1, ATTEMPTS + 1):
        made.attempts = attempt
        with frozen(connection) as database:
            if set(MigrationRecorder(database).applied_migrations()) != schema.applied_migrations:
                raise Refused(
                    "Une mise à jour de la base est en cours : recommencez quand elle est finie.", code="busy"
                )
            lacking = [name for name in _named(database, schema) if not _copy(writer, name)]
            if lacking and not set(_named(connection, schema)).issuperset(lacking):
                continue
            made.missing = sorted(set(lacking))
            return _snapshot(database, schema, spool)
    raise Refused(
        "Des fichiers sont supprimés plus vite qu'ils ne se copient : recommencez la sauvegarde plus tard.", code="busy"
    )


def _snapshot(database: BaseDatabaseWrapper, schema: Schema, spool: IO[bytes]) -> _Snapshot:
    tables, places = {}, {}
    files: set[str] = set()
    said: dict[str, tuple[int, str]] = {}
    for table in schema.kept:
        start = spool.tell()
        digest = _pour(database, table, spool, files, said)
        places[table.name] = (start, spool.tell() - start)
        tables[table.name] = {
            "rows": digest.count,
            "digest": digest.hexdigest(),
            "last_number": last_number(database, table),
        }
    with database.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM journal_chainhead")
        head = cursor.fetchone() or (0, "")
    known = {table.name for table in schema.tables} | NOT_MODELS
    strangers = sorted(set(database.introspection.table_names()) - known)
    return _Snapshot(tables, places, files, said, (int(head[0]), head[1]), schema.migrations, strangers)


def _pour(
    database: BaseDatabaseWrapper,
    table: Table,
    spool: IO[bytes],
    files: set[str],
    said: dict[str, tuple[int, str]],
) -> Digest:
    """Write a table at the end of the spool, and note the files that its rows name."""
    digest = Digest(table)
    columns = table.column_names
    holders = [place for place, column in enumerate(table.columns) if column.is_file]
    whole = [columns.index(name) for name in ("file", "size", "sha256")] if table.name == STORED else []
    with gzip.GzipFile(fileobj=spool, mode="wb", compresslevel=6, mtime=0) as packed:
        packed.write(line(columns))
        for row in rows(database, table):
            written = line(row)
            digest.add(row, written)
            packed.write(written)
            files.update(row[place] for place in holders if row[place])
            if whole:
                said[row[whole[0]]] = (row[whole[1]], row[whole[2]])
    return digest


def _manifest(writer: archive.Writer, snapshot: _Snapshot, made: Made) -> bytes:
    kept = {
        "format": archive.FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": connection.vendor,
        "django": django.get_version(),
        "migrations": snapshot.migrations,
        "tables": snapshot.tables,
        "files": {"count": made.files, "bytes": made.file_bytes, "missing": made.missing, "damaged": made.damaged},
        "journal": {"seq": snapshot.head[0], "hash": snapshot.head[1]},
        "left_out": sorted(LEFT_OUT | NOT_MODELS),
        "strangers": snapshot.strangers,
        # The stored files are in the listing, which is one of these.
        "members": {name: said for name, said in writer.members.items() if not archive.is_safe(name)},
    }
    return json.dumps(kept, ensure_ascii=False, indent=1).encode() + b"\n"


class _Counting:
    """Counts what goes by."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.count = 0

    def write(self, data: bytes) -> int:
        self._out.write(data)
        self.count += len(data)
        return len(data)


# Where it goes ----------------------------------------------------------------------------------------


def to_path(target: Path, *, passphrase: str | None = None) -> Made:
    """Write the archive at ``target``, or under a dated name when that is a folder: whole, or not at all."""
    if target.is_dir():
        at = timezone.now().astimezone(UTC)
        target /= f"{PREFIX}{at:%Y%m%dT%H%M%SZ}.tar{'.age' if passphrase else ''}"
    if target.exists():
        raise Refused(f"{target} existe déjà : choisissez un autre nom.", code="exists")
    partial = target.with_name(f"{target.name}.partial")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            made = write(out, passphrase=passphrase)
            os.fsync(out.fileno())
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _sync(target.parent)
    made.path = target
    return made


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def note(made: Made) -> None:
    """Say in the journal that everything was copied: when, how much, and the manifest's hash."""
    data = {"rows": made.rows, "files": made.files, "sound": made.sound, "manifest": made.sha256}
    with transaction.atomic():
        journal.record(by=None, verb=VERB, data=data)


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the last ``keep`` archives of a folder, and what interrupted backups left a day ago."""
    made = sorted(path for path in folder.glob(f"{PREFIX}*T*Z.tar*") if path.suffix != ".partial")
    a_day_ago = time.time() - 24 * 3600
    stale = [path for path in folder.glob(f"{PREFIX}*.partial") if path.stat().st_mtime < a_day_ago]
    doomed = made[: max(len(made) - keep, 0)] + stale
    for path in doomed:
        path.unlink(missing_ok=True)
    return doomed
