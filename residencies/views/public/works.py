"""Works proposed for diffusion, for everyone to read."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clea.ui.head import indexed
from residencies.selectors import works as selectors


@login_not_required
@indexed()
@require_safe
def works(request: HttpRequest) -> HttpResponse:
    """The catalogue. One query."""
    return render(request, "residencies/public/works.html", {"works": list(selectors.catalogue())})


@login_not_required
@indexed()
@require_safe
def work(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One work: what it is, what it needs, how to ask for it. One query."""
    found = selectors.published(uuid)
    if found is None:
        raise Http404
    context = {"work": found, "territory": found.residency.territory}
    return render(request, "residencies/public/work.html", context)
