"""The dossier: a working copy that people fill in, and what they answered in it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from candidatures.enums import (
    APPLICANT_LABELS,
    DECIDED_STATES,
    JURY_STATES,
    LIVE_STATES,
    OPEN_STATES,
    TOLD_LABELS,
    TOLD_OFFER_LABELS,
    ApplicantKind,
    ApplicationState,
    LetterOutcome,
    OfferState,
)
from candidatures.models.call import Axis, Call
from clea.text import SearchField
from structures.models import Territory
from structures.models.fields import HttpsURLField

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from candidatures.models.jury import Juror
    from clea.accounts.models import User


_FILED = Q(last_deposit__isnull=False)


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
        # Two indexes, one after the other: "or" across two tables reads every dossier there is.
        owned = self.model._default_manager.filter(owner=user).order_by().values("pk")
        return self.filter(pk__in=owned.union(user.collaborations.values("application_id")))

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

    def for_jury(self) -> ApplicationQuerySet:
        """Admissible, decided or not: what a jury may be given."""
        return self.filter(state__in=JURY_STATES, last_deposit__isnull=False)

    def readable_by(self, juror: Juror) -> ApplicationQuerySet:
        """The one door of a juror: dossiers of their jury's call, given to them, without a recusal, and
        not their own. Everything else does not exist for them, PDFs included.
        """
        user = juror.user_id
        recused = apps.get_model("candidatures", "Recusal").objects.filter(juror=juror, standing=True)
        shared = apps.get_model("candidatures", "Collaborator").objects.filter(user=user)
        return (
            self.for_jury()
            .filter(call__jury=juror.jury_id, assignments__juror=juror)
            .exclude(pk__in=recused.values("application_id"))
            .exclude(owner=user)
            .exclude(pk__in=shared.values("application_id"))
        )

    def with_told(self) -> ApplicationQuerySet:
        """What the dossier's people were told: the last letter that left, and where its offer stands."""
        letters = apps.get_model("candidatures", "Letter").objects.telling(OuterRef("state"))
        letters = letters.filter(application=OuterRef("pk"))
        return self.annotate(
            _told_outcome=Subquery(letters.values("outcome")[:1]),
            _told_offer=Subquery(letters.values("offer__state")[:1]),
        )

    def with_close(self) -> ApplicationQuerySet:
        """When the call closes for the dossier's owner: the last of their own extensions, if there is one."""
        extensions = apps.get_model("candidatures", "Extension").objects
        own = extensions.filter(call=OuterRef("call"), user=OuterRef("owner")).order_by("-until")
        return self.annotate(_extended_to=Subquery(own.values("until")[:1]))

    def held(self, **key: object) -> Application:
        """The row of this key, locked until the transaction ends, and all that is read with it as it then stands.

        Whoever waits for a row is given it as it became, and the rest of the same query as it was before: a relation
        is then missing, or the row itself. What changes a dossier moves its version, what files it its last deposit;
        when one has moved, all is read once more, the row in hand.
        """
        rows = self.select_for_update(of=("self",))
        asked = self.model._default_manager.filter(pk=OuterRef("pk")).order_by()
        before = {f"_asked_{name}": Subquery(asked.values(name)) for name in ("content_version", "last_deposit")}
        try:
            found = rows.annotate(**before).get(**key)
        except self.model.DoesNotExist:
            return rows.get(**key)
        moved = (
            found._asked_content_version != found.content_version or found._asked_last_deposit != found.last_deposit_id
        )
        return rows.get(**key) if moved else found

    def with_unfiled_changes(self) -> ApplicationQuerySet:
        """Drafts, and filed dossiers changed since their last deposit."""
        return self.filter(Q(state__in=OPEN_STATES, content_version__gt=models.F("filed_version")))


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
    last_name = models.CharField(pgettext_lazy("personne", "nom"), max_length=150, blank=True)
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
    # Since when; empty when it is not given, or was taken back.
    keep_in_touch_at = models.DateTimeField(_("accord donné le"), null=True, blank=True, editable=False)

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

    # Read by ``with_told``, or on the first need.
    _told_outcome: str | None
    _told_offer: str | None
    # Read by ``with_close``.
    _extended_to: datetime | None
    # Read by ``held``: as they were when the row was asked for.
    _asked_content_version: int
    _asked_last_deposit: int | None
    # Given by ``selectors.dossier``: where what everyone shares stood when the row was read.
    read_at: tuple[str, int] | None = None

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
        indexes = [
            models.Index(fields=["call", "state"]),
            models.Index(fields=["call", "-updated_at"]),
            # The desk's list: what it counts and chooses by, then the orders of its columns. Drafts are not in them.
            models.Index(
                fields=["call", "state", "country", "postal_code", "applicant_kind", "keep_in_touch"],
                condition=_FILED,
                name="application_filed_choices",
            ),
            models.Index(fields=["state", "-last_deposit"], condition=_FILED, name="application_filed_states"),
            models.Index(fields=["artist_name"], condition=_FILED, name="application_filed_names"),
            models.Index(fields=["city", "-last_deposit"], condition=_FILED, name="application_filed_cities"),
        ]

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
    def closes_at(self) -> datetime:
        """The close for its owner, their extension included. No query when the row was read with ``with_close``
        and its call; one otherwise.
        """
        known = self if "_extended_to" in self.__dict__ else Application.objects.with_close().only("pk").get(pk=self.pk)
        return max(self.call.closes_at, known._extended_to or self.call.closes_at)

    @property
    def told(self) -> tuple[str, str]:
        """The outcome announced to the dossier's people, and where its offer stands; empty before a letter left.

        No query before a decision, nor when the row was read with ``with_told``; one otherwise.
        """
        if self.state not in DECIDED_STATES and self.state != ApplicationState.INELIGIBLE:
            return "", ""
        if "_told_outcome" not in self.__dict__:
            read = Application.objects.with_told().only("pk").get(pk=self.pk)
            self._told_outcome, self._told_offer = read._told_outcome, read._told_offer
        return self._told_outcome or "", self._told_offer or ""

    @property
    def was_told(self) -> bool:
        return bool(self.told[0])

    @property
    def is_left(self) -> bool:
        """Withdrawn by its artist. After a decision that nobody announced it is kept as a renouncement, and
        reads the same: a difference would tell that the committee had decided."""
        return self.state == ApplicationState.WITHDRAWN or (
            self.state == ApplicationState.RENOUNCED and not self.was_told
        )

    @property
    def applicant_state_label(self) -> object:
        return self._as_told()[0]

    @property
    def applicant_tone(self) -> str:
        """The sign beside the label. It says no more than the words: nobody reads a decision in a colour."""
        return self._as_told()[1]

    def _as_told(self) -> tuple[object, str]:
        """The label and the sign that the dossier's people see."""
        outcome, offer = self.told
        if self.is_left:
            return APPLICANT_LABELS[ApplicationState.WITHDRAWN], "idle"
        if not outcome:
            tone = "partial" if self.state == ApplicationState.DRAFT else "open"
            return APPLICANT_LABELS[ApplicationState(self.state)], tone
        called_back = offer == OfferState.CANCELLED and self.state == ApplicationState.RESERVE
        if offer and not called_back:
            return TOLD_OFFER_LABELS[OfferState(offer)]
        if outcome == LetterOutcome.RESERVE and self.state == ApplicationState.RENOUNCED:
            return TOLD_OFFER_LABELS[OfferState.REFUSED]
        return TOLD_LABELS[LetterOutcome.RESERVE if called_back else LetterOutcome(outcome)]

    @property
    def can_change(self) -> bool:
        """In a state that lets its people write; the deadline is another question."""
        return self.state in OPEN_STATES

    @property
    def has_unfiled_changes(self) -> bool:
        return self.content_version > self.filed_version

    def section_version(self, section: str) -> int:
        return int(self.sections.get(section, {}).get("v", 0))

    @property
    def department(self) -> str:
        """French department from the postal code (``"59"``, ``"2A"``, ``"974"``), empty abroad."""
        return department_of(self.postal_code, self.country)


def department_of(postal_code: str, country: str) -> str:
    """The French department of an address; empty abroad, and without a code of five figures."""
    code = postal_code.replace(" ", "")
    if country.strip().casefold() != "france" or len(code) != 5 or not code.isdigit():
        return ""
    if code.startswith("20"):
        return "2A" if code < "20200" else "2B"
    return code[:3] if code.startswith(("97", "98")) else code[:2]
