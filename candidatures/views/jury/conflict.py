"""Stepping aside from a dossier."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from candidatures.forms.jury_reading import ConflictForm
from candidatures.models import Juror
from candidatures.rules.jury import can_declare_conflict
from candidatures.selectors.jury_face import face
from candidatures.services.jury import recusals
from candidatures.views.jury.frame import frame, reads, says_why
from candidatures.views.jury.reading import address, get_place
from clea.errors import Refused
from clea.ui.http import add_refusal, render_form
from clea.ui.recovery import keeps_answers, recovered


@keeps_answers
@require_http_methods(["GET", "POST"])
@reads
def declare(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """Say why, confirm what it means, and the dossier is gone."""
    place = get_place(juror, uuid)
    context = frame(juror) | {
        "application": place.application,
        "face": face(place.application, juror),
        "review": place.review,
    }
    verdict = can_declare_conflict(juror, place.application)
    if not verdict:
        return says_why(request, juror, verdict, {"back": address(juror, uuid)})
    kept = recovered(request) if request.method == "GET" else None
    form = ConflictForm(request.POST) if request.method == "POST" else ConflictForm(initial=kept.dict() if kept else {})
    if form.is_valid():
        try:
            recusals.declare(
                by=request.user,  # type: ignore[arg-type]
                juror=juror,
                application=place.application,
                reason=form.cleaned_data["reason"],
                words=form.cleaned_data["words"],
            )
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Votre déport est enregistré. Ce dossier n'est plus dans votre espace."))
            return redirect(juror.jury)
    return render_form(request, "candidatures/jury/conflict.html", form, context)
