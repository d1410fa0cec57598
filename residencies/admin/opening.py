"""Opening: the desk's pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext

from clea.ui.desk import DeskItem
from residencies.admin.base import ResidencyPages


class OpeningMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("documents/", self.documents_page, "documents"),
            *super().row_urls(),
        ]

    def documents_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        return self.residency_page(
            request,
            "admin/residencies/residency/base.html",
            residency=residency,
            title=gettext("documents"),
            tab="documents",
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What this subject asks of the coordinator today. At most one query."""
    return []
