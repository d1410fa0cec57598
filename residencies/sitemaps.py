"""The public pages of the residencies, for ``/sitemap.xml`` and the site map people read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.ui.dates import day
from clea.ui.sitemaps import PublicSitemap
from residencies.enums import EventState
from residencies.models import Bilan, Event, Meeting, News, Residency, Session, Work
from residencies.selectors.works import catalogue

_PAGES = {
    "residencies:agenda": gettext_lazy("Agenda"),
    "residencies:list": gettext_lazy("Toutes les résidences"),
    "residencies:works": gettext_lazy("Œuvres à accueillir"),
    "residencies:bilans": gettext_lazy("Bilans des saisons"),
    "residencies:steering": gettext_lazy("Pilotage"),
}


class _Beside:
    """A page that goes with a published row."""

    def __init__(self, row: Residency | Bilan, name: str, title: str, of: str) -> None:
        self.address, self.updated_at = reverse(name, args=[row.slug]), row.updated_at
        self.label = f"{title} – {of}"

    def get_absolute_url(self) -> str:
        return self.address

    def __str__(self) -> str:
        return self.label


class ResidencySitemap(PublicSitemap[Any]):
    """The agenda, the lists, then all that is published: residencies, press kits, works, events, bilans, meetings.

    Seven queries.
    """

    heading = gettext_lazy("Résidences et agenda")

    def items(self) -> list[Any]:
        events = list(Event.objects.filter(state__in=[EventState.PUBLISHED, EventState.CANCELLED]))
        found = list(Residency.objects.published().order_by("-season__starts_on", "artist_name"))
        bilans = list(Bilan.objects.published().select_related("season__programme__territory"))
        meetings = list(Meeting.objects.published().order_by("-starts_at"))
        rows: dict[str, Iterable[Any]] = {
            "residencies:list": found,
            "residencies:bilans": bilans,
            "residencies:steering": meetings,
            "residencies:agenda": [*events, *Session.objects.public().only("updated_at").order_by("-updated_at")[:1]],
        }
        # A list changed when its last row did.
        self._changed = {name: max((row.updated_at for row in listed), default=None) for name, listed in rows.items()}
        return [
            *_PAGES,
            *found,
            *(_Beside(row, "residencies:press_kit", _("Dossier de presse"), row.artist_name) for row in found),
            *catalogue(),
            *events,
            *bilans,
            *(_Beside(row, "residencies:bilan_trace", _("Séances"), str(row)) for row in bilans),
            *meetings,
        ]

    def location(self, item: Any) -> str:
        if isinstance(item, Work):
            return reverse("residencies:work", args=[item.uuid])
        return reverse(item) if isinstance(item, str) else item.get_absolute_url()

    def lastmod(self, item: Any) -> datetime | None:
        return self._changed.get(item) if isinstance(item, str) else getattr(item, "updated_at", None)

    def label(self, item: Any) -> str:
        if isinstance(item, Work):
            return f"{item.title} – {item.residency.artist_name}"
        if isinstance(item, Meeting):
            # A committee keeps its title from one meeting to the next.
            return f"{item}, {day(item.starts_at, weekday=False)}"
        return str(_PAGES[item]) if isinstance(item, str) else str(item)


class NewsSitemap(PublicSitemap[Any]):
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
