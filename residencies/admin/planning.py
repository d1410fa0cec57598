"""Activities and sessions, as the coordination creates, plans and follows them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from candidatures.admin.common import person, refuse
from clea.errors import Refused
from clea.journal.selectors import entries_for
from clea.rules import Verdict
from clea.ui.desk import DeskItem
from residencies.admin.base import ActivityPages, ResidencyPages
from residencies.forms.activities import NewActivityForm, ReasonForm
from residencies.models import Activity, Session
from residencies.pages import planning
from residencies.rules import activities as activity_rules
from residencies.rules import planning as rules
from residencies.rules.activities import Seat
from residencies.selectors import activities as selectors
from residencies.services import activities, sessions
from residencies.views.studio.sessions import session_page, written
from structures.admin.scope import coordinated


class ResidencyActivitiesMixin(ResidencyPages):
    """What one residency does with the teams."""

    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("activites/", require_safe(self.activities_page), "activities"),
            self.address("activites/nouvelle/", self.activity_new_page, "activity_new"),
            *super().row_urls(),
        ]

    def activities_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Under their state, what is alive first."""
        residency = self.residency(request, key)
        rows = selectors.of_residency(residency)
        return self.residency_page(
            request,
            "admin/residencies/residency/activities.html",
            residency=residency,
            title=_("Activités"),
            tab="activities",
            groups=selectors.by_state(rows),
            total=len(rows),
            reviews=[review for row in rows for review in row.reviews],
            can_create=activity_rules.can_create(Seat.DESK, [residency]),
        )

    def activity_new_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """An idea of the coordination: a title is enough."""
        residency = self.residency(request, key)
        data = request.POST if request.method == "POST" else None
        form = NewActivityForm(data, season_id=residency.season_id, territory=residency.territory)
        if request.method == "POST" and form.is_valid():
            try:
                made = activities.create(
                    by=person(request),
                    season=residency.season,
                    residencies=[residency],
                    structures=form.structures(),
                    **form.text(),
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'activité est créée. L'artiste et les équipes associées y écrivent."))
                return HttpResponseRedirect(reverse("admin:residencies_activity_change", args=[made.uuid]))
        response = self.residency_page(
            request,
            "admin/residencies/residency/activities_new.html",
            residency=residency,
            title=_("Nouvelle activité"),
            tab="activities",
            form=form,
            back=reverse("admin:residencies_residency_activities", args=[residency.uuid]),
        )
        response.status_code = 422 if form.is_bound else 200
        return response


class SessionsMixin(ActivityPages):
    """The sessions of one activity."""

    def row_urls(self) -> list[URLPattern]:
        one = "seances/<uuid:session>/"
        return [
            self.address("seances/", require_safe(self.sessions_page), "sessions"),
            self.address("seances/placer/", self.session_plan_page, "session_plan"),
            self.address(one, self.session_page, "session"),
            self.address(f"{one}modifier/", self.session_change_page, "session_change"),
            self.address(f"{one}annuler/", self.session_cancel_page, "session_cancel"),
            self.address(f"{one}retablir/", self.session_restore_page, "session_restore"),
            *super().row_urls(),
        ]

    def sessions_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        return self.activity_page(
            request,
            "admin/residencies/activity/sessions.html",
            activity=activity,
            title=_("Séances"),
            tab="sessions",
            moments=selectors.moments(activity),
            can_plan=rules.can_plan(Seat.DESK, activity.state, activity.kind, activity.residencies.all()),
        )

    # Placing and moving --------------------------------------------------------------------------

    def session_plan_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        verdict = rules.can_plan(Seat.DESK, activity.state, activity.kind, activity.residencies.all())
        return self._planning(request, activity, verdict, title=_("Placer une séance"))

    def session_change_page(self, request: HttpRequest, key: UUID, session: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        found = _found(activity, session)
        verdict = rules.can_change(Seat.DESK, found.state)
        return self._planning(request, activity, verdict, title=_("Modifier la séance"), session=found)

    def _planning(
        self, request: HttpRequest, activity: Activity, verdict: Verdict, *, title: str, session: Session | None = None
    ) -> HttpResponse:
        back = _sessions_url(activity)
        if not verdict:
            messages.error(request, str(verdict.reason))
            return HttpResponseRedirect(back)
        try:
            shown = planning.page(request, person(request), activity, Seat.DESK, session)
        except Refused as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.path)
        if shown.made:
            messages.success(request, written(shown.made, session))
            return HttpResponseRedirect(back)
        response = self.activity_page(
            request,
            "admin/residencies/activity/plan.html",
            activity=activity,
            title=title,
            tab="sessions",
            page=shown,
            form=shown.form,
            days=planning.days(shown.slots),
            session=session,
            back=back,
        )
        response.status_code = shown.status
        return response

    # One session ---------------------------------------------------------------------------------

    def session_page(self, request: HttpRequest, key: UUID, session: UUID) -> HttpResponse:
        """One session. POST says knowingly what it breaks now."""
        activity = self.activity(request, key)
        found = _found(activity, session)
        reasons = planning.posted(request.POST) if request.method == "POST" else {}
        error = ""
        if request.method == "POST":
            try:
                sessions.waive(by=person(request), session=found, reasons=reasons)
                messages.success(request, _("C'est noté : la séance n'est plus à revoir pour cela."))
                return HttpResponseRedirect(request.path)
            except Refused as refusal:
                error = str(refusal)
        context = session_page(found, Seat.DESK, person(request), reasons) | {
            "error": error,
            "entries": entries_for(found),
        }
        context.pop("activity")
        return self._one(request, activity, found, "sessions_one.html", _("Séance"), 422 if error else 200, **context)

    def session_cancel_page(self, request: HttpRequest, key: UUID, session: UUID) -> HttpResponse:
        """Asked, with a reason, before it is called off."""
        activity = self.activity(request, key)
        found = _found(activity, session)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                sessions.cancel(by=person(request), session=found, reason=form.cleaned_data["reason"])
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("La séance est annulée. Qui devait venir est prévenu."))
            return HttpResponseRedirect(_sessions_url(activity))
        return self._one(
            request,
            activity,
            found,
            "sessions_cancel.html",
            _("Annuler la séance ?"),
            422 if form.is_bound else 200,
            session=found,
            form=form,
        )

    def session_restore_page(self, request: HttpRequest, key: UUID, session: UUID) -> HttpResponse:
        """Put it back as it stood, its warnings met again."""
        activity = self.activity(request, key)
        found = _found(activity, session)
        said: list[planning.Said] = []
        if request.method == "POST":
            reasons = planning.posted(request.POST)
            try:
                sessions.restore(by=person(request), session=found, waivers=reasons)
            except sessions.Warned as error:
                said = planning.said(error.warnings, reasons, Seat.DESK, person(request))
            except Refused as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(_sessions_url(activity))
            else:
                messages.success(request, _("La séance est rétablie."))
                return HttpResponseRedirect(_sessions_url(activity))
        return self._one(
            request,
            activity,
            found,
            "sessions_restore.html",
            _("Rétablir la séance ?"),
            422 if said else 200,
            session=found,
            said=said,
        )

    def _one(
        self,
        request: HttpRequest,
        activity: Activity,
        found: Session,
        template: str,
        title: str,
        status: int,
        **context: Any,
    ) -> HttpResponse:
        response = self.activity_page(
            request,
            f"admin/residencies/activity/{template}",
            activity=activity,
            title=title,
            tab="sessions",
            back=_sessions_url(activity),
            one=reverse("admin:residencies_activity_session", args=[activity.uuid, found.uuid]),
            **context,
        )
        response.status_code = status
        return response


def _sessions_url(activity: Activity) -> str:
    return reverse("admin:residencies_activity_sessions", args=[activity.uuid])


def _found(activity: Activity, key: UUID) -> Session:
    try:
        return selectors.session_of(Activity.objects.filter(pk=activity.pk), key)
    except Session.DoesNotExist:
        raise Http404 from None


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Sessions to come that something breaks since they were placed.

    One query when nothing is planned; eleven more a territory, whatever the number of sessions.
    """
    items = []
    for found in selectors.reviews_of(coordinated(request)):
        first = found[0]
        items.append(
            DeskItem(
                ngettext("séance à venir est à revoir", "séances à venir sont à revoir", len(found)),
                len(found),
                f"{reverse('admin:residencies_activity_changelist')}?a_revoir=oui",
                "now",
                detail=_("La première : « %(title)s ». %(why)s")
                % {"title": first.session.activity.title, "why": first.warnings[0].text},
            )
        )
    return items
