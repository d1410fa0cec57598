"""When a reading is complete, and when a dossier is discussed. Pure predicates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from candidatures.enums import DELIBERATED_STATES, Advice
from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import moment

if TYPE_CHECKING:
    from candidatures.models import Application, Deposit, Jury, ScoringCriterion


def missing_to_file(advice: str, notes: Iterable[tuple[ScoringCriterion, int | None]]) -> dict[str, str]:
    """What a reading still needs, by the form's field: an advice, and every note unless one abstains."""
    missing: dict[str, str] = {}
    if advice != Advice.ABSTAIN:
        for criterion, value in notes:
            if value is None:
                missing[f"note_{criterion.pk}"] = _("Donnez une note, de 0 à %(maximum)d.") % {
                    "maximum": criterion.max_score
                }
    if not advice:
        missing["advice"] = _("Choisissez un avis avant de déposer votre lecture.")
    return missing


def can_file_on(read: int, standing: Deposit | None) -> Verdict:
    """A reading is filed on the deposit that stands: a newer one is read first. ``read``: its key."""
    if standing is None or read == standing.pk:
        return ALLOWED
    return refuse(
        _(
            "Un nouveau dépôt a été reçu le %(when)s. Lisez-le et confirmez-le en haut de la page, puis déposez votre "
            "lecture. Tout ce que vous avez saisi est enregistré."
        )
        % {"when": moment(standing.received_at)},
        "newer_deposit",
    )


def can_discuss(jury: Jury, application: Application) -> Verdict:
    """Add to a dossier's discussion, or take a remark back: while it is open and nothing is decided."""
    if not jury.discussion_open:
        return refuse(_("La coordination n'a pas encore ouvert la discussion."), "discussion_closed")
    if application.state not in DELIBERATED_STATES:
        return refuse(_("Le jury s'est prononcé sur ce dossier : la discussion est close."), "decided")
    return ALLOWED
