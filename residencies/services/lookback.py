"""What each side says of an activity once it took place, and its evaluation by the coordination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import ActivityState, ConfirmationSide, Qualifier, SessionState
from residencies.models import Activity, Residency
from residencies.rules import confirmations as rules
from residencies.selectors import confirmations as selectors
from residencies.services.base import lock_activity, require_artist, require_desk, require_team
from structures.models import Structure

if TYPE_CHECKING:
    from clea.accounts.models import User

FIELDS = {
    ConfirmationSide.ARTIST: "artist_view",
    ConfirmationSide.STRUCTURE: "team_view",
    ConfirmationSide.DESK: "desk_view",
}


def write(
    *,
    by: User,
    activity: Activity,
    side: ConfirmationSide,
    text: str,
    seen: str,
    residency: Residency | None = None,
    structure: Structure | None = None,
) -> Activity:
    """Write one side's view. ``seen`` is the text the person started from: another since is a ``StaleWrite``."""
    with transaction.atomic():
        locked = lock_activity(activity)
        _require_side(by, locked, side, residency, structure)
        held = locked.sessions.filter(state=SessionState.HELD).exists()
        require(rules.can_look_back(locked, held=held))
        name = FIELDS[side]
        if getattr(locked, name).strip() != seen.replace("\r\n", "\n").strip():
            raise StaleWrite(
                _(
                    "Quelqu'un d'autre a écrit ici depuis que vous avez ouvert cette page. "
                    "Rien n'est enregistré : relisez son texte, puis reprenez le vôtre."
                ),
                code="stale",
                field="text",
            )
        setattr(locked, name, text.replace("\r\n", "\n").strip())
        locked.full_clean(exclude=["season", "created_by"])
        locked.save(update_fields=[name, "updated_at"])
        journal.record(by=by, verb="activity.looked_back", target=locked, data={"side": str(side)})
        return locked


def _require_side(
    by: User, activity: Activity, side: ConfirmationSide, residency: Residency | None, structure: Structure | None
) -> None:
    if side == ConfirmationSide.DESK:
        require_desk(by, activity.territory)
        return
    if side == ConfirmationSide.ARTIST and residency is not None:
        require_artist(by, residency)
        if activity.residencies.filter(pk=residency.pk).exists():
            return
    elif side == ConfirmationSide.STRUCTURE and structure is not None:
        require_team(by, structure)
        if activity.structures.filter(pk=structure.pk).exists():
            return
    raise Forbidden(_("Seuls les artistes et les structures de cette activité peuvent l'écrire."), code="not_there")


def evaluate(
    *,
    by: User,
    activity: Activity,
    desk_view: str,
    people_met: int | None,
    qualifier: str = Qualifier.EXACT,
    classes: int | None = None,
) -> Activity:
    """Close the look back. ``people_met``: different people, which attendances only bound (rules.md 24).

    ``classes``: of pupils; null, nobody said or there were none.
    """
    with transaction.atomic():
        locked = lock_activity(activity)
        require_desk(by, locked.territory)
        require(rules.can_evaluate(locked))
        present = selectors.attendances(selectors.sessions(locked))
        if people_met is not None and present.exact and present.value is not None and people_met > present.value:
            raise Refused(
                _("Les séances comptent %(n)s présences : il ne peut pas y avoir plus de personnes différentes.")
                % {"n": present.value},
                code="more_than_present",
                field="people_met",
            )
        locked.desk_view = desk_view.replace("\r\n", "\n").strip()
        locked.people_met, locked.people_met_qualifier, locked.classes = people_met, qualifier, classes
        locked.state = ActivityState.EVALUATED
        locked.full_clean(exclude=["season", "created_by"])
        locked.save(update_fields=["desk_view", "people_met", "people_met_qualifier", "classes", "state", "updated_at"])
        said = {"people_met": people_met, "classes": classes}
        journal.record(by=by, verb="activity.evaluated", target=locked, data=said)
        return locked


def reopen(*, by: User, activity: Activity) -> Activity:
    """Open a look back that was closed too early."""
    with transaction.atomic():
        locked = lock_activity(activity)
        require_desk(by, locked.territory)
        if locked.state != ActivityState.EVALUATED:
            raise Refused(_("Cette activité n'est pas évaluée."), code="wrong_state")
        locked.state = ActivityState.DONE
        locked.save(update_fields=["state", "updated_at"])
        journal.record(by=by, verb="activity.evaluation_reopened", target=locked, data={})
        return locked
