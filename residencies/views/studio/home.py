"""Studio: the person's residencies, and the first page of one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clea.accounts import landing
from residencies.selectors import seats, studio
from residencies.views.access import get_residency, studio_frame


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Straight to the only one; a list when there are several."""
    landing.remember(request)
    rows = seats.residencies(request.user)
    if len(rows) == 1:
        return redirect("studio:home", rows[0].uuid)
    return render(request, "residencies/studio/index.html", {"rows": rows})


@require_safe
def home(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What to do now, what comes next, where the residency stands."""
    residency = get_residency(request, uuid)
    return render(request, "residencies/studio/home.html", studio_frame(residency) | {"home": studio.home(residency)})
