"""The dossier: a working copy that people fill in, and what they answered in it."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from candidatures.enums import (
    APPLICANT_LABELS,
    LIVE_STATES,
    ApplicantKind,
    ApplicationState,
    BudgetNature,
    CheckResult,
    CollaboratorRole,
    InvitationKind,
)
from candidatures.models.call import Axis, Call, CallPiece, EligibilityCriterion, OrderedInCall
from clea.documents.models import StoredFile
from clea.text import SearchField
from structures.models import Territory
from structures.models.fields import HttpsURLField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.functional import _StrPromise

    from clea.accounts.models import User


class Discipline(models.Model):
    """A field of art, shared by all calls."""

    name = models.CharField(_("nom"), max_length=100, unique=True)
    name_en = models.CharField(_("nom en anglais"), max_length=100, blank=True)
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("discipline")
        verbose_name_plural = _("disciplines")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of(self, user: User | AnonymousUser) -> ApplicationQuerySet:
        """Dossiers this person owns or was invited into."""
        if not user.is_authenticated:
            return self.none()
        invited = Collaborator.objects.filter(application=models.OuterRef("pk"), user=user)
        return self.filter(Q(owner=user) | models.Exists(invited))

    def coordinated_by(self, user: User | AnonymousUser) -> ApplicationQuerySet:
        """Filed dossiers of the territories this person coordinates. A draft is nobody else's."""
        return self.filed().filter(call__season__programme__territory__in=Territory.objects.coordinated_by(user))

    def filed(self) -> ApplicationQuerySet:
        """With at least one deposit: what the coordination may see."""
        return self.filter(last_deposit__isnull=False)

    def drafts(self) -> ApplicationQuerySet:
        return self.filter(state=ApplicationState.DRAFT)

    def live(self) -> ApplicationQuerySet:
        return self.filter(state__in=LIVE_STATES)

    def with_unfiled_changes(self) -> ApplicationQuerySet:
        """Drafts, and filed dossiers changed since their last deposit."""
        return self.filter(
            Q(state=ApplicationState.DRAFT)
            | Q(state=ApplicationState.SUBMITTED, content_version__gt=models.F("filed_version"))
        )


class Application(models.Model):
    """One artist's, or one collective's, dossier for one call.

    Columns are the working copy. ``sections`` keeps, for each page of the form, a version
    (optimistic lock between tabs and people) and who wrote last; ``content_version`` grows with
    every change and ``filed_version`` is its value at the last deposit, so "changed since you
    filed" is a comparison.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications", verbose_name=_("appel"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("responsable du dossier"),
    )
    state = models.CharField(
        _("état"), max_length=20, choices=ApplicationState.choices, default=ApplicationState.DRAFT, editable=False
    )
    created_at = models.DateTimeField(_("commencé le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)
    sections = models.JSONField(default=dict, editable=False)
    content_version = models.PositiveIntegerField(default=1, editable=False)
    filed_version = models.PositiveIntegerField(default=0, editable=False)
    last_deposit = models.ForeignKey(
        "candidatures.Deposit", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    # Who you are
    applicant_kind = models.CharField(
        _("vous candidatez comme"), max_length=12, choices=ApplicantKind.choices, default=ApplicantKind.ARTIST
    )
    artist_name = models.CharField(
        _("nom d'artiste ou du collectif"),
        max_length=200,
        blank=True,
        help_text=_("Celui qui sera annoncé. S'il est le même que votre nom, répétez-le."),
    )
    first_name = models.CharField(_("prénom"), max_length=150, blank=True)
    last_name = models.CharField(_("nom"), max_length=150, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    address = models.CharField(_("adresse"), max_length=300, blank=True)
    postal_code = models.CharField(_("code postal"), max_length=12, blank=True)
    city = models.CharField(_("ville"), max_length=120, blank=True)
    country = models.CharField(_("pays"), max_length=80, blank=True, default="France")
    organisation = models.CharField(
        _("compagnie ou structure employeuse"),
        max_length=200,
        blank=True,
        help_text=_("Si une structure porte votre activité. Sinon, laissez vide."),
    )

    # Practice
    disciplines = models.ManyToManyField(
        Discipline, blank=True, related_name="applications", verbose_name=_("disciplines")
    )
    practice = models.TextField(_("votre pratique en quelques lignes"), max_length=2000, blank=True)
    website = HttpsURLField(_("site internet"), max_length=300, blank=True)

    # Articulation
    axes = models.ManyToManyField(Axis, blank=True, related_name="applications", verbose_name=_("axes explorés"))
    territory_link = models.TextField(_("articulation avec le territoire"), max_length=6000, blank=True)
    transitions_link = models.TextField(_("transitions"), max_length=6000, blank=True)
    life_stages = models.JSONField(_("publics et temps de vie"), default=list, blank=True)

    # Budget
    budget_comment = models.TextField(_("précisions sur le budget"), max_length=3000, blank=True)

    # Other territories
    applies_elsewhere = models.BooleanField(_("candidate dans d'autres territoires"), null=True, blank=True)

    # One PDF already
    single_pdf = models.BooleanField(_("dossier réuni en un seul PDF"), default=False)

    # Consent
    accuracy_declared = models.BooleanField(_("exactitude déclarée"), default=False)
    privacy_read = models.BooleanField(_("information sur les données lue"), default=False)
    keep_in_touch = models.BooleanField(_("accepte d'être recontacté"), default=False)

    # Warned before the close, once per closing date.
    warned_for = models.DateTimeField(null=True, blank=True, editable=False)

    search = SearchField(
        sources=(
            "artist_name",
            "first_name",
            "last_name",
            "organisation",
            "city",
            "owner__email",
            "last_deposit__number",
        )
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        verbose_name_plural = _("candidatures")
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "owner"],
                condition=~Q(state="withdrawn"),
                name="application_one_per_owner_and_call",
                violation_error_message=_("Cette personne a déjà un dossier pour cet appel."),
            ),
            models.CheckConstraint(
                condition=Q(filed_version__lte=models.F("content_version")),
                name="application_filed_version_not_ahead",
                violation_error_message=_("Un dossier ne peut pas être déposé plus récent qu'il n'est."),
            ),
        ]
        indexes = [models.Index(fields=["call", "state"]), models.Index(fields=["call", "-updated_at"])]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("applications:detail", args=[self.uuid])

    @property
    def display_name(self) -> str:
        """The name announced, or the best there is before it is given."""
        return self.artist_name or f"{self.first_name} {self.last_name}".strip() or str(self.owner)

    @property
    def legal_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def applicant_state_label(self) -> object:
        return APPLICANT_LABELS[ApplicationState(self.state)]

    @property
    def has_unfiled_changes(self) -> bool:
        return self.content_version > self.filed_version

    def section_version(self, section: str) -> int:
        return int(self.sections.get(section, {}).get("v", 0))

    @property
    def department(self) -> str:
        """French department from the postal code (``"59"``, ``"2A"``, ``"974"``), empty abroad."""
        code = self.postal_code.replace(" ", "")
        if self.country.strip().casefold() != "france" or len(code) != 5 or not code.isdigit():
            return ""
        if code.startswith("20"):
            return "2A" if code < "20200" else "2B"
        return code[:3] if code.startswith(("97", "98")) else code[:2]


class Member(OrderedInCall):
    """Someone in the collective, beside its representative."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="members")
    name = models.CharField(_("prénom et nom"), max_length=200)
    role = models.CharField(_("rôle ou discipline"), max_length=200, blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("membre du collectif")
        verbose_name_plural = _("membres du collectif")

    def __str__(self) -> str:
        return self.name


class EligibilityDeclaration(models.Model):
    """What the artist declares on one condition."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="declarations")
    criterion = models.ForeignKey(EligibilityCriterion, on_delete=models.PROTECT, related_name="declarations")
    declared = models.BooleanField(_("déclaré"), default=False)
    comment = models.CharField(_("précision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("déclaration")
        verbose_name_plural = _("déclarations")
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion"], name="declaration_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} : {self.declared}"


class EligibilityCheck(models.Model):
    """What an agent found on one condition, with the reason."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="checks")
    criterion = models.ForeignKey(EligibilityCriterion, on_delete=models.PROTECT, related_name="checks")
    result = models.CharField(_("constat"), max_length=12, choices=CheckResult.choices, default=CheckResult.TO_VERIFY)
    reason = models.TextField(_("motif"), max_length=1000, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("par")
    )
    checked_at = models.DateTimeField(_("le"), auto_now=True)

    class Meta:
        verbose_name = _("vérification")
        verbose_name_plural = _("vérifications")
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion"], name="check_unique"),
            models.CheckConstraint(
                condition=Q(result="met") | ~Q(reason="") | Q(result="to_verify"),
                name="check_not_met_has_a_reason",
                violation_error_message=_("Une condition non remplie doit être motivée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} : {self.get_result_display()}"


class Document(models.Model):
    """A PDF in the working copy: one piece, or the whole dossier when ``piece`` is empty."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="documents")
    piece = models.ForeignKey(
        CallPiece, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("pièce")
    )
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="documents")
    added_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "piece"], name="document_one_per_piece"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(piece__isnull=True), name="document_one_whole_dossier"
            ),
        ]

    def __str__(self) -> str:
        return self.stored_file.original_name


class PieceAnswer(models.Model):
    """What was typed instead of a PDF, or that the single PDF holds the piece."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    piece = models.ForeignKey(CallPiece, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(_("texte"), max_length=20000, blank=True)
    in_single_pdf = models.BooleanField(_("contenue dans le PDF unique"), default=False)

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints = [models.UniqueConstraint(fields=["application", "piece"], name="piece_answer_unique")]

    def __str__(self) -> str:
        return str(self.piece)

    @property
    def links(self) -> list[str]:
        """For a piece of links: one address a line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class WorkItem(OrderedInCall):
    """A work proposed for diffusion."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="works")
    title = models.CharField(_("titre"), max_length=200)
    year = models.CharField(_("année"), max_length=20, blank=True)
    form = models.CharField(_("forme"), max_length=200, blank=True)
    needs = models.CharField(_("besoins techniques, durée, jauge"), max_length=500, blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("œuvre proposée à la diffusion")
        verbose_name_plural = _("œuvres proposées à la diffusion")

    def __str__(self) -> str:
        return self.title


def _amount(label: _StrPromise) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=10, decimal_places=2, default=Decimal("0.00"), validators=[MinValueValidator(Decimal(0))]
    )


class BudgetLine(OrderedInCall):
    """One line of the provisional budget, in euros to the cent."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="budget_lines")
    nature = models.CharField(_("nature"), max_length=10, choices=BudgetNature.choices, default=BudgetNature.GENERAL)
    label = models.CharField(_("intitulé"), max_length=200)
    net = _amount(_("net"))
    gross = _amount(_("brut"))
    employer_charges = _amount(_("charges employeur"))
    total = _amount(_("coût total"))

    class Meta(OrderedInCall.Meta):
        verbose_name = _("ligne de budget")
        verbose_name_plural = _("lignes de budget")

    def __str__(self) -> str:
        return self.label


class TerritoryClaim(OrderedInCall):
    """Another territory the artist applies to, and its jury date (rules.md 7)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="claims")
    territory = models.CharField(_("territoire"), max_length=200)
    jury_on = models.DateField(_("date de son jury, si vous la connaissez"), null=True, blank=True)
    retained_on = models.DateField(_("retenu ailleurs le"), null=True, blank=True, editable=False)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("autre territoire sollicité")
        verbose_name_plural = _("autres territoires sollicités")

    def __str__(self) -> str:
        return self.territory


class Collaborator(models.Model):
    """A co-applicant: reads or edits somebody else's dossier."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="collaborators")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collaborations")
    role = models.CharField(_("droit"), max_length=10, choices=CollaboratorRole.choices, default=CollaboratorRole.READ)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("co-candidat")
        verbose_name_plural = _("co-candidats")
        constraints = [models.UniqueConstraint(fields=["application", "user"], name="collaborator_unique")]

    def __str__(self) -> str:
        return str(self.user)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending_at(self, moment: datetime) -> InvitationQuerySet:
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment)


class Invitation(models.Model):
    """An invitation into a dossier. Only a digest of its token is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(_("invitation à"), max_length=10, choices=InvitationKind.choices)
    email = models.EmailField(_("adresse électronique"))
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valable jusqu'au"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email


class Extension(models.Model):
    """One applicant's late exception: dated, reasoned, journaled (rules.md 5)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("appel"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("personne")
    )
    until = models.DateTimeField(_("nouveau délai"), help_text=_("Premier instant trop tardif pour cette personne."))
    reason = models.TextField(_("motif"), max_length=1000)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("accordé par")
    )
    granted_at = models.DateTimeField(_("accordé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("délai supplémentaire")
        verbose_name_plural = _("délais supplémentaires")
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="extension_has_a_reason",
                violation_error_message=_("Un délai supplémentaire doit être motivé."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.until:%d/%m/%Y %H:%M}"


class PieceRequestQuerySet(models.QuerySet["PieceRequest"]):
    def waiting(self) -> PieceRequestQuerySet:
        return self.filter(answered_at__isnull=True, cancelled_at__isnull=True)


class PieceRequest(models.Model):
    """A missing piece asked by the coordination, and by when (CRPA, article L114-5)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="piece_requests")
    piece = models.ForeignKey(CallPiece, on_delete=models.PROTECT, related_name="+", verbose_name=_("pièce"))
    message = models.TextField(_("ce qui manque, en clair"), max_length=2000)
    due_at = models.DateTimeField(_("à fournir avant"), help_text=_("Premier instant trop tardif."))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    answered_at = models.DateTimeField(_("fourni le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    objects = PieceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de pièce")
        verbose_name_plural = _("demandes de pièces")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "piece"],
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="piece_request_one_waiting",
                violation_error_message=_("Cette pièce est déjà demandée."),
            )
        ]

    def __str__(self) -> str:
        return str(self.piece)
