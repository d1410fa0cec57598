"""An information kit, for whoever received its link."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from residencies.models import KitDelivery
from residencies.services import kits


def _delivery(token: str) -> KitDelivery:
    found = kits.opened(token)
    if found is None:
        raise Http404
    return found


@login_not_required
@require_safe
def kit(request: HttpRequest, token: str) -> HttpResponse:
    """The text, and the PDF when there is one. The link is the right: it was sent to this person."""
    delivery = _delivery(token)
    found = delivery.kit
    context = {"kit": found, "token": token, "season": found.season, "territory": found.season.programme.territory}
    response = render(request, "residencies/public/kit.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
def kit_pdf(request: HttpRequest, token: str) -> HttpResponse:
    found = _delivery(token).kit
    if found.stored_file is None:
        raise Http404
    return HttpResponse(
        kits.content(found.stored_file),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{kits.file_name(found)}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        },
    )
