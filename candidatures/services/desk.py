"""The coordinator's acts on a dossier: eligibility, missing pieces, late exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.enums import ApplicationState, CheckResult
from candidatures.models import (
    Application,
    Call,
    CallPiece,
    EligibilityCheck,
    Extension,
    PieceRequest,
)
from candidatures.services import notices
from candidatures.services.applications import lock
from candidatures.services.jury.renouncing import void_letters
from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User

S = ApplicationState


def _require_coordinator(by: User, call: Call) -> None:
    if not coordinates(by, call.territory):
        raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")


def seen_mark(application: Application) -> str:
    """What an agent is looking at: the standing deposit, and the last finding on it. One query."""
    last = EligibilityCheck.objects.filter(application=application).aggregate(last=Max("checked_at"))["last"]
    return f"{application.last_deposit_id or ''}/{last.isoformat() if last else ''}"


def check_eligibility(
    *, by: User, application: Application, results: Mapping[int, tuple[CheckResult, str]], seen: str | None = None
) -> Application:
    """Record what was found on each condition, and draw the state from it (rules.md 2).

    All met: eligible. One not met: ineligible, with its reason. Otherwise the dossier stays to
    verify. ``seen`` is the :func:`seen_mark` of the page the agent read: a deposit or a finding
    that came since is a ``StaleWrite``. Raises ``Refused`` when a "not met" has no reason or the
    dossier is not checkable.
    """
    with transaction.atomic():
        locked = lock(application)
        _require_coordinator(by, locked.call)
        require(rules.can_check(locked))
        if seen is not None and seen != seen_mark(locked):
            raise StaleWrite(
                _(
                    "Un nouveau dépôt, ou le constat d'un collègue, est arrivé depuis que vous avez ouvert cette page. "
                    "Rien n'est enregistré : relisez le dossier, puis enregistrez de nouveau."
                ),
                code="stale",
            )
        criteria = list(locked.call.criteria.all())
        for criterion in criteria:
            result, reason = results.get(criterion.pk, (CheckResult.TO_VERIFY, ""))
            reason = reason.strip()
            if result == CheckResult.NOT_MET and not reason:
                raise Refused(
                    _("Indiquez pourquoi la condition « %(criterion)s » n'est pas remplie.")
                    % {"criterion": criterion.text},
                    code="reason_needed",
                    field=f"reason_{criterion.pk}",
                )
            EligibilityCheck.objects.update_or_create(
                application=locked,
                criterion=criterion,
                defaults={"result": result, "reason": reason, "checked_by": by},
            )
        found = [results.get(criterion.pk, (CheckResult.TO_VERIFY, ""))[0] for criterion in criteria]
        target = S.SUBMITTED
        if CheckResult.NOT_MET in found:
            target = S.INELIGIBLE
        elif all(result == CheckResult.MET for result in found):
            target = S.ELIGIBLE
        before = S(locked.state)
        if before in (S.SUBMITTED, S.ELIGIBLE, S.INELIGIBLE) and before != target:
            require(rules.can_transition(before, target))
            locked.state = target
            locked.save(update_fields=["state", "updated_at", "search"])
            # A letter that says the contrary, and has not left, never will.
            void_letters(by=by, locked=locked)
        journal.record(
            by=by,
            verb="eligibility.checked",
            target=locked,
            data={
                "from": before.value,
                "to": locked.state,
                "results": {str(criterion.pk): str(result) for criterion, result in zip(criteria, found, strict=True)},
            },
        )
        return locked


def request_piece(
    *, by: User, application: Application, piece: CallPiece, message: str, due_at: datetime
) -> PieceRequest:
    """Ask the artist for a piece, saying which and by when (CRPA, L114-5).

    The letter is a draft in the outbox: the coordinator reads it before it leaves.
    """
    with transaction.atomic():
        locked = lock(application)
        _require_coordinator(by, locked.call)
        require(rules.can_request_piece(locked))
        if piece.call_id != locked.call_id:
            raise Refused(_("Cette pièce n'est pas demandée par l'appel."), code="unknown_piece", field="piece")
        if not message.strip():
            raise Refused(_("Dites ce qui manque : l'artiste le lira."), code="message_needed", field="message")
        if due_at <= timezone.now():
            raise Refused(_("Le délai doit être dans le futur."), code="past", field="due_at")
        if locked.piece_requests.waiting().filter(piece=piece).exists():
            raise Refused(
                _("Cette pièce est déjà demandée : annulez la demande en cours pour en changer le délai."),
                code="already_asked",
                field="piece",
            )
        asked = PieceRequest(application=locked, piece=piece, message=message, due_at=due_at, asked_by=by)
        asked.full_clean()
        asked.save()
        journal.record(
            by=by,
            verb="piece.requested",
            target=locked,
            data={"request": str(asked.uuid), "piece": piece.code, "due_at": due_at.isoformat()},
        )
        notices.piece_requested(by=by, request=asked)
        return asked


def cancel_request(*, by: User, request: PieceRequest) -> None:
    """Take a request back while nobody has answered it, and its letter with it if it has not left."""
    with transaction.atomic():
        locked = lock(request.application)
        _require_coordinator(by, locked.call)
        if not locked.piece_requests.waiting().filter(pk=request.pk).update(cancelled_at=timezone.now()):
            raise Refused(_("Cette demande n'est plus en attente."), code="not_waiting")
        letters = OutgoingMail.objects.filter(dedupe_key=notices.request_key(request), state=MailState.DRAFT)
        if letters:
            mail.cancel(by=by, mails=letters)
        journal.record(by=by, verb="piece.request_cancelled", target=locked, data={"request": str(request.uuid)})


def grant_extension(*, by: User, call: Call, user: User, until: datetime, reason: str) -> Extension:
    """Give one applicant more time: dated, reasoned, journaled (rules.md 5)."""
    with transaction.atomic():
        locked = (
            Call.objects.select_for_update(of=("self",)).select_related("season__programme__territory").get(pk=call.pk)
        )
        _require_coordinator(by, locked)
        if not reason.strip():
            raise Refused(_("Indiquez le motif : il est conservé au journal."), code="reason_needed", field="reason")
        if until <= locked.closes_at:
            raise Refused(_("Le nouveau délai doit suivre la clôture de l'appel."), code="not_later", field="until")
        if until <= timezone.now():
            raise Refused(_("Le nouveau délai doit être dans le futur."), code="past", field="until")
        extension = Extension(call=locked, user=user, until=until, reason=reason.strip(), granted_by=by)
        extension.full_clean()
        extension.save()
        journal.record(
            by=by,
            verb="extension.granted",
            target=locked,
            data={"user": str(user.uuid), "until": until.isoformat(), "extension": str(extension.uuid)},
        )
        notices.extended(by=by, extension=extension)
        return extension
