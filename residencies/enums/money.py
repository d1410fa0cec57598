"""Money: payments and their states, trips, what is not covered (rules.md 9–13)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentKind(models.TextChoices):
    ALLOWANCE = "allowance", _("échéance de l'allocation")
    LUMP_SUM = "lump_sum", _("forfait pour les trajets sur place")
    TRIP = "trip", _("voyage aller-retour")
    OTHER = "other", _("autre dépense")


class PaymentState(models.TextChoices):
    PLANNED = "planned", _("prévu")
    CLAIMED = "claimed", _("demandé")
    CHECKED = "checked", _("vérifié")
    APPROVED = "approved", _("validé")
    PAID = "paid", _("payé")
    REFUSED = "refused", _("refusé")
    CANCELLED = "cancelled", _("annulé")


_P = PaymentState
PAYMENT_TRANSITIONS: dict[PaymentState, frozenset[PaymentState]] = {
    # What falls due needs no claim: the coordination checks it straight away.
    _P.PLANNED: frozenset({_P.CLAIMED, _P.CHECKED, _P.CANCELLED}),
    _P.CLAIMED: frozenset({_P.CHECKED, _P.REFUSED, _P.CANCELLED}),
    # Back to claimed (to planned for what nobody claims): the check was a mistake.
    _P.CHECKED: frozenset({_P.APPROVED, _P.CLAIMED, _P.PLANNED, _P.REFUSED}),
    _P.APPROVED: frozenset({_P.PAID, _P.CHECKED}),
    # A payment noted by mistake.
    _P.PAID: frozenset({_P.APPROVED}),
    _P.REFUSED: frozenset({_P.CLAIMED}),
    _P.CANCELLED: frozenset({_P.PLANNED}),
}
#: Counts as money that will go out, or went.
LIVE_PAYMENTS = frozenset({_P.PLANNED, _P.CLAIMED, _P.CHECKED, _P.APPROVED, _P.PAID})
#: Owed for certain: somebody answered for it.
COMMITTED_PAYMENTS = frozenset({_P.CHECKED, _P.APPROVED, _P.PAID})


class TravelMode(models.TextChoices):
    TRAIN = "train", _("train, sur justificatifs")
    CAR = "car", _("voiture, au barème kilométrique")


class ExpenseNature(models.TextChoices):
    TICKET = "ticket", _("billet de train, seconde classe")
    FIRST_CLASS = "first_class", _("billet de train, première classe")
    TOLL = "toll", _("péage, stationnement, carburant")
    MEAL = "meal", _("repas")
    OTHER_TRIP = "other_trip", _("autre déplacement (taxi, location, avion…)")
    OTHER = "other", _("autre dépense")


#: What the call pays against a receipt (rules.md 11). Everything else is typed, shown, and refused with its rule.
COVERED_NATURES = frozenset({ExpenseNature.TICKET})


class RefusalRule(models.TextChoices):
    """Why a claim, or a line of it, is not covered. The sentence is the one the artist reads."""

    NOT_HOME_TRIP = (
        "not_home_trip",
        _("Seuls les voyages entre le domicile et le territoire sont pris en charge : un aller-retour par période."),
    )
    ALREADY_CLAIMED = "already_claimed", _("Le voyage de cette période a déjà été demandé.")
    OUT_OF_TRIPS = "out_of_trips", _("Le nombre de voyages pris en charge par la résidence est atteint.")
    OUT_OF_DATES = "out_of_dates", _("Les dates du voyage ne correspondent pas à la période.")
    OUTSIDE_FRANCE = "outside_france", _("Le voyage est pris en charge en France métropolitaine seulement.")
    FIRST_CLASS = "first_class", _("Le train est pris en charge sur la base du tarif de seconde classe.")
    MEALS = "meals", _("Les repas ne sont pas pris en charge.")
    INSIDE_SCALE = "inside_scale", _("En voiture, le barème kilométrique est la seule base de prise en charge.")
    NO_RECEIPT = "no_receipt", _("Il manque le justificatif.")
    OTHER = "other", _("Cette dépense n'entre pas dans ce que l'appel prend en charge.")


class ScaleMethod(models.TextChoices):
    """How a bracket's rate is applied to the kilometres of the year."""

    TOTAL = "total", _("sur le total de l'année (taux et part fixe de la tranche atteinte)")
    MARGINAL = "marginal", _("par tranche (chaque kilomètre au taux de sa tranche)")
