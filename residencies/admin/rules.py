"""The figures a territory plans with, and what it did before this software."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from candidatures.admin.common import DeskAdmin, person
from clea.ui import dates
from clea.ui.desk import DeskItem
from residencies.enums import Qualifier
from residencies.models import PastAction, PlanningRules
from residencies.services import past_actions, planning_rules
from structures.admin.exchange import SheetExchangeMixin
from structures.admin.scope import ScopedRelatedFilter


@admin.register(PlanningRules)
class PlanningRulesAdmin(DeskAdmin):
    """One row a territory. Without one, the usual figures apply."""

    can_delete = False
    add_title = _("Règles de planification du territoire")
    list_display = [
        "territory",
        "day_starts",
        "day_ends",
        "speed_kmh",
        "detour_factor",
        "carbon_g_per_km",
        "updated_at",
    ]
    list_select_related = ["territory"]
    fieldsets = [
        (None, {"fields": ["territory"]}),
        (_("Journées"), {"fields": ["day_starts", "day_ends"]}),
        (
            _("Trajets"),
            {
                "fields": ["detour_factor", "speed_kmh", "fixed_minutes", "local_km", "travel_source"],
                "description": _(
                    "Une distance est comptée à vol d'oiseau entre les centres de deux communes, multipliée par le "
                    "détour. Ces chiffres servent aux alertes, aux créneaux proposés et aux kilomètres affichés."
                ),
            },
        ),
        (
            _("Carbone"),
            {
                "fields": ["carbon_g_per_km", "carbon_source"],
                "description": _("Une estimation n'est lisible qu'avec sa source : tenez les deux à jour."),
            },
        ),
        (
            _("Objectifs"),
            {
                "fields": ["structures_target", "team_size"],
                "description": _(
                    "Le nombre de structures vaut pour les résidences à ouvrir ; chaque résidence garde le sien."
                ),
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        planning_rules.write(by=person(request), rules=obj, changed=form.changed_data)


@admin.register(PastAction)
class PastActionAdmin(SheetExchangeMixin, DeskAdmin):
    """Lines of earlier seasons, one by one or by sheet."""

    add_title = _("Nouvelle action d'une saison passée")
    list_display = ["season_name", "commune", "structure", "artist", "life_stage", "sessions", "shown_people"]
    list_select_related = ["commune", "structure"]
    list_filter = [("territory", ScopedRelatedFilter), "season_name", ("commune", ScopedRelatedFilter), "life_stage"]
    search_fields = ["artist", "commune__search", "structure__search", "source"]
    search_help_text = _("Artiste, commune, structure ou source, avec ou sans accents.")
    ordering = ["-season_name", "commune__slug", "pk"]
    empty_text = _("Importez le tableau des saisons passées : la couverture en tient compte.")
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["territory", "season_name", "commune", "structure"]}),
        (_("Ce qui a eu lieu"), {"fields": ["artist", "life_stage", "sessions", "people", "qualifier", "source"]}),
    ]
    sheet = "residencies.admin.past_resource.PastActionResource"
    import_verb = "past_action.imported"
    export_verb = "past_action.exported"
    import_help = _(
        "Une ligne par saison et par commune, avec la structure si elle est connue. Une case vide de « Séances » ou "
        "de « Personnes » veut dire inconnu, jamais zéro. Une ligne de même saison, commune, structure, artiste et "
        "temps de vie qu'une ligne connue la met à jour."
    )

    @admin.display(description=_("personnes"), ordering="people")
    def shown_people(self, action: PastAction) -> str:
        if action.people is None:
            return "–"
        figure = dates.number(action.people)
        return figure if action.qualifier == Qualifier.EXACT else f"{action.get_qualifier_display()} {figure}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        past_actions.write(by=person(request), action=obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        past_actions.remove(by=person(request), action=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for action in queryset:
            past_actions.remove(by=person(request), action=action)


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """What this subject asks of the coordinator today: nothing, it is reference."""
    return []
