"""The plots of a bilan: SVG whose text keeps its size whatever the width, coloured by the style sheet.

Lengths along the page are percentages and heights are pixels: a plot fills a phone or a sheet, and is read on both.
Each one says itself in a title and a description; put its table behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

#: The longest bar leaves room for its figure, « plus de 12 345 », on a phone.
_LONGEST = 66.0
_ROW, _BAR = 46, 16
#: Steps of the fields of points, and how many points a page can hold.
_UNITS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)
_MOST_POINTS = 600
_A_LINE, _PITCH = 80, 10

#: What the style sheet says on the site, for a PDF: a drawing there reads no style but its own.
PRINT_STYLE = (
    "text{font-family:'Source Sans 3','Noto Sans','Liberation Sans','DejaVu Sans',sans-serif}"
    ".plot__label{font-size:12px;fill:#1a1c1e}.plot__figure{font-size:12.5px;font-weight:600;fill:#1a1c1e}"
    ".plot__small{font-size:11px;fill:#4a5056}"
    ".plot__bar{fill:#bcd0dc}.plot__bar--strong{fill:#9c3a24}.plot__bar--green{fill:#2d5c45}.plot__bar--ink{fill:#4a5056}"
    ".plot__unknown{fill:none;stroke:#85796a;stroke-dasharray:3 3}"
    ".plot__ground{stroke:#1a1c1e;stroke-width:1.4}"
    ".plot__hill{fill:#bcd0dc;fill-opacity:.85}.plot__hill--strong{fill:#9c3a24;fill-opacity:1}"
    ".plot__points{fill:none;stroke-linecap:round;stroke-width:7}"
    ".plot__points--pupils{stroke:#9c3a24}.plot__points--residents{stroke:#2d5c45}"
    ".plot__points--professionals{stroke:#4a5056}"
    ".carto__label{font-size:13px;font-weight:500;fill:#1a1c1e;text-anchor:middle}"
    ".cover__figure{font-weight:700}circle{stroke:#85796a;stroke-width:1}"
    ".cover--0 circle{fill:#fff;stroke-dasharray:3 3}.cover--1 circle{fill:#e2e9e4}.cover--2 circle{fill:#c6d3cb}"
    ".cover--3 circle{fill:#9fb5a8}.cover--4 circle{fill:#2d5c45}.cover--4 .carto__label--in{fill:#fff}"
)


@dataclass(frozen=True)
class Mark:
    """One figure to draw: what it is of, the figure (``None``: unknown), and what is written of it.

    ``said`` is the figure in words, its qualifier with it; ``tone`` is strong, green or ink.
    """

    label: str
    value: float | None
    said: str
    tone: str = ""


def for_print(drawing: SafeString) -> SafeString:
    """The same drawing with its style inside, for a PDF."""
    if not drawing:
        return drawing
    head, rest = str(drawing).split(">", 1)
    return mark_safe(f"{head}><style>{PRINT_STYLE}</style>{rest}")  # noqa: S308 (made here)


def bars(marks: Sequence[Mark], *, title: str, description: str, id_prefix: str) -> SafeString:
    """Horizontal bars from zero, each under its label and before its figure. Unknown: a dashed stub, and the word."""
    if not marks:
        return mark_safe("")
    top = max((mark.value or 0 for mark in marks), default=0) or 1
    parts = []
    for index, mark in enumerate(marks):
        y = index * _ROW
        length = 0.0 if mark.value is None else round(_LONGEST * mark.value / top, 2)
        kind = "plot__unknown" if mark.value is None else f"plot__bar plot__bar--{mark.tone or 'plain'}"
        width = "24" if mark.value is None else f"{max(length, 0.4):g}%"
        shift = "34" if mark.value is None else "10"
        parts.append(
            f'<text class="plot__label" x="0" y="{y + 15}">{escape(mark.label)}</text>'
            f'<rect class="{kind}" x="0" y="{y + 21}" width="{width}" height="{_BAR}"/>'
            f'<text class="plot__figure" x="{length:g}%" dx="{shift}" y="{y + 34}">{escape(mark.said)}</text>'
        )
    return _drawing("bars", len(marks) * _ROW, parts, title, description, id_prefix)


def hills(marks: Sequence[Mark], *, title: str, description: str, id_prefix: str, height: int = 190) -> SafeString:
    """One terril a month, as high as its figure, the highest in the strong colour. The bases overlap a little."""
    if not marks:
        return mark_safe("")
    top = max((mark.value or 0 for mark in marks), default=0) or 1
    ground, room = height - 26, height - 26 - 22
    slot = 100 / len(marks)
    # The high ones behind, so that none hides another.
    order = sorted(range(len(marks)), key=lambda index: -(marks[index].value or 0))
    parts = []
    for index in order:
        mark = marks[index]
        tall = round(room * (mark.value or 0) / top, 1)
        if not tall:
            continue
        strong = " plot__hill--strong" if index == order[0] else ""
        # The first and the last stop at the edges of the drawing.
        left, right = max(slot * (index - 0.35), 0), min(slot * (index + 1.35), 100)
        peak = (slot * (index + 0.5) - left) / (right - left) * 100
        parts.append(
            f'<svg x="{left:.2f}%" y="{ground - tall:g}" width="{right - left:.2f}%" height="{tall:g}" '
            f'viewBox="0 0 100 100" preserveAspectRatio="none">'
            f'<path class="plot__hill{strong}" d="M0 100 {peak:.1f} 0 100 100z"/></svg>'
        )
    parts.append(f'<line class="plot__ground" x1="0" x2="100%" y1="{ground}" y2="{ground}"></line>')
    for index, mark in enumerate(marks):
        middle, tall = slot * (index + 0.5), room * (mark.value or 0) / top
        parts.append(
            f'<text class="plot__figure" text-anchor="middle" x="{middle:.2f}%" y="{ground - tall - 7:.1f}">'
            f"{escape(mark.said)}</text>"
            f'<text class="plot__small" text-anchor="middle" x="{middle:.2f}%" y="{height - 8}">'
            f"{escape(mark.label)}</text>"
        )
    return _drawing("hills", height, parts, title, description, id_prefix)


def unit_for(values: Sequence[float | None]) -> int:
    """How many people a point stands for, so that all the fields of points of a page stay light."""
    total = sum(value or 0 for value in values)
    return next((unit for unit in _UNITS if total / unit <= _MOST_POINTS), _UNITS[-1])


def points(value: float | None, *, unit: int, tone: str, title: str, id_prefix: str) -> SafeString:
    """A field of points, one for ``unit`` people, at least one when there is anybody. Nothing for nobody."""
    if not value:
        return mark_safe("")
    count = max(1, round(value / unit))
    lines = -(-count // _A_LINE)
    path = "".join(f"M{_PITCH * (index % _A_LINE) + 5} {_PITCH * (index // _A_LINE) + 5}h0" for index in range(count))
    width = _A_LINE * _PITCH
    return format_html(
        '<svg class="plot plot--points" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t">'
        '<title id="{}-t">{}</title><path class="plot__points plot__points--{}" d="{}"/></svg>',
        width, lines * _PITCH, id_prefix, id_prefix,
        _("%(said)s : un point pour %(unit)s personnes") % {"said": title, "unit": unit} if unit > 1
        else _("%(said)s : un point par personne") % {"said": title},
        tone, path,
    )  # fmt: skip


def _drawing(kind: str, height: int, parts: Sequence[str], title: str, description: str, id_prefix: str) -> SafeString:
    return format_html(
        '<svg class="plot plot--{}" width="100%" height="{}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        kind, height, id_prefix, id_prefix, id_prefix, title, id_prefix, description,
        mark_safe("".join(parts)),  # noqa: S308 (escaped above)
    )  # fmt: skip
