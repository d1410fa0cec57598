"""Who was met, where, how often: counted from plain facts, without a database.

A session and its people count once, in the commune it takes place in, so that the lines of the table add up.
A structure counts in its own commune. A commune is met as soon as one or the other is: a class of Ablain taken
to Lens is a session in Lens, and Ablain is met. Categories ("les centres sociaux") are not structures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from residencies.methods.headcounts import NOBODY, Total, together

if TYPE_CHECKING:
    from structures.models import Commune, SchoolDistrict, StructureKind


@dataclass(frozen=True, slots=True)
class Place:
    """A structure. ``team``: its named members; ``town``: the name of its commune."""

    pk: int
    uuid: UUID
    name: str
    commune: int | None
    circle: str = ""
    kinds: frozenset[int] = frozenset()
    team: int = 0
    is_category: bool = False
    is_active: bool = True
    slug: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A session that is not called off. ``commune``: where it takes place; ``host``: in which structure."""

    pk: int
    activity: int
    season: int
    starts_at: datetime
    ends_at: datetime
    held: bool
    residencies: frozenset[int]
    structures: frozenset[int]
    commune: int | None = None
    host: int | None = None
    life_stage: str = ""
    people: Total = NOBODY


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity of the season, planned or more."""

    pk: int
    uuid: UUID
    title: str
    residencies: frozenset[int]
    structures: frozenset[int]
    life_stage: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """Sessions held in the seasons before, counted together: one commune, one time of life, the same sorts of
    structures. ``kinds`` and ``circles``: of any of those that took part.
    """

    commune: int | None
    life_stage: str
    kinds: frozenset[int]
    circles: frozenset[str]
    sessions: int
    people: Total


@dataclass(frozen=True)
class Past:
    """The seasons before: the structures met, the communes where a session took place, and what is counted of them."""

    structures: frozenset[int] = frozenset()
    communes: frozenset[int] = frozenset()
    lines: tuple[Before, ...] = ()


@dataclass(frozen=True, slots=True)
class Former:
    """What took place in a season that this software did not follow. ``sessions`` null: nobody counted."""

    season: str
    commune: int
    structure: int | None = None
    sessions: int | None = None
    people: Total = NOBODY
    life_stage: str = ""


@dataclass(frozen=True)
class World:
    """A territory and all that is planned and done on it this season, and what earlier seasons come to."""

    season: int
    communes: dict[int, Commune]
    priority: frozenset[int]
    places: dict[int, Place]
    kinds: dict[int, StructureKind]
    moments: tuple[Moment, ...] = ()
    plans: tuple[Plan, ...] = ()
    former: tuple[Former, ...] = ()
    past: Past = Past()

    @cached_property
    def venues(self) -> dict[int, Place]:
        """What counts as a structure: named places."""
        return {pk: place for pk, place in self.places.items() if not place.is_category}

    def of(self, residency: int | None) -> tuple[list[Moment], list[Plan]]:
        """This season's sessions and activities, of one residency or of all."""
        moments = [one for one in self.moments if residency is None or residency in one.residencies]
        plans = [one for one in self.plans if residency is None or residency in one.residencies]
        return moments, plans

    def reached(self, residency: int | None = None) -> tuple[set[int], set[int]]:
        """Structures met (in a session held) and planned (or met), this season. No category."""
        moments, plans = self.of(residency)
        met = {pk for one in moments if one.held for pk in one.structures}
        planned = met.union(*(one.structures for one in moments), *(one.structures for one in plans))
        return met & self.venues.keys(), planned & self.venues.keys()

    @cached_property
    def structures_ever(self) -> set[int]:
        """Structures met at least once, whenever and by whoever."""
        held = {pk for one in self.moments if one.held for pk in one.structures}
        return held | self.past.structures | {one.structure for one in self.former if one.structure is not None}

    @cached_property
    def communes_ever(self) -> set[int]:
        """Communes met at least once: a session took place there, or one of its structures took part."""
        held = {one.commune for one in self.moments if one.held and one.commune is not None}
        homes = {self.places[pk].commune for pk in self.structures_ever if pk in self.places}
        homes |= self.past.communes | {one.commune for one in self.former}
        return held | {pk for pk in homes if pk is not None}

    def communes_reached(self, residency: int | None = None, *, held: bool = False) -> set[int]:
        """Communes met this season, or planned too (``held`` false)."""
        moments, _plans = self.of(residency)
        met, planned = self.reached(residency)
        there = {one.commune for one in moments if one.commune is not None and (one.held or not held)}
        homes = {self.places[pk].commune for pk in (met if held else planned)}
        return there | {pk for pk in homes if pk is not None}


@dataclass(frozen=True)
class Figures:
    """What a line of any table says. ``planned`` sessions include those ``done``.

    ``earlier``: sessions of the seasons before; ``earlier_unknown``: lines of those seasons without a count.
    """

    planned: int = 0
    done: int = 0
    people: Total = NOBODY
    structures: int = 0
    met: int = 0
    earlier: int = 0
    earlier_unknown: int = 0
    earlier_people: Total = NOBODY

    @property
    def coming(self) -> int:
        return self.planned - self.done

    @property
    def nothing(self) -> bool:
        """Nothing, neither this season nor before."""
        return not (self.planned or self.structures or self.earlier or self.earlier_unknown)


def per_thousand(count: int, population: int | None) -> float | None:
    """Sessions for a thousand inhabitants; nothing when the population is unknown."""
    return count * 1000 / population if population else None


@dataclass(frozen=True)
class CommuneLine:
    """A commune of the table. ``never``: nobody ever met it; ``awaited``: it is planned all the same."""

    commune: Commune
    figures: Figures
    rural: bool
    priority: bool
    venues: int
    never: bool
    awaited: bool

    @property
    def rate(self) -> float | None:
        return per_thousand(self.figures.planned, self.commune.population)


@dataclass(frozen=True)
class GroupLine:
    """Some communes, or some structures, taken together. Groups of communes have a population."""

    key: str
    label: str
    figures: Figures
    communes: int = 0
    reached: int = 0
    met: int = 0
    population: int | None = None

    @property
    def rate(self) -> float | None:
        return per_thousand(self.figures.planned, self.population)


@dataclass(frozen=True)
class Coverage:
    """A season on its territory, all residencies or one. Earlier seasons are everybody's."""

    lines: list[CommuneLine]
    total: GroupLine
    #: Sessions that take place in none of the communes: elsewhere, or nobody said where.
    elsewhere: Figures
    rural: GroupLine
    priority: GroupLine
    districts: list[GroupLine]
    kinds: list[GroupLine]
    circles: list[GroupLine]
    stages: list[GroupLine]
    never_structures: list[Place] = field(default_factory=list)
    venues: int = 0

    @property
    def never_communes(self) -> list[CommuneLine]:
        return [line for line in self.lines if line.never]

    @property
    def reached(self) -> int:
        return self.total.reached


class _Counter:
    """Counts any subset of the facts the same way."""

    def __init__(self, world: World, residency: int | None) -> None:
        self.world = world
        self.moments, _plans = world.of(residency)
        self.met, self.planned = world.reached(residency)

    def figures(
        self, now: Iterable[Moment], before: Iterable[Before], lines: Iterable[Former], chosen: Iterable[int] = ()
    ) -> Figures:
        """``chosen``: the structures, of which those planned are counted."""
        now, before, lines, places = list(now), list(before), list(lines), self.planned.intersection(chosen)
        return Figures(
            planned=len(now),
            done=sum(one.held for one in now),
            people=together(one.people for one in now if one.held),
            structures=len(places),
            met=len(places & self.met),
            earlier=sum(one.sessions for one in before) + sum(one.sessions or 0 for one in lines),
            earlier_unknown=sum(one.sessions is None for one in lines),
            earlier_people=together([*(one.people for one in before), *(one.people for one in lines)]),
        )

    def of_communes(self, keys: set[int]) -> Figures:
        now, before, lines, places = self._of_commune
        return self.figures(_all(now, keys), _all(before, keys), _all(lines, keys), _all(places, keys))

    def elsewhere(self) -> Figures:
        """What takes place in none of the communes."""
        now, before, _lines, _places = self._of_commune
        known = self.world.communes.keys()
        return self.figures(_all(now, now.keys() - known), _all(before, before.keys() - known), ())

    @cached_property
    def _of_commune(self) -> tuple[_By[Moment], _By[Before], _By[Former], _By[int]]:
        world = self.world
        return (
            _by(self.moments, lambda one: one.commune),
            _by(world.past.lines, lambda one: one.commune),
            _by(world.former, lambda one: one.commune),
            _by(self.planned, lambda key: world.places[key].commune),
        )

    def of_kind(self, kind: int) -> Figures:
        return self._of_places(self._kinds.get(kind, set()), lambda one: kind in one.kinds)

    def of_circle(self, circle: str) -> Figures:
        return self._of_places(self._circles.get(circle, set()), lambda one: circle in one.circles)

    def _of_places(self, keys: set[int], past: Callable[[Before], bool]) -> Figures:
        """Sessions in which one such structure at least takes part: a session may be in several groups."""
        return self.figures(
            (one for one in self.moments if not keys.isdisjoint(one.structures)),
            filter(past, self.world.past.lines),
            (one for one in self.world.former if one.structure in keys),
            keys,
        )

    @cached_property
    def _kinds(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for pk, place in self.world.places.items():
            for kind in place.kinds:
                found.setdefault(kind, set()).add(pk)
        return found

    @cached_property
    def _circles(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for pk, place in self.world.places.items():
            found.setdefault(place.circle, set()).add(pk)
        return found

    def of_stage(self, value: str) -> Figures:
        world = self.world
        return self.figures(
            (one for one in self.moments if one.life_stage == value),
            (one for one in world.past.lines if one.life_stage == value),
            (one for one in world.former if one.life_stage == value),
        )


_Fact = TypeVar("_Fact")
#: Facts by the commune they are of.
_By = dict[int | None, list[_Fact]]


def _by(facts: Iterable[_Fact], key: Callable[[_Fact], int | None]) -> _By[_Fact]:
    found: _By[_Fact] = {}
    for one in facts:
        found.setdefault(key(one), []).append(one)
    return found


def _all(facts: _By[_Fact], keys: Iterable[int | None]) -> Iterable[_Fact]:
    return (one for key in keys for one in facts.get(key, ()))


def cover(
    world: World,
    *,
    residency: int | None = None,
    circles: Iterable[tuple[str, str]] = (),
    stages: Iterable[tuple[str, str]] = (),
    unsaid: str = "",
) -> Coverage:
    """The whole of a season's coverage, of one residency or of all.

    ``circles`` and ``stages``: values and labels of the two vocabularies; ``unsaid`` labels what has none.
    """
    counter = _Counter(world, residency)
    here, reached = world.communes_reached(residency, held=True), world.communes_reached(residency)
    awaited = world.communes_reached()
    venues: dict[int | None, int] = {}
    for place in world.venues.values():
        venues[place.commune] = venues.get(place.commune, 0) + place.is_active

    def group(key: str, label: str, keys: set[int]) -> GroupLine:
        people = [world.communes[pk].population for pk in keys]
        known = [number for number in people if number is not None]
        return GroupLine(
            key=key,
            label=label,
            figures=counter.of_communes(keys),
            communes=len(keys),
            reached=len(keys & reached),
            met=len(keys & here),
            population=sum(known) if known and len(known) == len(people) else None,
        )

    lines = [
        CommuneLine(
            commune=commune,
            figures=counter.of_communes({pk}),
            rural=commune.rural_heart,
            priority=pk in world.priority,
            venues=venues.get(pk, 0),
            never=pk not in world.communes_ever,
            awaited=pk in awaited,
        )
        for pk, commune in world.communes.items()
    ]
    districts: dict[int, tuple[SchoolDistrict, set[int]]] = {}
    for pk, commune in world.communes.items():
        if commune.school_district is not None:
            districts.setdefault(commune.school_district.pk, (commune.school_district, set()))[1].add(pk)
    everywhere = set(world.communes)
    of_stage = [(value, label, counter.of_stage(value)) for value, label in [*stages, ("", unsaid)]]
    of_kind = [(kind.slug, kind.plural, counter.of_kind(pk)) for pk, kind in world.kinds.items()]
    of_circle = [(value, label, counter.of_circle(value)) for value, label in circles]
    return Coverage(
        lines=lines,
        total=group("total", "", everywhere),
        elsewhere=counter.elsewhere(),
        rural=group("rural", "", {pk for pk, commune in world.communes.items() if commune.rural_heart}),
        priority=group("priority", "", everywhere & world.priority),
        districts=[
            group(district.slug, district.name, keys)
            for district, keys in sorted(districts.values(), key=lambda pair: (pair[0].order, pair[0].name))
        ],
        kinds=[GroupLine(key, label, figures) for key, label, figures in of_kind if not figures.nothing],
        circles=[GroupLine(key, label, figures) for key, label, figures in of_circle],
        stages=[GroupLine(key, label, figures) for key, label, figures in of_stage if key or not figures.nothing],
        never_structures=[
            place for pk, place in world.venues.items() if place.is_active and pk not in world.structures_ever
        ],
        venues=sum(place.is_active for place in world.venues.values()),
    )


@dataclass(frozen=True)
class GaugeLine:
    """A structure of a residency. ``lacking``: members that its team still needs."""

    place: Place
    met: bool
    lacking: int

    @property
    def complete(self) -> bool:
        return not self.lacking


@dataclass(frozen=True)
class Gauge:
    """How many different structures a residency met and plans, of those it owes (rules.md 17).

    ``met``: in a session that was held. ``planned``: in an activity or a session that stands, those met
    included. ``done``: the sessions held. ``missing``: what is still to be found to reach the target.
    """

    target: int
    lines: tuple[GaugeLine, ...]
    done: int = 0

    @cached_property
    def met(self) -> int:
        return sum(line.met for line in self.lines)

    @property
    def planned(self) -> int:
        return len(self.lines)

    @property
    def coming(self) -> int:
        return self.planned - self.met

    @cached_property
    def incomplete(self) -> list[GaugeLine]:
        return [line for line in self.lines if line.lacking]

    @property
    def without_team(self) -> int:
        return len(self.incomplete)

    @property
    def missing(self) -> int:
        return max(0, self.target - self.planned)

    @property
    def reached(self) -> bool:
        """Enough structures were met, each with its team."""
        return sum(line.met and line.complete for line in self.lines) >= self.target


def gauge(target: int, team_size: int, places: Iterable[Place], met: set[int], done: int) -> Gauge:
    """The gauge of one residency from the structures it plans. Categories are left out."""
    lines = [
        GaugeLine(place, place.pk in met, max(0, team_size - place.team)) for place in places if not place.is_category
    ]
    return Gauge(target, tuple(lines), done)
