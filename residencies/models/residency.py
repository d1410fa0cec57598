"""The residency: who, when, under which contract, with which documents."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from candidatures.enums import CallKind, PeriodKind
from candidatures.models import Application, Axis, Offer, Season
from clea.documents.models import StoredFile
from clea.text import SearchField
from clea.ui.addresses import address
from residencies.enums import (
    LIVE_RESIDENCIES,
    AbsenceReason,
    CountBasis,
    DayPart,
    DocumentKind,
    DocumentState,
    FeedKind,
    ResidencyState,
)
from structures.models import Structure, Territory
from structures.models.fields import HttpsURLField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


class ResidencyQuerySet(models.QuerySet["Residency"]):
    def coordinated_by(self, user: User | AnonymousUser) -> ResidencyQuerySet:
        return self.filter(season__programme__territory__in=Territory.objects.coordinated_by(user))

    def of(self, user: User | AnonymousUser) -> ResidencyQuerySet:
        """The residencies this person runs."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(pk__in=ResidencyArtist.objects.filter(user=user, left_at=None).values("residency"))

    def live(self) -> ResidencyQuerySet:
        """Something may still be planned in it."""
        return self.filter(state__in=LIVE_RESIDENCIES)

    def published(self) -> ResidencyQuerySet:
        """They have a public page."""
        return self.filter(published_at__isnull=False)

    def with_place(self) -> ResidencyQuerySet:
        """The season, the contract and the territory with each."""
        return self.select_related("season__programme__territory")


class Residency(models.Model):
    """An artist, or a group, on the territory for a season.

    Born of an accepted :class:`~candidatures.models.Offer`, or opened by the coordination for an
    artist chosen outside the selection (``offer`` and ``application`` are then empty).
    ``contract_days`` is the number of days due, of which ``count_basis`` says the kind (rules.md 14).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="residencies", verbose_name=_("saison"))
    kind = models.CharField(_("nature"), max_length=10, choices=CallKind.choices, default=CallKind.ARTISTIC)
    slug = models.SlugField(_("identifiant d'adresse"), unique=True, max_length=100)
    artist_name = models.CharField(_("nom d'artiste, du collectif ou de la compagnie"), max_length=200)
    title = models.CharField(_("titre de la résidence"), max_length=200, blank=True)
    discipline = models.CharField(_("discipline"), max_length=200, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=ResidencyState.choices, default=ResidencyState.PREPARING, editable=False
    )
    application = models.OneToOneField(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="residency",
        verbose_name=_("candidature"),
    )
    offer = models.OneToOneField(
        Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="residency", verbose_name=_("proposition")
    )
    position_title = models.CharField(_("poste"), max_length=200, blank=True)
    outside_reason = models.TextField(
        _("comment l'artiste a été choisi"),
        max_length=1000,
        blank=True,
        help_text=_("Pour une résidence ouverte hors de la sélection."),
    )
    axes = models.ManyToManyField(Axis, blank=True, related_name="residencies", verbose_name=_("axes"))

    # The contract's facts
    contract_days = models.DecimalField(
        _("jours de présence dus"),
        max_digits=5,
        decimal_places=1,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(366))],
    )
    count_basis = models.CharField(
        _("décompte qui fait foi"), max_length=12, choices=CountBasis.choices, default=CountBasis.WEEKDAYS
    )
    structures_target = models.PositiveSmallIntegerField(
        _("structures différentes à rencontrer"), default=20, validators=[MaxValueValidator(300)]
    )
    employer = models.CharField(
        _("structure employeuse"), max_length=200, blank=True, help_text=_("Vide : l'artiste est payé directement.")
    )
    home_city = models.CharField(_("ville de résidence habituelle"), max_length=120, blank=True)
    lodging_needed = models.BooleanField(_("logement à fournir"), default=True)

    # What the public reads
    presentation = models.TextField(_("présentation"), max_length=6000, blank=True, help_text=_("Markdown."))
    presentation_en = models.TextField(_("présentation en anglais"), max_length=6000, blank=True)
    website = HttpsURLField(_("site internet"), blank=True)
    published_at = models.DateTimeField(_("page publiée le"), null=True, editable=False)

    stopped_why = models.TextField(_("pourquoi elle est interrompue"), max_length=1000, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)
    search = SearchField(sources=("artist_name", "title", "discipline"))

    objects = ResidencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("résidence")
        verbose_name_plural = _("résidences")
        ordering = ["artist_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(artist_name=""),
                name="residency_artist_named",
                violation_error_message=_("Donnez le nom de l'artiste ou du collectif."),
            ),
            models.CheckConstraint(
                condition=Q(offer__isnull=True) | Q(application__isnull=False),
                name="residency_offer_with_application",
                violation_error_message=_("Une proposition est faite à une candidature."),
            ),
        ]

    def __str__(self) -> str:
        return self.artist_name

    def get_absolute_url(self) -> str:
        """The public page."""
        return address("residencies:residency", self.slug)

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_RESIDENCIES


class ResidencyArtist(models.Model):
    """A person of the residency. Their account opens its space; ``user`` is empty for who has none."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="artists", verbose_name=_("résidence")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="residency_seats",
        verbose_name=_("compte"),
    )
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    last_name = models.CharField(_("nom"), max_length=100)
    role = models.CharField(_("rôle"), max_length=160, blank=True)
    is_lead = models.BooleanField(_("responsable de la résidence"), default=False)
    joined_at = models.DateTimeField(_("dans la résidence depuis le"), auto_now_add=True)
    left_at = models.DateTimeField(_("partie le"), null=True, editable=False)

    class Meta:
        verbose_name = _("artiste de la résidence")
        verbose_name_plural = _("artistes de la résidence")
        ordering = ["-is_lead", "last_name", "first_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["residency", "user"],
                name="residency_artist_once",
                violation_error_message=_("Cette personne est déjà dans cette résidence."),
            ),
            models.CheckConstraint(
                condition=~Q(last_name=""),
                name="residency_artist_name_filled",
                violation_error_message=_("Donnez le nom de la personne."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Period(models.Model):
    """Dates of presence of one residency. Local days, both ends included."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="periods", verbose_name=_("résidence")
    )
    kind = models.CharField(
        _("nature"),
        max_length=20,
        choices=[choice for choice in PeriodKind.choices if choice[0] != PeriodKind.EVENT],
        default=PeriodKind.PHASE,
    )
    title = models.CharField(_("intitulé"), max_length=200)
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))

    class Meta:
        verbose_name = _("période")
        verbose_name_plural = _("périodes")
        ordering = ["starts_on", "ends_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="period_dates_in_order",
                violation_error_message=_("La période doit finir le jour où elle commence, ou après."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class PresenceDay(models.Model):
    """One day of the ledger: what was planned, what took place (rules.md 14). A half day counts 0.5.

    A weekday of a period without a row is a full day planned: rows hold what differs, and what is done.
    """

    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="presence", verbose_name=_("résidence")
    )
    day = models.DateField(_("jour"))
    planned = models.CharField(_("prévu"), max_length=10, choices=DayPart.choices, default=DayPart.FULL)
    done = models.CharField(_("fait"), max_length=10, choices=DayPart.choices, blank=True)
    absence = models.CharField(_("absence"), max_length=16, choices=AbsenceReason.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    checked_at = models.DateTimeField(_("vérifié par la coordination le"), null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("jour de présence")
        verbose_name_plural = _("jours de présence")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["residency", "day"],
                name="presence_one_row_a_day",
                violation_error_message=_("Ce jour est déjà noté."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"


class RequestedDocument(models.Model):
    """A document asked from the artist. ``stored_file`` goes once it was seen, unless ``keep_file``.

    A safeguarding certificate is asked only when structures for young children or child protection
    are planned, seen, and never kept.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="requested_documents", verbose_name=_("résidence")
    )
    kind = models.CharField(_("document"), max_length=12, choices=DocumentKind.choices)
    title = models.CharField(_("intitulé"), max_length=200)
    why = models.TextField(_("pourquoi il est demandé"), max_length=1000, blank=True)
    due_on = models.DateField(_("à envoyer avant le"), help_text=_("Ce jour compris."))
    state = models.CharField(
        _("état"), max_length=10, choices=DocumentState.choices, default=DocumentState.ASKED, editable=False
    )
    keep_file = models.BooleanField(
        _("fichier conservé"),
        default=False,
        help_text=_("Décoché : le fichier est effacé dès qu'il a été vérifié ; la date de vérification reste."),
    )
    stored_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="requested_documents", editable=False
    )
    received_at = models.DateTimeField(_("reçu le"), null=True, editable=False)
    seen_at = models.DateTimeField(_("vérifié le"), null=True, editable=False)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    valid_until = models.DateField(_("valable jusqu'au"), null=True, blank=True)
    words = models.TextField(_("ce qui ne va pas"), max_length=1000, blank=True)
    reminded_at = models.DateTimeField(_("rappel envoyé le"), null=True, editable=False)
    asked_at = models.DateTimeField(_("demandé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("document demandé")
        verbose_name_plural = _("documents demandés")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=DocumentKind.SAFEGUARDING, keep_file=True),
                name="safeguarding_never_kept",
                violation_error_message=_("L'attestation d'honorabilité se vérifie et ne se conserve pas."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class CalendarFeed(models.Model):
    """A private calendar address. Another ``version``, or ``revoked_at``, makes the former address void."""

    #: Two structures made one: the person keeps the address of the one that stays.
    dropped_by_merge = True

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("calendrier"), max_length=10, choices=FeedKind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds", verbose_name=_("personne")
    )
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("résidence")
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("structure")
    )
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("territoire")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, editable=False)

    class Meta:
        verbose_name = _("adresse de calendrier")
        verbose_name_plural = _("adresses de calendrier")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=FeedKind.ARTIST, residency__isnull=False, structure__isnull=True, territory__isnull=True
                )
                | Q(kind=FeedKind.STRUCTURE, structure__isnull=False, residency__isnull=True, territory__isnull=True)
                | Q(kind=FeedKind.DESK, territory__isnull=False, residency__isnull=True, structure__isnull=True),
                name="calendar_feed_one_target",
                violation_error_message=_("Un calendrier sert une résidence, une structure ou un territoire."),
            ),
            models.UniqueConstraint(fields=["user", "residency"], name="calendar_feed_once_a_residency"),
            models.UniqueConstraint(fields=["user", "structure"], name="calendar_feed_once_a_structure"),
            models.UniqueConstraint(fields=["user", "territory"], name="calendar_feed_once_a_territory"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
