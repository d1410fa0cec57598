"""Who pays for what: shares of funders against what a season costs. Pure: figures already read.

What a residency costs is charged to its own funders, in proportion of what each planned to bring. A residency
without a share, and the expenses of the whole season, are charged to the shares given to the season. Without
any of these either, the cost has no funder, and stays on a line of its own. No cent is lost or made: each row
and each column of the grid adds up to what was paid, committed and planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import reduce

from residencies.methods.cents import split

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Amounts:
    """Euros. What a funder brings (``planned``, of which ``committed`` was notified, ``received`` came in); what
    it pays for (``cost`` foreseen, of which ``engaged`` is owed, ``spent`` went out)."""

    planned: Decimal = ZERO
    committed: Decimal = ZERO
    received: Decimal = ZERO
    cost: Decimal = ZERO
    engaged: Decimal = ZERO
    spent: Decimal = ZERO

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.planned + other.planned,
            self.committed + other.committed,
            self.received + other.received,
            self.cost + other.cost,
            self.engaged + other.engaged,
            self.spent + other.spent,
        )

    @property
    def left(self) -> Decimal:
        """Of what is planned, what was not paid out. Below zero: more was paid than planned."""
        return self.planned - self.spent

    @property
    def free(self) -> Decimal:
        """Of what is planned, what no payment is foreseen for."""
        return self.planned - self.cost

    @property
    def awaited(self) -> Decimal:
        """Of what is planned, what has not come in."""
        return self.planned - self.received

    @property
    def is_empty(self) -> bool:
        return self == Amounts()


def total(rows: Iterable[Amounts]) -> Amounts:
    return reduce(lambda one, other: one + other, rows, Amounts())


@dataclass(frozen=True)
class Share:
    """What a funder brings to a residency, or to the season (``residency`` ``None``)."""

    funder: int
    residency: int | None
    planned: Decimal = ZERO
    committed: Decimal = ZERO
    received: Decimal = ZERO


@dataclass(frozen=True)
class Cost:
    """What a residency costs, or the season as a whole: ``cost`` holds ``engaged``, which holds ``spent``."""

    cost: Decimal = ZERO
    engaged: Decimal = ZERO
    spent: Decimal = ZERO


class Doubt(StrEnum):
    SHORT = "short"  # the shares do not reach what it may cost
    OVER = "over"  # they go beyond
    UNNOTIFIED = "unnotified"  # more is owed than was notified
    ADVANCED = "advanced"  # more was paid than came in


@dataclass(frozen=True)
class Warning:
    """Something to look at: of a residency, of the season's own part (``None``), or of all (``whole``)."""

    doubt: Doubt
    residency: int | None
    amount: Decimal
    whole: bool = False


@dataclass(frozen=True)
class Line:
    """A funder (``key`` ``None``: nobody) or a residency (``None``: the season), its amounts, what it may cost."""

    key: int | None
    amounts: Amounts
    need: Decimal = ZERO


@dataclass(frozen=True)
class Grid:
    """Every amount by funder and by residency."""

    funders: tuple[Line, ...]
    residencies: tuple[Line, ...]
    cells: Mapping[tuple[int | None, int | None], Amounts] = field(default_factory=dict)
    total: Amounts = Amounts()
    need: Decimal = ZERO
    warnings: tuple[Warning, ...] = ()

    def cell(self, funder: int | None, residency: int | None) -> Amounts:
        return self.cells.get((funder, residency), Amounts())


def _weights(shares: Sequence[Share]) -> list[tuple[int, Decimal]]:
    """Planned shares; the notified ones where nothing was planned. Nothing where no share holds anything."""
    for name in ("planned", "committed"):
        found: dict[int, Decimal] = {}
        for share in shares:
            found[share.funder] = found.get(share.funder, ZERO) + getattr(share, name)
        if sum(found.values()) > 0:
            return list(found.items())
    return []


def charge(cost: Cost, weights: Sequence[tuple[int, Decimal]]) -> list[Cost]:
    """A cost split between funders. What is spent, then owed, then foreseen are split apart: the parts hold one
    another as the wholes do, and each adds up to its whole."""
    of = [weight for _funder, weight in weights]
    spent = split(cost.spent, of)
    owed = split(cost.engaged - cost.spent, of)
    rest = split(cost.cost - cost.engaged, of)
    return [Cost(a + b + c, a + b, a) for a, b, c in zip(spent, owed, rest, strict=True)]


def plan(
    funders: Sequence[int],
    needs: Mapping[int, Decimal],
    shares: Iterable[Share],
    costs: Mapping[int | None, Cost],
) -> Grid:
    """The grid. ``needs``: what each residency may cost, by its budget; all residencies are there, in their order."""
    by_residency: dict[int | None, list[Share]] = {key: [] for key in [*needs, None]}
    for share in shares:
        by_residency[share.residency].append(share)
    cells: dict[tuple[int | None, int | None], Amounts] = {}
    for key, rows in by_residency.items():
        for row in rows:
            brought = Amounts(planned=row.planned, committed=row.committed, received=row.received)
            cells[row.funder, key] = cells.get((row.funder, key), Amounts()) + brought
    general = _weights(by_residency[None])
    on_general: list[int | None] = []
    for key in by_residency:
        own = _weights(by_residency[key]) if key is not None else []
        weights = own or general
        if not own:
            on_general.append(key)
        cost = costs.get(key, Cost())
        for funder, part in (
            zip([name for name, _weight in weights], charge(cost, weights), strict=True) if weights else [(None, cost)]
        ):
            paid = Amounts(cost=part.cost, engaged=part.engaged, spent=part.spent)
            if not paid.is_empty:
                cells[funder, key] = cells.get((funder, key), Amounts()) + paid
    season_need = costs.get(None, Cost()).cost
    need: dict[int | None, Decimal] = {key: max(amount, costs.get(key, Cost()).cost) for key, amount in needs.items()}
    need[None] = season_need
    everyone: list[int | None] = [*funders]
    if any(funder is None for funder, _key in cells):
        everyone.append(None)
    grid = Grid(
        funders=tuple(Line(one, total(v for (f, _r), v in cells.items() if f == one)) for one in everyone),
        residencies=tuple(
            Line(one, total(v for (_f, r), v in cells.items() if r == one), need[one]) for one in by_residency
        ),
        cells=cells,
        total=total(cells.values()),
        need=sum(need.values(), ZERO),
    )
    return replace(grid, warnings=tuple(_warnings(grid, set(on_general))))


def _warnings(grid: Grid, on_general: set[int | None]) -> Iterable[Warning]:
    """Residencies with shares of their own, one by one; the others with the season's part, together."""
    pooled_need = pooled = ZERO
    for line in grid.residencies:
        if line.key in on_general:
            pooled_need += line.need
            pooled += line.amounts.planned
            continue
        yield from _gap(line.key, line.need, line.amounts.planned)
        if line.amounts.engaged > line.amounts.committed:
            yield Warning(Doubt.UNNOTIFIED, line.key, line.amounts.engaged - line.amounts.committed)
    if None in on_general:
        yield from _gap(None, pooled_need, pooled)
    if grid.total.spent > grid.total.received:
        yield Warning(Doubt.ADVANCED, None, grid.total.spent - grid.total.received, whole=True)


def _gap(key: int | None, need: Decimal, planned: Decimal) -> Iterable[Warning]:
    if planned < need:
        yield Warning(Doubt.SHORT, key, need - planned)
    elif planned > need:
        yield Warning(Doubt.OVER, key, planned - need)
