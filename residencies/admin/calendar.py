"""Calendar: the desk's pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext

from clea.ui.desk import DeskItem
from residencies.admin.base import ResidencyPages, SeasonPages


class CalendarMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("calendrier/", self.calendar_page, "calendar"),
            *super().row_urls(),
        ]

    def calendar_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        return self.residency_page(
            request,
            "admin/residencies/residency/base.html",
            residency=residency,
            title=gettext("calendar"),
            tab="calendar",
        )


class SeasonCalendarMixin(SeasonPages):
    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("calendrier/", self.calendar_page, "calendar"),
            *super().season_urls(),
        ]

    def calendar_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        return self.season_page(
            request,
            "admin/residencies/season/base.html",
            season=season,
            title=gettext("calendar"),
            tab="calendar",
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What this subject asks of the coordinator today. At most one query."""
    return []
