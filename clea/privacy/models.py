"""What is about to go, what went, and the figures that stay. Nothing here names anybody."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clea.mail import scopes
from clea.privacy import holdings
from clea.privacy.enums import DisposalState, LineState

if TYPE_CHECKING:
    from clea.mail.scopes import AnyUser


class DisposalListQuerySet(models.QuerySet["DisposalList"]):
    def visible_to(self, user: AnyUser) -> DisposalListQuerySet:
        """Lists of the territories this person handles; the installation's own are the administrators'."""
        return self.filter(scopes.condition(user))

    def open(self) -> DisposalListQuerySet:
        return self.filter(state__in=[DisposalState.PREPARED, DisposalState.APPROVED])


class DisposalList(models.Model):
    """A list of what is past its time, prepared by the clock and approved by a person before anything goes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.SlugField(_("territoire"), blank=True, editable=False)
    number = models.CharField(_("numéro"), max_length=40, unique=True, editable=False)
    state = models.CharField(
        _("état"), max_length=12, choices=DisposalState.choices, default=DisposalState.PREPARED, editable=False
    )
    prepared_at = models.DateTimeField(_("préparé le"), auto_now_add=True)
    approved_at = models.DateTimeField(_("approuvé le"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("approuvé par"),
    )  # fmt: skip
    # Of the lines approved, in their order: the list that was read is the list that is carried out.
    fingerprint = models.CharField(_("empreinte"), max_length=64, blank=True, editable=False)
    carried_out_at = models.DateTimeField(_("éliminé le"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("abandonné le"), null=True, editable=False)
    cancelled_why = models.TextField(_("motif de l'abandon"), max_length=1000, blank=True, editable=False)

    objects = DisposalListQuerySet.as_manager()

    class Meta:
        verbose_name = _("bordereau d'élimination")
        verbose_name_plural = _("bordereaux d'élimination")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope"],
                condition=Q(state=DisposalState.PREPARED),
                name="disposal_one_prepared_a_scope",
                violation_error_message=_("Un bordereau est déjà à relire pour ce territoire."),
            ),
            models.CheckConstraint(
                condition=Q(state=DisposalState.PREPARED, approved_at=None, carried_out_at=None, cancelled_at=None)
                | Q(state=DisposalState.APPROVED, approved_at__isnull=False, carried_out_at=None, cancelled_at=None)
                | Q(state=DisposalState.CARRIED_OUT, approved_at__isnull=False, carried_out_at__isnull=False)
                | Q(state=DisposalState.CANCELLED, approved_at=None, cancelled_at__isnull=False),
                name="disposal_times_follow_state",
                violation_error_message=_("Les dates d'un bordereau suivent son état."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DisposalLine(models.Model):
    """One thing of a list: a number or a title, dates, how much, and why it was kept when it was."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    disposal = models.ForeignKey(DisposalList, on_delete=models.CASCADE, related_name="lines")
    holding = models.CharField(_("catégorie"), max_length=60)
    subject = models.CharField(_("objet"), max_length=64)
    reference = models.CharField(_("référence"), max_length=200)
    since = models.DateField(_("délai ouvert le"))
    due_on = models.DateField(_("échu le"))
    rows = models.PositiveIntegerField(_("lignes"), default=0)
    sha256 = models.JSONField(_("empreintes des fichiers"), default=list, blank=True)
    size = models.PositiveBigIntegerField(_("octets"), default=0)
    state = models.CharField(_("état"), max_length=8, choices=LineState.choices, default=LineState.PENDING)
    why = models.CharField(_("motif"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("éliminé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("ligne d'un bordereau")
        verbose_name_plural = _("lignes d'un bordereau")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["disposal", "holding", "subject"], name="disposal_line_once"),
            models.CheckConstraint(
                condition=~Q(state=LineState.KEPT) | ~Q(why=""),
                name="disposal_line_kept_for_a_reason",
                violation_error_message=_("Dites pourquoi ce qui devait partir est conservé."),
            ),
        ]

    def __str__(self) -> str:
        return f"{holdings.label(self.holding)} – {self.reference}"

    @property
    def page(self) -> str:
        """Where to read it before deciding, while it is there."""
        there = self.state not in (LineState.DONE, LineState.GONE)
        return holdings.page(self.holding, self.subject) if there else ""


class Warned(models.Model):
    """That somebody was told, once for each end: what follows waits until they had their time."""

    holding = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    due_on = models.DateField(_("échéance annoncée"))
    warned_at = models.DateTimeField(_("prévenu le"))

    class Meta:
        verbose_name = _("avertissement avant élimination")
        verbose_name_plural = _("avertissements avant élimination")
        constraints = [models.UniqueConstraint(fields=["holding", "subject"], name="privacy_warned_once")]

    def __str__(self) -> str:
        return f"{holdings.label(self.holding)} – {self.due_on:%d/%m/%Y}"


class KeptFigures(models.Model):
    """Anonymous figures that outlive what they count, by subject (a call, a season): one row a name."""

    scope = models.SlugField(_("territoire"), blank=True)
    subject = models.UUIDField(_("objet"))
    name = models.SlugField(_("chiffres"), max_length=60)
    data = models.JSONField(_("valeurs"), default=dict)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        verbose_name = _("chiffres anonymes")
        verbose_name_plural = _("chiffres anonymes")
        constraints = [models.UniqueConstraint(fields=["subject", "name"], name="kept_figures_unique")]

    def __str__(self) -> str:
        return self.name
