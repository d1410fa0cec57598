"""Questions sent from a call's page."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from candidatures.models.call import Call


class ContactMessage(models.Model):
    """A question from the public. Kept, so that nothing is lost if the mail is not."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="messages", verbose_name=_("appel"))
    name = models.CharField(_("votre nom"), max_length=150)
    email = models.EmailField(_("votre adresse électronique"))
    text = models.TextField(_("votre question"), max_length=4000)
    received_at = models.DateTimeField(_("reçue le"), auto_now_add=True)
    answered = models.BooleanField(_("réponse donnée"), default=False)

    class Meta:
        verbose_name = _("question reçue")
        verbose_name_plural = _("questions reçues")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.name
