"""The total of a reading: one figure out of 20, from notes of any scale. Pure arithmetic, exact.

    total = 20 × Σ (weight × note / maximum) / Σ weight

rounded to the hundredth, half up. The figure that is shown is the figure that counts: a mean of the
ranking can be made again by hand from the totals on the page. ``static/js/review.js`` computes the
same, in integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import lcm, sqrt

OUT_OF = 20
HUNDREDTH = Decimal("0.01")

#: Weight of the criterion, its maximum, and the note given or ``None``.
Scored = tuple[int, int, int | None]


@dataclass(frozen=True)
class Partial:
    """Where a reading stands: the total of the criteria noted so far, how many, of how many."""

    value: Decimal | None
    noted: int
    criteria: int

    @property
    def complete(self) -> bool:
        return self.criteria > 0 and self.noted == self.criteria


def total(scores: Iterable[Scored]) -> Decimal | None:
    """The weighted total out of 20; ``None`` while a note is missing, or without criteria."""
    standing = partial(scores)
    return standing.value if standing.complete else None


def partial(scores: Iterable[Scored]) -> Partial:
    """The same total over the criteria already noted: what a juror sees while scoring."""
    rows = list(scores)
    noted = [(weight, maximum, value) for weight, maximum, value in rows if value is not None]
    weights = sum(weight for weight, _maximum, _value in noted)
    if not weights:
        return Partial(None, len(noted), len(rows))
    scale = lcm(*(maximum for _weight, maximum, _value in noted))
    points = sum(weight * value * (scale // maximum) for weight, maximum, value in noted)
    return Partial(rounded(OUT_OF * points, scale * weights), len(noted), len(rows))


def mean(values: Sequence[Decimal | int]) -> Decimal | None:
    """Of totals or of notes, to the hundredth; nothing without any."""
    return rounded(sum(map(hundredths, values)), 100 * len(values)) if values else None


def deviation(values: Sequence[Decimal]) -> Decimal | None:
    """The standard deviation of totals, to the hundredth; it takes two of them."""
    n = len(values)
    if n < 2:
        return None
    whole = [hundredths(value) for value in values]
    apart = n * sum(value * value for value in whole) - sum(whole) ** 2
    return Decimal(f"{sqrt(apart / (n * (n - 1))) / 100:.10f}").quantize(HUNDREDTH, ROUND_HALF_UP)


def hundredths(value: Decimal | int) -> int:
    """A total or a note in hundredths, which hold it exactly."""
    return int(value * 100)


def rounded(above: int, below: int) -> Decimal:
    """``above`` over ``below`` to the hundredth, half up, in integers: a binary float is never there."""
    return Decimal((200 * above + below) // (2 * below)).scaleb(-2)
