"""Budgets and schedules: what a residency may cost, and what falls due when (rules.md 9–11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from candidatures.models import Season
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal
from clea.rules import Verdict
from clea.ui.dates import euros
from residencies.enums.money import PaymentKind
from residencies.methods.cents import ZERO, nearest, split
from residencies.models import Payment, Residency, ResidencyBudget
from residencies.rules import money as rules
from residencies.selectors import money as selectors
from residencies.selectors.paper_facts import money_of as rules_of
from residencies.services.base import lock_residency, lock_season, require_desk, require_reach

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from clea.accounts.models import User

#: Instalments of one schedule. A residency lasts a year.
MOST_DATES = 60


@dataclass(frozen=True)
class Figures:
    """The employer's four figures, and what comes on top of them."""

    net: Decimal
    gross: Decimal
    charges: Decimal
    total: Decimal
    lump_sum: Decimal
    trips: int
    #: Where no call gives one. The call's own is copied, never typed.
    ceiling: Decimal | None = None


# The budget ----------------------------------------------------------------------------------


def budget_of(residency: Residency) -> ResidencyBudget:
    """The budget, locked; copied from the call the first time something needs it. In a transaction."""
    locked = lock_residency(residency)
    found = ResidencyBudget.objects.select_for_update().filter(residency=locked).first()
    if found is not None:
        return found
    budget = selectors.default_budget(locked, rules_of(locked))
    budget.full_clean()
    budget.save()
    journal.record(by=None, verb="money.budget_copied", target=locked, data=_told(budget))
    return budget


def change_budget(*, by: User, residency: Residency, figures: Figures, version: int) -> ResidencyBudget:
    """Write what the employer says. ``Refused``, with the figures, over the ceiling or when a sum is wrong.

    ``version``: the one the page showed (0 for a budget that nothing had needed yet).
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        held = ResidencyBudget.objects.filter(residency=locked).exists()
        budget = budget_of(locked)
        if version != (budget.version if held else 0):
            raise _stale()
        hold(rules.figures_hold(figures.net, figures.gross, figures.charges, figures.total), "total")
        call = rules_of(locked)
        if call is None or call.employer_ceiling is None:
            budget.ceiling = figures.ceiling
        hold(rules.within_ceiling(figures.total, budget.ceiling), "total")
        _require_room(locked, figures)
        budget.net, budget.gross, budget.charges = figures.net, figures.gross, figures.charges
        budget.total, budget.lump_sum, budget.trips = figures.total, figures.lump_sum, figures.trips
        budget.version += 1
        budget.full_clean()
        budget.save()
        journal.record(by=by, verb="money.budget_changed", target=locked, data=_told(budget))
        return budget


def reread_rules(*, by: User, residency: Residency) -> ResidencyBudget:
    """Take the call's ceiling, lump sum and trips again, after the call was corrected."""
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        call = rules_of(locked)
        if call is None:
            raise Refused(_("Aucun appel ne donne de règles financières à cette résidence."), code="no_rules")
        budget = budget_of(locked)
        hold(rules.within_ceiling(budget.total, call.employer_ceiling), "")
        budget.ceiling = call.employer_ceiling
        budget.lump_sum = call.travel_lump_sum or ZERO
        budget.trips = call.return_trips
        _require_lump_sum(locked, budget.lump_sum)
        _require_trips(locked, budget.trips)
        budget.version += 1
        budget.full_clean()
        budget.save()
        journal.record(by=by, verb="money.rules_reread", target=locked, data=_told(budget))
        return budget


def _require_room(residency: Residency, figures: Figures) -> None:
    """What somebody answered for already fits in the budget. Three queries."""
    engaged = _sums(Payment.objects.committed().filter(residency=residency, kind=PaymentKind.ALLOWANCE))
    if figures.net < engaged[0] or figures.total < engaged[1]:
        raise Refused(
            _(
                "Des échéances sont déjà engagées pour %(net)s net et %(cost)s de coût total : "
                "le budget ne peut pas être plus bas."
            )
            % {"net": euros(engaged[0]), "cost": euros(engaged[1])},
            code="below_engaged",
            field="total",
        )
    _require_lump_sum(residency, figures.lump_sum)
    _require_trips(residency, figures.trips)


def _sums(rows: QuerySet[Payment]) -> tuple[Decimal, Decimal]:
    """What they pay, and what they cost in all. One query."""
    found = rows.aggregate(net=Sum("amount"), cost=Sum("cost"))
    return nearest(found["net"]), nearest(found["cost"])


def _require_lump_sum(residency: Residency, lump_sum: Decimal) -> None:
    """A lump sum that somebody answered for is the budget's. One query."""
    engaged = Payment.objects.committed().filter(residency=residency, kind=PaymentKind.LUMP_SUM).first()
    if engaged is not None and engaged.amount != lump_sum:
        raise Refused(
            _("Le forfait est déjà engagé pour %(amount)s : renvoyez d'abord ce paiement à l'étape précédente.")
            % {"amount": euros(engaged.amount)},
            code="lump_sum_engaged",
            field="lump_sum",
        )


def _require_trips(residency: Residency, trips: int) -> None:
    claimed = Payment.objects.live().filter(residency=residency, kind=PaymentKind.TRIP).count()
    if trips < claimed:
        raise Refused(
            _("%(n)d voyages sont déjà demandés : gardez-en au moins autant.") % {"n": claimed},
            code="trips_claimed",
            field="trips",
        )


# What falls due ------------------------------------------------------------------------------


def schedule(*, by: User, residency: Residency, dates: Sequence[date], label: str = "") -> list[Payment]:
    """Share what the budget has left to plan between these days, net and whole cost both to the cent.

    The first time, all of the allowance: 4 × 3 000. ``Refused`` when nothing is left to plan.
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        days = sorted(dates)
        if not days:
            raise Refused(_("Donnez au moins une date d'échéance."), code="empty")
        if len(days) > MOST_DATES:
            raise Refused(_("Un échéancier compte au plus %(n)d dates.") % {"n": MOST_DATES}, code="too_many")
        if len(set(days)) != len(days):
            raise Refused(_("Deux échéances ont la même date : gardez-en une, ou changez l'autre."), code="twice")
        for day in days:
            require_reach(locked.season, day)
        net, cost = left_to_plan(locked)
        made = []
        name = label.strip()
        for n, (day, amount, whole) in enumerate(
            zip(days, split(net, [1] * len(days)), split(cost, [1] * len(days)), strict=True),
            start=1,
        ):
            if not amount:
                raise Refused(_("Il y a plus de dates que de centimes à répartir."), code="too_many")
            row = Payment(
                season=locked.season,
                residency=locked,
                kind=PaymentKind.ALLOWANCE,
                label=_numbered(name, n, len(days)),
                payee=payee_of(locked),
                amount=amount,
                cost=whole,
                due_on=day,
            )
            row.full_clean()
            row.save()
            made.append(row)
        journal.record(
            by=by,
            verb="money.scheduled",
            target=locked,
            data={"payments": [str(row.uuid) for row in made], "net": str(net), "cost": str(cost)},
        )
        return made


def left_to_plan(residency: Residency) -> tuple[Decimal, Decimal]:
    """Net and whole cost that no live instalment holds yet. In a transaction. ``Refused`` when there is none."""
    budget = budget_of(residency)
    planned, whole = _sums(Payment.objects.live().filter(residency=residency, kind=PaymentKind.ALLOWANCE))
    net, cost = budget.net - planned, budget.total - whole
    if not budget.net:
        raise Refused(_("Donnez d'abord le budget de la résidence : l'allocation est à zéro."), code="no_budget")
    if net <= 0:
        raise Refused(
            _("Toute l'allocation est déjà dans l'échéancier : annulez une échéance pour la replacer."),
            code="nothing_left",
        )
    if cost < net:
        raise Refused(
            _(
                "Il reste %(net)s net à planifier, mais seulement %(cost)s de coût total : "
                "corrigez le budget, ou les échéances déjà prévues."
            )
            % {"net": euros(net), "cost": euros(max(cost, ZERO))},
            code="uneven",
        )
    return net, cost


def plan_lump_sum(*, by: User, residency: Residency, due_on: date | None = None) -> Payment:
    """Plan the net lump sum for travel on the territory, once (rules.md 11)."""
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        if due_on is not None:
            require_reach(locked.season, due_on, field="due_on")
        budget = budget_of(locked)
        if not budget.lump_sum:
            raise Refused(_("Le budget de cette résidence ne prévoit pas de forfait."), code="no_lump_sum")
        if Payment.objects.live().filter(residency=locked, kind=PaymentKind.LUMP_SUM).exists():
            raise Refused(
                _(
                    "Le forfait de cette résidence est déjà prévu : changez sa date, "
                    "ou annulez-le pour le prévoir autrement."
                ),
                code="already",
            )
        with override("fr"):
            label = _("Forfait pour les trajets sur le territoire")
        row = Payment(
            season=locked.season,
            residency=locked,
            kind=PaymentKind.LUMP_SUM,
            label=label,
            payee=payee_of(locked),
            amount=budget.lump_sum,
            cost=budget.lump_sum,
            due_on=due_on,
        )
        row.full_clean()
        row.save()
        journal.record(by=by, verb="money.lump_sum_planned", target=locked, data=payment_data(row))
        return row


@dataclass(frozen=True)
class Expense:
    """What a payment says, where somebody types it."""

    label: str
    payee: str
    amount: Decimal
    cost: Decimal | None = None
    due_on: date | None = None

    @property
    def whole(self) -> Decimal:
        return self.amount if self.cost is None else self.cost


def add_expense(*, by: User, season: Season, expense: Expense, residency: Residency | None = None) -> Payment:
    """An expense of the season, or of one of its residencies: a venue, a print, a coach."""
    with transaction.atomic():
        if residency is None:
            held = lock_season(season)
            locked = None
        else:
            locked = lock_residency(residency)
            held = locked.season
            if locked.season_id != season.pk:
                raise Refused(_("Cette résidence est d'une autre saison."), code="foreign", field="residency")
        require_desk(by, held.programme.territory)
        row = Payment(season=held, residency=locked, kind=PaymentKind.OTHER)
        fill(row, expense)
        row.full_clean()
        row.save()
        journal.record(by=by, verb="money.expense_added", target=locked or held, data=payment_data(row))
        return row


def require_in_budget(payment: Payment) -> None:
    """The schedule with this instalment stays under the ceiling, and the lump sum is the budget's.

    In a transaction, the residency locked.
    """
    if payment.residency is None or payment.kind not in (PaymentKind.ALLOWANCE, PaymentKind.LUMP_SUM):
        return
    budget = budget_of(payment.residency)
    if payment.kind == PaymentKind.LUMP_SUM:
        if payment.amount != budget.lump_sum:
            raise Refused(
                _("Le budget donne un forfait de %(amount)s : changez-le d'abord dans le budget de la résidence.")
                % {"amount": euros(budget.lump_sum)},
                code="not_the_lump_sum",
                field="amount",
            )
        return
    others = Payment.objects.live().filter(residency=payment.residency, kind=PaymentKind.ALLOWANCE)
    _net, cost = _sums(others.exclude(pk=payment.pk))
    hold(rules.within_ceiling(cost + payment.cost, budget.ceiling), "cost")


def require_left(payment: Payment) -> None:
    """What is engaged already leaves room in the budget for this instalment: a schedule planned twice stops here.

    In a transaction, the residency locked. Three queries at most.
    """
    if payment.residency is None or payment.kind not in (PaymentKind.ALLOWANCE, PaymentKind.LUMP_SUM):
        return
    require_in_budget(payment)
    if payment.kind == PaymentKind.LUMP_SUM:
        return
    budget = budget_of(payment.residency)
    others = Payment.objects.committed().filter(residency=payment.residency, kind=PaymentKind.ALLOWANCE)
    net, cost = _sums(others.exclude(pk=payment.pk))
    if net + payment.amount > budget.net or cost + payment.cost > budget.total:
        raise Refused(
            _(
                "Avec cette échéance, l'allocation engagée serait de %(net)s net et %(cost)s de coût total : plus que "
                "le budget de la résidence. Corrigez le budget, ou annulez une échéance."
            )
            % {"net": euros(net + payment.amount), "cost": euros(cost + payment.cost)},
            code="over_budget",
        )


def fill(row: Payment, expense: Expense) -> None:
    """Write what was typed in the row. ``Refused`` for nothing to pay, or a day far from the season."""
    if expense.amount <= 0:
        raise Refused(_("Donnez un montant au-dessus de zéro."), code="nothing", field="amount")
    if expense.due_on is not None and expense.due_on != row.due_on:
        require_reach(row.season, expense.due_on, field="due_on")
    row.label, row.payee = " ".join(expense.label.split()), " ".join(expense.payee.split())
    row.amount, row.cost, row.due_on = expense.amount, expense.whole, expense.due_on


def payee_of(residency: Residency) -> str:
    """Who receives the money: the employer, or the artist."""
    return residency.employer or residency.artist_name


def payment_data(payment: Payment) -> dict[str, object]:
    """What the journal keeps: no words, no name."""
    return {
        "payment": str(payment.uuid),
        "kind": str(payment.kind),
        "state": str(payment.state),
        "amount": str(payment.amount),
        "cost": str(payment.cost),
        "due_on": payment.due_on.isoformat() if payment.due_on else None,
    }


def _numbered(label: str, n: int, count: int) -> str:
    with override("fr"):
        if count == 1:
            return label or _("Allocation de résidence")
        return _("%(label)s, échéance %(n)d sur %(count)d") % {
            "label": label or _("Allocation de résidence"),
            "n": n,
            "count": count,
        }


def _told(budget: ResidencyBudget) -> dict[str, object]:
    names = ("net", "gross", "charges", "total", "ceiling", "lump_sum")
    told = {name: str(value) if (value := getattr(budget, name)) is not None else None for name in names}
    return told | {"trips": budget.trips, "version": budget.version}


def hold(verdict: Verdict, field: str = "") -> None:
    """Raise ``Refused`` beside this field unless it is allowed."""
    if not verdict:
        raise Refused(verdict.reason, code=verdict.code, field=field)


def _stale() -> StaleWrite:
    return StaleWrite(
        _("Ce budget a changé pendant que vous l'écriviez. Rien n'est enregistré : relisez, puis recommencez."),
        code="stale",
    )
