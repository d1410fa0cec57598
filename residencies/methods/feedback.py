"""Answers of structures added up, and withheld while they are too few to stay anonymous. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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


def showable(slices: Mapping[int, Collection[int]], whole: Collection[int]) -> set[int]:
    """The slices that may be shown beside the whole: no subtraction between them leaves fewer than the least.

    ``slices``: who is in each; an answer about two residencies is in both. A slice of six in a whole of eight would
    say what the two others answered; so would two slices of six in a whole of fourteen, or a slice of six beside
    five of the same: the smallest shown goes, until what is left is nobody, or enough of them.
    """
    every = frozenset(whole)
    kept = {key: frozenset(among) for key, among in slices.items() if len(among) >= FEWEST}
    while kept and not _apart(list(kept.values()), every):
        del kept[min(kept, key=lambda key: (len(kept[key]), key))]
    return set(kept)


def _apart(kept: Sequence[frozenset[int]], every: frozenset[int]) -> bool:
    """Whether no slice, taken off another that holds it, off the whole, or with all the others, leaves a few."""
    left = [len(every.difference(*kept)), *(len(every - one) for one in kept)]
    left += [len(one - other) for one in kept for other in kept if other < one]
    return not any(0 < count < FEWEST for count in left)


def mixed(words: Iterable[str]) -> list[str]:
    """In an order that tells nothing of who wrote when."""
    return sorted((text.strip() for text in words if text.strip()), key=str.casefold)
