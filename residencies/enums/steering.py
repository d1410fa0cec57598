"""Steering, evaluation, communication."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingKind(models.TextChoices):
    TECHNICAL = "technical", _("comité technique (COTECH)")
    STEERING = "steering", _("comité de pilotage (COPIL)")
    OTHER = "other", _("autre réunion")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("prévue")
    HELD = "held", _("tenue, compte rendu à arrêter")
    SETTLED = "settled", _("compte rendu arrêté")
    CANCELLED = "cancelled", _("annulée")


_M = MeetingState
MEETING_TRANSITIONS: dict[MeetingState, frozenset[MeetingState]] = {
    _M.PLANNED: frozenset({_M.HELD, _M.CANCELLED}),
    # Back to planned: it was not the day; back to held: the minutes are corrected.
    _M.HELD: frozenset({_M.SETTLED, _M.PLANNED}),
    _M.SETTLED: frozenset({_M.HELD}),
    _M.CANCELLED: frozenset({_M.PLANNED}),
}


class RhythmUnit(models.TextChoices):
    MONTH = "month", _("par mois")
    QUARTER = "quarter", _("par trimestre")


class Presence(models.TextChoices):
    INVITED = "invited", _("invitée")
    PRESENT = "present", _("présente")
    EXCUSED = "excused", _("excusée")
    ABSENT = "absent", _("absente")


class ActionState(models.TextChoices):
    OPEN = "open", _("à faire")
    DONE = "done", _("faite")
    DROPPED = "dropped", _("abandonnée")


_A = ActionState
ACTION_TRANSITIONS: dict[ActionState, frozenset[ActionState]] = {
    _A.OPEN: frozenset({_A.DONE, _A.DROPPED}),
    _A.DONE: frozenset({_A.OPEN}),
    _A.DROPPED: frozenset({_A.OPEN}),
}


class CommunicationChannel(models.TextChoices):
    PRESS = "press", _("presse")
    WEB = "web", _("site internet")
    SOCIAL = "social", _("réseaux sociaux")
    PRINT = "print", _("affiche, dépliant, magazine")
    LETTER = "letter", _("lettre d'information")
    RADIO = "radio", _("radio, télévision")
    MEETING = "meeting", _("rencontre, prise de parole")
    OTHER = "other", _("autre")


class CommunicationState(models.TextChoices):
    TODO = "todo", _("à faire")
    DOING = "doing", _("en cours")
    DONE = "done", _("fait")
    DROPPED = "dropped", _("abandonné")


_C = CommunicationState
COMMUNICATION_TRANSITIONS: dict[CommunicationState, frozenset[CommunicationState]] = {
    _C.TODO: frozenset({_C.DOING, _C.DONE, _C.DROPPED}),
    _C.DOING: frozenset({_C.TODO, _C.DONE, _C.DROPPED}),
    _C.DONE: frozenset({_C.DOING}),
    _C.DROPPED: frozenset({_C.TODO}),
}


class SubscriberState(models.TextChoices):
    ASKED = "asked", _("en attente de confirmation")
    CONFIRMED = "confirmed", _("confirmé")
