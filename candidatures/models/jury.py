"""The jury of a call: its rules, its members, who reads what, and who steps aside."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from candidatures.enums import (
    VOTING_ROLES,
    AssignmentOrigin,
    AssignmentPurpose,
    ConflictOrigin,
    ConflictReason,
    JurorRole,
)
from candidatures.models.application import Application
from candidatures.models.call import Call
from structures.models import Institution, Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


class JuryQuerySet(models.QuerySet["Jury"]):
    def coordinated_by(self, user: User | AnonymousUser) -> JuryQuerySet:
        return self.filter(call__season__programme__territory__in=Territory.objects.coordinated_by(user))

    def in_hand(self) -> JuryQuerySet:
        """Of the calls that may still ask something."""
        return self.filter(call__in=Call.objects.in_hand().values("pk"))

    def with_call(self) -> JuryQuerySet:
        return self.select_related("call__season__programme__territory")


class Jury(models.Model):
    """The committee of one call and its own rules (rules.md 6). Dates are days, both ends included."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="jury", verbose_name=_("appel"))
    reads_from = models.DateField(_("lecture, à partir du"), null=True, blank=True)
    reads_to = models.DateField(_("lecture, jusqu'au"), null=True, blank=True)
    charter = models.TextField(
        _("engagement demandé aux membres"),
        blank=True,
        help_text=_("Markdown. Vide : l'engagement de confidentialité et d'impartialité proposé par le site."),
    )
    readers_per_dossier = models.PositiveSmallIntegerField(
        _("lectures par dossier"), default=3, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    institutions_per_dossier = models.PositiveSmallIntegerField(
        _("institutions différentes par dossier, au moins"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    quorum_percent = models.PositiveSmallIntegerField(
        _("quorum : part des membres titulaires (%)"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Arrondie à l'entier supérieur ; un suppléant compte dans le siège qu'il occupe."),
    )
    quorum_institutions = models.PositiveSmallIntegerField(
        _("quorum : institutions représentées, au moins"), default=0, validators=[MaxValueValidator(30)]
    )
    answer_days = models.PositiveSmallIntegerField(
        _("jours laissés à l'artiste pour répondre"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    discussion_opened_at = models.DateTimeField(_("discussion ouverte le"), null=True, editable=False)
    identities_shown_at = models.DateTimeField(_("identités dévoilées le"), null=True, editable=False)
    identities_why = models.TextField(_("pourquoi elles le sont"), max_length=1000, blank=True, editable=False)
    publication_approved_at = models.DateTimeField(_("publication des noms approuvée le"), null=True, editable=False)
    publish_on = models.DateField(_("publication des noms, le"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    objects = JuryQuerySet.as_manager()

    class Meta:
        verbose_name = _("jury")
        verbose_name_plural = _("jurys")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reads_from__isnull=True) | Q(reads_to__isnull=True) | Q(reads_to__gte=F("reads_from")),
                name="jury_reading_in_order",
                violation_error_message=_("La lecture doit finir le jour où elle commence, ou après."),
            ),
            models.CheckConstraint(
                condition=Q(institutions_per_dossier__lte=F("readers_per_dossier")),
                name="jury_institutions_within_readers",
                violation_error_message=_("Il ne peut pas y avoir plus d'institutions que de lectures par dossier."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Jury – %(call)s")) % {"call": self.call.title}

    def get_absolute_url(self) -> str:
        return reverse("jury:desk", args=[self.call.slug])

    @property
    def territory(self) -> Territory:
        return self.call.territory

    @property
    def is_blind(self) -> bool:
        """Identities are withheld from jurors now: the call asks for it and nobody lifted it."""
        return self.call.blind_reading and self.identities_shown_at is None

    @property
    def discussion_open(self) -> bool:
        return self.discussion_opened_at is not None


class JurorQuerySet(models.QuerySet["Juror"]):
    def sitting(self) -> JurorQuerySet:
        """Invited and neither declined nor removed."""
        return self.filter(left_at__isnull=True, declined_at__isnull=True)

    def joined(self) -> JurorQuerySet:
        """Sitting, and bound by the charter: only they may open a dossier."""
        return self.sitting().filter(joined_at__isnull=False)

    def voting(self) -> JurorQuerySet:
        """Who holds a seat, whoever sits in it."""
        return self.sitting().filter(role__in=VOTING_ROLES)

    def of(self, user: User | AnonymousUser) -> JurorQuerySet:
        """The seats of this person, in any jury."""
        return self.sitting().filter(user=user) if user.is_authenticated and user.is_active else self.none()


class Juror(models.Model):
    """A person in one jury, for one institution."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    jury = models.ForeignKey(Jury, on_delete=models.PROTECT, related_name="jurors", verbose_name=_("jury"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jury_seats", verbose_name=_("personne")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="jurors", verbose_name=_("institution")
    )
    role = models.CharField(_("rôle"), max_length=12, choices=JurorRole.choices, default=JurorRole.MEMBER)
    substitute_for = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="substitutes",
        verbose_name=_("supplée"),
        help_text=_("Vide : peut remplacer tout membre titulaire."),
    )
    function = models.CharField(_("fonction"), max_length=200, blank=True)
    city = models.CharField(
        _("ville"), max_length=120, blank=True, help_text=_("Sert à signaler de possibles conflits d'intérêts.")
    )
    max_load = models.PositiveSmallIntegerField(
        _("nombre maximal de lectures"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    invited_at = models.DateTimeField(_("invité le"), null=True, editable=False)
    joined_at = models.DateTimeField(_("engagement accepté le"), null=True, editable=False)
    declined_at = models.DateTimeField(_("invitation déclinée le"), null=True, editable=False)
    left_at = models.DateTimeField(_("retiré du jury le"), null=True, editable=False)
    left_why = models.TextField(_("pourquoi"), max_length=1000, blank=True, editable=False)
    # Part of the calendar feed's address: another number makes the former address void.
    feed_version = models.PositiveSmallIntegerField(default=1, editable=False)

    objects = JurorQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre du jury")
        verbose_name_plural = _("membres du jury")
        ordering = ["user__last_name", "user__first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jury", "user"],
                name="juror_once_in_a_jury",
                violation_error_message=_("Cette personne est déjà membre de ce jury."),
            ),
            models.CheckConstraint(
                condition=Q(substitute_for__isnull=True) | Q(role=JurorRole.SUBSTITUTE),
                name="juror_only_substitutes_replace",
                violation_error_message=_("Seul un membre suppléant remplace quelqu'un."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_sitting(self) -> bool:
        return self.left_at is None and self.declined_at is None


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def to_read(self) -> AssignmentQuerySet:
        """A review is owed."""
        return self.filter(purpose=AssignmentPurpose.READ)


class Assignment(models.Model):
    """A dossier given to a juror. Without one, the dossier does not exist for them."""

    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("membre"))
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("candidature")
    )
    purpose = models.CharField(
        _("pour"), max_length=10, choices=AssignmentPurpose.choices, default=AssignmentPurpose.READ
    )
    origin = models.CharField(
        _("attribué"), max_length=10, choices=AssignmentOrigin.choices, default=AssignmentOrigin.MANUAL
    )
    created_at = models.DateTimeField(_("le"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")
        constraints = [
            models.UniqueConstraint(
                fields=["juror", "application"],
                name="assignment_once",
                violation_error_message=_("Ce dossier est déjà attribué à ce membre."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.juror} – {self.application}"


class RecusalQuerySet(models.QuerySet["Recusal"]):
    def standing(self) -> RecusalQuerySet:
        return self.filter(standing=True)


class Recusal(models.Model):
    """A conflict of interest between a juror and a dossier, retained or examined and set aside.

    ``standing``: the juror is recused; the dossier, its scores and its discussion do not exist for
    them, and their own review counts for nothing. Not standing: somebody looked and found no
    conflict, or the recusal was lifted; the machine does not suggest it again. One row a pair; its
    past is in the journal.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("membre"))
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("candidature")
    )
    standing = models.BooleanField(_("déport en vigueur"), default=True)
    reason = models.CharField(_("motif"), max_length=12, choices=ConflictReason.choices)
    words = models.TextField(_("précisions"), max_length=1000, blank=True)
    origin = models.CharField(_("origine"), max_length=14, choices=ConflictOrigin.choices, default=ConflictOrigin.JUROR)
    declared_at = models.DateTimeField(_("déclaré le"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_aside_at = models.DateTimeField(_("écarté le"), null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_aside_words = models.TextField(_("pourquoi il est écarté"), max_length=1000, blank=True)

    objects = RecusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("déport")
        verbose_name_plural = _("déports")
        ordering = ["-declared_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["juror", "application"],
                name="recusal_once",
                violation_error_message=_("Un déport existe déjà pour ce membre et ce dossier."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=ConflictReason.OTHER) | ~Q(words=""),
                name="recusal_other_in_words",
                violation_error_message=_("Précisez cet autre motif en quelques mots."),
            ),
            models.CheckConstraint(
                condition=Q(standing=True, set_aside_at__isnull=True) | Q(standing=False, set_aside_at__isnull=False),
                name="recusal_standing_or_set_aside",
                violation_error_message=_("Un déport est en vigueur, ou écarté à une date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.juror} – {self.application}"
