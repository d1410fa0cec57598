"""Files in, files out. The bytes go to the default storage, one row says what they are.

A file cannot be part of a database transaction. So it is written first and its row after: a
rollback leaves at worst a file that no row names, which ``manage.py menage`` removes; never
a row whose file is missing. Files are removed only once the deletion of their row is committed.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents.enums import Refusal
from clea.documents.errors import PieceRefused
from clea.documents.models import StoredFile
from clea.documents.services import scanning
from clea.documents.services.inspection import Inspection, inspect, refusal
from clea.errors import Unavailable
from clea.journal import services as journal

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

    from clea.accounts.models import User

log = logging.getLogger(__name__)

PDF = "application/pdf"
CHUNK = 256 * 1024
ROOT = "files"
#: No room left, or a disk that takes nothing any more.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}


@contextmanager
def refusing_politely() -> Iterator[None]:
    """A store that is away or full becomes a refusal that a person can act on; the operator reads why in the log."""
    try:
        yield
    except OSError as error:
        if not isinstance(error, Unavailable) and error.errno not in _NO_ROOM:
            raise
        log.error("a file could not be kept: %s", error)
        raise PieceRefused(
            _(
                "Ce fichier n'a pas pu être enregistré : le rangement des fichiers ne répond pas ou n'a plus de place. "
                "Rien n'est changé. Réessayez dans quelques minutes ; si cela dure, écrivez-nous."
            ),
            code="unavailable",
        ) from error


def intake_pdf(
    *, by: User | None, upload: UploadedFile, max_bytes: int, max_pages: int, hold: bool = False
) -> StoredFile:
    """Receive a PDF: copy, hash, inspect, store. Raises :class:`PieceRefused` with the reason.

    Nothing the sender says is believed: neither the name's extension nor the content type.
    Call it *before* opening your own transaction: inspection may take ten seconds, during which
    SQLite would let nobody else write. One query (two with the savepoint inside a transaction).

    A file in which the antivirus finds something is refused, or kept and held with ``hold``: where a deadline
    runs, a false alarm may then be released. One that it could not look at is kept, waiting.
    """
    with refusing_politely(), tempfile.TemporaryDirectory(prefix="clea-intake-") as scratch:
        received, repaired = Path(scratch) / "received.pdf", Path(scratch) / "repaired.pdf"
        _receive(upload, received, max_bytes)
        found = inspect(received, max_bytes=max_bytes, max_pages=max_pages, repaired_to=repaired)
        _accept(found)
        scan = scanning.at_intake(received, *([repaired] if found.repaired else []))
        if not hold:
            scanning.refuse_infected(scan)
        return store_path(
            by=by,
            path=repaired if found.repaired else received,
            original=received if found.repaired else None,
            name=upload.name or "document.pdf",
            content_type=PDF,
            pages=found.pages,
            scan=scan,
        )


def _receive(upload: UploadedFile, path: Path, max_bytes: int) -> None:
    """Copy what comes in, and stop reading as soon as it is over the limit."""
    size = 0
    with path.open("wb") as out:
        for chunk in upload.chunks(CHUNK):
            size += len(chunk)
            if size > max_bytes:
                _accept(refusal(Refusal.TOO_LARGE, size=max(size, upload.size or 0), max_bytes=max_bytes))
            out.write(chunk)


def _accept(found: Inspection) -> None:
    if not found.ok:
        raise PieceRefused(found.message, code=found.code)


def store_bytes(
    *, by: User | None, content: bytes, name: str, content_type: str, pages: int | None = None
) -> StoredFile:
    """Keep bytes that the program made itself. One query."""
    return _store(
        by=by, file=ContentFile(content), sha256=hashlib.sha256(content).hexdigest(), size=len(content),
        original=None, name=name, content_type=content_type, pages=pages,
    )  # fmt: skip


def intake_bytes(*, by: User | None, content: bytes, name: str, content_type: str) -> StoredFile:
    """Keep bytes that a person sent and that were judged already (a sheet). One query.

    Raises :class:`PieceRefused` when the antivirus finds something in them.
    """
    with tempfile.TemporaryDirectory(prefix="clea-intake-") as scratch:
        received = Path(scratch) / "received"
        received.write_bytes(content)
        scan = scanning.at_intake(received)
        scanning.refuse_infected(scan)
        return store_path(by=by, path=received, name=name, content_type=content_type, scan=scan)


def store_path(
    *,
    by: User | None,
    path: Path,
    name: str,
    content_type: str,
    pages: int | None = None,
    original: Path | None = None,
    scan: scanning.Scan = scanning.NOT_SCANNED,
    copy_of: StoredFile | None = None,
) -> StoredFile:
    """Keep a file that the program made, or received, at ``path``; the bytes stream through.

    ``original`` is what was received when ``path`` is its repaired copy; ``scan`` what the antivirus said of what
    was received; ``copy_of`` the file it was drawn from. One query.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        if original is None:
            return _store(
                by=by, file=File(file), sha256=sha256, size=path.stat().st_size,
                original=None, name=name, content_type=content_type, pages=pages, scan=scan, copy_of=copy_of,
            )  # fmt: skip
        with original.open("rb") as first:
            return _store(
                by=by, file=File(file), sha256=sha256, size=path.stat().st_size,
                original=File(first), name=name, content_type=content_type, pages=pages, scan=scan, copy_of=copy_of,
            )  # fmt: skip


def _store(
    *,
    by: User | None,
    file: File[bytes],
    sha256: str,
    size: int,
    original: File[bytes] | None,
    name: str,
    content_type: str,
    pages: int | None,
    scan: scanning.Scan = scanning.NOT_SCANNED,
    copy_of: StoredFile | None = None,
) -> StoredFile:
    row = StoredFile(
        original_name=plain_name(name),
        content_type=content_type,
        size=size,
        sha256=sha256,
        pages=pages,
        repaired=original is not None,
        created_by_uuid=by.uuid if by else None,
    )
    scanning.mark(row, scan)
    if copy_of is not None:
        scanning.follow(row, copy_of)
    try:
        with refusing_politely():
            row.file.save("file", file, save=False)
            if original is not None:
                row.original.save("original", original, save=False)
        with transaction.atomic():
            # The table's constraints answer at the insert: asking them first is a dozen queries a file.
            row.clean_fields()
            row.save(force_insert=True)
            scanning.received(row, by=by)
    except BaseException:
        _delete_files([(field.storage, field.name or "") for field in (row.file, row.original) if field])
        raise
    return row


def plain_name(name: str) -> str:
    """The sender's file name, fit to be shown: last part of any path, printable, 255 characters."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if char.isprintable()).strip(" .")
    if len(name) > 255:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: 254 - len(extension)]}{dot}{extension}" if dot and len(extension) < 10 else name[:255]
    return name or "document"


def discard(stored_file: StoredFile, *, by: User | None = None) -> None:
    """Delete the row now and its bytes once that is committed; the journal keeps the hash.

    The caller must have checked that nothing needs the file any more: a protected reference
    raises ``ProtectedError`` and nothing is lost.
    """
    doomed = [(field.storage, field.name or "") for field in (stored_file.file, stored_file.original) if field]
    with transaction.atomic():
        journal.record(by=by, verb="file.discarded", target=stored_file, data={"sha256": stored_file.sha256})
        stored_file.delete()
        transaction.on_commit(lambda: _delete_files(doomed))


def _delete_files(doomed: list[tuple[Storage, str]]) -> None:
    for storage, name in doomed:
        try:
            storage.delete(name)
        except OSError:  # no row names it: menage will come back for the bytes
            log.exception("could not delete a file that no row names")


@contextmanager
def local_path(stored_file: StoredFile, *, original: bool = False, withheld_too: bool = False) -> Iterator[Path]:
    """A path where the bytes can be read while the block lasts, wherever the storage keeps them.

    On disk it is the file itself (do not write to it); from S3 it is a temporary copy. Raises :class:`Withheld` for
    a file that the antivirus keeps from being read, unless ``withheld_too``: nobody reads what comes of it.
    """
    if not withheld_too:
        scanning.require_readable(stored_file)
    field: FieldFile = stored_file.original if original and stored_file.original else stored_file.file
    try:
        path = Path(field.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile(prefix="clea-", suffix=".pdf") as copy, field.open("rb") as source:
            shutil.copyfileobj(source, copy, CHUNK)
            copy.flush()
            yield Path(copy.name)
    else:
        yield path


def opened(stored_file: StoredFile) -> IO[bytes]:
    """The bytes, to read. Raises :class:`Withheld` as :func:`local_path`; every reading goes by one of the two."""
    scanning.require_readable(stored_file)
    return stored_file.file.open("rb")


def remove_unowned_files(*, older_than: timedelta, dry_run: bool = False) -> list[str]:
    """Delete stored files that no row names, left by a rollback or a crash; return their names.

    ``older_than`` protects uploads whose transaction is still open. One query per 500 files.
    """
    limit = timezone.now() - older_than
    removed: list[str] = []
    batch: list[str] = []
    for name in _stored_names(default_storage, ROOT):
        batch.append(name)
        if len(batch) == 500:
            removed += _unowned(batch, limit)
            batch = []
    removed += _unowned(batch, limit)
    if not dry_run:
        for name in removed:
            default_storage.delete(name)
    return removed


def _unowned(names: list[str], limit: datetime) -> list[str]:
    owned = set(StoredFile.objects.filter(file__in=names).values_list("file", flat=True))
    owned |= set(StoredFile.objects.filter(original__in=names).values_list("original", flat=True))
    return [name for name in names if name not in owned and _is_older(name, limit)]


def _is_older(name: str, limit: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < limit
    except FileNotFoundError:  # gone since it was listed: a part that got its name, a file discarded
        return False


def _stored_names(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for file in sorted(files):
        yield f"{folder}/{file}"
    for child in sorted(folders):
        yield from _stored_names(storage, f"{folder}/{child}")


def read_chunks(file: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    """``length`` bytes of ``file`` from ``start``, in pieces; closes the file at the end."""
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
