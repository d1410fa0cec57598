"""The list of residencies: where each one is, what it met, what it asks. The same cost for three or thirty."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures.enums import CallKind
from candidatures.models import Season
from clea.ui.dates import span
from clea.ui.templatetags.clea import state_tag
from residencies.admin.opening import STATE_TONES
from residencies.admin.recipients import of_residencies
from residencies.enums import DocumentState, ResidencyState
from residencies.models import Paper, RequestedDocument, Residency
from residencies.rules.opening import AWAITED_DOCUMENTS
from residencies.selectors import opening as selectors
from residencies.selectors import readiness
from structures.admin.scope import AccentFreeSearchMixin
from structures.letters import Mailing
from structures.models import Territory


class SeasonFilter(admin.SimpleListFilter):
    """Seasons of the person's territories."""

    title = gettext_lazy("saison")
    parameter_name = "saison"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(row.uuid), row.name) for row in seasons_of(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Residency]) -> QuerySet[Residency]:
        chosen = next((key for key, _name in self.lookup_choices if key == self.value()), None)
        return queryset.filter(season__uuid=chosen) if chosen else queryset


class AlertFilter(admin.SimpleListFilter):
    """What the desk's home leads to."""

    title = gettext_lazy("alerte")
    parameter_name = "alerte"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("contrat", gettext_lazy("contrat à faire signer")),
            ("documents-recus", gettext_lazy("documents à vérifier")),
            ("documents-en-retard", gettext_lazy("documents en retard ou expirés")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Residency]) -> QuerySet[Residency]:
        today = timezone.localdate()
        live = queryset.filter(state__in=[ResidencyState.PREPARING, ResidencyState.CURRENT])
        asked = RequestedDocument.objects.filter(residency=OuterRef("pk"))
        if self.value() == "contrat":
            signed = Paper.objects.signed().filter(residency=OuterRef("pk"))
            first = Residency.objects.annotate(first_day=Min("periods__starts_on"))
            near = first.filter(first_day__lte=today + readiness.NEAR).values("pk")
            return live.filter(~Exists(signed), pk__in=near)
        if self.value() == "documents-recus":
            return live.filter(Exists(asked.filter(state=DocumentState.RECEIVED)))
        if self.value() == "documents-en-retard":
            late = Exists(asked.filter(state__in=AWAITED_DOCUMENTS, due_on__lt=today))
            expired = Exists(asked.filter(state=DocumentState.ACCEPTED, valid_until__lt=today))
            return live.filter(late | expired)
        return queryset


def seasons_of(request: HttpRequest) -> list[Season]:
    """Seasons with residencies, of the person's territories, the latest first. One query."""
    territories = Territory.objects.coordinated_by(request.user)
    rows = Season.objects.filter(programme__territory__in=territories)
    return list(rows.filter(Exists(Residency.objects.filter(season=OuterRef("pk")))).select_related("programme"))


class ListMixin(AccentFreeSearchMixin):
    """Columns, filters, and the way to the season's own pages."""

    change_list_template = "admin/residencies/residency/change_list.html"
    list_display = ["artist", "season_name", "state_now", "days", "structures", "alerts_now"]
    list_display_links = ["artist"]
    list_filter = [SeasonFilter, "kind", "state", AlertFilter]
    list_per_page = 50
    list_max_show_all = 200
    ordering = ["-season__starts_on", "artist_name", "pk"]
    search_help_text = gettext_lazy("Nom, titre ou discipline, avec ou sans accents.")
    empty_text = gettext_lazy("Une résidence s'ouvre depuis les artistes retenus : « Ouvrir des résidences ».")
    actions = ["write_to_people"]

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Residency]) -> Mailing:
        return of_residencies(queryset)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Gauges and alerts of the rows shown, read together."""
        changelist = super().get_changelist_instance(request)
        rows = list(
            changelist.result_list.select_related("season__programme__territory", "offer").prefetch_related("periods")
        )
        gauges = readiness.gauges(rows) if rows else {}
        alerts = readiness.alerts_of(rows, timezone.localdate(), gauges) if rows else {}
        for row in rows:
            row.gauge, row.alerts = gauges[row.pk], alerts[row.pk]
        changelist.result_list = rows
        return changelist

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"seasons": seasons_of(request)} | (extra_context or {})
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("artiste"), ordering="artist_name")
    def artist(self, residency: Residency) -> str:
        about = [residency.discipline or residency.title]
        if residency.kind != CallKind.ARTISTIC:
            about.insert(0, residency.get_kind_display())
        return format_html(
            '<strong>{}</strong><span class="desk-sub">{}</span>',
            residency.artist_name,
            ", ".join(part for part in about if part),
        )

    @admin.display(description=gettext_lazy("saison"), ordering="season__starts_on")
    def season_name(self, residency: Residency) -> str:
        return residency.season.name

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def state_now(self, residency: Residency) -> str:
        tone = STATE_TONES[ResidencyState(residency.state)]
        return state_tag(residency.state, residency.get_state_display(), tone)

    @admin.display(description=gettext_lazy("présence"), ordering="contract_days")
    def days(self, residency: Residency) -> str:
        first_day, last_day = selectors.bounds(residency.periods.all())
        due = _("%(n)s jours dus") % {"n": floatformat(residency.contract_days)}
        dates = span(first_day, last_day) if first_day and last_day else _("dates à noter")
        return format_html('{}<span class="desk-sub">{}</span>', due, dates)

    @admin.display(description=gettext_lazy("structures rencontrées"))
    def structures(self, residency: Residency) -> str:
        gauge = residency.gauge  # type: ignore[attr-defined]
        met = _("%(met)d sur %(target)d") % {"met": gauge.met, "target": gauge.target}
        coming = ngettext("%(n)d autre prévue", "%(n)d autres prévues", gauge.coming) % {"n": gauge.coming}
        return format_html('{}<span class="desk-sub">{}</span>', met, coming if gauge.coming else "")

    @admin.display(description=gettext_lazy("à régler"))
    def alerts_now(self, residency: Residency) -> str:
        found = residency.alerts  # type: ignore[attr-defined]
        if not found:
            return "–"
        urgent = [alert for alert in found if alert.urgency == "now"]
        shown = urgent or found
        text = (
            ngettext("%(n)d urgence", "%(n)d urgences", len(urgent))
            if urgent
            else ngettext("%(n)d point", "%(n)d points", len(found))
        )
        tag = state_tag("", text % {"n": len(shown)}, "stop" if urgent else "idle")
        return format_html('{}<span class="desk-sub">{}</span>', tag, shown[0].text)
