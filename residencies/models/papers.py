"""What is signed, and the texts it is made from."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clea.documents.models import StoredFile
from clea.mail.models import OutgoingMail
from residencies.enums import PaperKind, PaperState
from residencies.models.activities import Activity
from residencies.models.residency import Residency
from structures.models import Structure, Territory


class PaperTemplate(models.Model):
    """The text of a contract or an agreement: Markdown with ``{{ placeholders }}``, checked when saved."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="paper_templates", verbose_name=_("territoire")
    )
    kind = models.CharField(_("pour"), max_length=12, choices=PaperKind.choices)
    name = models.CharField(pgettext_lazy("modèle de document", "nom"), max_length=120)
    title = models.CharField(_("titre du document"), max_length=200)
    body = models.TextField(_("texte"), max_length=40000)
    is_active = models.BooleanField(_("en service"), default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        verbose_name = _("modèle de contrat ou de convention")
        verbose_name_plural = _("modèles de contrat et de convention")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "kind", "name"],
                name="paper_template_name_unique",
                violation_error_message=_("Un modèle de ce nom existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PaperQuerySet(models.QuerySet["Paper"]):
    def standing(self) -> PaperQuerySet:
        return self.exclude(state=PaperState.CANCELLED)

    def signed(self) -> PaperQuerySet:
        return self.filter(state=PaperState.SIGNED)


class Paper(models.Model):
    """A contract (of ``residency``) or an agreement (of ``activity``), one edition of it.

    ``body`` is the text as last worked on, frozen once issued; ``stored_file`` the PDF that was
    issued, ``signed_file`` the scan of the signed one. One standing edition a residency, an activity
    (rules.md 19).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("nature"), max_length=12, choices=PaperKind.choices)
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("résidence"),
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("activité")
    )
    edition = models.PositiveSmallIntegerField(_("édition"), default=1)
    number = models.CharField(_("numéro"), max_length=40, unique=True)
    title = models.CharField(_("titre"), max_length=200)
    body = models.TextField(_("texte"), max_length=60000)
    state = models.CharField(
        _("état"), max_length=10, choices=PaperState.choices, default=PaperState.DRAFT, editable=False
    )
    stored_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="papers", editable=False
    )
    signed_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="signed_papers", editable=False
    )
    mail = models.ForeignKey(OutgoingMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("rédigée le"), auto_now_add=True)
    issued_at = models.DateTimeField(_("émise le"), null=True, editable=False)
    sent_at = models.DateTimeField(_("envoyée le"), null=True, editable=False)
    signed_on = models.DateField(_("signée le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, editable=False)
    cancelled_why = models.TextField(_("pourquoi"), max_length=1000, blank=True)
    reminded_at = models.DateTimeField(_("rappel envoyé le"), null=True, editable=False)
    #: What was issued: the values of its placeholders, and the text before they were filled.
    facts = models.JSONField(default=dict, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("contrat ou convention")
        verbose_name_plural = _("contrats et conventions")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=PaperKind.CONTRACT, residency__isnull=False, activity__isnull=True)
                | Q(kind=PaperKind.AGREEMENT, activity__isnull=False, residency__isnull=True),
                name="paper_about_one_thing",
                violation_error_message=_("Un contrat lie une résidence, une convention une activité."),
            ),
            models.UniqueConstraint(
                fields=["residency"],
                condition=Q(residency__isnull=False) & ~Q(state=PaperState.CANCELLED),
                name="contract_one_standing",
                violation_error_message=_("Cette résidence a déjà un contrat : annulez-le pour en faire un autre."),
            ),
            models.UniqueConstraint(
                fields=["activity"],
                condition=Q(activity__isnull=False) & ~Q(state=PaperState.CANCELLED),
                name="agreement_one_standing",
                violation_error_message=_("Cette activité a déjà une convention : annulez-la pour en faire une autre."),
            ),
            models.CheckConstraint(
                condition=~Q(state=PaperState.SIGNED) | Q(signed_on__isnull=False),
                name="paper_signed_on_a_day",
                violation_error_message=_("Donnez la date de signature."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.title}"


class Signature(models.Model):
    """One party of a paper, and when it signed. A paper is signed once every party has."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="signatures", verbose_name=_("document"))
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)
    party = models.CharField(_("partie"), max_length=200)
    structure = models.ForeignKey(
        Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="signatures",
        verbose_name=_("structure"),
    )
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="signatures",
        verbose_name=_("résidence"),
    )
    signatory = models.CharField(_("signataire"), max_length=200, blank=True)
    signed_on = models.DateField(_("signé le"), null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.party
