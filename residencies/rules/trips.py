"""What of a trip is covered, and by which rule it is not (rules.md 11). Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import day as said_day
from residencies.enums.money import ExpenseNature, PaymentState, RefusalRule, TravelMode
from residencies.methods.mileage import ZERO

if TYPE_CHECKING:
    from residencies.models import ExpenseLine, Payment, Period

N, R = ExpenseNature, RefusalRule

#: One may come a few days before a period and leave a few days after it.
AROUND = timedelta(days=7)
#: Of a claim. A trip has four tickets, not fifty.
MOST_LINES = 20

#: What the coordination may cover itself: a fare in second class, a ticket it holds on paper.
COVERABLE = frozenset({N.TICKET, N.FIRST_CLASS})

_TRAIN = {
    N.FIRST_CLASS: R.FIRST_CLASS,
    N.TOLL: R.INSIDE_SCALE,
    N.MEAL: R.MEALS,
    N.OTHER_TRIP: R.NOT_HOME_TRIP,
    N.OTHER: R.OTHER,
}
#: By car the scale is all there is: a ticket on top would pay the same way twice.
_CAR = _TRAIN | {N.TICKET: R.INSIDE_SCALE, N.FIRST_CLASS: R.INSIDE_SCALE}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is covered of a line; ``rule`` says why not all of it is."""

    covered: Decimal
    rule: str = ""


def first_day(period: Period) -> date:
    return period.starts_on - AROUND


def last_day(period: Period) -> date:
    return period.ends_on + AROUND


def coverage(
    mode: str,
    nature: str,
    day: date,
    amount: Decimal,
    *,
    has_receipt: bool,
    period: Period | None,
) -> Coverage:
    """Of one line, by its nature, its receipt and its day."""
    rule = (_CAR if mode == TravelMode.CAR else _TRAIN).get(ExpenseNature(nature))
    if rule is not None:
        return Coverage(ZERO, rule)
    if period is not None and not first_day(period) <= day <= last_day(period):
        return Coverage(ZERO, R.OUT_OF_DATES)
    if not has_receipt:
        return Coverage(ZERO, R.NO_RECEIPT)
    return Coverage(amount)


def refused_by(rule: RefusalRule, next_step: str) -> Verdict:
    """A refusal in the words of its rule, then what to do."""
    return refuse(f"{rule.label} {next_step}", rule.value)


def can_claim(period: Period | None, claimed: Collection[int | None], live: int, most: int) -> Verdict:
    """Whether a trip of this period is still to be claimed. ``claimed``: the periods of those that stand."""
    if period is None:
        return refused_by(
            R.NOT_HOME_TRIP,
            _("Les autres trajets sont dans le forfait ou à votre charge : au besoin, écrivez à la coordination."),
        )
    if period.pk in claimed:
        return refused_by(
            R.ALREADY_CLAIMED,
            _("Modifiez cette demande tant qu'elle n'est pas vérifiée, ou écrivez à la coordination."),
        )
    if live >= most:
        return refused_by(
            R.OUT_OF_TRIPS,
            _("Retirez une demande qui n'est pas encore vérifiée, ou écrivez à la coordination."),
        )
    return ALLOWED


def right_place(outside_france: bool) -> Verdict:
    if outside_france:
        return refused_by(
            R.OUTSIDE_FRANCE,
            _("Demandez la seule partie du voyage faite en France métropolitaine, et décochez la case."),
        )
    return ALLOWED


def right_days(period: Period, out_on: date, back_on: date) -> Verdict:
    """The way out at most a week before the period, the way back at most a week after it."""
    if back_on < out_on:
        return refuse(_("Le retour se fait le jour de l'aller, ou après."), "days_order")
    if first_day(period) <= out_on <= period.ends_on and period.starts_on <= back_on <= last_day(period):
        return ALLOWED
    return refused_by(
        R.OUT_OF_DATES,
        _(
            "Pour « %(period)s », l'aller se fait entre le %(first)s et le %(end)s, le retour entre le %(start)s et le "
            "%(last)s. Vérifiez les jours, ou choisissez une autre période."
        )
        % {
            "period": period.title,
            "first": said_day(first_day(period)),
            "end": said_day(period.ends_on),
            "start": said_day(period.starts_on),
            "last": said_day(last_day(period)),
        },
    )


def worth_claiming(mode: str, lines: Collection[tuple[str, Coverage]]) -> Verdict:
    """Whether anything may be paid: a kilometre, a covered line, or a fare that the coordination will set."""
    if mode == TravelMode.CAR:
        return ALLOWED
    if any(line.covered for _nature, line in lines) or any(line.rule == R.FIRST_CLASS for _nature, line in lines):
        return ALLOWED
    if not lines:
        return refuse(_("Ajoutez au moins un billet de train, avec son justificatif."), "no_line")
    first = next((line for _nature, line in lines if line.rule == R.NO_RECEIPT), next(iter(lines))[1])
    next_step = (
        _("Ajoutez l'image ou le PDF du billet.")
        if first.rule == R.NO_RECEIPT
        else _("Rien ne serait payé : ajoutez un billet de seconde classe, ou demandez le barème kilométrique.")
    )
    return refused_by(RefusalRule(first.rule), next_step)


def season_open(payment: Payment) -> Verdict:
    if payment.season.closed_at is None:
        return ALLOWED
    return refuse(
        _("La saison %(season)s est close : elle se lit, elle ne change plus.") % {"season": payment.season.name},
        "season_closed",
    )


def can_change(payment: Payment) -> Verdict:
    """While nobody checked it."""
    if not (still := season_open(payment)):
        return still
    if payment.state == PaymentState.CLAIMED:
        return ALLOWED
    return refuse(
        _("Cette demande est dans l'état « %(state)s » : elle ne se modifie plus. Écrivez à la coordination.")
        % {"state": payment.get_state_display()},
        "wrong_state",
    )


def can_cover(payment: Payment, line: ExpenseLine) -> Verdict:
    """What the coordination may decide itself, before it answers for the claim."""
    if not (still := season_open(payment)):
        return still
    if payment.state != PaymentState.CLAIMED:
        return refuse(
            _("Cette demande est dans l'état « %(state)s » : renvoyez-la d'abord à l'étape précédente.")
            % {"state": payment.get_state_display()},
            "wrong_state",
        )
    if payment.trip.mode == TravelMode.CAR or line.nature not in COVERABLE:
        label = RefusalRule(line.rule).label if line.rule else RefusalRule.OTHER.label
        return refuse(_("%(rule)s Cette ligne reste à zéro.") % {"rule": label}, "not_coverable")
    return ALLOWED
