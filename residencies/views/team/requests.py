"""Team: requests."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from residencies.views.access import get_structure, team_frame


@require_GET
def requests(request: HttpRequest, uuid: UUID) -> HttpResponse:
    structure = get_structure(request, uuid)
    return render(request, "residencies/team/base.html", team_frame(structure))
