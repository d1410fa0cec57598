"""Tags: what a screen reader reads. One document, one part per piece.

A piece that has tags keeps them. A piece that has none is read page by page in the order it was
drawn: silence would be worse, since a reader trusts the tags as soon as a document has some.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from clea.documents.pdf.destinations import leaves
from clea.documents.pdf.metadata import direct_dictionaries

PARENT_KEYS = re.compile(rb"/StructParents?(?![A-Za-z0-9_.-])")
LOOK = 4 * 1024 * 1024
MOST_MARKS = 100_000
MARKED = re.compile(rb"/MCID\s+(\d{1,6})(?!\d)")


class Structure:
    """Builds the structure tree of the dossier while pieces are added."""

    def __init__(self, out: pikepdf.Pdf, language: str) -> None:
        self._out = out
        self._root = out.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._document = self._element(self._root, "/Document")
        self._parents: list[tuple[int, pikepdf.Object]] = []
        self._roles, self._classes = Dictionary(), Dictionary()
        self._next = 0
        out.Root.StructTreeRoot = self._root
        out.Root.MarkInfo = Dictionary(Marked=True)
        out.Root.Lang = String(language)

    def _element(self, parent: pikepdf.Object, kind: str) -> pikepdf.Object:
        return self._out.make_indirect(Dictionary(Type=Name.StructElem, S=Name(kind), P=parent, K=Array()))

    def renumber(self, source: pikepdf.Pdf) -> bool:
        """Before its pages are copied: make room for the keys of ``source``. True if it has tags."""
        tagged = is_tagged(source)
        offset, highest = self._next, -1
        for obj in source.objects:
            if isinstance(obj, Stream):
                holders = [obj]
                text = obj.stream_dict.unparse(resolved=True)
            elif isinstance(obj, (Dictionary, Array)):
                holders, text = None, obj.unparse(resolved=True)
            else:
                continue
            if not PARENT_KEYS.search(text):
                continue
            for holder in holders or direct_dictionaries(obj):
                for key in ("/StructParents", "/StructParent"):
                    value = holder.get(key)
                    if not isinstance(value, int):
                        continue
                    if tagged and 0 <= value < MOST_MARKS:
                        holder[key] = value + offset
                        highest = max(highest, value)
                    else:
                        del holder[key]
        self._next += highest + 1
        self._offset = offset
        return tagged

    def add(
        self, source: pikepdf.Pdf, pages: Sequence[pikepdf.Object], title: str, *, tagged: bool
    ) -> list[int | None]:
        """After its pages are copied: hang the piece's tags, or make some, under a part of its own.

        Returns for each page the number of the mark to put around its whole content, or None.
        """
        part = self._element(self._document, "/Part")
        part.T = String(title)
        self._document.K.append(part)
        if tagged:
            self._adopt(source, part)
            return [None] * len(pages)
        return [self._read_as_drawn(page, part) for page in pages]

    def _adopt(self, source: pikepdf.Pdf, part: pikepdf.Object) -> None:
        root = self._out.copy_foreign(source.make_indirect(source.Root.StructTreeRoot))
        kids = root.get("/K")
        for kid in list(kids) if isinstance(kids, Array) else [kids]:
            if isinstance(kid, Dictionary):
                kid.P = part
                part.K.append(kid)
        for key, value in leaves(root.get("/ParentTree"), "/Nums"):
            if isinstance(key, int) and 0 <= key < MOST_MARKS:
                self._parents.append((key + self._offset, value))
                self._next = max(self._next, key + self._offset + 1)
        for merged, key in ((self._roles, "/RoleMap"), (self._classes, "/ClassMap")):
            names = root.get(key)
            if isinstance(names, Dictionary):
                for name, value in names.items():
                    if name not in merged:
                        merged[name] = value
        language = source.Root.get("/Lang")
        if isinstance(language, String) and str(language):
            part.Lang = String(bytes(language))  # a copy: it may be an object of its own, over there

    def _read_as_drawn(self, page: pikepdf.Object, part: pikepdf.Object) -> int | None:
        paragraph = self._element(part, "/P")
        paragraph.Pg = page
        part.K.append(paragraph)
        # Marks left by a program that lost their tree: use them, a mark of ours would hide them.
        marks = sorted(set(own_marks(page)))
        page.StructParents = self._next
        owners: list[pikepdf.Object | None] = [None] * (marks[-1] + 1) if marks else [paragraph]
        for mark in marks:
            owners[mark] = paragraph
        paragraph.K = Array(marks or [0])
        self._parents.append((self._next, Array(owners)))
        self._next += 1
        return None if marks else 0

    def close(self) -> None:
        """Write the tree once every piece is in."""
        numbers = Array()
        for key, value in sorted(self._parents, key=lambda pair: pair[0]):
            numbers.append(key)
            numbers.append(value)
        self._root.K = Array([self._document])
        self._root.ParentTree = self._out.make_indirect(Dictionary(Nums=numbers))
        self._root.ParentTreeNextKey = self._next
        if len(self._roles.keys()):
            self._root.RoleMap = self._roles
        if len(self._classes.keys()):
            self._root.ClassMap = self._classes


def is_tagged(pdf: pikepdf.Pdf) -> bool:
    root, info = pdf.Root.get("/StructTreeRoot"), pdf.Root.get("/MarkInfo")
    marked: object = info.get("/Marked") if isinstance(info, Dictionary) else None
    return (
        isinstance(root, Dictionary)
        and isinstance(root.get("/K"), (Dictionary, Array))
        and isinstance(root.get("/ParentTree"), Dictionary)
        and marked is True
    )


def own_marks(page: pikepdf.Object) -> list[int]:
    """Marked-content numbers that the page's own content uses, as far as a bounded look can tell."""
    contents = page.get("/Contents")
    marks: list[int] = []
    for stream in list(contents) if isinstance(contents, Array) else [contents]:
        if isinstance(stream, Stream):
            marks += [int(number) for number in MARKED.findall(beginning(stream))]
    return [mark for mark in marks if mark < MOST_MARKS]


def beginning(stream: pikepdf.Object) -> bytes:
    """The first megabytes of a stream that is plain or deflated; a bomb costs no more than a page."""
    filters = stream.stream_dict.get("/Filter")
    if isinstance(filters, Array) and len(filters) == 1:
        filters = filters[0]
    raw = bytes(stream.get_raw_stream_buffer())
    if filters is None:
        return raw[:LOOK]
    if filters != Name.FlateDecode or "/DecodeParms" in stream.stream_dict:
        return b""
    try:
        return zlib.decompressobj().decompress(raw, LOOK)
    except zlib.error:
        return b""
