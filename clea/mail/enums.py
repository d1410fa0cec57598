"""The states of a message and how it may pass from one to the other."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    DRAFT = "draft", _("à approuver")
    APPROVED = "approved", _("à envoyer")
    SENT = "sent", _("envoyé")
    FAILED = "failed", _("en échec")
    CANCELLED = "cancelled", _("annulé")


TRANSITIONS: dict[MailState, frozenset[MailState]] = {
    MailState.DRAFT: frozenset({MailState.APPROVED, MailState.CANCELLED}),
    MailState.APPROVED: frozenset({MailState.SENT, MailState.FAILED, MailState.CANCELLED}),
    MailState.FAILED: frozenset({MailState.APPROVED, MailState.CANCELLED}),
    MailState.SENT: frozenset(),
    MailState.CANCELLED: frozenset(),
}


class AttemptOutcome(models.TextChoices):
    SENT = "sent", _("accepté par le serveur")
    DELAYED = "delayed", _("refus provisoire")
    FAILED = "failed", _("refus définitif")


class MailLanguage(models.TextChoices):
    FRENCH = "fr", _("français")
    ENGLISH = "en", _("anglais")
