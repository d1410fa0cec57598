"""Where an act on traces is done: a residency's pages, or those of the whole season. The same views serve both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse

from candidatures.models import Season
from residencies.admin.base import ResidencyPages, SeasonPages
from residencies.models import Residency

NAMES = (
    "traces",
    "trace_add",
    "trace",
    "trace_act",
    "trace_remove",
    "consent_add",
    "consent",
    "consent_withdraw",
    "consent_remove",
    "consent_link",
)


@dataclass(frozen=True)
class Place:
    """A residency, or its season when ``residency`` is empty."""

    admin: PlacePages
    season: Season
    residency: Residency | None = None

    @property
    def key(self) -> UUID:
        return (self.residency or self.season).uuid

    @property
    def names(self) -> dict[str, str]:
        """The names of the addresses, by what they do."""
        base = "admin:residencies_residency" if self.residency else "admin:residencies_season"
        return {name: f"{base}_{name}" for name in NAMES}

    def url(self, name: str, *args: Any) -> str:
        return reverse(self.names[name], args=[self.key, *args])

    def back(self, anchor: str) -> HttpResponseRedirect:
        """To the page of everything, at this part of it."""
        return HttpResponseRedirect(f"{self.url('traces')}#{anchor}")

    def page(self, request: HttpRequest, body: str, *, title: str, **context: Any) -> HttpResponse:
        """``admin/residencies/traces/<body>.html`` in the frame of the residency, or of the season."""
        context |= {"place": self, "body": f"admin/residencies/traces/{body}.html"}
        if self.residency is not None:
            template = "admin/residencies/residency/traces.html"
            return self.admin.residency_page(
                request, template, residency=self.residency, title=title, tab="traces", **context
            )
        template = "admin/residencies/season/traces.html"
        return self.admin.season_page(request, template, season=self.season, title=title, tab="bilan", **context)


PlaceView = Callable[..., HttpResponse]


class PlacePages(ResidencyPages, SeasonPages):
    """Each view is wired twice: below a residency, below a season."""

    def place_views(self) -> list[tuple[str, PlaceView, str]]:
        """Route, view (request, place, …) and name."""
        return []

    def row_urls(self) -> list[URLPattern]:
        mine = [self.address(route, self._of_residency(view), name) for route, view, name in self.place_views()]
        return [*mine, *super().row_urls()]

    def season_urls(self) -> list[URLPattern]:
        mine = [self.season_address(route, self._of_season(view), name) for route, view, name in self.place_views()]
        return [*mine, *super().season_urls()]

    def _of_residency(self, view: PlaceView) -> PlaceView:
        def wrapped(request: HttpRequest, key: UUID, **kwargs: Any) -> HttpResponse:
            residency = self.residency(request, key)
            return view(request, Place(self, residency.season, residency), **kwargs)

        return wrapped

    def _of_season(self, view: PlaceView) -> PlaceView:
        def wrapped(request: HttpRequest, key: UUID, **kwargs: Any) -> HttpResponse:
            return view(request, Place(self, self.season(request, key)), **kwargs)

        return wrapped
