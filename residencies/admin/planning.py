"""Planning: the desk's pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext

from clea.ui.desk import DeskItem
from residencies.admin.base import ActivityPages, ResidencyPages


class ResidencyActivitiesMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("activites/", self.activities_page, "activities"),
            *super().row_urls(),
        ]

    def activities_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        return self.residency_page(
            request,
            "admin/residencies/residency/base.html",
            residency=residency,
            title=gettext("activities"),
            tab="activities",
        )


class SessionsMixin(ActivityPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("seances/", self.sessions_page, "sessions"),
            *super().row_urls(),
        ]

    def sessions_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        return self.activity_page(
            request,
            "admin/residencies/activity/base.html",
            activity=activity,
            title=gettext("sessions"),
            tab="sessions",
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What this subject asks of the coordinator today. At most one query."""
    return []
