"""Trips home–territory: claimed by an artist against receipts or by the kilometre scale (rules.md 11–12).

What the call does not cover stays in the claim at zero, with the sentence that says so. A claim that the rules
exclude as a whole is refused before anything is written. Afterwards the payment goes its own way (``payments``).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Refused, require
from clea.journal import services as journal
from clea.rules import ALLOWED, Verdict
from clea.ui.dates import euros
from residencies.enums.money import PaymentKind, PaymentState, RefusalRule, TravelMode
from residencies.models import ExpenseLine, Payment, Period, Residency, SentReceipt, TripClaim
from residencies.rules import trips as rules
from residencies.selectors import trips as selectors
from residencies.services import trip_amounts as amounts
from residencies.services import trip_notices as notices
from residencies.services.base import lock_residency, require_artist, require_desk, require_open
from residencies.services.money import budget_of, payee_of, payment_data
from residencies.services.payments import lock_payment, require_version

if TYPE_CHECKING:
    from clea.accounts.models import User

#: Files sent that no claim took yet.
MOST_WAITING = 40
#: After which they go: nobody came back to the claim.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Facts:
    """What an artist says of a trip. Kilometres, power and ``electric`` are for a car."""

    period: Period | None
    mode: str
    home_city: str
    out_on: date
    back_on: date
    km_out: int | None = None
    km_back: int | None = None
    fiscal_power: int | None = None
    electric: bool = False
    outside_france: bool = False


@dataclass(frozen=True)
class Line:
    """One expense, with the receipt that was sent for it."""

    nature: str
    label: str
    day: date
    amount: Decimal
    receipt: StoredFile | None = None


@dataclass
class Count:
    """What a claim would give: what the page shows before anything is sent."""

    claim: TripClaim
    lines: list[ExpenseLine]
    worth: amounts.Worth
    verdict: Verdict = field(default=ALLOWED)

    @property
    def amount(self) -> Decimal:
        return amounts.amount_of(self.worth, self.lines)


# Receipts --------------------------------------------------------------------------------------


def keep_receipt(*, by: User, residency: Residency, upload: UploadedFile) -> StoredFile:
    """Receive a receipt before the claim is written: a refusal of the claim never asks for it again.

    Raises ``PieceRefused`` with what to do. Call it outside of any transaction.
    """
    require_artist(by, residency)
    require_open(residency.season)
    if residency.sent_receipts.count() >= MOST_WAITING:
        raise Refused(
            _("%(n)s justificatifs attendent déjà une demande : envoyez-la, ou attendez que les plus anciens partent.")
            % {"n": MOST_WAITING},
            code="too_many",
        )
    stored = documents.intake_receipt(by=by, upload=upload)
    with transaction.atomic():
        SentReceipt.objects.create(residency=lock_residency(residency), stored_file=stored)
    return stored


def purge_receipts() -> int:
    """Erase what was sent for a claim that never came, after thirty days. Returns how many."""
    gone = 0
    for row in SentReceipt.objects.filter(sent_at__lt=timezone.now() - KEPT).select_related("stored_file"):
        with transaction.atomic():
            row.delete()
            _discard(row.stored_file, None)
        gone += 1
    return gone


def _discard(stored: StoredFile, by: User | None) -> None:
    """Erase a file that no line holds any more."""
    if not stored.expense_lines.exists():
        documents.discard(stored, by=by)


# The claim -------------------------------------------------------------------------------------


def count(*, residency: Residency, facts: Facts, lines: Sequence[Line], claim: TripClaim | None = None) -> Count:
    """What this claim would give, nothing written. ``claim``: the one that is being changed.

    Raises ``Refused`` for what makes it impossible to count; ``verdict`` says whether it may be sent. Eight
    queries at most.
    """
    budget = selectors.budget_trips(residency)
    return _count(residency, facts, lines, claim, budget)


def claim(
    *, by: User, residency: Residency, facts: Facts, lines: Sequence[Line] = (), seen: Decimal | None = None
) -> TripClaim:
    """Claim a trip. ``seen``: the amount that the page showed; another one is said before anything is sent.

    Raises ``Refused`` with the rule and what to do next: nothing is then written, and receipts stay sent.
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_artist(by, locked)
        counted = _count(locked, facts, lines, None, budget_of(locked).trips)
        require(counted.verdict)
        _require_seen(counted, seen)
        with override("fr"):
            label = _("Voyage aller-retour : %(period)s") % {"period": facts.period}
        payment = Payment(
            season=locked.season,
            residency=locked,
            kind=PaymentKind.TRIP,
            label=label[:200],
            payee=payee_of(locked),
            amount=counted.amount,
            cost=counted.amount,
            state=PaymentState.CLAIMED,
            claimed_at=timezone.now(),
            claimed_by=by,
        )
        payment.full_clean()
        payment.save()
        _write(payment, counted)
        notices.claimed(by=by, claim=counted.claim)
        journal.record(by=by, verb="trip.claimed", target=locked, data=_told(counted.claim))
        return counted.claim


def change(
    *,
    by: User,
    claim: TripClaim,
    facts: Facts,
    lines: Sequence[Line] = (),
    version: int | None = None,
    seen: Decimal | None = None,
) -> TripClaim:
    """Write a claim again while nobody checked it. What the desk decided of a line that stays, stays."""
    with transaction.atomic():
        payment, held = _held(claim)
        assert payment.residency is not None
        require_artist(by, payment.residency)
        require_version(payment, version)
        require(rules.can_change(payment))
        counted = _count(payment.residency, facts, lines, held, budget_of(payment.residency).trips)
        require(counted.verdict)
        _require_seen(counted, seen)
        former = [line.receipt for line in held.lines.select_related("receipt") if line.receipt is not None]
        held.lines.all().delete()
        payment.amount = payment.cost = counted.amount
        payment.payee = payee_of(payment.residency)
        payment.version += 1
        payment.full_clean()
        payment.save()
        _write(payment, counted)
        for stored in {one.pk: one for one in former}.values():
            _discard(stored, by)
        amounts.recount(payment.residency, by=by)
        notices.claimed(by=by, claim=counted.claim)
        journal.record(by=by, verb="trip.changed", target=payment.residency, data=_told(counted.claim))
        return counted.claim


def withdraw(*, by: User, claim: TripClaim, version: int | None = None) -> Payment:
    """Take a claim back while nobody checked it. Its period may be claimed again; its lines stay to be read."""
    with transaction.atomic():
        payment, _claim = _held(claim)
        assert payment.residency is not None
        require_artist(by, payment.residency)
        require_version(payment, version)
        require(rules.can_change(payment))
        payment.state = PaymentState.CANCELLED
        payment.version += 1
        payment.full_clean()
        payment.save()
        amounts.recount(payment.residency, by=by)
        journal.record(by=by, verb="trip.withdrawn", target=payment.residency, data=payment_data(payment))
        return payment


def cover(
    *, by: User, line: ExpenseLine, covered: Decimal, rule: str = "", words: str, version: int | None = None
) -> Payment:
    """Cover another amount of a line than its rule gives, with the reason: a fare in second class, a paper ticket.

    The artists are written to. ``Refused`` for what no one may cover: meals, tolls, taxis.
    """
    with transaction.atomic():
        payment, held = _held(line.claim)
        require_desk(by, payment.territory)
        require_version(payment, version)
        row = held.lines.select_for_update().get(pk=line.pk)
        require(rules.can_cover(payment, row))
        if not words.strip():
            raise Refused(_("Dites pourquoi : l'artiste le lira."), code="reason_needed", field="words")
        if covered > row.amount:
            raise Refused(
                _("On ne prend pas en charge plus que les %(amount)s demandés.") % {"amount": euros(row.amount)},
                code="too_much",
                field="covered",
            )
        before = row.covered
        row.covered, row.words = covered, " ".join(words.split())
        row.rule = "" if covered == row.amount else (rule or row.rule or RefusalRule.OTHER)
        row.full_clean()
        row.save()
        payment.amount = payment.cost = payment.amount - before + covered
        payment.version += 1
        payment.full_clean()
        payment.save()
        notices.coverage_changed(by=by, line=row, payment=payment)
        journal.record(
            by=by,
            verb="trip.coverage_changed",
            target=payment.residency,
            data=payment_data(payment) | {"line": str(row.uuid), "from": str(before), "covered": str(covered)},
        )
        return payment


# Parts -----------------------------------------------------------------------------------------


def _held(claim: TripClaim) -> tuple[Payment, TripClaim]:
    """The payment and its claim, locked and fresh."""
    payment = lock_payment(claim.payment)
    held = TripClaim.objects.select_related("period").get(pk=claim.pk)
    held.payment = payment
    return payment, held


def _count(residency: Residency, facts: Facts, lines: Sequence[Line], claim: TripClaim | None, most: int) -> Count:
    if len(lines) > rules.MOST_LINES:
        raise Refused(_("Une demande compte au plus %(n)s lignes.") % {"n": rules.MOST_LINES}, code="too_many")
    period = facts.period
    if period is not None and period.residency_id != residency.pk:
        raise Refused(_("Cette période est d'une autre résidence."), code="foreign", field="period")
    others = [one for one in amounts.standing(residency) if claim is None or one.pk != claim.pk]
    row = _row(claim, facts)
    verdict = rules.can_claim(period, [one.period_id for one in others], len(others), most)
    if verdict:
        verdict = rules.right_place(facts.outside_france)
    if verdict and period is not None:
        verdict = rules.right_days(period, facts.out_on, facts.back_on)
    # What was settled comes before; so do those claimed earlier.
    before = [one for one in others if claim is None or one.pk < claim.pk or one.payment.state != PaymentState.CLAIMED]
    worth = amounts.count(residency, row, before)
    row.scale, row.calculation = worth.scale, worth.kept
    written = _lines(residency, facts, lines, claim)
    if verdict:
        verdict = rules.worth_claiming(
            facts.mode, [(one.nature, rules.Coverage(one.covered, one.rule)) for one in written]
        )
    return Count(row, written, worth, verdict)


def _row(claim: TripClaim | None, facts: Facts) -> TripClaim:
    row = TripClaim() if claim is None else copy(claim)
    row.period, row.mode, row.home_city = facts.period, facts.mode, " ".join(facts.home_city.split())
    row.out_on, row.back_on = facts.out_on, facts.back_on
    if facts.mode == TravelMode.CAR:
        if not (facts.km_out and facts.km_back and facts.fiscal_power):
            raise Refused(
                _("En voiture, donnez les kilomètres de l'aller, du retour et la puissance."), code="unmeasured"
            )
        row.km_out, row.km_back = facts.km_out, facts.km_back
        row.fiscal_power, row.electric = facts.fiscal_power, facts.electric
    else:
        row.km_out = row.km_back = row.fiscal_power = None
        row.electric = False
    return row


def _lines(residency: Residency, facts: Facts, lines: Sequence[Line], claim: TripClaim | None) -> list[ExpenseLine]:
    """The lines with what is covered of each; what the desk decided of the same line before is kept."""
    at_hand = {stored.pk for stored in selectors.receipts_at_hand(residency, claim).values()}
    decided: dict[tuple[object, ...], list[ExpenseLine]] = {}
    if claim is not None and (claim.mode, claim.period_id) == (facts.mode, facts.period and facts.period.pk):
        for one in claim.lines.all():
            if one.words:
                decided.setdefault(_key(one), []).append(one)
    written = []
    for line in lines:
        if line.receipt is not None and line.receipt.pk not in at_hand:
            raise Refused(_("Ce justificatif n'est plus là : envoyez-le à nouveau."), code="no_file")
        row = ExpenseLine(
            nature=line.nature, label=" ".join(line.label.split()), day=line.day, amount=line.amount,
            receipt=line.receipt,
        )  # fmt: skip
        found = rules.coverage(
            facts.mode, line.nature, line.day, line.amount,
            has_receipt=line.receipt is not None, period=facts.period,
        )  # fmt: skip
        row.covered, row.rule = found.covered, found.rule
        if left := decided.get(_key(row)):
            # Of that line, and once: not of another that says the same.
            same = left.pop(0)
            row.covered, row.rule, row.words = same.covered, same.rule, same.words
        written.append(row)
    return written


def _key(line: ExpenseLine) -> tuple[object, ...]:
    return line.nature, line.day, line.amount, line.receipt_id


def _require_seen(counted: Count, seen: Decimal | None) -> None:
    if seen is not None and seen != counted.amount:
        raise Refused(
            _("Le montant est maintenant de %(amount)s : relisez le calcul, puis envoyez à nouveau.")
            % {"amount": euros(counted.amount)},
            code="amount_changed",
        )


def _write(payment: Payment, counted: Count) -> None:
    """The claim and its lines; the receipts they took wait no more."""
    row = counted.claim
    row.payment = payment
    row.full_clean()
    row.save()
    for line in counted.lines:
        line.claim = row
        line.full_clean()
        line.save()
    taken = [line.receipt_id for line in counted.lines if line.receipt_id]
    SentReceipt.objects.filter(residency=payment.residency, stored_file__in=taken).delete()


def _told(claim: TripClaim) -> dict[str, object]:
    """What the journal keeps: no words, no name."""
    return payment_data(claim.payment) | {
        "mode": claim.mode,
        "period": str(claim.period.uuid) if claim.period is not None else "",
        "out_on": claim.out_on.isoformat(),
        "back_on": claim.back_on.isoformat(),
        "km": (claim.km_out or 0) + (claim.km_back or 0),
    }
