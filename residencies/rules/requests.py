"""What may be done with a structure's wish, and when. Pure: no query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, refuse
from residencies.enums import OPEN_ACTIVITY_STATES, REQUEST_TRANSITIONS, ActivityState, RequestState

if TYPE_CHECKING:
    from residencies.models import Activity, ActivityRequest, Residency

_S = RequestState
#: What became of it, for whoever comes too late.
_ALREADY = {
    _S.SENT: _("Ce souhait est à l'étude."),
    _S.PROPOSED: _("Un autre artiste est proposé pour ce souhait : la réponse de la structure est attendue."),
    _S.ACCEPTED: _("Ce souhait est déjà devenu une activité."),
    _S.REFUSED: _("Ce souhait n'a pas été retenu : rouvrez-le d'abord."),
    _S.WITHDRAWN: _("La structure a retiré ce souhait."),
}


def can_become(request: ActivityRequest, target: RequestState) -> Verdict:
    """By the table of states; the reason says what the wish became meanwhile."""
    state = RequestState(request.state)
    if target in REQUEST_TRANSITIONS[state]:
        return ALLOWED
    return refuse(_ALREADY[state], f"is_{state}")


def can_change(request: ActivityRequest) -> Verdict:
    """The team rewrites its wish while nobody has answered."""
    if request.state == _S.SENT:
        return ALLOWED
    if request.state == _S.PROPOSED:
        return refuse(
            _("Répondez d'abord à la proposition : si vous la déclinez, vous pourrez reprendre votre souhait."),
            "is_proposed",
        )
    if request.state == _S.WITHDRAWN:
        return refuse(_("Ce souhait est retiré : reprenez-le d'abord."), "is_withdrawn")
    return refuse(_("La coordination a déjà répondu à ce souhait : écrivez-lui, ou envoyez-en un autre."), "answered")


def can_withdraw(request: ActivityRequest) -> Verdict:
    """Before it became something else."""
    if request.state in {_S.SENT, _S.PROPOSED}:
        return ALLOWED
    if request.state == _S.WITHDRAWN:
        return refuse(_("Ce souhait est déjà retiré."), "is_withdrawn")
    return refuse(_("La coordination a déjà répondu à ce souhait : écrivez-lui pour y renoncer."), "answered")


def can_resume(request: ActivityRequest) -> Verdict:
    """The team takes back its own withdrawal."""
    if request.state == _S.WITHDRAWN:
        return ALLOWED
    return refuse(_("Ce souhait n'est pas retiré."), "not_withdrawn")


def can_reopen(request: ActivityRequest, activity: Activity | None) -> Verdict:
    """The desk takes its answer back: a refusal always, an activity once it is called off."""
    if request.state == _S.REFUSED:
        return ALLOWED
    if request.state == _S.ACCEPTED:
        if activity is None or activity.state == ActivityState.CANCELLED:
            return ALLOWED
        return refuse(
            _("Ce souhait est devenu une activité qui tient toujours : annulez-la d'abord, ou gardez-la."), "standing"
        )
    if request.state == _S.WITHDRAWN:
        return refuse(_("La structure l'a retiré : elle seule peut le reprendre."), "is_withdrawn")
    return refuse(_("Ce souhait attend encore une réponse."), "waiting")


def can_answer_proposal(request: ActivityRequest) -> Verdict:
    """The team says yes or no to the artist proposed."""
    if request.state == _S.PROPOSED:
        return ALLOWED
    return refuse(_("Aucune proposition n'attend de réponse pour ce souhait."), f"is_{request.state}")


def can_serve(request: ActivityRequest, residency: Residency) -> Verdict:
    """Whether this residency may take the wish: of the same season, and not over."""
    if residency.season_id != request.season_id:
        return refuse(_("Cette résidence n'est pas de la même saison."), "other_season")
    if not residency.is_live:
        return refuse(
            _("La résidence de %(name)s est terminée ou interrompue : choisissez un autre artiste.")
            % {"name": residency.artist_name},
            "not_live",
        )
    return ALLOWED


def can_join(request: ActivityRequest, activity: Activity) -> Verdict:
    """Whether a structure may still be added to this activity."""
    if activity.season_id != request.season_id:
        return refuse(_("Cette activité n'est pas de la même saison."), "other_season")
    if activity.state not in OPEN_ACTIVITY_STATES:
        return refuse(_("Cette activité est terminée ou annulée : choisissez-en une autre."), "not_open")
    return ALLOWED
