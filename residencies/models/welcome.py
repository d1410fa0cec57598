"""Living here: visits, lodging, check-ins, incidents; and the relays of the territory."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from clea.documents.models import StoredFile
from clea.text import SearchField
from residencies.enums import (
    IncidentState,
    IncidentTopic,
    InventoryMoment,
    KitAudience,
    KitChannel,
    LineCondition,
    RelayKind,
    Severity,
    VisitState,
)
from residencies.models.residency import Residency
from structures.models import Commune, SchoolDistrict, Structure, Territory
from structures.models.fields import HttpsURLField


class Visit(models.Model):
    """A discovery visit of the immersion, for one residency or several. Aware UTC."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="visits", verbose_name=_("saison"))
    residencies = models.ManyToManyField(Residency, related_name="visits", verbose_name=_("résidences"))
    title = models.CharField(_("visite"), max_length=200)
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("structure")
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("commune")
    )
    place = models.CharField(_("rendez-vous"), max_length=300, blank=True)
    guide = models.CharField(_("qui accompagne"), max_length=200, blank=True)
    note = models.TextField(_("à savoir"), max_length=2000, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=VisitState.choices, default=VisitState.PLANNED, editable=False
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("visite de découverte")
        verbose_name_plural = _("visites de découverte")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="visit_ends_after_it_starts",
                violation_error_message=_("La visite doit finir après son début."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def where(self) -> Commune | None:
        """Reads ``structure``: select it with the rows of a list."""
        return self.commune or (self.structure.commune if self.structure else None)


class Lodging(models.Model):
    """A place where artists sleep. Its address is for the coordination and for who stays there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="lodgings", verbose_name=_("territoire")
    )
    name = models.CharField(_("logement"), max_length=200)
    address = models.TextField(_("adresse"), max_length=500)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="lodgings", verbose_name=_("commune")
    )
    owner = models.CharField(_("propriétaire ou gestionnaire"), max_length=200, blank=True)
    contact = models.CharField(_("qui appeler"), max_length=300, blank=True)
    beds = models.PositiveSmallIntegerField(_("couchages"), default=1, validators=[MinValueValidator(1)])
    access = models.TextField(_("accès, clés, règles de la maison"), max_length=3000, blank=True)
    inventory = models.TextField(
        _("inventaire type"),
        max_length=4000,
        blank=True,
        help_text=_("Une ligne par objet, « Cuisine : quatre chaises »."),
    )
    is_active = models.BooleanField(_("utilisé"), default=True)

    class Meta:
        verbose_name = _("logement")
        verbose_name_plural = _("logements")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Stay(models.Model):
    """A residency in a lodging. Nights between two days: the lodging is free again on ``ends_on``."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lodging = models.ForeignKey(Lodging, on_delete=models.PROTECT, related_name="stays", verbose_name=_("logement"))
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="stays", verbose_name=_("résidence")
    )
    starts_on = models.DateField(_("arrivée"))
    ends_on = models.DateField(_("départ"))
    people = models.PositiveSmallIntegerField(_("personnes"), default=1, validators=[MinValueValidator(1)])
    note = models.TextField(_("à savoir"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("séjour")
        verbose_name_plural = _("séjours")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="stay_dates_in_order",
                violation_error_message=_("Le départ doit suivre l'arrivée."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.lodging} – {self.starts_on:%d/%m/%Y}"


class Inventory(models.Model):
    """The state of a lodging at the start or the end of a stay, agreed by both sides."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="inventories", verbose_name=_("séjour"))
    moment = models.CharField(_("moment"), max_length=8, choices=InventoryMoment.choices)
    done_on = models.DateField(_("fait le"))
    keys = models.PositiveSmallIntegerField(_("clés remises"), null=True, blank=True)
    meters = models.CharField(_("compteurs"), max_length=300, blank=True)
    note = models.TextField(_("remarques"), max_length=2000, blank=True)
    agreed_at = models.DateTimeField(_("accepté par l'artiste le"), null=True, editable=False)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    artist_words = models.TextField(_("réserves de l'artiste"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("état des lieux")
        verbose_name_plural = _("états des lieux")
        ordering = ["done_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stay", "moment"],
                name="inventory_once_a_moment",
                violation_error_message=_("Cet état des lieux existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return self.get_moment_display()


class InventoryLine(models.Model):
    inventory = models.ForeignKey(
        Inventory, on_delete=models.CASCADE, related_name="lines", verbose_name=_("état des lieux")
    )
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)
    item = models.CharField(_("objet"), max_length=200)
    condition = models.CharField(_("état"), max_length=8, choices=LineCondition.choices, default=LineCondition.GOOD)
    note = models.CharField(_("remarque"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("ligne d'état des lieux")
        verbose_name_plural = _("lignes d'état des lieux")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.item


class CheckIn(models.Model):
    """A regular talk between the coordination and the artist."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="check_ins", verbose_name=_("résidence")
    )
    due_on = models.DateField(_("prévu le"))
    held_on = models.DateField(_("tenu le"), null=True, blank=True)
    words = models.TextField(_("ce qui s'est dit"), max_length=4000, blank=True)
    shared = models.TextField(_("relevé partagé avec l'artiste"), max_length=4000, blank=True)
    next_steps = models.TextField(_("suites"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("point d'étape")
        verbose_name_plural = _("points d'étape")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.due_on:%d/%m/%Y}"


class Incident(models.Model):
    """Something that goes wrong, followed to its end. Told by the artist or by the coordination."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="incidents", verbose_name=_("résidence")
    )
    topic = models.CharField(_("sujet"), max_length=10, choices=IncidentTopic.choices)
    severity = models.CharField(_("gravité"), max_length=8, choices=Severity.choices, default=Severity.LOW)
    title = models.CharField(_("en une phrase"), max_length=200)
    words = models.TextField(_("ce qui se passe"), max_length=4000, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=IncidentState.choices, default=IncidentState.OPEN, editable=False
    )
    opened_at = models.DateTimeField(_("signalé le"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    by_artist = models.BooleanField(_("signalé par l'artiste"), default=False, editable=False)
    closed_at = models.DateTimeField(_("clos le"), null=True, editable=False)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class IncidentStep(models.Model):
    """What was done about it. ``shared`` steps are read by the artist too."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps", verbose_name=_("incident"))
    made_at = models.DateTimeField(_("le"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("état"), max_length=10, choices=IncidentState.choices)
    text = models.TextField(_("ce qui est fait"), max_length=2000)
    shared = models.BooleanField(_("lisible par l'artiste"), default=True)

    class Meta:
        verbose_name = _("suite d'un incident")
        verbose_name_plural = _("suites d'un incident")
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.get_state_display()


class Relay(models.Model):
    """A person who opens doors: inspector, adviser, head, referent, association. Never public."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="relays", verbose_name=_("territoire")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=RelayKind.choices)
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    last_name = models.CharField(_("nom"), max_length=100)
    function = models.CharField(_("fonction"), max_length=200, blank=True)
    organisation = models.CharField(_("organisme"), max_length=200, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    school_districts = models.ManyToManyField(
        SchoolDistrict, blank=True, related_name="relays", verbose_name=_("circonscriptions")
    )
    structures = models.ManyToManyField(Structure, blank=True, related_name="relays", verbose_name=_("structures"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    is_active = models.BooleanField(_("en fonction"), default=True)
    search = SearchField(sources=("first_name", "last_name", "function", "organisation", "email"))

    class Meta:
        verbose_name = _("relais")
        verbose_name_plural = _("relais")
        ordering = ["last_name", "first_name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(last_name=""),
                name="relay_name_filled",
                violation_error_message=_("Donnez le nom de la personne."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Kit(models.Model):
    """An information kit, for schools or for the other actors: a text and a PDF."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="kits", verbose_name=_("saison"))
    audience = models.CharField(_("pour"), max_length=8, choices=KitAudience.choices)
    title = models.CharField(_("titre"), max_length=200)
    text = models.TextField(_("texte"), max_length=10000, blank=True, help_text=_("Markdown."))
    stored_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="kits", editable=False
    )
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        verbose_name = _("dossier d'information")
        verbose_name_plural = _("dossiers d'information")
        ordering = ["-season__starts_on", "title"]

    def __str__(self) -> str:
        return self.title


class KitDelivery(models.Model):
    """Who received a kit, how and when: a relay or a structure."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("dossier"))
    relay = models.ForeignKey(
        Relay, on_delete=models.CASCADE, null=True, blank=True, related_name="kits", verbose_name=_("relais")
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, null=True, blank=True, related_name="kits", verbose_name=_("structure")
    )
    channel = models.CharField(_("comment"), max_length=8, choices=KitChannel.choices)
    given_on = models.DateField(_("remis le"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("remise d'un dossier")
        verbose_name_plural = _("remises d'un dossier")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(relay__isnull=False, structure__isnull=True)
                | Q(relay__isnull=True, structure__isnull=False),
                name="kit_given_to_one",
                violation_error_message=_("Choisissez un relais ou une structure."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kit} – {self.relay or self.structure}"


class Supplier(models.Model):
    """A reuse supplier (ressourcerie) an artist may visit. Coordinates: the place's, else the commune's."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="suppliers", verbose_name=_("territoire")
    )
    name = models.CharField(_("nom"), max_length=200)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="suppliers", verbose_name=_("commune")
    )
    town = models.CharField(_("ville, si elle est hors du territoire"), max_length=120, blank=True)
    address = models.TextField(_("adresse"), max_length=500, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    website = HttpsURLField(_("site internet"), blank=True)
    materials = models.CharField(_("ce qu'on y trouve"), max_length=300, blank=True)
    opening = models.CharField(_("jours et heures"), max_length=300, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    is_active = models.BooleanField(_("en activité"), default=True)

    class Meta:
        verbose_name = _("ressourcerie")
        verbose_name_plural = _("ressourceries")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
