"""How long the computed assignment takes, without a database: ``python scripts/bench_assignment.py``.

Each line is a demand of three readers from two institutions; ``barred`` is the share of pairs that a
conflict of interest forbids, ``kept`` the most readers a dossier already has.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from candidatures.methods.assignment import Dossier, Problem, Reader, solve

SHAPES = [(40, 8, 0.02, 0), (300, 15, 0.02, 0), (500, 15, 0.0, 0), (500, 15, 0.05, 2), (500, 15, 0.3, 0)]
HOUSES = 5


def demand(dossiers: int, readers: int, barred: float, kept: int) -> Problem:
    chance = random.Random(0)  # noqa: S311
    loads = [0] * readers
    files = []
    for key in range(dossiers):
        out = frozenset(reader for reader in range(readers) if chance.random() < barred)
        free = [reader for reader in range(readers) if reader not in out]
        had = frozenset(chance.sample(free, chance.randint(0, min(kept, len(free)))))
        for reader in had:
            loads[reader] += 1
        files.append(Dossier(key, had, out))
    people = tuple(Reader(key, key % HOUSES, loads[key]) for key in range(readers))
    return Problem(people, tuple(files), wanted=3, institutions=2)


def main() -> None:
    for shape in SHAPES:
        asked = demand(*shape)
        start = time.process_time()
        solution = solve(asked)
        spent = time.process_time() - start
        dossiers, readers, barred, kept = shape
        print(
            f"{dossiers} x {readers}, barred {barred:.0%}, kept {kept}: {spent:.2f} s of processor, "
            f"worst load {solution.worst}, spread {solution.spread}"
        )


if __name__ == "__main__":
    main()
