"""Wishes, activities, sessions, what took place."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidatures.enums import LifeStage
from candidatures.models import Axis, Season
from clea.text import SearchField
from residencies.enums import (
    FACING_STATES,
    ActivityKind,
    ActivityState,
    AudienceCategory,
    ConfirmationSide,
    Happened,
    Qualifier,
    RequestState,
    SessionState,
    WarningCode,
)
from residencies.models.residency import Residency, ResidencyArtist
from structures.models import Commune, Professional, Structure, Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


class ActivityQuerySet(models.QuerySet["Activity"]):
    def coordinated_by(self, user: User | AnonymousUser) -> ActivityQuerySet:
        return self.filter(season__programme__territory__in=Territory.objects.coordinated_by(user))

    def of_artist(self, user: User | AnonymousUser) -> ActivityQuerySet:
        """Those of the residencies this person runs, each once."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = ResidencyArtist.objects.filter(user=user, left_at=None).values("residency")
        through = Activity.residencies.through.objects.filter(residency__in=mine)
        return self.filter(pk__in=through.values("activity_id"))

    def of_team(self, user: User | AnonymousUser) -> ActivityQuerySet:
        """Those of the structures whose team this person belongs to, each once."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = Professional.objects.of(user).values("structure")
        through = Activity.structures.through.objects.filter(structure__in=mine)
        return self.filter(pk__in=through.values("activity_id"))


class Activity(models.Model):
    """What an artist and one or several teams do together. No production, no commission (rules.md 18).

    Joint activities of several residencies are one activity. ``version`` grows at each writing, so
    that the artist and the team never overwrite one another.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="activities", verbose_name=_("saison"))
    residencies = models.ManyToManyField(Residency, related_name="activities", verbose_name=_("résidences"))
    structures = models.ManyToManyField(
        Structure, blank=True, related_name="activities", verbose_name=_("structures associées")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=ActivityKind.choices)
    state = models.CharField(
        _("état"), max_length=10, choices=ActivityState.choices, default=ActivityState.IDEA, editable=False
    )
    title = models.CharField(_("titre"), max_length=200)
    intention = models.TextField(
        _("intention"),
        max_length=4000,
        blank=True,
        help_text=_("Ce que vous cherchez ensemble : un geste construit avec l'équipe, pas un atelier clé en main."),
    )
    public = models.CharField(
        _("public"), max_length=300, blank=True, help_text=_("Par exemple « deux classes de CM1 ».")
    )
    life_stage = models.CharField(_("temps de vie"), max_length=20, choices=LifeStage.choices, blank=True)
    people_expected = models.PositiveIntegerField(_("personnes attendues"), null=True, blank=True)
    axes = models.ManyToManyField(Axis, blank=True, related_name="activities", verbose_name=_("axes"))
    needs = models.TextField(
        _("besoins"), max_length=2000, blank=True, help_text=_("Salle, matériel, temps, accompagnement.")
    )
    reuse = models.TextField(
        _("réemploi des matériaux"),
        max_length=1000,
        blank=True,
        help_text=_("Ce qui est récupéré, emprunté ou rendu ; les ressourceries du territoire sont sur la carte."),
    )
    # What the public reads of its public sessions.
    public_summary = models.TextField(_("annonce publique"), max_length=1000, blank=True)
    how_to_come = models.CharField(_("pour venir"), max_length=300, blank=True)
    # The look back, by each side.
    artist_view = models.TextField(_("ce qu'en dit l'artiste"), max_length=4000, blank=True)
    team_view = models.TextField(_("ce qu'en dit l'équipe"), max_length=4000, blank=True)
    desk_view = models.TextField(_("ce qu'en dit la coordination"), max_length=4000, blank=True)
    #: Different people met, which is not the sum of attendances (rules.md 24). Null: unknown.
    people_met = models.PositiveIntegerField(_("personnes différentes"), null=True, blank=True)
    people_met_qualifier = models.CharField(
        _("précision du nombre"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT
    )
    classes = models.PositiveSmallIntegerField(
        _("classes concernées"), null=True, blank=True, validators=[MaxValueValidator(500)]
    )
    cancelled_why = models.TextField(_("pourquoi elle est annulée"), max_length=1000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)
    search = SearchField(sources=("title", "public"))

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activité")
        verbose_name_plural = _("activités")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="activity_titled",
                violation_error_message=_("Donnez un titre à l'activité."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory


class SessionQuerySet(models.QuerySet["Session"]):
    def standing(self) -> SessionQuerySet:
        """Not called off: planned, held, or waiting to be confirmed."""
        return self.filter(state__in=[SessionState.PLANNED, SessionState.HELD])

    def held(self) -> SessionQuerySet:
        return self.filter(state=SessionState.HELD)

    def public(self) -> SessionQuerySet:
        """What the agenda shows: public, of a planned activity; and what was called off, to say so."""
        standing = Q(state__in=[SessionState.PLANNED, SessionState.HELD], activity__state__in=FACING_STATES)
        return self.filter(standing | Q(state=SessionState.CANCELLED), is_public=True)


class Session(models.Model):
    """A moment of an activity. Aware UTC; the place is the host structure's unless said otherwise.

    ``residencies``: who is there; ``structures``: who takes part (the host is one of them).
    ``standing`` is the confirmation whose figures count.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("activité")
    )
    residencies = models.ManyToManyField(Residency, related_name="sessions", verbose_name=_("résidences présentes"))
    structures = models.ManyToManyField(
        Structure, blank=True, related_name="sessions", verbose_name=_("structures présentes")
    )
    host = models.ForeignKey(
        Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_sessions",
        verbose_name=_("lieu : la structure"),
    )
    place = models.CharField(_("lieu précis"), max_length=300, blank=True)
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("commune"),
        help_text=_("Vide : celle de la structure."),
    )
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    state = models.CharField(
        _("état"), max_length=10, choices=SessionState.choices, default=SessionState.PLANNED, editable=False
    )
    is_public = models.BooleanField(_("ouverte au public"), default=False)
    cancelled_why = models.TextField(_("pourquoi elle est annulée"), max_length=1000, blank=True)
    standing = models.ForeignKey(
        "Confirmation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    #: Two sides say different things of it, and the coordination has not settled it.
    contested = models.BooleanField(_("confirmations en désaccord"), default=False, editable=False)
    # RFC 5545: grows when the moment, the place or the state changes.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(_("confirmation rappelée le"), null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("séance")
        verbose_name_plural = _("séances")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at"], name="session_starts"),
            # Those still to come, and those nobody said were held: few, however many seasons went by.
            models.Index(fields=["ends_at"], condition=Q(state="planned"), name="session_planned"),
            # The agenda, and how many were held in a commune: what anyone reads.
            models.Index(fields=["ends_at"], condition=Q(is_public=True), name="session_public"),
            models.Index(fields=["host"], condition=Q(state="held", commune=None), name="session_held_at_host"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("La séance doit finir après son début."),
            ),
            models.CheckConstraint(
                condition=Q(host__isnull=False) | Q(commune__isnull=False) | ~Q(place=""),
                name="session_somewhere",
                violation_error_message=_("Dites où se tient la séance : une structure, une commune ou un lieu."),
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"

    @property
    def where(self) -> Commune | None:
        """The commune it takes place in. Reads ``host``: select it with the rows of a list."""
        return self.commune or (self.host.commune if self.host else None)


class Audience(models.Model):
    """Who is expected at a session, by category."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="audience", verbose_name=_("séance"))
    category = models.CharField(_("public"), max_length=14, choices=AudienceCategory.choices)
    expected = models.PositiveIntegerField(_("attendues"), null=True, blank=True)

    class Meta:
        verbose_name = _("public attendu")
        verbose_name_plural = _("public attendu")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "category"],
                name="audience_category_once",
                violation_error_message=_("Cette catégorie est déjà comptée."),
            )
        ]

    def __str__(self) -> str:
        return self.get_category_display()


class Waiver(models.Model):
    """A warning of the planning overridden knowingly. ``key`` names what was waived: it holds no longer."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="waivers", verbose_name=_("séance"))
    code = models.CharField(_("alerte"), max_length=20, choices=WarningCode.choices)
    key = models.CharField(max_length=200)
    reason = models.TextField(_("pourquoi passer outre"), max_length=1000)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("alerte levée")
        verbose_name_plural = _("alertes levées")
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "key"], name="waiver_once")]

    def __str__(self) -> str:
        return self.get_code_display()


class Confirmation(models.Model):
    """What one side says took place. One a side (and a structure); said again, it is replaced."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="confirmations", verbose_name=_("séance")
    )
    side = models.CharField(_("qui confirme"), max_length=10, choices=ConfirmationSide.choices)
    structure = models.ForeignKey(
        Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="confirmations",
        verbose_name=_("structure"),
    )
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="confirmations",
        verbose_name=_("résidence"),
    )
    happened = models.CharField(_("la séance a-t-elle eu lieu ?"), max_length=10, choices=Happened.choices)
    words = models.TextField(_("ce qu'il faut savoir"), max_length=2000, blank=True)
    made_at = models.DateTimeField(_("confirmée le"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side=ConfirmationSide.ARTIST, residency__isnull=False, structure__isnull=True)
                | Q(side=ConfirmationSide.STRUCTURE, structure__isnull=False, residency__isnull=True)
                | Q(side=ConfirmationSide.DESK, structure__isnull=True, residency__isnull=True),
                name="confirmation_of_its_side",
            ),
            models.UniqueConstraint(
                fields=["session", "residency"],
                condition=Q(side=ConfirmationSide.ARTIST),
                name="confirmation_once_an_artist",
            ),
            models.UniqueConstraint(
                fields=["session", "structure"],
                condition=Q(side=ConfirmationSide.STRUCTURE),
                name="confirmation_once_a_structure",
            ),
            models.UniqueConstraint(
                fields=["session"], condition=Q(side=ConfirmationSide.DESK), name="confirmation_once_the_desk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} – {self.get_happened_display()}"


class Headcount(models.Model):
    """People of one category at a session, as one side counted them.

    ``value`` null: nobody counted. ``inside``: already in another line ("650 dont 330"), not added
    twice (rules.md 24).
    """

    confirmation = models.ForeignKey(
        Confirmation, on_delete=models.CASCADE, related_name="headcounts", verbose_name=_("confirmation")
    )
    category = models.CharField(_("public"), max_length=14, choices=AudienceCategory.choices)
    value = models.PositiveIntegerField(_("nombre"), null=True, blank=True, validators=[MaxValueValidator(100000)])
    qualifier = models.CharField(_("précision"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT)
    inside = models.BooleanField(_("déjà compté dans une autre ligne"), default=False)

    class Meta:
        verbose_name = _("public compté")
        verbose_name_plural = _("public compté")
        ordering = ["inside", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["confirmation", "category", "inside"],
                name="headcount_category_once",
                violation_error_message=_("Cette catégorie est déjà comptée."),
            )
        ]

    def __str__(self) -> str:
        return self.get_category_display()


class ActivityRequestQuerySet(models.QuerySet["ActivityRequest"]):
    def coordinated_by(self, user: User | AnonymousUser) -> ActivityRequestQuerySet:
        return self.filter(season__programme__territory__in=Territory.objects.coordinated_by(user))

    def of_team(self, user: User | AnonymousUser) -> ActivityRequestQuerySet:
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(structure__in=Professional.objects.of(user).values("structure"))

    def waiting(self) -> ActivityRequestQuerySet:
        """The coordination owes an answer."""
        return self.filter(state=RequestState.SENT)


class ActivityRequest(models.Model):
    """What a structure wishes: an artist or an axis, a public, a moment, a hope."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="requests", verbose_name=_("saison"))
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, related_name="requests", verbose_name=_("structure")
    )
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("artiste souhaité"),
    )
    axis = models.ForeignKey(
        Axis, on_delete=models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("axe souhaité")
    )
    kind = models.CharField(_("forme envisagée"), max_length=12, choices=ActivityKind.choices, blank=True)
    public = models.CharField(_("public concerné"), max_length=300)
    category = models.CharField(_("catégorie de public"), max_length=14, choices=AudienceCategory.choices)
    life_stage = models.CharField(_("temps de vie"), max_length=20, choices=LifeStage.choices)
    people = models.PositiveIntegerField(
        _("nombre de personnes, environ"), validators=[MinValueValidator(1), MaxValueValidator(5000)]
    )
    dates = models.TextField(_("dates possibles"), max_length=1000, blank=True)
    hope = models.TextField(_("ce que vous en attendez"), max_length=3000)
    partner = models.ForeignKey(
        Structure,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("structure avec qui vous aimeriez le faire"),
    )
    state = models.CharField(
        _("état"), max_length=10, choices=RequestState.choices, default=RequestState.SENT, editable=False
    )
    proposed = models.ForeignKey(
        Residency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("artiste proposé")
    )
    answer = models.TextField(_("réponse de la coordination"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("réponse donnée le"), null=True, editable=False)
    team_answer = models.TextField(_("réponse de la structure"), max_length=1000, blank=True)
    activity = models.ForeignKey(
        Activity,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("activité née du souhait"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    made_at = models.DateTimeField(_("envoyé le"), auto_now_add=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    objects = ActivityRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("souhait d'une structure")
        verbose_name_plural = _("souhaits des structures")
        ordering = ["-made_at", "-pk"]
        # The desk's list, and its order.
        indexes = [models.Index(fields=["-made_at", "-id"], name="activityrequest_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RequestState.PROPOSED) | Q(proposed__isnull=False),
                name="request_proposal_names_someone",
                violation_error_message=_("Choisissez l'artiste à proposer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.structure} – {self.public}"

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory
