"""What a person reads in a PDF: its text page by page, its bookmarks, where its links lead."""

from __future__ import annotations

import io
import subprocess
from typing import Any

import pikepdf


class Reading:
    """A PDF as its reader sees it. Pages count from 1, as on the page itself."""

    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(content), attempt_recovery=False)
        text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
        self.texts = text.stdout.decode().split("\f")[:-1]
        self.ranks = {page.obj.objgen: rank for rank, page in enumerate(self.pdf.pages, start=1)}

    @property
    def pages(self) -> int:
        return len(self.pdf.pages)

    @property
    def bookmarks(self) -> list[tuple[str, int]]:
        """The first level of the outline: title and page."""
        with self.pdf.open_outline() as outline:
            return [(item.title, self._rank(item.destination or item.action.D)) for item in outline.root]

    @property
    def all_bookmarks(self) -> list[str]:
        """Every level, in order."""

        def titles(items: list[pikepdf.OutlineItem]) -> list[str]:
            return [title for item in items for title in [item.title, *titles(item.children)]]

        with self.pdf.open_outline() as outline:
            return titles(outline.root)

    def links(self, page: int) -> list[int]:
        """The pages that the links of ``page`` lead to, from top to bottom."""
        found = []
        for annotation in self.pdf.pages[page - 1].obj.get("/Annots", []):
            if annotation.Subtype == "/Link":
                target = annotation.get("/Dest") or annotation.A.D
                found.append((-float(annotation.Rect[1]), self._rank(target)))
        return [target for _, target in sorted(found)]

    def _rank(self, destination: Any) -> int:
        if isinstance(destination, pikepdf.String | str):
            names = pikepdf.NameTree(self.pdf.Root.Names.Dests)
            destination = names[str(destination)]
        if isinstance(destination, pikepdf.Dictionary):
            destination = destination.D
        return self.ranks[destination[0].objgen]
