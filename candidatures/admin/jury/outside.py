"""Other territories: what artists declared, what others decided, and what it does here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.answer_forms import ConfirmForm, OutsideForm, OverrideForm
from candidatures.enums import ApplicationState
from candidatures.models import Application, Jury, OutsideDecision
from candidatures.rules.answers import Precedence, definitive_on
from candidatures.selectors import outside as selectors
from candidatures.selectors.sessions import standing_decisions
from candidatures.services.jury import outside
from clea.errors import Refused
from clea.ui.dates import day

if TYPE_CHECKING:
    from candidatures.admin.jury.base import JuryPages

    _Base = JuryPages
else:
    _Base = object

TONES = {Precedence.THEIRS: "stop", Precedence.SAME_DAY: "attention", Precedence.OURS: "done"}


class OutsideMixin(_Base):
    """Each page is found by the jury's ``uuid``, within the walls."""

    def jury_urls(self) -> list[URLPattern]:
        one = "reponses/autres-territoires/<uuid:outside_key>/"
        return [
            self.address("reponses/autres-territoires/", self.outside_page, "outside"),
            self.address(f"{one}retenue-ailleurs/", self.outside_elsewhere_page, "outside_elsewhere"),
            self.address(f"{one}passer-outre/", self.outside_override_page, "outside_override"),
            self.address(f"{one}annuler/", self.outside_cancel_page, "outside_cancel"),
            self.address(
                "reponses/autres-territoires/retour/<uuid:dossier_key>/", self.outside_back_page, "outside_back"
            ),
            *super().jury_urls(),
        ]

    def outside_url(self, jury: Jury) -> str:
        return reverse("admin:candidatures_jury_outside", args=[jury.uuid])

    def answer_act(
        self,
        request: HttpRequest,
        jury: Jury,
        form: forms.Form,
        *,
        title: str,
        lines: list[Any],
        button: Any,
        done: Any,
        act: Any,
        impossible: str = "",
        back: str = "",
    ) -> HttpResponse:
        """Ask, then act. What the service refuses comes back beside what was typed."""
        back = back or reverse("admin:candidatures_jury_answers", args=[jury.uuid])
        if request.method == "POST" and form.is_valid():
            try:
                act(form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, str(done))
                return HttpResponseRedirect(back)
        return self.jury_page(
            request,
            "admin/candidatures/jury/answers_act.html",
            jury=jury,
            title=title,
            tab="answers",
            form=form,
            lines=lines,
            button=button,
            impossible=impossible,
            back=back,
        )

    def outside_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """What others decided, what the artists declared, and a form to write a decision down."""
        jury = self.jury(request, key)
        decisions = {row.application_id: row for row in standing_decisions(jury)}
        filed = (
            Application.objects.filter(call=jury.call_id, last_deposit__isnull=False)
            .exclude(state=ApplicationState.WITHDRAWN)
            .select_related("last_deposit", "owner")
            .order_by("last_deposit__number")
        )
        dossiers = [(str(row.uuid), f"{row.display_name} – {row.last_deposit.number}") for row in filed]  # type: ignore[union-attr]
        form = OutsideForm(
            request.POST or None,
            dossiers=dossiers,
            initial={name: request.GET.get(name, "") for name in ("dossier", "territory", "jury_on")},
        )
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            application = filed.get(uuid=values.pop("dossier"))
            try:
                outside.record(by=person(request), application=application, **values)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("C'est noté. Si cette décision précède la vôtre, réglez le cas."))
                return HttpResponseRedirect(self.outside_url(jury))
        found = selectors.conflicts(jury, decisions)
        rows = [_row(conflict) for conflicts in found.values() for conflict in conflicts]
        return self.jury_page(
            request,
            "admin/candidatures/jury/outside.html",
            jury=jury,
            title=_("Autres territoires"),
            tab="answers",
            form=form,
            rows=sorted(rows, key=lambda row: not row["conflict"].blocks),
            claims=[_claim(claim, decisions) for claim in selectors.claims(jury)],
        )

    def _one_outside(self, request: HttpRequest, key: UUID, outside_key: UUID) -> tuple[Jury, OutsideDecision]:
        jury = self.jury(request, key)
        row = (
            OutsideDecision.objects.filter(application__call=jury.call_id, uuid=outside_key)
            .select_related("application__owner", "application__last_deposit")
            .first()
        )
        if row is None:
            raise Http404
        return jury, row

    def outside_elsewhere_page(self, request: HttpRequest, key: UUID, outside_key: UUID) -> HttpResponse:
        """The artist goes there: what they held here is free."""
        jury, row = self._one_outside(request, key, outside_key)
        return self.answer_act(
            request,
            jury,
            ConfirmForm(request.POST or None),
            title=_("%(name)s : retenue ailleurs") % {"name": row.application.display_name},
            lines=[
                _("Retenue par %(territory)s, jury du %(day)s.")
                % {"territory": row.territory, "day": day(row.jury_on)},
                _("Sa résidence ici se libère ; son courrier, s'il n'est pas parti, est annulé, sa proposition close."),
                _("Un courrier qui le lui dit sera à préparer dans « Courriers »."),
            ],
            button=_("Marquer « retenue ailleurs »"),
            done=_("La candidature est « retenue ailleurs »."),
            act=lambda values: outside.elsewhere(by=person(request), decision=row),
            back=self.outside_url(jury),
        )

    def outside_override_page(self, request: HttpRequest, key: UUID, outside_key: UUID) -> HttpResponse:
        """Our selection stands, for a reason that is kept."""
        jury, row = self._one_outside(request, key, outside_key)
        return self.answer_act(
            request,
            jury,
            OverrideForm(request.POST or None, initial={"reason": row.override}),
            title=_("%(name)s : garder notre sélection") % {"name": row.application.display_name},
            lines=[
                _("%(territory)s a décidé le %(day)s. Par règle, le premier qui décide accueille l'artiste.")
                % {"territory": row.territory, "day": day(row.jury_on)},
                _("Votre motif est conservé ; le courrier peut ensuite être préparé."),
            ],
            button=_("Garder notre sélection"),
            done=_("Le motif est enregistré."),
            act=lambda values: outside.override(by=person(request), decision=row, **values),
            back=self.outside_url(jury),
        )

    def outside_cancel_page(self, request: HttpRequest, key: UUID, outside_key: UUID) -> HttpResponse:
        """The information was wrong."""
        jury, row = self._one_outside(request, key, outside_key)
        return self.answer_act(
            request,
            jury,
            ConfirmForm(request.POST or None),
            title=_("Annuler cette information – %(name)s") % {"name": row.application.display_name},
            lines=[_("« %(territory)s » ne compte plus pour ce dossier.") % {"territory": row.territory}],
            button=_("Annuler l'information"),
            done=_("L'information est annulée."),
            act=lambda values: outside.cancel(by=person(request), decision=row),
            back=self.outside_url(jury),
        )

    def outside_back_page(self, request: HttpRequest, key: UUID, dossier_key: UUID) -> HttpResponse:
        """Back where it stood."""
        jury = self.jury(request, key)
        application = Application.objects.filter(call=jury.call_id, uuid=dossier_key).first()
        if application is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            returned = outside.back(by=person(request), application=application)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                _("La candidature est de nouveau « %(state)s ».") % {"state": ApplicationState(returned.state).label},
            )
        return HttpResponseRedirect(self.outside_url(jury))


def _row(conflict: selectors.Conflict) -> dict[str, Any]:
    """Another territory's decision as the desk reads it."""
    elsewhere = conflict.application.state == ApplicationState.ELSEWHERE
    if elsewhere:
        state, tone = _("retenue ailleurs"), "idle"
    elif conflict.row is not None and conflict.row.override:
        state, tone = _("notre sélection gardée"), "done"
    else:
        state = {
            Precedence.THEIRS: _("décidée avant nous : à régler"),
            Precedence.SAME_DAY: _("le même jour : à régler entre territoires"),
            Precedence.OURS: _("après nous : notre décision tient"),
        }[conflict.first]
        tone = TONES[conflict.first]
    return {"conflict": conflict, "state": state, "tone": tone, "elsewhere": elsewhere}


def _claim(claim: Any, decisions: dict[int, Any]) -> dict[str, Any]:
    """A territory an artist declared; ``ask``: its jury came before ours and may have decided."""
    ours = definitive_on(decisions.get(claim.application_id)) or timezone.localdate()
    return {"claim": claim, "ask": claim.jury_on is not None and claim.jury_on <= ours}
