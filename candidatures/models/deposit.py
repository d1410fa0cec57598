"""What was filed: immutable, numbered, hashed."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from candidatures.enums import DepositKind
from candidatures.models.application import Application
from clea.documents.models import StoredFile


class DepositCounter(models.Model):
    """The next number of a series. Locked while a deposit takes one, so there is no hole."""

    prefix = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("compteur de dépôts")
        verbose_name_plural = _("compteurs de dépôts")
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="deposit_counter_unique")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"


class DepositQuerySet(models.QuerySet["Deposit"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("a deposit is immutable")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("a deposit is immutable; the privacy purge removes whole applications")

    def awaiting_assembly(self) -> DepositQuerySet:
        return self.filter(assembly__isnull=True)


class Deposit(models.Model):
    """A snapshot of the dossier at each filing. The last one stands, earlier ones are kept.

    ``sha256`` is the digest of the canonical manifest: the answers and each piece's own SHA-256.
    The assembled PDF is made from this row alone, after the transaction (see :class:`Assembly`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="deposits", verbose_name=_("candidature")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=DepositKind.choices, default=DepositKind.FILING)
    number = models.CharField(_("numéro"), max_length=40, unique=True)
    rank = models.PositiveSmallIntegerField(_("rang"))
    received_at = models.DateTimeField(_("reçu le"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("déposé par")
    )
    sha256 = models.CharField(_("empreinte"), max_length=64)
    language = models.CharField(max_length=2, default="fr")
    data = models.JSONField(_("réponses"))

    objects = DepositQuerySet.as_manager()

    class Meta:
        verbose_name = _("dépôt")
        verbose_name_plural = _("dépôts")
        ordering = ["-received_at", "-rank"]
        constraints = [models.UniqueConstraint(fields=["application", "rank"], name="deposit_rank_unique")]
        indexes = [models.Index(fields=["-received_at"], name="deposit_received")]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("a deposit is immutable")
        super().save(*args, **kwargs)


class DepositPiece(models.Model):
    """One piece as filed, in its order."""

    deposit = models.ForeignKey(Deposit, on_delete=models.CASCADE, related_name="pieces")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    # Empty for a typed piece: its text is in the deposit's answers.
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="deposit_pieces")
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    original_name = models.CharField(max_length=255, blank=True)
    identifying = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("pièce déposée")
        verbose_name_plural = _("pièces déposées")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["deposit", "order"], name="deposit_piece_order_unique")]

    def __str__(self) -> str:
        return self.title


class Assembly(models.Model):
    """The one PDF of a deposit. Made after the commit, by anyone who needs it first, once."""

    deposit = models.OneToOneField(Deposit, on_delete=models.CASCADE, related_name="assembly")
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="assemblies")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("dossier assemblé")
        verbose_name_plural = _("dossiers assemblés")

    def __str__(self) -> str:
        return str(self.deposit)
