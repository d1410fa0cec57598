"""The activities among the desk's pages: the list, the shared text, structures, residencies, the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from candidatures.admin.common import person, refuse
from candidatures.enums import LifeStage
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from clea.ui.dates import moment
from clea.ui.templatetags.clea import state_tag
from residencies.admin.base import Tab
from residencies.admin.papers import AgreementMixin
from residencies.admin.planning import SessionsMixin
from residencies.admin.recipients import of_activities
from residencies.enums import PaperState, SessionState
from residencies.forms.activities import ActivityForm, JoinForm, ReasonForm, StructuresForm
from residencies.models import Activity, Paper, Residency, Session
from residencies.rules import activities as rules
from residencies.rules.activities import Seat
from residencies.selectors import activities as selectors
from residencies.services import activities
from residencies.views.studio.activities import ahead, differing
from structures.admin.letters import WritingMixin
from structures.admin.scope import AccentFreeSearchMixin, ScopedRelatedFilter, coordinated
from structures.letters import Mailing
from structures.models import Commune, Structure, Territory

TONES = {
    "idea": "idle",
    "writing": "partial",
    "planned": "open",
    "done": "done",
    "evaluated": "done",
    "cancelled": "stop",
}


class CommuneFilter(admin.SimpleListFilter):
    """The commune of one of its structures. One query."""

    title = _("commune d'une structure")
    parameter_name = "commune"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        mine = Commune.objects.filter(territory__in=Territory.objects.coordinated_by(request.user))
        return [(slug, name) for slug, name in mine.order_by("slug").values_list("slug", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        if not self.value():
            return queryset
        through = Activity.structures.through.objects.filter(structure__commune__slug=self.value())
        return queryset.filter(pk__in=through.values("activity_id"))


class AgreementFilter(admin.SimpleListFilter):
    """A session is to come, and the agreement is not signed (rules.md 19)."""

    title = _("convention")
    parameter_name = "convention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("manque", _("à signer avant une séance à venir")), ("signee", _("signée"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        signed = Exists(Paper.objects.signed().filter(activity=OuterRef("pk")))
        if self.value() == "signee":
            return queryset.filter(signed)
        if self.value() == "manque":
            coming = Session.objects.filter(
                activity=OuterRef("pk"), state=SessionState.PLANNED, ends_at__gt=timezone.now()
            )
            return queryset.filter(~signed, Exists(coming))
        return queryset


class ReviewFilter(admin.SimpleListFilter):
    """A session to come is to be looked at again. Eleven queries when it is asked for."""

    title = _("séance à revoir")
    parameter_name = "a_revoir"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("au moins une"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        if self.value() != "oui":
            return queryset
        found = selectors.reviews_of(coordinated(request))
        return queryset.filter(pk__in={row.session.activity_id for group in found for row in group})


class LifeStageFilter(admin.SimpleListFilter):
    title = _("temps de vie")
    parameter_name = "temps"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(LifeStage.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        return queryset.filter(life_stage=self.value()) if self.value() else queryset


@admin.register(Activity)
class ActivityAdmin(WritingMixin, AccentFreeSearchMixin, SessionsMixin, AgreementMixin):
    """What artists and teams do together: its text, its sessions, its agreement, the look back."""

    can_add = can_delete = False
    tabs = (
        Tab("text", _("Projet"), hub=True),
        Tab("sessions", _("Séances")),
        Tab("agreement", _("Convention")),
        Tab("lookback", _("Confirmations")),
    )
    list_display = ["name", "people", "state_now", "next_session", "agreement", "to_review"]
    list_display_links = ["name"]
    list_per_page = 50
    list_filter = [
        "state",
        "kind",
        ("residencies", ScopedRelatedFilter),
        CommuneFilter,
        LifeStageFilter,
        AgreementFilter,
        ReviewFilter,
        ("season", ScopedRelatedFilter),
    ]
    accent_free_fields = ("search", "structures__search", "residencies__search")
    search_help_text = _("Titre, public, structure ou artiste ; avec ou sans accents.")
    ordering = ["-created_at", "-pk"]
    actions = ["write_to_people"]
    empty_text = _("Une activité naît dans l'espace d'un artiste, ou du souhait d'une structure.")

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Activity]) -> Mailing:
        return of_activities(queryset)

    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("structures/", self.structures_page, "structures"),
            self.address("joindre/", self.join_page, "join"),
            self.address("retirer/<uuid:residency>/", require_POST(self.leave), "leave"),
            self.address("annuler/", self.cancel_page, "cancel"),
            self.address("reprendre/", require_POST(self.reopen), "reopen"),
            *super().row_urls(),
        ]

    # The list ------------------------------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What the page shows, and what is to look at again: twenty queries more, whatever its length."""
        changelist = super().get_changelist_instance(request)
        shown = changelist.result_list.prefetch_related(
            Prefetch("residencies", queryset=Residency.objects.order_by("artist_name")),
            Prefetch("structures", queryset=Structure.objects.select_related("commune")),
            Prefetch("sessions", queryset=Session.objects.select_related("host__commune", "commune")),
            Prefetch("agreements", queryset=Paper.objects.standing().only("pk", "state", "activity_id", "number")),
        )
        by_territory: dict[Territory, list[Activity]] = {}
        rows = list(shown)
        for activity in rows:
            by_territory.setdefault(activity.territory, []).append(activity)
        for territory, own in by_territory.items():
            for activity, row in zip(own, selectors.rows(territory, own), strict=True):
                activity.row = row  # type: ignore[attr-defined]
        changelist.result_list = rows
        return changelist

    @admin.display(description=_("activité"), ordering="title")
    def name(self, activity: Activity) -> str:
        return format_html(
            '<strong>{}</strong><span class="desk-sub">{}</span>', activity.title, activity.get_kind_display()
        )

    @admin.display(description=_("artistes et structures"))
    def people(self, activity: Activity) -> str:
        row: selectors.Row = activity.row  # type: ignore[attr-defined]
        artists = ", ".join(one.artist_name for one in row.residencies)
        places = format_html_join(", ", "{}", ((one.name,) for one in row.structures))
        return format_html('{}<span class="desk-sub">{}</span>', artists, places or gettext("aucune structure"))

    @admin.display(description=_("état"), ordering="state")
    def state_now(self, activity: Activity) -> str:
        return state_tag(activity.state, activity.get_state_display(), TONES[activity.state])

    @admin.display(description=_("prochaine séance"))
    def next_session(self, activity: Activity) -> str:
        row: selectors.Row = activity.row  # type: ignore[attr-defined]
        if row.next is None:
            return "–"
        more = len(row.coming) - 1
        return format_html(
            '{}<span class="desk-sub">{}</span>',
            moment(row.next.starts_at),
            ngettext("et une autre à venir", "et %(n)d autres à venir", more) % {"n": more} if more else "",
        )

    @admin.display(description=_("convention"))
    def agreement(self, activity: Activity) -> str:
        row: selectors.Row = activity.row  # type: ignore[attr-defined]
        if row.agreement is None:
            return state_tag("", gettext("à rédiger"), "attention") if row.lacks_agreement else "–"
        signed = row.agreement.state == PaperState.SIGNED
        tone = "done" if signed else "attention" if row.lacks_agreement else "partial"
        return state_tag("", row.agreement.get_state_display(), tone)

    @admin.display(description=_("à revoir"))
    def to_review(self, activity: Activity) -> str:
        row: selectors.Row = activity.row  # type: ignore[attr-defined]
        if not row.reviews:
            return ""
        return format_html_join(
            "", '<span class="desk-sub">{}</span>', ((one.text,) for one in row.reviews[0].warnings[:2])
        )

    # The text ------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The first tab: the text written together, the structures, who takes part, the journal."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        activity = self.get_object(request, object_id)
        if activity is None:
            return super().change_view(request, object_id, form_url, extra_context)
        context: dict[str, Any] = {"stale": None, "theirs": [], "status": 200}
        can_write = rules.can_write(Seat.DESK, activity.state)
        form = ActivityForm(instance=activity, season_id=activity.season_id)
        if request.method == "POST":
            form = ActivityForm(request.POST, instance=activity, season_id=activity.season_id)
            if form.is_valid() and self._write(request, activity, form, context):
                messages.success(request, gettext("Le texte est enregistré. L'artiste et l'équipe le lisent."))
                return HttpResponseRedirect(request.path)
            context["status"] = 409 if context["stale"] else 200
        response = self.activity_page(
            request,
            "admin/residencies/activity/text.html",
            activity=activity,
            title=gettext("Projet"),
            tab="text",
            form=form,
            can_write=can_write,
            residencies=list(activity.residencies.all()),
            places=list(activity.structures.select_related("commune")),
            axes=list(activity.axes.all()),
            can_cancel=rules.can_cancel(Seat.DESK, activity.state),
            can_reopen=rules.can_reopen(Seat.DESK, activity.state),
            entries=entries_for(activity),
            **context,
        )
        response.status_code = context["status"]
        return response

    def _write(self, request: HttpRequest, activity: Activity, form: ActivityForm, context: dict[str, Any]) -> bool:
        try:
            activities.write(
                by=person(request), activity=activity, version=form.cleaned_data["version"] or 0, **form.text()
            )
        except StaleWrite as error:
            theirs = Activity.objects.get(pk=activity.pk)
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(theirs.version)  # type: ignore[index]
            context.update(stale=error, theirs=differing(theirs, form))
            return False
        except (Refused, ValidationError) as error:
            refuse(form, error)
            return False
        return True

    # Who takes part ------------------------------------------------------------------------------

    def structures_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        form = StructuresForm(request.POST if request.method == "POST" else None, activity=activity)
        if request.method == "POST" and form.is_valid():
            try:
                activities.choose_structures(by=person(request), activity=activity, structures=form.structures())
            except Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, gettext("Les structures associées sont enregistrées."))
                return self._hub(activity)
        return self._form(request, activity, form, gettext("Structures associées"), gettext("Enregistrer"))

    def join_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        form = JoinForm(request.POST if request.method == "POST" else None, activity=activity)
        if request.method == "POST" and form.is_valid():
            try:
                activities.join_residency(
                    by=person(request), activity=activity, residency=form.cleaned_data["residency"]
                )
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, gettext("La résidence prend part à l'activité, comptée une seule fois."))
                return self._hub(activity)
        return self._form(request, activity, form, gettext("Joindre une résidence"), gettext("Joindre"))

    def leave(self, request: HttpRequest, key: UUID, residency: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        found = activity.residencies.filter(uuid=residency).first()
        if found is None:
            raise Http404
        return self._act(
            request,
            activity,
            lambda: activities.leave_residency(by=person(request), activity=activity, residency=found),
        )

    # Its end -------------------------------------------------------------------------------------

    def cancel_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Asked, with a reason, before it is called off."""
        activity = self.activity(request, key)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            return self._act(
                request, activity, lambda: activities.cancel(by=person(request), activity=activity, reason=reason)
            )
        lines = [moment(row.starts_at) for row in ahead(activity)]
        return self._form(
            request,
            activity,
            form,
            gettext("Annuler l'activité ?"),
            gettext("Annuler l'activité"),
            lines=lines,
            words=gettext("Ces séances sont annulées avec elle, et qui devait venir est prévenu :")
            if lines
            else gettext("Aucune séance n'est à venir : personne n'est prévenu."),
        )

    def reopen(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        return self._act(request, activity, lambda: activities.reopen(by=person(request), activity=activity))

    def _act(self, request: HttpRequest, activity: Activity, act: Any) -> HttpResponse:
        try:
            act()
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("C'est fait."))
        return self._hub(activity)

    def _hub(self, activity: Activity) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:residencies_activity_change", args=[activity.uuid]))

    def _form(
        self, request: HttpRequest, activity: Activity, form: Any, title: str, button: str, **context: Any
    ) -> HttpResponse:
        response = self.activity_page(
            request,
            "admin/residencies/activity/text_act.html",
            activity=activity,
            title=title,
            tab="text",
            form=form,
            button=button,
            back=reverse("admin:residencies_activity_change", args=[activity.uuid]),
            **context,
        )
        response.status_code = 422 if form.is_bound else 200
        return response
