"""Consents, words, pictures and productions. Every name is invented.

``consent(residency)`` covers the site and the print, not the press. ``picture(residency, consents=[…])`` holds a few
bytes: no picture is drawn; ``photo()`` is a real small one, as a person sends it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from clea.documents import services as documents
from residencies.enums.bilan import ConsentForm, ProductionKind
from residencies.models import Consent, Picture, Production, Residency, Testimony
from tests import pdfs

GIVEN_ON = date(2026, 10, 7)


def consent(residency: Residency, **values: Any) -> Consent:
    facts = {"person": "Odile Terrier", "form": ConsentForm.PAPER, "given_on": GIVEN_ON} | values
    return Consent.objects.create(season=residency.season, **facts)


def testimony(residency: Residency, **values: Any) -> Testimony:
    facts = {"text": "On a écouté le terril respirer.", "signature": "une habitante de Liévin"} | values
    return Testimony.objects.create(season=residency.season, residency=residency, **facts)


def picture(residency: Residency, *, consents: Sequence[Consent] = (), **values: Any) -> Picture:
    def kept(name: str) -> Any:
        return documents.store_bytes(
            by=None, content=f"{name} {residency.pk}".encode(), name=name, content_type="image/jpeg"
        )

    facts = {
        "alt": "Une classe devant le terril",
        "credit": "Compagnie Terril",
        "rights": "libre pour la presse locale",
        "width": 1600,
        "height": 1200,
        "stored_file": kept("grande.jpg"),
        "thumbnail": kept("petite.jpg"),
    } | values
    row = Picture.objects.create(season=residency.season, residency=residency, **facts)
    row.consents.set(consents)
    return row


def production(residency: Residency, **values: Any) -> Production:
    facts = {"kind": ProductionKind.PODCAST_SERIES, "title": "Voix de la fosse 9", "count": 12} | values
    return Production.objects.create(season=residency.season, residency=residency, **facts)


def paper(name: str = "accord signé.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdfs.sound(1), content_type="application/pdf")


def photo(name: str = "IMG_0042.jpeg", side: int = 900) -> SimpleUploadedFile:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (side, side * 2 // 3), (156, 58, 36)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")
