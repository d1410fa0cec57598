"""Papers: the desk's pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext

from clea.ui.desk import DeskItem
from residencies.admin.base import ActivityPages, ResidencyPages, SeasonPages


class ContractMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("contrat/", self.contract_page, "contract"),
            *super().row_urls(),
        ]

    def contract_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        return self.residency_page(
            request,
            "admin/residencies/residency/base.html",
            residency=residency,
            title=gettext("contract"),
            tab="contract",
        )


class AgreementMixin(ActivityPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("convention/", self.agreement_page, "agreement"),
            self.address("bilan/", self.lookback_page, "lookback"),
            *super().row_urls(),
        ]

    def agreement_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        return self.activity_page(
            request,
            "admin/residencies/activity/base.html",
            activity=activity,
            title=gettext("agreement"),
            tab="agreement",
        )

    def lookback_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        return self.activity_page(
            request,
            "admin/residencies/activity/base.html",
            activity=activity,
            title=gettext("lookback"),
            tab="lookback",
        )


class SeasonPapersMixin(SeasonPages):
    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("conventions/", self.agreements_page, "agreements"),
            *super().season_urls(),
        ]

    def agreements_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        return self.season_page(
            request,
            "admin/residencies/season/base.html",
            season=season,
            title=gettext("agreements"),
            tab="agreements",
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What this subject asks of the coordinator today. At most one query."""
    return []
