"""Money, to the cent: what a residency may cost, what falls due, trips and their scales, who pays for it.

Every amount is in euros, ``Decimal``, two places. Nothing here computes: see ``methods/`` and the services.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from clea.documents.models import StoredFile
from residencies.enums.money import (
    COMMITTED_PAYMENTS,
    LIVE_PAYMENTS,
    ExpenseNature,
    PaymentKind,
    PaymentState,
    RefusalRule,
    ScaleMethod,
    TravelMode,
)
from residencies.models.residency import Period, Residency
from structures.models import Institution, MileageScale, Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

ZERO = Decimal("0.00")


def money(label: Any, **options: Any) -> models.DecimalField[Any, Any]:
    """Euros to the cent, never below zero."""
    return models.DecimalField(
        label, max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))], **options
    )


class ResidencyBudget(models.Model):
    """What a residency may cost (rules.md 9–11): copied from the call when it opens, then its own.

    ``gross`` plus ``charges`` is ``total``, the whole employer cost, never above ``ceiling``. No social
    contribution is computed: the four figures are the employer's.
    """

    residency = models.OneToOneField(
        Residency, on_delete=models.CASCADE, related_name="budget", verbose_name=_("résidence")
    )
    net = money(_("allocation nette"), default=ZERO)
    gross = money(_("brut"), default=ZERO)
    charges = money(_("charges de l'employeur"), default=ZERO)
    total = money(_("coût total employeur"), default=ZERO)
    ceiling = money(_("plafond du coût total employeur"), null=True, blank=True)
    lump_sum = money(_("forfait net pour les trajets sur place"), default=ZERO)
    trips = models.PositiveSmallIntegerField(
        _("voyages aller-retour pris en charge"), default=3, validators=[MaxValueValidator(50)]
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        verbose_name = _("budget de la résidence")
        verbose_name_plural = _("budgets des résidences")
        constraints = [
            models.CheckConstraint(
                # Within half a cent: SQLite adds floating numbers.
                condition=Q(
                    total__gt=F("gross") + F("charges") - Decimal("0.005"),
                    total__lt=F("gross") + F("charges") + Decimal("0.005"),
                ),
                name="residency_budget_sums",
                violation_error_message=_("Le coût total doit être égal au brut plus les charges."),
            ),
            models.CheckConstraint(
                condition=Q(net__lte=F("gross")),
                name="residency_budget_net_below_gross",
                violation_error_message=_("Le net ne peut pas dépasser le brut."),
            ),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(total__lte=F("ceiling")),
                name="residency_budget_below_ceiling",
                violation_error_message=_("Le coût total employeur dépasse le plafond de l'appel."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.residency)


class PaymentQuerySet(models.QuerySet["Payment"]):
    def coordinated_by(self, user: User | AnonymousUser) -> PaymentQuerySet:
        return self.filter(season__programme__territory__in=Territory.objects.coordinated_by(user))

    def live(self) -> PaymentQuerySet:
        """Neither refused nor cancelled."""
        return self.filter(state__in=LIVE_PAYMENTS)

    def committed(self) -> PaymentQuerySet:
        """Checked, approved or paid."""
        return self.filter(state__in=COMMITTED_PAYMENTS)

    def paid(self) -> PaymentQuerySet:
        return self.filter(state=PaymentState.PAID)


class Payment(models.Model):
    """A sum that goes out: an instalment, the lump sum, a trip, or an expense of the season.

    ``amount`` is what the payee receives; ``cost``, what it costs in all, charges included (equal to
    ``amount`` where there are none). ``residency`` is empty for an expense of the whole season.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="payments", verbose_name=_("saison"))
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name=_("résidence"),
    )
    kind = models.CharField(_("nature"), max_length=10, choices=PaymentKind.choices)
    label = models.CharField(_("intitulé"), max_length=200)
    payee = models.CharField(_("bénéficiaire"), max_length=200)
    amount = money(_("montant versé"))
    cost = money(_("coût total"))
    due_on = models.DateField(_("échéance"), null=True, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=PaymentState.choices, default=PaymentState.PLANNED, editable=False
    )
    claimed_at = models.DateTimeField(_("demandé le"), null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    checked_at = models.DateTimeField(_("vérifié le"), null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(_("validé le"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    paid_on = models.DateField(_("payé le"), null=True, editable=False)
    reference = models.CharField(_("référence du paiement"), max_length=80, blank=True)
    refused_rule = models.CharField(_("règle"), max_length=16, choices=RefusalRule.choices, blank=True, editable=False)
    words = models.TextField(_("explication"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("paiement")
        verbose_name_plural = _("paiements")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__gte=F("amount")),
                name="payment_cost_holds_amount",
                violation_error_message=_("Le coût total comprend le montant versé : il ne peut pas être plus bas."),
            ),
            models.CheckConstraint(
                condition=Q(kind=PaymentKind.OTHER) | Q(residency__isnull=False),
                name="payment_of_a_residency",
                violation_error_message=_("Seule une autre dépense peut être celle de toute la saison."),
            ),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.PAID) | Q(paid_on__isnull=False),
                name="payment_paid_on_a_day",
                violation_error_message=_("Dites quel jour le paiement a été fait."),
            ),
            models.UniqueConstraint(
                fields=["residency"],
                condition=Q(kind=PaymentKind.LUMP_SUM) & ~Q(state__in=["refused", "cancelled"]),
                name="payment_one_lump_sum",
                violation_error_message=_("Le forfait de cette résidence est déjà prévu."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory


class TripClaim(models.Model):
    """A return trip home–territory, claimed by an artist: one a period of presence (rules.md 11).

    ``calculation`` keeps the lines of the kilometre scale as they were shown (rules.md 12): a scale that
    changes later changes nothing to what was claimed.
    """

    payment = models.OneToOneField(
        Payment, on_delete=models.CASCADE, related_name="trip", verbose_name=_("paiement"), primary_key=True
    )
    period = models.ForeignKey(
        Period, on_delete=models.PROTECT, null=True, blank=True, related_name="trips", verbose_name=_("période")
    )
    mode = models.CharField(_("moyen"), max_length=10, choices=TravelMode.choices)
    home_city = models.CharField(_("ville du domicile"), max_length=120)
    out_on = models.DateField(_("jour de l'aller"))
    back_on = models.DateField(_("jour du retour"))
    km_out = models.PositiveIntegerField(
        _("kilomètres à l'aller"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3000)]
    )
    km_back = models.PositiveIntegerField(
        _("kilomètres au retour"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3000)]
    )
    fiscal_power = models.PositiveSmallIntegerField(
        _("puissance fiscale (CV)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    electric = models.BooleanField(_("véhicule électrique"), default=False)
    scale = models.CharField(_("barème"), max_length=20, choices=MileageScale.choices, blank=True, editable=False)
    calculation = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("voyage demandé")
        verbose_name_plural = _("voyages demandés")
        constraints = [
            models.CheckConstraint(
                condition=Q(back_on__gte=F("out_on")),
                name="trip_days_in_order",
                violation_error_message=_("Le retour se fait le jour de l'aller, ou après."),
            ),
            models.CheckConstraint(
                condition=~Q(mode=TravelMode.CAR)
                | Q(km_out__isnull=False, km_back__isnull=False, fiscal_power__isnull=False),
                name="trip_by_car_measured",
                violation_error_message=_("En voiture, donnez les kilomètres de l'aller, du retour et la puissance."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.payment)


class ExpenseLine(models.Model):
    """A line of a claim with its receipt. What is not covered stays, at zero, with the rule that says so."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(TripClaim, on_delete=models.CASCADE, related_name="lines", verbose_name=_("voyage"))
    nature = models.CharField(_("nature"), max_length=12, choices=ExpenseNature.choices)
    label = models.CharField(_("intitulé"), max_length=200)
    day = models.DateField(_("jour"))
    amount = money(_("montant demandé"))
    covered = money(_("montant pris en charge"), default=ZERO)
    rule = models.CharField(_("règle"), max_length=16, choices=RefusalRule.choices, blank=True)
    #: Why the coordination covers another amount than the rule gives. The artist reads it.
    words = models.CharField(_("explication"), max_length=300, blank=True)
    receipt = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="expense_lines", editable=False
    )

    class Meta:
        verbose_name = _("ligne de dépense")
        verbose_name_plural = _("lignes de dépense")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(covered__lte=F("amount")),
                name="expense_covered_within_amount",
                violation_error_message=_("On ne prend pas en charge plus que le montant demandé."),
            ),
            models.CheckConstraint(
                condition=Q(covered=F("amount")) | ~Q(rule=""),
                name="expense_refusal_says_its_rule",
                violation_error_message=_("Dites selon quelle règle le reste n'est pas pris en charge."),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class SentReceipt(models.Model):
    """A receipt that an artist sent while writing a claim, kept until the claim takes it.

    A page cannot fill in a file again: without this row, every refusal would ask for the files once more.
    """

    residency = models.ForeignKey(
        Residency, on_delete=models.CASCADE, related_name="sent_receipts", verbose_name=_("résidence")
    )
    stored_file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="sent_receipt", verbose_name=_("justificatif")
    )
    sent_at = models.DateTimeField(_("envoyé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("justificatif en attente")
        verbose_name_plural = _("justificatifs en attente")
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return str(self.stored_file)


class ScaleVersion(models.Model):
    """A kilometre scale from a day on, with its source (rules.md 12). It applies until a later one of its kind."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("barème"), max_length=20, choices=MileageScale.choices)
    applies_from = models.DateField(_("s'applique à partir du"))
    method = models.CharField(_("application"), max_length=10, choices=ScaleMethod.choices)
    electric_multiplier = models.DecimalField(
        _("coefficient des véhicules électriques"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(3))],
    )
    source = models.CharField(_("source"), max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("barème kilométrique")
        verbose_name_plural = _("barèmes kilométriques")
        ordering = ["kind", "-applies_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "applies_from"],
                name="scale_once_a_day",
                violation_error_message=_("Ce barème a déjà une version à cette date."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.applies_from:%d/%m/%Y}"


class ScaleBracket(models.Model):
    """A rate, for vehicles of ``power_from`` to ``power_to`` CV and the year's kilometres above ``km_above``."""

    scale = models.ForeignKey(ScaleVersion, on_delete=models.CASCADE, related_name="brackets", verbose_name=_("barème"))
    power_from = models.PositiveSmallIntegerField(_("à partir de (CV)"))
    power_to = models.PositiveSmallIntegerField(
        _("jusqu'à (CV)"), null=True, blank=True, help_text=_("Vide : sans limite.")
    )
    km_above = models.PositiveIntegerField(
        _("au-delà de (km dans l'année)"), default=0, help_text=_("0 pour la première tranche.")
    )
    rate = models.DecimalField(
        _("euros par kilomètre"), max_digits=6, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    fixed = money(_("part fixe"), default=ZERO)

    class Meta:
        verbose_name = _("tranche du barème")
        verbose_name_plural = _("tranches du barème")
        ordering = ["power_from", "km_above"]
        constraints = [
            models.UniqueConstraint(
                fields=["scale", "power_from", "km_above"],
                name="scale_bracket_once",
                violation_error_message=_("Cette tranche existe déjà."),
            ),
            models.CheckConstraint(
                condition=Q(power_to__isnull=True) | Q(power_to__gte=F("power_from")),
                name="scale_power_in_order",
                violation_error_message=_("La puissance la plus haute vient après la plus basse."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.power_from} CV, > {self.km_above} km"


class Funder(models.Model):
    """Who brings money to the contract: the agglomeration, the State, a département, others (rules.md 13)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="funders", verbose_name=_("territoire")
    )
    name = models.CharField(_("nom"), max_length=120)
    institution = models.ForeignKey(
        Institution,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partenaire institutionnel"),
    )
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("financeur")
        verbose_name_plural = _("financeurs")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "name"],
                name="funder_name_unique",
                violation_error_message=_("Ce financeur existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FundingShare(models.Model):
    """What a funder brings to one residency, or to the season as a whole (``residency`` empty).

    ``planned``: asked for or announced. ``committed``: notified (an order, a deliberation, an agreement:
    ``reference``). ``received``: came in.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(
        Season, on_delete=models.PROTECT, related_name="funding_shares", verbose_name=_("saison")
    )
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_shares",
        verbose_name=_("résidence"),
        help_text=_("Vide : pour toute la saison."),
    )
    funder = models.ForeignKey(Funder, on_delete=models.PROTECT, related_name="shares", verbose_name=_("financeur"))
    planned = money(_("prévu"), default=ZERO)
    committed = money(_("notifié"), default=ZERO)
    received = money(_("reçu"), default=ZERO)
    reference = models.CharField(_("référence (arrêté, délibération, convention)"), max_length=160, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    class Meta:
        verbose_name = _("part d'un financeur")
        verbose_name_plural = _("parts des financeurs")
        ordering = ["funder__position", "funder__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["funder", "residency"],
                condition=Q(residency__isnull=False),
                name="funding_share_once_a_residency",
                violation_error_message=_("Ce financeur a déjà une part dans cette résidence."),
            ),
            models.UniqueConstraint(
                fields=["funder", "season"],
                condition=Q(residency__isnull=True),
                name="funding_share_once_a_season",
                violation_error_message=_("Ce financeur a déjà une part dans la saison."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.funder)
