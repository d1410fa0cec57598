"""The jury among the desk's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.jury import (
    answers,
    assignment,
    conflicts,
    dossiers,
    interviews,
    letters,
    members,
    ranking,
    sessions,
    sets,
)
from candidatures.admin.jury.answers import AnswersMixin
from candidatures.admin.jury.assignment import AssignmentMixin
from candidatures.admin.jury.base import JuryPages, Tab
from candidatures.admin.jury.conduct import ConductMixin
from candidatures.admin.jury.conflicts import ConflictsMixin
from candidatures.admin.jury.dossiers import DossiersMixin
from candidatures.admin.jury.interviews import InterviewsMixin
from candidatures.admin.jury.letters import LettersMixin
from candidatures.admin.jury.members import MembersMixin, of_jurors
from candidatures.admin.jury.ranking import RankingMixin
from candidatures.admin.jury.sessions import SessionsMixin
from candidatures.admin.jury.sets import SetsMixin
from candidatures.models import Juror, Jury
from candidatures.selectors import panel
from candidatures.selectors.panel_steps import steps
from clea.journal.selectors import entries_for
from clea.ui.dates import day
from clea.ui.desk import DeskItem
from clea.ui.templatetags.clea import state_tag
from structures.admin.letters import WritingMixin
from structures.admin.scope import ScopedRelatedFilter
from structures.letters import Mailing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class HubTab(Tab):
    """The row's own page: where the selection stands."""

    def url(self, jury: Jury) -> str:
        return reverse("admin:candidatures_jury_change", args=[jury.uuid])


@admin.register(Jury)
class JuryAdmin(
    MembersMixin,
    ConductMixin,
    AssignmentMixin,
    ConflictsMixin,
    DossiersMixin,
    RankingMixin,
    SetsMixin,
    InterviewsMixin,
    SessionsMixin,
    LettersMixin,
    AnswersMixin,
    WritingMixin,
    JuryPages,
):
    """One row a call; each part of the selection has its own page, in the order of its life."""

    can_add = can_delete = False
    list_display = ["call_title", "stands", "members_total", "reads_from_day", "reads_to_day"]
    list_filter = [("call__season", ScopedRelatedFilter)]
    search_fields = ["call__title", "call__season__name"]
    search_help_text = _("Appel ou saison.")
    ordering = ["-call__closes_at"]
    actions = ["write_to_people"]
    empty_text = _("Un jury se compose depuis la page de son appel.")
    tabs = (
        HubTab("hub", _("Vue d'ensemble")),
        Tab("members", _("Membres")),
        Tab("assignment", _("Attribution")),
        Tab("conflicts", _("Déports")),
        Tab("dossiers", _("Dossiers")),
        Tab("ranking", _("Classement")),
        Tab("interviews", _("Entretiens")),
        Tab("sets", _("Ensembles")),
        Tab("sessions", _("Séance")),
        Tab("letters", _("Courriers")),
        Tab("answers", _("Réponses")),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Jury]:
        return super().get_queryset(request).select_related("call__season__programme__territory")

    # The row's page ------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Where the selection stands, step by step. Nothing is sent here."""
        jury = self.get_object(request, object_id)
        if jury is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        tabs = {tab.name: tab.url(jury) for tab in self.tabs}
        return self.jury_page(
            request,
            "admin/candidatures/jury/hub.html",
            jury=jury,
            title=gettext("Jury"),
            tab="hub",
            steps=[{"step": step, "url": tabs[step.name]} for step in steps(jury)],
            reading=panel.reading_sentence(jury),
            entries=entries_for(jury)[:10],
        )

    # List ----------------------------------------------------------------------------------

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Jury]) -> Mailing:
        return of_jurors(Juror.objects.filter(jury__in=queryset.values("pk")).sitting())

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        # Counted for the page shown, not for the search and its total.
        sitting = Q(jurors__left_at=None, jurors__declined_at=None)
        counts = dict(
            Jury.objects.filter(pk__in=[jury.pk for jury in changelist.result_list])
            .order_by()
            .values_list("pk")
            .annotate(n=Count("jurors", filter=sitting))
        )
        for jury in changelist.result_list:
            jury.sitting_count = counts[jury.pk]
        return changelist

    @admin.display(description=_("appel"), ordering="call__title")
    def call_title(self, jury: Jury) -> str:
        return format_html('{}<span class="desk-sub">{}</span>', jury.call.title, jury.call.season.name)

    @admin.display(description=_("où il en est"))
    def stands(self, jury: Jury) -> str:
        label, tone = _stands(jury)
        return state_tag("", str(label), tone)

    @admin.display(description=_("membres"))
    def members_total(self, jury: Jury) -> int:
        return jury.sitting_count  # type: ignore[attr-defined]

    @admin.display(description=_("lecture, à partir du"), ordering="reads_from")
    def reads_from_day(self, jury: Jury) -> str:
        return day(jury.reads_from) if jury.reads_from else "–"

    @admin.display(description=_("lecture, jusqu'au"), ordering="reads_to")
    def reads_to_day(self, jury: Jury) -> str:
        return day(jury.reads_to) if jury.reads_to else "–"


def _stands(jury: Jury) -> tuple[str | _StrPromise, str]:
    """The moment of a jury, from its dates alone, and the tone of it."""
    today = timezone.localdate()
    if jury.publication_approved_at is not None:
        return _("publication approuvée"), "done"
    if jury.discussion_open:
        return _("discussion ouverte"), "open"
    if jury.reads_to is not None and jury.reads_to < today:
        return _("lecture finie"), "attention"
    if jury.reads_from is not None and today < jury.reads_from:
        return _("lecture à venir"), "partial"
    return _("lecture en cours"), "open"


def items(request: HttpRequest) -> list[DeskItem]:
    """What the selection asks of the coordinator today."""
    subjects: tuple[Any, ...] = (
        members,
        assignment,
        conflicts,
        dossiers,
        ranking,
        interviews,
        sets,
        sessions,
        letters,
        answers,
    )
    return [line for subject in subjects for line in subject.desk_items(request)]
