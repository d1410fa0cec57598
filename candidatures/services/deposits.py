"""File a dossier: one transaction, the server's clock, a number, then the one PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from candidatures import rules, sections, snapshot
from candidatures.enums import ApplicationState, DepositKind
from candidatures.models import Application, Deposit, DepositPiece, Document, PieceRequest
from candidatures.selectors import with_content
from candidatures.services import notices
from candidatures.services.applications import lock, touch
from candidatures.services.jury.renouncing import lock_unsent, void_letters
from candidatures.services.pieces import release, section_of
from clea.documents import services as documents
from clea.errors import Refused, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from candidatures.models import Call
    from clea.accounts.models import User
    from clea.documents.models import StoredFile


class Incomplete(Refused):
    """The dossier lacks something; ``missing`` says what, in words."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(_("Il manque encore des éléments à votre dossier."), code="incomplete")
        self.missing = missing


def file(*, by: User, application: Application) -> Deposit:
    """File the dossier as it is now, or file it again.

    Rules: the person may write in it, the call receives (its clock read *after* the lock, and
    once more at the end, so that a request begun before the close and committed after it is
    refused), nothing required is missing. Filing twice without a change returns the standing
    deposit: a double click makes one. The number is taken last, from a locked counter, so the
    series has no hole.

    Journals ``application.filed``, queues the acknowledgement (CRPA, L112-11), and has the PDF
    assembled after the commit. Raises ``Refused`` or :class:`Incomplete`; the draft is intact.
    """
    with transaction.atomic():
        fresh = with_content(application.pk)
        deadline = fresh.closes_at
        access = rules.role_access(fresh, by, deadline)
        require(rules.can_file(access, fresh, timezone.now()))
        tasks = sections.task_list(fresh)
        if not tasks.complete:
            raise Incomplete(tasks.missing)
        if fresh.last_deposit is not None and not fresh.has_unfiled_changes:
            return fresh.last_deposit
        was_refused = fresh.state == ApplicationState.INELIGIBLE
        if was_refused:
            lock_unsent([fresh])
        deposit = _write(by=by, application=fresh, taken=snapshot.take(fresh), kind=DepositKind.FILING)
        if fresh.state != ApplicationState.SUBMITTED:
            require(rules.can_transition(fresh.state, ApplicationState.SUBMITTED))
            fresh.state = ApplicationState.SUBMITTED
        if was_refused:
            # It is to be checked again: a letter that says it is inadmissible, and has not left, never will.
            void_letters(by=None, locked=fresh)
        fresh.last_deposit = deposit
        fresh.filed_version = fresh.content_version
        fresh.save(update_fields=["state", "last_deposit", "filed_version", "updated_at", "search"])
        journal.record(
            by=by,
            verb="application.filed",
            target=fresh,
            data={"deposit": deposit.number, "rank": deposit.rank, "sha256": deposit.sha256},
        )
        notices.acknowledged(by=by, deposit=deposit)
        # The last word is the clock's: nothing is received after the deadline.
        require(rules.can_receive(fresh.call, deadline, timezone.now()))
    return deposit


def supplement(*, by: User, request: PieceRequest, upload: UploadedFile) -> Deposit:
    """Give a piece the coordination asked for: a new deposit, equal to the last one plus it.

    The piece also takes its place in the working copy: filing again, while the call is still open,
    must not bring the former one back. The right is checked before the file is inspected (seconds
    at worst), then again under the lock.
    """
    application = request.application
    access = rules.role_access(application, by, application.closes_at)
    require(rules.can_answer_request(access, application, request.due_at, timezone.now()))
    stored = documents.intake_pdf(
        by=by, upload=upload, max_bytes=request.piece.max_bytes, max_pages=request.piece.page_limit
    )
    try:
        with transaction.atomic():
            locked = lock(application)
            fresh = PieceRequest.objects.select_for_update(of=("self",)).select_related("piece").get(pk=request.pk)
            if fresh.answered_at or fresh.cancelled_at:
                raise Refused(_("Cette demande est close : il n'y a plus rien à envoyer."), code="request_closed")
            access = rules.role_access(locked, by, locked.closes_at)
            require(rules.can_answer_request(access, locked, fresh.due_at, timezone.now()))
            if locked.last_deposit is None:
                raise Refused(_("Ce dossier n'a pas été déposé."), code="not_filed")
            # In the language of what it completes: one deposit is not in two languages.
            with translation.override(locked.last_deposit.language):
                taken = snapshot.supplemented(locked.last_deposit, fresh.piece, stored)
                deposit = _write(by=by, application=locked, taken=taken, kind=DepositKind.SUPPLEMENT)
            _replace_in_working_copy(locked, fresh, stored, by)
            fresh.answered_at = deposit.received_at
            fresh.save(update_fields=["answered_at"])
            locked.last_deposit = deposit
            locked.save(update_fields=["last_deposit", "filed_version", "updated_at", "search"])
            journal.record(
                by=by,
                verb="piece.supplied",
                target=locked,
                data={"deposit": deposit.number, "piece": fresh.piece.code, "sha256": stored.sha256},
            )
            notices.acknowledged(by=by, deposit=deposit)
            require(rules.can_answer_request(access, locked, fresh.due_at, timezone.now()))
    except Exception:
        with transaction.atomic():
            documents.discard(stored)
        raise
    return deposit


def _replace_in_working_copy(locked: Application, request: PieceRequest, stored: StoredFile, by: User) -> None:
    """Put the piece where the artist would have; what was filed as it stood still is."""
    was_filed = not locked.has_unfiled_changes
    before = Document.objects.select_related("stored_file").filter(application=locked, piece=request.piece).first()
    if before is not None:
        before.delete()
        release(before.stored_file, by=by)
    Document.objects.create(application=locked, piece=request.piece, stored_file=stored, added_by=by)
    touch(locked, by=by, section=section_of(request.piece), in_journal=False)
    if was_filed:
        locked.filed_version = locked.content_version


def _write(*, by: User, application: Application, taken: snapshot.Snapshot, kind: DepositKind) -> Deposit:
    # Read under the dossier's lock: the last one stands.
    rank = application.last_deposit.rank + 1 if application.last_deposit else 1
    number = _next_number(application.call)
    deposit = Deposit(
        application=application,
        kind=kind,
        number=number,
        rank=rank,
        received_at=timezone.now(),
        filed_by=by,
        sha256=taken.sha256,
        language=(get_language() or "fr")[:2],
        data=taken.data,
    )
    deposit.save()
    DepositPiece.objects.bulk_create(
        DepositPiece(
            deposit=deposit,
            order=order,
            code=piece.code,
            title=piece.title,
            stored_file=piece.stored_file,
            sha256=piece.sha256,
            pages=piece.pages,
            size=piece.size,
            original_name=piece.original_name,
            identifying=piece.identifying,
        )
        for order, piece in enumerate(taken.pieces)
    )
    # Robust: the deposit is received, whatever the queue answers; the next round assembles what is left.
    transaction.on_commit(lambda: _assemble_later(deposit.pk), robust=True)
    return deposit


def _assemble_later(deposit_id: int) -> None:
    from candidatures.tasks import assemble_deposit

    assemble_deposit.enqueue(deposit_id)


def _next_number(call: Call) -> str:
    """The next number of the call's series, its row held until the transaction ends. One query, on both databases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO candidatures_depositcounter AS series (prefix, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (prefix, year) DO UPDATE SET last = series.last + 1 RETURNING last",
            [call.reference_prefix, call.reference_year],
        )
        [last] = cursor.fetchone()
    return f"{call.reference_prefix}-{call.reference_year}-{last:04d}"
