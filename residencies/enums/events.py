"""Events: the 27e heure and others."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    MEETING_DAY = "meeting_day", _("27e heure : rencontre des artistes et des structures")
    TRAINING = "training", _("formation")
    PUBLIC = "public", _("rendez-vous public")
    OTHER = "other", _("autre")


class EventState(models.TextChoices):
    DRAFT = "draft", _("en préparation")
    PUBLISHED = "published", _("annoncé")
    CANCELLED = "cancelled", _("annulé")


class RegistrationState(models.TextChoices):
    CONFIRMED = "confirmed", _("inscrite")
    WAITING = "waiting", _("sur liste d'attente")
    CANCELLED = "cancelled", _("annulée")
