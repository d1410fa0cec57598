"""The signed minutes, for whoever presided and may open every dossier they speak of."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from candidatures.models import Juror
from candidatures.selectors import sessions as selectors
from candidatures.views.jury.frame import frame, reads


@require_GET
@reads
def minutes(request: HttpRequest, juror: Juror) -> HttpResponse:
    """The closed sessions and their signed minutes; 404 to a member who may read none. One query a session."""
    rows = selectors.readable_minutes(juror)
    if not rows:
        raise Http404
    return render(request, "candidatures/jury/session.html", frame(juror) | {"rows": rows})
