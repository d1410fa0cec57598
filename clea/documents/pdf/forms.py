"""Filled forms: make what was typed part of the page.

A dossier has no fields: two pieces' fields would clash, and readers that do not draw values
themselves would show blanks. Values that have no drawing yet get one (own font, so that accents
stay), then every field is drawn into its page. Comments and links stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from clea.documents.pdf.pen import Pen, number
from clea.documents.pdf.strip import box_of

MULTILINE, PASSWORD = 1 << 12, 1 << 13
PADDING = 2.0
LARGEST, SMALLEST, LEADING = 11.0, 5.0, 1.2

PenFor = Callable[[pikepdf.Pdf, str], Pen]


def flatten_forms(pdf: pikepdf.Pdf, pen_for: PenFor) -> None:
    """Draw the fields of ``pdf`` into its pages and forget them.

    ``pen_for(pdf, characters)`` gives a pen that can write in ``pdf``; asked only if a value has
    no drawing.
    """
    form = pdf.Root.get("/AcroForm")
    if not any(True for _ in widgets(pdf)):
        if form is not None:
            del pdf.Root["/AcroForm"]
        return
    stale: object = form.get("/NeedAppearances") if isinstance(form, Dictionary) else None
    _draw_values(pdf, pen_for, redraw=stale is True)
    if isinstance(form, Dictionary):
        form.NeedAppearances = False
    aside: list[tuple[pikepdf.Object, list[pikepdf.Object]]] = []
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        if not isinstance(annotations, Array):
            continue
        others: list[pikepdf.Object] = [
            one for one in annotations if isinstance(one, Dictionary) and one.get("/Subtype") != Name.Widget
        ]
        aside.append((page.obj, others))
        page.obj.Annots = Array([one for one in annotations if _is_widget(one)])
    pdf.flatten_annotations("screen")
    for page_obj, others in aside:
        if others:
            page_obj.Annots = Array(others)
        elif "/Annots" in page_obj:
            del page_obj["/Annots"]
    if "/AcroForm" in pdf.Root:
        del pdf.Root["/AcroForm"]


def _is_widget(annotation: object) -> bool:
    return isinstance(annotation, Dictionary) and annotation.get("/Subtype") == Name.Widget


def widgets(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, Array):
            yield from (one for one in annotations if _is_widget(one))


def _draw_values(pdf: pikepdf.Pdf, pen_for: PenFor, *, redraw: bool) -> None:
    todo: list[tuple[pikepdf.Object, str]] = []
    for widget in widgets(pdf):
        if inherited(widget, "/FT") not in (Name.Tx, Name.Ch) or flags(widget, "/Ff") & PASSWORD:
            continue
        appearance = widget.get("/AP")
        drawn = isinstance(appearance, Dictionary) and isinstance(appearance.get("/N"), pikepdf.Stream)
        value = value_of(widget)
        if value and (redraw or not drawn):
            todo.append((widget, value))
    if not todo:
        return
    pen = pen_for(pdf, "".join(sorted({char for _, value in todo for char in value if char.isprintable()})))
    for widget, value in todo:
        _draw(pdf, pen, widget, value)


def inherited(field: pikepdf.Object, key: str) -> object:
    """A property of a field, its own or its ancestors'."""
    current: object = field
    for _ in range(50):
        if not isinstance(current, Dictionary):
            return None
        if key in current:
            return current.get(key)
        current = current.get("/Parent")
    return None


def flags(field: pikepdf.Object, key: str) -> int:
    value = inherited(field, key)
    return value if isinstance(value, int) else 0


def value_of(field: pikepdf.Object) -> str:
    value = inherited(field, "/V")
    if isinstance(value, Array):
        return ", ".join(str(one) for one in value if isinstance(one, String))
    return str(value) if isinstance(value, String) else ""


def _draw(pdf: pikepdf.Pdf, pen: Pen, widget: pikepdf.Object, value: str) -> None:
    rect = box_of(widget, "/Rect")
    if rect is None:
        return
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    several = bool(flags(widget, "/Ff") & MULTILINE)
    size, lines = _fit(pen, value, width - 2 * PADDING, height - 2 * PADDING, several)
    quadding = flags(widget, "/Q")
    y = height - PADDING - size * 0.85 if several else (height - size * 0.7) / 2
    operators = [b"/Tx BMC q 0 0 %s %s re W n 0 g" % (number(width), number(height))]
    for line in lines:
        slack = max(width - 2 * PADDING - pen.width(line, size), 0)
        operators.append(pen.write(line, size, PADDING + slack * {1: 0.5, 2: 1}.get(quadding, 0), y))
        y -= size * LEADING
    operators.append(b"Q EMC")
    widget.AP = Dictionary(
        N=pdf.make_stream(
            b"\n".join(operators),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=[0, 0, width, height],
            Resources=Dictionary(Font=Dictionary(pen.fonts)),
        )
    )


def _fit(pen: Pen, value: str, width: float, height: float, several: bool) -> tuple[float, list[str]]:
    """The largest size at which all the text shows, down to the smallest that can be read."""
    size = LARGEST if several else max(SMALLEST, min(LARGEST, height * 0.8))
    while True:
        lines = _wrap(pen, value, width, size) if several else [" ".join(value.split())]
        fits = len(lines) * size * LEADING <= height if several else pen.width(lines[0], size) <= width
        if fits or size <= SMALLEST:
            return size, lines
        size -= 0.5


def _wrap(pen: Pen, value: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    for paragraph in value.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and pen.width(longer, size) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines
