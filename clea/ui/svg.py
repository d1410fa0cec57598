"""Maps and plots drawn on the server: plain SVG, coloured by the style sheet only."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from clea.text import normalise
from clea.ui import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Widths of letters in a system sans-serif, in hundredths of the font size, taken on the wide side.
_NARROW, _WIDE = set("iljtfrI.,'’-() "), set("mwMWŒœ@")
_FONT, _LEADING = 13.0, 14.0


@dataclass(frozen=True)
class Circle:
    """A place: ``value`` gives the area, ``x`` and ``y`` its true position (any unit, y downwards).

    ``emphasis`` draws it in the strong colour; ``note`` follows the name for those who listen or hover.
    """

    key: str
    label: str
    value: float
    x: float
    y: float
    href: str = ""
    emphasis: bool = False
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its figure (``None``: unknown, said so), what the figure is worth."""

    label: str | _StrPromise
    value: float | None
    emphasis: bool = False
    note: str | _StrPromise = ""


@dataclass(frozen=True)
class Span:
    """A figure and how sure it is: ``value`` between ``low`` and ``high``, said in words by ``note``."""

    label: str | _StrPromise
    low: float
    high: float
    value: float
    note: str | _StrPromise = ""


@dataclass(frozen=True)
class Placed:
    """A circle laid out: centre, radius, the lines of its label and where the first one sits."""

    circle: Circle
    x: float
    y: float
    r: float
    lines: tuple[str, ...]
    label_y: float
    inside: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the label."""
        half = max(text_width(line) for line in self.lines) / 2
        top = self.label_y - _FONT * 0.8
        return self.x - half, top, self.x + half, top + _LEADING * (len(self.lines) - 1) + _FONT * 1.05


@dataclass(frozen=True)
class Layout:
    width: float
    height: float
    places: tuple[Placed, ...]


def text_width(text: str, size: float = _FONT) -> float:
    """An upper estimate of a text's width; no font is read on the server."""
    widths = (0.34 if char in _NARROW else 0.9 if char in _WIDE else 0.66 if char.isupper() else 0.56 for char in text)
    return size * sum(widths)


def _wrap(label: str, widest: float) -> tuple[str, ...]:
    """Break a name at its hyphens and spaces: ``Bouvigny-`` / ``Boyeffles``."""
    parts = label.replace("-", "-\0").replace(" ", " \0").split("\0")
    lines = [parts[0]]
    for part in parts[1:]:
        if text_width((lines[-1] + part).strip()) <= widest:
            lines[-1] += part
        else:
            lines.append(part)
    return tuple(line.strip() for line in lines)


@dataclass
class _Body:
    """A circle while it moves: its disc, and the box of a label that hangs below it."""

    circle: Circle
    x: float
    y: float
    r: float
    home_x: float
    home_y: float
    lines: tuple[str, ...]
    inside: bool
    half: float
    drop: float


def _bodies(circles: Sequence[Circle], width: float) -> list[_Body]:
    top = max(circle.value for circle in circles) or 1
    biggest = width / 11.5
    span_x = max(c.x for c in circles) - min(c.x for c in circles) or 1
    left, upper = min(c.x for c in circles), min(c.y for c in circles)
    scale = (width * 0.82) / span_x
    bodies = []
    for circle in circles:
        radius = max(5.0, biggest * math.sqrt(max(circle.value, 0) / top))
        lines = _wrap(circle.label, radius * 1.75)
        tall = len(lines) * _LEADING
        corner = math.hypot(max(text_width(line) for line in lines) / 2, tall / 2)
        inside = corner <= radius - 1
        if not inside:
            lines = _wrap(circle.label, 78)
        half = 0.0 if inside else max(text_width(line) for line in lines) / 2 + 2
        drop = 0.0 if inside else len(lines) * _LEADING + 3
        x, y = (circle.x - left) * scale, (circle.y - upper) * scale
        bodies.append(_Body(circle, x, y, radius, x, y, lines, inside, half, drop))
    return bodies


def _push(a: _Body, b: _Body, gap: float) -> float:
    """Separate two bodies, disc from disc and label from what it covers. Returns how far they were in."""
    worst = 0.0
    dx, dy = b.x - a.x, b.y - a.y
    distance = math.hypot(dx, dy) or 0.01
    inside = a.r + b.r + gap - distance
    if inside > 0:
        # The heavier one moves less, so that the towns hold the map.
        share = b.r**2 / (a.r**2 + b.r**2)
        ux, uy = (dx / distance, dy / distance) if distance > 0.02 else (1.0, 0.0)
        a.x, a.y = a.x - ux * inside * share, a.y - uy * inside * share
        b.x, b.y = b.x + ux * inside * (1 - share), b.y + uy * inside * (1 - share)
        worst = inside
    for one, other in ((a, b), (b, a)):
        if not one.drop:
            continue
        for ow, top, bottom in (
            (other.r, other.y - other.r, other.y + other.r),
            (other.half, other.y + other.r, other.y + other.r + other.drop),
        ):
            if not ow or bottom <= top:
                continue
            label_top, label_bottom = one.y + one.r, one.y + one.r + one.drop
            over_x = one.half + ow + gap - abs(other.x - one.x)
            over_y = min(label_bottom, bottom) - max(label_top, top) + gap
            if over_x <= 0 or over_y <= 0:
                continue
            worst = max(worst, min(over_x, over_y))
            if over_x < over_y:
                step = over_x / 2 * (1 if other.x >= one.x else -1)
                one.x, other.x = one.x - step, other.x + step
            else:
                step = over_y / 2 * (1 if (top + bottom) >= (label_top + label_bottom) else -1)
                one.y, other.y = one.y - step, other.y + step
    return worst


def dorling(circles: tuple[Circle, ...], width: float = 960, gap: float = 3) -> Layout:
    """Circles near their true place, none over another, every label readable and clear of the rest.

    Deterministic: the same places give the same map, on every machine and in every process. A tenth of a second
    for 36 places, then kept in memory: notes, links and colours move nothing. Raises ``ValueError`` for no circle.
    """
    if not circles:
        raise ValueError("a cartogram needs at least one circle")
    found = _settled(tuple(replace(circle, href="", emphasis=False, note="") for circle in circles), width, gap)
    given = {circle.key: circle for circle in circles}
    places = tuple(replace(place, circle=given[place.circle.key]) for place in found.places)
    return replace(found, places=places)


@lru_cache(maxsize=16)
def _settled(circles: tuple[Circle, ...], width: float, gap: float) -> Layout:
    bodies = sorted(_bodies(circles, width), key=lambda body: (-body.r, body.circle.key))
    # How near two of them must be before anything is to be pushed.
    pairs = [
        (a, b, a.r + b.r + a.half + b.half + gap, a.r + b.r + a.drop + b.drop + gap)
        for a, b in itertools.combinations(bodies, 2)
    ]
    for turn in range(1500):
        pull = 0.06 * max(0.0, 1 - turn / 500)
        if pull:
            for body in bodies:
                body.x += (body.home_x - body.x) * pull
                body.y += (body.home_y - body.y) * pull
        worst = 0.0
        for a, b, wide, tall in pairs:
            if -wide < a.x - b.x < wide and -tall < a.y - b.y < tall:
                worst = max(worst, _push(a, b, gap))
        if worst < 0.4 and pull == 0:
            break
    margin = 8.0
    left = min(min(b.x - b.r, b.x - b.half) for b in bodies)
    right = max(max(b.x + b.r, b.x + b.half) for b in bodies)
    top = min(b.y - b.r for b in bodies)
    bottom = max(b.y + b.r + b.drop for b in bodies)
    places = []
    for body in bodies:
        x, y = round(body.x - left + margin, 1), round(body.y - top + margin, 1)
        tall = (len(body.lines) - 1) * _LEADING
        label_y = y - tall / 2 + _FONT * 0.35 if body.inside else y + body.r + _FONT * 0.95
        places.append(Placed(body.circle, x, y, round(body.r, 1), body.lines, round(label_y, 1), body.inside))
    return Layout(round(right - left + 2 * margin, 1), round(bottom - top + 2 * margin, 1), tuple(places))


def _label(place: Placed) -> str:
    spans = "".join(
        f'<tspan x="{place.x:g}" dy="{_LEADING if index else 0:g}">{escape(line)}</tspan>'
        for index, line in enumerate(place.lines)
    )
    where = "in" if place.inside else "out"
    return f'<text class="carto__label carto__label--{where}" x="{place.x:g}" y="{place.label_y:g}">{spans}</text>'


def cartogram(
    circles: Sequence[Circle], *, title: str, description: str, width: int = 960, id_prefix: str
) -> SafeString:
    """A Dorling cartogram as accessible SVG. Nothing for no circle: the page says so in words.

    Circles with a ``href`` are links, named by label and note; the drawing is then a list of links
    (role group), an image otherwise. ``id_prefix`` keeps ids unique on a page. Put a table behind.
    """
    if not circles:
        return mark_safe("")
    layout = dorling(tuple(circles), float(width))
    linked = any(circle.href for circle in circles)
    parts = []
    # Read in alphabetical order: the drawing's order (by size) means nothing to who tabs through it.
    for place in sorted(layout.places, key=lambda item: normalise(item.circle.label)):
        circle = place.circle
        name = f"{circle.label}, {circle.note}" if circle.note else circle.label
        shape = f'<circle cx="{place.x:g}" cy="{place.y:g}" r="{place.r:g}"/>{_label(place)}'
        kind = "carto__place carto__place--strong" if circle.emphasis else "carto__place"
        if circle.href:
            opening = f'<a class="{kind}" href="{escape(circle.href)}" aria-label="{escape(name)}">'
            parts.append(f"{opening}<title>{escape(name)}</title>{shape}</a>")
        else:
            parts.append(f'<g class="{kind}"><title>{escape(name)}</title>{shape}</g>')
    return format_html(
        '<svg class="carto" viewBox="0 0 {} {}" role="{}" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{}</desc>{}</svg>',
        f"{layout.width:g}", f"{layout.height:g}", "group" if linked else "img", id_prefix, id_prefix,
        id_prefix, title, id_prefix, description, mark_safe("".join(parts)),  # noqa: S308 (escaped above)
    )  # fmt: skip


def bars(
    rows: Sequence[Bar], *, title: str, description: str, id_prefix: str, unit: str = "", places: int = 0
) -> SafeString:
    """Horizontal bars with direct labels and figures, to one scale from zero. Unknown is said, not drawn."""
    if not rows:
        return mark_safe("")
    row_height, start, width, tail = 34, 250, 960, 150
    top = max((row.value or 0 for row in rows), default=0) or 1
    parts = []
    for index, row in enumerate(rows):
        y = index * row_height
        length = round((width - start - tail) * (row.value or 0) / top, 1)
        figure = gettext("inconnu") if row.value is None else dates.number(row.value, places)
        if unit and row.value is not None:
            figure += f"{dates.NBSP}{unit}"
        if row.note:
            figure += f" {row.note}"
        kind = "bars__bar bars__bar--strong" if row.emphasis else "bars__bar"
        parts.append(
            f'<text class="bars__label" x="{start - 12}" y="{y + 21}">{escape(row.label)}</text>'
            + (
                f'<rect class="{kind}" x="{start}" y="{y + 6}" width="{max(length, 1):g}" height="22"/>'
                if row.value is not None
                else ""
            )
            + f'<text class="bars__figure" x="{start + length + 10:g}" y="{y + 21}">{escape(figure)}</text>'
        )
    height = len(rows) * row_height
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{}</desc><path class="bars__axis" d="M{} 0V{}"/>{}</svg>',
        width, height, id_prefix, id_prefix, id_prefix, title, id_prefix, description, start, height,
        mark_safe("".join(parts)),  # noqa: S308 (escaped above)
    )  # fmt: skip


def spans(
    rows: Sequence[Span],
    *,
    title: str,
    description: str,
    id_prefix: str,
    cut: float | None = None,
    cut_label: str = "",
) -> SafeString:
    """Ranks as points on the lines of their intervals, from 1 on the left. ``cut``: where to draw the strong
    line, with its own label. One line a row, labelled on both sides; nothing for no row.
    """
    if not rows:
        return mark_safe("")
    width, start, tail, top, row_height = 960, 300, 90, 34, 24
    last = max(*(row.high for row in rows), cut or 1, 2)
    scale = (width - start - tail) / (last - 1)

    def at(value: float) -> str:
        return f"{start + (value - 1) * scale:.1f}".removesuffix(".0")

    height = top + len(rows) * row_height + 8
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if last / size <= 12)
    ticks = [1, *range(max(step, 2), int(last) + 1, step)]
    # The label of the strong line has its place on the axis: no tick under it.
    clear = text_width(cut_label, 14) / 2 + 12
    parts = []
    for tick in ticks:
        parts.append(f'<path class="spans__tick" d="M{at(tick)} {top - 4}V{height}"/>')
        if cut is None or abs(tick - cut) * scale > clear:
            parts.append(f'<text class="spans__scale" x="{at(tick)}" y="{top - 12}">{tick}</text>')
    for index, row in enumerate(rows):
        y = top + index * row_height + row_height / 2
        label = str(row.label)
        parts.append(
            f'<g class="spans__row"><title>{escape(f"{label} : {row.note}" if row.note else label)}</title>'
            f'<text class="spans__label" x="{start - 16}" y="{y + 5:g}">{escape(shortened(label, start - 30))}</text>'
            f'<path class="spans__line" d="M{at(row.low)} {y:g}H{at(row.high)}"/>'
            f'<circle class="spans__dot" cx="{at(row.value)}" cy="{y:g}" r="5"/>'
            f'<text class="spans__note" x="{float(at(row.high)) + 12:g}" y="{y + 5:g}">{escape(str(row.note))}</text>'
            "</g>"
        )
    if cut is not None:
        parts.append(
            f'<path class="spans__cut" d="M{at(cut)} {top - 6}V{height}"/>'
            f'<text class="spans__cut-label" x="{at(cut)}" y="{top - 12}">{escape(cut_label)}</text>'
        )
    return format_html(
        '<svg class="spans" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{}</desc>{}</svg>',
        width, height, id_prefix, id_prefix, id_prefix, title, id_prefix, description,
        mark_safe("".join(parts)),  # noqa: S308 (escaped above)
    )  # fmt: skip


def shortened(text: str, room: float, size: float = 15.0) -> str:
    """The text, cut with an ellipsis where it would leave its room."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
