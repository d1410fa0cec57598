"""Calls: everything the coordination may change, and the acts that put one online."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.call_inlines import ENGLISH, INLINES, has_dossiers
from candidatures.admin.call_pages import CallPagesMixin
from candidatures.admin.common import DeskAdmin, person
from candidatures.admin.fields import MomentField, deadline_field
from candidatures.enums import CallPhase, CallStatus
from candidatures.models import Application, Call, Jury
from candidatures.selectors import kept
from candidatures.services import calls
from clea.ui.dates import deadline, moment
from clea.ui.templatetags.clea import state_tag
from structures.admin.scope import ScopedRelatedFilter

if TYPE_CHECKING:
    _CallForm = forms.ModelForm[Call]
else:
    _CallForm = forms.ModelForm

_TONES = {
    CallPhase.UPCOMING: "partial",
    CallPhase.OPEN: "open",
    CallPhase.CLOSED: "attention",
    CallPhase.DECIDED: "done",
}


class CallForm(_CallForm):
    """Dates as people say them: "le 15 février inclus", or an exact hour."""

    opens_at = MomentField(
        end=False, label=_("Ouverture"), help_text=_("L'appel s'ouvre tout seul à ce moment, s'il est publié.")
    )
    closes_at = deadline_field(_("Clôture"))

    class Meta:
        model = Call
        fields = "__all__"
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3, "cols": 80}),
            "summary_en": forms.Textarea(attrs={"rows": 3, "cols": 80}),
            "plain_text": forms.Textarea(attrs={"rows": 10, "cols": 80}),
            "plain_text_en": forms.Textarea(attrs={"rows": 10, "cols": 80}),
            "silence_notice": forms.Textarea(attrs={"rows": 3, "cols": 80}),
            "silence_notice_en": forms.Textarea(attrs={"rows": 3, "cols": 80}),
        }


class PhaseFilter(admin.SimpleListFilter):
    """Where calls stand now, on the server's clock."""

    title = _("moment")
    parameter_name = "moment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("prepares", _("en préparation")),
            ("a_venir", _("à venir")),
            ("ouverts", _("ouverts")),
            ("clos", _("clos")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        now = timezone.now()
        conditions = {
            "prepares": Q(status=CallStatus.DRAFT),
            "a_venir": Q(status=CallStatus.PUBLISHED, opens_at__gt=now),
            "ouverts": Q(status=CallStatus.PUBLISHED, opens_at__lte=now, closes_at__gt=now),
            "clos": ~Q(status=CallStatus.DRAFT) & Q(closes_at__lte=now),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Call)
class CallAdmin(CallPagesMixin, DeskAdmin):
    """A call's page. Its state changes through the buttons on top, never through the form."""

    add_title = _("Nouvel appel")
    territory_path = "season__programme__territory"
    season_path = "season"
    form = CallForm
    change_form_template = "admin/candidatures/call/change_form.html"
    inlines = INLINES
    save_on_top = False
    list_display = ["title", "season_name", "phase_now", "opening", "closing", "filed_total", "draft_total"]
    list_select_related = ["season__programme"]
    list_filter = [PhaseFilter, "kind", ("season", ScopedRelatedFilter)]
    search_fields = ["title", "slug", "season__name", "season__programme__name"]
    search_help_text = _("Titre, saison ou contrat.")
    ordering = ["-closes_at"]
    empty_text = _(
        "Créez un appel, ou reprenez celui de l'an dernier depuis sa page : « Reprendre pour une autre saison »."
    )
    fieldsets = [
        (
            None,
            {
                "fields": ["season", "kind", "title", "slug", "summary", "plain_text"],
                "description": _("Ce que chacun lit en premier. Le résumé tient en une phrase."),
            },
        ),
        (
            _("Dates"),
            {
                "fields": [
                    "opens_at",
                    "closes_at",
                    ("interviews_from", "interviews_to"),
                    "jury_on",
                    "results_on",
                ],
                "description": _(
                    "L'appel publié s'ouvre et se ferme tout seul, à l'heure du serveur (heure de Paris). "
                    "Les périodes de résidence se règlent plus bas."
                ),
            },
        ),
        (
            _("Numéros de dépôt"),
            {"fields": [("reference_prefix", "reference_year")], "classes": ["collapse"]},
        ),
        (
            _("Contact et accusé de réception"),
            {
                "fields": ["contact_email", "contact_name", "contact_phone", "silence_notice"],
                "description": _(
                    "L'accusé de réception, envoyé aussitôt, doit nommer le service et dire ce que vaut le silence."
                ),
            },
        ),
        (
            _("Ce que demande le dossier"),
            {
                "fields": [
                    ("piece_max_mb", "piece_max_pages"),
                    "accepts_single_pdf",
                    "ask_articulation",
                    "ask_other_territories",
                ]
            },
        ),
        (
            _("Jury et conservation"),
            {
                "fields": ["blind_reading", ("retention_months", "process_ends_on")],
                "classes": ["collapse"],
                "description": _("Une fois le jury composé, l'anonymat se lève dans ses règles, avec un motif."),
            },
        ),
        (
            ENGLISH,
            {"fields": ["title_en", "summary_en", "plain_text_en", "silence_notice_en"], "classes": ["collapse"]},
        ),
    ]

    # Rights --------------------------------------------------------------------------------

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """A call that was put online, or that someone began a dossier for, is archived instead."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or (obj.published_at is None and not has_dossiers(request, obj))

    # Form ----------------------------------------------------------------------------------

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if "slug" in self.get_readonly_fields(request, obj) else {"slug": ["title"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Call | None = None) -> list[str]:
        readonly = [*super().get_readonly_fields(request, obj)]
        if obj is not None and obj.blind_reading and Jury.objects.filter(call=obj).exists():
            # Lifted in the jury, with a reason that is kept, and not taken back.
            readonly.append("blind_reading")
        # An address that was public never dies.
        return [*readonly, "slug"] if obj is not None and obj.published_at else readonly

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        initial.setdefault("reference_year", timezone.localdate().year)
        return initial

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        call = self.get_object(request, object_id) if object_id else None
        extra = self.state_context(call) if call else {}
        return super().changeform_view(request, object_id, form_url, extra | (extra_context or {}))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the parts, then tell the journal what changed in a call that the public reads."""
        super().save_related(request, form, formsets, change)
        if change:
            parts = [
                formset.model._meta.model_name
                for formset in formsets
                if formset.new_objects or formset.changed_objects or formset.deleted_objects
            ]
            calls.changed(by=person(request), call=form.instance, fields=[*form.changed_data, *parts])

    def view_on_site(self, call: Call) -> str | None:
        return None  # the page has its own link, which says whether the public sees it

    # List ----------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return super().get_queryset(request).select_related("season__programme__territory")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        # Counted for the page shown, not for the search and its total.
        received = Application.objects.filter(call__in=[call.pk for call in changelist.result_list]).order_by()
        filed = dict(received.filed().values_list("call").annotate(n=Count("*")))
        drafts = dict(received.drafts().values_list("call").annotate(n=Count("*")))
        gone = kept.erased(changelist.result_list)
        for call in changelist.result_list:
            erased = gone.get(call.uuid, kept.Erased())
            call.filed_count = filed.get(call.pk, 0) + erased.filed
            call.draft_count = drafts.get(call.pk, 0) + erased.drafts
        return changelist

    @admin.display(description=_("où il en est"))
    def phase_now(self, call: Call) -> str:
        if call.status != CallStatus.PUBLISHED:
            return state_tag("", call.get_status_display(), "idle")
        phase = call.phase()
        return state_tag("", str(phase.label), _TONES[phase])

    @admin.display(description=_("saison"), ordering="season__starts_on")
    def season_name(self, call: Call) -> str:
        return format_html('{}<span class="desk-sub">{}</span>', call.season.name, call.get_kind_display())

    @admin.display(description=_("ouverture"), ordering="opens_at")
    def opening(self, call: Call) -> str:
        return moment(call.opens_at)

    @admin.display(description=_("clôture"), ordering="closes_at")
    def closing(self, call: Call) -> str:
        return deadline(call.closes_at)

    @admin.display(description=_("dossiers déposés"))
    def filed_total(self, call: Call) -> str:
        url = f"{reverse('admin:candidatures_application_changelist')}?appel={call.uuid}"
        return format_html(
            '<a class="num" href="{}">{}<span class="visually-hidden"> {}</span></a>',
            url,
            call.filed_count,  # type: ignore[attr-defined]
            gettext("dossiers déposés pour %(call)s") % {"call": call.title},
        )

    @admin.display(description=_("brouillons"))
    def draft_total(self, call: Call) -> int:
        return call.draft_count  # type: ignore[attr-defined]
