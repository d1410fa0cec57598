"""The territory: an intercommunality. Everything else is scoped by it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clea.ui.addresses import address
from structures.models.fields import HttpsURLField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


# Words that follow /territoire/ in the addresses of a lone territory.
RESERVED_SLUGS = ["communes", "structures"]


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def coordinated_by(self, user: User | AnonymousUser) -> TerritoryQuerySet:
        """Territories whose desk this person holds; all of them for an administrator."""
        if not user.is_authenticated or not user.is_active or not user.is_staff:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(memberships__user=user)


class MileageScale(models.TextChoices):
    FISCAL = "fiscal", _("barème kilométrique fiscal")
    PUBLIC_AGENT = "public_agent", _("barème des agents publics (arrêté du 3 juillet 2006)")


class Territory(models.Model):
    """An intercommunality that holds a local arts-education contract (CLEA)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("identifiant d'adresse"), unique=True)
    name = models.CharField(_("nom"), max_length=200)
    short_name = models.CharField(_("nom court"), max_length=60)
    siren = models.CharField(
        _("SIREN"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^\d{9}$", _("Le SIREN compte neuf chiffres."))],
    )
    presentation = models.TextField(_("présentation"), blank=True, help_text=_("Markdown."))
    presentation_en = models.TextField(_("présentation en anglais"), blank=True)
    service_name = models.CharField(
        _("service en charge"),
        max_length=200,
        blank=True,
        help_text=_("Figure dans chaque accusé de réception (CRPA, article R112-11-1)."),
    )
    contact_email = models.EmailField(_("adresse électronique du service"))
    contact_phone = models.CharField(_("téléphone du service"), max_length=30, blank=True)
    contact_address = models.TextField(_("adresse postale du service"), blank=True)
    website = HttpsURLField(_("site internet"), blank=True)
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    mileage_scale = models.CharField(
        _("barème kilométrique appliqué"), max_length=20, choices=MileageScale.choices, default=MileageScale.FISCAL
    )
    two_person_payments = models.BooleanField(
        _("deux personnes pour un paiement"),
        default=False,
        help_text=_("Coché : qui vérifie une demande de paiement ne peut pas la valider."),
    )
    school_zone = models.CharField(
        _("zone de vacances scolaires"), max_length=1, default="B", choices=[("A", "A"), ("B", "B"), ("C", "C")]
    )

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["siren"],
                condition=~Q(siren=""),
                name="territory_siren_unique",
                violation_error_message=_("Un territoire porte déjà ce SIREN."),
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED_SLUGS),
                name="territory_slug_not_reserved",
                violation_error_message=_("Cet identifiant sert déjà d'adresse à une page : choisissez-en un autre."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("territory:index", self.slug)


class TerritoryMembership(models.Model):
    """Who coordinates which territory. The right to a desk comes from here, never from a page."""

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("territoire")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="territory_memberships",
        verbose_name=_("personne"),
    )

    class Meta:
        verbose_name = _("membre de la coordination")
        verbose_name_plural = _("membres de la coordination")
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "user"],
                name="territory_membership_unique",
                violation_error_message=_("Cette personne coordonne déjà ce territoire."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.territory.short_name}"
