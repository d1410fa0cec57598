"""Dossiers as readable folders, in one ZIP that leaves as it is made: nothing is held whole."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from zipstream import ZIP_STORED, ZipStream

from candidatures.models import Application, DepositPiece
from candidatures.reports.rows import rows, titles
from candidatures.reports.spreadsheets import csv_lines
from candidatures.services import assembly
from clea.documents import services as documents
from clea.documents.names import FOLDER_LENGTH, Names, safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from candidatures.models import Deposit
    from clea.documents.models import StoredFile

log = logging.getLogger(__name__)

#: Read, summed and written while it is in the processor's cache: by the megabyte, three times slower than copying.
_CHUNK = 256 * 1024
#: Dossiers read at a time.
_RUN = 20


def stream(applications: Sequence[Application], *, each: Callable[[], object] = lambda: None) -> Iterator[bytes]:
    """The bytes of the archive: a folder a dossier, and the list at the root.

    Each folder holds the standing deposit: the assembled dossier (made now if nobody has), then
    every piece in its order. A file that cannot be read does not stop the others: a note at the
    root says which. Two queries for each run of twenty dossiers, and those of an assembly for one that nobody made yet.
    ``each`` is called after every dossier.
    """
    keys = [application.pk for application in applications]
    archive = ZipStream(compress_type=ZIP_STORED)
    problems: list[str] = []
    listed = Application.objects.filter(pk__in=keys).order_by("last_deposit__number")
    archive.add(csv_lines(titles(), rows(listed)), "liste.csv")
    yield from archive.all_files()
    folders = Names()
    for deposit in _deposits(keys):
        if deposit is None:
            each()
            continue
        folder = folders.unique(
            safe_name(f"{deposit.number} {deposit.data['identity']['artist_name']}", length=FOLDER_LENGTH)
        )
        for name, content in _files(deposit, problems):
            archive.add(content, f"{folder}/{name}")
            yield from archive.all_files()
        each()
    if problems:
        note = _("Ces fichiers n'ont pas pu être lus. Prévenez la personne qui administre le site.") + "\r\n\r\n"
        archive.add((note + "\r\n".join(problems) + "\r\n").encode("utf-8-sig"), _("À LIRE – fichiers manquants.txt"))
    yield from archive.finalize()


def _deposits(keys: Sequence[int]) -> Iterator[Deposit | None]:
    """The standing deposit of each dossier, in this order, as it is when its run begins; ``None`` for none."""
    pieces = Prefetch("last_deposit__pieces", DepositPiece.objects.select_related("stored_file").order_by("order"))
    read = Application.objects.select_related("last_deposit__assembly__stored_file").prefetch_related(pieces)
    for start in range(0, len(keys), _RUN):
        run = keys[start : start + _RUN]
        found = read.in_bulk(run)
        yield from (found[key].last_deposit if key in found else None for key in run)


def _files(deposit: Deposit, problems: list[str]) -> Iterator[tuple[str, Iterator[bytes] | bytes]]:
    names = Names()
    whole = names.unique(safe_name(f"00 {_('Dossier complet')} {deposit.number}"), ".pdf")
    yield whole, _whole(deposit, f"{deposit.number}/{whole}", problems)
    for rank, piece in enumerate(deposit.pieces.all(), start=1):
        stem = safe_name(f"{rank:02d} {piece.title}")
        if piece.stored_file is None:
            yield names.unique(stem, ".txt"), _typed(deposit.data["answers"].get(piece.code, {}))
        else:
            name = names.unique(stem, ".pdf")
            yield name, _content(piece.stored_file, f"{deposit.number}/{name}", problems)


def _whole(deposit: Deposit, name: str, problems: list[str]) -> Iterator[bytes]:
    made = getattr(deposit, "assembly", None)
    try:
        stored = made.stored_file if made else assembly.ensure(deposit.pk)
    except Exception:  # a dossier that cannot be assembled must not keep the others from leaving
        log.exception("deposit %s cannot be assembled", deposit.uuid)
        problems.append(name)
        return
    yield from _content(stored, name, problems)


def _content(stored: StoredFile, name: str, problems: list[str]) -> Iterator[bytes]:
    try:
        with documents.opened(stored) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except documents.Withheld as held:
        problems.append(f"{name} : {held}")
    except OSError:
        log.exception("stored file %s cannot be read", stored.uuid)
        problems.append(name)


def _typed(answer: dict[str, Any]) -> bytes:
    """What was typed instead of a PDF, as a text that any editor opens."""
    lines = [answer.get("text", ""), *answer.get("links", [])]
    for work in answer.get("works", []):
        lines += [" – ".join(filter(None, (work["title"], work["year"], work["form"]))), work["needs"], ""]
    return "\n".join(lines).strip().replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig") + b"\r\n"
