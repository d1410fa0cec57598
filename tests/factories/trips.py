"""Trips. ``TripFactory(residency=…, period=0)``: claimed by its artist through the service, by car unless told."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from clea.documents import services as documents
from clea.documents.models import StoredFile
from residencies.enums import ExpenseNature, TravelMode
from residencies.models import Residency, ScaleVersion, SentReceipt, TripClaim
from residencies.services import scales, trips
from residencies.services.trips import Facts, Line
from tests.factories.residencies import artist_of


def photo(name: str = "billet.jpg", kind: str = "JPEG", colour: str = "white") -> SimpleUploadedFile:
    """A small picture, as a telephone sends it."""
    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def sent_receipt(residency: Residency, name: str = "billet.pdf") -> StoredFile:
    """A receipt that waits for its claim; its bytes were not looked at."""
    stored = documents.store_bytes(by=None, content=b"%PDF-1.7", name=name, content_type="application/pdf")
    SentReceipt.objects.create(residency=residency, stored_file=stored)
    return stored


def facts(residency: Residency, period: int | None = 0, mode: str = TravelMode.CAR, **more: Any) -> Facts:
    """A trip of the residency's ``period``: there on its first day, home on its last one, 660 km each way, 5 CV."""
    found = list(residency.periods.order_by("starts_on"))[period or 0]
    given: dict[str, Any] = {
        "period": found if period is not None else None, "mode": mode, "home_city": "Nantes",
        "out_on": found.starts_on, "back_on": found.ends_on,
    }  # fmt: skip
    if mode == TravelMode.CAR:
        given |= {"km_out": 660, "km_back": 660, "fiscal_power": 5}
    return Facts(**given | more)


def ticket(
    residency: Residency, amount: str = "62.50", nature: str = ExpenseNature.TICKET, period: int = 0, **more: Any
) -> Line:
    """A ticket with its receipt (``receipt=None``: without)."""
    found = list(residency.periods.order_by("starts_on"))[period]
    if "receipt" not in more:
        more["receipt"] = sent_receipt(residency)
    more.setdefault("day", found.starts_on)
    return Line(nature, more.pop("label", "Nantes–Lens"), more.pop("day"), Decimal(amount), **more)


def load_scales() -> None:
    if not ScaleVersion.objects.exists():
        scales.load()


def trip(residency: Residency, period: int | None = 0, lines: list[Line] | None = None, **more: Any) -> TripClaim:
    """A claim that stands, made by the artist."""
    load_scales()
    given = facts(residency, period, **more)
    if lines is None:
        lines = [] if given.mode == TravelMode.CAR else [ticket(residency, period=period or 0)]
    return trips.claim(by=artist_of(residency), residency=residency, facts=given, lines=lines)
