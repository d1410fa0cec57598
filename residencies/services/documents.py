"""Documents asked from an artist: asked, sent, looked at, erased."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clea.documents import services as files
from clea.documents.models import StoredFile
from clea.errors import Refused, require
from clea.journal import services as journal
from residencies.enums import LIVE_RESIDENCIES, DocumentKind, DocumentState, ResidencyState
from residencies.models import RequestedDocument, Residency
from residencies.rules import opening as rules
from residencies.selectors import opening as selectors
from residencies.services import opening_notices as notices
from residencies.services.base import lock_residency, require_artist, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User

log = logging.getLogger(__name__)

D = DocumentState
#: One sheet, scanned: a photograph of a card is well under it.
MAX_MB = 10
MAX_BYTES = MAX_MB * 1024 * 1024
MAX_PAGES = 20
#: A reminder goes out this long before the date.
NOTICE = timedelta(days=7)
#: Who was written to that recently is left alone.
QUIET = timedelta(days=3)
#: After the last day of an ended residency its files go, kept ones too: the accounts have their own.
KEPT_AFTER = timedelta(days=90)


def _locked(document: RequestedDocument, *, closed_too: bool = False) -> RequestedDocument:
    """The residency, then the document, both locked and fresh."""
    residency = lock_residency(Residency(pk=document.residency_id), closed_too=closed_too)
    row = RequestedDocument.objects.select_for_update(of=("self",)).select_related("stored_file").get(pk=document.pk)
    row.residency = residency
    return row


def _desk(by: User, document: RequestedDocument) -> RequestedDocument:
    row = _locked(document)
    require_desk(by, row.residency.territory)
    return row


def _save(row: RequestedDocument) -> None:
    row.full_clean()
    row.save()


def _record(by: User | None, verb: str, row: RequestedDocument, **data: Any) -> None:
    journal.record(
        by=by,
        verb=f"residency.document_{verb}",
        target=row.residency,
        data={"document": str(row.uuid), "kind": row.kind} | data,
    )


def _drop_file(row: RequestedDocument, by: User | None) -> None:
    """Erase the file of a document: the row now, the bytes once committed."""
    stored, row.stored_file = row.stored_file, None
    if stored is not None:
        RequestedDocument.objects.filter(pk=row.pk).update(stored_file=None)
        files.discard(stored, by=by)


def _future(due_on: date) -> date:
    if due_on < timezone.localdate():
        raise Refused(_("Cette date est passée : donnez un jour à venir."), code="past", field="due_on")
    return due_on


# The coordination ----------------------------------------------------------------------------


def ask(
    *,
    by: User,
    residency: Residency,
    kind: str,
    due_on: date,
    title: str = "",
    why: str = "",
    keep_file: bool = False,
) -> RequestedDocument:
    """Ask the artist for a document; they are written to at once. Empty words take the usual ones.

    Raises ``Refused`` for a safeguarding certificate that nothing planned calls for, and for a kind already
    asked and not settled.
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        require(rules.can_change(locked))
        if kind == DocumentKind.SAFEGUARDING:
            require(rules.can_ask(kind, selectors.protecting_structures(locked)))
        if kind != DocumentKind.OTHER:
            standing = locked.requested_documents.filter(kind=kind, state__in=rules.OPEN_DOCUMENTS).first()
            if standing is not None:
                raise Refused(
                    _("« %(title)s » est déjà demandé : changez plutôt sa date.") % {"title": standing.title},
                    code="already_asked",
                    field="kind",
                )
        elif not title.strip():
            raise Refused(_("Dites quel document vous demandez."), code="untitled", field="title")
        row = RequestedDocument(
            residency=locked,
            kind=kind,
            title=" ".join(title.split()) or capfirst(selectors.in_french(DocumentKind(kind).label)),
            why=why.strip() or selectors.in_french(selectors.WHY.get(kind, "")),
            due_on=_future(due_on),
            keep_file=keep_file,
        )
        _save(row)
        notices.asked(by=by, document=row, people=selectors.people_with_account(locked))
        _record(by, "asked", row, due_on=due_on.isoformat())
        return row


def change_request(
    *, by: User, document: RequestedDocument, title: str, why: str, due_on: date, keep_file: bool
) -> RequestedDocument:
    """Change what is asked, or by when, while it is expected. Nobody is written to: the space shows it."""
    with transaction.atomic():
        row = _desk(by, document)
        if row.state not in rules.OPEN_DOCUMENTS:
            raise Refused(_("Ce document n'est plus attendu : demandez-le de nouveau."), code="wrong_state")
        if not title.strip():
            raise Refused(_("Dites quel document vous demandez."), code="untitled", field="title")
        if due_on != row.due_on:
            row.due_on, row.reminded_at = _future(due_on), None
        row.title, row.why, row.keep_file = " ".join(title.split()), why.strip(), keep_file
        _save(row)
        _record(by, "changed", row, due_on=row.due_on.isoformat())
        return row


def accept(*, by: User, document: RequestedDocument, valid_until: date | None = None) -> RequestedDocument:
    """The paper was seen: sent, or shown across a table. Its file is erased unless it is to be kept."""
    with transaction.atomic():
        row = _desk(by, document)
        require(rules.document_can_become(row, D.ACCEPTED))
        if valid_until is not None and valid_until < timezone.localdate():
            raise Refused(
                _("Ce document n'est plus valable depuis cette date : renvoyez-le à l'artiste avec un mot."),
                code="expired",
                field="valid_until",
            )
        in_person = row.stored_file_id is None
        row.state, row.words = D.ACCEPTED, ""
        row.seen_at, row.seen_by, row.valid_until = timezone.now(), by, valid_until
        if not row.keep_file:
            _drop_file(row, by)
        _save(row)
        _record(by, "accepted", row, in_person=in_person, kept=row.stored_file_id is not None)
        return row


def send_back(*, by: User, document: RequestedDocument, words: str, due_on: date | None = None) -> RequestedDocument:
    """It will not do: say why; its file is erased. A date gone by leaves the artist a week."""
    with transaction.atomic():
        row = _desk(by, document)
        require(rules.document_can_become(row, D.RETURNED))
        if not words.strip():
            raise Refused(_("Dites à l'artiste ce qui ne va pas."), code="words_needed", field="words")
        row.state, row.words = D.RETURNED, words.strip()
        row.due_on = _future(due_on) if due_on else max(row.due_on, timezone.localdate() + rules.AT_LEAST)
        row.received_at, row.reminded_at = None, timezone.now()
        _drop_file(row, by)
        _save(row)
        notices.returned(by=by, document=row, people=selectors.people_with_account(row.residency))
        _record(by, "returned", row, due_on=row.due_on.isoformat())
        return row


def waive(*, by: User, document: RequestedDocument) -> RequestedDocument:
    """It is not needed after all. What was sent is erased."""
    with transaction.atomic():
        row = _desk(by, document)
        require(rules.document_can_become(row, D.WAIVED))
        row.state = D.WAIVED
        _drop_file(row, by)
        _save(row)
        _record(by, "waived", row)
        return row


def ask_again(*, by: User, document: RequestedDocument, due_on: date) -> RequestedDocument:
    """Ask anew for a document accepted by mistake, expired, or waived. The artist is written to."""
    with transaction.atomic():
        row = _desk(by, document)
        require(rules.can_change(row.residency))
        require(rules.document_can_become(row, D.ASKED))
        if row.kind == DocumentKind.SAFEGUARDING:
            require(rules.can_ask(row.kind, selectors.protecting_structures(row.residency)))
        _drop_file(row, by)
        row.state, row.due_on = D.ASKED, _future(due_on)
        row.received_at = row.seen_at = row.seen_by = row.valid_until = row.reminded_at = None
        row.words = ""
        row.asked_at = timezone.now()
        _save(row)
        notices.asked(by=by, document=row, people=selectors.people_with_account(row.residency))
        _record(by, "asked", row, due_on=due_on.isoformat(), again=True)
        return row


# The artist ----------------------------------------------------------------------------------


def send(*, by: User, document: RequestedDocument, upload: UploadedFile) -> RequestedDocument:
    """Receive the artist's PDF, in place of the one before.

    Inspected before the transaction (seconds at worst); the right and the state are checked inside it.
    Raises ``PieceRefused`` or ``Refused``.
    """
    require_artist(by, document.residency)
    require(rules.can_send(document))
    stored = files.intake_pdf(by=by, upload=upload, max_bytes=MAX_BYTES, max_pages=MAX_PAGES)
    try:
        return _receive(by, document, stored)
    except Exception:
        files.discard(stored, by=by)
        raise


def _receive(by: User, document: RequestedDocument, stored: StoredFile) -> RequestedDocument:
    with transaction.atomic():
        row = _locked(document)
        require_artist(by, row.residency)
        require(rules.can_send(row))
        require(rules.document_can_become(row, D.RECEIVED))
        _drop_file(row, by)
        row.state, row.stored_file, row.received_at, row.words = D.RECEIVED, stored, timezone.now(), ""
        _save(row)
        _record(by, "sent", row, file=str(stored.uuid), sha256=stored.sha256)
        return row


# The clock -----------------------------------------------------------------------------------


def remind(*, today: date | None = None) -> int:
    """Remind who has not sent: once in the week before the date, once after it. How many were.

    Idempotent: ``reminded_at`` says which one left. One that fails is logged and keeps nobody else waiting.
    """
    today = today or timezone.localdate()
    waiting = RequestedDocument.objects.filter(
        state__in=rules.AWAITED_DOCUMENTS, due_on__lte=today + NOTICE, residency__state__in=LIVE_RESIDENCIES
    ).order_by("pk")
    count = 0
    for document in waiting:
        if not reminder_due(document, today):
            continue
        try:
            count += _remind(document, today)
        except Exception:
            log.exception("the artist cannot be reminded of document %s", document.uuid)
    return count


def reminder_due(document: RequestedDocument, today: date) -> str:
    """Which reminder this document calls for today: "soon", "late", or none. No query."""
    if document.state not in rules.AWAITED_DOCUMENTS:
        return ""
    last = timezone.localdate(document.reminded_at) if document.reminded_at else None
    if document.due_on < today:
        return "late" if last is None or last <= document.due_on else ""
    just_asked = timezone.localdate(document.asked_at) > today - QUIET
    window = document.due_on - NOTICE
    return "soon" if window <= today and not just_asked and (last is None or last < window) else ""


def _remind(document: RequestedDocument, today: date) -> bool:
    with transaction.atomic():
        row = _locked(document)
        moment = reminder_due(row, today) if row.residency.is_live else ""
        people = selectors.people_with_account(row.residency) if moment else []
        if not people:
            return False
        notices.reminded(document=row, people=people, moment=moment)
        row.reminded_at = timezone.now()
        row.save(update_fields=["reminded_at"])
        _record(None, "reminded", row, moment=moment, due_on=row.due_on.isoformat())
        return True


def purge(*, today: date | None = None) -> int:
    """Erase files nobody needs any more. How many.

    Those of documents that were seen or waived and are not to be kept (none should be left), and all those
    of a residency finished or stopped, :data:`KEPT_AFTER` its last day. In closed seasons too.
    """
    today = today or timezone.localdate()
    held = RequestedDocument.objects.filter(stored_file__isnull=False)
    settled = held.filter(state__in=[D.ACCEPTED, D.WAIVED], keep_file=False)
    ended = (
        held.filter(residency__state__in=[ResidencyState.FINISHED, ResidencyState.STOPPED])
        .filter(residency__periods__isnull=False)
        .exclude(residency__periods__ends_on__gte=today - KEPT_AFTER)
    )
    count = 0
    for key in sorted({*settled.values_list("pk", flat=True), *ended.values_list("pk", flat=True)}):
        with transaction.atomic():
            row = _locked(RequestedDocument.objects.get(pk=key), closed_too=True)
            _drop_file(row, None)
            _save(row)
            _record(None, "purged", row)
            count += 1
    return count
