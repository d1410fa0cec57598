"""Activities and their sessions: kinds, states, audience, what the planning warns of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivityKind(models.TextChoices):
    ENCOUNTER = "encounter", _("rencontre")
    GESTURE = "gesture", _("geste artistique")
    DIFFUSION = "diffusion", _("diffusion")
    RESTITUTION = "restitution", _("restitution")
    TRAINING = "training", _("formation")


class ActivityState(models.TextChoices):
    IDEA = "idea", _("idée")
    WRITING = "writing", _("en écriture")
    PLANNED = "planned", _("planifiée")
    DONE = "done", _("réalisée")
    EVALUATED = "evaluated", _("évaluée")
    CANCELLED = "cancelled", _("annulée")


_A = ActivityState
ACTIVITY_TRANSITIONS: dict[ActivityState, frozenset[ActivityState]] = {
    _A.IDEA: frozenset({_A.WRITING, _A.CANCELLED}),
    _A.WRITING: frozenset({_A.PLANNED, _A.CANCELLED}),
    # Back to writing: its only session was called off.
    _A.PLANNED: frozenset({_A.WRITING, _A.DONE, _A.CANCELLED}),
    # Another session was added.
    _A.DONE: frozenset({_A.PLANNED, _A.EVALUATED}),
    _A.EVALUATED: frozenset({_A.DONE}),
    _A.CANCELLED: frozenset({_A.WRITING}),
}
#: Its text may still be written by the artist and the teams.
OPEN_ACTIVITY_STATES = frozenset({_A.IDEA, _A.WRITING, _A.PLANNED})
#: A session may be put in the calendar.
PLANNABLE_STATES = frozenset({_A.IDEA, _A.WRITING, _A.PLANNED, _A.DONE})
#: Counts in coverage: planned or more.
FACING_STATES = frozenset({_A.PLANNED, _A.DONE, _A.EVALUATED})


class SessionState(models.TextChoices):
    PLANNED = "planned", _("prévue")
    HELD = "held", _("tenue")
    NOT_HELD = "not_held", _("n'a pas eu lieu")
    CANCELLED = "cancelled", _("annulée")


_S = SessionState
SESSION_TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    _S.PLANNED: frozenset({_S.HELD, _S.NOT_HELD, _S.CANCELLED}),
    _S.HELD: frozenset({_S.NOT_HELD, _S.PLANNED}),
    _S.NOT_HELD: frozenset({_S.HELD, _S.PLANNED}),
    _S.CANCELLED: frozenset({_S.PLANNED}),
}


class AudienceCategory(models.TextChoices):
    """Who came (rules.md 24). Categories do not overlap; "dont" is said by ``inside`` on a count."""

    EARLY = "early", _("tout-petits (crèche, petite enfance)")
    PRIMARY = "primary", _("élèves de maternelle et d'élémentaire")
    SECONDARY = "secondary", _("collégiens et lycéens")
    YOUTH = "youth", _("jeunes hors temps scolaire")
    FAMILIES = "families", _("familles")
    ADULTS = "adults", _("habitants adultes")
    SENIORS = "seniors", _("personnes âgées")
    CARE = "care", _("personnes accompagnées (soin, social, handicap)")
    PROFESSIONALS = "professionals", _("professionnels et bénévoles")
    GENERAL = "general", _("tout public, non distingué")


class Qualifier(models.TextChoices):
    EXACT = "exact", _("exactement")
    MORE_THAN = "more_than", _("plus de")
    ABOUT = "about", _("environ")


class ConfirmationSide(models.TextChoices):
    ARTIST = "artist", _("l'artiste")
    STRUCTURE = "structure", _("la structure")
    DESK = "desk", _("la coordination")


class Happened(models.TextChoices):
    YES = "yes", _("oui, comme prévu")
    CHANGED = "changed", _("oui, autrement que prévu")
    NO = "no", _("non, elle n'a pas eu lieu")


class RequestState(models.TextChoices):
    SENT = "sent", _("reçu, à l'étude")
    PROPOSED = "proposed", _("une proposition vous attend")
    ACCEPTED = "accepted", _("retenu")
    REFUSED = "refused", _("non retenu")
    WITHDRAWN = "withdrawn", _("retiré")


_W = RequestState
REQUEST_TRANSITIONS: dict[RequestState, frozenset[RequestState]] = {
    _W.SENT: frozenset({_W.PROPOSED, _W.ACCEPTED, _W.REFUSED, _W.WITHDRAWN}),
    # The structure says no to the other artist: its own wish stands.
    _W.PROPOSED: frozenset({_W.SENT, _W.PROPOSED, _W.ACCEPTED, _W.REFUSED, _W.WITHDRAWN}),
    # The activity was called off, or the refusal was a mistake.
    _W.ACCEPTED: frozenset({_W.SENT}),
    _W.REFUSED: frozenset({_W.SENT}),
    _W.WITHDRAWN: frozenset({_W.SENT}),
}


class BookingState(models.TextChoices):
    ASKED = "asked", _("demandée")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    CANCELLED = "cancelled", _("annulée")


class WarningCode(models.TextChoices):
    """What the planning warns of. Each is explained, and may be overridden with a reason."""

    ARTIST_TAKEN = "artist_taken", _("artiste déjà pris")
    TRAVEL = "travel", _("trajet trop court")
    OUTSIDE_PERIODS = "outside_periods", _("hors des périodes de résidence")
    PUBLIC_HOLIDAY = "public_holiday", _("jour férié")
    SCHOOL_HOLIDAY = "school_holiday", _("vacances scolaires")
    STRUCTURE_CLOSED = "structure_closed", _("structure fermée")
    STRUCTURE_TAKEN = "structure_taken", _("équipe déjà prise")
    NO_TEAM = "no_team", _("équipe incomplète")
    PAST_DAYS = "past_days", _("jours de résidence épuisés")
    ABSENT = "absent", _("absence de l'artiste")
    NOT_CONTRACTED = "not_contracted", _("contrat de résidence non signé")
