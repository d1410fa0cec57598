"""How long "where next" takes, without a database: ``python scripts/bench_where_next.py``.

Each line is residencies × structures for one week: each residency plans half its structures, and receives ten
suggestions.
"""

from __future__ import annotations

import random
import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from residencies.methods.coverage import Moment, Place, Plan, World
from residencies.methods.travel import Figures
from residencies.methods.where_next import Board, Day, Stop, distances, suggest
from residencies.selectors.pairings import partners_for
from structures.enums import Circle

SHAPES = [(6, 77), (6, 300), (6, 1000)]
MONDAY = date(2027, 2, 1)


class Town(SimpleNamespace):
    """What the method reads of a commune."""

    @property
    def school_district_id(self) -> int:
        return int(self.school_district.pk)


def territory(structures: int, residencies: int) -> World:
    chance = random.Random(0)  # noqa: S311
    districts = [SimpleNamespace(pk=pk, name=f"District {pk}") for pk in range(1, 11)]
    communes: Any = {
        pk: Town(
            pk=pk, name=f"Bourg {pk}", population=chance.randint(400, 32_000), rural_heart=pk % 3 == 0,
            latitude=50.35 + chance.random() / 6, longitude=2.6 + chance.random() / 3,
            school_district=districts[pk % 10],
        )
        for pk in range(1, 37)
    }  # fmt: skip
    circles = ["", Circle.FIRST, Circle.NEAR]
    places = {
        pk: Place(pk, uuid.UUID(int=pk), f"Lieu {pk}", chance.randint(1, 36), chance.choice(circles), team=pk % 3)
        for pk in range(1, structures + 1)
    }
    moments, plans = [], []
    for key in range(residencies * 25):
        pk = chance.randint(1, structures)
        start = datetime(2027, 2, 1, 9, tzinfo=UTC) + timedelta(days=key % 90, hours=key % 5)
        there, who = frozenset({pk}), frozenset({key % residencies})
        plans.append(Plan(key, uuid.UUID(int=key), f"Geste {key}", who, there))
        moments.append(
            Moment(
                key, key, 1, start, start + timedelta(hours=1), key % 2 == 0, who, there, places[pk].commune, pk
            )
        )  # fmt: skip
    return World(1, communes, frozenset(range(1, 20)), places, {}, tuple(moments), tuple(plans))


def main() -> None:
    figures = Figures(1.3, 40, 10, 2.0, 218)
    for residencies, structures in SHAPES:
        facts = territory(structures, residencies)
        start = time.process_time()
        found = 0
        km = distances(facts.communes, figures)
        for residency in range(residencies):
            planned = facts.reached(residency)[1]
            candidates = [place for place in facts.venues.values() if place.pk not in planned]
            moments, _plans = facts.of(residency)
            days = []
            for offset in range(5):
                day = MONDAY + timedelta(days=offset)
                stops = tuple(Stop(one.commune, one.host) for one in moments if one.starts_at.date() == day)
                days.append(Day(day, 1, stops))
            board = Board.of(facts, residency, team_size=2, partners=partners_for(facts, km, residency))
            found += len(suggest(board, candidates, days, km))
        spent = time.process_time() - start
        print(f"{residencies} residencies x {structures} structures: {spent:.3f} s of processor, {found} suggestions")


if __name__ == "__main__":
    main()
