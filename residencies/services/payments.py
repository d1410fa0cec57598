"""Payments through their states: checked, approved, paid; refused, sent back, corrected, cancelled.

Lock order: the residency (the season for an expense of its own), then the payment. Every act takes the
``version`` that the page showed, where there was a page: what changed since is a ``StaleWrite``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums.money import LIVE_PAYMENTS, PaymentKind, PaymentState, RefusalRule
from residencies.models import Payment, Residency
from residencies.rules import money as rules
from residencies.services import payment_notices as notices
from residencies.services import trip_amounts
from residencies.services.base import lock_residency, lock_season, require_desk, require_reach
from residencies.services.money import Expense, budget_of, fill, hold, payment_data, require_in_budget, require_left

if TYPE_CHECKING:
    from clea.accounts.models import User

_STALE = "stale"


# One step forward ----------------------------------------------------------------------------


def check(*, by: User, payment: Payment, version: int | None = None) -> Payment:
    """Somebody read what falls due, or what was claimed, and answers for it."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        require(rules.can_check(locked))
        require_left(locked)
        locked.checked_at, locked.checked_by = timezone.now(), by
        return _become(by, locked, PaymentState.CHECKED, "payment.checked")


def approve(*, by: User, payment: Payment, version: int | None = None) -> Payment:
    """It will be paid. By another person than the one who checked, where the territory asks for two."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        require(rules.can_approve(locked, by, locked.territory))
        locked.approved_at, locked.approved_by = timezone.now(), by
        after = _become(by, locked, PaymentState.APPROVED, "payment.approved")
        notices.approved(by=by, payment=after)
        return after


def pay(*, by: User, payment: Payment, paid_on: date, reference: str = "", version: int | None = None) -> Payment:
    """The money left on that day."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        require(rules.can_become(locked, PaymentState.PAID))
        _require_day(locked, paid_on)
        locked.paid_on, locked.reference, locked.words = paid_on, reference.strip(), ""
        after = _become(by, locked, PaymentState.PAID, "payment.paid", paid_on=paid_on.isoformat())
        notices.paid(by=by, payment=after)
        return after


# One step back -------------------------------------------------------------------------------


def send_back(*, by: User, payment: Payment, why: str, version: int | None = None) -> Payment:
    """Undo the last step, with its reason: approved to checked, checked to what it came from."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        target = rules.back_from(locked)
        if target is None:
            raise Refused(
                _("Ce paiement n'est ni vérifié ni validé : il n'y a pas d'étape à reprendre."),
                code="wrong_state",
            )
        require(rules.can_become(locked, target))
        locked.words = _reason(why)
        locked.approved_at = locked.approved_by = None
        if target != PaymentState.CHECKED:
            locked.checked_at = locked.checked_by = None
        return _become(by, locked, target, "payment.sent_back")


def refuse(*, by: User, payment: Payment, rule: str, words: str = "", version: int | None = None) -> Payment:
    """Not covered: by which rule, and in which words. The artist is told both."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        require(rules.can_become(locked, PaymentState.REFUSED))
        if rule not in RefusalRule.values:
            raise Refused(_("Choisissez la règle qui fait refuser."), code="rule_needed", field="rule")
        if rule == RefusalRule.OTHER and not words.strip():
            raise Refused(_("Dites pourquoi : l'artiste le lira."), code="reason_needed", field="words")
        locked.refused_rule, locked.words = rule, words.strip()
        locked.checked_at = locked.checked_by = None
        after = _become(by, locked, PaymentState.REFUSED, "payment.refused", rule=rule)
        notices.refused(by=by, payment=after)
        return after


def undo_payment(*, by: User, payment: Payment, reason: str, version: int | None = None) -> Payment:
    """It was noted as paid by mistake: approved again, to be paid."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        if locked.state != PaymentState.PAID:
            raise Refused(_("Ce paiement n'est pas noté comme payé."), code="wrong_state")
        require(rules.can_become(locked, PaymentState.APPROVED))
        locked.words = _reason(reason)
        before = locked.paid_on
        locked.paid_on, locked.reference = None, ""
        return _become(
            by,
            locked,
            PaymentState.APPROVED,
            "payment.undone",
            was_paid_on=before.isoformat() if before else None,
        )


def cancel(*, by: User, payment: Payment, why: str, version: int | None = None) -> Payment:
    """It will not be paid: planned or claimed by mistake. It may be planned again. A trip is refused instead."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        require(rules.can_cancel(locked))
        locked.words = _reason(why)
        return _become(by, locked, PaymentState.CANCELLED, "payment.cancelled")


def restore(*, by: User, payment: Payment, version: int | None = None) -> Payment:
    """A refusal or a cancelling that was a mistake: claimed, or planned, again."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        require(rules.can_restore(locked))
        planned = locked.state == PaymentState.CANCELLED
        _require_room(locked)
        locked.refused_rule = locked.words = ""
        if planned:
            locked.claimed_at = locked.claimed_by = None
        elif locked.claimed_at is None:
            locked.claimed_at, locked.claimed_by = timezone.now(), by
        target = PaymentState.PLANNED if planned else PaymentState.CLAIMED
        require(rules.can_become(locked, target))
        return _become(by, locked, target, "payment.restored")


def _require_room(payment: Payment) -> None:
    """The ceiling, the number of trips, the one lump sum, as if it were new. Three queries at most."""
    if payment.residency is None:
        return
    require_in_budget(payment)
    live = Payment.objects.live().filter(residency=payment.residency, kind=payment.kind)
    if payment.kind == PaymentKind.LUMP_SUM and live.exists():
        raise Refused(
            _(
                "Le forfait de cette résidence est déjà prévu : changez sa date, "
                "ou annulez-le pour le prévoir autrement."
            ),
            code="already",
        )
    if payment.kind != PaymentKind.TRIP:
        return
    trip = getattr(payment, "trip", None)
    if trip is not None and trip.period_id and live.filter(trip__period=trip.period_id).exists():
        raise Refused(RefusalRule.ALREADY_CLAIMED.label, code="already_claimed")
    if live.count() >= budget_of(payment.residency).trips:
        raise Refused(RefusalRule.OUT_OF_TRIPS.label, code="out_of_trips")


# Corrections ---------------------------------------------------------------------------------


def change(*, by: User, payment: Payment, expense: Expense, version: int) -> Payment:
    """Change what is planned: its day, its amounts, its words. ``Refused`` over the ceiling, with the figures."""
    with transaction.atomic():
        locked = _held(by, payment, version)
        require(rules.can_change(locked))
        fill(locked, expense)
        require_in_budget(locked)
        return _keep(by, locked, "payment.changed")


def correct_reference(
    *,
    by: User,
    payment: Payment,
    paid_on: date,
    reference: str,
    version: int | None = None,
) -> Payment:
    """Correct the day or the reference of what is paid; in a closed season too, which changes no figure."""
    with transaction.atomic():
        if payment.residency_id is not None:
            list(Residency.objects.select_for_update().filter(pk=payment.residency_id))
        locked = _fresh(payment)
        require_desk(by, locked.territory)
        require_version(locked, version)
        if locked.state != PaymentState.PAID:
            raise Refused(_("Ce paiement n'est pas noté comme payé."), code="wrong_state")
        _require_day(locked, paid_on)
        locked.paid_on, locked.reference = paid_on, reference.strip()
        return _keep(by, locked, "payment.reference_corrected", paid_on=paid_on.isoformat())


# Exports -------------------------------------------------------------------------------------


def record_export(*, by: User, season: Season, form: str, count: int) -> None:
    """Journal that the payments left the house, before they do; from a closed season too."""
    with transaction.atomic():
        require_desk(by, season.programme.territory)
        journal.record(by=by, verb="payment.exported", target=season, data={"form": form, "payments": count})


# Shared --------------------------------------------------------------------------------------


def lock_payment(payment: Payment) -> Payment:
    """What it belongs to, then the payment, locked and fresh. ``Refused`` in a closed season. Two queries."""
    residency = season = None
    if payment.residency_id is not None:
        residency = lock_residency(Residency(pk=payment.residency_id))
    else:
        season = lock_season(payment.season)
    locked = _fresh(payment)
    if residency is not None:
        locked.residency, locked.season = residency, residency.season
    elif season is not None:
        locked.season = season
    return locked


def _fresh(payment: Payment) -> Payment:
    return (
        Payment.objects.select_for_update(of=("self",))
        .select_related("residency", "season__programme__territory")
        .get(pk=payment.pk)
    )


def require_version(payment: Payment, version: int | None) -> None:
    """Raise ``StaleWrite`` when what the person read is not what is there."""
    if version is not None and payment.version != version:
        raise StaleWrite(
            _("Ce paiement a changé depuis que vous avez ouvert la page : relisez-le, puis recommencez."),
            code=_STALE,
        )


def _held(by: User, payment: Payment, version: int | None) -> Payment:
    locked = lock_payment(payment)
    require_desk(by, locked.territory)
    require_version(locked, version)
    return locked


def _require_day(payment: Payment, day: date) -> None:
    hold(rules.can_pay_on(day, timezone.localdate()), "paid_on")
    require_reach(payment.season, day, field="paid_on")


def _reason(text: str) -> str:
    if not (text := text.strip()):
        raise Refused(_("Dites pourquoi : la suite du dossier le gardera."), code="reason_needed", field="why")
    return text


def _become(by: User, payment: Payment, target: PaymentState, verb: str, **told: object) -> Payment:
    before = PaymentState(payment.state)
    payment.state = target
    kept = _keep(by, payment, verb, **{"from": before}, **told)
    if (
        kept.kind == PaymentKind.TRIP
        and kept.residency is not None
        and (before in LIVE_PAYMENTS) != (target in LIVE_PAYMENTS)
    ):
        # Its kilometres count no more, or again: those of the claims that nobody checked begin elsewhere.
        trip_amounts.recount(kept.residency, by=by)
    return kept


def _keep(by: User, payment: Payment, verb: str, **told: object) -> Payment:
    payment.version += 1
    payment.full_clean()
    payment.save()
    journal.record(by=by, verb=verb, target=payment.residency or payment.season, data=payment_data(payment) | told)
    return payment
