"""Coverage among the desk's pages: a residency's structures, a season's communes, where to go next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from candidatures.admin.common import person
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin.base import ResidencyPages, SeasonPages
from residencies.admin.waits import by_residency
from residencies.enums import FACING_STATES, ResidencyState
from residencies.models import Activity, Residency
from residencies.reports.coverage import FORMS, sheet
from residencies.selectors import coverage_pages
from residencies.selectors.coverage_pages import Asked, explained_weights
from residencies.selectors.where_next import where_next
from residencies.services import coverage_exports

_TABLE = "desk-table"


class CoverageMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [self.address("couverture/", self.coverage_page, "coverage"), *super().row_urls()]

    def coverage_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """What a residency meets. Twenty queries or so, whatever it plans."""
        residency = self.residency(request, key)
        page = coverage_pages.page(residency.season, Asked.of(request.GET), residency)
        return self.residency_page(
            request,
            "admin/residencies/residency/coverage.html",
            residency=residency,
            title=gettext("Structures"),
            tab="coverage",
            page=page,
            desk=True,
            table_class=_TABLE,
            team_size=page.rules.team_size,
        )


class SeasonCoverageMixin(SeasonPages):
    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("couverture/", self.season_coverage_page, "coverage"),
            self.season_address("couverture/export/", require_POST(self.coverage_export), "coverage_export"),
            self.season_address("ou-aller/", self.where_next_page, "where_next"),
            *super().season_urls(),
        ]

    def season_coverage_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The whole territory. Twenty queries or so, whatever is planned on it."""
        season = self.season(request, key)
        return self.season_page(
            request,
            "admin/residencies/season/coverage.html",
            season=season,
            title=gettext("Couverture du territoire"),
            tab="coverage",
            page=coverage_pages.page(season, Asked.of(request.GET)),
            desk=True,
            table_class=_TABLE,
        )

    def coverage_export(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The table as a sheet, journaled."""
        season = self.season(request, key)
        form = request.POST.get("form", "")
        if form not in FORMS:
            raise Http404
        page = coverage_pages.page(season, Asked.of(request.POST))
        coverage_exports.record(by=person(request), season=season, form=form, residency=page.residency)
        name = slugify(f"couverture-{season.name}-{page.residency.slug if page.residency else ''}").strip("-")
        response = HttpResponse(sheet(page.found, form, title=gettext("Couverture")), content_type=FORMS[form])
        response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        return response

    def where_next_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Suggestions for one residency and one week. Thirty queries or so."""
        season = self.season(request, key)
        asked = Asked.of(request.GET)
        rows = list(Residency.objects.filter(season=season).order_by("artist_name", "pk"))
        for row in rows:
            row.season = season
        live = next((row for row in rows if row.is_live), rows[0] if rows else None)
        chosen = next((row for row in rows if row.uuid == asked.residency), live)
        facts, found = where_next(chosen, today=timezone.localdate(), asked=asked.week) if chosen else (None, None)
        return self.season_page(
            request,
            "admin/residencies/season/where_next.html",
            season=season,
            title=gettext("Où aller ensuite"),
            tab="where_next",
            residencies=rows,
            chosen=chosen,
            next=found,
            weeks=facts.weeks(chosen.pk) if facts and chosen else [],
            weights=explained_weights(),
            desk=True,
            table_class=_TABLE,
        )


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    met: QuerySet[Any] = Activity.structures.through.objects.filter(
        activity__residencies=OuterRef("pk"), activity__state__in=FACING_STATES, structure__is_category=False
    )
    found = met.order_by().values("activity__residencies").annotate(n=Count("structure", distinct=True)).values("n")
    behind = (
        Residency.objects.filter(state=ResidencyState.CURRENT, structures_target__gt=0)
        .annotate(found=Coalesce(Subquery(found), 0))
        .filter(found__lt=F("structures_target") / 2.0)
    )
    days = {"since": Min("periods__starts_on"), "until": Max("periods__ends_on")}
    yield by_residency(request, "coverage.behind", behind, "", **days)


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Residencies in the second half of their days with less than half of their structures."""
    today = timezone.localdate()
    late = [
        one
        for one in found.of("coverage.behind")
        if one.since
        and one.until
        and one.since + timedelta(days=(one.until - one.since).days / 2) <= today <= one.until
    ]
    if not late:
        return []
    return [
        DeskItem(
            _("Résidences à mi-parcours avec moins de la moitié de leurs structures"),
            len(late),
            reverse("admin:residencies_residency_coverage", args=[late[0].key]),
            "soon",
            ", ".join(one.name for one in late),
        )
    ]


desk_items = Subject(_rows, _lines)
