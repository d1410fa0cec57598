"""The financing plan of a season, as pages and sheets read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import CharField, DecimalField, Value
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.ui.dates import euros
from residencies.enums.money import COMMITTED_PAYMENTS, PaymentState
from residencies.methods import funding as methods
from residencies.methods.funding import Amounts, Cost, Doubt, Grid, Share, Warning
from residencies.models import Funder, FundingShare, Payment, Residency

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class PlanLine:
    """A funder, or a residency, and what is brought and paid for it. ``parts``: the same, along the other axis."""

    label: str
    amounts: Amounts
    parts: tuple[Amounts, ...]
    row: Funder | Residency | None = None
    need: Decimal = methods.ZERO

    @property
    def planned(self) -> Decimal:
        return self.amounts.planned

    @property
    def committed(self) -> Decimal:
        return self.amounts.committed

    @property
    def received(self) -> Decimal:
        return self.amounts.received

    @property
    def spent(self) -> Decimal:
        return self.amounts.spent

    @property
    def left(self) -> Decimal:
        return self.amounts.left


@dataclass(frozen=True)
class FundingPlan:
    """The whole plan. The lines by funder and by residency add up to ``total``, and so do their parts."""

    season: Season
    funders: tuple[PlanLine, ...]
    residencies: tuple[PlanLine, ...]
    total: Amounts
    need: Decimal
    warnings: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return self.total.is_empty and not self.need


def plan_of(season: Season) -> FundingPlan:
    """Planned, notified, received, and what is foreseen, owed, paid; by funder and by residency. Four queries."""
    territory = season.programme.territory_id
    funders = list(Funder.objects.filter(territory=territory).order_by("position", "name"))
    residencies = list(Residency.objects.filter(season=season).select_related("budget").order_by("artist_name", "pk"))
    shares = [
        Share(row.funder_id, row.residency_id, row.planned, row.committed, row.received)
        for row in FundingShare.objects.filter(season=season)
    ]
    grid = methods.plan(
        [row.pk for row in funders], {row.pk: _need(row) for row in residencies}, shares, costs_of(season)
    )
    return _told(season, funders, residencies, grid)


def total_of(season: Season) -> Amounts:
    """What the whole plan comes to, without its lines. One query."""
    brought = FundingShare.objects.filter(season=season).order_by()
    paid = Payment.objects.filter(season=season).live().order_by()
    # A share has no state, and a payment one amount.
    shares = brought.values_list(Value("", output_field=CharField()), "planned", "committed", "received")
    none = Value(methods.ZERO, output_field=DecimalField())
    found = Amounts()
    for state, amount, committed, received in shares.union(paid.values_list("state", "cost", none, none), all=True):
        if state:
            cost = _cost(state, amount)
            found += Amounts(cost=cost.cost, engaged=cost.engaged, spent=cost.spent)
        else:
            found += Amounts(planned=amount, committed=committed, received=received)
    return found


def _need(residency: Residency) -> Decimal:
    """The whole employer cost and the lump sum; nothing while it has no budget."""
    budget = getattr(residency, "budget", None)
    return methods.ZERO if budget is None else budget.total + budget.lump_sum


def costs_of(season: Season) -> dict[int | None, Cost]:
    """What the payments of each residency cost, added in decimals rather than by the database. One query."""
    found: dict[int | None, Cost] = {}
    rows = Payment.objects.filter(season=season).live().order_by().values_list("residency_id", "state", "cost")
    for residency, state, amount in rows:
        known, cost = found.get(residency, Cost()), _cost(state, amount)
        found[residency] = Cost(known.cost + cost.cost, known.engaged + cost.engaged, known.spent + cost.spent)
    return found


def _cost(state: str, amount: Decimal) -> Cost:
    """A payment: what is foreseen, of which what is owed, and what went out."""
    owed, out = state in COMMITTED_PAYMENTS, state == PaymentState.PAID
    return Cost(amount, amount if owed else methods.ZERO, amount if out else methods.ZERO)


def _told(season: Season, funders: list[Funder], residencies: list[Residency], grid: Grid) -> FundingPlan:
    by_funder: dict[int | None, Funder] = {row.pk: row for row in funders}
    by_residency: dict[int | None, Residency] = {row.pk: row for row in residencies}
    seasonal = _("Toute la saison")
    columns = [line for line in grid.residencies if line.key is not None or not line.amounts.is_empty]
    return FundingPlan(
        season=season,
        funders=tuple(
            PlanLine(
                by_funder[line.key].name if line.key is not None else _("Sans financeur"),
                line.amounts,
                tuple(grid.cell(line.key, column.key) for column in columns),
                by_funder.get(line.key),
            )
            for line in grid.funders
        ),
        residencies=tuple(
            PlanLine(
                by_residency[line.key].artist_name if line.key is not None else seasonal,
                line.amounts,
                tuple(grid.cell(funder.key, line.key) for funder in grid.funders),
                by_residency.get(line.key),
                line.need,
            )
            for line in columns
        ),
        total=grid.total,
        need=grid.need,
        warnings=tuple(_sentences(grid, by_residency)),
    )


def _sentences(grid: Grid, residencies: dict[int | None, Residency]) -> Iterator[str]:
    orphan = sum((one.amounts.cost for one in grid.funders if one.key is None), methods.ZERO)
    if orphan:
        yield _("%(amount)s de dépenses n'ont pas de financeur.") % {"amount": euros(orphan)}
    for warning in grid.warnings:
        yield _sentence(warning, residencies.get(warning.residency))


def _sentence(warning: Warning, residency: Residency | None) -> str:
    told = {"amount": euros(warning.amount), "residency": residency.artist_name if residency is not None else ""}
    if warning.doubt == Doubt.ADVANCED:
        words = _("Le territoire avance %(amount)s : plus a été payé que reçu.")
    elif warning.doubt == Doubt.UNNOTIFIED:
        words = _("%(residency)s : %(amount)s sont engagés au-delà de ce qui est notifié.")
    elif residency is None and warning.doubt == Doubt.SHORT:
        words = _("Toute la saison : il manque %(amount)s pour ses dépenses et les résidences sans part.")
    elif residency is None:
        words = _("Toute la saison : les parts dépassent de %(amount)s ses dépenses et les résidences sans part.")
    elif warning.doubt == Doubt.SHORT:
        words = _("%(residency)s : il manque %(amount)s pour couvrir son budget.")
    else:
        words = _("%(residency)s : les parts dépassent son budget de %(amount)s.")
    return words % told
