"""What structures say of an activity afterwards: closed scales and words, kept apart from who said it."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from residencies.enums import ActivityKind
from residencies.models.activities import Activity
from residencies.models.residency import Residency
from structures.models import Structure, Territory


class FeedbackQuestion(models.Model):
    """A question answered from 1 to 5. One no longer asked is kept for what was answered."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="feedback_questions", verbose_name=_("territoire")
    )
    text = models.CharField(_("question"), max_length=200)
    low = models.CharField(_("ce que veut dire 1"), max_length=60)
    high = models.CharField(_("ce que veut dire 5"), max_length=60)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("posée"), default=True)

    class Meta:
        verbose_name = _("question aux structures")
        verbose_name_plural = _("questions aux structures")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="feedback_question_filled",
                violation_error_message=_("Écrivez la question."),
            )
        ]

    def __str__(self) -> str:
        return self.text


class FeedbackInvitation(models.Model):
    """A structure is asked about an activity, once. Says whether it answered, never what."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="feedback_invitations", verbose_name=_("activité")
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, related_name="feedback_invitations", verbose_name=_("structure")
    )
    sent_at = models.DateTimeField(_("envoyée le"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("rappelée le"), null=True, editable=False)
    answered = models.BooleanField(_("répondue"), default=False, editable=False)

    class Meta:
        verbose_name = _("demande d'avis")
        verbose_name_plural = _("demandes d'avis")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["activity", "structure"], name="feedback_asked_once")]

    def __str__(self) -> str:
        return f"{self.activity} – {self.structure}"


class Feedback(models.Model):
    """An answer. Neither the structure nor the moment: nothing leads back to who gave it."""

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="feedback", verbose_name=_("saison"))
    residencies = models.ManyToManyField(Residency, related_name="feedback", verbose_name=_("résidences"))
    kind = models.CharField(_("forme"), max_length=12, choices=ActivityKind.choices)
    words = models.TextField(_("en quelques mots"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("avis d'une structure")
        verbose_name_plural = _("avis des structures")
        # Of no meaning, so that the order of a list tells nothing of who answered when.
        ordering = ["words", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class FeedbackScore(models.Model):
    """From 1 to 5; no row where the question did not apply."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="scores", verbose_name=_("avis"))
    question = models.ForeignKey(
        FeedbackQuestion, on_delete=models.PROTECT, related_name="scores", verbose_name=_("question")
    )
    value = models.PositiveSmallIntegerField(_("note"), validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(fields=["feedback", "question"], name="feedback_score_once"),
            models.CheckConstraint(condition=Q(value__range=(1, 5)), name="feedback_score_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return str(self.value)
