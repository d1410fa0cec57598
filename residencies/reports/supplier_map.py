"""The suppliers on the map of the territory: a circle a commune, those with a supplier in colour."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clea.ui.svg import Circle, cartogram
from residencies.models import Supplier
from structures.models import Commune

_KM_PER_DEGREE = 111.32
#: A place outside the territory is drawn as a middling commune.
_OUTSIDE = 4000


def draw(communes: Sequence[Commune], suppliers: Sequence[Supplier]) -> SafeString:
    """The map; a circle with suppliers leads to the first of them in the list. Nothing when none can be placed."""
    by_commune: dict[int, list[Supplier]] = defaultdict(list)
    alone: list[Supplier] = []
    for row in suppliers:
        if row.commune_id is not None:
            by_commune[row.commune_id].append(row)
        elif row.latitude is not None:
            alone.append(row)
    located = [row for row in communes if row.latitude is not None and row.longitude is not None]
    if not located or not (by_commune or alone):
        return SafeString("")
    middle = math.radians(sum(row.latitude or 0 for row in located) / len(located))
    circles = [
        _circle(row.insee, row.name, row.population or 0, row.latitude, row.longitude, middle, by_commune[row.pk])
        for row in located
    ]
    circles += [
        _circle(str(row.uuid), row.town or row.name, _OUTSIDE, row.latitude, row.longitude, middle, [row])
        for row in alone
    ]
    return _draw(tuple(circles), get_language() or "")


def _circle(
    key: str,
    label: str,
    value: int,
    latitude: float | None,
    longitude: float | None,
    middle: float,
    suppliers: list[Supplier],
) -> Circle:
    return Circle(
        key=key,
        label=label,
        value=value,
        x=round((longitude or 0) * math.cos(middle) * _KM_PER_DEGREE, 3),
        y=round(-(latitude or 0) * _KM_PER_DEGREE, 3),
        href=f"#ressourcerie-{suppliers[0].uuid}" if suppliers else "",
        emphasis=bool(suppliers),
        note=", ".join(row.name for row in suppliers),
    )


@lru_cache(maxsize=64)
def _draw(circles: tuple[Circle, ...], language: str) -> SafeString:
    # The same circles are drawn once a process and a language.
    return cartogram(
        circles,
        title=_("Les ressourceries sur le territoire"),
        description=_(
            "Un cercle par commune, à peu près à sa place. Celles où se trouve une ressourcerie sont en couleur. "
            "La liste qui suit donne les mêmes adresses."
        ),
        width=960,
        id_prefix="ressourceries",
    )
