"""Studio: welcome."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from residencies.views.access import get_residency, studio_frame


@require_GET
def welcome(request: HttpRequest, uuid: UUID) -> HttpResponse:
    residency = get_residency(request, uuid)
    return render(request, "residencies/studio/base.html", studio_frame(residency))
