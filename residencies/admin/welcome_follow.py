"""Check-ins and incidents of a residency, on the desk."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from candidatures.admin.common import person, refuse
from clea.errors import Refused, StaleWrite
from residencies.admin.base import ResidencyPages
from residencies.enums import IncidentState, IncidentTopic, Severity
from residencies.forms.welcome import CheckInForm, IncidentForm, SeriesForm, StepForm, look_again
from residencies.models import CheckIn, Incident, Residency
from residencies.rules import welcome as rules
from residencies.services import check_ins, incidents


class FollowMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        one = "sejour/points/<uuid:check_key>/"
        return [
            self.address("sejour/points/prevoir/", self.check_in_series_page, "welcome_check_ins_add"),
            self.address(one, self.check_in_page, "welcome_check_in"),
            self.address(f"{one}supprimer/", require_POST(self.check_in_remove), "welcome_check_in_remove"),
            self.address("sejour/incidents/ouvrir/", self.incident_add_page, "welcome_incident_add"),
            self.address("sejour/incidents/<uuid:incident_key>/", self.incident_page, "welcome_incident"),
            *super().row_urls(),
        ]

    # Check-ins -----------------------------------------------------------------------------

    def check_in_series_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A regular series over the periods, or one alone."""
        residency = self.residency(request, key)
        form = SeriesForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = check_ins.plan_series(by=person(request), residency=residency, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    ngettext("%(n)d point d'étape prévu.", "%(n)d points d'étape prévus.", len(made))
                    % {"n": len(made)},
                )
                return HttpResponseRedirect(_back(residency, "points"))
        return self._page(request, residency, form, _("Prévoir des points d'étape"), _("Prévoir"), "points")

    def check_in_page(self, request: HttpRequest, key: UUID, check_key: UUID) -> HttpResponse:
        """What was said, what is shared, what follows."""
        residency = self.residency(request, key)
        row = _check_in(residency, check_key)
        form = CheckInForm(request.POST or None, check_in=row)
        stored = None
        if request.method == "POST" and form.is_valid():
            try:
                check_ins.write(
                    by=person(request), check_in=row, account=form.account(), seen=form.cleaned_data["seen"]
                )
            except StaleWrite as stale:
                stored = _check_in(residency, check_key)
                look_again(form, seen=check_ins.mark(stored))
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le point d'étape est enregistré."))
                return HttpResponseRedirect(_back(residency, "points"))
        return self._page(
            request,
            residency,
            form,
            _("Point d'étape du %(day)s") % {"day": row},
            _("Enregistrer"),
            "points",
            check_in=row,
            stored=stored,
            removable=bool(rules.can_remove_check_in(row)),
        )

    def check_in_remove(self, request: HttpRequest, key: UUID, check_key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        try:
            check_ins.remove(by=person(request), check_in=_check_in(residency, check_key))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Le point d'étape n'est plus prévu."))
        return HttpResponseRedirect(_back(residency, "points"))

    # Incidents -----------------------------------------------------------------------------

    def incident_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """An incident told by telephone, or seen."""
        residency = self.residency(request, key)
        form = IncidentForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                incident = incidents.report(
                    by=person(request),
                    residency=residency,
                    topic=IncidentTopic(data["topic"]),
                    severity=Severity(data["severity"]),
                    title=data["title"],
                    words=data["words"],
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request, _("L'incident est ouvert. Notez-y ce qui est fait, jusqu'à ce qu'il soit clos.")
                )
                return HttpResponseRedirect(_incident_url(residency, incident))
        return self._page(
            request,
            residency,
            form,
            _("Ouvrir un incident"),
            _("Ouvrir l'incident"),
            "incidents",
            note=_("L'artiste ne voit cet incident qu'une fois une suite partagée."),
        )

    def incident_page(self, request: HttpRequest, key: UUID, incident_key: UUID) -> HttpResponse:
        """An incident, its steps, and the next one."""
        residency = self.residency(request, key)
        incident = _incident(residency, incident_key)
        steps = list(incident.steps.select_related("made_by"))
        form = StepForm(request.POST or None, state=incident.state, severity=incident.severity, steps=len(steps))
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                incidents.step(
                    by=person(request),
                    incident=incident,
                    target=IncidentState(data["target"]),
                    text=data["text"],
                    shared=data["shared"],
                    severity=Severity(data["severity"]),
                    seen=data["seen"],
                )
            except StaleWrite as stale:
                look_again(form, seen=len(steps))
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("La suite est notée."))
                return HttpResponseRedirect(_incident_url(residency, incident))
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_incident.html",
            residency=residency,
            title=incident.title,
            tab="welcome",
            incident=incident,
            steps=steps,
            form=form,
            back=_back(residency, "incidents"),
        )

    def _page(
        self,
        request: HttpRequest,
        residency: Residency,
        form: SeriesForm | CheckInForm | IncidentForm,
        title: str,
        button: str,
        anchor: str,
        **context: object,
    ) -> HttpResponse:
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_form.html",
            residency=residency,
            title=title,
            tab="welcome",
            form=form,
            button=button,
            impossible="",
            back=_back(residency, anchor),
            **context,
        )


def _back(residency: Residency, anchor: str) -> str:
    return f"{reverse('admin:residencies_residency_welcome', args=[residency.uuid])}#{anchor}"


def _incident_url(residency: Residency, incident: Incident) -> str:
    return reverse("admin:residencies_residency_welcome_incident", args=[residency.uuid, incident.uuid])


def _check_in(residency: Residency, key: UUID) -> CheckIn:
    row = residency.check_ins.select_related("residency").filter(uuid=key).first()
    if row is None:
        raise Http404
    return row


def _incident(residency: Residency, key: UUID) -> Incident:
    row = residency.incidents.select_related("residency", "opened_by").filter(uuid=key).first()
    if row is None:
        raise Http404
    return row
