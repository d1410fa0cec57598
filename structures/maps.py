"""The territory drawn: communes as circles, placed by their centroid, sized by their population."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clea.ui import dates
from clea.ui.svg import Circle, cartogram
from structures.models import Commune

NEIGHBOURS = 6
_KM_PER_DEGREE = 111.32


@lru_cache(maxsize=64)
def _draw(places: tuple[_Place, ...], language: str, title: str, description: str, emphasis: bool) -> SafeString:
    """The same communes are drawn once a process. ``language``: that of the notes, for what it tells apart."""
    return cartogram(_circles(places, emphasis), title=title, description=description, width=960, id_prefix="carte")


class _Place(NamedTuple):
    """What the drawing says of a commune."""

    insee: str
    href: str
    name: str
    population: int | None
    latitude: float
    longitude: float
    rural: bool


def _places(communes: Iterable[Commune]) -> tuple[_Place, ...]:
    return tuple(
        _Place(
            commune.insee, commune.get_absolute_url(), commune.name, commune.population,
            commune.latitude, commune.longitude, commune.rural_heart,
        )
        for commune in communes
        if commune.latitude is not None and commune.longitude is not None
    )  # fmt: skip


def _plane(place: _Place | Commune, latitude: float) -> tuple[float, float]:
    """Kilometres on a plane tangent at ``latitude``, y downwards. Exact enough for a drawing."""
    return (
        (place.longitude or 0) * math.cos(math.radians(latitude)) * _KM_PER_DEGREE,
        -(place.latitude or 0) * _KM_PER_DEGREE,
    )


def _circles(places: tuple[_Place, ...], emphasis: bool) -> tuple[Circle, ...]:
    if not places:
        return ()
    middle = sum(place.latitude for place in places) / len(places)
    circles = []
    for place in places:
        x, y = _plane(place, middle)
        note = ""
        if place.population is not None:
            note = _("%(population)s habitants") % {"population": dates.number(place.population)}
        circles.append(
            Circle(
                key=place.insee,
                label=place.name,
                value=place.population or 0,
                x=round(x, 3),
                y=round(y, 3),
                href=place.href,
                emphasis=emphasis and place.rural,
                note=note,
            )
        )
    return tuple(circles)


def territory_map(communes: Sequence[Commune]) -> SafeString:
    """Every commune that has a place; rural hearts stand out. Empty when none can be drawn."""
    return _draw(
        _places(communes),
        get_language() or "",
        _("Les communes du territoire"),
        _(
            "Un cercle par commune, à peu près à sa place ; sa surface dit la population. "
            "Les cœurs ruraux sont en couleur. Le tableau qui suit donne les mêmes chiffres."
        ),
        emphasis=True,
    )


def neighbours(commune: Commune, others: Sequence[Commune]) -> list[Commune]:
    """The nearest communes, from centroid to centroid, the nearest first. None without coordinates."""
    if commune.latitude is None or commune.longitude is None:
        return []
    latitude = commune.latitude
    x, y = _plane(commune, latitude)

    def distance(other: Commune) -> float:
        other_x, other_y = _plane(other, latitude)
        return math.hypot(other_x - x, other_y - y)

    located = [other for other in others if other.latitude is not None and other.pk != commune.pk]
    return sorted(located, key=lambda other: (distance(other), other.slug))[:NEIGHBOURS]


def locator_map(commune: Commune, communes: Sequence[Commune]) -> SafeString:
    """A commune on the map of its territory. Empty when it has no coordinates.

    The drawing without emphasis is made once for all communes: laying out the circles is what costs.
    """
    if commune.latitude is None:
        return SafeString("")
    plain = _draw(
        _places(communes),
        get_language() or "",
        _("La commune sur la carte du territoire"),
        _("Un cercle par commune, à peu près à sa place ; sa surface dit la population."),
        emphasis=False,
    )
    opening = '<a class="carto__place" href="{}"'
    here = opening.format(escape(commune.get_absolute_url()))
    strong = here.replace("carto__place", "carto__place carto__place--strong")
    return mark_safe(plain.replace(here, strong))  # noqa: S308 (both are escaped)
