"""The bilan of a season: what was made, said and shown, and the figures an older report gives."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from candidatures.models import Call, Season
from clea.documents.models import EXTENSIONS, StoredFile
from residencies.enums import Qualifier
from residencies.enums.bilan import REPORTED_CATEGORIES, BilanState, ConsentForm, ProductionKind
from residencies.models.activities import Activity
from residencies.models.residency import Residency
from structures.models import Commune, Territory
from structures.models.fields import HttpsURLField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


class Consent(models.Model):
    """Somebody agrees to be quoted or shown (RGPD, articles 6 and 7): who, how, for what, until when.

    ``guardian`` is filled for a minor. Withdrawn, whatever it covers leaves every public page at once.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="consents", verbose_name=_("saison"))
    person = models.CharField(_("nom de la personne"), max_length=160, help_text=_("Jamais publié."))
    guardian = models.CharField(
        _("responsable légal"), max_length=160, blank=True, help_text=_("Pour une personne mineure.")
    )
    email = models.EmailField(
        _("adresse électronique"), blank=True, help_text=_("Reçoit le lien qui permet de retirer l'accord.")
    )
    form = models.CharField(_("comment il a été donné"), max_length=10, choices=ConsentForm.choices)
    on_site = models.BooleanField(_("accord pour le site et le bilan en ligne"), default=True)
    in_print = models.BooleanField(_("accord pour les documents imprimés et les PDF"), default=True)
    in_press = models.BooleanField(_("accord pour la presse et les dossiers à télécharger"), default=False)
    given_on = models.DateField(_("donné le"))
    ends_on = models.DateField(_("jusqu'au"), null=True, blank=True, help_text=_("Vide : sans limite."))
    proof = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="consents", editable=False
    )
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("accord d'une personne")
        verbose_name_plural = _("accords des personnes")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=""),
                name="consent_names_someone",
                violation_error_message=_("Donnez le nom de la personne : il n'est jamais publié."),
            )
        ]

    def __str__(self) -> str:
        return self.person


class Testimony(models.Model):
    """Words of somebody, signed as they wish. Shown only under a consent that stands."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="testimonies", verbose_name=_("saison"))
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="testimonies",
        verbose_name=_("résidence"),
    )
    activity = models.ForeignKey(
        Activity,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="testimonies",
        verbose_name=_("activité"),
    )
    text = models.TextField(_("témoignage"), max_length=2000)
    signature = models.CharField(
        _("signé"), max_length=160, help_text=_("Par exemple « une enseignante de Liévin » : c'est ce qui est publié.")
    )
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="testimonies", verbose_name=_("accord")
    )
    is_published = models.BooleanField(_("publié"), default=False, editable=False)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("témoignage")
        verbose_name_plural = _("témoignages")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(consent__isnull=False),
                name="testimony_published_with_consent",
                violation_error_message=_("Notez d'abord l'accord de la personne."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Picture(models.Model):
    """A picture, with what a kit must say of it: rights, credit, alternative text.

    ``shows_people``: recognisable people are on it, each with a consent.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="pictures", verbose_name=_("saison"))
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pictures",
        verbose_name=_("résidence"),
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.SET_NULL, null=True, blank=True, related_name="pictures", verbose_name=_("activité")
    )
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="pictures", editable=False)
    #: The same, small, for lists.
    thumbnail = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="thumbnails", editable=False
    )
    #: Smaller still, for telephones. Nothing for a picture of before: the clock makes it.
    light = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="light_pictures", editable=False
    )
    width = models.PositiveIntegerField(_("largeur"), editable=False)
    height = models.PositiveIntegerField(_("hauteur"), editable=False)
    alt = models.CharField(
        _("texte alternatif"), max_length=300, help_text=_("Ce que l'image montre, pour qui ne la voit pas.")
    )
    caption = models.CharField(_("légende"), max_length=300, blank=True)
    credit = models.CharField(_("crédit"), max_length=160)
    rights = models.CharField(_("droits"), max_length=300, help_text=_("Ce qu'on peut en faire, et jusqu'à quand."))
    taken_on = models.DateField(_("prise le"), null=True, blank=True)
    shows_people = models.BooleanField(_("des personnes y sont reconnaissables"), default=True)
    consents = models.ManyToManyField(Consent, blank=True, related_name="pictures", verbose_name=_("accords"))
    is_published = models.BooleanField(_("publiée"), default=False, editable=False)
    in_kit = models.BooleanField(_("dans le dossier à télécharger"), default=False, editable=False)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(alt="") & ~Q(credit="") & ~Q(rights=""),
                name="picture_said_in_words",
                violation_error_message=_("Donnez le texte alternatif, le crédit et les droits."),
            )
        ]

    def __str__(self) -> str:
        return self.alt

    #: The longest side of the small one and of the light one, in pixels.
    SMALL_SIDE = 720
    LIGHT_SIDE = 360
    SIDES = (SMALL_SIDE, LIGHT_SIDE)

    @property
    def url(self) -> str:
        """Its public address, which answers only while it is published. Read with ``stored_file``."""
        return reverse("residencies:picture", args=[self.uuid, EXTENSIONS[self.stored_file.content_type][1:]])

    @property
    def small_url(self) -> str:
        """The same, small. Read with ``stored_file`` and ``thumbnail``."""
        if self.thumbnail is None:
            return self.url
        return reverse("residencies:picture_small", args=[self.uuid, EXTENSIONS[self.thumbnail.content_type][1:]])

    @property
    def small_size(self) -> tuple[int, int]:
        """Width and height of what ``small_url`` shows, so that a page does not move when it arrives."""
        return self._within(self.SMALL_SIDE if self.thumbnail_id else max(self.width, self.height))

    @property
    def srcset(self) -> str:
        """Both sizes for the browser to choose from; nothing for a picture of before. Read with its files."""
        if self.light_id is None:
            return ""
        light = reverse("residencies:picture_light", args=[self.uuid, "webp"])
        return f"{light} {self._within(self.LIGHT_SIDE)[0]}w, {self.small_url} {self.small_size[0]}w"

    @property
    def screen_bytes(self) -> int:
        """What a page that shows it makes travel, at most. Read with its files."""
        return (self.thumbnail or self.stored_file).size

    def _within(self, side: int) -> tuple[int, int]:
        """Width and height once its longest side is brought down to ``side`` pixels."""
        part = min(1, side / max(self.width, self.height))
        return max(1, round(self.width * part)), max(1, round(self.height * part))


class Production(models.Model):
    """What was made: podcasts, videos, an exhibition… ``count`` null: nobody said how many."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="productions", verbose_name=_("saison"))
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="productions",
        verbose_name=_("résidence"),
    )
    activity = models.ForeignKey(
        Activity,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="productions",
        verbose_name=_("activité"),
    )
    entry = models.ForeignKey(
        "HandEntry",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="productions",
        verbose_name=_("ligne d'un bilan saisi"),
    )
    kind = models.CharField(_("nature"), max_length=16, choices=ProductionKind.choices)
    title = models.CharField(_("titre"), max_length=200)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    count = models.PositiveIntegerField(_("combien"), null=True, blank=True, validators=[MaxValueValidator(10000)])
    qualifier = models.CharField(_("précision"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT)
    url = HttpsURLField(_("lien"), blank=True)
    made_on = models.DateField(_("faite le"), null=True, blank=True)
    is_published = models.BooleanField(_("publiée"), default=False, editable=False)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("production")
        verbose_name_plural = _("productions")
        ordering = ["position", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="production_titled",
                violation_error_message=_("Donnez un titre à la production."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class HandEntry(models.Model):
    """A line of an older report, typed by hand: a residency of a season nobody followed here.

    Empty figures are unknown, and counted as such (rules.md 24).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="hand_entries", verbose_name=_("saison"))
    title = models.CharField(_("résidence"), max_length=250)
    artists = models.CharField(_("artistes"), max_length=300, blank=True)
    discipline = models.CharField(_("discipline"), max_length=200, blank=True)
    months = models.DecimalField(
        _("durée (mois)"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(36))],
    )
    sessions = models.PositiveIntegerField(_("séances"), null=True, blank=True)
    sessions_qualifier = models.CharField(
        _("précision des séances"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT
    )
    hours = models.DecimalField(
        _("heures"), max_digits=7, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    structures = models.PositiveIntegerField(_("structures"), null=True, blank=True)
    structures_qualifier = models.CharField(
        _("précision des structures"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT
    )
    classes = models.PositiveIntegerField(_("classes"), null=True, blank=True)
    communes = models.ManyToManyField(Commune, blank=True, related_name="hand_entries", verbose_name=_("communes"))
    #: Counts of ``counts`` are of people, each counted once, or of attendances, session after session.
    counts_people = models.BooleanField(
        _("le public compté est celui de personnes différentes"),
        default=True,
        help_text=_("Décoché : ce sont des présences, la même personne comptée à chaque séance."),
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("ligne d'un bilan saisi")
        verbose_name_plural = _("lignes d'un bilan saisi")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="hand_entry_titled",
                violation_error_message=_("Donnez un nom à la résidence."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class HandCount(models.Model):
    """People of one category in a hand entry. ``inside``: already in that line ("650 dont 330")."""

    entry = models.ForeignKey(HandEntry, on_delete=models.CASCADE, related_name="counts", verbose_name=_("résidence"))
    category = models.CharField(_("public"), max_length=14, choices=REPORTED_CATEGORIES)
    label = models.CharField(_("comme le rapport le dit"), max_length=160, blank=True)
    value = models.PositiveIntegerField(_("nombre"), null=True, blank=True, validators=[MaxValueValidator(1000000)])
    qualifier = models.CharField(_("précision"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT)
    inside = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("déjà compté dans"),
    )
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("public d'une ligne saisie")
        verbose_name_plural = _("public d'une ligne saisie")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label or self.get_category_display()


class BilanQuerySet(models.QuerySet["Bilan"]):
    def coordinated_by(self, user: User | AnonymousUser) -> BilanQuerySet:
        return self.filter(season__programme__territory__in=Territory.objects.coordinated_by(user))

    def published(self) -> BilanQuerySet:
        return self.filter(state=BilanState.PUBLISHED)


class Bilan(models.Model):
    """The words around the figures of a season. The figures are never stored here: they are read from what took
    place, and from the hand entries. ``pdf`` and ``workbook`` are what was made when it was published."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.OneToOneField(Season, on_delete=models.PROTECT, related_name="bilan", verbose_name=_("saison"))
    slug = models.SlugField(_("identifiant d'adresse"), unique=True, max_length=120)
    title = models.CharField(_("titre"), max_length=200)
    introduction = models.TextField(_("introduction"), max_length=5000, blank=True, help_text=_("Markdown."))
    highlights = models.TextField(_("ce qui a compté"), max_length=8000, blank=True, help_text=_("Markdown."))
    outlook = models.TextField(_("perspectives"), max_length=5000, blank=True, help_text=_("Markdown."))
    #: "Plus de 2 300": a claim that the figures must bear out before it is shown.
    claimed_people = models.PositiveIntegerField(
        _("« plus de … personnes »"),
        null=True,
        blank=True,
        help_text=_("La formule n'est publiée que si les chiffres la justifient."),
    )
    state = models.CharField(
        _("état"), max_length=10, choices=BilanState.choices, default=BilanState.DRAFT, editable=False
    )
    published_at = models.DateTimeField(_("publié le"), null=True, editable=False)
    pdf = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="bilan_pdfs", editable=False
    )
    workbook = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="bilan_workbooks", editable=False
    )
    #: Of what the files were made from: another one, and they are made again.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = _("bilan")
        verbose_name_plural = _("bilans")
        ordering = ["-season__starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=BilanState.PUBLISHED) | Q(published_at__isnull=False),
                name="bilan_published_at",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("residencies:bilan", args=[self.slug])

    @property
    def opening(self) -> str:
        """The first paragraph of the introduction."""
        return self.introduction.replace("\r\n", "\n").strip().partition("\n\n")[0]

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory


class SeasonArchive(models.Model):
    """A season that was closed: its exports, kept as they were, and the call cloned from it.

    ``left``: what was not finished, and why it was closed all the same. ``reopened_at``: the season was opened
    again since; the next closing writes over this one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.OneToOneField(Season, on_delete=models.PROTECT, related_name="archive", verbose_name=_("saison"))
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="season_archives")
    closed_at = models.DateTimeField(_("close le"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    next_call = models.ForeignKey(
        Call, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("appel suivant")
    )
    left = models.JSONField(_("ce qui n'était pas terminé"), default=list, blank=True, editable=False)
    reopened_at = models.DateTimeField(_("rouverte le"), null=True, editable=False)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    reopened_why = models.TextField(_("pourquoi elle est rouverte"), max_length=1000, blank=True, editable=False)

    class Meta:
        verbose_name = _("archive de saison")
        verbose_name_plural = _("archives de saison")
        ordering = ["-closed_at"]

    def __str__(self) -> str:
        return str(self.season)
