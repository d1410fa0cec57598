"""The jury in session: who sat, what was decided, the minutes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidatures.enums import Outcome, Presence, SessionState
from candidatures.models.application import Application
from candidatures.models.call import Position
from candidatures.models.jury import Juror, Jury
from clea.documents.models import StoredFile


class ChosenSet(models.Model):
    """A set of artists the committee retained among those the page proposed, and what it wanted."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    jury = models.ForeignKey(Jury, on_delete=models.PROTECT, related_name="chosen_sets", verbose_name=_("jury"))
    applications = models.ManyToManyField(Application, related_name="chosen_sets", verbose_name=_("candidatures"))
    wants = models.JSONField(_("souhaits du comité"), default=dict, blank=True)
    note = models.TextField(_("pourquoi cet ensemble"), max_length=2000, blank=True)
    standing = models.BooleanField(_("en vigueur"), default=True)
    made_at = models.DateTimeField(_("le"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("ensemble retenu")
        verbose_name_plural = _("ensembles retenus")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["jury"], condition=Q(standing=True), name="chosen_set_one_standing")
        ]

    def __str__(self) -> str:
        return f"{self.jury} – {timezone.localtime(self.made_at):%d/%m/%Y %H:%M}"


class JurySession(models.Model):
    """A meeting of the jury that decides. ``held_on`` is the proof between territories (rules.md 7)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    jury = models.ForeignKey(Jury, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("jury"))
    state = models.CharField(
        _("état"), max_length=10, choices=SessionState.choices, default=SessionState.PREPARING, editable=False
    )
    held_on = models.DateField(_("date de la séance"))
    starts_at = models.TimeField(_("ouverture"), null=True, blank=True)
    ends_at = models.TimeField(_("levée"), null=True, blank=True)
    place = models.CharField(_("lieu"), max_length=300, blank=True)
    chair = models.ForeignKey(
        Juror, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("présidence de séance")
    )
    secretary = models.CharField(_("secrétariat de séance"), max_length=200, blank=True)
    account = models.TextField(
        _("déroulé de la séance"), max_length=10000, blank=True, help_text=_("Markdown. Repris dans le procès-verbal.")
    )
    # Frozen when the session is settled, as the minutes say them.
    quorum_seats = models.PositiveSmallIntegerField(_("sièges"), null=True, editable=False)
    quorum_needed = models.PositiveSmallIntegerField(_("quorum"), null=True, editable=False)
    quorum_present = models.PositiveSmallIntegerField(_("présents comptés"), null=True, editable=False)
    settled_at = models.DateTimeField(_("arrêtée le"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("close le"), null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("séance du jury")
        verbose_name_plural = _("séances du jury")
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return str(_("Séance du %(day)s")) % {"day": f"{self.held_on:%d/%m/%Y}"}


class Attendance(models.Model):
    """A member at a session. ``replaces``: a substitute sitting in an absent member's seat."""

    session = models.ForeignKey(JurySession, on_delete=models.CASCADE, related_name="attendance")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="attendance", verbose_name=_("membre"))
    presence = models.CharField(_("présence"), max_length=10, choices=Presence.choices)
    replaces = models.ForeignKey(
        Juror, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("siège à la place de")
    )

    class Meta:
        verbose_name = _("présence")
        verbose_name_plural = _("présences")
        constraints = [
            models.UniqueConstraint(fields=["session", "juror"], name="attendance_once"),
            models.UniqueConstraint(
                fields=["session", "replaces"],
                condition=Q(replaces__isnull=False),
                name="attendance_one_substitute_a_seat",
                violation_error_message=_("Deux suppléants ne peuvent pas occuper le même siège."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.juror} : {self.get_presence_display()}"


class Decision(models.Model):
    """What the session decided on one dossier.

    ``rank`` is the order in the ranking retained, ``reserve_rank`` in the reserve list. Votes are
    optional: most committees decide by consensus. ``mean`` and ``corrected`` are out of 20, frozen
    when the session is settled. ``before`` is the dossier's state that a correction restores.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(JurySession, on_delete=models.PROTECT, related_name="decisions")
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("candidature")
    )
    outcome = models.CharField(_("décision"), max_length=10, choices=Outcome.choices, blank=True)
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("résidence")
    )
    rank = models.PositiveSmallIntegerField(_("rang retenu"), null=True, blank=True)
    reserve_rank = models.PositiveSmallIntegerField(_("rang en liste complémentaire"), null=True, blank=True)
    reason = models.TextField(_("motif"), max_length=2000, blank=True)
    tell_reason = models.BooleanField(
        _("motif communiqué à l'artiste"),
        default=False,
        help_text=_("La motivation d'un refus est facultative."),
    )
    votes_for = models.PositiveSmallIntegerField(_("pour"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("contre"), null=True, blank=True)
    votes_blank = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    mean = models.DecimalField(max_digits=4, decimal_places=2, null=True, editable=False)
    corrected = models.DecimalField(max_digits=4, decimal_places=2, null=True, editable=False)
    before = models.CharField(max_length=20, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "application"], name="decision_once_a_session"),
            models.UniqueConstraint(
                fields=["session", "reserve_rank"],
                condition=Q(reserve_rank__isnull=False),
                name="decision_reserve_rank_unique",
                violation_error_message=_("Deux dossiers ne peuvent pas avoir le même rang en liste complémentaire."),
            ),
            models.CheckConstraint(
                condition=Q(reserve_rank__isnull=True) | Q(outcome=Outcome.RESERVE),
                name="decision_reserve_rank_for_reserve",
                violation_error_message=_("Seule la liste complémentaire a un rang d'appel."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} : {self.get_outcome_display()}"


class Minutes(models.Model):
    """One edition of a session's minutes: the PDF to sign, then the signed scan."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(JurySession, on_delete=models.PROTECT, related_name="minutes")
    edition = models.PositiveSmallIntegerField(_("édition"), default=1)
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="minutes")
    made_at = models.DateTimeField(_("établi le"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    signed = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="signed_minutes"
    )
    signed_at = models.DateTimeField(_("signé reçu le"), null=True)
    # What the edition says, frozen: the PDF is made from this alone.
    data = models.JSONField(default=dict)
    # Why the edition before it was reopened.
    correction = models.TextField(_("motif de la correction"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("procès-verbal")
        verbose_name_plural = _("procès-verbaux")
        ordering = ["-edition"]
        constraints = [models.UniqueConstraint(fields=["session", "edition"], name="minutes_edition_unique")]

    def __str__(self) -> str:
        return f"{self.session} – {self.edition}"
