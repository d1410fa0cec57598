"""The territory drawn: communes as circles, placed by their centroid, sized by their population."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clea.ui import dates
from clea.ui.svg import Circle, cartogram
from structures.models import Commune

NEIGHBOURS = 6
_KM_PER_DEGREE = 111.32


@lru_cache(maxsize=256)
def _draw(circles: tuple[Circle, ...], title: str, description: str, width: int, id_prefix: str) -> SafeString:
    # The same circles are drawn once a process.
    return cartogram(circles, title=title, description=description, width=width, id_prefix=id_prefix)


def _plane(commune: Commune, latitude: float) -> tuple[float, float]:
    """Kilometres on a plane tangent at ``latitude``, y downwards. Exact enough for a drawing."""
    return (
        (commune.longitude or 0) * math.cos(math.radians(latitude)) * _KM_PER_DEGREE,
        -(commune.latitude or 0) * _KM_PER_DEGREE,
    )


def _circles(communes: Sequence[Commune], emphasised: set[int]) -> tuple[Circle, ...]:
    located = [commune for commune in communes if commune.latitude is not None and commune.longitude is not None]
    if not located:
        return ()
    middle = sum(commune.latitude or 0 for commune in located) / len(located)
    circles = []
    for commune in located:
        x, y = _plane(commune, middle)
        note = ""
        if commune.population is not None:
            note = _("%(population)s habitants") % {"population": dates.number(commune.population)}
        circles.append(
            Circle(
                key=commune.insee,
                label=commune.name,
                value=commune.population or 0,
                x=round(x, 3),
                y=round(y, 3),
                href=commune.get_absolute_url(),
                emphasis=commune.pk in emphasised,
                note=note,
            )
        )
    return tuple(circles)


def territory_map(communes: Sequence[Commune]) -> SafeString:
    """Every commune that has a place; rural hearts stand out. Empty when none can be drawn."""
    circles = _circles(communes, {commune.pk for commune in communes if commune.rural_heart})
    return _draw(
        circles,
        _("Les communes du territoire"),
        _(
            "Un cercle par commune, à peu près à sa place ; sa surface dit la population. "
            "Les cœurs ruraux sont en couleur. Le tableau qui suit donne les mêmes chiffres."
        ),
        960,
        "carte",
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
        _circles(communes, set()),
        _("La commune sur la carte du territoire"),
        _("Un cercle par commune, à peu près à sa place ; sa surface dit la population."),
        960,
        "carte",
    )
    opening = '<a class="carto__place" href="{}"'
    here = opening.format(escape(commune.get_absolute_url()))
    strong = here.replace("carto__place", "carto__place carto__place--strong")
    return mark_safe(plain.replace(here, strong))  # noqa: S308 (both are escaped)
