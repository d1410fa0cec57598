"""Steering of a season: technical and steering committees (rules.md 23)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from clea.documents.models import StoredFile
from residencies.enums.steering import ActionState, MeetingKind, MeetingState, Presence, RhythmUnit
from structures.enums import Weekday
from structures.models import Institution, Territory
from structures.models.fields import HttpsURLField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


class SteeringRhythm(models.Model):
    """How often a committee meets: so many times a month or a quarter, on a weekday, at an hour."""

    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="rhythms", verbose_name=_("saison"))
    kind = models.CharField(_("comité"), max_length=10, choices=MeetingKind.choices)
    times = models.PositiveSmallIntegerField(
        _("fois"), default=1, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    unit = models.CharField(_("par"), max_length=10, choices=RhythmUnit.choices, default=RhythmUnit.MONTH)
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    at = models.TimeField(_("heure"))
    minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), default=90, validators=[MinValueValidator(15), MaxValueValidator(600)]
    )
    place = models.CharField(_("lieu"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("rythme des réunions")
        verbose_name_plural = _("rythmes des réunions")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["season", "kind"],
                name="rhythm_once_a_kind",
                violation_error_message=_("Ce comité a déjà son rythme dans cette saison."),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def coordinated_by(self, user: User | AnonymousUser) -> MeetingQuerySet:
        return self.filter(season__programme__territory__in=Territory.objects.coordinated_by(user))

    def standing(self) -> MeetingQuerySet:
        return self.exclude(state=MeetingState.CANCELLED)

    def published(self) -> MeetingQuerySet:
        """Their minutes are for everybody."""
        return self.filter(published_at__isnull=False, state=MeetingState.SETTLED)


class Meeting(models.Model):
    """A committee: agenda, papers, attendance, decisions, actions, minutes. Aware UTC."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("saison"))
    kind = models.CharField(_("nature"), max_length=10, choices=MeetingKind.choices)
    title = models.CharField(_("intitulé"), max_length=200)
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    place = models.CharField(_("lieu"), max_length=300, blank=True)
    link = HttpsURLField(_("lien de visioconférence"), blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED, editable=False
    )
    introduction = models.TextField(_("en quelques mots"), max_length=3000, blank=True)
    invited_at = models.DateTimeField(_("convocation envoyée le"), null=True, editable=False)
    minutes = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="meeting_minutes", editable=False
    )
    #: The same without the names of people: what the public page gives, made when it is published.
    public_minutes = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    settled_at = models.DateTimeField(_("compte rendu arrêté le"), null=True, editable=False)
    reopened_why = models.TextField(_("pourquoi le compte rendu est rouvert"), max_length=1000, blank=True)
    published_at = models.DateTimeField(_("compte rendu publié le"), null=True, editable=False)
    cancelled_why = models.TextField(_("pourquoi elle est annulée"), max_length=1000, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("réunion de pilotage")
        verbose_name_plural = _("réunions de pilotage")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_starts",
                violation_error_message=_("La réunion doit finir après son début."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="meeting_titled",
                violation_error_message=_("Donnez un intitulé à la réunion."),
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(state=MeetingState.SETTLED, minutes__isnull=False),
                name="meeting_published_once_settled",
                violation_error_message=_("Arrêtez d'abord le compte rendu."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The public page of its minutes: nothing is there before they are published."""
        return reverse("residencies:steering_meeting", args=[self.uuid])

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class AgendaItem(models.Model):
    """A point of the agenda: what is to be said, then what was."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items", verbose_name=_("réunion"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    title = models.CharField(_("point"), max_length=200)
    words = models.TextField(_("de quoi il s'agit"), max_length=2000, blank=True)
    said = models.TextField(_("ce qui a été dit"), max_length=6000, blank=True)

    class Meta:
        verbose_name = _("point de l'ordre du jour")
        verbose_name_plural = _("points de l'ordre du jour")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class MeetingPaper(models.Model):
    """A document handed to the participants. Public papers go with published minutes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="papers", verbose_name=_("réunion"))
    title = models.CharField(_("intitulé"), max_length=200)
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="meeting_papers")
    is_public = models.BooleanField(_("publié avec le compte rendu"), default=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("document de réunion")
        verbose_name_plural = _("documents de réunion")
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.title


class Attendee(models.Model):
    """Somebody asked to a meeting, and whether they came."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees", verbose_name=_("réunion"))
    institution = models.ForeignKey(
        Institution,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partenaire institutionnel"),
    )
    organisation = models.CharField(_("organisme"), max_length=200, blank=True)
    name = models.CharField(_("nom"), max_length=160)
    role = models.CharField(_("fonction"), max_length=160, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    presence = models.CharField(_("présence"), max_length=10, choices=Presence.choices, default=Presence.INVITED)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["organisation", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "email"],
                condition=~Q(email=""),
                name="attendee_once_a_meeting",
                violation_error_message=_("Cette adresse est déjà dans la liste."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class MeetingDecision(models.Model):
    """What was decided, numbered in its meeting."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("réunion"))
    item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("point")
    )
    position = models.PositiveSmallIntegerField(_("numéro"), default=0)
    text = models.TextField(_("décision"), max_length=2000)

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class ActionQuerySet(models.QuerySet["Action"]):
    def pending(self) -> ActionQuerySet:
        return self.filter(state=ActionState.OPEN)


class Action(models.Model):
    """Something somebody does before a day. Followed after the meeting, reminded when it is near or late."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="actions", verbose_name=_("réunion"))
    what = models.CharField(_("action"), max_length=500)
    owner = models.CharField(_("qui"), max_length=160)
    owner_email = models.EmailField(_("adresse électronique"), blank=True)
    due_on = models.DateField(_("pour le"))
    state = models.CharField(
        _("état"), max_length=10, choices=ActionState.choices, default=ActionState.OPEN, editable=False
    )
    done_on = models.DateField(_("faite le"), null=True, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(_("rappel envoyé le"), null=True, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action décidée")
        verbose_name_plural = _("actions décidées")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.what
