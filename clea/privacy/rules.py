"""Whether a list may be approved, cancelled, changed. Pure: a verdict with what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail import scopes
from clea.privacy.enums import TRANSITIONS, DisposalState
from clea.rules import ALLOWED, Verdict, forbid, refuse

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.privacy.models import DisposalList


def can_handle(user: User, disposal: DisposalList) -> Verdict:
    """Approving is an act of the service that answers for the data."""
    if scopes.holds(user, disposal.scope):
        return ALLOWED
    return forbid(_("Seule la coordination de ce territoire approuve ce bordereau."), "not_yours")


def can_become(disposal: DisposalList, state: DisposalState) -> Verdict:
    if state in TRANSITIONS[DisposalState(disposal.state)]:
        return ALLOWED
    return refuse(_("Ce bordereau n'attend plus de relecture : rechargez la page pour voir où il en est."), "not_open")


def can_change(disposal: DisposalList) -> Verdict:
    """Taking a line off, or putting it back: before the approval only."""
    return can_become(disposal, DisposalState.APPROVED)
