"""One PDF out of many: cover, contents, the pieces in order, with bookmarks and page numbers.

What we write ourselves is laid out here; what strangers sent is only opened by ``assembler.py``, a process of its own.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from clea.documents.errors import AssemblyFailed
from clea.documents.services import bounded
from clea.documents.services.rendering import lay_out, pdf_bytes

ASSEMBLER = Path(__file__).resolve().parent.parent / "assembler.py"
#: Beside the bytes of the pieces, which are mapped and not read.
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 60
WALL_SECONDS = 90
#: The worker may wait longer than a person.
TURN_SECONDS = 60

# Never a real address: it only marks, in the contents, which link leads to which piece (see pdf/merge.py).
LINK = "https://piece.invalid/"


@dataclass(frozen=True)
class Part:
    """One piece of the dossier. ``sha256`` and ``pages`` are what the database says of ``path``.

    ``title`` is shown in the contents and the bookmarks, in the reader's words. With ``reword``,
    only what the pages show is kept: no bookmark, link, comment or name of the piece's own, and
    descriptions for screen readers pass through it.
    """

    title: str
    path: Path
    sha256: str
    pages: int
    reword: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Assembled:
    """What was written: number of pages, and SHA-256 of the file."""

    pages: int
    sha256: str


def assemble(
    *,
    cover_pdf: bytes,
    parts: Sequence[Part],
    footer: str,
    title: str,
    language: str = "fr",
    out: Path,
) -> Assembled:
    """Write the whole dossier at ``out``, in one move: never half a file there.

    ``cover_pdf`` comes from ``render_pdf`` (its pages should hold ``section.cover``, which has no
    page number of its own). Every page but the first gets a strip at its foot with ``footer`` and
    "page / pages"; nothing is laid over the pieces. Their metadata is removed, their bookmarks,
    links, tags and layers are kept, their forms become part of the page. The same pieces and
    words give the same bytes.

    Raises :class:`AssemblyFailed` when a piece is not the one that the database knows (hash or
    number of pages): a dossier that is not faithful is worse than none; also beyond the limits of the process that
    reads the pieces (512 MB, a minute and a half), which what the inspector accepted does not reach. No query. Costs
    about what ``qpdf`` takes to merge the pieces; memory does not grow with the pictures. Not flushed to the disk:
    whoever keeps it does that.
    """
    with tempfile.TemporaryDirectory(prefix="clea-assembly-") as scratch, translation.override(language):
        folder = Path(scratch)
        cover, contents, stamp = folder / "cover.pdf", folder / "contents.pdf", folder / "stamp.pdf"
        ours = [(_("Page de garde"), cover), (_("Sommaire"), contents)]
        job = {
            "parts": [
                *({"title": name, "path": str(path), "awaited": True, "pages": None, "bookmarks": False,
                   "reword": False}
                  for name, path in ours),
                *({"title": one.title, "path": str(one.path.absolute()), "awaited": False, "pages": one.pages,
                   "bookmarks": True, "reword": one.reword is not None}
                  for one in parts),
            ],
            "contents": 1,
            "stamp": str(stamp),
            "key": _key(parts, footer, title),
            "title": title,
            "language": language,
        }  # fmt: skip
        rewords = [None] * len(ours) + [part.reword for part in parts]
        memory = MEMORY_BYTES + sum(part.path.stat().st_size for part in parts)

        def meanwhile() -> None:
            for part in parts:
                _check_hash(part)
            cover.write_bytes(cover_pdf)
            contents.write_bytes(_contents(parts, title=title, language=language, before=_pages(cover_pdf)))
            stamp.write_bytes(_stamp(footer, language))

        def answer(question: dict[str, Any]) -> dict[str, Any]:
            if question["ask"] == "ours":
                return {}
            if question["ask"] == "sheet":
                sheet = folder / f"sheet-{hashlib.sha256(question['characters'].encode()).hexdigest()[:16]}.pdf"
                sheet.write_bytes(_sheet(question["characters"]))
                return {"path": str(sheet)}
            reword = rewords[question["part"]]
            return {"text": reword(question["text"]) if reword else ""}

        def write(made: Path) -> int:
            return int(_work(job, made, folder, memory=memory, answer=answer, meanwhile=meanwhile)["pages"])

        return _written(out, write)


def cleaned_copy(path: Path, out: Path) -> None:
    """Write at ``out`` the PDF at ``path`` without its metadata. Raises :class:`AssemblyFailed`."""
    with tempfile.TemporaryDirectory(prefix="clea-clean-") as scratch:
        memory = MEMORY_BYTES + path.stat().st_size
        _work({"clean": str(path.absolute())}, out, Path(scratch), memory=memory)


def _work(
    job: dict[str, Any],
    out: Path,
    folder: Path,
    *,
    memory: int,
    answer: bounded.Answer | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Have the assembler do ``job``, and answer what it asks."""
    told = folder / "job.json"
    told.write_text(json.dumps(job), "utf-8")
    try:
        done = bounded.run(
            ASSEMBLER, [str(told), str(out.absolute())], memory=memory, cpu=CPU_SECONDS, wall=WALL_SECONDS,
            answer=answer, meanwhile=meanwhile, turn=TURN_SECONDS,
        )  # fmt: skip
    except bounded.Busy as error:
        raise AssemblyFailed("too many files are being read on this machine") from error
    if done is None:
        raise AssemblyFailed("the pieces are beyond the limits of their reader")
    if "failed" in done:
        raise AssemblyFailed(str(done["failed"]))
    return done


def _check_hash(part: Part) -> None:
    with part.path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
            raise AssemblyFailed("a piece is not the file whose SHA-256 was kept")


def _pages(ours: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(ours)) as pdf:
        return len(pdf.pages)


def _contents(parts: Sequence[Part], *, title: str, language: str, before: int) -> bytes:
    """The contents, with the page where each piece really begins.

    Those numbers depend on how many pages the contents take: laid out again until it agrees.
    """
    length = 1
    while True:
        page, entries = before + length + 1, []
        for rank, part in enumerate(parts):
            entries.append({"title": part.title, "length": part.pages, "page": page, "href": f"{LINK}{rank}"})
            page += part.pages
        context = {"dossier": title, "entries": entries}
        document = lay_out("pdf/contents.html", context, title=_("Sommaire"), language=language)
        if len(document.pages) <= length:
            return pdf_bytes(document)
        length = len(document.pages)


def _key(parts: Sequence[Part], footer: str, title: str) -> str:
    """A name for our resources that no piece already uses, not even an earlier dossier of ours."""
    text = "\n".join([title, footer, *(part.sha256 for part in parts)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _stamp(footer: str, language: str) -> bytes:
    return pdf_bytes(lay_out("pdf/stamp.html", {"text": footer}, title="", language=language), tagged=False)


@lru_cache(maxsize=8)
def _sheet(characters: str) -> bytes:
    return pdf_bytes(lay_out("pdf/stamp.html", {"sheet": characters}, title="", language="fr"), tagged=False)


def _written(out: Path, write: Callable[[Path], int]) -> Assembled:
    """Write beside, then rename."""
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".assembling-", suffix=".pdf", dir=out.parent)
    try:
        with os.fdopen(handle, "rb") as file:
            pages = write(Path(name))
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Assembled(pages, sha256)
