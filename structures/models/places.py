"""Communes, and the two maps laid over them: school districts and priority districts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clea.text import SearchField, normalise
from clea.ui.addresses import address
from structures.models.territory import Territory
from structures.search import lines, words_in


class SchoolDistrict(models.Model):
    """A primary-school inspection district (circonscription du premier degré)."""

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="school_districts", verbose_name=_("territoire")
    )
    slug = models.SlugField(_("identifiant"), max_length=80)
    name = models.CharField(_("nom"), max_length=120)
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("circonscription")
        verbose_name_plural = _("circonscriptions")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "slug"],
                name="school_district_slug_unique",
                violation_error_message=_("Ce territoire a déjà une circonscription de cet identifiant."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CommuneQuerySet(models.QuerySet["Commune"]):
    def matching(self, text: str) -> CommuneQuerySet:
        """Found by any name people use, the INSEE code or the postal code, without accents."""
        return self.filter(words_in(text, "search"))

    def rural(self) -> CommuneQuerySet:
        """The rural hearts of the territory."""
        return self.filter(rural_heart=True)

    def with_priority_district(self) -> CommuneQuerySet:
        """Communes which hold at least one priority district, each once."""
        return self.filter(pk__in=PriorityDistrict.communes.through.objects.values("commune_id"))

    def located(self) -> CommuneQuerySet:
        """Communes that can be drawn on the map."""
        return self.filter(latitude__isnull=False)


class Commune(models.Model):
    """A commune of the territory. ``population`` is the municipal population of ``population_year``."""

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="communes", verbose_name=_("territoire")
    )
    insee = models.CharField(
        _("code INSEE"),
        max_length=5,
        unique=True,
        validators=[
            RegexValidator(r"^(\d{2}|2A|2B)\d{3}$", _("Le code INSEE compte cinq caractères, par exemple 62498."))
        ],
        error_messages={"unique": _("Une commune porte déjà ce code INSEE.")},
    )
    slug = models.SlugField(_("identifiant d'adresse"), max_length=80)
    name = models.CharField(_("nom officiel"), max_length=120)
    other_names = models.TextField(
        _("autres noms en usage"),
        blank=True,
        help_text=_("Un par ligne. Affichés à côté du nom officiel, et reconnus par la recherche et les imports."),
    )
    misspellings = models.TextField(
        _("graphies rencontrées"),
        blank=True,
        help_text=_("Une par ligne. Jamais affichées : seulement reconnues par la recherche et les imports."),
    )
    postal_code = models.CharField(
        _("code postal"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}$", _("Le code postal compte cinq chiffres."))],
    )
    siren = models.CharField(
        _("SIREN"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^\d{9}$", _("Le SIREN compte neuf chiffres."))],
    )
    population = models.PositiveIntegerField(_("population municipale"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(_("année de la population"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True, help_text=_("Degrés décimaux, WGS84."))
    longitude = models.FloatField(_("longitude"), null=True, blank=True, help_text=_("Degrés décimaux, WGS84."))
    area_km2 = models.DecimalField(_("surface (km²)"), max_digits=7, decimal_places=2, null=True, blank=True)
    rural_heart = models.BooleanField(_("cœur rural"), default=False)
    school_district = models.ForeignKey(
        SchoolDistrict,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name=_("circonscription"),
    )
    search = SearchField(sources=("name", "other_names", "misspellings", "insee", "postal_code"))

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "slug"],
                name="commune_slug_unique",
                violation_error_message=_("Ce territoire a déjà une commune de cet identifiant."),
            ),
            models.UniqueConstraint(
                fields=["siren"],
                condition=~Q(siren=""),
                name="commune_siren_unique",
                violation_error_message=_("Une commune porte déjà ce SIREN."),
            ),
            models.CheckConstraint(
                condition=Q(population__isnull=True, population_year__isnull=True)
                | Q(population__isnull=False, population_year__isnull=False),
                name="commune_population_dated",
                violation_error_message=_("Une population s'écrit avec son année, et l'année avec sa population."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # Said in full: to SQL, a comparison with NULL is neither false nor a violation.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="commune_coordinates_whole",
                violation_error_message=_(
                    "Donnez la latitude (de -90 à 90) et la longitude (de -180 à 180), ou aucune des deux."
                ),
            ),
            models.CheckConstraint(
                condition=Q(area_km2__isnull=True) | Q(area_km2__gt=0),
                name="commune_area_positive",
                violation_error_message=_("La surface est un nombre positif de kilomètres carrés."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The public page. Reads ``territory``: select it with the rows of a list."""
        return address("territory:commune", self.territory.slug, self.slug)

    def clean(self) -> None:
        if self.school_district is not None and self.school_district.territory_id != self.territory_id:
            raise ValidationError(
                {"school_district": _("Cette circonscription appartient à un autre territoire.")}, code="foreign"
            )

    @property
    def other_name_list(self) -> list[str]:
        """Names shown beside the official one ("Annay-sous-Lens" for Annay)."""
        return lines(self.other_names)

    @property
    def name_keys(self) -> set[str]:
        """Every spelling that designates this commune, folded as :func:`clea.text.normalise` does."""
        return {normalise(name) for name in [self.name, *lines(self.other_names), *lines(self.misspellings)]}


class PriorityDistrict(models.Model):
    """A district of the city policy (quartier prioritaire), as a label of the call.

    A label may gather several neighbourhoods: ``components_count``. ``official_code`` stays empty
    until somebody reads it in the official list.
    """

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="priority_districts", verbose_name=_("territoire")
    )
    slug = models.SlugField(_("identifiant"), max_length=80)
    label = models.CharField(_("intitulé"), max_length=160)
    communes = models.ManyToManyField(Commune, related_name="priority_districts", verbose_name=_("communes"))
    components_count = models.PositiveSmallIntegerField(
        _("quartiers réunis"), default=1, help_text=_("Nombre de quartiers que l'intitulé réunit.")
    )
    official_code = models.CharField(_("code officiel"), max_length=12, blank=True)
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("quartier prioritaire")
        verbose_name_plural = _("quartiers prioritaires")
        ordering = ["order", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "slug"],
                name="priority_district_slug_unique",
                violation_error_message=_("Ce territoire a déjà un quartier de cet identifiant."),
            ),
            models.UniqueConstraint(
                fields=["official_code"],
                condition=~Q(official_code=""),
                name="priority_district_code_unique",
                violation_error_message=_("Un quartier porte déjà ce code officiel."),
            ),
            models.CheckConstraint(
                condition=Q(components_count__gte=1),
                name="priority_district_components_positive",
                violation_error_message=_("Un intitulé réunit au moins un quartier."),
            ),
        ]

    def __str__(self) -> str:
        return self.label
