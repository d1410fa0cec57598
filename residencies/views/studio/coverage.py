"""Studio: the structures of a residency, its communes, where to go next."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from residencies.selectors import coverage_pages
from residencies.selectors.coverage_pages import Asked, explained_weights
from residencies.selectors.where_next import where_next
from residencies.views.access import get_residency, studio_frame


@require_safe
def coverage(request: HttpRequest, uuid: UUID) -> HttpResponse:
    residency = get_residency(request, uuid)
    page = coverage_pages.page(residency.season, Asked.of(request.GET), residency)
    context = {"page": page, "table_class": "table", "team_size": page.rules.team_size}
    return render(request, "residencies/studio/coverage.html", studio_frame(residency) | context)


@require_safe
def next_places(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Suggestions for a week of this residency, the next one unless another is asked for."""
    residency = get_residency(request, uuid)
    asked = Asked.of(request.GET)
    facts, found = where_next(residency, today=timezone.localdate(), asked=asked.week)
    context = {
        "next": found,
        "weeks": facts.weeks(residency.pk),
        "weights": explained_weights(),
        "table_class": "table",
    }
    return render(request, "residencies/studio/coverage_next.html", studio_frame(residency) | context)
