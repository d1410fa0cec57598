"""A desk to assemble dossiers on, and eyes to read what comes out."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from pathlib import Path

import pikepdf
from pikepdf import Pdf
from PIL import Image

from clea.documents import services as documents
from clea.documents.services import Assembled, Part

FOOTER = "CLEA-2026-0042 · Compagnie « Les Œuvres » – Élise"
TITLE = "Dossier CLEA-2026-0042"
BODY = "Un texte assez long pour tenir sur la page. " * 20


class Desk:
    """Puts pieces in a folder and assembles them."""

    def __init__(self, folder: Path, cover: bytes) -> None:
        self.folder, self.cover, self.parts = folder, cover, list[Part]()
        self.out = folder / "sortie" / "dossier.pdf"

    def add(self, data: bytes, title: str = "") -> Part:
        path = self.folder / f"{len(self.parts)}.pdf"
        path.write_bytes(data)
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
        part = Part(title or f"Pièce {len(self.parts) + 1}", path, hashlib.sha256(data).hexdigest(), pages)
        self.parts.append(part)
        return part

    def assemble(self, **options: object) -> Assembled:
        values = {"cover_pdf": self.cover, "parts": self.parts, "footer": FOOTER, "title": TITLE, "out": self.out}
        return documents.assemble(**values | options)  # type: ignore[arg-type]

    def open(self) -> Pdf:
        return pikepdf.open(self.out)


def text_of(path: Path, page: int) -> str:
    done = subprocess.run(
        ["pdftotext", "-f", str(page), "-l", str(page), "-layout", path, "-"], capture_output=True, check=True
    )
    return done.stdout.decode()


def label(number: int, total: int) -> str:
    return f" {number}/{total}"


def squeeze(text: str) -> str:
    """Poppler guesses spaces from distances: none is sure around a slash."""
    return re.sub(r"\s*/\s*", "/", text)


def check(path: Path) -> None:
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    with pikepdf.open(path, attempt_recovery=False) as pdf:
        assert pdf.check_pdf_syntax() == []


def image_of(path: Path, page: int, resolution: int = 60) -> Image.Image:
    done = subprocess.run(
        ["pdftoppm", "-r", str(resolution), "-f", str(page), "-l", str(page), "-cropbox", path],
        capture_output=True,
        check=True,
    )
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def page_index(pdf: Pdf, destination: pikepdf.Object) -> int:
    return [page.obj.objgen for page in pdf.pages].index(destination[0].objgen)
