"""The press kit of a residency: what it holds, and the ZIP."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clea.ui import limits
from clea.ui.head import indexed
from residencies.reports import press_kit as report
from residencies.selectors import press_kits as selectors
from residencies.selectors.press_kits import PressKit

#: Each is made on the spot.
LIMIT = limits.limit("residencies", "press_kit", "60/h/ip", "the archive of a press kit")


def _kit(slug: str) -> PressKit:
    found = selectors.press_kit(slug)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, kit: PressKit, *, wait: int = 0) -> HttpResponse:
    context = {"kit": kit, "residency": kit.residency, "facts": report.facts(kit), "refused": bool(wait)}
    response = render(request, "residencies/public/press_kit.html", context)
    return limits.mark(response, wait) if wait else response


@login_not_required
@indexed()
@require_safe
def press_kit(request: HttpRequest, slug: str) -> HttpResponse:
    """Texts, facts, pictures with their rights. Twelve queries at most."""
    return _page(request, _kit(slug))


@login_not_required
@require_safe
def press_kit_zip(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All of it in one file, made on the spot: a consent withdrawn a second ago is heeded."""
    kit = _kit(slug)
    if seconds := limits.wait(request, LIMIT):
        return _page(request, kit, wait=seconds)
    response = StreamingHttpResponse(report.archive(kit), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{report.file_name(kit)}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
