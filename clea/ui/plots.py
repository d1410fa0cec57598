"""Small plots for the desk: a figure in words first, then its shape as light SVG, coloured by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

#: Units of the drawing; the style sheet gives it its real width.
WIDTH, HEIGHT, FOOT = 360, 72, 16


@dataclass(frozen=True)
class Column:
    """One step of time: what is done, what is to come on top of it, and the word under it where there is room."""

    value: float
    light: float = 0
    label: str = ""
    today: bool = False


@dataclass(frozen=True)
class Part:
    """A stretch of a bar. ``kind``: ``strong``, ``plain`` or ``light``."""

    value: float
    kind: str = "plain"


def columns(rows: Sequence[Column], *, title: str, description: str, id_prefix: str) -> SafeString:
    """Columns from zero, one a step of time, today's marked. Nothing for no row: the page says so in words."""
    if not rows:
        return mark_safe("")
    top = max(row.value + row.light for row in rows) or 1
    step = WIDTH / len(rows)
    gap = min(2.0, step * 0.2)
    parts = []
    for index, row in enumerate(rows):
        x, wide = index * step + gap / 2, step - gap
        solid, light = HEIGHT * row.value / top, HEIGHT * row.light / top
        if solid:
            parts.append(_rect("plot__bar", x, HEIGHT - solid, wide, solid))
        if light:
            parts.append(_rect("plot__bar plot__bar--light", x, HEIGHT - solid - light, wide, light))
        if row.today:
            middle = x + wide / 2
            parts.append(f'<path class="plot__today" d="M{middle:.1f} 0V{HEIGHT}"/>')
        if row.label:
            end = index * step > WIDTH * 0.85
            anchor = ' text-anchor="end"' if end else ""
            at = (index + 1) * step if end else index * step
            text = f'<text class="plot__label" x="{at:.1f}" y="{HEIGHT + 13}"{anchor}>{escape(row.label)}</text>'
            parts.append(text)
    return _svg(
        "plot",
        HEIGHT + FOOT,
        f'<path class="plot__axis" d="M0 {HEIGHT}H{WIDTH}"/>',
        parts,
        title,
        description,
        id_prefix,
    )


def gauge(parts: Sequence[Part], total: float, *, title: str, description: str, id_prefix: str) -> SafeString:
    """One bar of parts laid end to end against a total, which they may pass."""
    whole = max(total, sum(part.value for part in parts)) or 1
    drawn, x = [], 0.0
    for part in parts:
        wide = WIDTH * part.value / whole
        if wide:
            kind = "plot__bar" if part.kind == "plain" else f"plot__bar plot__bar--{part.kind}"
            drawn.append(_rect(kind, x, 0, wide, 12))
        x += wide
    ground = f'<rect class="plot__ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="11"/>'
    return _svg("plot plot--gauge", 12, ground, drawn, title, description, id_prefix)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{max(height, 1):.1f}"/>'


def _svg(
    kind: str, height: int, ground: str, parts: list[str], title: str, description: str, prefix: str
) -> SafeString:
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{}</desc>{}{}</svg>',
        kind, WIDTH, height, prefix, prefix, prefix, title, prefix, description,
        mark_safe(ground), mark_safe("".join(parts)),  # noqa: S308 (numbers, and labels escaped above)
    )  # fmt: skip
