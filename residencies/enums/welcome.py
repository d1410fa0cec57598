"""The welcome: visits, lodging, incidents, relays, kits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitState(models.TextChoices):
    PLANNED = "planned", _("prévue")
    DONE = "done", _("faite")
    CANCELLED = "cancelled", _("annulée")


class InventoryMoment(models.TextChoices):
    ENTRY = "entry", _("entrée")
    EXIT = "exit", _("sortie")


class LineCondition(models.TextChoices):
    GOOD = "good", _("bon état")
    WORN = "worn", _("usé")
    DAMAGED = "damaged", _("abîmé")
    MISSING = "missing", _("manquant")


class IncidentTopic(models.TextChoices):
    LODGING = "lodging", _("logement")
    VEHICLE = "vehicle", _("véhicule ou trajet")
    HEALTH = "health", _("santé")
    STRUCTURE = "structure", _("relation avec une structure")
    MATERIAL = "material", _("matériel")
    OTHER = "other", _("autre")


class Severity(models.TextChoices):
    LOW = "low", _("gêne")
    SERIOUS = "serious", _("sérieux")
    URGENT = "urgent", _("urgent")


class IncidentState(models.TextChoices):
    OPEN = "open", _("signalé")
    FOLLOWED = "followed", _("en cours de traitement")
    CLOSED = "closed", _("clos")


_I = IncidentState
INCIDENT_TRANSITIONS: dict[IncidentState, frozenset[IncidentState]] = {
    _I.OPEN: frozenset({_I.FOLLOWED, _I.CLOSED}),
    _I.FOLLOWED: frozenset({_I.FOLLOWED, _I.CLOSED}),
    _I.CLOSED: frozenset({_I.FOLLOWED}),
}


class RelayKind(models.TextChoices):
    INSPECTOR = "inspector", _("inspection")
    ADVISER = "adviser", _("conseil pédagogique")
    HEAD = "head", _("direction")
    REFERENT = "referent", _("référence culture")
    ASSOCIATION = "association", _("association")
    OTHER = "other", _("autre relais")


class KitAudience(models.TextChoices):
    SCHOOLS = "schools", _("établissements scolaires")
    OTHERS = "others", _("autres acteurs")


class KitChannel(models.TextChoices):
    MAIL = "mail", _("par courriel")
    HAND = "hand", _("en main propre")
    POST = "post", _("par la poste")
