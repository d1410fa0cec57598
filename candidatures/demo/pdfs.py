"""The artists' own PDFs, drawn on the spot: letters, CVs, portfolios of several pages.

Written straight in PDF operators with the fonts every reader has: some milliseconds a file, and
files that look like what artists send (a title, an author, bookmarks) rather than like ours.
"""

from __future__ import annotations

import io
import random
import unicodedata
from collections.abc import Callable, Iterable
from math import cos, pi, sin

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf

from candidatures.demo.content import Persona, letter

WIDTH, HEIGHT = 595.0, 842.0
MARGIN = 62.0

#: Widths of Helvetica, in thousandths, from space to tilde (Adobe's metrics).
_WIDTHS = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
    556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
    556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
    500, 500, 500, 334, 260, 334, 584,
]  # fmt: skip

Colour = tuple[float, float, float]
INK: Colour = (0.10, 0.11, 0.12)
PALETTES: list[list[Colour]] = [
    [(0.61, 0.23, 0.14), (0.94, 0.91, 0.87), (0.18, 0.36, 0.27)],
    [(0.16, 0.27, 0.42), (0.96, 0.79, 0.36), (0.90, 0.93, 0.95)],
    [(0.35, 0.20, 0.36), (0.85, 0.62, 0.55), (0.93, 0.90, 0.86)],
    [(0.11, 0.36, 0.37), (0.93, 0.55, 0.36), (0.96, 0.94, 0.89)],
]


def width(text: str, size: float) -> float:
    """How wide ``text`` is in points; an accent does not change a letter's width."""
    total = 0
    for char in text:
        base = unicodedata.normalize("NFD", char)[0]
        total += _WIDTHS[ord(base) - 32] if 32 <= ord(base) < 127 else 556
    return total * size / 1000


def wrap(text: str, size: float, room: float) -> list[str]:
    """Cut ``text`` in lines of at most ``room`` points, at ordinary spaces."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip(" ")
        if line and width(longer, size) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


class Sheet:
    """One page being drawn."""

    def __init__(self) -> None:
        self._ops: list[bytes] = []
        self.y = HEIGHT - MARGIN

    def bytes(self) -> bytes:
        return b"\n".join(self._ops)

    def _op(self, text: str) -> None:
        self._ops.append(text.encode())

    def fill(self, colour: Colour) -> None:
        self._op("{:.3f} {:.3f} {:.3f} rg".format(*colour))

    def shape(self, points: Iterable[tuple[float, float]]) -> None:
        (x, y), *rest = points
        self._op(f"{x:.1f} {y:.1f} m " + " ".join(f"{a:.1f} {b:.1f} l" for a, b in rest) + " h f")

    def text(self, text: str, *, size: float = 10.5, font: str = "F1", x: float = MARGIN) -> None:
        raw = text.encode("cp1252", "replace")
        for mark in (b"\\", b"(", b")"):
            raw = raw.replace(mark, b"\\" + mark)
        self.fill(INK)
        self._ops.append(f"BT /{font} {size} Tf {x:.1f} {self.y:.1f} Td (".encode() + raw + b") Tj ET")
        self.y -= size * 1.45

    def paragraph(self, text: str, *, size: float = 10.5, room: float = WIDTH - 2 * MARGIN) -> None:
        for line in wrap(text, size, room):
            self.text(line, size=size)
        self.y -= size * 0.7

    def heading(self, text: str, size: float = 14) -> None:
        self.y -= size * 0.6
        self.text(text, size=size, font="F2")
        self.y -= 2


Drawing = Callable[[Sheet, random.Random, list[Colour]], None]


def _heaps(sheet: Sheet, rng: random.Random, colours: list[Colour]) -> None:
    for step in range(6):
        sheet.fill(colours[step % 3])
        base, x, wide = 300 + step * 12, rng.uniform(60, 420), rng.uniform(120, 260)
        sheet.shape([(x, base), (x + wide / 2, base + rng.uniform(90, 330)), (x + wide, base)])


def _stairs(sheet: Sheet, rng: random.Random, colours: list[Colour]) -> None:
    x, y = MARGIN, 290.0
    for step in range(11):
        sheet.fill(colours[step % 3])
        high = rng.uniform(20, 44)
        sheet.shape([(x, 280), (x, y + high), (x + 41, y + high), (x + 41, 280)])
        x, y = x + 43, y + high


def _suns(sheet: Sheet, rng: random.Random, colours: list[Colour]) -> None:
    for step in range(9):
        sheet.fill(colours[step % 3])
        cx, cy, r = rng.uniform(130, 470), rng.uniform(350, 690), rng.uniform(18, 90)
        sheet.shape([(cx + r * cos(a * pi / 24), cy + r * sin(a * pi / 24)) for a in range(48)])


def _waves(sheet: Sheet, rng: random.Random, colours: list[Colour]) -> None:
    for step in range(9):
        sheet.fill(colours[step % 3])
        y, high, turn = 720 - step * 48, rng.uniform(8, 26), rng.uniform(0.01, 0.05)
        top = [(x, y + high * sin(x * turn + step)) for x in range(int(MARGIN), int(WIDTH - MARGIN), 6)]
        sheet.shape([*top, (WIDTH - MARGIN, y - 30), (MARGIN, y - 30)])


DRAWINGS: list[Drawing] = [_heaps, _stairs, _suns, _waves]


def letter_sheets(persona: Persona) -> list[Sheet]:
    sheet = Sheet()
    for line in (persona.stage_name, f"12 rue de l'Exemple, {persona.postal} {persona.city}", persona.address):
        sheet.text(line, size=10)
    sheet.heading("Courrier de candidature", 17)
    sheets = [sheet]
    for text in letter(persona):
        if sheets[-1].y < 150:
            sheets.append(Sheet())
        sheets[-1].paragraph(text)
    return sheets


_TRAINING = [
    "Diplôme national d'expression plastique, école imaginaire des Hauts-de-France",
    "Licence d'arts du spectacle, université inventée de la Scarpe",
    "Formation d'interprète, conservatoire fictif de la Deûle",
    "Compagnonnage de deux ans dans un atelier collectif",
]
_SHARED = [
    "Six semaines en internat, lycée professionnel fictif des Trois-Écluses",
    "Résidence de quatre mois en médiathèque, communauté de communes des Hauts fictifs",
    "Interventions régulières auprès d'une équipe d'Ehpad, 2022-2024",
    "Parcours avec une école de la deuxième chance, 2023",
    "Présence d'une saison dans un centre social, 2021-2022",
]


def cv_sheets(persona: Persona) -> list[Sheet]:
    rng = random.Random(f"cv {persona.key}")  # noqa: S311 - the same drawing every time, no secret
    first, second = Sheet(), Sheet()
    first.text(persona.stage_name, size=22, font="F2")
    first.text(f"{', '.join(persona.disciplines)} – {persona.city}", size=11)
    first.text(f"{persona.phone} – {persona.address}", size=10)
    first.heading("Démarche")
    first.paragraph(persona.practice)
    first.heading("Œuvres et pièces")
    for title, year, form, needs in persona.works or [["Travaux en cours", "2025", "recherche", ""]]:
        first.paragraph(f"{year} – {title}, {form}. {needs}")
    for before in range(2019, 2015, -1):
        first.paragraph(f"{before} – {rng.choice(['Esquisse', 'Étude', 'Variation', 'Fragment'])} {rng.randint(1, 9)}.")
    second.heading("Expériences de partage", 14)
    for text in rng.sample(_SHARED, 3):
        second.paragraph(f"– {text}")
    second.heading("Formation")
    for text in rng.sample(_TRAINING, 2):
        second.paragraph(f"– {text}")
    second.heading("Pratique")
    moving = "Permis B, véhicule personnel." if persona.drives else "Déplacements en train et en bus."
    second.paragraph(f"{moving} Français courant à l'oral et à l'écrit.")
    return [first, second]


def portfolio_sheets(persona: Persona) -> list[tuple[str, Sheet]]:
    rng = random.Random(f"portfolio {persona.key}")  # noqa: S311 - the same drawing every time, no secret
    colours = PALETTES[persona.rank % len(PALETTES)]
    cover = Sheet()
    cover.fill(colours[0])
    cover.shape([(0, 0), (WIDTH * 0.42, 470), (WIDTH, 0)])
    cover.fill(colours[1])
    cover.shape([(WIDTH * 0.45, 0), (WIDTH * 0.78, 330), (WIDTH * 1.1, 0)])
    cover.y = 690
    cover.text(persona.stage_name, size=30, font="F2")
    cover.text("Dossier artistique", size=15)
    pages = [("Couverture", cover)]
    works = persona.works or [["Recherche en cours", "2025", "", ""]]
    for number in range(max(3, 2 * len(works) + persona.rank % 3)):
        title, year, form, needs = works[number % len(works)]
        sheet = Sheet()
        DRAWINGS[(persona.rank + number) % len(DRAWINGS)](sheet, rng, colours)
        sheet.y = 210
        sheet.text(f"{title}, {year}", size=16, font="F2")
        sheet.paragraph(" – ".join(part for part in (form, needs) if part) or persona.practice)
        sheet.text(f"Planche {number + 1}", size=9)
        pages.append((f"{title} – planche {number + 1}", sheet))
    return pages


def letter_pdf(persona: Persona) -> bytes:
    return _write(persona, "Courrier de candidature", [("Courrier", letter_sheets(persona))])


def cv_pdf(persona: Persona) -> bytes:
    return _write(persona, "Curriculum vitæ", [("Curriculum vitæ", cv_sheets(persona))])


def portfolio_pdf(persona: Persona) -> bytes:
    return _write(persona, "Dossier artistique", _plates(persona))


def whole_with_short_cv(persona: Persona) -> bytes:
    """What some artists have ready: everything in one file. The CV lost its second page on the way."""
    chapters = [("Courrier", letter_sheets(persona)), ("Curriculum vitæ", cv_sheets(persona)[:1])]
    return _write(persona, "Candidature", chapters + _plates(persona))


def whole_without_letter(persona: Persona) -> bytes:
    """One file that was meant to hold everything, and in which the letter was forgotten."""
    return _write(persona, "Candidature", [("Curriculum vitæ", cv_sheets(persona)), *_plates(persona)])


def _plates(persona: Persona) -> list[tuple[str, list[Sheet]]]:
    return [(title, [sheet]) for title, sheet in portfolio_sheets(persona)]


def _write(persona: Persona, title: str, chapters: list[tuple[str, list[Sheet]]]) -> bytes:
    pdf = Pdf.new()
    fonts = Dictionary()
    for name, base in (("/F1", "/Helvetica"), ("/F2", "/Helvetica-Bold")):
        fonts[name] = pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(base), Encoding=Name.WinAnsiEncoding)
        )
    resources = pdf.make_indirect(Dictionary(Font=fonts))
    with pdf.open_outline() as outline:
        for heading, sheets in chapters:
            outline.root.append(OutlineItem(heading, len(pdf.pages)))
            for sheet in sheets:
                page = Dictionary(
                    Type=Name.Page,
                    MediaBox=Array([0, 0, 595, 842]),
                    Resources=resources,
                    Contents=pdf.make_stream(sheet.bytes()),
                )
                pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    pdf.docinfo["/Title"] = f"{title} – {persona.stage_name}"
    pdf.docinfo["/Author"] = f"{persona.first} {persona.last}"
    pdf.docinfo["/Creator"] = "Traitement de texte"
    pdf.Root.Lang = pikepdf.String("fr")
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def damaged(content: bytes) -> bytes:
    """The same file with a wrong table of contents of bytes, as a careless mailer leaves it."""
    head, mark, tail = content.rpartition(b"startxref\n")
    return head + mark + b"7\n" + tail.split(b"\n", 1)[1]
