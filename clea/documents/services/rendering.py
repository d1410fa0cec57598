"""HTML to tagged PDF (PDF/UA-1), in the house's look."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration

    from clea.documents.pdf.fetcher import HouseFetcher

ASSETS = Path(settings.BASE_DIR) / "static" / "pdf"
VARIANT = "pdf/ua-1"
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "pdf"
#: How templates/pdf/base.html asks for the house's style.
LINK = '<link rel="stylesheet" href="pdf.css">'

_kept = threading.local()


def render_pdf(template: str, context: dict[str, Any], *, title: str, language: str = "fr") -> bytes:
    """Render ``template`` (it extends ``pdf/base.html``) with ``title`` and ``language`` set.

    Nothing is fetched but the files of ``static/pdf`` and ``templates/pdf`` and ``data:``
    addresses: a text that someone typed can neither reach the network nor read the disk.
    The first call of a process loads WeasyPrint (about 1.5 s), the first of a thread its fonts; no query of its own.
    """
    return pdf_bytes(lay_out(template, context, title=title, language=language))


def lay_out(template: str, context: dict[str, Any], *, title: str, language: str) -> Document:
    """Lay the pages out without writing them, for who needs to know how many there are."""
    from weasyprint import HTML

    press = _press()
    with translation.override(language):
        html = str(render_to_string(template, {"title": title, "language": language} | context))
    styles = []
    if "<style" not in html and LINK in html:
        # Read once. A page with a style of its own needs ours just before it.
        html, styles = html.replace(LINK, ""), [press.style]
    source = HTML(string=html, base_url=f"{ASSETS.as_uri()}/", url_fetcher=press.fetcher)
    return source.render(font_config=press.fonts, stylesheets=styles)


def pdf_bytes(document: Document, *, tagged: bool = True) -> bytes:
    """Write a laid out document: a document of its own is tagged, a drawing to borrow is not."""
    return cast(bytes, document.write_pdf(pdf_variant=VARIANT if tagged else None))


@dataclass(frozen=True)
class _Press:
    """What every page is made with, and takes half of its time to make."""

    fetcher: HouseFetcher
    fonts: FontConfiguration
    style: CSS


def _press() -> _Press:
    """This thread's own: Pango's maps of fonts are not shared between threads."""
    if not hasattr(_kept, "press"):
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        from clea.documents.pdf.fetcher import HouseFetcher

        fetcher, fonts = HouseFetcher((ASSETS, TEMPLATES)), FontConfiguration()
        style = CSS(filename=ASSETS / "pdf.css", url_fetcher=fetcher, font_config=fonts)
        _kept.press = _Press(fetcher, fonts, style)
    press: _Press = _kept.press
    return press
