"""Studio: tell an incident, follow it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from candidatures.admin.common import refuse
from clea.errors import Forbidden, Refused
from clea.ui.recovery import keeps_answers, recovered
from residencies.enums import IncidentTopic, Severity
from residencies.forms.welcome import IncidentForm, WordForm
from residencies.rules import welcome as rules
from residencies.selectors import welcome as selectors
from residencies.services import incidents
from residencies.views.access import get_residency, studio_frame, studio_says_why


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Four questions, from a phone; the coordination is written to at once."""
    residency = get_residency(request, uuid)
    form = IncidentForm(request.POST if request.method == "POST" else recovered(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = incidents.report(
            by=request.user,  # type: ignore[arg-type]
            residency=residency,
            topic=IncidentTopic(data["topic"]),
            severity=Severity(data["severity"]),
            title=data["title"],
            words=data["words"],
        )
        messages.success(request, _("C'est transmis : la coordination reçoit aussitôt un message."))
        return redirect("studio:welcome_incident", uuid=uuid, key=made.uuid)
    context = studio_frame(residency) | {"form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "residencies/studio/welcome_incident_new.html", context, status=status)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def incident(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """What is done about it, as far as it is shared; a word to add."""
    residency = get_residency(request, uuid)
    found = selectors.shared_incidents(residency).filter(uuid=key).select_related("residency").first()
    if found is None:
        raise Http404
    form = WordForm(request.POST if request.method == "POST" else recovered(request))
    if request.method == "POST" and form.is_valid():
        try:
            incidents.answer(by=request.user, incident=found, text=form.cleaned_data["text"])  # type: ignore[arg-type]
        except Forbidden:
            raise
        except Refused as error:
            refuse(form, error)
        else:
            messages.success(request, _("Votre mot est transmis à la coordination."))
            return redirect("studio:welcome_incident", uuid=uuid, key=key)
    context = studio_frame(residency) | {
        "incident": found,
        "form": form,
        "can_answer": rules.can_answer_incident(found),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "residencies/studio/welcome_incident.html", context, status=status)
