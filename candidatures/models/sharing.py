"""Who else is in a dossier, and who is invited."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from candidatures.enums import CollaboratorRole, InvitationKind
from candidatures.models.application import Application


class Collaborator(models.Model):
    """A co-applicant: reads or edits somebody else's dossier."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="collaborators")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collaborations")
    role = models.CharField(_("droit"), max_length=10, choices=CollaboratorRole.choices, default=CollaboratorRole.READ)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("co-candidat")
        verbose_name_plural = _("co-candidats")
        constraints = [models.UniqueConstraint(fields=["application", "user"], name="collaborator_unique")]

    def __str__(self) -> str:
        return str(self.user)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending_at(self, moment: datetime) -> InvitationQuerySet:
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment)


class Invitation(models.Model):
    """An invitation into a dossier. Only a digest of its token is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(_("invitation à"), max_length=10, choices=InvitationKind.choices)
    email = models.EmailField(_("adresse électronique"))
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valable jusqu'au"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email
