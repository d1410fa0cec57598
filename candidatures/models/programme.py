"""A contract of three school years, its seasons."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from structures.models import Territory


class Programme(models.Model):
    """A local arts-education contract, signed for three school years (rules.md 1)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("territoire")
    )
    name = models.CharField(_("nom"), max_length=200)
    slug = models.SlugField(_("identifiant d'adresse"), unique=True)
    starts_on = models.DateField(_("premier jour"))
    ends_on = models.DateField(_("dernier jour"))

    class Meta:
        verbose_name = _("contrat")
        verbose_name_plural = _("contrats")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="programme_dates_in_order",
                violation_error_message=_("Le contrat doit finir après son premier jour."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Season(models.Model):
    """One school year of a programme. Closed, it is read only: what was stays as it was."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="seasons", verbose_name=_("contrat")
    )
    name = models.CharField(_("nom"), max_length=60, help_text=_("Par exemple « 2026-2027 »."))
    starts_on = models.DateField(_("premier jour"))
    ends_on = models.DateField(_("dernier jour"))
    closed_at = models.DateTimeField(_("close le"), null=True, editable=False)

    class Meta:
        verbose_name = _("saison")
        verbose_name_plural = _("saisons")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="season_name_unique",
                violation_error_message=_("Ce contrat a déjà une saison de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="season_dates_in_order",
                violation_error_message=_("La saison doit finir après son premier jour."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme.name} – {self.name}"
