"""The frame of every page of a jury: its name, its parts, and where each one stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from candidatures.admin.common import DeskAdmin
from candidatures.models import Jury

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Tab:
    """One subject of the jury's pages: ``name`` is the end of its URL's name."""

    name: str
    label: _StrPromise

    def url(self, jury: Jury) -> str:
        return reverse(f"admin:candidatures_jury_{self.name}", args=[jury.uuid])


class JuryPages(DeskAdmin):
    """What the mixins of a jury share. A mixin adds its ``Tab`` to ``tabs`` and its addresses to ``jury_urls``."""

    territory_path = "call__season__programme__territory"
    tabs: tuple[Tab, ...] = ()

    class Media:
        css = {"all": ["css/coordination.css", "css/jury-desk.css"]}

    def jury_urls(self) -> list[URLPattern]:
        """Addresses of the mixins, each below the jury's ``uuid``."""
        return []

    def address(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        """``<uuid:key>/<route>``, named ``admin:candidatures_jury_<name>``. ``key`` is the jury's."""
        return path(f"<uuid:key>/{route}", self.admin_site.admin_view(view), name=f"candidatures_jury_{name}")

    def get_urls(self) -> list[URLPattern]:
        return [*self.jury_urls(), *super().get_urls()]

    def jury(self, request: HttpRequest, key: UUID) -> Jury:
        """The jury behind an address, its call and territory with it. 404 outside the walls."""
        return self.found(request, key)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("call__season__programme__territory")

    def jury_page(
        self, request: HttpRequest, template: str, *, jury: Jury, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        """A page of this jury. Templates extend ``admin/candidatures/jury/base.html``."""
        return self.page(
            request,
            template,
            title=title,
            obj=jury,
            jury=jury,
            call=jury.call,
            tabs=[{"label": row.label, "url": row.url(jury), "current": row.name == tab} for row in self.tabs],
            **context,
        )
