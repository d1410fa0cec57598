"""What the desk may do to a payment: one line an act, with what it asks and says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, refuse
from residencies.enums.money import PaymentState
from residencies.forms.money import CancelForm, PayForm, PlainForm, ReasonForm, RefuseForm
from residencies.models import Payment
from residencies.rules import money as rules
from residencies.services import payments

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from clea.accounts.models import User

_S = PaymentState


@dataclass(frozen=True)
class Act:
    """``slug`` is the end of the address; ``warning``, what the page says before the button."""

    slug: str
    button: str | _StrPromise
    done: str | _StrPromise
    run: Callable[..., Payment]
    possible: Callable[[Payment, User], Verdict]
    form: type[PlainForm | PayForm | ReasonForm | CancelForm | RefuseForm] = PlainForm
    warning: str | _StrPromise = ""
    forward: bool = False

    def do(self, *, by: User, payment: Payment, **typed: Any) -> Payment:
        return self.run(by=by, payment=payment, **typed)


def _to(target: PaymentState) -> Callable[[Payment, User], Verdict]:
    return lambda payment, by: rules.can_become(payment, target)


def _back(payment: Payment, by: User) -> Verdict:
    if rules.back_from(payment) is None:
        return refuse(_("Ce paiement n'est ni vérifié ni validé : il n'y a pas d'étape à reprendre."), "wrong_state")
    return ALLOWED


def _is_paid(payment: Payment, by: User) -> Verdict:
    if payment.state == _S.PAID:
        return ALLOWED
    return refuse(_("Ce paiement n'est pas noté comme payé."), "wrong_state")


_TOLD = _("Les artistes de la résidence en sont prévenus aussitôt par courriel.")

ACTS: dict[str, Act] = {
    act.slug: act
    for act in (
        Act(
            "verifier",
            _("Vérifier"),
            _("Le paiement est vérifié : il attend d'être validé."),
            payments.check,
            lambda payment, by: rules.can_check(payment),
            forward=True,
        ),
        Act(
            "valider",
            _("Valider"),
            _("Le paiement est validé : il peut être payé."),
            payments.approve,
            lambda payment, by: rules.can_approve(payment, by, payment.territory),
            warning=_TOLD,
            forward=True,
        ),
        Act(
            "payer",
            _("Noter le paiement"),
            _("Le paiement est noté comme fait."),
            payments.pay,
            _to(_S.PAID),
            PayForm,
            warning=_TOLD,
            forward=True,
        ),
        Act(
            "refuser",
            _("Refuser"),
            _("La demande est refusée, avec sa règle."),
            payments.refuse,
            _to(_S.REFUSED),
            RefuseForm,
            warning=_TOLD,
        ),
        Act(
            "renvoyer",
            _("Renvoyer à l'étape précédente"),
            _("Le paiement revient à l'étape précédente."),
            payments.send_back,
            _back,
            ReasonForm,
        ),
        Act(
            "reprendre",
            _("Reprendre un paiement noté par erreur"),
            _("Le paiement n'est plus noté comme fait : il est validé, à payer."),
            lambda *, why, **more: payments.undo_payment(reason=why, **more),
            _is_paid,
            ReasonForm,
        ),
        Act(
            "reference",
            _("Corriger la date ou la référence"),
            _("La date et la référence sont corrigées."),
            payments.correct_reference,
            _is_paid,
            PayForm,
        ),
        Act(
            "annuler",
            _("Annuler ce paiement"),
            _("Le paiement est annulé."),
            payments.cancel,
            lambda payment, by: rules.can_cancel(payment),
            CancelForm,
        ),
        Act(
            "retablir",
            _("Rétablir"),
            _("Le paiement est rétabli."),
            payments.restore,
            lambda payment, by: rules.can_restore(payment),
        ),
    )
}
#: What may be done to several at once.
TOGETHER = ("verifier", "valider", "payer")
#: What a closed season still allows.
WHEN_CLOSED = ("reference",)


def offered(payment: Payment, by: User) -> list[Act]:
    """What may be done now, the step forward first. No query once the payment has its season and territory."""
    closed = payment.season.closed_at is not None
    return [act for act in ACTS.values() if act.possible(payment, by) and (not closed or act.slug in WHEN_CLOSED)]
