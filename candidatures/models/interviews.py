"""Interviews: slots the coordination opens, artists book, the jury notes."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidatures.enums import InterviewMode, InterviewOutcome
from candidatures.models.application import Application
from candidatures.models.jury import Jury
from clea.mail.models import OutgoingMail
from structures.models.fields import HttpsURLField


class InterviewSlotQuerySet(models.QuerySet["InterviewSlot"]):
    def open(self) -> InterviewSlotQuerySet:
        return self.filter(cancelled_at__isnull=True)

    def free(self) -> InterviewSlotQuerySet:
        return self.open().filter(application__isnull=True)

    def booked(self) -> InterviewSlotQuerySet:
        return self.open().filter(application__isnull=False)


class InterviewSlot(models.Model):
    """One interview: a moment, a mode, and whoever booked it. Aware UTC; ``minutes`` is its length."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    jury = models.ForeignKey(Jury, on_delete=models.PROTECT, related_name="slots", verbose_name=_("jury"))
    starts_at = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    mode = models.CharField(_("forme"), max_length=10, choices=InterviewMode.choices, default=InterviewMode.IN_PERSON)
    place = models.CharField(_("lieu"), max_length=300, blank=True)
    link = HttpsURLField(_("adresse de la visioconférence"), max_length=500, blank=True)
    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interview_slots",
        verbose_name=_("candidature"),
    )
    booked_at = models.DateTimeField(_("réservé le"), null=True, editable=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(
        _("issue"), max_length=10, choices=InterviewOutcome.choices, default=InterviewOutcome.PLANNED, editable=False
    )
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, editable=False)
    # RFC 5545, for the jury's calendars: grows when the moment, the place or the person changes.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InterviewSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("créneau d'entretien")
        verbose_name_plural = _("créneaux d'entretien")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(application__isnull=False, cancelled_at__isnull=True),
                name="interview_one_slot_a_dossier",
                violation_error_message=_("Ce dossier a déjà un créneau."),
            ),
            models.CheckConstraint(
                condition=(Q(mode=InterviewMode.IN_PERSON) & ~Q(place=""))
                | (Q(mode=InterviewMode.REMOTE) & ~Q(link="")),
                name="interview_place_or_link",
                violation_error_message=_("Donnez le lieu, ou l'adresse de la visioconférence."),
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class InterviewInvitation(models.Model):
    """An artist asked to choose a slot. The letter is a draft until the coordination lets it go."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="interview_invitation", verbose_name=_("candidature")
    )
    book_by = models.DateTimeField(_("à réserver avant"), help_text=_("Premier instant trop tardif."))
    mail = models.ForeignKey(OutgoingMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(_("invitée le"), auto_now_add=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    declined_at = models.DateTimeField(_("entretien décliné le"), null=True, blank=True, editable=False)
    # RFC 5545: the artist's calendar holds one event a dossier, whatever slot it moves to.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("invitation à un entretien")
        verbose_name_plural = _("invitations à un entretien")

    def __str__(self) -> str:
        return str(self.application)


class InterviewNote(models.Model):
    """What one person wrote during or after an interview. Read by the jury, recused members apart."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="interview_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("notes d'entretien"), max_length=8000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(_("modifiées le"), auto_now=True)

    class Meta:
        verbose_name = _("notes d'entretien")
        verbose_name_plural = _("notes d'entretien")
        constraints = [models.UniqueConstraint(fields=["application", "author"], name="interview_note_once")]

    def __str__(self) -> str:
        return f"{self.author} – {self.application}"
