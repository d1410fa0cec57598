"""Structures, the people who work there, and the institutions of the contract."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from clea.text import SearchField, normalise
from clea.ui.addresses import address
from structures.enums import Circle, InstitutionRole, Weekday
from structures.models.fields import HttpsURLField
from structures.models.places import Commune, PriorityDistrict
from structures.models.territory import Territory
from structures.search import words_in

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


class StructureKind(models.Model):
    """A kind of structure, in the words of one territory. A structure may be of several kinds."""

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="structure_kinds", verbose_name=_("territoire")
    )
    slug = models.SlugField(_("identifiant"), max_length=60)
    label = models.CharField(_("nom"), max_length=80)
    plural = models.CharField(_("pluriel"), max_length=80)
    label_en = models.CharField(_("nom en anglais"), max_length=80, blank=True)
    plural_en = models.CharField(_("pluriel en anglais"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)
    protects_minors = models.BooleanField(
        _("petite enfance ou protection de l'enfance"),
        default=False,
        help_text=_("Une attestation d'honorabilité est demandée aux artistes qui y interviennent."),
    )

    class Meta:
        verbose_name = _("type de structure")
        verbose_name_plural = _("types de structure")
        ordering = ["order", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "slug"],
                name="structure_kind_slug_unique",
                violation_error_message=_("Ce territoire a déjà un type de cet identifiant."),
            )
        ]

    def __str__(self) -> str:
        return self.label


class StructureQuerySet(models.QuerySet["Structure"]):
    def active(self) -> StructureQuerySet:
        """Structures that still exist."""
        return self.filter(is_active=True)

    def venues(self) -> StructureQuerySet:
        """Named places, as against categories ("les centres sociaux") and unnamed establishments."""
        return self.filter(is_category=False)

    def of_kind(self, *slugs: str) -> StructureQuerySet:
        """Structures of any of these kinds, each once."""
        through = Structure.kinds.through.objects.filter(structurekind__slug__in=slugs)
        return self.filter(pk__in=through.values("structure_id"))

    def in_priority_commune(self) -> StructureQuerySet:
        """Structures of a commune that holds a priority district."""
        return self.filter(commune__in=PriorityDistrict.communes.through.objects.values("commune_id"))

    def possible_duplicates(self) -> StructureQuerySet:
        """Structures which share their name, case and accents apart, with another of the territory.

        Two communes that are both known, and differ, make two structures.
        """
        twins = (
            Structure.objects.filter(territory=OuterRef("territory"), name_key=OuterRef("name_key"))
            .exclude(pk=OuterRef("pk"))
            .annotate(other_commune=ExpressionWrapper(OuterRef("commune_id"), models.BigIntegerField()))
            .filter(Q(commune_id=F("other_commune")) | Q(commune=None) | Q(other_commune=None))
        )
        return self.filter(Exists(twins))

    def matching(self, text: str) -> StructureQuerySet:
        """Found by name, address or note, and by any name of the commune, without accents."""
        return self.filter(words_in(text, "search", "commune__search"))


class Structure(models.Model):
    """A place or a team that takes part: cultural centre, library, school, hospital…

    Contact details are the structure's own (a switchboard, a shared mailbox) and are public;
    those of a person belong to :class:`Professional` and never are.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="structures", verbose_name=_("territoire")
    )
    slug = models.SlugField(_("identifiant d'adresse"), max_length=120)
    name = models.CharField(_("nom"), max_length=200)
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="structures",
        verbose_name=_("commune"),
        help_text=_("Vide si elle n'est pas connue, ou pour une structure hors du territoire."),
    )
    kinds = models.ManyToManyField(StructureKind, related_name="structures", verbose_name=_("types"))
    circle = models.CharField(
        _("cercle"),
        max_length=20,
        choices=Circle.choices,
        blank=True,
        help_text=_("Rayonnement d'une structure culturelle ; vide pour les autres."),
    )
    is_category = models.BooleanField(
        _("catégorie, pas un lieu"),
        default=False,
        help_text=_("Pour un ensemble (« les centres sociaux ») ou un établissement qui n'est pas encore nommé."),
    )
    address = models.TextField(_("adresse"), blank=True)
    email = models.EmailField(_("adresse électronique de la structure"), blank=True)
    phone = models.CharField(_("téléphone de la structure"), max_length=30, blank=True)
    website = HttpsURLField(_("site internet"), blank=True)
    note = models.TextField(_("note de la coordination"), blank=True, help_text=_("Interne, jamais publiée."))
    location_basis = models.CharField(
        _("d'où vient la commune"), max_length=120, blank=True, help_text=_("Par exemple « appel » ou « siège ».")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_active = models.BooleanField(
        _("en activité"),
        default=True,
        help_text=_("Décochez plutôt que de supprimer : la structure disparaît des pages publiques et des choix."),
    )
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)
    search = SearchField(sources=("name", "address", "slug"))
    name_key = SearchField(sources=("name",))

    # What simple_history reads when it writes a version.
    _change_reason: str
    _history_user: User | None

    objects = StructureQuerySet.as_manager()
    history = HistoricalRecords(
        m2m_fields=[kinds],
        excluded_fields=["search", "name_key", "updated_at"],
        verbose_name=_("historique de structure"),
        verbose_name_plural=_("historique des structures"),
    )

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")
        ordering = ["name_key", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "slug"],
                name="structure_slug_unique",
                violation_error_message=_("Ce territoire a déjà une structure de cet identifiant."),
            ),
            models.CheckConstraint(
                condition=Q(circle__in=["", *Circle.values]),
                name="structure_circle_known",
                violation_error_message=_("Choisissez « premier cercle », « proximité » ou laissez vide."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="structure_name_filled",
                violation_error_message=_("Une structure a un nom."),
            ),
        ]
        indexes = [
            models.Index(fields=["territory", "name_key"], name="structure_name_key"),
            # How many there are: counted without reading them.
            models.Index(
                fields=["territory", "commune"],
                condition=Q(is_active=True, is_category=False),
                name="structure_venues",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The public page. Reads ``territory``: select it with the rows of a list."""
        return address("territory:structure", self.territory.slug, self.slug)

    @property
    def shown_kinds(self) -> list[StructureKind]:
        """Reads ``kinds``: prefetch them with the rows of a list."""
        return list(self.kinds.all())

    def clean(self) -> None:
        if self.commune is not None and self.commune.territory_id != self.territory_id:
            raise ValidationError({"commune": _("Cette commune appartient à un autre territoire.")}, code="foreign")


class FormerStructure(models.Model):
    """What is left of a structure merged into another: its address, so that links and imports still find it."""

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="former_structures", verbose_name=_("territoire")
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, related_name="former", verbose_name=_("structure gardée")
    )
    uuid = models.UUIDField(_("ancien identifiant"), unique=True, editable=False)
    slug = models.SlugField(_("ancien identifiant d'adresse"), max_length=120)
    name = models.CharField(_("ancien nom"), max_length=200)

    class Meta:
        verbose_name = _("structure fusionnée")
        verbose_name_plural = _("structures fusionnées")
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "slug"],
                name="former_structure_slug_unique",
                violation_error_message=_("Cet ancien identifiant mène déjà à une structure."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProfessionalQuerySet(models.QuerySet["Professional"]):
    def of(self, user: User | AnonymousUser) -> ProfessionalQuerySet:
        """The seats of this person in any team: those which bear an address that they proved.

        The address is the only link: changed or removed in the team, it opens nothing any more.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        proved = EmailAddress.objects.filter(user=user, verified=True).values(address=Lower("email"))
        return self.alias(address=Lower("email")).exclude(email="").filter(address__in=proved)


class Professional(models.Model):
    """A named member of a structure's team. Personal data: for the coordination and the team, never public.

    Whoever signs in with this address works in the structure's space.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, related_name="professionals", verbose_name=_("structure")
    )
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    last_name = models.CharField(pgettext_lazy("personne", "nom"), max_length=100)
    role = models.CharField(_("fonction"), max_length=160, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    is_contact = models.BooleanField(
        _("à contacter en premier"), default=False, help_text=_("La personne à qui la coordination s'adresse.")
    )
    search = SearchField(sources=("first_name", "last_name", "email", "role"))
    name_key = SearchField(sources=("first_name", "last_name"))

    _change_reason: str
    _history_user: User | None

    objects = ProfessionalQuerySet.as_manager()

    # Deleting a person deletes what the history kept of them too (GDPR, article 17).
    history = HistoricalRecords(
        excluded_fields=["search", "name_key"],
        cascade_delete_history=True,
        verbose_name=_("historique de membre de l'équipe"),
        verbose_name_plural=_("historique des membres de l'équipe"),
    )

    class Meta:
        verbose_name = _("membre de l'équipe")
        verbose_name_plural = _("membres des équipes")
        ordering = ["-is_contact", "last_name", "first_name"]
        indexes = [models.Index(fields=["last_name", "first_name"], name="professional_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "name_key", "email"],
                name="professional_unique",
                violation_error_message=_("Cette personne est déjà dans l'équipe de cette structure."),
            ),
            models.CheckConstraint(
                condition=~Q(last_name=""),
                name="professional_name_filled",
                violation_error_message=_("Donnez le nom de la personne."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def clean(self) -> None:
        # Said here too: a form leaves the folded column out, and with it the constraint.
        self.name_key = normalise(self.first_name, self.last_name)
        if self.structure_id is None:
            return
        twins = Professional.objects.filter(
            structure_id=self.structure_id, name_key=self.name_key, email=self.email
        ).exclude(pk=self.pk)
        if twins.exists():
            raise ValidationError(_("Cette personne est déjà dans l'équipe de cette structure."), code="duplicate")


class Closure(models.Model):
    """When a structure does not receive: a span of days, or a day of every week. Local days, ends included."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, related_name="closures", verbose_name=_("structure")
    )
    starts_on = models.DateField(_("du"), null=True, blank=True)
    ends_on = models.DateField(_("au"), null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(_("chaque semaine, le"), choices=Weekday.choices, null=True, blank=True)
    reason = models.CharField(_("motif"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("fermeture")
        verbose_name_plural = _("fermetures")
        ordering = ["weekday", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    weekday__isnull=True, starts_on__isnull=False, ends_on__isnull=False, ends_on__gte=F("starts_on")
                )
                | Q(weekday__isnull=False, weekday__lte=6, starts_on__isnull=True, ends_on__isnull=True),
                name="closure_span_or_weekday",
                violation_error_message=_("Donnez deux dates dans l'ordre, ou un jour de la semaine."),
            ),
            models.UniqueConstraint(
                fields=["structure", "weekday"],
                condition=Q(weekday__isnull=False),
                name="closure_weekday_once",
                violation_error_message=_("Ce jour de fermeture est déjà noté."),
            ),
        ]

    def __str__(self) -> str:
        if self.weekday is not None:
            return str(Weekday(self.weekday).label)
        return f"{self.starts_on:%d/%m/%Y} – {self.ends_on:%d/%m/%Y}"

    def covers(self, day: date) -> bool:
        """Whether the structure is closed on this local day."""
        if self.weekday is not None:
            return day.weekday() == self.weekday
        return bool(self.starts_on and self.ends_on and self.starts_on <= day <= self.ends_on)


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def selecting(self) -> InstitutionQuerySet:
        """Institutions which sit on the selection committee."""
        return self.filter(selection_committee=True)


class Institution(models.Model):
    """An institutional partner of the contract."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="institutions", verbose_name=_("territoire")
    )
    slug = models.SlugField(_("identifiant"), max_length=80)
    name = models.CharField(_("nom"), max_length=255)
    role = models.CharField(_("rôle"), max_length=20, choices=InstitutionRole.choices)
    selection_committee = models.BooleanField(_("siège au comité de sélection"), default=False)
    website = HttpsURLField(_("site internet"), blank=True)
    note = models.TextField(_("note de la coordination"), blank=True, help_text=_("Interne, jamais publiée."))
    source = models.CharField(_("source"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)
    search = SearchField(sources=("name", "slug"))

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("partenaire institutionnel")
        verbose_name_plural = _("partenaires institutionnels")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "slug"],
                name="institution_slug_unique",
                violation_error_message=_("Ce territoire a déjà un partenaire de cet identifiant."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=InstitutionRole.values),
                name="institution_role_known",
                violation_error_message=_("Choisissez un rôle de la liste."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
