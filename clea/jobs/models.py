"""Work that outlives a request: who asked, how far it is, what it left."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clea.documents.models import StoredFile
from clea.jobs.enums import ACTIVE, JobState

if TYPE_CHECKING:
    from clea.accounts.models import User

_OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, user: User) -> JobQuerySet:
        """The jobs this person asked for: nobody else's business."""
        return self.filter(owner=user)

    def active(self) -> JobQuerySet:
        return self.filter(state__in=ACTIVE)

    def over(self) -> JobQuerySet:
        return self.exclude(state__in=ACTIVE)

    def outlived(self, now: datetime) -> JobQuerySet:
        """Whose result has waited long enough."""
        return self.filter(expires_at__lte=now)


class Job(models.Model):
    """One piece of long work. Erased with its result once it has waited long enough; the journal keeps the fact."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs", verbose_name=_("demandé par")
    )
    kind = models.CharField(_("nature"), max_length=60)
    label = models.CharField(_("intitulé"), max_length=200)
    territory = models.SlugField(_("territoire"), blank=True)
    params = models.JSONField(_("demande"), default=dict, blank=True)
    # What the handler needs to go on where it stood.
    memory = models.JSONField(_("reprise"), default=dict, blank=True)
    # What was sent with the demand, when it is a file: erased once it has been read to the end.
    sent = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("fichier envoyé")
    )
    back_url = models.CharField(_("page d'origine"), max_length=500, blank=True)
    fingerprint = models.CharField(max_length=64, editable=False)

    state = models.CharField(_("état"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveIntegerField(_("fait"), default=0)
    total = models.PositiveIntegerField(_("sur"), null=True, blank=True)
    message = models.TextField(_("message"), blank=True)
    result = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("fichier")
    )
    result_url = models.CharField(_("page du résultat"), max_length=500, blank=True)

    created_at = models.DateTimeField(_("demandé le"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("commencé le"), null=True, blank=True)
    beat_at = models.DateTimeField(_("dernier signe"), null=True, blank=True)
    finished_at = models.DateTimeField(_("fini le"), null=True, blank=True)
    expires_at = models.DateTimeField(_("gardé jusqu'au"), null=True, blank=True)
    seen_at = models.DateTimeField(_("vu le"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    # Which run of the handler may write, and the process it lives in.
    claim = models.UUIDField(null=True, blank=True, editable=False)
    worker = models.CharField(max_length=120, blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail")
        verbose_name_plural = _("travaux")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "fingerprint"],
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_asked_once",
                violation_error_message=_("Ce travail est déjà en cours."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=JobState.QUEUED, started_at=None, finished_at=None, claim=None)
                    | Q(state=JobState.RUNNING, started_at__isnull=False, finished_at=None, claim__isnull=False)
                    | Q(state__in=_OVER, finished_at__isnull=False)
                ),
                name="job_times_follow_state",
                violation_error_message=_("Les dates d'un travail suivent son état."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, expires_at=None)
                | Q(finished_at__isnull=False, expires_at__gt=F("finished_at")),
                name="job_over_expires",
                violation_error_message=_("Un travail fini dit jusqu'à quand il est gardé."),
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(done__lte=F("total")),
                name="job_done_within_total",
                violation_error_message=_("On ne fait pas plus que ce qu'il y a à faire."),
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.DONE) | Q(result=None, result_url=""),
                name="job_result_when_done",
                violation_error_message=_("Seul un travail terminé a un résultat."),
            ),
        ]
        indexes = [models.Index(fields=["owner", "state"], name="job_owner_state")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("jobs:page", args=[self.uuid])

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def percent(self) -> int | None:
        """How much is done, never 100 before the end; ``None`` while nobody knows how much there is."""
        if not self.total:
            return None
        return 100 if self.state == JobState.DONE else min(99, self.done * 100 // self.total)
