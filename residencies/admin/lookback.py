"""What took place, said by each side, settled by the desk; the look back of an activity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from candidatures.admin.common import person, refuse, whole
from clea.errors import Refused
from clea.journal.selectors import entries_for
from residencies.admin.base import ActivityPages
from residencies.enums import ActivityState, ConfirmationSide, Happened, SessionState
from residencies.forms.confirmations import ConfirmForm, EvaluationForm
from residencies.models import Activity, Session
from residencies.rules import confirmations as rules
from residencies.selectors import confirmations as selectors
from residencies.services import confirmations, lookback


class LookbackMixin(ActivityPages):
    """The tab where confirmations stand side by side."""

    def lookback_urls(self) -> list[URLPattern]:
        one = "bilan/<uuid:session>/"
        return [
            self.address("bilan/", require_safe(self.lookback_page), "lookback"),
            self.address("bilan/evaluer/", self.evaluate_act, "evaluate"),
            self.address("bilan/rouvrir/", self.evaluation_reopen_act, "evaluation_reopen"),
            self.address(one, self.confirm_page, "confirm"),
            self.address(f"{one}trancher/", self.settle_act, "settle"),
            self.address(f"{one}reprendre/", self.unsettle_act, "unsettle"),
        ]

    def lookback_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        return self._lookback(request, self.activity(request, key))

    def _lookback(
        self, request: HttpRequest, activity: Activity, *, form: EvaluationForm | None = None, status: int = 200
    ) -> HttpResponse:
        readings = selectors.sessions(activity)
        now = timezone.now()
        response = self.activity_page(
            request,
            "admin/residencies/activity/lookback.html",
            activity=activity,
            title=_("Confirmations et bilan"),
            tab="lookback",
            rows=[
                {
                    "reading": one,
                    "can_confirm": rules.can_confirm(one.session, now, settled=one.settled, desk=True),
                    "over": one.session.ends_at <= now,
                }
                for one in readings
            ],
            present=selectors.total_words(selectors.attendances(readings)),
            held=sum(one.session.state == SessionState.HELD for one in readings),
            form=form or EvaluationForm(initial=EvaluationForm.initial_of(activity)),
            can_evaluate=rules.can_evaluate(activity),
            evaluated=activity.state == ActivityState.EVALUATED,
            entries=entries_for(activity)[:20],
        )
        response.status_code = status
        return response

    def _session(self, activity: Activity, key: UUID) -> Session:
        session = (
            activity.sessions.select_related("activity", "host__commune", "commune")
            .prefetch_related("audience")
            .filter(uuid=key)
            .first()
        )
        if session is None:
            raise Http404
        return session

    def _to_lookback(self, activity: Activity) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:residencies_activity_lookback", args=[activity.uuid]))

    # Confirmations ------------------------------------------------------------------------------

    def confirm_page(self, request: HttpRequest, key: UUID, session: UUID) -> HttpResponse:
        """The desk's own word, typed: it stands."""
        activity = self.activity(request, key)
        row = self._session(activity, session)
        verdict = rules.can_confirm(row, timezone.now(), settled=False, desk=True)
        if not verdict:
            messages.error(request, str(verdict.reason))
            return self._to_lookback(activity)
        said = {one.side: one for one in selectors.with_headcounts().filter(session=row)}
        mine = said.get(ConfirmationSide.DESK) or next(iter(said.values()), None)
        form = ConfirmForm(request.POST if request.method == "POST" else None, session=row, mine=mine)
        if request.method == "POST" and form.is_valid():
            try:
                confirmations.confirm(
                    by=person(request),
                    session=row,
                    side=ConfirmationSide.DESK,
                    happened=Happened(form.cleaned_data["happened"]),
                    counts=form.counts(),
                    words=form.cleaned_data["words"],
                )
            except Refused as error:
                form.refuse(error)
            else:
                messages.success(request, _("C'est noté : ce que vous avez écrit fait foi."))
                return self._to_lookback(activity)
        response = self.activity_page(
            request,
            "admin/residencies/activity/lookback_confirm.html",
            activity=activity,
            title=_("Ce qui a eu lieu"),
            tab="lookback",
            session=row,
            form=form,
            back=reverse("admin:residencies_activity_lookback", args=[activity.uuid]),
        )
        response.status_code = 422 if form.errors else 200
        return response

    def settle_act(self, request: HttpRequest, key: UUID, session: UUID) -> HttpResponse:
        """Take one side's word."""
        activity = self.activity(request, key)
        row = self._session(activity, session)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        chosen = row.confirmations.filter(pk=whole(request.POST.get("confirmation", "")) or 0).first()
        if chosen is None:
            messages.error(request, _("Choisissez la confirmation à retenir."))
            return self._to_lookback(activity)
        return self._settled(
            request,
            activity,
            lambda: confirmations.settle(
                by=person(request), session=row, confirmation=chosen, seen=request.POST.get("seen")
            ),
            _("C'est tranché : cette confirmation fait foi."),
        )

    def unsettle_act(self, request: HttpRequest, key: UUID, session: UUID) -> HttpResponse:
        """Take the desk's word back."""
        activity = self.activity(request, key)
        row = self._session(activity, session)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._settled(
            request,
            activity,
            lambda: confirmations.unsettle(by=person(request), session=row),
            _("C'est repris : les confirmations de l'artiste et des structures comptent de nouveau."),
        )

    def _settled(self, request: HttpRequest, activity: Activity, act: Any, words: str) -> HttpResponse:
        try:
            act()
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, words)
        return self._to_lookback(activity)

    # Evaluation ---------------------------------------------------------------------------------

    def evaluate_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = EvaluationForm(request.POST)
        if form.is_valid():
            try:
                lookback.evaluate(by=person(request), activity=activity, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'activité est évaluée."))
                return self._to_lookback(activity)
        return self._lookback(request, activity, form=form, status=422)

    def evaluation_reopen_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        activity = self.activity(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._settled(
            request,
            activity,
            lambda: lookback.reopen(by=person(request), activity=activity),
            _("Le bilan est rouvert."),
        )
