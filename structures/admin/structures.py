"""The desk: structures, their teams, the partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clea.errors import Refused
from clea.ui.keys import uuids
from clea.ui.templatetags.clea import state_tag
from structures import selectors
from structures.admin.exchange import SheetExchangeMixin
from structures.admin.forms import MergeForm, with_commune
from structures.admin.letters import WritingMixin, of_professional, of_teams
from structures.admin.scope import (
    AccentFreeSearchMixin,
    ScopedAdminMixin,
    ScopedHistoryAdmin,
    ScopedInlineMixin,
    ScopedRelatedFilter,
    coordinates_any,
)
from structures.admin.team import ClosureInline, TeamMixin
from structures.letters import Mailing, mailing_of
from structures.models import Institution, Professional, Structure, StructureKind
from structures.rules import can_merge
from structures.services.merging import merge_structures


class DuplicatesFilter(admin.SimpleListFilter):
    title = _("doublons")
    parameter_name = "doublons"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("doublons possibles"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Structure]) -> QuerySet[Structure]:
        return queryset.possible_duplicates() if self.value() == "oui" else queryset  # type: ignore[attr-defined]


class TeamFilter(admin.SimpleListFilter):
    """A team is two named professionals or more, not a single contact (rule 17)."""

    title = _("équipe")
    parameter_name = "equipe"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("aucune", _("personne")), ("seule", _("une seule personne")), ("oui", _("deux personnes ou plus"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Structure]) -> QuerySet[Structure]:
        conditions: dict[str | None, dict[str, int]] = {
            "aucune": {"team_size": 0},
            "seule": {"team_size": 1},
            "oui": {"team_size__gte": 2},
        }
        return queryset.filter(**conditions.get(self.value(), {}))


class AddressFilter(admin.SimpleListFilter):
    """Who can be written to."""

    title = _("adresse électronique")
    parameter_name = "adresse"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("avec", _("connue")), ("sans", _("inconnue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Professional]) -> QuerySet[Professional]:
        if self.value() == "avec":
            return queryset.exclude(email="")
        return queryset.filter(email="") if self.value() == "sans" else queryset


class StructureForm(forms.ModelForm):
    """The identifier comes from the name when nobody writes one; kinds are of the same territory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "slug" in self.fields and not data.get("slug") and data.get("name"):
            data["slug"] = self.instance.slug = slugify(data["name"])[:120]
        territory = data.get("territory") or (self.instance.territory if self.instance.pk else None)
        foreign = [kind for kind in data.get("kinds") or [] if territory and kind.territory_id != territory.pk]
        if foreign:
            self.add_error("kinds", gettext("Ce type appartient à un autre territoire."))
        return data


class ProfessionalInline(ScopedInlineMixin, admin.TabularInline):
    model = Professional
    fields = ["first_name", "last_name", "role", "email", "phone", "is_contact"]
    extra = 0
    # Without the admin's wide class, so that a line holds on the page.
    formfield_overrides = {
        models.CharField: {"widget": forms.TextInput({"size": 13})},
        models.EmailField: {"widget": forms.EmailInput({"size": 17})},
    }


@admin.register(Structure)
class StructureAdmin(
    WritingMixin, TeamMixin, AccentFreeSearchMixin, SheetExchangeMixin, ScopedAdminMixin, ScopedHistoryAdmin
):
    form = StructureForm
    add_title = _("Nouvelle structure")
    accent_free_fields = ("search", "commune__search")
    empty_text = _("Ajoutez une structure, ou importez un tableau : les colonnes attendues y sont expliquées.")
    search_help_text = _("Nom de la structure ou de la commune, avec ou sans accents.")
    list_display = ["label", "commune", "kind_labels", "circle", "team"]
    list_filter = [
        ("territory", ScopedRelatedFilter),
        ("commune", ScopedRelatedFilter),
        ("commune__school_district", ScopedRelatedFilter),
        ("kinds", ScopedRelatedFilter),
        "circle",
        TeamFilter,
        "is_active",
        "is_category",
        DuplicatesFilter,
    ]
    list_select_related = ["commune", "territory"]
    list_per_page = 50
    ordering = ["name_key", "slug"]
    actions = ["write_to_people", "merge_selected", "close_selected"]
    inlines = [ProfessionalInline, ClosureInline]
    fieldsets = [
        (None, {"fields": ["territory", "name", "slug", "kinds", "circle", "is_category", "is_active"]}),
        (_("Lieu"), {"fields": ["commune", "address", "location_basis"]}),
        (_("Contact public"), {"fields": ["email", "phone", "website"]}),
        (_("Coordination"), {"fields": ["note", "source"]}),
    ]
    sheet = "structures.admin.resources.StructureResource"
    import_verb = "structure.imported"
    export_verb = "structure.exported"
    import_help = _(
        "Une structure est reconnue par son identifiant, sinon par son nom et sa commune. Reconnue, elle est mise à "
        "jour : une case vide efface, une colonne absente ne change rien. Plusieurs types se séparent par une virgule."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Structure]:
        # Counted for the rows shown: a join would group every structure to show fifty.
        team = Professional.objects.filter(structure=OuterRef("pk")).order_by().values("structure")
        rows = self.choosable(request).prefetch_related("kinds")
        return rows.annotate(team_size=Coalesce(Subquery(team.annotate(n=Count("pk")).values("n")), 0))

    def choosable(self, request: HttpRequest) -> QuerySet[Structure]:
        return super().get_queryset(request).select_related("commune", "territory")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = [*super().get_readonly_fields(request, obj)]
        return [*readonly, "slug"] if obj else readonly  # public addresses and imports rest on it

    def view_on_site(self, structure: Structure) -> str | None:
        return structure.get_absolute_url() if structure.is_active else None

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Boxes to tick: a list in which one must hold Ctrl loses choices without a word.
        return super().formfield_for_manytomany(
            db_field, request, **({"widget": forms.CheckboxSelectMultiple} | kwargs)
        )

    @admin.display(description=_("nom"), ordering="name_key")
    def label(self, structure: Structure) -> str:
        if structure.is_active:
            return structure.name
        return gettext("%(name)s (fermée)") % {"name": structure.name}

    @admin.display(description=_("types"))
    def kind_labels(self, structure: Structure) -> str:
        return ", ".join(kind.label for kind in structure.kinds.all())

    @admin.display(description=_("équipe"), ordering="team_size")
    def team(self, structure: Structure) -> str:
        """A team is two people or more (rule 17); a category is nobody's house."""
        size = int(structure.team_size)  # type: ignore[attr-defined]
        if size >= 2 or structure.is_category or not structure.is_active:
            return ngettext("%(n)d personne", "%(n)d personnes", size) % {"n": size} if size else "–"
        return state_tag("", gettext("une seule personne") if size else gettext("personne"), "attention")

    # Actions -------------------------------------------------------------------------------------

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Structure]) -> Mailing:
        return of_teams(queryset)

    @admin.action(description=_("Fusionner…"))
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Structure]) -> HttpResponse | None:
        verdict = can_merge(request.user, list(queryset))
        if not verdict:
            messages.error(request, str(verdict.reason))
            return None
        chosen = ",".join(str(key) for key in queryset.values_list("uuid", flat=True))
        return HttpResponseRedirect(f"{reverse('admin:structures_structure_merge')}?structures={chosen}")

    @admin.action(description=_("Déclarer fermées…"))
    def close_selected(self, request: HttpRequest, queryset: QuerySet[Structure]) -> HttpResponse | None:
        closed = 0
        chosen = list(queryset.order_by("name_key", "slug"))
        open_now = [structure for structure in chosen if structure.is_active]
        page = self.asked(
            request,
            open_now,
            title=ngettext("Fermer %(n)d structure", "Fermer %(n)d structures", len(open_now)) % {"n": len(open_now)},
            lines=[
                gettext("Une structure fermée ne paraît plus en public et n'est plus proposée aux artistes."),
                gettext("Son équipe, son histoire et ses chiffres restent ; vous la rouvrez sur sa page."),
            ],
            button=gettext("Déclarer fermées"),
            left_out=[(row.name, gettext("est déjà fermée")) for row in chosen if not row.is_active],
        )
        if page is not None:
            return page
        for structure in open_now:
            structure.is_active = False
            structure._change_reason = "close"
            structure.save()
            closed += 1
        messages.success(
            request,
            ngettext(
                "%(count)s structure fermée : elle ne paraît plus en public.",
                "%(count)s structures fermées : elles ne paraissent plus en public.",
                closed,
            )
            % {"count": closed},
        )
        return None

    def get_urls(self) -> list[URLPattern]:
        merge = path("fusion/", self.admin_site.admin_view(self.merge_view), name="structures_structure_merge")
        return [merge, *super().get_urls()]

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Compare, choose the one kept, be warned, merge."""
        if not coordinates_any(request):
            raise PermissionDenied
        given = (request.POST if request.method == "POST" else request.GET).get("structures", "")
        keys = uuids(given.split(","))
        chosen = list(self.get_queryset(request).filter(uuid__in=keys).select_related("commune", "territory"))
        back = reverse("admin:structures_structure_changelist")
        verdict = can_merge(request.user, chosen)
        if len(chosen) != len(set(keys)) or not verdict:
            messages.error(request, str(verdict.reason) or gettext("L'une de ces structures n'existe plus."))
            return HttpResponseRedirect(back)
        form = MergeForm(request.POST if request.method == "POST" else None, structures=chosen)
        if form.is_valid():
            keep = form.cleaned_data["keep"]
            try:
                kept = merge_structures(
                    by=request.user,  # type: ignore[arg-type]
                    keep=keep,
                    others=[structure for structure in chosen if structure.pk != keep.pk],
                )
            except Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, gettext("Fusion faite : « %(name)s » est gardée.") % {"name": kept.name})
                return HttpResponseRedirect(reverse("admin:structures_structure_change", args=[kept.uuid]))
        context = self.admin_site.each_context(request) | {
            "title": gettext("Fusionner des structures"),
            "opts": self.opts,
            "form": form,
            "comparison": selectors.merge_comparison(chosen),
            "structures": chosen,
        }
        return TemplateResponse(request, "admin/structures/merge.html", context)


@admin.register(Professional)
class ProfessionalAdmin(WritingMixin, AccentFreeSearchMixin, SheetExchangeMixin, ScopedAdminMixin, ScopedHistoryAdmin):
    territory_path = "structure__territory"
    add_title = _("Nouveau membre d'une équipe")
    accent_free_fields = ("search", "structure__search", "structure__commune__search")
    list_display = ["__str__", "structure", "commune", "role", "email", "phone", "is_contact"]
    list_filter = [
        ("structure__territory", ScopedRelatedFilter),
        ("structure__commune", ScopedRelatedFilter),
        ("structure__kinds", ScopedRelatedFilter),
        "structure__circle",
        "is_contact",
        AddressFilter,
    ]
    list_select_related = ["structure__commune"]
    actions = ["write_to_people"]
    empty_text = _("Les équipes s'écrivent sur la page de chaque structure, ou s'importent d'un tableau.")
    search_help_text = _("Nom, adresse, fonction, structure ou commune, avec ou sans accents.")
    list_per_page = 50
    ordering = ["last_name", "first_name"]
    sheet = "structures.admin.resources.ProfessionalResource"
    import_verb = "professional.imported"
    export_verb = "professional.exported"
    import_help = _(
        "Une personne est reconnue par sa structure et son nom, et par son adresse si deux le partagent. "
        "La structure s'écrit par son nom (avec la commune, si plusieurs le portent) ou par son identifiant."
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "structure":
            field.label_from_instance = with_commune
        return field

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Professional]) -> Mailing:
        people = queryset.select_related("structure__territory").order_by("structure__name_key", "last_name")
        return mailing_of(of_professional(person) for person in people)

    @admin.display(description=_("commune"), ordering="structure__commune")
    def commune(self, person: Professional) -> str:
        return person.structure.commune.name if person.structure.commune else ""


@admin.register(StructureKind)
class StructureKindAdmin(ScopedAdminMixin, admin.ModelAdmin):
    add_title = _("Nouveau type de structure")
    list_display = ["label", "plural", "structure_count", "protects_minors", "order"]
    list_filter = [("territory", ScopedRelatedFilter)]
    ordering = ["order", "label"]
    prepopulated_fields = {"slug": ["label"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[StructureKind]:
        return self.choosable(request).annotate(structures_total=Count("structures", distinct=True))

    def choosable(self, request: HttpRequest) -> QuerySet[StructureKind]:
        return super().get_queryset(request)

    @admin.display(description=_("structures"), ordering="structures_total")
    def structure_count(self, kind: StructureKind) -> int:
        return int(kind.structures_total)  # type: ignore[attr-defined]


@admin.register(Institution)
class InstitutionAdmin(AccentFreeSearchMixin, ScopedAdminMixin, admin.ModelAdmin):
    add_title = _("Nouveau partenaire institutionnel")
    empty_text = _("Les institutions du contrat : ajoutez-les avant de composer un jury.")
    list_display = ["name", "role", "selection_committee", "order"]
    list_filter = [("territory", ScopedRelatedFilter), "role", "selection_committee"]
    ordering = ["order", "name"]
    prepopulated_fields = {"slug": ["name"]}
