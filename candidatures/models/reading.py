"""What a juror writes about a dossier, and what the jury says of it together."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from candidatures.enums import Advice, ReviewState
from candidatures.models.application import Application
from candidatures.models.call import ScoringCriterion
from candidatures.models.deposit import Deposit
from candidatures.models.jury import Juror, Recusal
from clea.documents.models import StoredFile


class ReviewQuerySet(models.QuerySet["Review"]):
    def standing(self) -> ReviewQuerySet:
        """Not by a recused juror: a recusal takes the review out of every count and every page."""
        recused = Recusal.objects.standing().filter(juror=OuterRef("juror"), application=OuterRef("application"))
        return self.exclude(Exists(recused))

    def filed(self) -> ReviewQuerySet:
        return self.filter(state=ReviewState.FILED)

    def counted(self) -> ReviewQuerySet:
        """Those that make a mean: filed, standing, and not an abstention."""
        return self.filed().standing().exclude(advice=Advice.ABSTAIN)


class Review(models.Model):
    """One juror's reading of one dossier, tied to the deposit that was read.

    ``version`` grows with every save: two tabs, or a juror and the coordination, cannot overwrite
    each other. ``private_notes`` are their author's alone.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("membre"))
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("candidature")
    )
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("dépôt lu"))
    state = models.CharField(
        _("état"), max_length=10, choices=ReviewState.choices, default=ReviewState.DRAFT, editable=False
    )
    advice = models.CharField(_("avis"), max_length=14, choices=Advice.choices, blank=True)
    comment = models.TextField(_("appréciation générale"), max_length=4000, blank=True)
    private_notes = models.TextField(_("notes personnelles"), max_length=8000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("commencée le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)
    filed_at = models.DateTimeField(_("déposée le"), null=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("jury", "lecture")
        verbose_name_plural = _("lectures")
        constraints = [
            models.UniqueConstraint(
                fields=["juror", "application"],
                name="review_once",
                violation_error_message=_("Ce membre a déjà une lecture de ce dossier."),
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.DRAFT) | (~Q(advice="") & Q(filed_at__isnull=False)),
                name="review_filed_has_an_advice",
                violation_error_message=_("Choisissez un avis avant de déposer votre lecture."),
            ),
        ]
        indexes = [models.Index(fields=["application", "state"])]

    def __str__(self) -> str:
        return f"{self.juror} – {self.application}"


class Score(models.Model):
    """The note given on one criterion, between 0 and the criterion's maximum."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(ScoringCriterion, on_delete=models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField(_("note"), null=True, blank=True)
    comment = models.TextField(_("commentaire"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [models.UniqueConstraint(fields=["review", "criterion"], name="score_once")]

    def __str__(self) -> str:
        return f"{self.criterion} : {'–' if self.value is None else self.value}"


class DiscussionComment(models.Model):
    """A remark on a dossier, read by the members who may discuss it and by the coordination."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="discussion", verbose_name=_("candidature")
    )
    # Empty: the coordination.
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, null=True, blank=True, related_name="remarks")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("remarque"), max_length=4000)
    created_at = models.DateTimeField(_("le"), auto_now_add=True)
    removed_at = models.DateTimeField(_("retirée le"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("remarque")
        verbose_name_plural = _("remarques")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.author}"


class BlindCopy(models.Model):
    """A deposit's PDF without its identifying pages and words, made from the frozen row alone.

    ``findings``: what an uploaded piece left in still says of the applicant, as
    ``[{"piece": code, "page": n, "at": page of the copy, "what": "name"}]``, for the coordination to
    judge; ``withheld``: the codes of the pieces left out, the call's choice until the coordination's.
    """

    deposit = models.OneToOneField(Deposit, on_delete=models.CASCADE, related_name="blind_copy")
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="blind_copies")
    findings = models.JSONField(default=list, blank=True)
    withheld = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    judged_at = models.DateTimeField(_("examiné le"), null=True, editable=False)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("dossier anonyme")
        verbose_name_plural = _("dossiers anonymes")

    def __str__(self) -> str:
        return str(self.deposit)
