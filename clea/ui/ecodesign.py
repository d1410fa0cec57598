"""Figures of the eco-design statement, measured on the files that are served."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from django.contrib.staticfiles import finders

PUBLIC_FILES = ("css/clea.css", "img/favicon.svg")
FORM_FILES = ("css/clea.css", "img/favicon.svg", "js/errors.js", "js/autosave.js", "js/upload.js")
DESK_FILES = ("css/admin.css",)


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
