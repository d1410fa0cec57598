"""Events, their registrations and meeting slots; works proposed for diffusion."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from clea.ui.addresses import address
from residencies.enums import BookingState, EventKind, EventState, RegistrationState
from residencies.models.activities import Activity
from residencies.models.residency import Residency
from structures.models import Commune, Structure, Territory


class Event(models.Model):
    """A gathering: the 27e heure, a training day, a public moment. Aware UTC.

    ``meetings_from`` and ``meetings_to`` bound the meeting slots; both empty, there are none.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="events", verbose_name=_("saison"))
    kind = models.CharField(_("nature"), max_length=12, choices=EventKind.choices, default=EventKind.MEETING_DAY)
    slug = models.SlugField(_("identifiant d'adresse"), unique=True, max_length=100)
    title = models.CharField(_("titre"), max_length=200)
    summary = models.TextField(_("présentation"), max_length=4000, blank=True, help_text=_("Markdown."))
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    place = models.CharField(_("lieu"), max_length=300)
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("structure")
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("commune")
    )
    residencies = models.ManyToManyField(
        Residency, blank=True, related_name="events", verbose_name=_("résidences présentes")
    )
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("Vide : pas de limite. Au-delà, une liste d'attente.")
    )
    open_to_public = models.BooleanField(
        _("ouvert à tous"), default=False, help_text=_("Sinon, aux équipes des structures seulement.")
    )
    registration_closes_at = models.DateTimeField(_("inscriptions jusqu'au"), null=True, blank=True)
    meetings_from = models.DateTimeField(_("rendez-vous, de"), null=True, blank=True)
    meetings_to = models.DateTimeField(_("rendez-vous, à"), null=True, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(
        _("durée d'un rendez-vous (minutes)"), default=15, validators=[MinValueValidator(5), MaxValueValidator(120)]
    )
    break_minutes = models.PositiveSmallIntegerField(
        _("entre deux rendez-vous (minutes)"), default=5, validators=[MaxValueValidator(60)]
    )
    meetings_per_structure = models.PositiveSmallIntegerField(
        _("rendez-vous par structure, au plus"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    state = models.CharField(
        _("état"), max_length=10, choices=EventState.choices, default=EventState.DRAFT, editable=False
    )
    timetable_at = models.DateTimeField(_("rendez-vous calculés le"), null=True, editable=False)
    timetable_told_at = models.DateTimeField(_("rendez-vous annoncés le"), null=True, editable=False)
    # What each structure ("s:" and its uuid) and artist ("a:") was told: the mark of their own timetable.
    told = models.JSONField(default=dict, editable=False)
    cancelled_why = models.TextField(_("pourquoi il est annulé"), max_length=1000, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("évènement")
        verbose_name_plural = _("évènements")
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_starts",
                violation_error_message=_("L'évènement doit finir après son début."),
            ),
            models.CheckConstraint(
                condition=Q(meetings_from__isnull=True, meetings_to__isnull=True)
                | Q(meetings_from__isnull=False, meetings_to__isnull=False, meetings_to__gt=F("meetings_from")),
                name="event_meetings_in_order",
                violation_error_message=_("Donnez le début et la fin des rendez-vous, ou aucun des deux."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("residencies:event", self.slug)

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory

    @property
    def where(self) -> Commune | None:
        """Reads ``structure``: select it with the rows of a list."""
        return self.commune or (self.structure.commune if self.structure else None)


class EventItem(models.Model):
    """A line of the programme."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="programme", verbose_name=_("évènement"))
    starts_at = models.DateTimeField(_("à"))
    title = models.CharField(_("intitulé"), max_length=200)
    text = models.CharField(_("précisions"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("moment du programme")
        verbose_name_plural = _("programme")
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return self.title


class Room(models.Model):
    """A table or a room where one meeting at a time takes place."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rooms", verbose_name=_("évènement"))
    name = models.CharField(_("salle ou table"), max_length=120)
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("salle")
        verbose_name_plural = _("salles")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "name"],
                name="room_name_unique",
                violation_error_message=_("Deux salles portent ce nom."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Registration(models.Model):
    """People of a structure, or a resident, at an event. ``rank`` orders the waiting list."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="registrations", verbose_name=_("évènement")
    )
    structure = models.ForeignKey(
        Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("structure"),
    )
    name = models.CharField(_("nom"), max_length=200)
    email = models.EmailField(_("adresse électronique"))
    people = models.PositiveSmallIntegerField(
        _("nombre de personnes"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    # Addresses of those who come, one a line: a person of two structures is in one place at a time.
    attendees = models.TextField(_("qui vient"), max_length=2000, blank=True)
    note = models.CharField(_("à savoir"), max_length=500, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=RegistrationState.choices, default=RegistrationState.CONFIRMED, editable=False
    )
    made_at = models.DateTimeField(_("faite le"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "structure"],
                condition=Q(structure__isnull=False) & ~Q(state=RegistrationState.CANCELLED),
                name="registration_one_a_structure",
                violation_error_message=_("Cette structure est déjà inscrite."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class MeetingWish(models.Model):
    """An artist a structure asks to meet, first wish first."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="wishes", verbose_name=_("évènement"))
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, related_name="meeting_wishes", verbose_name=_("structure")
    )
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="meeting_wishes", verbose_name=_("artiste")
    )
    rank = models.PositiveSmallIntegerField(_("rang"), default=1)

    class Meta:
        verbose_name = _("souhait de rencontre")
        verbose_name_plural = _("souhaits de rencontre")
        ordering = ["structure", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "structure", "residency"],
                name="meeting_wish_once",
                violation_error_message=_("Cet artiste est déjà demandé."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.structure} – {self.residency}"


class Unavailability(models.Model):
    """Someone who is not there for part of the meetings: an artist or a structure."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="unavailabilities", verbose_name=_("évènement")
    )
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("artiste")
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("structure")
    )
    starts_at = models.DateTimeField(_("de"))
    ends_at = models.DateTimeField(_("à"))

    class Meta:
        verbose_name = _("indisponibilité")
        verbose_name_plural = _("indisponibilités")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(residency__isnull=False, structure__isnull=True)
                | Q(residency__isnull=True, structure__isnull=False),
                name="unavailability_of_one",
                violation_error_message=_("Choisissez un artiste ou une structure."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="unavailability_in_order",
                violation_error_message=_("L'indisponibilité doit finir après son début."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.residency or self.structure)


class MeetingSlot(models.Model):
    """One computed meeting. ``fixed``: set by hand, the next computation keeps it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="meetings", verbose_name=_("évènement"))
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="meetings", verbose_name=_("artiste")
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, related_name="meetings", verbose_name=_("structure")
    )
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("salle"))
    starts_at = models.DateTimeField(_("à"))
    fixed = models.BooleanField(_("fixé à la main"), default=False)

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ["starts_at", "room__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "residency", "starts_at"],
                name="meeting_artist_in_one_place",
                violation_error_message=_("L'artiste a déjà un rendez-vous à cette heure."),
            ),
            models.UniqueConstraint(
                fields=["event", "structure", "starts_at"],
                name="meeting_structure_in_one_place",
                violation_error_message=_("La structure a déjà un rendez-vous à cette heure."),
            ),
            models.UniqueConstraint(
                fields=["event", "room", "starts_at"],
                name="meeting_room_taken_once",
                violation_error_message=_("Cette salle est déjà prise à cette heure."),
            ),
            models.UniqueConstraint(
                fields=["event", "residency", "structure"],
                name="meeting_once_a_pair",
                violation_error_message=_("Ce rendez-vous existe déjà."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.residency} – {self.structure}"


class Work(models.Model):
    """A work an artist proposes for diffusion: what it is, what it needs."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="works", verbose_name=_("résidence")
    )
    title = models.CharField(_("titre"), max_length=200)
    form = models.CharField(_("forme"), max_length=200, help_text=_("Exposition, concert, projection, lecture…"))
    description = models.TextField(_("présentation"), max_length=3000, blank=True)
    audience = models.CharField(_("public conseillé"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée (minutes)"), null=True, blank=True)
    technical_needs = models.TextField(_("besoins techniques"), max_length=2000, blank=True)
    setup_minutes = models.PositiveSmallIntegerField(_("montage (minutes)"), null=True, blank=True)
    is_published = models.BooleanField(_("au catalogue"), default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("œuvre à diffuser")
        verbose_name_plural = _("œuvres à diffuser")
        ordering = ["residency__artist_name", "title"]

    def __str__(self) -> str:
        return self.title


class WorkBooking(models.Model):
    """A structure that asks for a work. Accepted, it becomes a diffusion."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("œuvre"))
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, related_name="work_bookings", verbose_name=_("structure")
    )
    dates = models.TextField(_("dates possibles"), max_length=1000)
    public = models.CharField(_("public"), max_length=300)
    people = models.PositiveIntegerField(_("personnes attendues"), null=True, blank=True)
    words = models.TextField(_("votre lieu, vos questions"), max_length=2000, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=BookingState.choices, default=BookingState.ASKED, editable=False
    )
    answer = models.TextField(_("réponse"), max_length=2000, blank=True)
    activity = models.ForeignKey(
        Activity, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings", verbose_name=_("activité")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    made_at = models.DateTimeField(_("demandée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("réservation d'une œuvre")
        verbose_name_plural = _("réservations d'œuvres")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.work} – {self.structure}"
