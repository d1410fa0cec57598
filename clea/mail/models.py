"""Texts a coordinator may change, the outbox, and what the mail server answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from clea.errors import Refused
from clea.mail import kinds, scopes
from clea.mail.enums import AttemptOutcome, MailLanguage, MailState
from clea.text import SearchField

if TYPE_CHECKING:
    from clea.mail.scopes import AnyUser


class MailTemplateQuerySet(models.QuerySet["MailTemplate"]):
    def visible_to(self, user: AnyUser) -> MailTemplateQuerySet:
        """Texts of the territories this person handles, and the common ones, to read."""
        held = scopes.held_by(user)
        if held is None:
            return self
        return self.filter(scope__in=held | {""}) if held else self.none()


class MailTemplate(models.Model):
    """A text that replaces the program's own, for everybody (``scope=""``) or one territory."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("message"), max_length=80)
    language = models.CharField(_("langue"), max_length=2, choices=MailLanguage.choices, default=MailLanguage.FRENCH)
    scope = models.SlugField(
        _("territoire"), blank=True, help_text=_("Vide : le texte vaut pour tous les territoires.")
    )
    subject = models.CharField(_("objet"), max_length=200)
    body = models.TextField(
        _("texte"),
        help_text=_(
            "Texte simple. Une ligne vide sépare deux paragraphes, « - » ouvre une liste, "
            "deux astérisques de part et d'autre mettent en gras."
        ),
    )
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    history = HistoricalRecords(verbose_name=_("version d'un modèle"), verbose_name_plural=_("versions d'un modèle"))
    objects = MailTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("modèle de message")
        verbose_name_plural = _("modèles de messages")
        ordering = ["kind", "language", "scope"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "scope"],
                name="mail_template_unique",
                violation_error_message=_("Ce message a déjà un texte dans cette langue pour ce territoire."),
            )
        ]

    def __str__(self) -> str:
        return f"{kinds.label(self.kind)} ({self.get_language_display()})"

    def clean(self) -> None:
        """Every placeholder must be one of the kind's variables; a subject is one line."""
        try:
            kind = kinds.get(self.kind)
        except kinds.UnknownKind:
            raise ValidationError({"kind": _("Ce message n'existe pas dans le programme.")}) from None
        errors: dict[str, str] = {}
        for name in ("subject", "body"):
            try:
                kinds.check_text(kind, getattr(self, name))
            except Refused as error:
                errors[name] = str(error)
        if any(mark in self.subject for mark in "\r\n"):
            errors["subject"] = str(_("L'objet tient sur une seule ligne."))
        if errors:
            raise ValidationError(errors)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def visible_to(self, user: AnyUser) -> OutgoingMailQuerySet:
        """Messages of the territories this person handles."""
        return self.filter(scopes.condition(user))

    def drafts(self) -> OutgoingMailQuerySet:
        return self.filter(state=MailState.DRAFT)

    def failed(self) -> OutgoingMailQuerySet:
        return self.filter(state=MailState.FAILED)

    def due(self, now: datetime) -> OutgoingMailQuerySet:
        """Approved, their time come, and no worker on them."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now),
            Q(next_attempt_at=None) | Q(next_attempt_at__lte=now),
            state=MailState.APPROVED,
        )


class OutgoingMail(models.Model):
    """A message to one person, as it will leave or as it left. ``body`` is the plain text."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("message"), max_length=80, db_index=True)
    scope = models.SlugField(_("territoire"), blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=MailState.choices, default=MailState.DRAFT, db_index=True
    )
    to = models.EmailField(_("destinataire"))
    reply_to = models.EmailField(_("réponse à"), blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=MailLanguage.choices, default=MailLanguage.FRENCH)
    subject = models.CharField(_("objet"), max_length=300)
    body = models.TextField(_("texte"))
    about_type = models.CharField(_("type d'objet concerné"), max_length=100, blank=True)
    about_id = models.CharField(_("objet concerné"), max_length=64, blank=True)
    dedupe_key = models.CharField(_("clé d'unicité"), max_length=200, blank=True)
    #: Where one leaves a list this message was sent to, in one click (RFC 8058). Ours: the host may be a bare name.
    leave_url = models.CharField(_("adresse de désabonnement"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(_("préparé le"), auto_now_add=True)
    created_by_uuid = models.UUIDField(_("préparé par"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approuvé le"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approuvé par"),
    )
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tentatives"), default=0)
    next_attempt_at = models.DateTimeField(_("prochaine tentative"), null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    search = SearchField(sources=("to", "subject"))

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("boîte d'envoi")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["about_type", "about_id"], name="mail_about"),
            models.Index(fields=["scope", "state"], name="mail_scope_state"),
            # The outbox opens on the last ones.
            models.Index(fields=["-created_at", "-id"], name="mail_newest"),
            models.Index(fields=["next_attempt_at"], name="mail_due", condition=Q(state="approved")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=~Q(dedupe_key=""),
                name="mail_dedupe_key_unique",
                violation_error_message=_("Ce message est déjà dans la boîte d'envoi."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=MailState.values),
                name="mail_state_known",
                violation_error_message=_("Cet état n'existe pas."),
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="mail_sent_has_date",
                violation_error_message=_("Un message envoyé porte sa date d'envoi."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sent", "failed"]) | Q(approved_at__isnull=False),
                name="mail_approved_has_date",
                violation_error_message=_("Un message ne part pas sans avoir été approuvé."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def kind_label(self) -> str:
        """The kind as people read it."""
        return kinds.label(self.kind)


class MailAttachment(models.Model):
    """A file that goes with a message, kept in the row: it is written, or not, with the mail."""

    mail = models.ForeignKey(
        OutgoingMail, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("message")
    )
    name = models.CharField(_("nom du fichier"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    content = models.BinaryField(_("contenu"))
    size = models.PositiveIntegerField(_("taille en octets"))
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class DeliveryAttempt(models.Model):
    """What the mail server answered, once a try."""

    mail = models.ForeignKey(
        OutgoingMail, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("message")
    )
    number = models.PositiveSmallIntegerField(_("tentative"))
    started_at = models.DateTimeField(_("début"))
    finished_at = models.DateTimeField(_("fin"))
    outcome = models.CharField(_("résultat"), max_length=10, choices=AttemptOutcome.choices)
    smtp_code = models.PositiveSmallIntegerField(_("code du serveur"), null=True, blank=True)
    detail = models.CharField(_("réponse"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("tentative d'envoi")
        verbose_name_plural = _("journal des envois")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_outcome_display()}"
