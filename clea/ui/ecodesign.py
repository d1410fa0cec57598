"""Figures of the eco-design statement, measured on the files that are served."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clea.ui import head
from clea.ui.compression import QUALITY

PUBLIC_FILES = ("css/clea.css", "img/favicon.svg")
FORM_FILES = ("css/clea.css", "img/favicon.svg", "js/errors.js", "js/autosave.js", "js/upload.js")


@dataclass(frozen=True)
class Weight:
    """One static file: octets on disk, and octets once compressed for the network (brotli)."""

    name: str
    raw: int
    transferred: int


@lru_cache(maxsize=64)
def _measure(path: str, stamp: float) -> tuple[int, int]:
    content = Path(path).read_bytes()
    return len(content), len(brotli.compress(content))


def weigh(name: str) -> Weight:
    """The weight of a static file. Raises ``FileNotFoundError`` when the project does not hold it."""
    path = finders.find(name)
    if not path:
        raise FileNotFoundError(name)
    raw, transferred = _measure(str(path), Path(path).stat().st_mtime)
    return Weight(name, raw, transferred)


@dataclass(frozen=True)
class Weights:
    """Both visits of the statement: a reader's, and an applicant's with its scripts."""

    public: list[Weight]
    form: list[Weight]

    @property
    def public_total(self) -> int:
        return sum(weight.transferred for weight in self.public)

    @property
    def extra_total(self) -> int:
        """What an applicant loads beyond a reader, all scripts together."""
        return sum(weight.transferred for weight in self.form) - self.public_total


def weights() -> Weights:
    """Measured now, once per version of each file."""
    return Weights([weigh(name) for name in PUBLIC_FILES], [weigh(name) for name in FORM_FILES])


# A first visit ---------------------------------------------------------------------------------

#: What travels beside each file, on average: the headers of the answer, compressed by no one.
HEADERS = 450


@dataclass(frozen=True)
class Visit:
    """What a browser that has nothing yet asks for, and the octets that travel, headers included."""

    requests: int
    transferred: int


class _Asked(HTMLParser):
    """What a page makes a browser fetch. A picture folded away, or far below, waits for its reader."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self._folded = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "details" and "open" not in values:
            self._folded += 1
        if tag == "link" and (values.get("rel") in {"stylesheet", "manifest"} or values.get("type") == "image/svg+xml"):
            self.addresses.append(values.get("href", ""))
        lazy = self._folded and values.get("loading") == "lazy"
        if values.get("src") and (tag == "script" or (tag == "img" and not lazy)):
            self.addresses.append(values["src"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._folded:
            self._folded -= 1


def first_visit(html: str, weigh_other: Callable[[str], int] | None = None) -> Visit:
    """The first visit of a page. ``weigh_other`` gives the octets of what is no static file (a picture)."""
    asked = _Asked()
    asked.feed(html)
    total = len(brotli.compress(html.encode(), quality=QUALITY)) + HEADERS
    for address in dict.fromkeys(asked.addresses):
        path = urlsplit(address).path
        if address.startswith(settings.STATIC_URL):
            total += _served(path.removeprefix(settings.STATIC_URL))
        elif path == reverse("manifest"):
            total += len(brotli.compress(json.dumps(head.manifest()).encode(), quality=QUALITY))
        elif weigh_other:
            total += weigh_other(address)
        total += HEADERS
    return Visit(len(dict.fromkeys(asked.addresses)) + 1, total)


def _served(name: str) -> int:
    """The octets of a static file, whether its name bears a digest (production) or not."""
    plain = _without_digest(name)
    return weigh(plain if finders.find(plain) else name).transferred


def _without_digest(name: str) -> str:
    stem, _dot, suffix = name.rpartition(".")
    base, _mark, digest = stem.rpartition(".")
    return f"{base}.{suffix}" if base and len(digest) == 12 else name


# What the audit measured -----------------------------------------------------------------------

#: Written by ``make audit``: every page of the sitemap, served as in production, over the network.
MEASURED = Path(__file__).with_name("measured.json")
KINDS = {
    "home": _("Accueil"),
    "calls:list": _("Liste des appels"),
    "calls:detail": _("Un appel à candidatures"),
    "residencies:agenda": _("Agenda"),
    "residencies:list": _("Liste des résidences"),
    "residencies:residency": _("Une résidence"),
    "residencies:event": _("Un évènement"),
    "residencies:bilan": _("Le bilan d'une saison"),
    "residencies:news": _("Actualités"),
    "residencies:steering": _("Pilotage"),
    "territory:index": _("Le territoire"),
    "territory:commune": _("Une commune"),
    "territory:directory": _("Annuaire des structures"),
    "territory:structure": _("Une structure"),
}


@dataclass(frozen=True)
class Measured:
    """Octets and requests of a first visit: median and heaviest page; the lowest scores of Lighthouse."""

    on: date
    pages: int
    median: int
    heaviest: int
    most_requests: int
    lowest_score: int
    kinds: list[dict[str, Any]]


def measured() -> Measured | None:
    """The last audit, or nothing where it was never run."""
    if not MEASURED.exists():
        return None
    return _read(MEASURED.stat().st_mtime)


@lru_cache(maxsize=1)
def _read(stamp: float) -> Measured:
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    known = [{"label": KINDS[name]} | kind for name, kind in found["kinds"].items() if name in KINDS]
    return Measured(
        on=date.fromisoformat(found["date"]),
        pages=found["pages"],
        median=found["bytes"]["median"],
        heaviest=found["bytes"]["max"],
        most_requests=found["requests"]["max"],
        lowest_score=min(found["lighthouse"].values()),
        kinds=sorted(known, key=lambda kind: -kind["bytes"]),
    )
