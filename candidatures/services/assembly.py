"""The one PDF of a deposit, made from its frozen row alone."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidatures.models import Assembly, Deposit, DepositPiece
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.ui.dates import moment

log = logging.getLogger(__name__)


def ensure(deposit_id: int) -> StoredFile:
    """The assembled dossier, made now if nobody has. Safe to call twice at once.

    Reads files and renders pages for a second or so, outside any transaction; the row is written
    under its unique constraint, and whoever comes second throws their copy away.
    """
    deposit = frozen(deposit_id, "assembly__stored_file")
    existing = getattr(deposit, "assembly", None)
    if existing is not None:
        return existing.stored_file
    began = timezone.now()
    stored = _made(deposit)
    try:
        with transaction.atomic():
            row = Assembly.objects.create(deposit=deposit, stored_file=stored)
            _date(row, began)
        return stored
    except IntegrityError:
        first = Assembly.objects.select_related("stored_file").get(deposit=deposit).stored_file
        documents.discard(stored)
        return first


def _made(deposit: Deposit) -> StoredFile:
    with translation.override(deposit.language), tempfile.TemporaryDirectory(prefix="clea-") as folder:
        path = Path(folder) / "dossier.pdf"
        made = _build(deposit, path)
        return keep(path, name=f"{deposit.number}.pdf", pages=made.pages)


def _date(row: Assembly, began: datetime) -> None:
    """From when its pieces were read: what the antivirus says while it is being made is after it."""
    row.made_at = began
    row.save(update_fields=["made_at"])


def make_again(deposit_id: int) -> None:
    """The same, in place of the one that stands: what may be read of its pieces has changed."""
    row = Assembly.objects.select_related("stored_file").filter(deposit=deposit_id).first()
    if row is None:
        return
    began = timezone.now()
    stored = _made(frozen(deposit_id))
    with transaction.atomic():
        fresh = Assembly.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if fresh.stored_file_id != row.stored_file_id:  # another was quicker
            documents.discard(stored)
            return
        fresh.stored_file = stored
        fresh.save(update_fields=["stored_file"])
        _date(fresh, began)
        documents.discard(row.stored_file)


def frozen(deposit_id: int, *related: str) -> Deposit:
    """A deposit with all that its PDFs are made of. Two queries."""
    return (
        Deposit.objects.select_related(
            "application__call__season__programme__territory", "application__owner", *related
        )
        .prefetch_related("pieces__stored_file")
        .get(pk=deposit_id)
    )


def keep(path: Path, *, name: str, pages: int) -> StoredFile:
    """Store what was made. Call it outside a transaction too: 100 MB are copied, to another machine
    maybe, and SQLite lets one write at a time.
    """
    return documents.store_path(by=None, path=path, name=name, content_type="application/pdf", pages=pages)


def _build(deposit: Deposit, path: Path) -> documents.Assembled:
    title = _("Dossier %(number)s") % {"number": deposit.number}
    pieces = list(deposit.pieces.all())
    context = {
        "deposit": deposit,
        "data": deposit.data,
        "pieces": pieces,
        "call": deposit.application.call,
        "territory": deposit.application.call.territory,
    }
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clea-")))
        cover = documents.render_pdf("pdf/candidatures/cover.html", context, title=title, language=deposit.language)
        parts = [rendered("pdf/candidatures/answers.html", _("Fiche de candidature"), context, folder / "fiche.pdf")]
        parts += [_part(piece, context, folder, stack) for piece in pieces]
        return documents.assemble(
            cover_pdf=cover,
            parts=parts,
            footer=_("%(number)s – reçu le %(when)s") % {"number": deposit.number, "when": moment(deposit.received_at)},
            title=title,
            language=deposit.language,
            out=path,
        )


def _part(piece: DepositPiece, context: dict[str, Any], folder: Path, stack: ExitStack) -> documents.Part:
    if piece.stored_file is None:
        answer = context["data"]["answers"][piece.code]
        return rendered(
            "pdf/candidatures/typed_piece.html",
            piece.title,
            context | {"piece": piece, "answer": answer},
            folder / f"{piece.order}.pdf",
        )
    if piece.stored_file.withheld:
        return stand_in(piece, context["deposit"], folder)
    local = stack.enter_context(documents.local_path(piece.stored_file))
    return documents.Part(title=piece.title, path=local, sha256=piece.sha256, pages=piece.pages or 0)


def stand_in(piece: DepositPiece, deposit: Deposit, folder: Path) -> documents.Part:
    """A page that says why a piece is not there: the antivirus holds it, or has not looked at it yet."""
    assert piece.stored_file is not None
    context = {"number": deposit.number, "title": piece.title, "infected": piece.stored_file.infected}
    return rendered(
        "pdf/candidatures/held_piece.html",
        piece.title,
        context,
        folder / f"held-{piece.order}.pdf",
        language=deposit.language,
    )


def rendered(template: str, title: str, context: dict[str, Any], path: Path, *, language: str = "") -> documents.Part:
    """A part we render at ``path``. Its digest is that of the page; a typed piece's own is that of its text."""
    import pikepdf

    language = language or context["deposit"].language
    # Inside the dossier the assembly writes the numbers: a second footer would contradict them.
    content = documents.render_pdf(template, context | {"inside": True}, title=title, language=language)
    path.write_bytes(content)
    with pikepdf.open(path) as made:
        pages = len(made.pages)
    return documents.Part(title=title, path=path, sha256=hashlib.sha256(content).hexdigest(), pages=pages)


def pending() -> int:
    """Assemble what a crash left behind; returns how many were made.

    One that cannot be made is logged and does not keep the others waiting.
    """
    count = 0
    for pk in Deposit.objects.awaiting_assembly().values_list("pk", flat=True):
        try:
            ensure(pk)
            count += 1
        except Exception:
            log.exception("deposit %s cannot be assembled", pk)
    return count
