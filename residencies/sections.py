"""What the residencies add to pages of the lower floors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clea.ui.sections import Section
from residencies.selectors import bilan_pages, communication, public
from structures.models import Commune


def on_commune(request: HttpRequest, commune: Commune) -> Section | None:
    """What happens here, or that nothing is announced yet. Six queries at most."""
    return Section("residencies/public/_on_commune.html", {"life": public.commune_life(commune)})


def on_home(request: HttpRequest, page: Any) -> Section | None:
    """What is open to all this week; nothing when nothing is. One query."""
    items = public.this_week()
    return Section("residencies/public/_on_home.html", {"days": public.by_day(items)}) if items else None


def news_on_home(request: HttpRequest, page: Any) -> Section | None:
    """The last news, and where to ask for the next ones; nothing while there is none. One query."""
    rows = communication.latest()
    return Section("residencies/public/_news_on_home.html", {"rows": rows}) if rows else None


def bilan_on_home(request: HttpRequest, page: Any) -> Section | None:
    """The last published bilan; nothing before the first. One query."""
    bilan = bilan_pages.latest()
    return Section("residencies/public/_bilan_on_home.html", {"bilan": bilan}) if bilan else None
