"""Sets of artists for the positions: every possible set is looked at. Figures in, figures out.

Each want has a value between 0 and 1 for a set:

- scores: 1 for the mean of the best-ranked, 0 for that of the last-ranked, in line between;
- disciplines, origins: the share of pairs of artists that have none in common;
- axes, life stages: the share of them that the set covers.

The value of a set is their mean, weighted by how much the committee cares. What is required, money
included, is a condition: a set that fails it is not shown. What is unknown (no discipline, no
origin) is never counted as different.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum
from itertools import chain, combinations
from math import comb
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Sets looked at, at most: about a second and 100 MB.
LIMIT = 1_000_000
#: Two values closer than this are equal.
_SAME = 1e-9


class Care(IntEnum):
    """How much a want counts. ``REQUIRED`` is a condition, not a weight."""

    NONE = 0
    LITTLE = 1
    SOME = 2
    MUCH = 3
    REQUIRED = 4

    @property
    def weight(self) -> int:
        """Each step counts twice the one before."""
        return {Care.LITTLE: 1, Care.SOME: 2, Care.MUCH: 4}.get(self, 0)


@dataclass(frozen=True)
class Candidate:
    """An artist who may be in a set. ``score`` out of 20, ``cost`` in euros."""

    key: int
    score: Decimal
    disciplines: frozenset[str] = frozenset()
    axes: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    origin: str = ""
    cost: Decimal = Decimal(0)


@dataclass(frozen=True)
class Wants:
    """What the committee wants. ``budget``: the whole set costs no more. ``kept``: in every set;
    ``left_out``: in none. ``apart``: two sets that are shown differ by that many artists at least."""

    size: int
    scores: Care = Care.MUCH
    disciplines: Care = Care.SOME
    axes: Care = Care.LITTLE
    stages: Care = Care.LITTLE
    origins: Care = Care.LITTLE
    budget: Decimal | None = None
    kept: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()
    apart: int = 1
    shown: int = 10

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name in WANTS if getattr(self, name) is Care.REQUIRED)


#: The wants that may be required.
WANTS = ("disciplines", "axes", "stages", "origins")


@dataclass(frozen=True)
class Proposal:
    """A set: who, and what it is worth on each want. ``clashes``: pairs with a discipline in common;
    ``neighbours``: pairs of one origin."""

    members: tuple[Candidate, ...]
    value: float
    mean: Decimal
    lowest: Decimal
    disciplines: frozenset[str]
    clashes: int
    axes: frozenset[str]
    stages: frozenset[str]
    origins: frozenset[str]
    neighbours: int
    cost: Decimal

    @property
    def keys(self) -> frozenset[int]:
        return frozenset(member.key for member in self.members)


@dataclass(frozen=True)
class Choice:
    """What was found. ``plain``: the first of the ranking, whatever the wants. ``blocking``: when no
    set meets every condition, for each how many meet all the others, then how many meet it alone."""

    best: list[Proposal]
    plain: Proposal
    considered: int
    meeting: int
    blocking: dict[str, tuple[int, int]] = field(default_factory=dict)


class CannotEnumerate(ValueError):
    """The sets cannot be looked at, one by one."""


class TooFew(CannotEnumerate):
    def __init__(self, pool: int, size: int) -> None:
        super().__init__(f"{pool} candidates for sets of {size}")
        self.pool, self.size = pool, size


class TooMany(CannotEnumerate):
    """``largest``: how many candidates could be left to choose from."""

    def __init__(self, count: int, pool: int, size: int) -> None:
        super().__init__(f"{count} sets")
        self.count, self.pool, self.size = count, pool, size
        largest = size
        while comb(largest + 1, size) <= LIMIT:
            largest += 1
        self.largest = largest


def choose(candidates: Sequence[Candidate], wants: Wants, *, axes: frozenset[str], stages: frozenset[str]) -> Choice:
    """The best sets under what the committee wants, best first; equal ones by mean, then by cost.

    Candidates come in the order of the ranking, which settles what is still equal. ``axes`` and
    ``stages``: all that a set could cover. Raises :class:`TooFew` or :class:`TooMany`.
    """
    import numpy as np

    free = [n for n, row in enumerate(candidates) if row.key not in wants.kept | wants.left_out]
    kept = [n for n, row in enumerate(candidates) if row.key in wants.kept - wants.left_out]
    draw = wants.size - len(kept)
    if wants.size < 1 or draw < 0 or len(free) < draw or len(candidates) < wants.size:
        raise TooFew(len(free) + len(kept), wants.size)
    count = comb(len(free), draw)
    if count > LIMIT:
        raise TooMany(count, len(free), draw)
    # Places of the members, a line a set; the kept ones are in all.
    sets = np.empty((count, wants.size), dtype=np.int16)
    sets[:, : len(kept)] = kept
    sets[:, len(kept) :] = np.fromiter(
        chain.from_iterable(combinations(free, draw)), dtype=np.int16, count=count * draw
    ).reshape(count, draw)

    figures = _figures(candidates, sets, axes, stages)
    conditions = {name: figures[name] >= 1 - _SAME for name in wants.required}
    if wants.budget is not None:
        conditions["budget"] = figures["cents"] <= int(wants.budget * 100)
    meeting = np.ones(count, dtype=bool)
    for met in conditions.values():
        meeting &= met
    values = _values(figures, wants)

    best = [
        _described([candidates[place] for place in sorted(sets[line].tolist())], float(values[line]), axes, stages)
        for line in _first(sets, meeting, values, figures["scores"], figures["cents"], wants)
    ]
    return Choice(
        best=best,
        plain=weigh(candidates, [row.key for row in candidates[: wants.size]], wants, axes=axes, stages=stages),
        considered=count,
        meeting=int(meeting.sum()),
        blocking={} if meeting.any() else _blocking(conditions),
    )


def weigh(
    candidates: Sequence[Candidate],
    keys: Collection[int],
    wants: Wants,
    *,
    axes: frozenset[str],
    stages: frozenset[str],
) -> Proposal:
    """One set among these candidates, worth what it is worth, conditions met or not.

    Raises ``ValueError`` for nobody, or for somebody who is not a candidate.
    """
    import numpy as np

    places = [n for n, row in enumerate(candidates) if row.key in keys]
    if not places or len(places) != len(set(keys)):
        raise ValueError("not among the candidates")
    figures = _figures(candidates, np.array([places], dtype=np.int16), axes, stages)
    return _described([candidates[place] for place in places], float(_values(figures, wants)[0]), axes, stages)


def _values(figures: dict[str, Any], wants: Wants) -> Any:
    """The mean of the wants' values, by how much each counts."""
    weights = {name: getattr(wants, name).weight for name in ("scores", *WANTS)}
    return sum(weight * figures[name] for name, weight in weights.items()) / (sum(weights.values()) or 1)


def _figures(
    candidates: Sequence[Candidate], sets: NDArray[np.int16], axes: frozenset[str], stages: frozenset[str]
) -> dict[str, Any]:
    """The value of each set on each want, and its cost in cents."""
    import numpy as np

    scores = np.array([float(row.score) for row in candidates])
    ordered = np.sort(scores)[::-1]
    size = sets.shape[1]
    top, bottom = ordered[:size].mean(), ordered[-size:].mean()
    means = scores[sets].mean(axis=1)
    cents = np.array([int(row.cost * 100) for row in candidates], dtype=np.int64)
    return {
        "scores": (means - bottom) / (top - bottom) if top - bottom > _SAME else np.ones(len(sets)),
        "disciplines": _apart(sets, [[bool(a and b and not a & b) for b in _of(candidates, "disciplines")] for a in
                                     _of(candidates, "disciplines")]),
        "origins": _apart(sets, [[bool(a and b and a != b) for b in _of(candidates, "origin")] for a in
                                 _of(candidates, "origin")]),
        "axes": _covered(sets, _of(candidates, "axes"), axes),
        "stages": _covered(sets, _of(candidates, "stages"), stages),
        "cents": cents[sets].sum(axis=1),
    }  # fmt: skip


def _of(candidates: Sequence[Candidate], name: str) -> list[Any]:
    return [getattr(row, name) for row in candidates]


def _apart(sets: NDArray[np.int16], table: list[list[bool]]) -> NDArray[np.float64]:
    """Share of the pairs of each set that are different, by a table of all pairs."""
    import numpy as np

    differ = np.array(table, dtype=np.int32)
    pairs = list(combinations(range(sets.shape[1]), 2))
    if not pairs:
        return np.ones(len(sets))
    total = np.zeros(len(sets), dtype=np.int32)
    for one, other in pairs:
        total += differ[sets[:, one], sets[:, other]]
    return total / len(pairs)


def _covered(sets: NDArray[np.int16], held: Sequence[frozenset[str]], whole: frozenset[str]) -> NDArray[np.float64]:
    """Share of ``whole`` that the members of each set hold together; all of it when there is nothing to cover."""
    import numpy as np

    if not whole:
        return np.ones(len(sets))
    total = np.zeros(len(sets), dtype=np.int32)
    for item in sorted(whole):
        total += np.array([item in mine for mine in held])[sets].any(axis=1)
    return total / len(whole)


def _first(
    sets: NDArray[np.int16],
    meeting: NDArray[np.bool_],
    values: NDArray[np.float64],
    scores: NDArray[np.float64],
    cents: NDArray[np.int64],
    wants: Wants,
) -> list[int]:
    """Lines of the sets to show: the best that is left, far enough from those already shown."""
    import numpy as np

    alive, found = meeting.copy(), list[int]()
    while len(found) < wants.shown and alive.any():
        top = values[alive].max()
        equals = np.flatnonzero(alive & (values >= top - _SAME))
        line = int(equals[np.lexsort((equals, cents[equals], -np.round(scores[equals], 9)))[0]])
        found.append(line)
        common = np.isin(sets, sets[line]).sum(axis=1)
        alive &= common <= wants.size - max(wants.apart, 1)
    return found


def _blocking(conditions: dict[str, NDArray[np.bool_]]) -> dict[str, tuple[int, int]]:
    """For each condition, how many sets meet all the others, and how many meet it alone."""
    import numpy as np

    counts = {}
    for name in conditions:
        others = [met for other, met in conditions.items() if other != name]
        without = int(np.logical_and.reduce(others).sum()) if others else len(conditions[name])
        counts[name] = without, int(conditions[name].sum())
    return counts


def _described(members: list[Candidate], value: float, axes: frozenset[str], stages: frozenset[str]) -> Proposal:
    pairs = list(combinations(members, 2))
    mean = sum((row.score for row in members), Decimal(0)) / len(members)
    return Proposal(
        members=tuple(members),
        value=value,
        mean=mean.quantize(Decimal("0.01"), ROUND_HALF_UP),
        lowest=min(row.score for row in members),
        disciplines=frozenset().union(*(row.disciplines for row in members)),
        clashes=sum(bool(a.disciplines & b.disciplines) for a, b in pairs),
        axes=frozenset().union(*(row.axes for row in members)) & axes,
        stages=frozenset().union(*(row.stages for row in members)) & stages,
        origins=frozenset(row.origin for row in members if row.origin),
        neighbours=sum(bool(a.origin and a.origin == b.origin) for a, b in pairs),
        cost=sum((row.cost for row in members), Decimal(0)),
    )
