"""Bookmarks and inner links: read from a piece, written again for the pages of the dossier.

A destination in a piece may be an explicit array, a name in the catalog's old dictionary, or a
string in its name tree. All become explicit arrays on the dossier's own pages: names of two
pieces may then clash without harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

MAX_BOOKMARKS = 2000
MAX_DEPTH = 12
FITS = {"/XYZ": 3, "/Fit": 0, "/FitH": 1, "/FitV": 1, "/FitR": 4, "/FitB": 0, "/FitBH": 1, "/FitBV": 1}


@dataclass(frozen=True)
class Target:
    """A place: page index (from 0, inside its own file), how to fit it, and numbers or nulls."""

    page: int
    fit: str = "/Fit"
    numbers: tuple[Decimal | float | int | None, ...] = ()

    def on(self, pages: Sequence[pikepdf.Object]) -> Array:
        """The destination array, ``pages`` being the same pages in the dossier."""
        return Array([pages[self.page], Name(self.fit), *self.numbers])


@dataclass
class Bookmark:
    title: str
    target: Target | None
    children: list[Bookmark] = field(default_factory=list)


class Destinations:
    """Understands the destinations of one open PDF."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._pages = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
        self._named: dict[bytes, Any] | None = None

    def target(self, destination: Any) -> Target | None:
        """Where ``destination`` leads, or None if it leads nowhere in this file."""
        if isinstance(destination, (String, Name)):
            destination = self._lookup(destination)
        if isinstance(destination, Dictionary):
            destination = destination.get("/D")
        if not isinstance(destination, Array) or not len(destination):
            return None
        page = destination[0]
        if isinstance(page, Dictionary):
            index = self._pages.get(page.objgen)
        else:
            index = page if isinstance(page, int) and 0 <= page < len(self._pages) else None
        if index is None:
            return None
        fit = str(destination[1]) if len(destination) > 1 and isinstance(destination[1], Name) else "/Fit"
        if fit not in FITS:
            return Target(index)
        numbers = [value if isinstance(value, (int, float, Decimal)) else None for value in list(destination)[2:]]
        numbers = (numbers + [None] * 4)[: FITS[fit]]
        return Target(index, fit, tuple(numbers))

    def of_action(self, holder: pikepdf.Object) -> Target | None:
        """Where a link or a bookmark leads, by ``/Dest`` or by a ``GoTo`` action."""
        if "/Dest" in holder:
            return self.target(holder.get("/Dest"))
        action = holder.get("/A")
        if isinstance(action, Dictionary) and action.get("/S") == Name.GoTo:
            return self.target(action.get("/D"))
        return None

    def _lookup(self, name: pikepdf.Object) -> Any:
        if isinstance(name, Name):
            old = self._pdf.Root.get("/Dests")
            return old.get(str(name)) if isinstance(old, Dictionary) else None
        if self._named is None:
            names = self._pdf.Root.get("/Names")
            pairs = leaves(names.get("/Dests"), "/Names") if isinstance(names, Dictionary) else []
            self._named = {bytes(key): value for key, value in pairs if isinstance(key, String)}
        return self._named.get(bytes(name))

    def bookmarks(self) -> list[Bookmark]:
        """The file's own outline, bounded in number and depth; loops and nameless items are left out."""
        outlines = self._pdf.Root.get("/Outlines")
        if not isinstance(outlines, Dictionary):
            return []
        seen: set[tuple[int, int]] = set()
        top: list[Bookmark] = []
        # (item, list to fill, depth), walked in the order of reading
        stack = [(outlines.get("/First"), top, 1)]
        while stack and len(seen) < MAX_BOOKMARKS:
            item, siblings, depth = stack.pop()
            if not isinstance(item, Dictionary) or item.objgen in seen:
                continue
            seen.add(item.objgen)
            title = item.get("/Title")
            text = " ".join(str(title).split()) if isinstance(title, String) else ""
            bookmark = Bookmark("".join(char for char in text if char.isprintable()), self.of_action(item))
            if bookmark.title:
                siblings.append(bookmark)
            stack.append((item.get("/Next"), siblings, depth))
            if depth < MAX_DEPTH:
                stack.append((item.get("/First"), bookmark.children if bookmark.title else siblings, depth + 1))
        return top

    def links(self) -> list[tuple[int, int, Target | None]]:
        """Inner links as (page index, place in its ``/Annots``, where to); None when it leads nowhere."""
        found = []
        for index, page in enumerate(self._pdf.pages):
            annotations = page.obj.get("/Annots")
            if not isinstance(annotations, Array):
                continue
            for place, annotation in enumerate(annotations):
                if isinstance(annotation, Dictionary) and moves_inside(annotation):
                    found.append((index, place, self.of_action(annotation)))
        return found


def moves_inside(annotation: pikepdf.Object) -> bool:
    if "/Dest" in annotation:
        return True
    action = annotation.get("/A")
    return isinstance(action, Dictionary) and action.get("/S") == Name.GoTo


def leaves(tree: Any, key: str) -> list[tuple[Any, Any]]:
    """The pairs of a name tree (``/Names``) or a number tree (``/Nums``), whatever its shape; loops end."""
    found: list[tuple[Any, Any]] = []
    stack, seen = [tree], set()
    while stack:
        node = stack.pop()
        if not isinstance(node, Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen)
        pairs, kids = node.get(key), node.get("/Kids")
        if isinstance(pairs, Array):
            items = list(pairs)
            found += zip(items[::2], items[1::2], strict=False)
        if isinstance(kids, Array):
            stack += list(kids)
    return found


def relink(pages: Sequence[pikepdf.Object], links: Sequence[tuple[int, int, Target | None]]) -> None:
    """Point the inner links of copied ``pages`` at the copies; dead ones stop pretending."""
    for index, place, target in links:
        annotation = pages[index].Annots[place]
        for key in ("/Dest", "/A"):
            if key in annotation:
                del annotation[key]
        if target is not None:
            annotation.Dest = target.on(pages)


def write_bookmarks(pdf: pikepdf.Pdf, bookmarks: Sequence[tuple[Bookmark, Sequence[pikepdf.Object]]]) -> None:
    """Write the dossier's outline: each top bookmark with the pages its targets count in.

    The pieces show, their own bookmarks wait folded under them.
    """
    root = pdf.make_indirect(Dictionary(Type=Name.Outlines))
    tops = [_write(pdf, bookmark, pages, root) for bookmark, pages in bookmarks]
    _chain(root, tops)
    root.Count = len(tops)
    pdf.Root.Outlines = root


def _write(
    pdf: pikepdf.Pdf, bookmark: Bookmark, pages: Sequence[pikepdf.Object], parent: pikepdf.Object
) -> pikepdf.Object:
    item = pdf.make_indirect(Dictionary(Title=String(bookmark.title), Parent=parent))
    if bookmark.target is not None:
        item.Dest = bookmark.target.on(pages)
    children = [_write(pdf, child, pages, item) for child in bookmark.children]
    if children:
        _chain(item, children)
        item.Count = -len(children)
    return item


def _chain(parent: pikepdf.Object, items: Sequence[pikepdf.Object]) -> None:
    if not items:
        return
    parent.First, parent.Last = items[0], items[-1]
    for before, after in pairwise(items):
        before.Next, after.Prev = after, before
