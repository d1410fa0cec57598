"""The strip under each page: what the dossier is, and the page's number.

A number laid over a page hides something sooner or later. So the sheet is made longer at its
foot, as the reader sees it (``/Rotate``), by a strip of its own; the page above is left as it
was and cut where it was cut before, so that what hung outside does not spill into the strip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import pikepdf
from pikepdf import Array, Dictionary, Stream

from clea.documents.pdf.pen import Pen, number, numbers

A4_WIDTH, A4_HEIGHT = 595.276, 841.89
# On an A4 page, in points; other sizes are in proportion.
HEIGHT, MARGIN, SIZE, BASE_LINE = 24.0, 34.0, 7.5, 9.0
STAMP_WIDTH, STAMP_HEIGHT = 330.0, 10.0
STAMP_BOTTOM = 6.55
SMALLEST = 0.35
INK, LINE = b"0.29 0.314 0.337 rg", b"0.522 0.475 0.416 RG"
LETTER = (0.0, 0.0, 612.0, 792.0)


@dataclass(frozen=True)
class Frame:
    """Where the strip goes: user-space boxes, and the matrix that brings (0, 0) to its lower left."""

    seen: tuple[float, float, float, float]  # what was visible
    crop: tuple[float, float, float, float]  # the same with the strip
    matrix: tuple[float, float, float, float, float, float]
    width: float  # of the strip, in points at scale 1
    scale: float  # user units per point at scale 1

    @property
    def height(self) -> float:
        return HEIGHT * self.scale


def frame_of(page: pikepdf.Object) -> Frame:
    """Work out the strip of a page from its boxes, its rotation and its unit."""
    media = box_of(page, "/MediaBox") or LETTER
    seen = intersection(box_of(page, "/CropBox") or media, media)
    x0, y0, x1, y1 = seen
    rotation = rotation_of(page)
    across, along = (x1 - x0, y1 - y0) if rotation in (0, 180) else (y1 - y0, x1 - x0)
    unit = unit_of(page)
    # The same size on every sheet of the same area, so that a landscape A4 has the strip of a
    # portrait one; never wider than a narrow page can bear, never too small to exist.
    size = math.sqrt(across * along) * unit / math.sqrt(A4_WIDTH * A4_HEIGHT)
    size = max(SMALLEST, min(size, across * unit / 420))
    scale = size / unit
    tall = HEIGHT * scale
    crop, matrix = {
        0: ((x0, y0 - tall, x1, y1), (1, 0, 0, 1, x0, y0 - tall)),
        90: ((x0, y0, x1 + tall, y1), (0, 1, -1, 0, x1 + tall, y0)),
        180: ((x0, y0, x1, y1 + tall), (-1, 0, 0, -1, x1, y1 + tall)),
        270: ((x0 - tall, y0, x1, y1), (0, -1, 1, 0, x0 - tall, y1)),
    }[rotation]
    return Frame(seen, crop, matrix, across / scale, scale)


def box_of(page: pikepdf.Object, key: str) -> tuple[float, float, float, float] | None:
    """A box with its corners in order; None when it is missing, wrong or flat."""
    found = page.get(key)
    if not isinstance(found, Array) or len(found) != 4:
        return None
    values = list(found)
    if not all(isinstance(value, (int, float, Decimal)) for value in values):
        return None
    a, b, c, d = (float(value) for value in values)
    box = (min(a, c), min(b, d), max(a, c), max(b, d))
    return box if box[2] - box[0] > 0.01 and box[3] - box[1] > 0.01 else None


def intersection(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """What is in both, or ``other`` when they do not meet (as readers do)."""
    box = (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    return box if box[2] - box[0] > 0.01 and box[3] - box[1] > 0.01 else other


def rotation_of(page: pikepdf.Object) -> int:
    value = page.get("/Rotate")
    if not isinstance(value, (int, float, Decimal)) or int(value) % 90:
        return 0
    return int(value) % 360


def unit_of(page: pikepdf.Object) -> float:
    value = page.get("/UserUnit")
    return float(value) if isinstance(value, (int, float, Decimal)) and 0 < value <= 75_000 else 1.0


class Strip:
    """Puts the strip on pages; the text and the fonts are drawn once and shared by all."""

    def __init__(self, out: pikepdf.Pdf, stamp: pikepdf.Pdf | None, pen: Pen, key: str) -> None:
        self._out, self._pen = out, pen
        drawn = [out.copy_foreign(stamp.pages[0].as_form_xobject())] if stamp else []
        self._stamps = {f"/CleaText{key}": one for one in drawn}
        self._after = out.make_stream(b"\nQ")
        self._after_marked = out.make_stream(b"\nEMC Q")

    def put(self, page: pikepdf.Object, label: str, *, mark: int | None) -> None:
        """Lengthen ``page`` and write ``label`` at its foot; ``mark`` wraps its content in a tag."""
        frame = frame_of(page)
        self._surround(page, self._foot(frame, label), mark)
        self._give_resources(page)
        page.CropBox = _box(frame.crop)
        media = box_of(page, "/MediaBox") or LETTER
        page.MediaBox = _box(
            (
                min(media[0], frame.crop[0]),
                min(media[1], frame.crop[1]),
                max(media[2], frame.crop[2]),
                max(media[3], frame.crop[3]),
            )
        )

    def leave(self, page: pikepdf.Object, *, mark: int | None) -> None:
        """A page without strip: only ``mark`` wraps its content."""
        if mark is not None:
            self._surround(page, [b"q"], mark)

    def _foot(self, frame: Frame, label: str) -> list[bytes]:
        """Operators that come before the page's own.

        The strip first, while the graphics state is still the default one, since a page may leave
        it in any state. Then the page, cut at what was visible.
        """
        scale = number(frame.scale)
        right = frame.width - min(MARGIN, frame.width * 0.06)
        left = frame.width - right
        rule = (left, HEIGHT - 4, right, HEIGHT - 4)
        width = self._pen.width(label, SIZE)
        operators = [
            b"/Artifact <</Type /Pagination /Subtype /Footer>> BDC q",
            b"%s cm" % numbers(frame.matrix),
            b"%s 0 0 %s 0 0 cm" % (scale, scale),
            INK,
            LINE,
            b"0.5 w %s %s m %s %s l S" % tuple(number(value) for value in rule),
            self._pen.write(label, SIZE, max(right - width, 0), BASE_LINE),
        ]
        if left + STAMP_WIDTH + 10 + width < right:
            place = numbers((1, 0, 0, 1, left, STAMP_BOTTOM))
            operators += [b"q %s cm %s Do Q" % (place, name.encode()) for name in self._stamps]
        x0, y0, x1, y1 = frame.seen
        return [*operators, b"Q EMC q %s re W n" % numbers((x0, y0, x1 - x0, y1 - y0))]

    def _surround(self, page: pikepdf.Object, operators: list[bytes], mark: int | None) -> None:
        if mark is not None:
            operators = [*operators, b"/P <</MCID %d>> BDC" % mark]
        before = self._out.make_stream(b"\n".join([*operators, b""]))
        contents = page.get("/Contents")
        if isinstance(contents, Array):
            streams = [one for one in contents if isinstance(one, Stream)]
        else:
            streams = [contents] if isinstance(contents, Stream) else []
        page.Contents = Array([before, *streams, self._after if mark is None else self._after_marked])

    def _give_resources(self, page: pikepdf.Object) -> None:
        resources = page.get("/Resources")
        if not isinstance(resources, Dictionary):
            resources = page.Resources = Dictionary()
        for kind, items in (("/XObject", self._stamps), ("/Font", self._pen.fonts)):
            if not isinstance(resources.get(kind), Dictionary):
                resources[kind] = Dictionary()
            for name, item in items.items():
                resources[kind][name] = item


def _box(values: tuple[float, float, float, float]) -> Array:
    return Array([Decimal(number(value).decode()) for value in values])
