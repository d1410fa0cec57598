"""Erasing one dossier: its rows, its files, what was written about it; the figures stay, without anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from candidatures.enums import SessionState
from candidatures.models import (
    Application,
    Assignment,
    ChosenSet,
    Decision,
    Deposit,
    DiscussionComment,
    Extension,
    InterviewInvitation,
    InterviewNote,
    InterviewSlot,
    Invitation,
    Letter,
    Minutes,
    Offer,
    OutsideDecision,
    PieceRequest,
    Recusal,
    Review,
)
from candidatures.selectors import kept
from candidatures.services.applications import lock
from candidatures.services.jury import minutes
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Refused
from clea.journal import services as journal
from clea.mail.models import OutgoingMail
from clea.privacy import traces
from clea.privacy.holdings import Disposed

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What hangs from a dossier by a protected link, in the order in which it goes.
_HANGING: tuple[type[models.Model], ...] = (
    Offer, Letter, Decision, Review, Assignment, Recusal, DiscussionComment, InterviewNote, InterviewInvitation,
    InterviewSlot, OutsideDecision, PieceRequest, Invitation,
)  # fmt: skip

#: An upper floor lets go of a dossier, or raises ``Refused`` while it may not.
Release = Callable[[Application], None]
_releases: list[Release] = []


def on_erasure(release: Release) -> None:
    """Have an app let go of a dossier about to be erased, from its ``AppConfig.ready``."""
    if release not in _releases:
        _releases.append(release)


def erase(*, by: User | None, application: Application, why: str) -> Disposed:
    """Take the dossier away, for good. ``why``: ``"retention"`` or ``"request"``; the journal keeps it.

    Goes with it: deposits, pieces and their PDFs, readings, scores, comments, letters and every message about
    it, long work that names it. Stays: the minutes, an administrative archive, as the PDF that was made of
    them (their frozen text loses the names), the journal's lines, which never held any, and figures.
    Raises ``Refused`` while a session that deliberates on it is not settled, or a residency needs it.
    """
    for edition in Minutes.objects.filter(session__decisions__application=application).exclude(data={}).distinct():
        # Before the transaction: laying a PDF out takes a second. Without it there would be no archive left.
        if edition.document_id is None:
            minutes.ensure(edition.pk)
    with transaction.atomic():
        locked = lock(application)
        if locked.decisions.filter(session__state=SessionState.PREPARING).exists():
            raise Refused(
                _("Le jury n'a pas arrêté la séance où ce dossier est examiné : arrêtez-la, puis recommencez."),
                code="session_open",
            )
        for release in _releases:
            release(locked)
        deposits: list[Deposit] = list(models.QuerySet(Deposit).filter(application=locked).order_by("rank"))
        hanging = [list(model._base_manager.filter(application=locked)) for model in _HANGING]
        noted = traces.of([locked, *deposits, *(row for rows in hanging for row in rows)])
        files = list(_files(locked))
        kept.count_erased(locked)
        _unname(locked, [deposit.number for deposit in deposits])

        gone: Counter[str] = Counter()
        for chosen in ChosenSet.objects.filter(applications=locked):
            chosen.applications.remove(locked)
        for model in _HANGING:
            gone += Counter(_rows(model).filter(application=locked).delete()[1])
        gone += traces.forget(noted)
        Application.objects.filter(pk=locked.pk).update(last_deposit=None)
        gone += Counter(_rows(Deposit).filter(application=locked).delete()[1])
        if not Application.objects.filter(call=locked.call_id, owner=locked.owner_id).exclude(pk=locked.pk).exists():
            gone += Counter(Extension.objects.filter(call=locked.call_id, user=locked.owner_id).delete()[1])
            # What was written to them about the call itself: a delay granted, answers to their questions.
            about = OutgoingMail.objects.filter(about_type="candidatures.call", about_id=str(locked.call.uuid))
            gone += traces.forget_mails(about.filter(to__iexact=locked.owner.email))
        data = {
            "why": why,
            "call": str(locked.call.uuid),
            "state": locked.state,
            "deposits": [[deposit.number, deposit.sha256] for deposit in deposits],
        }
        target = Application(pk=locked.pk, uuid=locked.uuid)
        gone += Counter(Application.objects.filter(pk=locked.pk).delete()[1])
        hashes = _discard(files, by, gone)
        journal.record(by=by, verb="application.erased", target=target, data=data | {"files": len(hashes)})
        return Disposed(rows=dict(gone), sha256=tuple(hashes))


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """Without what a manager refuses: a deposit is immutable, and goes whole."""
    return models.QuerySet(model)


def files_of(pks: list[int]) -> models.QuerySet[StoredFile]:
    """Every file that exists for these dossiers alone: pieces, as sent and as filed, and the PDFs made of them."""
    return StoredFile.objects.filter(
        Q(documents__application__in=pks)
        | Q(deposit_pieces__deposit__application__in=pks)
        | Q(assemblies__deposit__application__in=pks)
        | Q(blind_copies__deposit__application__in=pks)
    ).distinct()


def _files(application: Application) -> models.QuerySet[StoredFile]:
    return files_of([application.pk]).order_by("pk")


def _discard(files: list[StoredFile], by: User | None, gone: Counter[str]) -> list[str]:
    hashes = []
    for stored in files:
        sha256 = stored.sha256
        try:
            documents.discard(stored, by=by)
        except ProtectedError:
            # Something else keeps it (a residency's papers): it is theirs, and goes with them.
            continue
        hashes.append(sha256)
        gone[StoredFile._meta.label] += 1
    return hashes


def _unname(application: Application, numbers: list[str]) -> None:
    """The frozen text of the minutes was for their PDF, which is the archive: no name is left in it to be found."""
    known = set(numbers)
    for edition in Minutes.objects.select_for_update().filter(session__jury__call=application.call_id):
        changed = False
        for name in ("decisions", "recusals"):
            for row in edition.data.get(name, []):
                if row.get("number") in known:
                    row["name"] = row["reason"] = ""
                    changed = True
        if changed:
            edition.save(update_fields=["data"])
