"""Filed dossiers: the list, and the way to one of them. A draft is nobody else's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.bulk import BulkActionsMixin
from candidatures.admin.common import DeskAdmin, OwnCall, own_calls
from candidatures.admin.dossier import DossierMixin
from candidatures.admin.filters import (
    CallFilter,
    DepartmentFilter,
    DisciplineFilter,
    RequestFilter,
    StateFilter,
    filed_in_all,
    titled,
)
from candidatures.enums import ApplicantKind, ApplicationState, CallKind, CallStatus
from candidatures.models import Application, PieceRequest
from candidatures.privacy import REFUSED, SELECTED
from clea.privacy import holdings
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
    "call_id",
    "owner_id",
    "state",
    "applicant_kind",
    "artist_name",
    "first_name",
    "last_name",
    "postal_code",
    "city",
    "country",
)
#: Less than any deposit's: a column that is compared is read by its index, hence in its order, on both databases.
_BELOW: dict[str, Any] = {
    "last_deposit__received_at": datetime(1900, 1, 1, tzinfo=UTC),
    "last_deposit__number": "",
}
#: What an address may hold and still show every dossier.
_WHOLE = {ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR}


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
        # The walls are those of the calls: not by the mixin's path, which joins. Said of a sum, so that SQLite does not
        # read and sort the dossiers of every call where the order's own index gives the first fifty.
        queryset: ApplicationQuerySet = super(ScopedAdminMixin, self).get_queryset(request)  # type: ignore[assignment]
        queryset = queryset.alias(wall=F("call_id") + 0).filter(wall__in=list(own_calls(request)))
        # Among equals of a column, the last one filed first: said by the dossier's own row, for its indexes.
        filed = queryset.filed().order_by("-last_deposit_id")
        return filed.select_related("call__season__programme__territory", "owner", "last_deposit")

    def get_paginator(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> Any:
        """Counted as it is, or by what the choice of a department has read; in the order of a deposit's own index."""
        paginator = super().get_paginator(request, queryset, *args, **kwargs)
        if queryset.model is not Application:  # the lines of a dossier's history
            return paginator
        first = str(next(iter(queryset.query.order_by), "")).lstrip("-")
        ordered: QuerySet[Any] = queryset.filter(**{f"{first}__gt": _BELOW[first]}) if first in _BELOW else queryset
        paginator.object_list = ordered
        if request.GET.get(SEARCH_VAR):  # words are looked for once, not to count and again to show
            found = list(ordered.values_list("pk", flat=True))
            paginator.count, paginator.object_list = len(found), found
        else:
            known = filed_in_all(request) if not request.GET.keys() - _WHOLE else None
            paginator.count = queryset.filter(call__in=[*own_calls(request)]).count() if known is None else known
        return paginator

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = [*super().get_list_display(request)]
        return [name for name in columns if name != "season_name" or "appel" not in request.GET]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        found = changelist.paginator.object_list
        if not isinstance(found, list):
            keys = list(changelist.result_list.values_list("pk", flat=True))
        else:
            keys = found if changelist.show_all or not changelist.multi_page else changelist.result_list
        changelist.result_list = _rows(keys, own_calls(request))
        return changelist

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" or not request.POST.get("action"):
            extra_context = self._counts(request) | (extra_context or {})
        return super().changelist_view(request, extra_context)

    def _counts(self, request: HttpRequest) -> dict[str, Any]:
        """Dossiers by state for the call of the filter, else the current one. One query."""
        chosen, now = request.GET.get("appel", ""), timezone.now()
        own = own_calls(request).values()
        call = next(
            (
                one
                for one in own
                if (str(one.uuid) == chosen if chosen else one.status != CallStatus.DRAFT and one.opens_at <= now)
            ),
            None,
        )
        if call is None:
            return {}
        found = dict(
            Application.objects.filed().filter(call=call.pk).order_by().values_list("state").annotate(n=Count("pk"))
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
        return application.deposit_number  # type: ignore[attr-defined]

    @admin.display(description=_("nom d'artiste ou du collectif"), ordering="artist_name")
    def artist(self, application: Application) -> str:
        about = [*application.discipline_names]  # type: ignore[attr-defined]
        if application.applicant_kind == ApplicantKind.COLLECTIVE:
            about.insert(0, gettext("collectif"))
        return format_html(
            '<strong>{}</strong><span class="desk-sub">{}</span>', application.display_name, ", ".join(about)
        )

    @admin.display(description=_("état"), ordering="state")
    def state_now(self, application: Application) -> str:
        tag = _state(application.state, get_language())
        due: datetime | None = application.piece_due  # type: ignore[attr-defined]
        if due is None:
            return tag
        words = gettext("pièce en retard") if due <= timezone.now() else gettext("pièce attendue")
        return format_html('{} <span class="desk-mark">{}</span>', tag, words)

    @admin.display(description=_("ville"), ordering="city")
    def place(self, application: Application) -> str:
        where = application.department or application.country
        return f"{application.city} ({where})" if where and where != application.city else application.city or "–"

    @admin.display(description=_("reçu le"), ordering="last_deposit__received_at")
    def received(self, application: Application) -> str:
        return short_moment(application.received_at)  # type: ignore[attr-defined]

    @admin.display(description=_("saison"), ordering="call__season__starts_on")
    def season_name(self, application: Application) -> str:
        call: OwnCall = application.own_call  # type: ignore[attr-defined]
        return _season(call.season, call.kind, get_language())


@lru_cache(maxsize=256)
def _season(name: str, kind: str, _language: str | None) -> SafeString:
    return format_html('{}<span class="desk-sub">{}</span>', name, CallKind(kind).label)


@lru_cache(maxsize=64)
def _state(state: str, _language: str | None) -> SafeString:
    return state_tag(state, str(ApplicationState(state).label), TONES[state])


def _rows(keys: list[int], calls: Mapping[int, OwnCall]) -> list[Application]:
    """What the rows of a page show, in the order of their keys. Two queries; a third for who gave no name."""
    waiting = PieceRequest.objects.waiting().filter(application=OuterRef("pk")).order_by("due_at")
    found: Any = {
        row.pk: row
        for row in Application.objects.filter(pk__in=keys)
        .order_by()
        .only(*_SHOWN)
        .annotate(
            deposit_number=F("last_deposit__number"),
            received_at=F("last_deposit__received_at"),
            piece_due=Subquery(waiting.values("due_at")[:1]),
        )
    }
    rows = [found[key] for key in keys if key in found]
    practised = Application.disciplines.through.objects.filter(application__in=keys)
    names: dict[int, list[str]] = defaultdict(list)
    for key, name in practised.order_by("discipline__order", "discipline__name").values_list(
        "application_id", "discipline__name"
    ):
        names[key].append(name)
    for row in rows:
        row.own_call, row.discipline_names = calls[row.call_id], names[row.pk]
    prefetch_related_objects([row for row in rows if not (row.artist_name or row.legal_name)], "owner")
    return rows
