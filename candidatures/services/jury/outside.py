"""Between territories: who decided elsewhere, and what it does here (rules.md 7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.enums import ApplicationState, OfferState, Outcome
from candidatures.models import Application, Jury, Offer, OutsideDecision
from candidatures.rules.answers import Precedence, precedence
from candidatures.selectors.answers import board
from candidatures.selectors.outside import Conflict, conflicts, ours_on
from candidatures.selectors.sessions import standing_decisions
from candidatures.services.applications import lock
from candidatures.services.jury import renouncing
from candidatures.services.jury.base import lock_jury, require_desk
from candidatures.services.jury.offers import free_for
from clea.errors import Refused, require
from clea.journal import services as journal
from clea.journal.selectors import entries_for

if TYPE_CHECKING:
    from clea.accounts.models import User

__all__ = ["Conflict", "back", "cancel", "conflicts", "elsewhere", "override", "record"]

S = ApplicationState


def _desk(by: User, application: Application) -> tuple[Jury, Application]:
    """The jury, then the dossier, locked; the right checked."""
    jury = lock_jury(Jury.objects.get(call=application.call_id))
    require_desk(by, jury.call)
    return jury, lock(application)


def _held(by: User, decision: OutsideDecision) -> tuple[Jury, Application, OutsideDecision]:
    jury, application = _desk(by, decision.application)
    fresh = OutsideDecision.objects.select_for_update().get(pk=decision.pk)
    if fresh.cancelled_at is not None:
        raise Refused(_("Cette information a été annulée entre-temps."), code="cancelled")
    return jury, application, fresh


def record(*, by: User, application: Application, territory: str, jury_on: date, words: str = "") -> OutsideDecision:
    """Write that another territory keeps this artist, and when its jury met. The same twice is one row.

    When it comes before ours, a letter of selection that has not left is cancelled, its offer with it.
    """
    with transaction.atomic():
        jury, locked = _desk(by, application)
        if locked.last_deposit_id is None:
            raise Refused(_("Ce dossier n'est pas déposé."), code="not_filed")
        territory = " ".join(territory.split())
        if jury_on > timezone.localdate():
            raise Refused(
                _("Ce jury n'a pas encore eu lieu : notez sa décision quand elle est prise."),
                code="future",
                field="jury_on",
            )
        if territory.casefold() == locked.call.territory.name.casefold():
            raise Refused(_("C'est votre territoire : indiquez l'autre."), code="ours", field="territory")
        known = locked.outside_decisions.filter(
            territory__iexact=territory, jury_on=jury_on, cancelled_at__isnull=True
        ).first()
        if known is not None:
            return known
        row = OutsideDecision(
            application=locked, territory=territory, jury_on=jury_on, words=words.strip(), recorded_by=by
        )
        row.full_clean()
        row.save()
        _hold_back(by, jury, locked, row)
        journal.record(
            by=by,
            verb="outside.recorded",
            target=locked,
            data={"outside": str(row.uuid), "jury_on": jury_on.isoformat()},
        )
        return row


def _hold_back(by: User, jury: Jury, locked: Application, row: OutsideDecision) -> None:
    """Keep a letter of selection from leaving before the case is settled; it can be drafted again then."""
    decision = standing_decisions(jury).filter(application=locked).first()
    if locked.state != S.SELECTED or precedence(row.jury_on, ours_on(locked, decision)) == Precedence.OURS:
        return
    voided = renouncing.void_letters(by=by, locked=locked)
    pending = Offer.objects.select_for_update().filter(letter__in=voided, state=OfferState.PENDING)
    for offer in pending:
        why = _("Retenue par %(name)s : à régler.") % {"name": row.territory}
        renouncing.close_offer(by=by, offer=offer, state=OfferState.CANCELLED, why=why)
        journal.record(by=by, verb="offer.cancelled", target=locked, data={"offer": str(offer.uuid), "sent": False})


def cancel(*, by: User, decision: OutsideDecision) -> OutsideDecision:
    """Take the information back: wrong, or the other territory stepped back. Not while it closed the dossier."""
    with transaction.atomic():
        _jury, application, row = _held(by, decision)
        if application.state == S.ELSEWHERE:
            raise Refused(
                _("Le dossier est « retenue ailleurs » : faites-le d'abord revenir dans la sélection."),
                code="elsewhere",
            )
        row.cancelled_at = timezone.now()
        row.save(update_fields=["cancelled_at"])
        journal.record(by=by, verb="outside.cancelled", target=application, data={"outside": str(row.uuid)})
        return row


def override(*, by: User, decision: OutsideDecision, reason: str) -> OutsideDecision:
    """Write why the rule does not give the artist to that territory; its letter may then leave."""
    with transaction.atomic():
        _jury, application, row = _held(by, decision)
        if not reason.strip():
            raise Refused(_("Indiquez pourquoi la règle ne s'applique pas."), code="reason_needed", field="reason")
        row.override = reason.strip()
        row.full_clean(exclude=["application", "recorded_by"])
        row.save(update_fields=["override"])
        journal.record(by=by, verb="outside.overridden", target=application, data={"outside": str(row.uuid)})
        return row


def elsewhere(*, by: User, decision: OutsideDecision) -> Application:
    """The artist goes to the territory that decided first: what they held here is free.

    Letters that have not left are cancelled; an offer that waits is cancelled, an accepted one released.
    """
    with transaction.atomic():
        _jury, application, row = _held(by, decision)
        require(rules.can_transition(application.state, S.ELSEWHERE))
        before = application.state
        application.state = S.ELSEWHERE
        application.save(update_fields=["state", "updated_at", "search"])
        renouncing.void_letters(by=by, locked=application)
        renouncing.free_position(by=by, locked=application, why=_("Retenue par %(name)s.") % {"name": row.territory})
        journal.record(
            by=by, verb="application.elsewhere", target=application, data={"outside": str(row.uuid), "from": before}
        )
        return application


def back(*, by: User, application: Application) -> Application:
    """The other territory stepped back, or it was a mistake: the dossier returns where it stood.

    Where it stood is what the journal wrote. Selected, it needs a position still free. The letter that
    told it, if it has not left, is cancelled.
    """
    with transaction.atomic():
        jury, locked = _desk(by, application)
        if locked.state != S.ELSEWHERE:
            raise Refused(_("Ce dossier n'est pas « retenue ailleurs »."), code="not_elsewhere")
        entry = entries_for(locked).filter(verb="application.elsewhere").first()
        target = S(entry.data["from"]) if entry is not None else S.ELIGIBLE
        found = board(jury)
        case = found.of(locked)
        if target == S.SELECTED:
            if case is not None and case.decision is not None and case.decision.outcome == Outcome.RESERVE:
                # It was called from the reserve list, where it can be called again.
                target = S.RESERVE
            elif free_for(found, case.position if case is not None else None) < 1:
                raise Refused(
                    _("La résidence a été attribuée depuis : corrigez la séance pour changer cette décision."),
                    code="no_place",
                )
        require(rules.can_transition(locked.state, target))
        locked.state = target
        locked.save(update_fields=["state", "updated_at", "search"])
        renouncing.void_letters(by=by, locked=locked)
        journal.record(by=by, verb="application.back", target=locked, data={"to": target.value})
        return locked
