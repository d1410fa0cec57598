"""The desk: territory, communes, districts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.forms.models import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clea.accounts.models import User
from clea.errors import Refused
from clea.ui import dates
from structures.admin.scope import (
    AccentFreeSearchMixin,
    ScopedAdminMixin,
    ScopedInlineMixin,
    ScopedRelatedFilter,
)
from structures.models import Commune, PriorityDistrict, SchoolDistrict, Structure, Territory, TerritoryMembership
from structures.rules import can_manage_desks
from structures.services.desks import give_desk, take_desk


class MembershipInline(ScopedInlineMixin, admin.TabularInline):
    """Who coordinates. Administrators only: a coordinator does not even see the table."""

    model = TerritoryMembership
    extra = 1
    can_change = False
    verbose_name_plural = _("coordination")

    def _administers(self, request: HttpRequest) -> bool:
        return bool(can_manage_desks(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._administers(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._administers(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._administers(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Territory)
class TerritoryAdmin(ScopedAdminMixin, admin.ModelAdmin):
    territory_path = "pk"
    add_title = _("Nouveau territoire")
    list_display = ["name", "short_name", "siren", "contact_email", "commune_count"]
    ordering = ["name"]
    inlines = [MembershipInline]
    prepopulated_fields = {"slug": ["short_name"]}
    fieldsets = [
        (None, {"fields": ["name", "short_name", "slug", "siren", "website"]}),
        (
            _("Service en charge"),
            {"fields": ["service_name", "contact_email", "contact_phone", "contact_address"]},
        ),
        (_("Présentation publique"), {"fields": ["presentation", "presentation_en"]}),
        (_("Règles du territoire"), {"fields": ["mileage_scale", "two_person_payments", "school_zone"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Territory]:
        return self.choosable(request).annotate(communes_total=Count("communes", distinct=True))

    def choosable(self, request: HttpRequest) -> QuerySet[Territory]:
        return super().get_queryset(request)

    @admin.display(description=_("communes"), ordering="communes_total")
    def commune_count(self, territory: Territory) -> int:
        return int(territory.communes_total)  # type: ignore[attr-defined]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["short_name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The slug is in every public address and in every mail template's scope.
        fixed = ["slug"] if obj else []
        # Who is held to being two does not lift the rule alone, for the time of a payment.
        return fixed if can_manage_desks(request.user) else [*fixed, "two_person_payments"]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(can_manage_desks(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        if formset.model is not TerritoryMembership:
            super().save_formset(request, form, formset, change)
            return
        formset.save(commit=False)
        try:
            for membership in formset.deleted_objects:
                take_desk(by=request.user, membership=membership)  # type: ignore[arg-type]
            for membership in formset.new_objects:
                give_desk(by=request.user, territory=form.instance, user=membership.user)  # type: ignore[arg-type]
        except Refused as error:
            messages.error(request, str(error))


class PriorityFilter(admin.SimpleListFilter):
    """Communes that have a priority district, or none."""

    title = _("quartier prioritaire")
    parameter_name = "quartier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("au moins un")), ("non", _("aucun"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Commune]) -> QuerySet[Commune]:
        if self.value() == "oui":
            return queryset.filter(pk__in=PriorityDistrict.communes.through.objects.values("commune_id"))
        if self.value() == "non":
            return queryset.exclude(pk__in=PriorityDistrict.communes.through.objects.values("commune_id"))
        return queryset


@admin.register(Commune)
class CommuneAdmin(AccentFreeSearchMixin, ScopedAdminMixin, admin.ModelAdmin):
    add_title = _("Nouvelle commune")
    search_help_text = _("Nom de la commune, avec ou sans accents.")
    list_display = ["name", "inhabitants", "structure_total", "rural_heart", "school_district", "priority"]
    list_filter = [
        ("territory", ScopedRelatedFilter),
        ("school_district", ScopedRelatedFilter),
        "rural_heart",
        PriorityFilter,
    ]
    list_select_related = ["school_district", "territory"]
    list_per_page = 50
    ordering = ["slug"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["territory", "name", "slug", "insee", "other_names", "misspellings"]}),
        (_("Repères"), {"fields": ["postal_code", "siren", "population", "population_year", "area_km2"]}),
        (_("Carte"), {"fields": ["latitude", "longitude"]}),
        (_("Découpages"), {"fields": ["rural_heart", "school_district"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commune]:
        open_now = Structure.objects.active().filter(commune=OuterRef("pk")).order_by().values("commune")
        rows = self.choosable(request).prefetch_related("priority_districts")
        return rows.annotate(open_structures=Coalesce(Subquery(open_now.annotate(n=Count("pk")).values("n")), 0))

    def choosable(self, request: HttpRequest) -> QuerySet[Commune]:
        return super().get_queryset(request)

    @admin.display(description=_("structures"), ordering="open_structures")
    def structure_total(self, commune: Commune) -> int:
        return int(commune.open_structures)  # type: ignore[attr-defined]

    def view_on_site(self, commune: Commune) -> str:
        return commune.get_absolute_url()

    @admin.display(description=_("habitants"), ordering="population")
    def inhabitants(self, commune: Commune) -> str:
        return "" if commune.population is None else dates.number(commune.population)

    @admin.display(description=_("quartiers prioritaires"))
    def priority(self, commune: Commune) -> str:
        return ", ".join(district.label for district in commune.priority_districts.all())


@admin.register(SchoolDistrict)
class SchoolDistrictAdmin(ScopedAdminMixin, admin.ModelAdmin):
    add_title = _("Nouvelle circonscription")
    list_display = ["name", "members", "order"]
    list_filter = [("territory", ScopedRelatedFilter)]
    ordering = ["order", "name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[SchoolDistrict]:
        return super().get_queryset(request).prefetch_related("communes")

    @admin.display(description=_("communes"))
    def members(self, district: SchoolDistrict) -> str:
        return ", ".join(commune.name for commune in district.communes.all())


@admin.register(PriorityDistrict)
class PriorityDistrictAdmin(ScopedAdminMixin, admin.ModelAdmin):
    add_title = _("Nouveau quartier prioritaire")
    list_display = ["label", "members", "components_count", "official_code"]
    list_filter = [("territory", ScopedRelatedFilter), ("communes", ScopedRelatedFilter)]
    ordering = ["order", "label"]
    prepopulated_fields = {"slug": ["label"]}
    # Boxes to tick: Django's two lists side by side say nothing to a screen reader.
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriorityDistrict]:
        return super().get_queryset(request).prefetch_related("communes")

    @admin.display(description=_("communes"))
    def members(self, district: PriorityDistrict) -> str:
        return ", ".join(commune.name for commune in district.communes.all())
