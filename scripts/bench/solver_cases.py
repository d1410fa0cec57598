"""What the methods are asked to solve: the day one expects, and the days one fears. Always the same."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from candidatures.methods.assignment import Dossier, Problem, Reader
from candidatures.methods.sets import Candidate, Care, Wants
from candidatures.methods.timetable import Span
from residencies.methods import timetable
from residencies.methods.coverage import Moment, Place, Plan, World
from residencies.methods.where_next import Day, Stop
from structures.enums import Circle

MONDAY = date(2027, 2, 1)
NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)

# Who reads what -----------------------------------------------------------------------------------


def assignments(dossiers: int = 500, readers: int = 15) -> Iterator[tuple[str, Problem]]:
    """Three readers from two institutions for each dossier."""
    yield "nobody in conflict", demand(dossiers, readers)
    yield "one pair in twenty in conflict, two readers kept", demand(dossiers, readers, barred=0.05, kept=2)
    yield "one pair in three in conflict", demand(dossiers, readers, barred=0.3)
    yield "three pairs in four in conflict", demand(dossiers, readers, barred=0.75)
    yield "everyone in conflict", demand(dossiers, readers, barred=1)
    yield "ceilings just enough", demand(dossiers, readers, barred=0.3, ceiling=-(-dossiers * 3 // readers))
    yield "ceilings one reading short", demand(dossiers, readers, barred=0.3, short=True)
    yield "one institution but for one reader", demand(dossiers, readers, barred=0.1, houses=1)
    yield "loads already very unequal", demand(dossiers, readers, barred=0.2, loads=range(0, readers * 20, 20))
    yield "the same people for everyone", demand(dossiers, readers, pattern=True)
    yield "no dossier", demand(0, readers)


def demand(
    dossiers: int,
    readers: int,
    *,
    barred: float = 0.0,
    kept: int = 0,
    ceiling: int | None = None,
    short: bool = False,
    houses: int = 5,
    loads: range | None = None,
    pattern: bool = False,
) -> Problem:
    """``barred``: share of the pairs that a conflict forbids. ``houses`` 1: the last reader alone comes from elsewhere.
    ``pattern``: two groups of dossiers that only four readers may read."""
    chance = random.Random(0)  # noqa: S311
    held = list(loads) if loads else [0] * readers
    files = []
    for key in range(dossiers):
        out = frozenset(reader for reader in range(readers) if chance.random() < barred)
        if pattern:
            first = 0 if key % 2 else 4
            out = frozenset(range(readers)) - frozenset(range(first, first + 4))
        free = [reader for reader in range(readers) if reader not in out]
        had = frozenset(chance.sample(free, chance.randint(0, min(kept, len(free)))))
        for reader in had:
            held[reader] += 1
        files.append(Dossier(key, had, out))

    def house(key: int) -> int:
        return key % houses if houses > 1 else int(key == readers - 1)

    def most(key: int) -> int | None:
        return dossiers * 3 // readers - (key == 0) if short else ceiling

    people = tuple(Reader(key, house(key), held[key], most(key)) for key in range(readers))
    return Problem(people, tuple(files), wanted=3, institutions=2)


# Who meets whom -----------------------------------------------------------------------------------


def meetings(structures: int = 120, artists: int = 6) -> Iterator[tuple[str, timetable.Problem]]:
    """An afternoon of quarters of an hour; each structure asks for three artists, first wish first."""
    yield "an afternoon with room for all", day(structures, artists, slots=structures * 3 // artists + 6)
    yield "an afternoon that holds a third of the wishes", day(structures, artists, slots=structures // artists)
    yield "all want the same artist first", day(structures, artists, slots=structures * 3 // artists + 6, first=0)
    yield "all want the same three, in one order", day(structures, artists, slots=structures // 4, same=True)
    yield "fewer tables than artists", day(structures, artists, slots=structures // 3, rooms=artists - 2)
    yield "people of several structures", day(structures, artists, slots=structures // 3, shared=8)
    yield "many away most of the day", day(structures, artists, slots=structures // 3, away=0.6)
    yield (
        "shared people, absences, few tables",
        day(structures, artists, slots=structures // 3, rooms=artists - 1, shared=8, away=0.4),
    )
    yield (
        "everybody absent most of the day, six wishes each",
        day(structures, artists, slots=structures // 6, shared=30, away=0.85, wanted=6),
    )
    yield "nobody is ever there together", day(structures, artists, slots=structures // 3, away=1.0)
    yield "no wish", day(structures, artists, slots=structures // 3, wanted=0)


def day(
    structures: int,
    artists: int,
    *,
    slots: int,
    rooms: int | None = None,
    wanted: int = 3,
    first: int | None = None,
    same: bool = False,
    shared: int = 0,
    away: float = 0.0,
) -> timetable.Problem:
    """``shared``: how many people come for four structures each. ``away``: share of the slots a structure misses."""
    chance = random.Random(0)  # noqa: S311
    length, step = timedelta(minutes=15), timedelta(minutes=20)
    spans = tuple(Span(NOON + step * number, NOON + step * number + length) for number in range(slots))

    def wishes() -> tuple[str, ...]:
        keys = list(range(artists))
        asked = keys[:wanted] if same else chance.sample(keys, min(wanted, artists))
        if first is not None:
            asked = [first, *(key for key in asked if key != first)][:wanted]
        return tuple(f"a{key}" for key in asked)

    def structure(key: int) -> timetable.Party:
        people = (f"p{key}", f"shared{key % shared}") if shared and key < shared * 4 else (f"p{key}",)
        gone = tuple(span for span in spans if chance.random() < away)
        return timetable.Party(f"s{key}", people, gone)

    return timetable.Problem(
        slots=spans,
        rooms=tuple(f"table {number}" for number in range(artists if rooms is None else rooms)),
        artists=tuple(timetable.Party(f"a{key}", (f"artist{key}",)) for key in range(artists)),
        structures=tuple(structure(key) for key in range(structures)),
        wishes={f"s{key}": wishes() for key in range(structures)},
        limit=3,
        length=length,
    )


# Where next ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Territory:
    """What a season's coverage is read from, and the week looked at."""

    world: World
    days: dict[int, list[Day]]
    residencies: int
    shut: dict[int, set[date]]


class Town(SimpleNamespace):
    """What the method reads of a commune."""

    @property
    def school_district_id(self) -> int:
        return int(self.school_district.pk)


def weeks(residencies: int = 6) -> Iterator[tuple[str, Territory]]:
    for structures in (77, 1000, 5000):
        yield f"{structures} structures", territory(structures, residencies)
    yield "5000 structures, all alike", territory(5000, residencies, alike=True)
    yield "5000 structures, all shut", territory(5000, residencies, shut=True)
    yield "no structure", territory(0, residencies)


def territory(structures: int, residencies: int, *, alike: bool = False, shut: bool = False) -> Territory:
    """36 communes; each residency has planned 25 sessions. ``alike``: one commune, one circle, nothing tells apart."""
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
        pk: Place(
            pk, uuid.UUID(int=pk), "Lieu" if alike else f"Lieu {pk}", 1 if alike else chance.randint(1, 36),
            "" if alike else chance.choice(circles), team=2 if alike else pk % 3,
        )
        for pk in range(1, structures + 1)
    }  # fmt: skip
    moments, plans = [], []
    for key in range(residencies * 25 if structures else 0):
        pk = chance.randint(1, structures)
        start = datetime(2027, 2, 1, 9, tzinfo=UTC) + timedelta(days=key % 90, hours=key % 5)
        there, who = frozenset({pk}), frozenset({key % residencies})
        plans.append(Plan(key, uuid.UUID(int=key), f"Geste {key}", who, there))
        end, commune = start + timedelta(hours=1), places[pk].commune
        moments.append(Moment(key, key, 1, start, end, key % 2 == 0, who, there, commune, pk))
    world = World(1, communes, frozenset(range(1, 20)), places, {}, tuple(moments), tuple(plans))
    dates = [MONDAY + timedelta(days=offset) for offset in range(5)]
    days = {}
    for residency in range(residencies):
        mine = world.of(residency)[0]
        days[residency] = [
            Day(one, 1, tuple(Stop(row.commune, row.host) for row in mine if row.starts_at.date() == one))
            for one in dates
        ]
    return Territory(world, days, residencies, {pk: set(dates) for pk in places} if shut else {})


# Which set ----------------------------------------------------------------------------------------

AXES, STAGES = frozenset("12345"), frozenset("vwxyz")


def choices(pool: int = 30, size: int = 6) -> Iterator[tuple[str, list[Candidate], Wants]]:
    rows = crowd(pool)
    yield "as the committee usually wants", rows, Wants(size)
    yield "under a budget", rows, Wants(size, budget=Decimal(size * 20500))
    yield "axes and origins required", rows, Wants(size, axes=Care.REQUIRED, origins=Care.REQUIRED)
    yield "three artists apart", rows, Wants(size, apart=3)
    yield "nothing tells the artists apart", crowd(pool, alike=True), Wants(size)
    yield "a budget that no set holds", rows, Wants(size, budget=Decimal(1), axes=Care.REQUIRED)
    yield "all who are kept", rows, Wants(size, kept=frozenset(row.key for row in rows[:size]))


def crowd(count: int, *, alike: bool = False) -> list[Candidate]:
    """Candidates in the order of the ranking."""
    if alike:
        return [Candidate(key, Decimal(14), frozenset("a"), frozenset("1"), frozenset("v"), "62", Decimal(20000))
                for key in range(count)]  # fmt: skip
    chance = random.Random(0)  # noqa: S311
    rows = [
        Candidate(
            key=key,
            score=Decimal(chance.randint(800, 1900)) / 100,
            disciplines=frozenset(chance.sample("abcdef", chance.randint(0, 2))),
            axes=frozenset(chance.sample("12345", chance.randint(0, 3))),
            stages=frozenset(chance.sample("vwxyz", chance.randint(0, 3))),
            origin=chance.choice(["59", "62", "75", "Belgique", ""]),
            cost=Decimal(chance.randint(1_800_000, 2_400_000)) / 100,
        )
        for key in range(count)
    ]
    return sorted(rows, key=lambda row: -row.score)
