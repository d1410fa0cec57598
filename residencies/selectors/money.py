"""Reading money: what a residency costs and is paid, the payments of a season. Nothing here writes."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from candidatures.enums import PeriodKind
from candidatures.models import BudgetLine, MoneyRules, Season
from residencies.enums.money import LIVE_PAYMENTS, PaymentKind, PaymentState
from residencies.methods.cents import CENT, ZERO
from residencies.models import Payment, Residency, ResidencyBudget
from residencies.selectors.paper_facts import money_of as rules_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from clea.accounts.models import User

_WITH = ("residency", "season__programme__territory", "checked_by", "approved_by")


# The budget ----------------------------------------------------------------------------------


def default_budget(residency: Residency, rules: MoneyRules | None) -> ResidencyBudget:
    """What the call says, unsaved. The artist's own budget gives gross and charges when it says the same net.

    Two queries at most: no social contribution is computed (rules.md 10).
    """
    budget = ResidencyBudget(residency=residency)
    if rules is None:
        return budget
    budget.net = rules.net_allowance or ZERO
    budget.gross, budget.charges, budget.total = budget.net, ZERO, budget.net
    budget.ceiling = rules.employer_ceiling
    budget.lump_sum = rules.travel_lump_sum or ZERO
    budget.trips = rules.return_trips
    if residency.application_id and budget.net:
        _take_dossier(budget, residency.application_id)
    return budget


def _take_dossier(budget: ResidencyBudget, application: int) -> None:
    """The four figures of the dossier, when they hold together and under the ceiling. One query."""
    sums = BudgetLine.objects.filter(application=application).aggregate(
        net=Sum("net"), gross=Sum("gross"), charges=Sum("employer_charges"), total=Sum("total")
    )
    if any(value is None for value in sums.values()):
        return
    # SQLite adds floating numbers: the sum of cents is the nearest cent.
    net, gross, charges, total = (sums[name].quantize(CENT) for name in ("net", "gross", "charges", "total"))
    if net == budget.net <= gross and gross + charges == total and total <= (budget.ceiling or total):
        budget.gross, budget.charges, budget.total = gross, charges, total


def budget_seen(residency: Residency) -> ResidencyBudget:
    """The budget as it stands, or as it would be copied from the call. One to three queries."""
    found = ResidencyBudget.objects.filter(residency=residency).first()
    return found if found is not None else default_budget(residency, rules_of(residency))


# One residency -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sums:
    """What goes out (``amount``) and what it costs in all (``cost``), and of that what is paid."""

    amount: Decimal = ZERO
    cost: Decimal = ZERO
    paid: Decimal = ZERO
    paid_cost: Decimal = ZERO
    count: int = 0

    @property
    def left(self) -> Decimal:
        return self.amount - self.paid

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.amount + other.amount,
            self.cost + other.cost,
            self.paid + other.paid,
            self.paid_cost + other.paid_cost,
            self.count + other.count,
        )


def sums(payments: Iterable[Payment]) -> Sums:
    """Of those that are neither refused nor cancelled."""
    found = Sums()
    for one in payments:
        if one.state not in LIVE_PAYMENTS:
            continue
        gone = one.state == PaymentState.PAID
        found += Sums(one.amount, one.cost, one.amount if gone else ZERO, one.cost if gone else ZERO, 1)
    return found


def goes_to_artist(payment: Payment) -> bool:
    """An expense of a residency may go to somebody else: that is not its artist's money. No query."""
    if payment.residency is None:
        return False
    return payment.kind != PaymentKind.OTHER or payment.payee in (
        payment.residency.employer,
        payment.residency.artist_name,
    )


@dataclass(frozen=True)
class Money:
    """All the money of a residency. ``budget`` is unsaved until something needs it."""

    residency: Residency
    budget: ResidencyBudget
    rules: MoneyRules | None
    payments: list[Payment]
    instalments: list[Payment] = field(default_factory=list)
    lump_sums: list[Payment] = field(default_factory=list)
    trips: list[Payment] = field(default_factory=list)
    others: list[Payment] = field(default_factory=list)

    @property
    def allowance(self) -> Sums:
        return sums(self.instalments)

    @property
    def lump_sum(self) -> Sums:
        return sums(self.lump_sums)

    @property
    def travel(self) -> Sums:
        return sums(self.trips)

    @property
    def other(self) -> Sums:
        return sums(self.others)

    @property
    def total(self) -> Sums:
        return sums(self.payments)

    @property
    def theirs(self) -> list[Payment]:
        """What goes to the artists or their employer."""
        return [one for one in self.payments if goes_to_artist(one)]

    @property
    def others_theirs(self) -> list[Payment]:
        return [one for one in self.others if goes_to_artist(one)]

    @property
    def own(self) -> Sums:
        """The sum of what goes to them."""
        return sums(self.theirs)

    @property
    def own_other(self) -> Sums:
        return sums(self.others_theirs)

    @property
    def net_gap(self) -> Decimal:
        """What the schedule lacks of the net allowance; below zero, what it has too much."""
        return self.budget.net - self.allowance.amount

    @property
    def cost_gap(self) -> Decimal:
        """What the schedule lacks of the whole cost; below zero, what it has too much."""
        return self.budget.total - self.allowance.cost

    @property
    def uneven(self) -> bool:
        """A schedule exists, and its sum is not the budget's."""
        return bool(self.allowance.count) and bool(self.net_gap or self.cost_gap)

    @property
    def charges_missing(self) -> bool:
        """Nobody said the gross and the charges yet: the whole cost is the net, which no employer pays."""
        return bool(self.budget.net) and self.budget.total == self.budget.net

    @property
    def rules_changed(self) -> bool:
        """The call says otherwise than what was copied."""
        if self.rules is None or self.budget.pk is None:
            return False
        said = (self.rules.employer_ceiling, self.rules.travel_lump_sum or ZERO, self.rules.return_trips)
        return said != (self.budget.ceiling, self.budget.lump_sum, self.budget.trips)

    @property
    def room(self) -> Decimal | None:
        """What is left under the ceiling."""
        return None if self.budget.ceiling is None else self.budget.ceiling - self.budget.total


def money_of(residency: Residency) -> Money:
    """Budget, schedule, lump sum, trips, other expenses. Four queries at most, however many payments."""
    budget = ResidencyBudget.objects.filter(residency=residency).first()
    rules = rules_of(residency)
    payments = list(Payment.objects.filter(residency=residency).select_related("checked_by", "approved_by", "trip"))
    for one in payments:
        one.residency, one.season = residency, residency.season
    by_kind: dict[str, list[Payment]] = {kind: [] for kind in PaymentKind}
    for one in payments:
        by_kind[one.kind].append(one)
    return Money(
        residency=residency,
        budget=budget if budget is not None else default_budget(residency, rules),
        rules=rules,
        payments=payments,
        instalments=by_kind[PaymentKind.ALLOWANCE],
        lump_sums=by_kind[PaymentKind.LUMP_SUM],
        trips=by_kind[PaymentKind.TRIP],
        others=by_kind[PaymentKind.OTHER],
    )


def usual_count(money: Money) -> int:
    """How many instalments the call speaks of."""
    return (money.rules.allowance_months if money.rules is not None else None) or 4


def suggested_dates(residency: Residency, count: int) -> list[date]:
    """The ends of months from the first phase on, or from the first day of presence. One query."""
    periods = sorted((row.kind != PeriodKind.PHASE, row.starts_on) for row in residency.periods.all())
    if not periods:
        return []
    start = periods[0][1]
    months = [start.year * 12 + start.month - 1 + n for n in range(count)]
    return [date(month // 12, month % 12 + 1, monthrange(month // 12, month % 12 + 1)[1]) for month in months]


# One season ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Which payments of a season to show."""

    state: str = ""
    kind: str = ""
    residency: str = ""
    late: bool = False

    def __bool__(self) -> bool:
        return bool(self.state or self.kind or self.residency or self.late)


#: What waits for nobody's claim and is not paid yet.
DUE_STATES = (PaymentState.PLANNED, PaymentState.CHECKED, PaymentState.APPROVED)


def late(today: date) -> Q:
    """Due before today, and not paid."""
    return Q(due_on__lt=today, state__in=DUE_STATES)


def payments(season: Season, wanted: Wanted | None = None, *, today: date | None = None) -> QuerySet[Payment]:
    """The payments of the season, its own expenses too, the next due first. One query when read."""
    wanted = wanted or Wanted()
    rows = Payment.objects.filter(season=season).select_related(*_WITH)
    if wanted.state in PaymentState.values:
        rows = rows.filter(state=wanted.state)
    if wanted.kind in PaymentKind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.residency == "saison":
        rows = rows.filter(residency=None)
    elif wanted.residency:
        rows = rows.filter(residency__slug=wanted.residency)
    if wanted.late and today is not None:
        rows = rows.filter(late(today))
    return rows.order_by("due_on", "claimed_at", "pk")


@dataclass(frozen=True)
class StateLine:
    state: PaymentState
    count: int
    amount: Decimal
    cost: Decimal


def by_state(found: Iterable[Payment]) -> list[StateLine]:
    """One line a state that occurs, in the order a payment goes through them."""
    rows = list(found)
    lines = []
    for state in PaymentState:
        some = [one for one in rows if one.state == state]
        if some:
            lines.append(
                StateLine(state, len(some), sum((o.amount for o in some), ZERO), sum((o.cost for o in some), ZERO))
            )
    return lines


def artists_of(residency: Residency) -> list[User]:
    """The accounts of those who run it. One query."""
    rows = residency.artists.filter(left_at=None).exclude(user=None).select_related("user").order_by("pk")
    return [row.user for row in rows if row.user is not None]
