"""Answers of structures added up, and withheld while they are too few to stay anonymous. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

#: Below, nothing of what was said is shown: who answered could be guessed.
FEWEST = 5
SCALE = range(1, 6)


@dataclass(frozen=True)
class Answers:
    """The answers to one question: how many for each note from 1 to 5, and their mean to the tenth.

    ``counts`` empty: fewer than :data:`FEWEST` answered it.
    """

    counts: tuple[int, ...] = ()
    mean: Decimal | None = None

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def shown(self) -> bool:
        return bool(self.counts)


def answers(values: Sequence[int]) -> Answers:
    """What may be said of these notes."""
    if len(values) < FEWEST:
        return Answers()
    counted = Counter(values)
    mean = (Decimal(sum(values)) / len(values)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Answers(tuple(counted[note] for note in SCALE), mean)


def showable(sizes: Mapping[int, int], total: int) -> set[int]:
    """The slices that may be shown beside the whole: neither they nor what is left of it are fewer than the least.

    A slice of six in a whole of eight would say what the two others answered; so would two slices of six in a
    whole of fourteen: the smallest shown goes, until what is left is nobody, or enough of them.
    """
    kept = {key for key, size in sizes.items() if size >= FEWEST}
    while kept and 0 < total - sum(sizes[key] for key in kept) < FEWEST:
        kept.discard(min(kept, key=lambda key: (sizes[key], key)))
    return {key for key in kept if not 0 < total - sizes[key] < FEWEST}


def mixed(words: Iterable[str]) -> list[str]:
    """In an order that tells nothing of who wrote when."""
    return sorted((text.strip() for text in words if text.strip()), key=str.casefold)
