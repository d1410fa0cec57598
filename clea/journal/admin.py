"""The journal at the desk: read by administrators, changed by nobody.

Lines carry no territory, so a coordinator has no door here: the pages of an object show
``entries_for`` that object.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clea.journal import verbs
from clea.journal.models import ActorSnapshot, ChainHead, Entry
from clea.text import MAX_WORDS

if TYPE_CHECKING:
    _EntryAdmin = admin.ModelAdmin[Entry]
    from django.db.models import QuerySet
else:
    _EntryAdmin = admin.ModelAdmin


#: People of one name, asked by their keys.
SEVERAL = 500


class VerbFilter(admin.SimpleListFilter):
    """Actions by their name, those of the registry."""

    title = _("action")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return verbs.choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class ChainPaginator(Paginator):
    """The whole journal is as long as its chain: its end says so, and half a million lines are not counted."""

    @cached_property
    def count(self) -> int:
        lines: Any = self.object_list
        if lines.query.where:
            return int(lines.count())
        return ChainHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


@admin.register(Entry)
class EntryAdmin(_EntryAdmin):
    list_display = ["seq", "at", "action", "actor", "target", "summary"]
    list_filter = [VerbFilter, ("at", admin.DateFieldListFilter), "actor__role"]
    list_select_related = ["actor"]
    list_per_page = 50
    paginator = ChainPaginator
    show_full_result_count = False
    search_fields = ["=target_id", "actor__label", "=verb"]
    search_help_text = _("Identifiant de l'objet, nom de la personne ou code de l'action.")
    ordering = ["-seq"]
    actions = None
    fieldsets = [
        (None, {"fields": ["seq", "at", "action", "actor", "role", "target", "summary", "details"]}),
        (_("Chaînage"), {"fields": ["hash", "prev_hash", "holds"]}),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> list[str]:
        return ["seq", "at", "action", "actor", "role", "target", "summary", "details", "hash", "prev_hash", "holds"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """Each way by its own index, for one query more: whose name it is, then the lines. Nothing reads the journal.

        The index of objects begins with their kind, so every kind there is is named.
        """
        asked = search_term.strip()
        if not asked:
            return queryset, False
        named = ActorSnapshot.objects.all()
        for word in asked.split()[:MAX_WORDS]:
            named = named.filter(label__icontains=word)
        kinds = [model._meta.label_lower for model in apps.get_models()]
        found = Q(target_type__in=kinds, target_id__in={asked, asked.lower()}) | Q(verb=asked)
        people = list(named.values_list("pk", flat=True)[: SEVERAL + 1])
        # So many that most lines are theirs: the first are found at once, from the end.
        found |= Q(actor__in=people) if len(people) <= SEVERAL else Q(actor__in=named.values("pk"))
        return queryset.filter(found), False

    @admin.display(description=_("action"), ordering="verb")
    def action(self, entry: Entry) -> str:
        return entry.label

    @admin.display(description=_("rôle"))
    def role(self, entry: Entry) -> str:
        return entry.actor.get_role_display()

    @admin.display(description=_("objet"), ordering="target_type")
    def target(self, entry: Entry) -> str:
        if not entry.target_type:
            return "–"
        try:
            kind = str(apps.get_model(entry.target_type)._meta.verbose_name)
        except (LookupError, ValueError):
            kind = entry.target_type
        return format_html('{}<span class="desk-sub">{}</span>', kind, entry.target_id)

    @admin.display(description=_("détails"))
    def details(self, entry: Entry) -> str:
        return format_html("<pre>{}</pre>", json.dumps(entry.data, ensure_ascii=False, indent=2, sort_keys=True))

    @admin.display(description=_("la ligne correspond à son empreinte"), boolean=True)
    def holds(self, entry: Entry) -> bool:
        return entry.holds()
