"""The sessions behind a figure of a published bilan, for anyone. No personal data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clea.ui.head import indexed
from residencies.models import Residency
from residencies.selectors import bilan_pages
from residencies.selectors.bilan_trace import trace


@login_not_required
@indexed()
@require_safe
def bilan_trace(request: HttpRequest, slug: str) -> HttpResponse:
    """Filters as in the address: any slice of the figures. Eleven queries."""
    bilan = bilan_pages.find(slug)
    if bilan is None:
        raise Http404
    announced = Residency.objects.published().filter(season=bilan.season).values_list("slug", flat=True)
    found = trace(bilan.season, request.GET.dict(), announced=set(announced))
    return render(request, "residencies/public/bilan_trace.html", {"bilan": bilan, "trace": found})
