"""How a territory plans: hours, travel, targets; and what it did before this software."""

from __future__ import annotations

import uuid
from datetime import time
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from candidatures.enums import LifeStage
from residencies.enums import Qualifier
from structures.models import Commune, Structure, Territory


class PlanningRules(models.Model):
    """Figures the planning computes with. Every one is the territory's, with where it comes from.

    Distances are those of the crow between the centres of communes, times ``detour_factor``.
    """

    territory = models.OneToOneField(
        Territory, on_delete=models.CASCADE, related_name="planning", verbose_name=_("territoire")
    )
    day_starts = models.TimeField(_("début de journée"), default=time(9))
    day_ends = models.TimeField(_("fin de journée"), default=time(18))
    detour_factor = models.DecimalField(
        _("détour par la route"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("1.30"),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(5))],
        help_text=_("Longueur de la route rapportée à celle du vol d'oiseau."),
    )
    speed_kmh = models.PositiveSmallIntegerField(
        _("vitesse moyenne (km/h)"), default=40, validators=[MinValueValidator(5), MaxValueValidator(130)]
    )
    fixed_minutes = models.PositiveSmallIntegerField(
        _("minutes à ajouter à chaque trajet"),
        default=10,
        validators=[MaxValueValidator(120)],
        help_text=_("Se garer, s'installer, ranger."),
    )
    local_km = models.DecimalField(
        _("kilomètres d'un trajet dans la même commune"),
        max_digits=4,
        decimal_places=1,
        default=Decimal("2.0"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(50))],
    )
    travel_source = models.CharField(
        _("d'où viennent ces estimations de trajet"),
        max_length=300,
        default=_("Estimation de la coordination, à ajuster avec l'usage."),
    )
    carbon_g_per_km = models.PositiveSmallIntegerField(
        _("carbone (grammes de CO₂ équivalent par kilomètre en voiture)"),
        default=218,
        validators=[MaxValueValidator(2000)],
    )
    carbon_source = models.CharField(
        _("source du facteur carbone"),
        max_length=300,
        default=_("ADEME, Impact CO₂, voiture thermique (usage et fabrication), à revérifier chaque saison."),
    )
    structures_target = models.PositiveSmallIntegerField(
        _("structures différentes par résidence"), default=20, validators=[MaxValueValidator(300)]
    )
    team_size = models.PositiveSmallIntegerField(
        _("membres nommés d'une équipe complète"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    updated_at = models.DateTimeField(_("modifiées le"), auto_now=True)

    class Meta:
        verbose_name = _("règles de planification")
        verbose_name_plural = _("règles de planification")
        constraints = [
            models.CheckConstraint(
                condition=Q(day_ends__gt=F("day_starts")),
                name="planning_day_in_order",
                violation_error_message=_("La journée doit finir après son début."),
            )
        ]

    def __str__(self) -> str:
        return str(_("Règles de planification – %(territory)s")) % {"territory": self.territory.short_name}


class PastAction(models.Model):
    """What took place before this software: one line a season, a commune and, if known, a structure.

    ``sessions`` and ``people`` are null when nobody counted (rules.md 24).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="past_actions", verbose_name=_("territoire")
    )
    season_name = models.CharField(_("saison"), max_length=60, help_text=_("Par exemple « 2024-2025 »."))
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="past_actions", verbose_name=_("commune")
    )
    structure = models.ForeignKey(
        Structure,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="past_actions",
        verbose_name=_("structure"),
    )
    artist = models.CharField(_("artiste"), max_length=200, blank=True)
    life_stage = models.CharField(_("temps de vie"), max_length=20, choices=LifeStage.choices, blank=True)
    sessions = models.PositiveIntegerField(_("séances"), null=True, blank=True)
    people = models.PositiveIntegerField(_("personnes"), null=True, blank=True)
    qualifier = models.CharField(
        _("précision du nombre"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("action d'une saison passée")
        verbose_name_plural = _("actions des saisons passées")
        ordering = ["-season_name", "commune__slug", "pk"]

    def __str__(self) -> str:
        return f"{self.season_name} – {self.commune}"

    def clean(self) -> None:
        for name in ("commune", "structure"):
            place = getattr(self, name, None) if getattr(self, f"{name}_id") else None
            if place is not None and place.territory_id != self.territory_id:
                raise ValidationError({name: _("Choisissez dans le même territoire.")}, code="foreign")
