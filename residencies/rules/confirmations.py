"""Who may say what took place, and until when. No query."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import moment
from residencies.enums import ActivityState, SessionState
from residencies.models import Activity, Session


def can_confirm(session: Session, now: datetime, *, settled: bool, desk: bool = False) -> Verdict:
    """Once the session has begun; until the coordination has settled it, or closed the look back.

    ``settled``: the coordination has said its own word. Reads ``session.activity``.
    """
    if session.state == SessionState.CANCELLED or session.activity.state == ActivityState.CANCELLED:
        return refuse(_("Cette séance est annulée : il n'y a rien à confirmer."), "cancelled")
    if session.starts_at > now:
        return refuse(
            _("La séance n'a pas encore commencé : revenez après le %(when)s.") % {"when": moment(session.starts_at)},
            "too_early",
        )
    if session.activity.state == ActivityState.EVALUATED:
        return refuse(
            _("Le bilan de cette activité est clos : écrivez à la coordination pour le faire rouvrir."), "evaluated"
        )
    if settled and not desk:
        return refuse(
            _("La coordination a tranché ce qui a eu lieu : écrivez-lui si quelque chose est inexact."), "settled"
        )
    return ALLOWED


def can_look_back(activity: Activity, *, held: bool) -> Verdict:
    """Write what one thinks of it: once something took place, until it is evaluated."""
    if activity.state == ActivityState.CANCELLED:
        return refuse(_("Cette activité est annulée."), "cancelled")
    if activity.state == ActivityState.EVALUATED:
        return refuse(
            _("Le bilan de cette activité est clos : écrivez à la coordination pour le faire rouvrir."), "evaluated"
        )
    if not held:
        return refuse(_("Aucune séance n'a encore eu lieu : confirmez-en d'abord une."), "nothing_held")
    return ALLOWED


def can_evaluate(activity: Activity) -> Verdict:
    """Close the look back: every session is over."""
    if activity.state == ActivityState.DONE:
        return ALLOWED
    if activity.state == ActivityState.EVALUATED:
        return refuse(_("Cette activité est déjà évaluée."), "evaluated")
    return refuse(
        _("Toutes les séances doivent être confirmées, et l'une au moins tenue, avant de clore le bilan."), "not_done"
    )
