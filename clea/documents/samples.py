"""Pleasant PDFs made on the spot: what an artist would send, with invented words and drawings.

For the demonstration and the tests. Laid out here rather than by WeasyPrint, whose fonts are
borrowed once per process: a sample of ten pages then takes a few milliseconds.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from clea.documents.services.rendering import lay_out, pdf_bytes

if TYPE_CHECKING:
    import pikepdf

    from clea.documents.pdf.pen import Pen

WIDTH, HEIGHT, MARGIN = 595.276, 841.89, 68.0
TITLE, TEXT, SMALL, LEADING = 27.0, 11.0, 8.0, 17.0
INK, SOFT, BRICK, TERRIL, SAND, SKY, STRAW = (
    b"0.102 0.11 0.118", b"0.29 0.314 0.337", b"0.612 0.227 0.141", b"0.176 0.361 0.271",
    b"0.937 0.914 0.882", b"0.902 0.933 0.953", b"0.957 0.788 0.365",
)  # fmt: skip
LETTERS = (
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    "\N{NO-BREAK SPACE}«»·°’“”–—…œŒÀÂÄÇÈÉÊËÎÏÔÖÙÛÜàâäçèéêëîïôöùûüÿ€"
)


@lru_cache(maxsize=2)
def _letters(serif: bool) -> bytes:
    context = {"sheet": LETTERS, "serif": serif}
    return pdf_bytes(lay_out("pdf/stamp.html", context, title="", language="fr"), tagged=False)


def sample_pdf(title: str, paragraphs: Sequence[str], pages: int, *, author: str) -> bytes:
    """A PDF of exactly ``pages`` pages: a title page, then the paragraphs, then plates of drawing.

    The drawings depend on the words, so that two artists' samples differ and the same words give
    the same bytes. It has bookmarks and, on purpose, the author and a program in its metadata.
    """
    import pikepdf

    from clea.documents.pdf.pen import Pen

    if pages < 1:
        raise ValueError("a sample has at least one page")
    serif_sheet = pikepdf.open(io.BytesIO(_letters(True)))
    plain_sheet = pikepdf.open(io.BytesIO(_letters(False)))
    with serif_sheet, plain_sheet, pikepdf.new() as pdf:
        serif, plain = Pen(pdf, serif_sheet, "/Title"), Pen(pdf, plain_sheet, "/Text")
        fonts = pikepdf.Dictionary(serif.fonts | plain.fonts)
        resources = pdf.make_indirect(pikepdf.Dictionary(Font=fonts))
        seed = hashlib.sha256("\n".join([title, author, *paragraphs]).encode()).digest()
        waiting = [line for text in paragraphs for line in [*_lines(plain, text), ""]]
        for number in range(pages):
            operators = _opening(serif, plain, title, author, seed) if number == 0 else _head(plain, title)
            top = HEIGHT - 330 if number == 0 else HEIGHT - MARGIN - 46
            room = int((top - MARGIN - 20) // LEADING)
            lines, waiting = waiting[:room], waiting[room:]
            if any(lines):
                operators += _text(plain, lines, top)
            elif number:
                operators += _plate(seed[number % 24 :], top)
            operators.append(INK + b" rg " + plain.write(str(number + 1), SMALL, WIDTH - MARGIN - 12, 40))
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=[0, 0, 595.276, 841.89],
                Resources=resources,
                Contents=pdf.make_stream(b"\n".join(operators)),
            )
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        with pdf.open_outline() as outline:
            for number in range(0, pages, 4):
                heading = title if number == 0 else f"{title}, page {number + 1}"
                outline.root.append(pikepdf.OutlineItem(heading, number))
        pdf.docinfo["/Title"], pdf.docinfo["/Author"] = title, author
        pdf.docinfo["/Creator"] = "Atelier 4.2"
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, min_version="1.5", object_stream_mode=_streams())
        return out.getvalue()


def _streams() -> pikepdf.ObjectStreamMode:
    import pikepdf

    return pikepdf.ObjectStreamMode.generate


def _lines(pen: Pen, text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and pen.width(longer, TEXT) > WIDTH - 2 * MARGIN:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _text(pen: Pen, lines: Sequence[str], top: float) -> list[bytes]:
    written = [pen.write(line, TEXT, MARGIN, top - rank * LEADING) for rank, line in enumerate(lines) if line]
    return [INK + b" rg", *written]


def _head(pen: Pen, title: str) -> list[bytes]:
    rule = b"0.5 w 0.522 0.475 0.416 RG %d %d m %d %d l S" % (MARGIN, HEIGHT - 62, WIDTH - MARGIN, HEIGHT - 62)
    return [SOFT + b" rg " + pen.write(title, SMALL, MARGIN, HEIGHT - 54), rule]


def _opening(serif: Pen, plain: Pen, title: str, author: str, seed: bytes) -> list[bytes]:
    """A band of horizon over the title."""
    size = TITLE
    while size > 12 and serif.width(title, size) > WIDTH - 2 * MARGIN:
        size -= 1
    ground = (SKY, SAND, STRAW)[seed[0] % 3]
    operators = [ground + b" rg 0 %d %d 170 re f" % (HEIGHT - 170, WIDTH + 1)]
    for rank in range(3):
        left, height = seed[rank + 1] * 1.7, 50 + seed[rank + 4] % 90
        half, colour = height * 1.4, (INK, BRICK, TERRIL)[(seed[7] + rank) % 3]
        points = (left, HEIGHT - 170, left + half, HEIGHT - 170 + height, left + 2 * half, HEIGHT - 170)
        operators.append(colour + b" rg %d %d m %d %d l %d %d l h f" % points)
    return [
        b"q 0 0 %d %d re W n" % (WIDTH + 1, HEIGHT + 1),
        *operators,
        b"Q",
        INK + b" rg " + serif.write(title, size, MARGIN, HEIGHT - 232),
        BRICK + b" rg " + plain.write(author, 12, MARGIN, HEIGHT - 258),
    ]


def _plate(seed: bytes, top: float) -> list[bytes]:
    """A picture: a frame with hills, a disc and a few lines."""
    low, wide = 150, int(WIDTH - 2 * MARGIN)
    colours = [SKY, SAND, STRAW, BRICK, TERRIL, INK]
    operators = [
        b"q %d %d %d %d re W n" % (MARGIN, low, wide, top - low),
        colours[seed[0] % 3] + b" rg %d %d %d %d re f" % (MARGIN, low, wide, top - low),
    ]
    x, y, radius = MARGIN + 60 + seed[1], top - 70 - seed[2] % 90, 22 + seed[3] % 34
    bend = radius * 0.5523
    operators.append(
        colours[2 + seed[4] % 2]
        + b" rg %d %d m %d %d %d %d %d %d c %d %d %d %d %d %d c %d %d %d %d %d %d c %d %d %d %d %d %d c f"
        % (
            x + radius, y,
            x + radius, y + bend, x + bend, y + radius, x, y + radius,
            x - bend, y + radius, x - radius, y + bend, x - radius, y,
            x - radius, y - bend, x - bend, y - radius, x, y - radius,
            x + bend, y - radius, x + radius, y - bend, x + radius, y,
        )
    )  # fmt: skip
    for rank in range(4):
        start = MARGIN - 80 + rank * 120 + seed[5 + rank % 3] % 60
        height = 120 + seed[(8 + rank) % len(seed)] % 200 - rank * 24
        points = (start, low, start + height * 1.1, low + height, start + height * 2.2, low)
        operators.append(colours[3 + (seed[2] + rank) % 3] + b" rg %d %d m %d %d l %d %d l h f" % points)
    operators.append(b"0.8 w 1 1 1 RG")
    for rank in range(12):
        level = low + 14 + rank * 9
        operators.append(b"%d %d m %d %d l S" % (MARGIN, level, MARGIN + wide, level + seed[rank % len(seed)] % 20))
    return [*operators, b"Q"]
