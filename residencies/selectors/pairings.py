"""Pairings of a « premier cercle » structure with a « proximité » one: made, and possible (rules.md 20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from residencies.methods.coverage import Place, Plan, World
from residencies.methods.where_next import Distance, Partner
from structures.enums import Circle

#: Partners named for a structure that is alone, and how far they may be, by road.
NAMED = 2
REACH_KM = 15.0
_OTHER = {Circle.FIRST: Circle.NEAR, Circle.NEAR: Circle.FIRST}


@dataclass(frozen=True)
class Pairing:
    """An activity that brings both circles together."""

    plan: Plan
    first: tuple[Place, ...]
    near: tuple[Place, ...]


@dataclass(frozen=True)
class Alone:
    """A structure met or planned without one of the other circle; the nearest of those."""

    place: Place
    partners: tuple[Partner, ...]


@dataclass(frozen=True)
class Pairings:
    made: list[Pairing]
    alone: list[Alone]


def _together(facts: World, residency: int | None) -> list[tuple[Plan, set[int]]]:
    """Each activity with all its structures, those of its sessions too."""
    moments, plans = facts.of(residency)
    more: defaultdict[int, set[int]] = defaultdict(set)
    for moment in moments:
        more[moment.activity] |= moment.structures
    return [(plan, {pk for pk in plan.structures | more[plan.pk] if pk in facts.places}) for plan in plans]


def pairings(facts: World, km: Distance, residency: int | None = None) -> Pairings:
    """What is paired, and who stays alone with the nearest of the other circle. No query.

    A category takes no part: it is nobody to meet.
    """
    made: list[Pairing] = []
    seen: set[int] = set()
    paired: set[int] = set()
    for plan, keys in _together(facts, residency):
        places = sorted((facts.places[pk] for pk in keys if pk in facts.venues), key=lambda one: (one.name, one.pk))
        first = tuple(place for place in places if place.circle == Circle.FIRST)
        near = tuple(place for place in places if place.circle == Circle.NEAR)
        seen |= {place.pk for place in (*first, *near)}
        if first and near:
            made.append(Pairing(plan, first, near))
            paired |= {place.pk for place in (*first, *near)}
    nearest = _Nearest([place for place in facts.venues.values() if place.is_active], km)
    alone = [
        Alone(place, partners)
        for place in sorted((facts.places[pk] for pk in seen - paired), key=lambda one: (one.name, one.pk))
        if (partners := nearest(place))
    ]
    return Pairings(made, alone)


class _Nearest:
    """The few structures of the other circle that are nearest, within reach; worked out once a commune."""

    def __init__(self, places: Sequence[Place], km: Distance) -> None:
        self.km = km
        self.known: dict[tuple[int | None, str], tuple[Partner, ...]] = {}
        self.there: defaultdict[str, defaultdict[int | None, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for place in places:
            self.there[place.circle][place.commune].append(place)

    def __call__(self, place: Place) -> tuple[Partner, ...]:
        key = (place.commune, _OTHER[Circle(place.circle)])
        if key not in self.known:
            self.known[key] = self._nearest(*key)
        return self.known[key]

    def _nearest(self, commune: int | None, wanted: str) -> tuple[Partner, ...]:
        """Commune after commune, those as far as the last one needed too: the name then tells."""
        roads = ((self.km(commune, other), places) for other, places in self.there[wanted].items())
        found: list[Partner] = []
        for far, places in sorted(((far, places) for far, places in roads if far is not None), key=lambda one: one[0]):
            if far > REACH_KM or (len(found) >= NAMED and far > found[-1].km):
                break
            found += [Partner(one, far) for one in places]
        return tuple(sorted(found, key=lambda partner: (partner.km, partner.place.name))[:NAMED])


def partners_for(facts: World, km: Distance, residency: int | None) -> dict[int, Partner]:
    """For each structure: the nearest of the other circle that this residency meets alone. No query."""
    nearest = _Nearest([one.place for one in pairings(facts, km, residency).alone], km)
    found = {place.pk: nearest(place) for place in facts.venues.values() if place.circle}
    return {pk: partners[0] for pk, partners in found.items() if partners}
