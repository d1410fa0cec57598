"""The figures of a bilan as sheets, and its sessions as open data. Stub."""

from __future__ import annotations

from candidatures.models import Season
from residencies.selectors.bilan_pages import BilanPage


def workbook(page: BilanPage) -> bytes:
    raise NotImplementedError


def sessions_csv(season: Season) -> bytes:
    raise NotImplementedError
