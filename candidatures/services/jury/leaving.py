"""A letter that offers a residency, looked at once more when a person lets it go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Jury, Letter
from candidatures.selectors.answers import cases
from candidatures.services.jury.letters import OFFERING
from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import deadline

if TYPE_CHECKING:
    from clea.mail.models import OutgoingMail


def may_leave(message: OutgoingMail) -> Verdict:
    """Whether a decision letter may leave now: nobody is offered what another territory keeps, nor asked
    to answer before a date that is past. One query; about twelve for an offer.
    """
    letter = Letter.objects.filter(mail=message).select_related("application__owner", "offer").first()
    offer = getattr(letter, "offer", None)
    if letter is None or offer is None or letter.outcome not in OFFERING:
        return ALLOWED
    name = letter.application.display_name
    if timezone.now() >= offer.answer_by:
        return refuse(
            _(
                "« %(name)s » : le délai de réponse est passé (%(when)s). Annulez ce courrier, puis préparez-le "
                "de nouveau avec la bonne date."
            )
            % {"name": name, "when": deadline(offer.answer_by)},
            "answer_by_past",
        )
    jury = Jury.objects.with_call().get(call=letter.application.call_id)
    blocking = [conflict for case in cases(jury, [letter.application]) for conflict in case.blocking]
    if blocking:
        return refuse(
            _("« %(name)s » est retenue par %(territory)s : réglez d'abord ce cas dans « Réponses ».")
            % {"name": name, "territory": blocking[0].territory},
            "elsewhere",
        )
    return ALLOWED
