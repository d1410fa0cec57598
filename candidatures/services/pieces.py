"""Files of a dossier: send, replace, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from candidatures import sections
from candidatures.models import Application, CallPiece, Document
from candidatures.services.applications import lock, require_writable, touch
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Refused
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User


def section_of(piece: CallPiece | None) -> str:
    return f"{sections.PIECE_PREFIX}{piece.code}" if piece else sections.SINGLE_PDF


def limits(application: Application, piece: CallPiece | None) -> tuple[int, int]:
    """Bytes and pages allowed for ``piece``; for the whole dossier in one PDF, the pieces' sum.

    The sum is held to 100 MB and 500 pages, what one person reads and one request carries.
    """
    if piece is not None:
        return piece.max_bytes, piece.page_limit
    pieces = list(application.call.pieces.all())
    size = sum(piece.max_bytes for piece in pieces) or application.call.piece_max_bytes
    pages = sum(piece.page_limit for piece in pieces) or application.call.piece_max_pages
    return min(size, 100 * 1024 * 1024), min(pages, 500)


def add(*, by: User, application: Application, piece: CallPiece | None, upload: UploadedFile) -> Document:
    """Receive a PDF for ``piece``, in place of the one before.

    The file is inspected before the transaction (seconds at worst), the right and the deadline
    are checked inside it: a file that arrives too late is thrown away, the former one stays.
    Raises ``documents.PieceRefused`` or ``Refused``.
    """
    require_writable(application, by)
    max_bytes, max_pages = limits(application, piece)
    stored = documents.intake_pdf(by=by, upload=upload, max_bytes=max_bytes, max_pages=max_pages, hold=True)
    try:
        with transaction.atomic():
            locked = lock(application)
            require_writable(locked, by)
            before = Document.objects.select_related("stored_file").filter(application=locked, piece=piece).first()
            if before is not None:
                before.delete()
                release(before.stored_file, by=by)
            # Every column is ours, and "one a piece" is the table's to hold: nothing to ask before the insert.
            document = Document(application=locked, piece=piece, stored_file=stored, added_by=by)
            document.save(force_insert=True)
            if piece is None and not locked.single_pdf:
                locked.single_pdf = True
            touch(locked, by=by, section=section_of(piece), columns=["single_pdf"], in_journal=False)
            journal.record(
                by=by,
                verb="piece.added",
                target=locked,
                data={
                    "piece": piece.code if piece else "",
                    "file": str(stored.uuid),
                    "sha256": stored.sha256,
                    "replaced": str(before.stored_file.uuid) if before else "",
                },
            )
            return document
    except Exception:
        with transaction.atomic():
            documents.discard(stored)
        raise


def remove(*, by: User, application: Application, piece: CallPiece | None) -> None:
    """Take a PDF out of the working copy. What was filed with it is not touched."""
    with transaction.atomic():
        locked = lock(application)
        require_writable(locked, by)
        document = Document.objects.select_related("stored_file").filter(application=locked, piece=piece).first()
        if document is None:
            raise Refused(_("Ce fichier a déjà été retiré."), code="already_removed")
        document.delete()
        touch(locked, by=by, section=section_of(piece))
        journal.record(
            by=by,
            verb="piece.removed",
            target=locked,
            data={"piece": piece.code if piece else "", "file": str(document.stored_file.uuid)},
        )
        release(document.stored_file, by=by)


def release(stored: StoredFile, *, by: User) -> None:
    """Delete a file that nothing holds any more; a deposit holds its files for good."""
    if not stored.documents.exists() and not stored.deposit_pieces.exists() and not stored.assemblies.exists():
        documents.discard(stored, by=by)
