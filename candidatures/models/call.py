"""The call: everything the coordinator may change from a season, or a territory, to the next."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidatures.enums import CallKind, CallPhase, CallStatus, PeriodKind, PieceForm
from candidatures.models.programme import Season
from clea.ui.addresses import address
from structures.models import Territory

if TYPE_CHECKING:
    from clea.accounts.models import User


class CallQuerySet(models.QuerySet["Call"]):
    def published(self) -> CallQuerySet:
        """Calls that the public may read."""
        return self.filter(status=CallStatus.PUBLISHED)

    def public(self) -> CallQuerySet:
        """Published or archived: their page stays readable, an address never dies."""
        return self.filter(status__in=[CallStatus.PUBLISHED, CallStatus.ARCHIVED])

    def open_at(self, moment: datetime | None = None) -> CallQuerySet:
        """Calls receiving dossiers at ``moment`` (now): ``opens_at <= moment < closes_at``."""
        moment = moment or timezone.now()
        return self.published().filter(opens_at__lte=moment, closes_at__gt=moment)

    def coordinated_by(self, user: User) -> CallQuerySet:
        return self.filter(season__programme__territory__in=Territory.objects.coordinated_by(user))

    def in_hand(self) -> CallQuerySet:
        """Those that may still ask something: put away once their season is over, or of a closed one, they do not."""
        over = Q(status=CallStatus.ARCHIVED, season__ends_on__lt=timezone.localdate())
        return self.filter(season__closed_at=None).exclude(over)

    def with_territory(self) -> CallQuerySet:
        return self.select_related("season__programme__territory")

    def with_close_for(self, user_id: int) -> CallQuerySet:
        """With the last of this person's own extensions, if there is one (``selectors.personal_deadline``)."""
        extensions = apps.get_model("candidatures", "Extension").objects
        own = extensions.filter(call=OuterRef("pk"), user=user_id).order_by("-until")
        return self.annotate(_extended_to=Subquery(own.values("until")[:1]), _read_for=Value(user_id))


class Call(models.Model):
    """A public call for residencies (rules.md 1-9).

    ``closes_at`` is the first instant that is too late: "15 février inclus" is stored as
    16 February 00:00 Europe/Paris, a call "jusqu'à midi" as 12:00. Compared strictly, inside the
    locked transaction of the deposit.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="calls", verbose_name=_("saison"))
    kind = models.CharField(_("nature"), max_length=20, choices=CallKind.choices, default=CallKind.ARTISTIC)
    status = models.CharField(_("état"), max_length=20, choices=CallStatus.choices, default=CallStatus.DRAFT)
    slug = models.SlugField(_("identifiant d'adresse"), unique=True, max_length=80)
    title = models.CharField(_("titre"), max_length=200)
    title_en = models.CharField(_("titre en anglais"), max_length=200, blank=True)
    summary = models.TextField(_("résumé en une phrase"), max_length=600)
    summary_en = models.TextField(_("résumé en anglais"), max_length=600, blank=True)
    plain_text = models.TextField(
        _("version facile à lire"),
        max_length=6000,
        blank=True,
        help_text=_(
            "Une idée par ligne, des phrases courtes, des mots de tous les jours. « ## » commence un chapitre. "
            "Vide : le site l'écrit avec les dates, les montants et les pièces de l'appel."
        ),
    )
    plain_text_en = models.TextField(_("version facile à lire, en anglais"), max_length=6000, blank=True)
    reference_prefix = models.CharField(
        _("préfixe des numéros de dépôt"),
        max_length=12,
        default="CLEA",
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]*$", _("Lettres capitales sans accent et chiffres."))],
        help_text=_("Donne « CLEA-2026-0042 ». La numérotation est continue par préfixe et par année."),
    )
    reference_year = models.PositiveSmallIntegerField(
        _("année des numéros de dépôt"), validators=[MinValueValidator(2000), MaxValueValidator(2200)]
    )

    opens_at = models.DateTimeField(_("ouverture"))
    closes_at = models.DateTimeField(
        _("clôture"),
        help_text=_("Premier instant trop tardif : pour « 15 février inclus », indiquez le 16 février à 0 h 00."),
    )
    interviews_from = models.DateField(_("entretiens, du"), null=True, blank=True)
    interviews_to = models.DateField(_("entretiens, au"), null=True, blank=True)
    jury_on = models.DateField(
        _("date du jury"),
        null=True,
        blank=True,
        help_text=_("Fait foi entre territoires : le premier à se prononcer accueille l'artiste."),
    )
    results_on = models.DateField(_("annonce des résultats, au plus tard le"), null=True, blank=True)

    contact_email = models.EmailField(_("adresse électronique de contact"))
    contact_name = models.CharField(_("service ou personne à contacter"), max_length=200, blank=True)
    contact_phone = models.CharField(_("téléphone de contact"), max_length=30, blank=True)
    silence_notice = models.TextField(
        _("ce que vaut le silence"),
        help_text=_("Repris dans l'accusé de réception (CRPA, articles L112-11 et R112-11-1)."),
    )
    silence_notice_en = models.TextField(_("ce que vaut le silence, en anglais"), blank=True)

    piece_max_mb = models.PositiveSmallIntegerField(
        _("taille maximale d'une pièce (Mo)"), default=20, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    piece_max_pages = models.PositiveSmallIntegerField(
        _("nombre maximal de pages d'une pièce"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    accepts_single_pdf = models.BooleanField(_("accepte un dossier déjà réuni en un seul PDF"), default=True)
    ask_articulation = models.BooleanField(_("demande l'articulation avec le territoire"), default=True)
    ask_other_territories = models.BooleanField(_("demande les autres territoires sollicités"), default=True)
    blind_reading = models.BooleanField(_("lecture anonyme par le jury"), default=False)
    retention_months = models.PositiveSmallIntegerField(
        _("conservation des dossiers non retenus (mois)"),
        default=3,
        validators=[MaxValueValidator(24)],
        help_text=_("Après la fin de la procédure ; jusqu'à 24 mois pour qui accepte d'être recontacté."),
    )
    process_ends_on = models.DateField(
        _("fin de la procédure"),
        null=True,
        blank=True,
        help_text=_(
            "Le délai de conservation court de ce jour. Vide : l'annonce des résultats, ou six mois après la clôture. "
            "Indiquez-la pour que des dossiers restés sans décision aient aussi une fin."
        ),
    )
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True, editable=False)
    cloned_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, verbose_name=_("repris de")
    )
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    # Told by ``selectors.dossier``, which read it with the dossier.
    _asks_conditions: bool | None = None
    # Read by ``with_close_for``, for that person.
    _extended_to: datetime | None
    _read_for: int

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel")
        verbose_name_plural = _("appels")
        ordering = ["-closes_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=_("La clôture doit suivre l'ouverture."),
            ),
            models.CheckConstraint(
                condition=Q(interviews_from__isnull=True)
                | Q(interviews_to__isnull=True)
                | Q(interviews_to__gte=F("interviews_from")),
                name="call_interviews_in_order",
                violation_error_message=_("Les entretiens doivent finir après leur premier jour."),
            ),
        ]
        indexes = [models.Index(fields=["status", "closes_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("calls:detail", self.slug)

    @property
    def asks_conditions(self) -> bool:
        """Whether a dossier has a page of conditions. One query, unless they were fetched or ``dossier`` told it."""
        return bool(self.criteria.all()) if self._asks_conditions is None else self._asks_conditions

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory

    @property
    def piece_max_bytes(self) -> int:
        """The limit in bytes, on the generous reading of a megabyte: 1 048 576 bytes."""
        return self.piece_max_mb * 1024 * 1024

    def phase(self, moment: datetime | None = None) -> CallPhase:
        """Where the call stands at ``moment`` (aware; default: the server's clock)."""
        moment = moment or timezone.now()
        if moment < self.opens_at:
            return CallPhase.UPCOMING
        if moment < self.closes_at:
            return CallPhase.OPEN
        if self.results_on and timezone.localdate(moment) > self.results_on:
            return CallPhase.DECIDED
        return CallPhase.CLOSED

    def is_open(self, moment: datetime | None = None) -> bool:
        return self.status == CallStatus.PUBLISHED and self.phase(moment) == CallPhase.OPEN

    @property
    def last_day(self) -> datetime:
        """The last acceptable second, for display."""
        return self.closes_at - timedelta(seconds=1)


class MoneyRules(models.Model):
    """What is paid and under which limits (rules.md 9-11). Euros, two decimals. Empty: no such rule."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="money", verbose_name=_("appel"))
    net_allowance = models.DecimalField(
        _("allocation nette (€)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    allowance_months = models.PositiveSmallIntegerField(_("nombre de mois payés"), null=True, blank=True)
    employer_ceiling = models.DecimalField(
        _("coût total employeur maximal (€)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Toutes charges comprises. Au-dessus, le dossier ne peut pas être déposé."),
    )
    cachet_max_percent = models.DecimalField(
        _("part maximale des cachets (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("De la rémunération totale, coût employeur compris."),
    )
    author_max_percent = models.DecimalField(
        _("part maximale des droits d'auteur (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Du montant brut."),
    )
    travel_lump_sum = models.DecimalField(
        _("forfait net de déplacement sur le territoire (€)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    return_trips = models.PositiveSmallIntegerField(_("allers-retours pris en charge"), default=0)
    lodging_provided = models.BooleanField(_("logement fourni"), default=False)
    budget_required = models.BooleanField(_("budget prévisionnel demandé"), default=True)
    covered = models.TextField(_("ce qui est pris en charge"), blank=True, help_text=_("Markdown."))
    covered_en = models.TextField(_("ce qui est pris en charge, en anglais"), blank=True)
    not_covered = models.TextField(_("ce qui ne l'est pas"), blank=True, help_text=_("Markdown."))
    not_covered_en = models.TextField(_("ce qui ne l'est pas, en anglais"), blank=True)

    class Meta:
        verbose_name = _("règles financières")
        verbose_name_plural = _("règles financières")
        constraints = [
            models.CheckConstraint(
                condition=Q(employer_ceiling__isnull=True)
                | Q(net_allowance__isnull=True)
                | Q(employer_ceiling__gte=F("net_allowance")),
                name="money_ceiling_above_allowance",
                violation_error_message=_("Le coût employeur maximal ne peut pas être inférieur à l'allocation nette."),
            )
        ]

    def __str__(self) -> str:
        return str(_("Règles financières"))


class OrderedInCall(models.Model):
    """A row the coordinator orders inside a call."""

    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]


class Position(OrderedInCall):
    """Residencies to award under the call."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="positions", verbose_name=_("appel"))
    title = models.CharField(_("intitulé"), max_length=200)
    title_en = models.CharField(_("intitulé en anglais"), max_length=200, blank=True)
    count = models.PositiveSmallIntegerField(_("nombre de résidences"), default=1, validators=[MinValueValidator(1)])

    class Meta(OrderedInCall.Meta):
        verbose_name = _("résidence proposée")
        verbose_name_plural = _("résidences proposées")

    def __str__(self) -> str:
        return f"{self.title} ({self.count})"


class Axis(OrderedInCall):
    """A direction of the contract that dossiers are invited to explore: scored, never excluding."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="axes", verbose_name=_("appel"))
    title = models.CharField(_("intitulé"), max_length=200)
    title_en = models.CharField(_("intitulé en anglais"), max_length=200, blank=True)
    text = models.TextField(_("texte"), blank=True, help_text=_("Markdown."))
    text_en = models.TextField(_("texte en anglais"), blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("axe")
        verbose_name_plural = _("axes")

    def __str__(self) -> str:
        return self.title


class CallPeriod(models.Model):
    """Dates of presence: immersion, phases, and the high points inside them. Both ends included."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="periods", verbose_name=_("appel"))
    kind = models.CharField(_("nature"), max_length=20, choices=PeriodKind.choices, default=PeriodKind.PHASE)
    title = models.CharField(_("intitulé"), max_length=200)
    title_en = models.CharField(_("intitulé en anglais"), max_length=200, blank=True)
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))

    class Meta:
        verbose_name = _("période")
        verbose_name_plural = _("périodes")
        ordering = ["starts_on", "ends_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="call_period_dates_in_order",
                violation_error_message=_("La période doit finir le jour où elle commence, ou après."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class CallSection(OrderedInCall):
    """A chapter of the call's text, in Markdown."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="sections", verbose_name=_("appel"))
    title = models.CharField(_("titre"), max_length=200)
    title_en = models.CharField(_("titre en anglais"), max_length=200, blank=True)
    slug = models.SlugField(_("ancre"), max_length=60)
    text = models.TextField(_("texte"), help_text=_("Markdown."))
    text_en = models.TextField(_("texte en anglais"), blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("chapitre")
        verbose_name_plural = _("chapitres")
        constraints = [
            models.UniqueConstraint(
                fields=["call", "slug"],
                name="call_section_slug_unique",
                violation_error_message=_("Deux chapitres ne peuvent pas avoir la même ancre."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class CallPiece(OrderedInCall):
    """A piece of the dossier (rules.md 3)."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="pieces", verbose_name=_("appel"))
    code = models.SlugField(_("identifiant d'adresse"), max_length=40)
    title = models.CharField(_("intitulé"), max_length=200)
    title_en = models.CharField(_("intitulé en anglais"), max_length=200, blank=True)
    help = models.TextField(_("aide"), blank=True)
    help_en = models.TextField(_("aide en anglais"), blank=True)
    form = models.CharField(_("forme"), max_length=10, choices=PieceForm.choices, default=PieceForm.FILE)
    required = models.BooleanField(_("obligatoire"), default=False)
    max_mb = models.PositiveSmallIntegerField(
        _("taille maximale propre (Mo)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    max_pages = models.PositiveSmallIntegerField(
        _("nombre de pages propre"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    identifying = models.BooleanField(
        _("identifie la personne"),
        default=True,
        help_text=_("Retenue lors d'une lecture anonyme."),
    )

    class Meta(OrderedInCall.Meta):
        verbose_name = _("pièce demandée")
        verbose_name_plural = _("pièces demandées")
        constraints = [
            models.UniqueConstraint(
                fields=["call", "code"],
                name="call_piece_code_unique",
                violation_error_message=_("Deux pièces ne peuvent pas avoir le même identifiant."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        from candidatures.sections import SINGLE_PDF

        if self.code == SINGLE_PDF:
            raise ValidationError(
                {"code": _("Cet identifiant est celui du dossier réuni en un seul PDF : choisissez-en un autre.")}
            )

    @property
    def max_bytes(self) -> int:
        return self.max_mb * 1024 * 1024 if self.max_mb else self.call.piece_max_bytes

    @property
    def page_limit(self) -> int:
        return self.max_pages or self.call.piece_max_pages


class EligibilityCriterion(OrderedInCall):
    """A condition declared by the artist and checked by an agent (rules.md 2)."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("appel"))
    text = models.CharField(_("condition, à la première personne"), max_length=400)
    text_en = models.CharField(_("condition en anglais"), max_length=400, blank=True)
    help = models.TextField(_("aide"), blank=True)
    help_en = models.TextField(_("aide en anglais"), blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("condition de recevabilité")
        verbose_name_plural = _("conditions de recevabilité")

    def __str__(self) -> str:
        return self.text


class ScoringCriterion(OrderedInCall):
    """A criterion of the jury's grid, with its weight; made public with the call."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="scoring", verbose_name=_("appel"))
    title = models.CharField(_("intitulé"), max_length=200)
    title_en = models.CharField(_("intitulé en anglais"), max_length=200, blank=True)
    guidance = models.TextField(_("repères pour noter"), blank=True)
    guidance_en = models.TextField(_("repères en anglais"), blank=True)
    weight = models.PositiveSmallIntegerField(_("poids"), default=1, validators=[MinValueValidator(1)])
    max_score = models.PositiveSmallIntegerField(_("note maximale"), default=5, validators=[MinValueValidator(1)])

    class Meta(OrderedInCall.Meta):
        verbose_name = _("critère d'appréciation")
        verbose_name_plural = _("critères d'appréciation")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """A note above its maximum would count for more than the whole criterion."""
        if self.pk is None or self.max_score is None:
            return
        highest = self.scores.aggregate(highest=models.Max("value"))["highest"]
        if highest is not None and highest > self.max_score:
            raise ValidationError(
                {"max_score": _("Une lecture a déjà donné la note %(n)d à ce critère.") % {"n": highest}}
            )


class FrequentQuestion(OrderedInCall):
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions", verbose_name=_("appel"))
    question = models.CharField(_("question"), max_length=300)
    question_en = models.CharField(_("question en anglais"), max_length=300, blank=True)
    answer = models.TextField(_("réponse"), help_text=_("Markdown."))
    answer_en = models.TextField(_("réponse en anglais"), blank=True)

    class Meta(OrderedInCall.Meta):
        verbose_name = _("question fréquente")
        verbose_name_plural = _("questions fréquentes")

    def __str__(self) -> str:
        return self.question
