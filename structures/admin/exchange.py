"""Sheets in and out of a list of the desk: its addresses and who may. The pages are in ``exchange_pages``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import cached_property

from structures.admin.scope import coordinates_any

if TYPE_CHECKING:
    from structures.admin.exchange_pages import SheetExchange

    _Base = admin.ModelAdmin[Any]
else:
    _Base = object

#: Address, method of the pages, end of the name: what django-import-export would add.
_PAGES = (("import/", "import_action"), ("process_import/", "process_import"), ("export/", "export_action"))


class SheetExchangeMixin(_Base):
    """Import and export of a scoped ModelAdmin.

    ``sheet`` names the resource, ``import_verb`` and ``export_verb`` are journaled. Nothing of sheets is loaded before
    somebody exchanges one: openpyxl and numpy weigh a fifth of a web process.
    """

    change_list_template = "admin/structures/change_list_exchange.html"
    sheet = ""
    import_verb = ""
    export_verb = ""
    import_help: Any = ""

    def has_import_permission(self, request: HttpRequest) -> bool:
        return coordinates_any(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return coordinates_any(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may = {
            "has_import_permission": self.has_import_permission(request),
            "has_export_permission": self.has_export_permission(request),
        }
        return super().changelist_view(request, (extra_context or {}) | may)

    def get_urls(self) -> list[URLPattern]:
        names = f"{self.opts.app_label}_{self.opts.model_name}"
        ours = [path(address, self._page(method), name=f"{names}_{address[:-1]}") for address, method in _PAGES]
        return [*ours, *super().get_urls()]

    def _page(self, method: str) -> Any:
        def page(request: HttpRequest) -> HttpResponse:
            answer: HttpResponse = getattr(self.exchange, method)(request)
            return answer

        return self.admin_site.admin_view(page)

    @cached_property
    def exchange(self) -> SheetExchange:
        """This ModelAdmin with the package's pages."""
        from structures.admin.exchange_pages import SheetExchange

        both: type[SheetExchange] = type(f"{type(self).__name__}Exchange", (SheetExchange, type(self)), {})
        return both(self.model, self.admin_site)
