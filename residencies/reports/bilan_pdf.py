"""The bilan as a document to hand round: tagged (PDF/UA), some ten pages."""

from __future__ import annotations

import io

from clea.documents import services as documents
from residencies.pages import bilan as pages
from residencies.selectors.bilan_pages import BilanPage


def pdf(page: BilanPage, *, draft: bool = False) -> bytes:
    """The document of a page read for print. Some seconds; one query a picture that is shown. ``draft``: said so."""
    context = pages.print_context(page) | {"draft": draft}
    return documents.render_pdf("pdf/residencies/bilan.html", context, title=page.bilan.title)


def pages_of(content: bytes) -> int:
    """How many pages a document has."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)
