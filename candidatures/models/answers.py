"""What people answer in a dossier, beside its own columns: rows, files, texts."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from candidatures.enums import BudgetNature
from candidatures.models.application import Application
from candidatures.models.call import CallPiece, EligibilityCriterion, OrderedInCall
from clea.documents.models import StoredFile

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Member(OrderedInCall):
    """Someone in the collective, beside its representative."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="members")
    name = models.CharField(_("prénom et nom"), max_length=200)
    role = models.CharField(_("rôle ou discipline"), max_length=200, blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("membre du collectif")
        verbose_name_plural = _("membres du collectif")

    def __str__(self) -> str:
        return self.name


class EligibilityDeclaration(models.Model):
    """What the artist declares on one condition."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="declarations")
    criterion = models.ForeignKey(EligibilityCriterion, on_delete=models.PROTECT, related_name="declarations")
    declared = models.BooleanField(_("déclaré"), default=False)
    comment = models.CharField(_("précision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("déclaration")
        verbose_name_plural = _("déclarations")
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion"], name="declaration_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} : {self.declared}"


class Document(models.Model):
    """A PDF in the working copy: one piece, or the whole dossier when ``piece`` is empty."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="documents")
    piece = models.ForeignKey(
        CallPiece, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("pièce")
    )
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="documents")
    added_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "piece"], name="document_one_per_piece"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(piece__isnull=True), name="document_one_whole_dossier"
            ),
        ]

    def __str__(self) -> str:
        return self.stored_file.original_name


class PieceAnswer(models.Model):
    """What was typed instead of a PDF, or that the single PDF holds the piece."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    piece = models.ForeignKey(CallPiece, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(_("texte"), max_length=20000, blank=True)
    in_single_pdf = models.BooleanField(_("contenue dans le PDF unique"), default=False)

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints = [models.UniqueConstraint(fields=["application", "piece"], name="piece_answer_unique")]

    def __str__(self) -> str:
        return str(self.piece)

    @property
    def links(self) -> list[str]:
        """For a piece of links: one address a line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class WorkItem(OrderedInCall):
    """A work proposed for diffusion."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="works")
    title = models.CharField(_("titre"), max_length=200)
    year = models.CharField(_("année"), max_length=20, blank=True)
    form = models.CharField(_("forme"), max_length=200, blank=True)
    needs = models.CharField(_("besoins techniques, durée, jauge"), max_length=500, blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("œuvre proposée à la diffusion")
        verbose_name_plural = _("œuvres proposées à la diffusion")

    def __str__(self) -> str:
        return self.title


def _amount(label: _StrPromise) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=10, decimal_places=2, default=Decimal("0.00"), validators=[MinValueValidator(Decimal(0))]
    )


class BudgetLine(OrderedInCall):
    """One line of the provisional budget, in euros to the cent."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="budget_lines")
    nature = models.CharField(_("nature"), max_length=10, choices=BudgetNature.choices, default=BudgetNature.GENERAL)
    label = models.CharField(_("intitulé"), max_length=200)
    net = _amount(_("net"))
    gross = _amount(_("brut"))
    employer_charges = _amount(_("charges employeur"))
    total = _amount(_("coût total"))

    class Meta(OrderedInCall.Meta):
        verbose_name = _("ligne de budget")
        verbose_name_plural = _("lignes de budget")

    def __str__(self) -> str:
        return self.label


class TerritoryClaim(OrderedInCall):
    """Another territory the artist applies to, and its jury date (rules.md 7)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="claims")
    territory = models.CharField(_("territoire"), max_length=200)
    jury_on = models.DateField(_("date de son jury, si vous la connaissez"), null=True, blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("autre territoire sollicité")
        verbose_name_plural = _("autres territoires sollicités")

    def __str__(self) -> str:
        return self.territory
