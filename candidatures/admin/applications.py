"""Filed dossiers: the list, and the way to one of them. A draft is nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.bulk import BulkActionsMixin
from candidatures.admin.common import DeskAdmin, person
from candidatures.admin.dossier import DossierMixin
from candidatures.admin.filters import (
    CallFilter,
    DepartmentFilter,
    DisciplineFilter,
    RequestFilter,
    StateFilter,
    titled,
)
from candidatures.enums import ApplicantKind, ApplicationState, CallKind
from candidatures.models import Application, Call, PieceRequest
from candidatures.privacy import REFUSED, SELECTED
from clea.privacy import holdings
from clea.ui import keys
from clea.ui.lists import PeriodFilter, short_moment
from clea.ui.templatetags.clea import state_tag
from structures.admin.scope import AccentFreeSearchMixin, ScopedAdminMixin

if TYPE_CHECKING:
    from candidatures.models.application import ApplicationQuerySet

#: The tone of each state, on the desk.
TONES: dict[str, str] = {
    ApplicationState.SUBMITTED: "attention",
    ApplicationState.ELIGIBLE: "open",
    ApplicationState.INELIGIBLE: "stop",
    ApplicationState.SHORTLISTED: "partial",
    ApplicationState.INTERVIEWED: "partial",
    ApplicationState.SELECTED: "done",
    ApplicationState.RESERVE: "partial",
    ApplicationState.DECLINED: "idle",
    ApplicationState.RENOUNCED: "idle",
    ApplicationState.ELSEWHERE: "idle",
    ApplicationState.WITHDRAWN: "idle",
}


#: The columns that a row of the list shows: a dossier is long, and its deposit holds it all again.
_SHOWN = (
    "uuid",
    "state",
    "applicant_kind",
    "artist_name",
    "first_name",
    "last_name",
    "postal_code",
    "city",
    "country",
    "call__kind",
    "call__season__name",
    "owner__email",
    "owner__first_name",
    "owner__last_name",
    "last_deposit__number",
    "last_deposit__received_at",
)


def _page(subject: str) -> str:
    return reverse("admin:candidatures_application_change", args=[subject])


for _key in (REFUSED, SELECTED):
    holdings.shown_at(_key, _page)


@admin.register(Application)
class ApplicationAdmin(DossierMixin, BulkActionsMixin, AccentFreeSearchMixin, DeskAdmin):
    """The list costs the same whatever its length; the dossier's page is our own, read only."""

    territory_path = "call__season__programme__territory"
    can_add = can_change = can_delete = False
    change_list_template = "admin/candidatures/application/change_list.html"
    list_display = ["number", "artist", "state_now", "place", "received", "season_name"]
    list_display_links = ["number"]
    list_select_related = ["call__season__programme", "last_deposit", "owner"]
    list_per_page = 50
    list_max_show_all = 500
    list_filter = [
        ("call", CallFilter),
        StateFilter,
        ("applicant_kind", titled(admin.ChoicesFieldListFilter, _("artiste ou collectif"))),
        RequestFilter,
        DisciplineFilter,
        DepartmentFilter,
        ("last_deposit__received_at", titled(PeriodFilter, _("reçu"))),
        ("keep_in_touch", titled(admin.BooleanFieldListFilter, _("accord pour être recontacté"))),
    ]
    search_help_text = _("Nom, ville, compagnie, adresse électronique ou numéro de dépôt ; avec ou sans accents.")
    ordering = ["-last_deposit__received_at"]
    empty_text = _("Les dossiers arrivent ici dès qu'ils sont déposés ; un brouillon reste à son auteur.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        # The walls are those of the calls, so that a count joins nothing: not by the mixin's path.
        queryset: ApplicationQuerySet = super(ScopedAdminMixin, self).get_queryset(request)  # type: ignore[assignment]
        if not person(request).is_superuser:
            queryset = queryset.filter(call__in=Call.objects.coordinated_by(person(request)).values("pk"))
        # Among equals of a column, the last one filed first: said by the dossier's own row, for its indexes.
        filed = queryset.filed().order_by("-last_deposit_id")
        return filed.select_related("call__season__programme__territory", "owner", "last_deposit")

    def get_paginator(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> Any:
        """Counted as it is; read through the deposit, so that an order of its own is its index's."""
        paginator = super().get_paginator(request, queryset, *args, **kwargs)
        if queryset.model is not Application:  # the lines of a dossier's history
            return paginator
        paginator.count = queryset.count()
        paginator.object_list = queryset.filter(last_deposit__received_at__isnull=False)
        return paginator

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = [*super().get_list_display(request)]
        return [name for name in columns if name != "season_name" or "appel" not in request.GET]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        waiting = PieceRequest.objects.waiting().filter(application=OuterRef("pk"))
        changelist.result_list = (
            changelist.result_list.select_related(None)
            .select_related("call__season", "owner", "last_deposit")
            .only(*_SHOWN)
            .prefetch_related("disciplines")
            .annotate(waits_for_piece=Exists(waiting), is_late=Exists(waiting.filter(due_at__lte=timezone.now())))
        )
        return changelist

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" or not request.POST.get("action"):
            extra_context = self._counts(request) | (extra_context or {})
        return super().changelist_view(request, extra_context)

    def _counts(self, request: HttpRequest) -> dict[str, Any]:
        """Dossiers by state for the call of the filter, else the current one. Two queries."""
        chosen = request.GET.get("appel", "")
        own = Call.objects.coordinated_by(request.user).only("uuid", "title")  # type: ignore[arg-type]
        call = (
            keys.row(own, chosen)
            if chosen
            else own.public().filter(opens_at__lte=timezone.now()).order_by("-closes_at").first()
        )
        if call is None:
            return {}
        found = dict(
            Application.objects.filed().filter(call=call).order_by().values_list("state").annotate(n=Count("pk"))
        )
        url = reverse("admin:candidatures_application_changelist")

        def link(**more: str) -> str:
            return f"{url}?{urlencode({'appel': call.uuid} | more)}"

        return {
            "counted_call": call,
            "total": sum(found.values()),
            "total_url": link(),
            "state_counts": [
                {
                    "label": state.label,
                    "count": found[state],
                    "tone": TONES[state],
                    "url": link(etat=state.value),
                    "current": request.GET.get("etat") == state.value,
                }
                for state in ApplicationState
                if found.get(state)
            ],
        }

    # Columns -------------------------------------------------------------------------------

    @admin.display(description=_("numéro"), ordering="last_deposit__number")
    def number(self, application: Application) -> str:
        return str(application.last_deposit)

    @admin.display(description=_("nom d'artiste ou du collectif"), ordering="artist_name")
    def artist(self, application: Application) -> str:
        about = [str(discipline) for discipline in application.disciplines.all()]
        if application.applicant_kind == ApplicantKind.COLLECTIVE:
            about.insert(0, gettext("collectif"))
        return format_html(
            '<strong>{}</strong><span class="desk-sub">{}</span>', application.display_name, ", ".join(about)
        )

    @admin.display(description=_("état"), ordering="state")
    def state_now(self, application: Application) -> str:
        tag = state_tag(application.state, str(ApplicationState(application.state).label), TONES[application.state])
        if application.is_late:  # type: ignore[attr-defined]
            return format_html('{} <span class="desk-mark">{}</span>', tag, _("pièce en retard"))
        if application.waits_for_piece:  # type: ignore[attr-defined]
            return format_html('{} <span class="desk-mark">{}</span>', tag, _("pièce attendue"))
        return tag

    @admin.display(description=_("ville"), ordering="city")
    def place(self, application: Application) -> str:
        where = application.department or application.country
        return f"{application.city} ({where})" if where and where != application.city else application.city or "–"

    @admin.display(description=_("reçu le"), ordering="last_deposit__received_at")
    def received(self, application: Application) -> str:
        assert application.last_deposit is not None
        return short_moment(application.last_deposit.received_at)

    @admin.display(description=_("saison"), ordering="call__season__starts_on")
    def season_name(self, application: Application) -> str:
        call = application.call
        return format_html('{}<span class="desk-sub">{}</span>', call.season.name, CallKind(call.kind).label)
