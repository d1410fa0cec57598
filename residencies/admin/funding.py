"""Who pays for the season."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, reverse
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person
from clea.errors import Refused
from clea.ui.desk import DeskItem
from residencies.admin.base import SeasonPages
from residencies.admin.relays import ReferenceAdmin
from residencies.forms.funding import FunderForm, ShareGrid
from residencies.models import Funder, FundingShare, Residency
from residencies.reports import funding as reports
from residencies.selectors.funding import FundingPlan, plan_of
from residencies.services import funding
from residencies.services.base import require_open
from structures.admin.scope import ScopedRelatedFilter


class SeasonFundingMixin(SeasonPages):
    """The financing plan: read on one page, typed on another."""

    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("financement/", require_safe(self.funding_page), "money"),
            self.season_address("financement/parts/", self.funding_shares_page, "money_shares"),
            self.season_address("financement/export/", require_POST(self.funding_export), "money_export"),
            *super().season_urls(),
        ]

    def funding_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Seven queries or so, whatever is funded."""
        season = self.season(request, key)
        plan = plan_of(season)
        return self.season_page(
            request,
            "admin/residencies/season/money.html",
            season=season,
            title=gettext("Plan de financement"),
            tab="money",
            plan=plan,
            plot=_plot(plan),
            has_funders=any(line.row is not None for line in plan.funders),
            shares_url=reverse("admin:residencies_season_money_shares", args=[season.uuid]),
            export_url=reverse("admin:residencies_season_money_export", args=[season.uuid]),
            funders_url=reverse("admin:residencies_funder_changelist"),
        )

    def funding_shares_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        back = reverse("admin:residencies_season_money", args=[season.uuid])
        try:
            require_open(season)
        except Refused as refusal:
            if request.method != "POST":
                messages.error(request, str(refusal))
                return HttpResponseRedirect(back)
        grid = ShareGrid(
            request.POST if request.method == "POST" else None,
            funders=Funder.objects.filter(territory=season.programme.territory_id).order_by("position", "name"),
            residencies=Residency.objects.filter(season=season).order_by("artist_name", "pk"),
            shares=FundingShare.objects.filter(season=season),
        )
        if request.method == "POST" and grid.is_valid():
            try:
                written = funding.save_shares(by=person(request), season=season, shares=grid.typed())
            except funding.WrongShares as refusal:
                grid.refuse(refusal)
            except Refused as refusal:  # closed since the page was opened: what was typed stays
                grid.error = str(refusal)
            else:
                words = ngettext("%(n)d part est enregistrée.", "%(n)d parts sont enregistrées.", written)
                messages.success(request, words % {"n": written} if written else gettext("Rien n'était à changer."))
                return HttpResponseRedirect(back)
        return self.season_page(
            request,
            "admin/residencies/season/money_shares.html",
            season=season,
            title=gettext("Parts des financeurs"),
            tab="money",
            grid=grid,
            back=back,
            funders_url=reverse("admin:residencies_funder_add"),
        )

    def funding_export(self, request: HttpRequest, key: UUID) -> HttpResponseBase:
        """The plan as a sheet, journaled."""
        season = self.season(request, key)
        form = request.POST.get("form", "")
        if form not in reports.FORMS:
            raise Http404
        made: Any = reports.sheet(plan_of(season), form)
        funding.record_export(by=person(request), season=season, form=form)
        name = f"{slugify(f'financement-{season.name}')}.{form}"
        kind = reports.FORMS[form]
        if form == "xlsx":
            return FileResponse(made, as_attachment=True, filename=name, content_type=kind)
        return StreamingHttpResponse(
            made, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )


def _plot(plan: FundingPlan) -> Any:
    return reports.plot(
        plan.funders,
        title=gettext("Plan de financement, par financeur"),
        description=gettext(
            "Deux barres par financeur : ce qu'il apporte, et ce que sa part paie. Les montants sont dans le tableau."
        ),
        id_prefix="funding",
    )


@admin.register(Funder)
class FunderAdmin(ReferenceAdmin):
    """Who may bring money to a season."""

    form = FunderForm
    add_title = _("Nouveau financeur")
    list_display = ["name", "institution", "position"]
    list_filter = [("territory", ScopedRelatedFilter)]
    list_select_related = ["institution", "territory"]
    search_fields = ["name"]

    def write(self, request: HttpRequest, obj: Funder) -> None:
        funding.save_funder(by=person(request), funder=obj)

    def erase(self, request: HttpRequest, obj: Funder) -> None:
        funding.remove_funder(by=person(request), funder=obj)


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What asks something of the coordination today: nothing, the plan's doubts are on its page."""
    return []
