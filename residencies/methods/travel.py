"""From one commune to another: kilometres, minutes, carbon. Estimates, from a territory's own figures.

The crow's distance between the centres of communes, times a detour; the figures and where they
come from are rows of :class:`residencies.models.PlanningRules`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import asin, ceil, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from residencies.models import PlanningRules
    from structures.models import Commune

#: Mean radius of the Earth (IUGG), kilometres.
EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Figures:
    """What a territory computes with; plain numbers, so that a plan of thousands of pairs stays quick."""

    detour: float
    speed_kmh: int
    fixed_minutes: int
    local_km: float
    carbon_g_per_km: int

    @classmethod
    def of(cls, rules: PlanningRules) -> Figures:
        return cls(
            detour=float(rules.detour_factor),
            speed_kmh=rules.speed_kmh,
            fixed_minutes=rules.fixed_minutes,
            local_km=float(rules.local_km),
            carbon_g_per_km=rules.carbon_g_per_km,
        )


def crow_km(a: Commune, b: Commune) -> float | None:
    """Great-circle kilometres between two centres; nothing when one is not on the map."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    from_lat, to_lat = radians(a.latitude), radians(b.latitude)
    half = sin((to_lat - from_lat) / 2) ** 2
    half += cos(from_lat) * cos(to_lat) * sin(radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def road_km(a: Commune | None, b: Commune | None, figures: Figures) -> float | None:
    """Kilometres by road, one way. Within a commune: the territory's own figure. Unknown place: nothing."""
    if a is None or b is None:
        return None
    if a.pk == b.pk:
        return figures.local_km
    crow = crow_km(a, b)
    return None if crow is None else max(crow * figures.detour, figures.local_km)


def minutes(a: Commune | None, b: Commune | None, figures: Figures) -> int | None:
    """Minutes needed between two sessions, parking and setting up included, rounded up.

    Within a commune too: the same building is known by the caller, not here.
    """
    road = road_km(a, b, figures)
    return None if road is None else ceil(road / figures.speed_kmh * 60) + figures.fixed_minutes


def carbon_kg(km: float, figures: Figures) -> Decimal:
    """Kilograms of CO₂ equivalent by car, to the tenth."""
    grams = Decimal(str(km)) * figures.carbon_g_per_km
    return (grams / 1000).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def tour_km(stops: Iterable[Commune | None], figures: Figures) -> float:
    """Kilometres of a day: from stop to stop, in their order. A stop that is nowhere is passed over."""
    known = [stop for stop in stops if stop is not None]
    legs = (road_km(a, b, figures) for a, b in itertools.pairwise(known))
    return sum(leg for leg in legs if leg is not None)


def moves(stops: Iterable[tuple[int | None, int | None]]) -> list[int]:
    """The communes of a day in their order, from its stops (commune, structure); unknown places left out.

    Two sessions in a row in the same structure are one stop: nobody moves.
    """
    kept: list[tuple[int, int | None]] = []
    for commune, host in stops:
        if commune is None or (kept and host is not None and kept[-1] == (commune, host)):
            continue
        kept.append((commune, host))
    return [commune for commune, _host in kept]
