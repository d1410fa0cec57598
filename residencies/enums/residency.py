"""The residency, its days, what is asked from the artist."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResidencyState(models.TextChoices):
    PREPARING = "preparing", _("en préparation")
    CURRENT = "current", _("en cours")
    FINISHED = "finished", _("terminée")
    STOPPED = "stopped", _("interrompue")


_R = ResidencyState
RESIDENCY_TRANSITIONS: dict[ResidencyState, frozenset[ResidencyState]] = {
    _R.PREPARING: frozenset({_R.CURRENT, _R.STOPPED}),
    _R.CURRENT: frozenset({_R.FINISHED, _R.STOPPED}),
    # Back to work: an extension, or a closing made too early.
    _R.FINISHED: frozenset({_R.CURRENT}),
    _R.STOPPED: frozenset({_R.PREPARING, _R.CURRENT}),
}
#: Something may still be planned in it.
LIVE_RESIDENCIES = frozenset({_R.PREPARING, _R.CURRENT})


class CountBasis(models.TextChoices):
    """Which of the two counts binds (rules.md 14): the contract says it."""

    WEEKDAYS = "weekdays", _("jours de semaine (du lundi au vendredi, fériés compris)")
    WORKING_DAYS = "working_days", _("jours ouvrés (jours de semaine, fériés ôtés)")


class DayPart(models.TextChoices):
    """How much of a day. A half day counts 0.5."""

    FULL = "full", _("journée")
    MORNING = "morning", _("matin")
    AFTERNOON = "afternoon", _("après-midi")
    NONE = "none", _("aucune présence")


class AbsenceReason(models.TextChoices):
    SICK = "sick", _("maladie")
    PERSONAL = "personal", _("motif personnel")
    OTHER_CONTRACT = "other_contract", _("autre engagement accepté")
    TRAVEL = "travel", _("trajet ou panne")
    STRUCTURE = "structure", _("annulation par une structure")
    OTHER = "other", _("autre motif")


class DocumentKind(models.TextChoices):
    """What may be asked from the artist."""

    BANK = "bank", _("relevé d'identité bancaire")
    INSURANCE = "insurance", _("attestation d'assurance")
    LICENCE = "licence", _("permis de conduire")
    VEHICLE = "vehicle", _("véhicule : carte grise et assurance")
    SAFEGUARDING = "safeguarding", _("attestation d'honorabilité")
    OTHER = "other", _("autre document")


class DocumentState(models.TextChoices):
    ASKED = "asked", _("attendu")
    RECEIVED = "received", _("reçu, à vérifier")
    ACCEPTED = "accepted", _("vérifié")
    RETURNED = "returned", _("à refaire")
    WAIVED = "waived", _("plus nécessaire")


_D = DocumentState
DOCUMENT_TRANSITIONS: dict[DocumentState, frozenset[DocumentState]] = {
    # Straight to accepted: the paper was seen across a table, nothing was sent.
    _D.ASKED: frozenset({_D.RECEIVED, _D.ACCEPTED, _D.WAIVED}),
    _D.RECEIVED: frozenset({_D.RECEIVED, _D.ACCEPTED, _D.RETURNED, _D.WAIVED}),
    _D.RETURNED: frozenset({_D.RECEIVED, _D.ACCEPTED, _D.WAIVED}),
    # It expired, or was accepted by mistake.
    _D.ACCEPTED: frozenset({_D.ASKED}),
    _D.WAIVED: frozenset({_D.ASKED}),
}


class FeedKind(models.TextChoices):
    """Whose calendar a private address serves."""

    ARTIST = "artist", _("une résidence")
    STRUCTURE = "structure", _("une structure")
    DESK = "desk", _("toutes les résidences d'un territoire")
