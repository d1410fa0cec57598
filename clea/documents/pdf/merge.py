"""One PDF out of many: the half of the assembly that reads what strangers sent.

Run by ``assembler.py`` in a process that may be killed, and rehearsed by ``inspector.py`` before a file is accepted:
no Django here.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Name

from clea.documents.pdf.destinations import Bookmark, Destinations, Target, relink, write_bookmarks
from clea.documents.pdf.forms import flatten_forms
from clea.documents.pdf.layers import add_layers
from clea.documents.pdf.metadata import strip_metadata
from clea.documents.pdf.pages_only import keep_pages_only
from clea.documents.pdf.pen import Pen
from clea.documents.pdf.strip import Strip
from clea.documents.pdf.structure import Structure

# Never a real address: it only marks, in the contents, which link leads to which piece.
LINK = "https://piece.invalid/"
ROW = (62, 533)  # from one margin of the contents to the other, in points
#: What the strip writes with its own pen: the number of the page.
DIGITS = "0123456789 /"
#: What qpdf writes for a file that must be the same every time and that nobody signed.
NOBODY = b"31415926535897932384626433832795"
UNSIGNED = b"/ID [<%s><%s>]" % (NOBODY, NOBODY)
#: More than the table of any dossier, then of the largest.
TRAILER_BYTES = (64 * 1024, 8 * 1024 * 1024)

XMP = """<?xpacket begin="\N{BYTE ORDER MARK}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class Unfaithful(Exception):
    """The whole would not be what its pieces are."""


@dataclass(frozen=True)
class Source:
    """A PDF to take in. ``pages``: how many are announced, when somebody did; ``bookmarks``: keep its own.

    ``path`` is asked for last when it is a question: it is still being written while the others are read. With
    ``reword``, only what its pages show is kept, and descriptions pass through it.
    """

    title: str
    path: Path | str | Callable[[], str]
    pages: int | None = None
    bookmarks: bool = True
    reword: Callable[[str], str] | None = None


#: Gives a pen that can write these characters in this PDF: ``(pdf, characters, prefix of its fonts, what stays open)``.
PenMaker = Callable[[pikepdf.Pdf, str, str, ExitStack], Pen]


def merge(
    sources: Sequence[Source],
    *,
    contents: int | None,
    stamp: Path | None,
    pen: PenMaker,
    key: str,
    title: str,
    language: str,
    out: BinaryIO,
) -> int:
    """Write ``sources`` as one PDF to ``out``, which :func:`sign` must end; return its number of pages.

    ``contents`` is the place of the source whose lines must lead to those after it; ``stamp`` holds the words of the
    strip at the foot of each page but the first (none: numbers alone, on each), opened after the sources; ``key`` makes
    our resources our own.
    """
    with ExitStack() as opened:
        pdf = opened.enter_context(pikepdf.new())
        structure = Structure(pdf, language)
        bookmarks: list[tuple[Bookmark, Sequence[pikepdf.Object]]] = []
        marks: list[int | None] = []
        asked_last = sorted(range(len(sources)), key=lambda place: callable(sources[place].path))
        read = {place: _read(sources[place], pen, opened) for place in asked_last}
        for place, one in enumerate(sources):
            source, links, own = read[place]
            tagged = structure.renumber(source)
            start = len(pdf.pages)
            expected = start + len(source.pages)
            for page in source.pages:
                pdf.pages.append(page)
            pages = [page.obj for page in pdf.pages[start:]]
            if len(pdf.pages) != expected:
                raise Unfaithful(f"the dossier has {len(pdf.pages)} pages where its pieces have {expected}")
            relink(pages, links)
            add_layers(pdf, source)
            marks += structure.add(source, pages, one.title, tagged=tagged)
            bookmarks.append((Bookmark(one.title, Target(0), own), pages))
        structure.close()
        write_bookmarks(pdf, bookmarks)
        if contents is not None:
            _link_contents(bookmarks[contents][1], [pages[0] for _, pages in bookmarks[contents + 1 :]])
        total = len(pdf.pages)
        strip = Strip(
            pdf,
            opened.enter_context(pikepdf.open(stamp)) if stamp else None,
            pen(pdf, DIGITS, f"/CleaFont{key}", opened),
            key,
        )
        for number, (page, mark) in enumerate(zip(pdf.pages, marks, strict=True), start=1):
            if number > 1 or stamp is None:
                strip.put(page.obj, f"{number} / {total}", mark=mark)
            else:
                strip.leave(page.obj, mark=mark)
            if "/Annots" in page.obj:
                page.obj.Tabs = Name.S
        _describe(pdf, title, language)
        pdf.save(
            out,
            static_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
        return total


def clean(path: Path | str, out: BinaryIO) -> None:
    """Write the PDF at ``path`` to ``out`` without its metadata; :func:`sign` gives it an ``/ID`` of its own."""
    with pikepdf.open(path) as pdf:
        strip_metadata(pdf)
        if "/ID" in pdf.trailer:
            del pdf.trailer["/ID"]
        # A field that belongs to no form shows as well after as before: nobody needs to hear of it.
        with warnings.catch_warnings(action="ignore", category=pikepdf.PageCopyWarning):
            pdf.save(out, static_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def sign(out: BinaryIO) -> None:
    """Give what was just written the ``/ID`` that its bytes deserve: the same bytes, the same one.

    qpdf can, by a digest of its own that takes as long as the writing.
    """
    out.seek(0)
    identity = hashlib.file_digest(cast(Any, out), "sha256").hexdigest()[: len(NOBODY)].encode()
    size = out.seek(0, io.SEEK_END)
    for length in TRAILER_BYTES:
        start = max(size - length, 0)
        out.seek(start)
        at = out.read().rfind(UNSIGNED)
        if at >= 0:
            out.seek(start + at)
            out.write(UNSIGNED.replace(NOBODY, identity))
            return
    raise Unfaithful("what was written has no trailer")


def _read(
    one: Source, pen: PenMaker, opened: ExitStack
) -> tuple[pikepdf.Pdf, list[tuple[int, int, Target | None]], list[Bookmark]]:
    """A source made ready: its forms drawn, nothing left of its maker, its links and its bookmarks."""
    source = opened.enter_context(pikepdf.open(one.path() if callable(one.path) else one.path))
    if one.pages is not None and len(source.pages) != one.pages:
        raise Unfaithful(f"a piece has {len(source.pages)} pages where {one.pages} were announced")
    flatten_forms(source, lambda into, characters: pen(into, characters, "/CleaField", opened))
    strip_metadata(source)
    if one.reword is not None:
        keep_pages_only(source, one.reword)
    destinations = Destinations(source)
    return source, destinations.links(), destinations.bookmarks() if one.bookmarks else []


def _link_contents(pages: Sequence[pikepdf.Object], firsts: Sequence[pikepdf.Object]) -> None:
    """Make the lines of the contents lead to the pieces."""
    for page in pages:
        for annotation in page.get("/Annots", Array()):
            address = str(annotation.A.URI) if "/A" in annotation and "/URI" in annotation.A else ""
            if address.startswith(LINK):
                del annotation["/A"]
                _, low, _, high = annotation.Rect
                annotation.Rect = Array([ROW[0], low, ROW[1], high])  # the number is pressed too
                annotation.Dest = Array([firsts[int(address.removeprefix(LINK))], Name.Fit])


def _describe(pdf: pikepdf.Pdf, title: str, language: str) -> None:
    """Title and language, and nothing about anybody or any program."""
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    pdf.Root.PageMode = Name.UseOutlines
    pdf.docinfo["/Title"] = title
    # Written by hand: a library would sign it.
    packet = XMP.format(title=escape(title), language=escape(language)).encode()
    pdf.Root.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
