"""What a bilan may say, and when it may be published. Pure: figures already read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, refuse
from clea.ui import dates
from residencies.enums.bilan import BILAN_TRANSITIONS, BilanState

if TYPE_CHECKING:
    from residencies.methods.bilan import Figures
    from residencies.models import Bilan


def claim_holds(claimed: int, figures: Figures) -> Verdict:
    """« Plus de N personnes » is said when more than N people are certain: an attendance is not a person."""
    if figures.floor > claimed:
        return ALLOWED
    return refuse(
        _(
            "Les chiffres ne justifient pas « plus de %(claimed)s personnes » : %(floor)s personnes différentes sont "
            "certaines. La formule n'est pas publiée. Complétez les bilans d'activité, ou baissez le nombre."
        )
        % {"claimed": dates.number(claimed), "floor": dates.number(figures.floor)},
        "claim",
    )


def can_publish(bilan: Bilan, figures: Figures) -> Verdict:
    """There must be something to tell."""
    if BilanState.PUBLISHED not in BILAN_TRANSITIONS[BilanState(bilan.state)]:
        return refuse(_("Ce bilan est déjà publié."), "published")
    if figures.empty:
        return refuse(
            _(
                "Il n'y a encore rien à publier : aucune séance tenue, aucune ligne saisie. Confirmez des séances ou "
                "saisissez les chiffres d'un rapport, puis publiez."
            ),
            "empty",
        )
    return ALLOWED


def can_take_back(bilan: Bilan) -> Verdict:
    if BilanState.DRAFT in BILAN_TRANSITIONS[BilanState(bilan.state)]:
        return ALLOWED
    return refuse(_("Ce bilan n'est pas publié : il n'y a rien à retirer."), "draft")
