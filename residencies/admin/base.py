"""The frames of this desk's pages: one residency, one activity, one season."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from candidatures.admin.common import DeskAdmin
from candidatures.models import Season
from residencies.models import Activity, Residency
from structures.models import Territory

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Tab:
    """One subject of a row's pages: ``name`` is the end of its URL's name; ``hub``, the row's own page."""

    name: str
    label: _StrPromise
    hub: bool = False


class TabbedPages(DeskAdmin):
    """Pages around one row, each subject on its own. A mixin adds its addresses to ``row_urls``."""

    #: Beginning of the names of the addresses: ``admin:<prefix>_<name>``.
    prefix = ""
    frame_template = ""
    tabs: tuple[Tab, ...] = ()

    class Media:
        css = {"all": ["css/coordination.css", "css/residencies-desk.css"]}

    def row_urls(self) -> list[URLPattern]:
        """Addresses of the mixins, each below the row's ``uuid``."""
        return []

    def address(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        """``<uuid:key>/<route>``, named ``admin:<prefix>_<name>``. ``key`` is the row's."""
        return path(f"<uuid:key>/{route}", self.admin_site.admin_view(view), name=f"{self.prefix}_{name}")

    def get_urls(self) -> list[URLPattern]:
        return [*self.row_urls(), *super().get_urls()]

    def tab_url(self, tab: Tab, row: Any) -> str:
        if tab.hub:
            return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.uuid])
        return reverse(f"admin:{self.prefix}_{tab.name}", args=[row.uuid])

    def tabbed(
        self, request: HttpRequest, template: str, *, row: Any, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        """A page of this row, its tabs above."""
        shown = [{"label": one.label, "url": self.tab_url(one, row), "current": one.name == tab} for one in self.tabs]
        return self.page(request, template, title=title, obj=row, row=row, tabs=shown, **context)


class ResidencyPages(TabbedPages):
    """Pages of one residency. Templates extend ``admin/residencies/residency/base.html``."""

    territory_path = "season__programme__territory"
    season_path = "season"
    prefix = "residencies_residency"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("season__programme__territory")

    def residency(self, request: HttpRequest, key: UUID) -> Residency:
        """The residency behind an address, its territory with it. 404 outside the walls."""
        return self.found(request, key)

    def residency_page(
        self, request: HttpRequest, template: str, *, residency: Residency, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        return self.tabbed(request, template, row=residency, title=title, tab=tab, residency=residency, **context)


class ActivityPages(TabbedPages):
    """Pages of one activity. Templates extend ``admin/residencies/activity/base.html``."""

    territory_path = "season__programme__territory"
    season_path = "season"
    prefix = "residencies_activity"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("season__programme__territory")

    def activity(self, request: HttpRequest, key: UUID) -> Activity:
        """The activity behind an address, its territory with it. 404 outside the walls."""
        return self.found(request, key)

    def activity_page(
        self, request: HttpRequest, template: str, *, activity: Activity, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        return self.tabbed(request, template, row=activity, title=title, tab=tab, activity=activity, **context)


class SeasonPages(DeskAdmin):
    """Pages of a whole season, below the list of residencies. Templates extend ``admin/residencies/season/base.html``.

    A mixin adds its addresses to ``season_urls`` and its tab to ``season_tabs``.
    """

    season_tabs: tuple[Tab, ...] = ()

    def season_urls(self) -> list[URLPattern]:
        return []

    def season_address(self, route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        """``saison/<uuid:key>/<route>``, named ``admin:residencies_season_<name>``."""
        return path(f"saison/<uuid:key>/{route}", self.admin_site.admin_view(view), name=f"residencies_season_{name}")

    def get_urls(self) -> list[URLPattern]:
        return [*self.season_urls(), *super().get_urls()]

    def season(self, request: HttpRequest, key: UUID) -> Season:
        """The season behind an address, its territory with it. 404 outside the walls. One query."""
        try:
            return (
                Season.objects.filter(programme__territory__in=Territory.objects.coordinated_by(request.user))
                .select_related("programme__territory")
                .get(uuid=key)
            )
        except Season.DoesNotExist:
            raise Http404 from None

    def season_page(
        self, request: HttpRequest, template: str, *, season: Season, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        shown = [
            {
                "label": one.label,
                "url": reverse(f"admin:residencies_season_{one.name}", args=[season.uuid]),
                "current": one.name == tab,
            }
            for one in self.season_tabs
        ]
        archived = season if season.closed_at is not None else None
        return self.page(request, template, title=title, season=season, tabs=shown, archived=archived, **context)
