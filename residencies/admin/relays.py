"""Reference rows of the welcome: relays, lodgings, reuse suppliers; information kits have pages of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.common import DeskAdmin, person
from clea.errors import Refused
from clea.ui.desk import DeskItem
from clea.ui.lists import yes_or_no
from residencies.admin.kits import KitPages
from residencies.admin.recipients import of_relays
from residencies.forms.kits import LodgingForm, RelayForm, SupplierForm
from residencies.models import Kit, Lodging, Relay, Supplier
from residencies.services import kits, lodgings, relays, suppliers
from structures.admin.letters import WritingMixin
from structures.admin.scope import AccentFreeSearchMixin, ScopedRelatedFilter
from structures.letters import Mailing


class ReferenceAdmin(DeskAdmin):
    """Plain rows written through their service; what it refuses at the last moment is said, not thrown."""

    class Media:
        css = {"all": ["css/coordination.css", "css/residencies-desk.css"]}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    if TYPE_CHECKING:
        # Each kind of row has its own services.

        def write(self, request: HttpRequest, obj: Any) -> None: ...

        def erase(self, request: HttpRequest, obj: Any) -> None: ...

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        self.write(request, obj)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.erase(request, obj)


@admin.register(Relay)
class RelayAdmin(WritingMixin, AccentFreeSearchMixin, ReferenceAdmin):
    add_title = _("Nouveau relais")
    form = RelayForm
    list_display = ["__str__", "kind", "organisation", "concerns", "email", "is_active"]
    list_filter = [
        ("territory", ScopedRelatedFilter),
        "kind",
        ("school_districts", ScopedRelatedFilter),
        "is_active",
    ]
    actions = ["write_to_people"]
    search_help_text = _("Nom, fonction, organisme ou adresse, avec ou sans accents.")
    empty_text = _("Inspecteurs, conseillers, référents, associations : qui ouvre des portes aux artistes.")
    fieldsets = [
        (None, {"fields": ["territory", "kind", "first_name", "last_name", "function", "organisation", "is_active"]}),
        (_("Pour lui écrire"), {"fields": ["email", "phone"]}),
        (_("Ce qu'il ouvre"), {"fields": ["school_districts", "structures"]}),
        (_("Coordination"), {"fields": ["note"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Relay]:
        return super().get_queryset(request).prefetch_related("school_districts", "structures")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick, which need neither a script nor a key held down."""
        return super().formfield_for_manytomany(db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs)

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Relay]) -> Mailing:
        return of_relays(queryset.select_related("territory").order_by("last_name", "first_name"))

    @admin.display(description=_("circonscriptions et structures"))
    def concerns(self, obj: Relay) -> str:
        names = [str(row) for row in obj.school_districts.all()] + [str(row) for row in obj.structures.all()]
        shown, more = names[:4], len(names) - 4
        return ", ".join(shown) + (gettext(" et %(n)d autres") % {"n": more} if more > 0 else "")

    def write(self, request: HttpRequest, obj: Relay) -> None:
        relays.save(by=person(request), relay=obj)

    def erase(self, request: HttpRequest, obj: Relay) -> None:
        relays.remove(by=person(request), relay=obj)


@admin.register(Lodging)
class LodgingAdmin(ReferenceAdmin):
    add_title = _("Nouveau logement")
    form = LodgingForm
    list_display = ["name", "commune", "beds", "stays_to_come", "is_active"]
    list_filter = [("territory", ScopedRelatedFilter), ("commune", ScopedRelatedFilter), "is_active"]
    list_select_related = ["commune"]
    search_fields = ["name", "owner", "commune__name"]
    search_help_text = _("Nom, propriétaire ou commune, avec ou sans accents.")
    empty_text = _("Les logements des artistes : où ils sont, qui s'en occupe, ce que l'état des lieux y compte.")
    fieldsets = [
        (None, {"fields": ["territory", "name", "beds", "is_active"]}),
        (_("Où"), {"fields": ["address", "commune", "access"]}),
        (_("Qui s'en occupe"), {"fields": ["owner", "contact"]}),
        (_("État des lieux"), {"fields": ["inventory"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lodging]:
        return super().get_queryset(request).annotate(stay_count=Count("stays"))

    @admin.display(description=_("séjours"))
    def stays_to_come(self, obj: Any) -> int:
        return int(obj.stay_count)

    def write(self, request: HttpRequest, obj: Lodging) -> None:
        lodgings.save_lodging(by=person(request), lodging=obj)

    def erase(self, request: HttpRequest, obj: Lodging) -> None:
        lodgings.remove_lodging(by=person(request), lodging=obj)


@admin.register(Supplier)
class SupplierAdmin(ReferenceAdmin):
    add_title = _("Nouvelle ressourcerie")
    form = SupplierForm
    list_display = ["name", "place", "materials", "opening", "is_active"]
    list_filter = [("territory", ScopedRelatedFilter), ("commune", ScopedRelatedFilter), "is_active"]
    list_select_related = ["commune"]
    search_fields = ["name", "town", "commune__name", "materials"]
    search_help_text = _("Nom, commune ou matériau, avec ou sans accents.")
    empty_text = _("Où trouver des matériaux de réemploi : les artistes lisent cette liste dans leur espace.")
    fieldsets = [
        (None, {"fields": ["territory", "name", "materials", "opening", "is_active"]}),
        (_("Où"), {"fields": ["commune", "town", "address", ("latitude", "longitude")]}),
        (_("Contact"), {"fields": ["phone", "email", "website"]}),
    ]

    @admin.display(description=_("commune"))
    def place(self, obj: Supplier) -> str:
        return obj.commune.name if obj.commune else obj.town

    def write(self, request: HttpRequest, obj: Supplier) -> None:
        suppliers.save(by=person(request), supplier=obj)

    def erase(self, request: HttpRequest, obj: Supplier) -> None:
        suppliers.remove(by=person(request), supplier=obj)


@admin.register(Kit)
class KitAdmin(KitPages, ReferenceAdmin):
    add_title = _("Nouveau dossier d'information")
    territory_path = "season__programme__territory"
    change_form_template = "admin/residencies/kit/change_form.html"
    list_display = ["title", "audience", "season", "file", "given"]
    list_filter = ["audience", ("season", ScopedRelatedFilter)]
    list_select_related = ["season__programme", "stored_file"]
    search_fields = ["title"]
    ordering = ["-season__starts_on", "title"]
    empty_text = _("Écrivez un dossier d'information, joignez son PDF, remettez-le aux équipes et aux relais.")
    fields = ["season", "audience", "title", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Kit]:
        rows = super().get_queryset(request).select_related("season__programme__territory", "stored_file")
        return rows.annotate(given_count=Count("deliveries"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of one season for good: whoever received it did so for that season."""
        return [*super().get_readonly_fields(request, obj), *(["season"] if obj is not None else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.deliveries.exists())

    @admin.display(description=_("PDF"))
    def file(self, obj: Kit) -> str:
        return yes_or_no(obj.stored_file_id is not None)

    @admin.display(description=_("remises"))
    def given(self, obj: Any) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:residencies_kit_deliveries", args=[obj.uuid]), obj.given_count
        )

    def write(self, request: HttpRequest, obj: Kit) -> None:
        kits.save(by=person(request), kit=obj)

    def erase(self, request: HttpRequest, obj: Kit) -> None:
        kits.remove(by=person(request), kit=obj)


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Nothing here waits for anybody: kits and relays are the coordination's own calendar. No query."""
    return []
