"""Decisions of a session: in number, one by one, and the order of the reserve list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.admin.common import person, refuse, uuids, whole
from candidatures.enums import Outcome
from candidatures.forms.sessions import DecisionForm, ProposeForm
from candidatures.models import Application, Decision, JurySession
from candidatures.rules import sessions as rules
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import sessions
from candidatures.services.jury.decisions import decision_mark
from clea.errors import Refused, StaleWrite

if TYPE_CHECKING:
    from candidatures.admin.jury.base import JuryPages

    class _Base(JuryPages):
        def one_session(self, request: HttpRequest, key: UUID, session_key: UUID) -> JurySession: ...
        def session_url(self, session: JurySession, anchor: str = "") -> str: ...
        def show_session(self, request: HttpRequest, session: JurySession, **more: Any) -> HttpResponse: ...
else:
    _Base = object

#: The acts on ticked dossiers: what the button sends, and the outcome it gives.
ACTS = {
    "retenir": Outcome.SELECTED,
    "reserve": Outcome.RESERVE,
    "refuser": Outcome.DECLINED,
    "a-decider": "",
}


class DecisionsMixin(_Base):
    """Acts on the decisions. Each is refused once the session is settled."""

    def jury_urls(self) -> list[URLPattern]:
        one = "seances/<uuid:session_key>/"
        return [
            self.address(f"{one}decisions/", self.session_decide_page, "session_decide"),
            self.address(f"{one}depart/", self.session_propose_page, "session_propose"),
            self.address(f"{one}reste/", self.session_rest_page, "session_rest"),
            self.address(f"{one}liste-complementaire/", self.session_reserve_page, "session_reserve"),
            self.address(f"{one}dossiers/<uuid:dossier_key>/", self.session_decision_page, "session_decision"),
            *super().jury_urls(),
        ]

    def session_decide_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """The same act on every ticked dossier."""
        session = self.one_session(request, key, session_key)
        if request.method != "POST":
            return HttpResponseRedirect(self.session_url(session, "decisions"))
        ticked = set(request.POST.getlist("dossier"))
        act = request.POST.get("acte", "")
        applications = list(Application.objects.filter(call=session.jury.call_id, uuid__in=uuids(ticked)))
        try:
            if act == "retirer":
                count = sessions.take_off_agenda(by=person(request), session=session, applications=applications)
                said = ngettext(
                    "%(n)d dossier retiré de l'ordre du jour.", "%(n)d dossiers retirés de l'ordre du jour.", count
                )
            elif act in ACTS:
                count = sessions.decide_many(
                    by=person(request),
                    session=session,
                    applications=applications,
                    outcome=ACTS[act],
                    seen=request.POST.get("seen"),
                )
                said = ngettext("%(n)d décision enregistrée.", "%(n)d décisions enregistrées.", count)
            else:
                raise Refused(_("Choisissez ce que le jury décide de ces dossiers."), code="no_act")
        except Refused as error:
            return self.show_session(request, session, ticked=ticked, error=str(error))
        messages.success(request, said % {"n": count})
        return HttpResponseRedirect(self.session_url(session, "decisions"))

    def session_propose_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """A draft from the ranking, or from the set in force."""
        session = self.one_session(request, key, session_key)
        if request.method != "POST":
            return HttpResponseRedirect(self.session_url(session, "decisions"))
        form = ProposeForm(request.POST, mark="", has_set=True)
        if not form.is_valid():
            said = [str(message) for found in form.errors.values() for message in found]
            return self.show_session(request, session, error=" ".join(said))
        try:
            retained, reserve = sessions.propose(by=person(request), session=session, **form.cleaned_data)
        except Refused as error:
            return self.show_session(request, session, error=str(error))
        messages.success(
            request,
            ngettext(
                "Point de départ posé : %(retained)d retenue, %(reserve)d en liste complémentaire. Rien n'est arrêté.",
                "Point de départ posé : %(retained)d retenues, %(reserve)d en liste complémentaire. Rien n'est arrêté.",
                retained,
            )
            % {"retained": retained, "reserve": reserve},
        )
        return HttpResponseRedirect(self.session_url(session, "decisions"))

    def session_rest_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """Ask, then decline every dossier that is still to decide."""
        session = self.one_session(request, key, session_key)
        rows = [row for row in selectors.agenda(session) if not row.outcome]
        if request.method == "POST":
            try:
                count = sessions.decline_rest(by=person(request), session=session, seen=request.POST.get("seen"))
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(
                    request,
                    ngettext("%(n)d dossier n'est pas retenu.", "%(n)d dossiers ne sont pas retenus.", count)
                    % {"n": count},
                )
            return HttpResponseRedirect(self.session_url(session, "decisions"))
        return self.jury_page(
            request,
            "admin/candidatures/jury/session_ask.html",
            jury=session.jury,
            title=_("Ne pas retenir les dossiers restants"),
            tab="sessions",
            lines=[
                ngettext(
                    "%(n)d dossier encore à décider devient « non retenu ».",
                    "%(n)d dossiers encore à décider deviennent « non retenus ».",
                    len(rows),
                )
                % {"n": len(rows)},
                _("Rien n'est annoncé ni arrêté : chaque décision peut changer avant que la séance soit arrêtée."),
            ],
            names=[row.application for row in rows],
            button=_("Ne pas les retenir"),
            seen=selectors.mark(session),
            blocked=not rows,
            back=self.session_url(session, "decisions"),
        )

    def session_reserve_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """The order of calls: an arrow, or ranks as typed."""
        session = self.one_session(request, key, session_key)
        if request.method != "POST":
            return HttpResponseRedirect(self.session_url(session, "liste-complementaire"))
        typed = {row.pk: request.POST.get(f"rang_{row.pk}", "") for row in selectors.reserve(session.decisions.all())}
        seen = request.POST.get("seen")
        try:
            if move := request.POST.get("monter") or request.POST.get("descendre"):
                sessions.move_reserve(
                    by=person(request),
                    session=session,
                    application=_of_call(session, move),
                    step=-1 if "monter" in request.POST else 1,
                    seen=seen,
                )
            else:
                ranks = {key: whole(text) for key, text in typed.items()}
                sessions.order_reserve(by=person(request), session=session, typed=ranks, seen=seen)
        except Refused as error:
            return self.show_session(request, session, typed=typed, error=str(error))
        messages.success(request, _("La liste complémentaire est en ordre, de 1 à n."))
        return HttpResponseRedirect(self.session_url(session, "liste-complementaire"))

    def session_decision_page(
        self, request: HttpRequest, key: UUID, session_key: UUID, dossier_key: UUID
    ) -> HttpResponse:
        """One dossier: the decision, its rank, its votes, its reason."""
        session = self.one_session(request, key, session_key)
        row = (
            session.decisions.filter(application__uuid=dossier_key)
            .select_related("application__last_deposit", "position")
            .first()
        )
        if row is None:
            raise Http404
        room = selectors.room(session)
        positions = session.jury.call.positions.all()
        form = DecisionForm(
            request.POST if request.method == "POST" else None, row=row, mark=decision_mark(row), positions=positions
        )
        if request.method == "POST" and form.is_valid():
            try:
                sessions.decide(by=person(request), session=session, application=row.application, **form.values())
            except StaleWrite as error:
                form.look_again(decision_mark(Decision.objects.get(pk=row.pk)))
                form.add_error(None, str(error))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request, _("La décision sur « %(name)s » est enregistrée.") % {"name": row.application}
                )
                return HttpResponseRedirect(self.session_url(session, "decisions"))
        return self.jury_page(
            request,
            "admin/candidatures/jury/session_decision.html",
            jury=session.jury,
            title=_("Décision : %(name)s") % {"name": row.application},
            tab="sessions",
            session=session,
            row=row,
            number=selectors.number(row.application),
            count=room.for_dossier(row.application_id),
            recused=room.recused_names(row.application_id),
            form=form,
            allowed=rules.can_prepare(session),
            back=self.session_url(session, "decisions"),
        )


def _of_call(session: JurySession, key: str) -> Application:
    """The dossier behind a button, or 404."""
    found = Application.objects.filter(call=session.jury.call_id, uuid__in=uuids({key})).first()
    if found is None:
        raise Http404
    return found
