"""Coverage: the desk's pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext

from clea.ui.desk import DeskItem
from residencies.admin.base import ResidencyPages, SeasonPages


class CoverageMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("couverture/", self.coverage_page, "coverage"),
            *super().row_urls(),
        ]

    def coverage_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        return self.residency_page(
            request,
            "admin/residencies/residency/base.html",
            residency=residency,
            title=gettext("coverage"),
            tab="coverage",
        )


class SeasonCoverageMixin(SeasonPages):
    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("couverture/", self.coverage_page, "coverage"),
            self.season_address("ou-aller/", self.where_next_page, "where_next"),
            *super().season_urls(),
        ]

    def coverage_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        return self.season_page(
            request,
            "admin/residencies/season/base.html",
            season=season,
            title=gettext("coverage"),
            tab="coverage",
        )

    def where_next_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        return self.season_page(
            request,
            "admin/residencies/season/base.html",
            season=season,
            title=gettext("where_next"),
            tab="where_next",
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What this subject asks of the coordinator today. At most one query."""
    return []
