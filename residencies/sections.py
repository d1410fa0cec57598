"""What the residencies add to pages of the lower floors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clea.ui.sections import Section
from residencies.selectors import agenda, home
from residencies.selectors.public import by_day
from structures.models import Commune


def on_commune(request: HttpRequest, commune: Commune) -> Section | None:
    """What happens here, or that nothing is announced yet. Two queries."""
    return Section("residencies/public/_on_commune.html", {"life": agenda.commune_life(commune)})


def on_home(request: HttpRequest, page: Any) -> Section | None:
    """What is open to all this week; nothing when nothing is. One query."""
    items = agenda.this_week()
    return Section("residencies/public/_on_home.html", {"days": by_day(items)}) if items else None


def latest_on_home(request: HttpRequest, page: Any) -> Section | None:
    """The last news, where to ask for the next ones, the last published bilan; nothing before the first. One query."""
    rows, bilan = home.latest()
    shown = {"rows": rows, "bilan": bilan}
    return Section("residencies/public/_latest_on_home.html", shown) if rows or bilan else None
