"""Contracts of three school years, their seasons, and the shared vocabulary of disciplines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from candidatures.admin.common import DeskAdmin
from candidatures.models import Discipline, Programme, Season
from structures.admin.scope import LabelledFormSet, ScopedInlineMixin, ScopedRelatedFilter

if TYPE_CHECKING:
    _Inline = admin.TabularInline[Season, Programme]
    _DisciplineAdmin = admin.ModelAdmin[Discipline]
else:
    _Inline = admin.TabularInline
    _DisciplineAdmin = admin.ModelAdmin


class SeasonFormSet(LabelledFormSet):
    """A closed season stands as it is: its line is read, whatever is sent."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.closed_at is not None:
            for field in form.fields.values():
                field.disabled = True


class SeasonInline(ScopedInlineMixin, _Inline):
    model = Season
    formset = SeasonFormSet
    fields = ["name", "starts_on", "ends_on"]
    ordering = ["starts_on"]
    extra = 0


@admin.register(Programme)
class ProgrammeAdmin(DeskAdmin):
    """A contract. It goes only while it has no season with calls: the database protects them."""

    add_title = _("Nouveau contrat")
    list_display = ["name", "territory", "starts_on", "ends_on", "season_total"]
    list_select_related = ["territory"]
    list_filter = [("territory", ScopedRelatedFilter)]
    search_fields = ["name"]
    ordering = ["-starts_on"]
    empty_text = _("Créez le contrat signé pour trois années scolaires : ses saisons porteront les appels.")
    inlines = [SeasonInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["territory", "name", "slug", ("starts_on", "ends_on")],
                "description": _("Le contrat signé pour trois années scolaires. Ses saisons portent les appels."),
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        return super().get_queryset(request).annotate(season_total=Count("seasons"))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = [*super().get_readonly_fields(request, obj)]
        return [*readonly, "slug"] if obj else readonly

    @admin.display(description=_("saisons"), ordering="season_total")
    def season_total(self, programme: Programme) -> int:
        return programme.season_total  # type: ignore[attr-defined]


@admin.register(Season)
class SeasonAdmin(DeskAdmin):
    """A season's name and days. What is done in it, its closing too, is among the residencies' pages."""

    add_title = _("Nouvelle saison")
    territory_path = "programme__territory"
    season_path = "self"
    list_display = ["name", "programme", "starts_on", "ends_on", "closed_at"]
    list_select_related = ["programme"]
    list_filter = [("programme", ScopedRelatedFilter)]
    search_fields = ["name", "programme__name"]
    ordering = ["-starts_on"]
    fields = ["programme", "name", ("starts_on", "ends_on")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Season]:
        # A season is named with its contract wherever it is chosen.
        return super().get_queryset(request).select_related("programme")


@admin.register(Discipline)
class DisciplineAdmin(_DisciplineAdmin):
    """One vocabulary for every territory: administrators keep it."""

    add_title = _("Nouvelle discipline")
    list_display = ["name", "name_en", "order"]
    search_fields = ["name", "name_en"]
