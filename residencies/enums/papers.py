"""What is signed: the residency's contract, an activity's agreement."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperKind(models.TextChoices):
    CONTRACT = "contract", _("contrat de résidence")
    AGREEMENT = "agreement", _("convention d'activité")


class PaperState(models.TextChoices):
    DRAFT = "draft", _("à relire")
    ISSUED = "issued", _("à signer")
    SIGNED = "signed", _("signée")
    CANCELLED = "cancelled", _("annulée")


_P = PaperState
PAPER_TRANSITIONS: dict[PaperState, frozenset[PaperState]] = {
    _P.DRAFT: frozenset({_P.ISSUED, _P.CANCELLED}),
    # Never back to a draft: what people hold in hand is cancelled, and another edition made.
    _P.ISSUED: frozenset({_P.SIGNED, _P.CANCELLED}),
    _P.SIGNED: frozenset({_P.CANCELLED}),
    _P.CANCELLED: frozenset(),
}
