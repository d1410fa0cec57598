"""The programme of discovery visits, on the desk."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse
from clea.errors import Refused, StaleWrite
from clea.ui.dates import moment
from residencies.admin.base import ResidencyPages
from residencies.enums import VisitState
from residencies.forms.welcome import CopyForm, VisitForm, look_again
from residencies.models import Residency, Visit
from residencies.rules import welcome as rules
from residencies.selectors import welcome as selectors
from residencies.services import visits


class VisitsMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        one = "sejour/visites/<uuid:visit_key>/"
        return [
            self.address("sejour/visites/prevoir/", self.visit_add_page, "welcome_visit_add"),
            self.address("sejour/visites/copier/", self.visits_copy_page, "welcome_visits_copy"),
            self.address("sejour/visites/programme/", require_safe(self.programme_page), "welcome_programme"),
            self.address(one, self.visit_page, "welcome_visit"),
            self.address(f"{one}annuler/", self.visit_cancel_page, "welcome_visit_cancel"),
            self.address(f"{one}etat/", require_POST(self.visit_mark), "welcome_visit_mark"),
            *super().row_urls(),
        ]

    def visit_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A visit for this residency and others of its season."""
        residency = self.residency(request, key)
        form = VisitForm(request.POST or None, residency=residency)
        if request.method == "POST" and form.is_valid():
            try:
                visit = visits.plan(
                    by=person(request),
                    residencies=form.cleaned_data["residencies"],
                    facts=form.facts(),
                    confirmed=form.cleaned_data["confirmed"],
                )
            except (Refused, ValidationError) as error:
                _refuse(form, error)
            else:
                messages.success(
                    request,
                    _("« %(title)s » est au programme : %(when)s.")
                    % {"title": visit.title, "when": moment(visit.starts_at)},
                )
                return HttpResponseRedirect(_back(residency))
        return self._form(request, residency, form, _("Prévoir une visite"), _("Mettre au programme"))

    def visit_page(self, request: HttpRequest, key: UUID, visit_key: UUID) -> HttpResponse:
        """A visit that moves, or is corrected."""
        residency = self.residency(request, key)
        visit = _visit(residency, visit_key)
        form = VisitForm(request.POST or None, residency=residency, visit=visit)
        if request.method == "POST" and form.is_valid():
            try:
                visits.change(
                    by=person(request),
                    visit=visit,
                    residencies=form.cleaned_data["residencies"],
                    facts=form.facts(),
                    seen=form.cleaned_data["seen"],
                    confirmed=form.cleaned_data["confirmed"],
                )
            except StaleWrite as stale:
                look_again(form, seen=_visit(residency, visit_key).sequence)
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                _refuse(form, error)
            else:
                messages.success(request, _("« %(title)s » : modifications enregistrées.") % {"title": visit.title})
                return HttpResponseRedirect(_back(residency))
        return self._form(request, residency, form, visit.title, _("Enregistrer"), visit)

    def visit_cancel_page(self, request: HttpRequest, key: UUID, visit_key: UUID) -> HttpResponse:
        """Ask first: a visit may be shared by several residencies."""
        residency = self.residency(request, key)
        visit = _visit(residency, visit_key)
        verdict = rules.can_visit_become(visit.state, VisitState.CANCELLED)
        if request.method == "POST":
            try:
                visits.cancel(by=person(request), visit=visit)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("« %(title)s » est annulée.") % {"title": visit.title})
            return HttpResponseRedirect(_back(residency))
        names = ", ".join(row.artist_name for row in visit.residencies.all())
        lines = [_("Cette visite est annulée pour : %(names)s.") % {"names": names}]
        if rules.is_told([visit.starts_at], timezone.now()):
            lines.append(_("Elle est proche : les artistes reçoivent aussitôt un message."))
        else:
            lines.append(_("Aucun message ne part : le programme des artistes est à jour."))
        lines.append(_("Elle pourra être remise au programme."))
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_act.html",
            residency=residency,
            title=_("Annuler « %(title)s » ?") % {"title": visit.title},
            tab="welcome",
            lines=lines,
            impossible="" if verdict else verdict.reason,
            button=_("Annuler la visite"),
            back=_back(residency),
        )

    def visit_mark(self, request: HttpRequest, key: UUID, visit_key: UUID) -> HttpResponse:
        """Done, or back among those planned."""
        residency = self.residency(request, key)
        visit = _visit(residency, visit_key)
        target = request.POST.get("etat", "")
        if target not in (VisitState.DONE, VisitState.PLANNED):
            messages.error(request, _("Choisissez ce que devient la visite."))
            return HttpResponseRedirect(_back(residency))
        try:
            visits.mark(by=person(request), visit=visit, state=VisitState(target))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            label = VisitState(target).label
            messages.success(request, _("« %(title)s » : %(state)s.") % {"title": visit.title, "state": label})
        return HttpResponseRedirect(_back(residency))

    def visits_copy_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Take the whole programme of another residency."""
        residency = self.residency(request, key)
        form = CopyForm(request.POST or None, residency=residency)
        if request.method == "POST" and form.is_valid():
            try:
                made = visits.copy_programme(
                    by=person(request),
                    source=form.cleaned_data["source"],
                    target=residency,
                    starting_on=form.cleaned_data["starting_on"],
                    confirmed=form.cleaned_data["confirmed"],
                )
            except (Refused, ValidationError) as error:
                _refuse(form, error)
            else:
                messages.success(
                    request,
                    ngettext("%(n)d visite ajoutée au programme.", "%(n)d visites ajoutées au programme.", len(made))
                    % {"n": len(made)},
                )
                return HttpResponseRedirect(_back(residency))
        return self._form(request, residency, form, _("Copier un programme"), _("Copier le programme"))

    def programme_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The programme on one page, to print or hand over."""
        residency = self.residency(request, key)
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_programme.html",
            residency=residency,
            title=_("Programme de découverte"),
            tab="welcome",
            days=selectors.by_day(selectors.visits_of(residency, cancelled=False)),
            back=_back(residency),
        )

    def _form(
        self,
        request: HttpRequest,
        residency: Residency,
        form: VisitForm | CopyForm,
        title: str,
        button: str,
        visit: Visit | None = None,
    ) -> HttpResponse:
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_form.html",
            residency=residency,
            title=title,
            tab="welcome",
            form=form,
            button=button,
            visit=visit,
            impossible="" if visit is None else rules.can_change_visit(visit.state).reason,
            back=_back(residency),
        )


def _back(residency: Residency) -> str:
    return f"{reverse('admin:residencies_residency_welcome', args=[residency.uuid])}#programme"


def _visit(residency: Residency, key: UUID) -> Visit:
    """A visit of this residency. 404 otherwise."""
    visit = (
        Visit.objects.filter(residencies=residency, uuid=key)
        .select_related("structure__commune", "commune")
        .prefetch_related("residencies")
        .first()
    )
    if visit is None:
        raise Http404
    return visit


def _refuse(form: VisitForm | CopyForm, error: Refused | ValidationError) -> None:
    """Say it where it belongs; a clash shows the box that overrides it."""
    if isinstance(error, visits.Clashing):
        form.ask_to_confirm()
    refuse(form, error)
