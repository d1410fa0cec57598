"""One PDF out of many: cover, contents, the pieces in order, with bookmarks and page numbers."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from django.utils import translation
from django.utils.translation import gettext as _

from clea.documents.errors import AssemblyFailed
from clea.documents.services.rendering import lay_out, pdf_bytes

if TYPE_CHECKING:
    import pikepdf

    from clea.documents.pdf.pen import Pen

# Never a real address: it only marks, in the contents, which link leads to which piece.
LINK = "https://piece.invalid/"
ROW = (62, 533)  # from one margin of the contents to the other, in points
SHEET = "0123456789 /"


XMP = """<?xpacket begin="\N{BYTE ORDER MARK}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


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
    number of pages): a dossier that is not faithful is worse than none. No query. Costs about
    what ``qpdf`` takes to merge the pieces, plus 0.1 s for the contents; memory does not grow
    with the pictures.
    """
    import pikepdf

    from clea.documents.pdf.destinations import Bookmark, Destinations, Target, relink, write_bookmarks
    from clea.documents.pdf.forms import flatten_forms
    from clea.documents.pdf.layers import add_layers
    from clea.documents.pdf.metadata import strip_metadata
    from clea.documents.pdf.pages_only import keep_pages_only
    from clea.documents.pdf.strip import Strip
    from clea.documents.pdf.structure import Structure

    for part in parts:
        _check_hash(part)
    with ExitStack() as opened, translation.override(language):
        cover = opened.enter_context(pikepdf.open(io.BytesIO(cover_pdf)))
        contents_pdf = _contents(parts, title=title, language=language, before=len(cover.pages))
        contents = opened.enter_context(pikepdf.open(io.BytesIO(contents_pdf)))
        keep_all: Callable[[str], str] | None = None
        sources = [(_("Page de garde"), cover, keep_all), (_("Sommaire"), contents, keep_all)]
        for part in parts:
            source = opened.enter_context(pikepdf.open(part.path))
            if len(source.pages) != part.pages:
                raise AssemblyFailed(f"a piece has {len(source.pages)} pages where {part.pages} were announced")
            sources.append((part.title, source, part.reword))

        pdf = opened.enter_context(pikepdf.new())
        structure = Structure(pdf, language)
        bookmarks: list[tuple[Bookmark, Sequence[pikepdf.Object]]] = []
        marks: list[int | None] = []
        firsts: list[pikepdf.Object] = []
        for heading, source, reword in sources:
            flatten_forms(source, lambda into, characters: _pen(into, characters, "/CleaField", opened))
            strip_metadata(source)
            if reword is not None:
                keep_pages_only(source, reword)
            destinations = Destinations(source)
            links = destinations.links()
            own = [] if source is cover or source is contents else destinations.bookmarks()
            tagged = structure.renumber(source)
            start = len(pdf.pages)
            for page in source.pages:
                pdf.pages.append(page)
            pages = [page.obj for page in pdf.pages[start:]]
            relink(pages, links)
            add_layers(pdf, source)
            marks += structure.add(source, pages, heading, tagged=tagged)
            bookmarks.append((Bookmark(heading, Target(0), own), pages))
            firsts.append(pages[0])
        structure.close()
        write_bookmarks(pdf, bookmarks)
        _link_contents([page.obj for page in pdf.pages[len(cover.pages) :][: len(contents.pages)]], firsts[2:])

        total = len(pdf.pages)
        expected = len(cover.pages) + len(contents.pages) + sum(part.pages for part in parts)
        if total != expected:
            raise AssemblyFailed(f"the dossier has {total} pages where its pieces have {expected}")
        key = _key(parts, footer, title)
        stamp = opened.enter_context(pikepdf.open(io.BytesIO(_stamp(footer, language))))
        strip = Strip(pdf, stamp, _pen(pdf, SHEET, f"/CleaFont{key}", opened), key)
        for number, (page, mark) in enumerate(zip(pdf.pages, marks, strict=True), start=1):
            if number > 1:
                strip.put(page.obj, f"{number} / {total}", mark=mark)
            else:
                strip.leave(page.obj, mark=mark)
            if "/Annots" in page.obj:
                page.obj.Tabs = pikepdf.Name.S
        _describe(pdf, title, language)
        return Assembled(total, _write(pdf, out))


def _check_hash(part: Part) -> None:
    with part.path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
            raise AssemblyFailed("a piece is not the file whose SHA-256 was kept")


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


def _link_contents(pages: Sequence[pikepdf.Object], firsts: Sequence[pikepdf.Object]) -> None:
    """Make the lines of the contents lead to the pieces."""
    from pikepdf import Array, Name

    for page in pages:
        for annotation in page.get("/Annots", Array()):
            address = str(annotation.A.URI) if "/A" in annotation and "/URI" in annotation.A else ""
            if address.startswith(LINK):
                del annotation["/A"]
                _, low, _, high = annotation.Rect
                annotation.Rect = Array([ROW[0], low, ROW[1], high])  # the number is pressed too
                annotation.Dest = Array([firsts[int(address.removeprefix(LINK))], Name.Fit])


def _key(parts: Sequence[Part], footer: str, title: str) -> str:
    """A name for our resources that no piece already uses, not even an earlier dossier of ours."""
    text = "\n".join([title, footer, *(part.sha256 for part in parts)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _stamp(footer: str, language: str) -> bytes:
    return pdf_bytes(lay_out("pdf/stamp.html", {"text": footer}, title="", language=language), tagged=False)


@lru_cache(maxsize=8)
def _sheet(characters: str) -> bytes:
    return pdf_bytes(lay_out("pdf/stamp.html", {"sheet": characters}, title="", language="fr"), tagged=False)


def _pen(pdf: pikepdf.Pdf, characters: str, prefix: str, opened: ExitStack) -> Pen:
    """A pen for ``pdf``; its sheet stays open until ``pdf`` is written, since streams are copied then."""
    import pikepdf

    from clea.documents.pdf.pen import Pen

    return Pen(pdf, opened.enter_context(pikepdf.open(io.BytesIO(_sheet(characters)))), prefix)


def _describe(pdf: pikepdf.Pdf, title: str, language: str) -> None:
    """Title and language, and nothing about anybody or any program."""
    import pikepdf

    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    pdf.Root.PageMode = pikepdf.Name.UseOutlines
    pdf.docinfo["/Title"] = title
    # Written by hand: a library would sign it.
    packet = XMP.format(title=escape(title), language=escape(language)).encode()
    pdf.Root.Metadata = pdf.make_stream(packet, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)


def _write(pdf: pikepdf.Pdf, out: Path) -> str:
    """Write beside, flush to the disk, then rename; return the SHA-256."""
    import pikepdf

    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".assembling-", suffix=".pdf", dir=out.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            pdf.save(
                file,
                deterministic_id=True,
                min_version="1.7",
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
            )
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(out.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256
