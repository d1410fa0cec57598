"""The states of a disposal list and of its lines, and how a list passes from one to the other."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DisposalState(models.TextChoices):
    PREPARED = "prepared", _("à relire")
    APPROVED = "approved", _("approuvé, élimination en cours")
    CARRIED_OUT = "carried_out", _("éliminé")
    CANCELLED = "cancelled", _("abandonné")


TRANSITIONS: dict[DisposalState, frozenset[DisposalState]] = {
    DisposalState.PREPARED: frozenset({DisposalState.APPROVED, DisposalState.CANCELLED}),
    DisposalState.APPROVED: frozenset({DisposalState.CARRIED_OUT}),
    DisposalState.CARRIED_OUT: frozenset(),
    DisposalState.CANCELLED: frozenset(),
}


class LineState(models.TextChoices):
    PENDING = "pending", _("à éliminer")
    KEPT = "kept", _("conservé")
    DONE = "done", _("éliminé")
    GONE = "gone", _("déjà parti")
    LEFT = "left", _("laissé en place")
