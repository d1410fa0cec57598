"""The total of a reading: one figure out of 20, from notes of any scale. Pure arithmetic, exact.

    total = 20 × Σ (weight × note / maximum) / Σ weight

rounded to the hundredth, half up. The figure that is shown is the figure that counts: a mean of the
ranking can be made again by hand from the totals on the page. ``static/js/review.js`` computes the
same, in integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

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
    exact = sum((Fraction(weight * value, maximum) for weight, maximum, value in noted), Fraction(0))
    return Partial(rounded(exact * OUT_OF / weights), len(noted), len(rows))


def rounded(exact: Fraction) -> Decimal:
    """A fraction to the hundredth, half up, without passing by a binary float."""
    hundredths = (exact * 200 + 1) // 2
    return (Decimal(hundredths) / 100).quantize(HUNDREDTH, ROUND_HALF_UP)
