"""Readers mixed: the same people do not always read together, so that their notes can be compared. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from candidatures.methods.assignment import Problem

#: How many other dossiers each one is compared with, in one pass, and how many passes.
_PARTNERS, _PASSES = 16, 4


def mix(problem: Problem, added: dict[int, set[int]]) -> None:
    """Exchange new readers of two dossiers while that makes meetings between readers more even.

    Loads do not move, nor does a dossier's number of institutions go down.
    """
    people = problem.by_key
    dossiers = {dossier.key: dossier for dossier in problem.dossiers}
    everyone = {key: set(dossier.readers) | added.get(key, set()) for key, dossier in dossiers.items()}
    met: Counter[tuple[int, int]] = Counter()
    for readers in everyone.values():
        met.update((a, b) for a, b in combinations(sorted(readers), 2))
    keys = sorted(key for key, readers in added.items() if readers)
    # A fixed seed: the same demand is mixed the same way.
    chance = random.Random(0)  # noqa: S311

    def institutions(readers: Iterable[int]) -> int:
        return len({people[key].institution for key in readers})

    def gain(leaver: int, comer: int, others: set[int]) -> int:
        """How much less the sum of squared meetings is, ``comer`` in place of ``leaver`` beside ``others``."""
        less = 0
        for other in others:
            less += 2 * met[min(leaver, other), max(leaver, other)] - 1
            less -= 2 * met[min(comer, other), max(comer, other)] + 1
        return less

    def move(key: int, leaver: int, comer: int) -> None:
        others = everyone[key] - {leaver}
        for other in others:
            met[min(leaver, other), max(leaver, other)] -= 1
            met[min(comer, other), max(comer, other)] += 1
        everyone[key] = others | {comer}
        added[key] = added[key] - {leaver} | {comer}

    def exchange(one: int, two: int) -> bool:
        here, there = everyone[one], everyone[two]
        best, chosen = 0, None
        for a in sorted(added[one] - there):
            if a in dossiers[two].barred:
                continue
            for b in sorted(added[two] - here):
                if b in dossiers[one].barred:
                    continue
                gained = gain(a, b, here - {a}) + gain(b, a, there - {b})
                if gained > best:
                    if institutions(here - {a} | {b}) < institutions(here):
                        continue
                    if institutions(there - {b} | {a}) < institutions(there):
                        continue
                    best, chosen = gained, (a, b)
        if chosen is None:
            return False
        move(one, *chosen)
        move(two, *reversed(chosen))
        return True

    for _ in range(_PASSES):
        partners = [(one, two) for one in keys for two in chance.sample(keys, min(_PARTNERS, len(keys))) if one != two]
        if not sum(exchange(one, two) for one, two in partners):
            break
