"""The coordination's acts on a dossier: what it found, what it asks, the time it grants."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidatures.enums import CheckResult
from candidatures.models.application import Application
from candidatures.models.call import Call, CallPiece, EligibilityCriterion


class EligibilityCheck(models.Model):
    """What an agent found on one condition, with the reason."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="checks")
    criterion = models.ForeignKey(EligibilityCriterion, on_delete=models.PROTECT, related_name="checks")
    result = models.CharField(_("constat"), max_length=12, choices=CheckResult.choices, default=CheckResult.TO_VERIFY)
    reason = models.TextField(_("motif"), max_length=1000, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("par")
    )
    checked_at = models.DateTimeField(_("le"), auto_now=True)

    class Meta:
        verbose_name = _("vérification")
        verbose_name_plural = _("vérifications")
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion"], name="check_unique"),
            models.CheckConstraint(
                condition=Q(result="met") | ~Q(reason="") | Q(result="to_verify"),
                name="check_not_met_has_a_reason",
                violation_error_message=_("Une condition non remplie doit être motivée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} : {self.get_result_display()}"


class Extension(models.Model):
    """One applicant's late exception: dated, reasoned, journaled (rules.md 5)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("appel"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("personne")
    )
    until = models.DateTimeField(_("nouveau délai"), help_text=_("Premier instant trop tardif pour cette personne."))
    reason = models.TextField(_("motif"), max_length=1000)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("accordé par")
    )
    granted_at = models.DateTimeField(_("accordé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("délai supplémentaire")
        verbose_name_plural = _("délais supplémentaires")
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="extension_has_a_reason",
                violation_error_message=_("Un délai supplémentaire doit être motivé."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {timezone.localtime(self.until):%d/%m/%Y %H:%M}"


class PieceRequestQuerySet(models.QuerySet["PieceRequest"]):
    def waiting(self) -> PieceRequestQuerySet:
        return self.filter(answered_at__isnull=True, cancelled_at__isnull=True)


class PieceRequest(models.Model):
    """A missing piece asked by the coordination, and by when (CRPA, article L114-5)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="piece_requests")
    piece = models.ForeignKey(CallPiece, on_delete=models.PROTECT, related_name="+", verbose_name=_("pièce"))
    message = models.TextField(_("ce qui manque, en clair"), max_length=2000)
    due_at = models.DateTimeField(_("à fournir avant"), help_text=_("Premier instant trop tardif."))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    answered_at = models.DateTimeField(_("fourni le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    objects = PieceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de pièce")
        verbose_name_plural = _("demandes de pièces")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "piece"],
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="piece_request_one_waiting",
                violation_error_message=_("Cette pièce est déjà demandée."),
            )
        ]

    def __str__(self) -> str:
        return str(self.piece)
