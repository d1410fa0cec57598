"""What may be done with a budget and a payment, and when. No query."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import euros
from residencies.enums.money import PAYMENT_TRANSITIONS, PaymentKind, PaymentState
from residencies.models import Payment

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Territory


def can_become(payment: Payment, target: PaymentState) -> Verdict:
    """By the table of states."""
    if target in PAYMENT_TRANSITIONS[PaymentState(payment.state)]:
        return ALLOWED
    return _wrong_state(payment)


def _wrong_state(payment: Payment) -> Verdict:
    return refuse(
        _("Ce paiement est dans l'état « %(state)s » : rouvrez sa page, puis choisissez une action possible.")
        % {"state": payment.get_state_display()},
        "wrong_state",
    )


def can_check(payment: Payment) -> Verdict:
    """What falls due or was claimed. What is approved goes back by another act, which asks why."""
    if payment.state in (PaymentState.PLANNED, PaymentState.CLAIMED):
        if not payment.amount:
            return refuse(
                gettext_lazy(
                    "Rien ne serait payé : fixez d'abord ce qui est pris en charge sur chaque ligne, ou refusez la "
                    "demande avec sa règle."
                ),
                "nothing",
            )
        return can_become(payment, PaymentState.CHECKED)
    return _wrong_state(payment)


def can_approve(payment: Payment, by: User, territory: Territory) -> Verdict:
    """What is checked, and by another person than the one who checked where the territory asks for two."""
    if payment.state != PaymentState.CHECKED:
        return _wrong_state(payment)
    verdict = can_become(payment, PaymentState.APPROVED)
    if verdict and territory.two_person_payments and payment.checked_by_id == by.pk:
        return refuse(
            gettext_lazy(
                "Vous avez vérifié ce paiement : une autre personne de la coordination le valide "
                "(règle du territoire, deux personnes pour un paiement)."
            ),
            "same_person",
        )
    return verdict


def can_change(payment: Payment) -> Verdict:
    """What nobody has answered for yet. A trip is changed by who claims it."""
    if payment.kind == PaymentKind.TRIP:
        return refuse(gettext_lazy("Un voyage se calcule d'après sa demande : il ne se modifie pas ici."), "trip")
    if payment.state == PaymentState.PLANNED:
        return ALLOWED
    return refuse(
        gettext_lazy("Ce paiement est engagé : renvoyez-le d'abord à l'étape précédente, puis modifiez-le."), "engaged"
    )


def can_cancel(payment: Payment) -> Verdict:
    """What was planned, or claimed, by mistake. A trip is refused with its rule, which its artist reads."""
    if payment.kind == PaymentKind.TRIP:
        return refuse(
            gettext_lazy("Un voyage ne s'annule pas ici : refusez-le avec sa règle, ou laissez l'artiste le retirer."),
            "trip",
        )
    return can_become(payment, PaymentState.CANCELLED)


def can_restore(payment: Payment) -> Verdict:
    """A refusal or a cancelling that was a mistake. A trip that its artist withdrew is claimed again."""
    if payment.state == PaymentState.REFUSED:
        return ALLOWED
    if payment.state == PaymentState.CANCELLED and payment.kind != PaymentKind.TRIP:
        return ALLOWED
    if payment.state == PaymentState.CANCELLED:
        return refuse(gettext_lazy("Ce voyage est annulé : l'artiste le demande de nouveau."), "trip")
    return _wrong_state(payment)


def back_from(payment: Payment) -> PaymentState | None:
    """Where sending back leads: one step, to the claim or the schedule it came from."""
    if payment.state == PaymentState.APPROVED:
        return PaymentState.CHECKED
    if payment.state == PaymentState.CHECKED:
        return PaymentState.PLANNED if payment.claimed_at is None else PaymentState.CLAIMED
    return None


def can_pay_on(on: date, today: date) -> Verdict:
    """A payment is noted once made."""
    if on > today:
        return refuse(gettext_lazy("Notez un paiement le jour où il est fait : cette date est à venir."), "future")
    return ALLOWED


def figures_hold(net: Decimal, gross: Decimal, charges: Decimal, total: Decimal) -> Verdict:
    """Net within gross, gross plus charges equal to the total, to the cent (rules.md 10)."""
    if net > gross:
        return refuse(
            _("Le net (%(net)s) dépasse le brut (%(gross)s) : corrigez l'un ou l'autre.")
            % {"net": euros(net), "gross": euros(gross)},
            "net_above_gross",
        )
    if gross + charges != total:
        return refuse(
            _(
                "Le coût total (%(total)s) n'est pas la somme du brut et des charges : "
                "%(gross)s + %(charges)s = %(sum)s."
            )
            % {
                "total": euros(total),
                "gross": euros(gross),
                "charges": euros(charges),
                "sum": euros(gross + charges),
            },
            "sum",
        )
    return ALLOWED


def within_ceiling(total: Decimal, ceiling: Decimal | None) -> Verdict:
    """Never above the call's ceiling, all charges included (rules.md 9)."""
    if ceiling is None or total <= ceiling:
        return ALLOWED
    return refuse(
        _(
            "Le coût total employeur serait de %(total)s : il dépasse de %(over)s le plafond de l'appel (%(ceiling)s). "
            "Baissez ce montant, ou corrigez d'abord le plafond dans l'appel."
        )
        % {"total": euros(total), "over": euros(total - ceiling), "ceiling": euros(ceiling)},
        "over_ceiling",
    )
