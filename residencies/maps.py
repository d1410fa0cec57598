"""The coverage drawn: one circle a commune, its surface the population, its colour and its figure the measure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.text import normalise
from clea.ui import dates
from clea.ui.svg import Circle, Layout, dorling
from residencies.methods.coverage import CommuneLine

if TYPE_CHECKING:
    from structures.models import Commune

_KM_PER_DEGREE = 111.32
#: Kept free after each name, so that a figure that changes never moves a circle.
_ROOM = "0,00"
LEVELS = 4


class Measure(TextChoices):
    """What the map shows; the value is what the address says."""

    PLANNED = "programmees", gettext_lazy("Séances programmées")
    DONE = "tenues", gettext_lazy("Séances tenues")
    PER_HEAD = "par-habitant", gettext_lazy("Pour 1 000 habitants")
    NEVER = "jamais", gettext_lazy("Jamais rencontrées")


@dataclass(frozen=True)
class Shown:
    """What a circle says: its figure, how strong (0: nothing, to LEVELS), the sentence for who listens."""

    figure: str
    level: int
    note: str


@dataclass(frozen=True)
class Spot:
    """A place of the map, and what it says. ``href`` empty: no link."""

    key: str
    name: str
    population: int
    latitude: float
    longitude: float
    shown: Shown
    href: str = ""


@lru_cache(maxsize=64)
def _layout(places: tuple[tuple[str, str, int, float, float], ...], width: float) -> Layout:
    """The circles, laid out once a process for the same communes."""
    middle = sum(latitude for _key, _label, _people, latitude, _longitude in places) / len(places)
    squeeze = math.cos(math.radians(middle))
    return dorling(
        tuple(
            Circle(
                key,
                f"{label} {_ROOM}",
                people,
                round(longitude * squeeze * _KM_PER_DEGREE, 3),
                round(-latitude * _KM_PER_DEGREE, 3),
            )
            for key, label, people, latitude, longitude in places
        ),
        width,
    )


def _value(line: CommuneLine, measure: Measure) -> float:
    if measure == Measure.DONE:
        return line.figures.done
    if measure == Measure.PER_HEAD:
        return line.rate or 0.0
    if measure == Measure.NEVER:
        return float(line.never)
    return line.figures.planned


def _shown(line: CommuneLine, measure: Measure, top: float) -> Shown:
    value = _value(line, measure)
    level = 0 if not value else LEVELS if measure == Measure.NEVER else max(1, math.ceil(LEVELS * value / top))
    if measure == Measure.NEVER:
        said = _("jamais rencontrée") if line.never else _("déjà rencontrée")
        if line.never and line.awaited:
            said = _("jamais rencontrée, prévue cette saison")
        return Shown("", level, said)
    if measure == Measure.PER_HEAD:
        figure = "–" if line.rate is None else dates.number(line.rate, 2)
        return Shown(figure, level, _("%(rate)s séance pour 1 000 habitants") % {"rate": figure})
    count = int(value)
    return Shown(dates.number(count), level, f"{Measure(measure).label} : {count}")


def coverage_map(
    lines: Sequence[CommuneLine],
    measure: Measure,
    *,
    href: Callable[[Commune], str] | None = None,
    id_prefix: str = "couverture",
) -> SafeString:
    """The communes that have a place, in the colours of a measure. Nothing when none can be drawn."""
    drawn = [line for line in lines if line.commune.latitude is not None and line.commune.longitude is not None]
    top = max((_value(line, measure) for line in drawn), default=0) or 1
    return communes_map(
        [
            Spot(
                line.commune.slug, line.commune.name, line.commune.population or 0, line.commune.latitude or 0.0,
                line.commune.longitude or 0.0, _shown(line, measure, top), href(line.commune) if href else "",
            )
            for line in drawn
        ],
        title=str(Measure(measure).label),
        description=_(
            "Un cercle par commune, à peu près à sa place ; sa surface dit la population, sa couleur et le chiffre la "
            "mesure. Le tableau donne les mêmes chiffres."
        ),
        id_prefix=id_prefix,
    )  # fmt: skip


def communes_map(
    spots: Sequence[Spot], *, title: str, description: str, id_prefix: str, width: float = 960
) -> SafeString:
    """Places, in the colours of what each one says. Nothing for no place.

    Circles keep their place whatever is said. The figure is written, so that no colour is needed to read it. A
    smaller ``width`` draws larger words. Put the table behind.
    """
    if not spots:
        return mark_safe("")
    layout = _layout(tuple((one.key, one.name, one.population, one.latitude, one.longitude) for one in spots), width)
    by_key = {one.key: one for one in spots}
    parts = []
    for place in sorted(layout.places, key=lambda item: normalise(item.circle.label)):
        spot = by_key[place.circle.key]
        name = f"{spot.name}, {spot.shown.note}"
        words = [*place.lines[:-1], place.lines[-1].removesuffix(_ROOM).rstrip()]
        spans = "".join(
            f'<tspan x="{place.x:g}" dy="{14 if index else 0}">{escape(word)}{_figure(spot, index, words)}</tspan>'
            for index, word in enumerate(words)
        )
        where = "in" if place.inside else "out"
        shape = (
            f'<circle cx="{place.x:g}" cy="{place.y:g}" r="{place.r:g}"/>'
            f'<text class="carto__label carto__label--{where}" x="{place.x:g}" y="{place.label_y:g}">{spans}</text>'
        )
        kind = f"carto__place cover cover--{spot.shown.level}"
        if spot.href:
            parts.append(
                f'<a class="{kind}" href="{escape(spot.href)}" aria-label="{escape(name)}">'
                f"<title>{escape(name)}</title>{shape}</a>"
            )
        else:
            parts.append(f'<g class="{kind}"><title>{escape(name)}</title>{shape}</g>')
    return format_html(
        '<svg class="carto" viewBox="0 0 {} {}" role="{}" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{}</desc>{}</svg>',
        f"{layout.width:g}", f"{layout.height:g}", "group" if any(one.href for one in spots) else "img", id_prefix,
        id_prefix, id_prefix, title, id_prefix, description,
        mark_safe("".join(parts)),  # noqa: S308 (escaped above)
    )  # fmt: skip


def _figure(spot: Spot, index: int, words: Sequence[str]) -> str:
    """The figure, after the last word of the name."""
    if index < len(words) - 1 or not spot.shown.figure:
        return ""
    space = " " if words[-1] else ""
    return f'{space}<tspan class="cover__figure">{escape(spot.shown.figure)}</tspan>'
