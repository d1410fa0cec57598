"""The public pages of the residencies, for ``/sitemap.xml`` and the site map people read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.translation import gettext_lazy

from clea.ui.dates import day
from residencies.enums import EventState
from residencies.models import Bilan, Event, Meeting, News, Residency

_PAGES = {
    "residencies:agenda": gettext_lazy("Agenda"),
    "residencies:list": gettext_lazy("Toutes les résidences"),
    "residencies:works": gettext_lazy("Œuvres à accueillir"),
    "residencies:bilans": gettext_lazy("Bilans des saisons"),
    "residencies:steering": gettext_lazy("Pilotage"),
}


class ResidencySitemap(Sitemap[Any]):
    """The agenda, the lists, then every published residency, event, bilan and meeting. Four queries."""

    heading = gettext_lazy("Résidences et agenda")

    def items(self) -> list[Any]:
        events = Event.objects.filter(state=EventState.PUBLISHED)
        residencies = Residency.objects.published().order_by("-season__starts_on", "artist_name")
        meetings = Meeting.objects.published().order_by("-starts_at")
        return [*_PAGES, *residencies, *events, *Bilan.objects.published(), *meetings]

    def location(self, item: Any) -> str:
        return reverse(item) if isinstance(item, str) else item.get_absolute_url()

    def lastmod(self, item: Any) -> datetime | None:
        return None if isinstance(item, str) else item.updated_at

    def label(self, item: Any) -> str:
        if isinstance(item, Meeting):
            # A committee keeps its title from one meeting to the next.
            return f"{item}, {day(item.starts_at, weekday=False)}"
        return str(_PAGES[item]) if isinstance(item, str) else str(item)


class NewsSitemap(Sitemap[Any]):
    """The news, then each of them. One query."""

    heading = gettext_lazy("Actualités")

    def items(self) -> list[Any]:
        return [*_NEWS_PAGES, *News.objects.published().order_by("-published_at")]

    def location(self, item: Any) -> str:
        return reverse(item) if isinstance(item, str) else item.get_absolute_url()

    def lastmod(self, item: Any) -> datetime | None:
        return None if isinstance(item, str) else item.updated_at

    def label(self, item: Any) -> str:
        return str(_NEWS_PAGES[item]) if isinstance(item, str) else str(item)


_NEWS_PAGES = {
    "residencies:news": gettext_lazy("Toutes les actualités"),
    "residencies:news_subscribe": gettext_lazy("Recevoir les actualités par courriel"),
}
