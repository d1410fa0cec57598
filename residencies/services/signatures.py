"""Who signed a paper, and when; the signed copy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents import services as documents
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal
from residencies.enums import PaperState
from residencies.models import Paper, Signature
from residencies.rules import papers as rules
from residencies.selectors import papers as selectors
from residencies.services.base import require_desk
from residencies.services.papers import lock_paper, owner_of
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User

#: A scan of a few pages; more is not a signed contract.
SCAN_MAX_BYTES = 20 * 1024 * 1024
SCAN_MAX_PAGES = 60


def sign(*, by: User, signature: Signature, signed_on: date, signatory: str = "") -> Paper:
    """Note that one party signed, or correct what was noted. The paper is signed once every party has."""
    with transaction.atomic():
        locked = lock_paper(signature.paper)
        require_desk(by, selectors.territory_of(locked))
        require(rules.can_sign(locked))
        _require_date(signed_on)
        row = locked.signatures.select_for_update().get(pk=signature.pk)
        _note(row, by, signed_on, signatory or row.signatory)
        _conclude(locked)
        journal.record(
            by=by,
            verb="paper.signature_noted",
            target=owner_of(locked),
            data={"paper": str(locked.uuid), "signature": str(row.uuid), "on": signed_on.isoformat()},
        )
        return locked


def sign_all(*, by: User, paper: Paper, signed_on: date) -> Paper:
    """Every party that had not signed did, that day: the signed copy was read."""
    with transaction.atomic():
        locked = lock_paper(paper)
        require_desk(by, selectors.territory_of(locked))
        require(rules.can_sign(locked))
        _require_date(signed_on)
        rows = list(locked.signatures.select_for_update().filter(signed_on=None))
        if not rows:
            return locked
        for row in rows:
            _note(row, by, signed_on, row.signatory)
        _conclude(locked)
        journal.record(
            by=by,
            verb="paper.signature_noted",
            target=owner_of(locked),
            data={
                "paper": str(locked.uuid),
                "signatures": [str(row.uuid) for row in rows],
                "on": signed_on.isoformat(),
            },
        )
        return locked


def unsign(*, by: User, signature: Signature) -> Paper:
    """Take back a signature noted by mistake, while the paper still waits for others."""
    with transaction.atomic():
        locked = lock_paper(signature.paper)
        require_desk(by, selectors.territory_of(locked))
        if locked.state != PaperState.ISSUED:
            raise Refused(
                _("Ce document est entièrement signé : corrigez la date, ou annulez-le pour une autre édition."),
                code="wrong_state",
            )
        row = locked.signatures.select_for_update().get(pk=signature.pk)
        row.signed_on, row.signatory, row.noted_by = None, "", by
        row.save(update_fields=["signed_on", "signatory", "noted_by"])
        journal.record(
            by=by,
            verb="paper.signature_removed",
            target=owner_of(locked),
            data={"paper": str(locked.uuid), "signature": str(row.uuid)},
        )
        return locked


def _require_date(signed_on: date) -> None:
    verdict = rules.can_date(signed_on, timezone.localdate())
    if not verdict:
        raise Refused(str(verdict.reason), code=verdict.code, field="signed_on")


def _note(row: Signature, by: User, signed_on: date, signatory: str) -> None:
    row.signed_on, row.signatory, row.noted_by = signed_on, signatory.strip(), by
    row.full_clean(exclude=["paper"])
    row.save()


def _conclude(paper: Paper) -> None:
    """Signed when nobody is missing, on the day of the last signature. A date corrected moves it."""
    days = list(paper.signatures.values_list("signed_on", flat=True))
    if not days or None in days:
        return
    if paper.state == PaperState.ISSUED:
        require(rules.can_become(paper, PaperState.SIGNED))
        paper.state = PaperState.SIGNED
    paper.signed_on = max(on for on in days if on is not None)
    paper.version += 1
    paper.full_clean()
    paper.save()


def attach_scan(*, by: User, paper: Paper, upload: UploadedFile, signed_on: date | None = None) -> Paper:
    """Receive the signed copy, from a party or from the coordination; it replaces the one before.

    From a party, it waits to be verified. The coordination may say at once that all signed, on
    ``signed_on``. Raises ``PieceRefused`` for a file that is not a sound PDF; the file is inspected
    before the transaction, and thrown away when it comes too late.
    """
    _require_sender(by, paper)
    stored = documents.intake_pdf(by=by, upload=upload, max_bytes=SCAN_MAX_BYTES, max_pages=SCAN_MAX_PAGES)
    try:
        with transaction.atomic():
            locked = lock_paper(paper)
            desk = _require_sender(by, locked)
            require(rules.can_attach(locked, desk=desk))
            before, locked.signed_file = locked.signed_file, stored
            locked.version += 1
            locked.save()
            if before is not None:
                documents.discard(before, by=by)
            if desk and signed_on is not None:
                sign_all(by=by, paper=locked, signed_on=signed_on)
                locked = lock_paper(locked)
            journal.record(
                by=by,
                verb="paper.scan_received",
                target=owner_of(locked),
                data={"paper": str(locked.uuid), "sha256": stored.sha256, "desk": desk},
            )
            return locked
    except BaseException:
        with transaction.atomic():
            documents.discard(stored)
        raise


def _require_sender(by: User, paper: Paper) -> bool:
    """Whether it is the coordination; raises ``Forbidden`` to who is no party either."""
    if coordinates(by, selectors.territory_of(paper)):
        return True
    if not selectors.is_party(by, paper):
        raise Forbidden(_("Seules les parties de ce document peuvent en envoyer la copie signée."), code="not_party")
    return False
