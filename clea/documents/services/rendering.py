"""HTML to tagged PDF (PDF/UA-1), in the house's look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from weasyprint import Document

ASSETS = Path(settings.BASE_DIR) / "static" / "pdf"
VARIANT = "pdf/ua-1"
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "pdf"


def render_pdf(template: str, context: dict[str, Any], *, title: str, language: str = "fr") -> bytes:
    """Render ``template`` (it extends ``pdf/base.html``) with ``title`` and ``language`` set.

    Nothing is fetched but the files of ``static/pdf`` and ``templates/pdf`` and ``data:``
    addresses: a text that someone typed can neither reach the network nor read the disk.
    The first call of a process loads WeasyPrint (about 1.5 s); no query of its own.
    """
    return pdf_bytes(lay_out(template, context, title=title, language=language))


def lay_out(template: str, context: dict[str, Any], *, title: str, language: str) -> Document:
    """Lay the pages out without writing them, for who needs to know how many there are."""
    from weasyprint import HTML

    from clea.documents.pdf.fetcher import HouseFetcher

    with translation.override(language):
        html = render_to_string(template, {"title": title, "language": language} | context)
    fetcher = HouseFetcher((ASSETS, TEMPLATES))
    return HTML(string=html, base_url=f"{ASSETS.as_uri()}/", url_fetcher=fetcher).render()


def pdf_bytes(document: Document, *, tagged: bool = True) -> bytes:
    """Write a laid out document: a document of its own is tagged, a drawing to borrow is not."""
    return cast(bytes, document.write_pdf(pdf_variant=VARIANT if tagged else None))
