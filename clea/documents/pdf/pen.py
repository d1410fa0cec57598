"""Write a few words on a page with an embedded font, without laying out a document.

WeasyPrint writes the characters once on a sheet; the fonts it embedded there (subset, with their
widths) are then borrowed. So the glyphs come from the same fonts as the rest of the dossier, and
accents are right whatever the piece declares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array

PAIR = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]{4,})>")


@dataclass(frozen=True)
class Glyph:
    font: str
    code: int
    width: float  # thousandths of the size


class Pen:
    """Text to operators. ``fonts`` go in the resources of what is written on."""

    def __init__(self, out: pikepdf.Pdf, sheet: pikepdf.Pdf, prefix: str) -> None:
        self.fonts: dict[str, pikepdf.Object] = {}
        self._glyphs: dict[str, Glyph] = {}
        for page in sheet.pages:
            for font in page.obj.Resources.Font.values():
                name = f"{prefix}{len(self.fonts)}"
                self._learn(font, name)
                self.fonts[name] = out.copy_foreign(font)

    def _learn(self, font: pikepdf.Object, name: str) -> None:
        widths = _widths(font.DescendantFonts[0])
        for code, text in PAIR.findall(font.ToUnicode.read_bytes()):
            char = bytes.fromhex(text.decode()).decode("utf-16-be", "ignore")
            number = int(code, 16)
            if len(char) == 1:
                self._glyphs.setdefault(char, Glyph(name, number, widths.get(number, 1000.0)))

    def knows(self, text: str) -> bool:
        return all(char in self._glyphs for char in text)

    def width(self, text: str, size: float) -> float:
        """Width of ``text`` at ``size``, in the same unit; unknown characters take no room."""
        return sum(self._glyphs[char].width for char in text if char in self._glyphs) * size / 1000

    def write(self, text: str, size: float, x: float, y: float) -> bytes:
        """Operators that draw ``text`` from (x, y) on the base line, in the current colour."""
        out = [b"BT 1 0 0 1 %s %s Tm" % (number(x), number(y))]
        current, codes = "", ""
        for char in text:
            glyph = self._glyphs.get(char)
            if glyph is None:
                continue
            if glyph.font != current:
                if codes:
                    out.append(f"<{codes}> Tj".encode())
                out.append(b"%s %s Tf" % (glyph.font.encode(), number(size)))
                current, codes = glyph.font, ""
            codes += f"{glyph.code:04x}"
        if codes:
            out.append(f"<{codes}> Tj".encode())
        return b" ".join([*out, b"ET"])


def _widths(font: pikepdf.Object) -> dict[int, float]:
    """The ``/W`` array: ``first [w w w]`` or ``first last w``."""
    found: dict[int, float] = {}
    items = list(font.get("/W", Array()))
    at = 0
    while at + 1 < len(items):
        first = int(items[at])
        if isinstance(items[at + 1], Array):
            found.update((first + step, float(width)) for step, width in enumerate(items[at + 1]))
            at += 2
        elif at + 2 < len(items):
            found.update((code, float(items[at + 2])) for code in range(first, int(items[at + 1]) + 1))
            at += 3
        else:
            break
    return found


def number(value: float) -> bytes:
    """A PDF real: plain decimals, no exponent."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return b"0" if text in ("", "-0") else text.encode()


def numbers(values: Iterable[float]) -> bytes:
    return b" ".join(number(value) for value in values)
